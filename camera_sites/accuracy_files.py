"""Accuracy tests as a file of separated columns."""

import csv
import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from camera_sites.models import AccuracyTest
from portal.errors import Unfit
from portal.spreadsheets import heads_and_rows

LARGEST = 1 << 20  # bytes
DAY, COUNTS, TIMES = "tested_on", ("visible", "captured", "read_right"), ("clock_offset_ms", "latency_p95_ms")
CHOICES = {"method": AccuracyTest.Method, "light": AccuracyTest.Light}
WORDS = {"tester": 100, "words": 500}
COLUMNS = ("camera", DAY, "tester", "method", "light", *COUNTS, *TIMES, "words")
NEEDED = ("camera", DAY, "tester", "method", "light", *COUNTS)


@dataclass(slots=True)
class ReadRow:
    """One row as it was read: of which camera, what it says, and what cannot be read of it."""

    number: int
    camera: str
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def tests_of(content: bytes, *, most: int) -> list[ReadRow]:
    """The rows of a file. Raises Unfit for what is no such file."""
    if len(content) > LARGEST:
        raise _unfit("This file is too large.")
    try:
        text = content.decode("utf-8-sig")
        heads, rows = heads_and_rows(text)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unfit("This is no file of separated columns in UTF-8. Save it as such.") from error
    if unknown := [head for head in heads if head not in COLUMNS]:
        raise _unfit(f"Not a column of accuracy tests: {', '.join(unknown[:5])}.")
    if lacking := [name for name in NEEDED if name not in heads]:
        raise _unfit(f"These columns are missing: {', '.join(lacking)}.")
    count = sum(map(bool, rows))
    if not 1 <= count <= most:
        raise _unfit(f"A file holds from 1 to {most:,} tests; this one has {count:,}.")
    return [
        _row(number, dict(zip(heads, (cell.strip() for cell in cells), strict=False)))
        for number, cells in enumerate(rows, start=1)
        if cells
    ]


def _row(number: int, cells: dict[str, str]) -> ReadRow:
    row = ReadRow(number, cells.get("camera", ""))
    for name in COLUMNS[1:]:
        cell = cells.get(name, "")
        if not cell:
            if name in NEEDED:
                row.problems.append(f"{name}: this cannot be empty.")
            continue
        try:
            row.facts[name] = _value(name, cell)
        except ValueError as error:
            row.problems.append(f"{name}: {error}")
    return row


def _value(name: str, cell: str) -> Any:
    if name in CHOICES:
        if cell not in CHOICES[name].values:
            raise ValueError(f"one of {', '.join(CHOICES[name].values)}.")
        return cell
    if name in WORDS:
        if len(cell) > WORDS[name] or "\0" in cell:
            raise ValueError(f"use {WORDS[name]} characters or fewer.")
        return cell
    try:
        if name == DAY:
            return dt.date.fromisoformat(cell)
        number = int(cell)
    except ValueError as error:
        raise ValueError("a day, such as 2026-12-31." if name == DAY else "a whole number.") from error
    if abs(number) > 2**31 - 1:
        raise ValueError("this number is too large.")
    return number


def _unfit(words: str) -> Unfit:
    return Unfit(words, {"file": [words]})
