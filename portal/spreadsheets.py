"""Cells that people open in a spreadsheet, which takes some words for orders."""

_ORDERS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: str) -> str:
    """The cell as a spreadsheet reads it back: as words, never as a formula.

    For every file that people open. The one exception is a feed's own file, given back with its problems: it goes to the
    source to be mended and loaded again, so its cells stay as they came, byte for byte; only our column is treated.
    """
    return f"'{cell}" if cell.lstrip(" ")[:1] in _ORDERS and cell else cell
