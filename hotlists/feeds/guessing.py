"""A first guess at how a sample file is written, for a person to mend: encoding, separator, header, columns."""

import csv
import io
import re
from collections.abc import Sequence

from hotlists.countries import code_of
from hotlists.feeds.dates import FORMATS, moment
from hotlists.feeds.layouts import MOST_COLUMNS, TARGETS, VOI_ROW, BadLayout, Layout

LOOKED_AT = 50  # lines
_NAMES = {  # what sources head their columns with
    "vrm": "vrm registration registrationmark reg regno numberplate plate platenumber mark vehicleregistration",
    "country": "country countrycode nationality state", "make": "make manufacturer", "model": "model",
    "colour": "colour color", "action": "action actioncode", "markers": "markers warningmarkers warnings",
    "reason": "reason description", "grading": "nim nimcode grading grade", "force_area": "force area forceandarea",
    "starts_at": "start starts startdate effective effectivedate effectivefrom validfrom from",
    "expires_at": "expiry expires expirydate expirationdate end ends enddate weed weeddate validto until to",
    "marking": "gpms gpmsmarking marking classification", "cad": "cad cadinformation incident",
    "ref": "ref reference id pncid sourceref recordid", "action_text": "information text instructions",
    "reported_at": "reported reporteddate reportdate datereported", "recovered_at": "recovered recovereddate recoverydate",
    "confirmed_at": "confirmed confirmeddate confirmationdate dateconfirmed",
}  # fmt: skip
_TARGET = {name: target for target, names in _NAMES.items() for name in names.split()}
_PLATE = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9]{2,4} ?[A-Za-z0-9]{1,5}")


def guess(sample: bytes) -> Layout:
    """The likeliest layout. BadLayout when nothing could be listed from such a file."""
    encoding = _encoding(sample)
    text = sample.removeprefix(b"\xef\xbb\xbf").decode(encoding, "replace")
    lines = [line for line in text.splitlines() if line.strip()][:LOOKED_AT]
    if not lines:
        raise BadLayout({"sample": "This file has no lines to look at."})
    delimiter = max((",", ";", "\t", "|"), key=lambda sign: _agreement(lines, sign))
    places: tuple[tuple[int, int], ...] = ()
    if _agreement(lines, delimiter) < 2:
        delimiter, places = "", _places(lines)
    return with_columns(lines, delimiter, places, encoding)


def with_columns(lines: Sequence[str], delimiter: str, places: tuple[tuple[int, int], ...], encoding: str) -> Layout:
    """What these lines hold, when they are divided in this way. Raises BadLayout."""
    rows = table(lines, delimiter, places)
    width = max((len(row) for row in rows), default=0)
    rows = [row for row in rows if len(row) == width]
    if not 1 <= width <= MOST_COLUMNS:
        raise BadLayout({"sample": f"A file of {width} columns cannot be read; at most {MOST_COLUMNS}."})
    if width == 16 and delimiter == "," and _share([row[0] for row in rows], _is_plate) > 0.5:
        return Layout.from_data(VOI_ROW.as_data() | {"encoding": encoding})
    has_header = len(rows) > 1 and not any(any(sign.isdigit() for sign in cell) for cell in rows[0])
    names = [name[:30] or f"column {n}" for n, name in enumerate(rows[0], 1)] if has_header else []
    names = names or [f"column {n}" for n in range(1, width + 1)]
    cells = list(zip(*rows[has_header:], strict=True)) or [() for _ in names]
    columns = _columns(names, cells)
    dated = [text for target in columns if target.endswith("_at") for text in cells[columns[target]] if text]
    return Layout(
        names=tuple(names), columns=columns, delimiter=delimiter, places=places, encoding=encoding,
        header="yes" if has_header else "no", dates=max(FORMATS, key=lambda style: _share(dated, _is_date(style))),
    )  # fmt: skip


def table(lines: Sequence[str], delimiter: str, places: Sequence[tuple[int, int]]) -> list[list[str]]:
    """The lines as rows of cells."""
    if not delimiter:
        return [[line[first : first + length].strip() for first, length in places] for line in lines]
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)
    return [[cell.strip() for cell in row] for row in reader if row]


def _encoding(sample: bytes) -> str:
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        return "utf-8" if error.start > len(sample) - 4 else "windows-1252"
    return "utf-8"


def _agreement(lines: Sequence[str], delimiter: str) -> int:
    """How many columns most lines have, when they are divided so; 0 when they do not agree."""
    widths = [len(row) for row in table(lines, delimiter, ())]
    width = max(widths, key=widths.count, default=0)
    return width if widths.count(width) * 2 > len(widths) else 0


def _places(lines: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Columns begin where, after a blank in every line, some line goes on."""
    width = max(map(len, lines))
    blank = [all(line[n : n + 1] in ("", " ") for line in lines) for n in range(width)]
    starts = [n for n in range(width) if not blank[n] and (n == 0 or blank[n - 1])]
    return tuple((first, after - first) for first, after in zip(starts, [*starts[1:], width], strict=True))


def _columns(names: Sequence[str], cells: Sequence[Sequence[str]]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for n, name in enumerate(names):
        target = _TARGET.get(re.sub(r"\W|_", "", name).lower())
        if target and target not in columns:
            columns[target] = n
    free = [n for n in range(len(names)) if n not in columns.values()]
    dates = [
        n for n in free if _share(cells[n], _is_date("usual")) > 0.8 or _share(cells[n], _is_date("yyyymmdd")) > 0.8
    ]
    for target, looks, among in (
        ("vrm", _is_plate, [n for n in free if n not in dates]),
        ("country", lambda text: bool(code_of(text)), free),
    ):
        if target not in columns and (likely := [n for n in among if _share(cells[n], looks) > 0.8]):
            columns[target] = likely[0]
            among.remove(likely[0])
    dates = [n for n in dates if n not in columns.values()]
    if "expires_at" not in columns and "reported_at" not in columns and dates:
        columns["expires_at"] = dates.pop()
        if dates and "starts_at" not in columns:
            columns["starts_at"] = dates[0]
    if "vrm" not in columns:
        columns["vrm"] = next((n for n in range(len(names)) if n not in columns.values()), 0)
    if "expires_at" not in columns and "reported_at" not in columns:
        rest = [n for n in range(len(names)) if n not in columns.values()]
        if not rest:
            raise BadLayout(
                {"sample": "No column of this file could say when a row ends; nothing is listed without an end."}
            )
        columns["expires_at"] = rest[-1]
    return {target: columns[target] for target in TARGETS if target in columns}


def _share(cells: Sequence[str], looks) -> float:
    filled = [cell for cell in cells if cell]
    return sum(map(looks, filled)) / len(filled) if filled else 0


def _is_plate(text: str) -> bool:
    return _PLATE.fullmatch(text) is not None


def _is_date(style: str):
    def looks(text: str) -> bool:
        try:
            moment(text, style, end_of_day=False)
        except ValueError:
            return False
        return True

    return looks
