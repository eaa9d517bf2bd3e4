"""Files that people take away: rows as CSV or XLSX, every part of which says who took them, when and why."""

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import xlsxwriter
from django.utils import timezone

from hotlists.listing import standing
from hotlists.models import Entry, FeedRow, Hotlist
from portal.spreadsheets import harmless

CHUNK = 1 << 16
WITHHELD = "Withheld: suppressed"
COLUMNS = (
    "Kind", "Plate", "Country", "Make", "Model", "Colour", "List", "Category", "Priority", "Action", "State", "Lapses",
    "Owner", "Reference",
)  # fmt: skip
WIDTHS = (10, 14, 8, 14, 14, 12, 26, 12, 10, 20, 14, 18, 22, 20)
Row = tuple[str, ...]


class Form(StrEnum):
    """Which kind of file."""

    CSV = "csv"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        """As HTTP names it."""
        if self == Form.CSV:
            return "text/csv; charset=utf-8"
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Watermark:
    """Who took what, when, why, and under which record of the log."""

    who: str
    at: dt.datetime
    why: str
    what: str
    record: str

    @property
    def lines(self) -> tuple[str, ...]:
        """For people to read, above the rows and beneath them."""
        return (
            f"Taken from the hotlist portal by {self.who} on {timezone.localtime(self.at):%d %b %Y at %H:%M}",
            f"Why: {self.why}",
            f"What: {self.what}",
            f"Record {self.record}. OFFICIAL-SENSITIVE: personal data. Use it for this purpose only, then delete it.",
        )

    @property
    def file_name(self) -> str:
        """Names no vehicle and no person."""
        return f"hotlist-export-{self.record[-12:]}"


def of_entry(entry: Entry, suppressed: frozenset[str]) -> Row:
    """What a list shows of an entry; of a suppressed one only that it is there (SUP: never exported in clear)."""
    lapses = _moment(entry.lapses_at) if entry.lapses_at and not entry.withdrawn_at else ""
    if is_suppressed(entry, suppressed):
        return ("Entry", WITHHELD, *[""] * 4, entry.hotlist.title, entry.category, *[""] * 6)
    return (
        "Entry", entry.vrm, entry.country, entry.make, entry.model, entry.colour, entry.hotlist.title, entry.category,
        entry.priority, entry.action, standing(entry), lapses, str(entry.owner), entry.source_ref,
    )  # fmt: skip


def of_row(row: FeedRow, suppressed: frozenset[str]) -> Row:
    """What a search shows of a feed's row."""
    if is_suppressed(row, suppressed):
        return ("Feed row", WITHHELD, *[""] * 4, row.hotlist.title, row.category, *[""] * 6)
    state = "In force" if row.is_in_force else "Held back" if row.is_held_back else "Not in force"
    return (
        "Feed row", row.vrm, row.country, row.make, row.model, row.colour, row.hotlist.title, row.category, row.priority,
        row.action, state, _moment(row.expires_at), "", row.ref,
    )  # fmt: skip


def is_suppressed(thing: Entry | FeedRow, suppressed: frozenset[str]) -> bool:
    """Whether it hides a vehicle from alerts, so that its plate leaves the portal in no file."""
    return thing.hotlist.kind == Hotlist.Kind.SUPPRESSION or thing.category in suppressed


def as_csv(rows: Iterable[Row], mark: Watermark) -> Iterator[bytes]:
    """UTF-8 with its mark, so that spreadsheets read it; no cell is a formula to them."""
    out = io.StringIO()
    writer = csv.writer(out)
    yield b"\xef\xbb\xbf"
    for row in ([line] for line in mark.lines):
        writer.writerow(map(harmless, row))
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(map(harmless, row))
        if out.tell() >= CHUNK:
            yield _taken(out)
    for row in ([line] for line in mark.lines):
        writer.writerow(map(harmless, row))
    yield _taken(out)


def as_xlsx(rows: Iterable[Row], mark: Watermark) -> Iterator[bytes]:
    """A workbook of text cells; the watermark stands on the sheet, on each printed page and in the properties.

    Built in a file that has no name, a row at a time, since the format ends with its directory.
    """
    with tempfile.TemporaryFile() as file:
        plain = {f"strings_to_{kind}": False for kind in ("formulas", "urls", "numbers")}
        with xlsxwriter.Workbook(file, {"constant_memory": True, **plain}) as book:
            book.set_properties(
                {
                    "title": mark.file_name,
                    "author": mark.who,
                    "subject": mark.what[:250],
                    "comments": "\n".join(mark.lines),
                }
            )
            sheet = book.add_worksheet("Rows")
            bold, note = book.add_format({"bold": True}), book.add_format({"italic": True})
            for column, width in enumerate(WIDTHS):
                sheet.set_column(column, column, width)
            sheet.set_landscape()
            sheet.set_header(f"&L{_printed(mark.lines[0])}")
            sheet.set_footer(f"&L{_printed(mark.lines[1])}&RPage &P of &N")
            number = 0
            for line in mark.lines:
                sheet.write_string(number, 0, line, note)
                number += 1
            for column, name in enumerate(COLUMNS):
                sheet.write_string(number, column, name, bold)
            sheet.repeat_rows(0, number)
            sheet.freeze_panes(number + 1, 2)
            for row in rows:
                number += 1
                for column, cell in enumerate(row):
                    sheet.write_string(number, column, cell)
            for line in mark.lines:
                number += 1
                sheet.write_string(number, 0, line, note)
        file.seek(0)
        while part := file.read(CHUNK):
            yield part


def _printed(line: str) -> str:
    """For the top and bottom of printed pages, which take 255 characters and read & as an order."""
    return line[:110].replace("&", "&&")


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode()


def _moment(at: dt.datetime) -> str:
    return f"{timezone.localtime(at):%d %b %Y %H:%M}"
