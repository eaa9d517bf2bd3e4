"""Whether a line is a row at all, and what is wrong with one that is not, in plain words."""

import re

from hotlists.feeds.archives import Unreadable
from hotlists.feeds.layouts import VOI_ROW, Layout

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_HEADER = {"vrm", "registration", "registrationmark", "vehicleregistrationmark", "reg", "regno", "numberplate", "plate",
           "mark", "registrationnumber"}  # fmt: skip


def is_heading(layout: Layout, fields: list[str]) -> bool:
    """Whether these are names of columns and no values. Unreadable when they have to be and are others."""
    if layout.header == "auto":
        return layout.columns["vrm"] < len(fields) and _plain(fields[layout.columns["vrm"]]) in _HEADER
    for column in layout.columns.values():
        found = fields[column].strip() if column < len(fields) else ""
        if _plain(found) != _plain(layout.names[column]):
            name = layout.names[column]
            raise Unreadable(
                f"Column {column + 1} is headed “{found[:30]}”, and has to be headed “{name}”. If the source changed its "
                "files, its import profile has to change too."
            )
    return True


def with_controls(layout: Layout, fields: list[str], text: str) -> str:
    """Which columns hold characters that nobody can see; empty when none does."""
    where = ", ".join(name for name, field in zip(layout.names, fields, strict=True) if _CONTROL.search(field))
    return where or ("row" if layout.delimiter != "\t" and _CONTROL.search(text) else "")


def undecodable(layout: Layout, encoding: str, raw: bytes, error: UnicodeDecodeError) -> tuple[str, str]:
    """Where a letter stands that is not of the encoding, and which other it may be."""
    names = layout.names
    column = raw[: error.start].count(layout.delimiter.encode()) if layout.delimiter else len(names)
    where = names[column] if column < len(names) and b'"' not in raw else "row"
    other = "Windows-1252" if encoding == "utf-8" else "UTF-8"
    return where, f"A letter here is not written in {encoding.upper()}. Is the file in {other}?"


def wrong_count(layout: Layout, fields: list[str]) -> str:
    """How many columns there are and should be, and what may be the reason."""
    width = len(layout.names)
    if layout is VOI_ROW:
        words = f"This row has {len(fields)} columns; a VOI row has 16, separated by commas."
    else:
        words = f"This row has {len(fields)} columns; its import profile says {width}."
    for sign, name in ((",", "commas"), (";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if sign != layout.delimiter and len(fields) < 4 and fields[0].count(sign) >= max(width // 2, 1):
            return f"{words} It looks separated by {name}."
    return words


def _plain(name: str) -> str:
    return re.sub(r"\W|_", "", name).lower()
