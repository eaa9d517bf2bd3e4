"""R-019, domain.md 3.3 and 3.4: how sure it is, how old, and whether it may be held here at all."""

import datetime as dt
import re
from collections.abc import Iterator

from django.utils import timezone

from hotlists.models import EntryVersion
from hotlists.quality.asked import Asked, Fault
from standards.models import Action

GRADE = re.compile(r"[1-3][A-E][PC]")
SHAPE = "Write the 3x5x2 grade as 1 to 3, A to E, P or C: for example 2BP."


def is_graded(asked: Asked) -> Iterator[Fault]:
    """An assessment carries its grade; what is suspected false is not published; what is untested stops nobody."""
    version, grading = asked.version, asked.version.grading
    if grading and not GRADE.fullmatch(grading):
        yield "grading", SHAPE
        return
    if version.basis in (EntryVersion.Basis.ASSESSMENT, EntryVersion.Basis.MIXED) and not grading:
        yield "grading", "An assessment needs its 3x5x2 grade."
    if grading[1:2] == "E":
        yield "grading", "Intelligence that is suspected false cannot be published."
    if version.action == Action.STOP and (grading[:1] == "3" or grading[1:2] == "D"):
        yield "action", "Untested or unknown intelligence (3 or D) asks for assess or silent, not for stop."


def is_fresh(asked: Asked) -> Iterator[Fault]:
    """The intelligence has a date, and not one so old that it says nothing of today."""
    version = asked.version
    if version.grading and version.intel_date is None:
        yield "intel_date", "Give the date of the intelligence; not of this entry."
    for field in ("intel_date", "marker_date"):
        yield from _age(field, getattr(version, field), asked)


def is_held_here(asked: Asked) -> Iterator[Fault]:
    """Nothing above OFFICIAL-SENSITIVE (domain.md 3.4)."""
    if asked.version.gsc not in EntryVersion.Marking.values:
        yield "gsc", "This portal holds nothing marked SECRET or above. Do not enter it here."


def _age(field: str, day: dt.date | None, asked: Asked) -> Iterator[Fault]:
    today = timezone.localdate(asked.at)
    oldest = asked.numbers["intel.age"]
    if day is None:
        return
    if day > today:
        yield field, "Intelligence cannot be of a day to come."
    elif day < today - dt.timedelta(days=oldest):
        yield (
            field,
            f"Intelligence older than {oldest} days is checked again before it carries an entry. Give the new date.",
        )
