"""How a source writes its files: shape, columns, dates, codes. The layouts that come with the portal, and one's own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hotlists.feeds import legacy
from hotlists.feeds.dates import FORMATS

VOI_COLUMNS = (
    "VRM", "make", "model", "colour", "action", "warning markers", "reason", "NIM code", "information",
    "force and area", "weed date", "PNC id", "GPMS marking", "CAD information", "spare 1", "spare 2",
)  # fmt: skip

# What a column can hold -> what people call it. The order is the one in which they are asked for.
TARGETS = {
    "vrm": "Number plate",
    "country": "Country",
    "ref": "The source's own number of the row",
    "make": "Make",
    "model": "Model",
    "colour": "Colour",
    "action": "Action",
    "markers": "Warning markers",
    "reason": "Reason",
    "grading": "Intelligence grade (3x5x2 or 5x5x5)",
    "action_text": "What to do, and not",
    "force_area": "Force and area",
    "starts_at": "Starts on",
    "expires_at": "Ends on (weed date)",
    "marking": "Protective marking",
    "cad": "Incident (CAD) information",
    "reported_at": "Reported to the source on",
    "confirmed_at": "Confirmed by the source on (or yes or no)",
    "recovered_at": "Vehicle recovered on",
}
DATES = ("starts_at", "expires_at", "reported_at", "confirmed_at", "recovered_at")
# A plate is never the same for all rows; a date that is would be out of date with the next file.
NEVER_FIXED = ("vrm", "ref", "starts_at", "reported_at", "recovered_at")

DELIMITERS = {",": "Commas", ";": "Semicolons", "\t": "Tabs", "|": "Bars (|)", "": "None: each column has its place"}
ENCODINGS = {
    "utf-8": "UTF-8",
    "windows-1252": "Windows-1252 (older Windows systems)",
    "iso-8859-15": "ISO 8859-15 (older Unix systems)",
    "cp850": "Code page 850 (older still)",
}
HEADERS = {
    "auto": "Sometimes: it is recognised when it is there",
    "yes": "Yes, and its names are checked",
    "no": "No: the first line is a row",
}
TABLES = {  # name of a table of codes -> what it translates
    "actions": "Actions",
    "markers": "Warning markers",
    "sources": "5x5x5 source, the first letter",
    "information": "5x5x5 information, the second figure",
    "handling": "5x5x5 handling, the last figure",
    "markings": "Protective markings",
    "countries": "Countries",
}
MOST_COLUMNS = 100

Header = Literal["auto", "yes", "no"]


class BadLayout(ValueError):
    """A layout by which no file could be read: field -> what is wrong with it."""

    def __init__(self, faults: dict[str, str]):
        super().__init__("; ".join(faults.values()))
        self.faults = faults


@dataclass(frozen=True)
class Layout:
    """One way of writing a file. Columns are counted from nought here, and from one wherever people see them."""

    names: tuple[str, ...]  # of the file's columns, in their order
    columns: Mapping[str, int]  # what it holds -> which column
    fixed: Mapping[str, str] = field(default_factory=dict)  # what every row has -> as a cell would say it
    delimiter: str = ","
    places: tuple[tuple[int, int], ...] = ()  # of a file without delimiters: (first character, length) of each column
    encoding: str = "utf-8"
    header: Header = "auto"
    dates: str = "usual"
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # table -> code -> its meaning here

    def __post_init__(self) -> None:
        if faults := _faults(self):
            raise BadLayout(faults)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Layout":
        """From what was stored or sent. Raises BadLayout, which names the fields that are wrong."""
        if "\\u0000" in json.dumps(data, default=str):
            raise BadLayout({"names": "This holds characters that are no text."})
        known = set(cls.__dataclass_fields__)
        if strange := sorted(set(data) - known):
            raise BadLayout({strange[0]: f"There is no such field. Known: {', '.join(sorted(known))}."})
        try:
            return cls(
                names=tuple(str(name).strip()[:30] for name in data["names"]),
                columns={str(target): int(column) - 1 for target, column in data["columns"].items()},
                fixed={str(target): str(text).strip() for target, text in data.get("fixed", {}).items()},
                delimiter=str(data.get("delimiter", ",")),
                places=tuple((int(first) - 1, int(length)) for first, length in data.get("places", ())),
                encoding=str(data.get("encoding", "utf-8")),
                header=data.get("header", "auto"),
                dates=str(data.get("dates", "usual")),
                codes={
                    str(table): {_code(old): _code(new) for old, new in codes.items()}
                    for table, codes in data.get("codes", {}).items()
                    if codes
                },
            )
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
            if isinstance(error, BadLayout):
                raise
            raise BadLayout({"names": "Name the columns of the file, and say which column holds what."}) from error

    def as_data(self) -> dict[str, Any]:
        """What is stored, and sent: plain values, columns counted from one."""
        return {
            "names": list(self.names),
            "columns": {target: column + 1 for target, column in self.columns.items()},
            "fixed": dict(self.fixed),
            "delimiter": self.delimiter,
            "places": [[first + 1, length] for first, length in self.places],
            "encoding": self.encoding,
            "header": self.header,
            "dates": self.dates,
            "codes": {table: dict(codes) for table, codes in self.codes.items()},
        }

    def has(self, target: str) -> bool:
        """Whether a file says this of its rows, in a column or of all alike."""
        return target in self.columns or target in self.fixed

    def label(self, target: str) -> str:
        """What the column is called in the file, or what it holds when the file has none for it."""
        column = self.columns.get(target)
        return self.names[column] if column is not None else TARGETS[target]


def _faults(layout: Layout) -> dict[str, str]:
    """Field -> what is wrong with it."""
    faults: dict[str, str] = {}
    width = len(layout.names)
    if not 1 <= width <= MOST_COLUMNS or not all(layout.names):
        faults["names"] = f"Name every column of the file; at most {MOST_COLUMNS}."
    if layout.delimiter not in DELIMITERS:
        faults["delimiter"] = "Choose commas, semicolons, tabs, bars or none."
    elif not layout.delimiter and (
        len(layout.places) != width or any(first < 0 or length < 1 for first, length in layout.places)
    ):
        faults["places"] = "Say for each column where it begins, counted from one, and how many characters it has."
    if layout.encoding not in ENCODINGS:
        faults["encoding"] = f"Choose one of {', '.join(ENCODINGS)}."
    if layout.header not in HEADERS:
        faults["header"] = f"Choose one of {', '.join(HEADERS)}."
    if layout.dates not in FORMATS:
        faults["dates"] = f"Choose one of {', '.join(FORMATS)}."
    faults |= _faults_of_columns(layout, width)
    for table, codes in layout.codes.items():
        if table not in TABLES:
            faults["codes"] = f"There is no table of codes called {table[:30]}. Known: {', '.join(TABLES)}."
        elif wrong := [new for new in codes.values() if new not in legacy.MEANINGS[table]]:
            faults["codes"] = f"{TABLES[table]}: {wrong[0][:30]} is no meaning that the portal knows."
    return faults


def _faults_of_columns(layout: Layout, width: int) -> dict[str, str]:
    used = list(layout.columns.values())
    if unknown := [target for target in (*layout.columns, *layout.fixed) if target not in TARGETS]:
        return {"columns": f"{unknown[0][:30]} is nothing that a row can hold. Known: {', '.join(TARGETS)}."}
    if any(not 0 <= column < width for column in used) or len(set(used)) != len(used):
        return {"columns": "Each thing stands in a column of its own, and the file has as many as are named."}
    if "vrm" not in layout.columns:
        return {"columns": "Say which column holds the number plate."}
    if twice := sorted(set(layout.columns) & set(layout.fixed)):
        return {"fixed": f"{TARGETS[twice[0]]} is a column and the same for every row; choose one."}
    if never := [target for target in layout.fixed if target in NEVER_FIXED]:
        return {"fixed": f"{TARGETS[never[0]]} cannot be the same for every row."}
    if not layout.has("expires_at") and not layout.has("reported_at"):
        words = (
            "Nothing is listed without an end: say which column holds it, or the day of report that a life cycle needs."
        )
        return {"columns": words}
    return {}


def _code(text: Any) -> str:
    return " ".join(str(text).upper().split())


VOI_ROW = Layout(
    names=VOI_COLUMNS,
    columns={
        "vrm": 0, "make": 1, "model": 2, "colour": 3, "action": 4, "markers": 5, "reason": 6, "grading": 7,
        "action_text": 8, "force_area": 9, "expires_at": 10, "ref": 11, "marking": 12, "cad": 13,
    },
)  # fmt: skip

PRESETS = {  # name -> (what people call it, the layout)
    "voi-row": ("VOI row of 16 columns, separated by commas", VOI_ROW),
    "plain": (
        "Plate, country, end",
        Layout(names=("plate", "country", "expiry"), columns={"vrm": 0, "country": 1, "expires_at": 2}),
    ),
    "semicolons": (
        "Semicolons, with first and last day",
        Layout(
            names=("plate", "country", "make", "model", "colour", "reason", "effective", "expiry", "reference"),
            columns={"vrm": 0, "country": 1, "make": 2, "model": 3, "colour": 4, "reason": 5, "starts_at": 6,
                     "expires_at": 7, "ref": 8},
            delimiter=";",
        ),
    ),
    "tabs": (
        "Tabs, with first and last day",
        Layout(
            names=("plate", "country", "reason", "action", "effective", "expiry", "reference"),
            columns={"vrm": 0, "country": 1, "reason": 2, "action": 3, "starts_at": 4, "expires_at": 5, "ref": 6},
            delimiter="\t",
        ),
    ),
    "fixed-width": (
        "Extract of fixed width, with report and confirmation",
        Layout(
            names=("mark", "make", "model", "colour", "reported", "confirmed", "reference"),
            columns={"vrm": 0, "make": 1, "model": 2, "colour": 3, "reported_at": 4, "confirmed_at": 5, "ref": 6},
            delimiter="",
            places=((0, 15), (15, 20), (35, 20), (55, 15), (70, 8), (78, 8), (86, 20)),
            header="no",
            dates="yyyymmdd",
        ),
    ),
}  # fmt: skip


def summary(layout: Layout) -> list[tuple[str, str]]:
    """A layout in words, for people who approve it."""
    rows = [
        ("Columns are separated by", DELIMITERS[layout.delimiter].lower()), ("Letters", ENCODINGS[layout.encoding]),
        ("First line names the columns", HEADERS[layout.header]), ("Dates", FORMATS[layout.dates][1]),
        ("Columns in the file", str(len(layout.names))),
    ]  # fmt: skip
    for target, words in TARGETS.items():
        if target in layout.columns:
            column = layout.columns[target]
            place = (
                f", characters {layout.places[column][0] + 1} to {sum(layout.places[column])}" if layout.places else ""
            )
            rows.append((words, f"column {column + 1}, “{layout.names[column]}”{place}"))
        elif target in layout.fixed:
            rows.append((words, f"always “{layout.fixed[target]}”"))
    for table, codes in layout.codes.items():
        rows.append((f"{TABLES[table]}, differently", ", ".join(f"{old} = {new}" for old, new in codes.items())))
    return rows
