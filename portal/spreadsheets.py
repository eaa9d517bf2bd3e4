"""Files that people open in a spreadsheet, which takes some words for orders, and counts rows that are blank."""

import csv
import io

_ORDERS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: str) -> str:
    """The cell as a spreadsheet reads it back: as words, never as a formula.

    For every file that people open. The one exception is a feed's own file, given back with its problems: it goes to the
    source to be mended and loaded again, so its cells stay as they came, byte for byte; only our column is treated.
    """
    return f"'{cell}" if cell.lstrip(" ")[:1] in _ORDERS and cell else cell


def heads_and_rows(text: str) -> tuple[list[str], list[list[str]]]:
    """The headings of a CSV file, and the cells of each row below; a row left blank is [], as a spreadsheet numbers it too.

    Raises csv.Error for what cannot be read.
    """
    read = [cells if any(cell.strip() for cell in cells) else [] for cells in csv.reader(io.StringIO(text, newline=""))]
    while read and not read[-1]:
        read.pop()
    first = next((place for place, cells in enumerate(read) if cells), len(read))
    heads, *rows = read[first:] or [[]]
    return [cell.strip() for cell in heads], rows
