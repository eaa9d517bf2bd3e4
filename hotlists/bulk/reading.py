"""A file of entries as rows of cells, and what is wrong with each row, in plain words."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from typing import Any

from accounts.models import User
from hotlists import quality
from hotlists.actions.entries import fill
from hotlists.bulk.columns import COLUMNS, HEADINGS, NEEDED, Unreadable, heading_of, read_cell
from hotlists.models import Entry, EntryVersion, Hotlist
from portal.errors import Unfit
from portal.spreadsheets import harmless
from standards.models import StandardsProfile

LARGEST = 2 << 20  # bytes; far more than the longest file that the standards let through
Problem = tuple[str, str]  # a column's heading, and what is wrong


def rows_of(content: bytes, *, most: int) -> tuple[list[str], list[dict[str, str]]]:
    """The headings and the rows, each a cell by heading. Raises Unfit for what is no such file."""
    text = _decoded(content)
    if "\0" in text:
        raise _unfit("This file holds characters that are no text. Save it as CSV again.")
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        found = [cells for cells in lines if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise _unfit(f"This is no file of separated columns: {error}.") from error
    if not found:
        raise _unfit("This file is empty.")
    headings = [heading_of(cell) for cell in found[0]]
    unknown = [cell for cell, heading in zip(found[0], headings, strict=True) if not heading and cell.strip()]
    if unknown:
        raise _unfit(
            f"Not a column of entries: {', '.join(unknown[:5])}. The first line holds the headings of the template."
        )
    if twice := sorted({heading for heading in headings if heading and headings.count(heading) > 1}):
        raise _unfit(f"These columns are there twice: {', '.join(twice)}.")
    if lacking := [heading for heading in NEEDED if heading not in headings]:
        raise _unfit(f"These columns are missing: {', '.join(lacking)}.")
    if len(found) == 1:
        raise _unfit("This file has headings and no rows.")
    if len(found) - 1 > most:
        raise _unfit(f"At most {most} rows are taken at once; this file has {len(found) - 1}.")
    rows = [{heading: cell for heading, cell in zip(headings, cells, strict=False) if heading} for cells in found[1:]]
    return [heading for heading in headings if heading], rows


def facts_of(cells: dict[str, str], hotlist: Hotlist, now: dt.datetime) -> tuple[dict[str, Any], list[Problem]]:
    """What a row asks for as the actions take it, with what follows from its category where it is silent; its problems."""
    facts: dict[str, Any] = {}
    problems: list[Problem] = []
    for heading, cell in cells.items():
        try:
            value = read_cell(COLUMNS[heading], cell)
        except Unreadable as error:
            problems.append((heading, str(error)))
            continue
        if value is not None:
            facts[COLUMNS[heading]] = value
    return _completed(facts, hotlist, now), problems


def judge(facts: dict[str, Any], hotlist: Hotlist, by: User, now: dt.datetime) -> list[Problem]:
    """Everything that would keep such an entry from being submitted."""
    version = EntryVersion(
        entry=Entry(hotlist=hotlist, owner=by, created_by=by, created_at=now), number=1, written_by=by, written_at=now,
        profile=StandardsProfile.objects.in_force(now),
    )  # fmt: skip
    return judge_version(version, facts, now)


def judge_version(version: EntryVersion, facts: dict[str, Any], now: dt.datetime) -> list[Problem]:
    """The same of a version that starts from another; nothing of it is saved."""
    try:
        fill(version, facts)
    except Unfit as refusal:
        return list(_told(refusal.fields))
    return list(_told(quality.problems(version, at=now, by=version.written_by)))


def with_problems(headings: list[str], rows: Iterable[tuple[dict[str, str], list[Problem]]]) -> Iterator[str]:
    """The file again, line by line, with a column more: what is wrong with the row."""
    for cells in ([*headings, "problems"], *_lines(headings, rows)):
        line = io.StringIO(newline="")
        csv.writer(line).writerow(map(harmless, cells))
        yield line.getvalue()


def template() -> str:
    """The headings, for who begins a file."""
    return ",".join(COLUMNS) + "\r\n"


def _lines(headings: list[str], rows: Iterable[tuple[dict[str, str], list[Problem]]]) -> Iterator[list[str]]:
    for cells, problems in rows:
        said = " | ".join(f"{column}: {words}" for column, words in problems)
        yield [*(cells.get(heading, "") for heading in headings), said]


def _completed(facts: dict[str, Any], hotlist: Hotlist, now: dt.datetime) -> dict[str, Any]:
    begin = now.replace(microsecond=0)
    defaults: dict[str, Any] = {"country": "GB", "starts_at": begin, "last_verified_at": begin}
    for name in ("make", "model", "colour", "reason", "purpose", "basis", "subject", "action_text", "source_system",
                 "source_ref", "contact_24h", "vrm_entered", "category"):  # fmt: skip
        defaults[name] = ""
    facts = defaults | facts
    facts["category"] = facts["category"].upper()
    category = (
        StandardsProfile.objects.in_force(now).categories.filter(code=facts["category"], is_feed=False).first()
        if facts["category"] in hotlist.categories
        else None
    )
    begins = max(begin, facts["starts_at"])
    if category is not None:
        facts.setdefault("action", category.default_action)
        facts.setdefault("priority", hotlist.default_priority or category.default_priority)
        facts.setdefault("expires_at", begins + dt.timedelta(hours=hotlist.longest_life(category)))
        interval = begins + dt.timedelta(hours=hotlist.review_interval(category))
        facts.setdefault("review_by", min(interval, facts["expires_at"]))
    # Of no category nothing follows; the category is the problem then, and these only have to be dates.
    facts.setdefault("expires_at", facts.get("review_by", begins + dt.timedelta(hours=1)))
    facts.setdefault("review_by", facts["expires_at"])
    facts.setdefault("action", "")
    facts.setdefault("priority", "")
    return facts


def _told(problems: dict[str, list[str]]) -> Iterator[Problem]:
    for field, lines in problems.items():
        for words in lines:
            yield HEADINGS.get(field, field), words


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("windows-1252", errors="replace")


def _unfit(words: str) -> Unfit:
    return Unfit("This file cannot be taken.", {"file": [words]})
