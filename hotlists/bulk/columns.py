"""The columns of a file of entries, and how people write what stands in them."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from hotlists.actions.entries import WRITTEN
from hotlists.countries import code_of
from hotlists.models import EntryVersion
from portal.moments import OUT_OF_REACH, is_in_reach

_RENAMED = {"vrm_entered": "plate", "contact_24h": "contact"}
# Heading of a column -> the field of an entry that it fills, in the order of the template. What is more than a cell can say,
# such as the places of a scope, is written on the draft.
COLUMNS = {
    _RENAMED.get(name, name): name
    for name in WRITTEN
    if not isinstance(EntryVersion._meta.get_field(name), models.JSONField)
}
HEADINGS = {field: heading for heading, field in COLUMNS.items()}
NEEDED = ("plate", "category", "reason")
_YES, _NO = {"yes", "y", "true", "1", "x"}, {"no", "n", "false", "0", ""}


class Unreadable(Exception):
    """A cell says nothing that its column can hold; `str()` is what is wrong, in plain words."""


def heading_of(cell: str) -> str:
    """A heading as the template writes it, however it is spaced and cased; empty for one that is not known."""
    name = re.sub(r"[\s_-]+", "_", cell.strip().lower()).strip("_")
    name = _RENAMED.get(name, name)
    return name if name in COLUMNS else ""


def read_cell(field: str, cell: str) -> Any:
    """What a cell says, as the field holds it; None for an empty one. Raises Unreadable."""
    cell = cell.strip()
    kind = EntryVersion._meta.get_field(field)
    if isinstance(kind, models.BooleanField):
        return None if kind.null and not cell else _yes_or_no(cell)
    if not cell:
        return None
    if field == "country":
        code = code_of(cell)
        if not code:
            raise Unreadable("No such country. Write its two-letter code, such as GB.")
        return code
    if isinstance(kind, models.DateTimeField):
        return _reached(_moment(cell, is_end=field in ("review_by", "expires_at")))
    if isinstance(kind, models.DateField):
        return _reached(_moment(cell, is_end=False)).astimezone(timezone.get_default_timezone()).date()
    if isinstance(kind, ArrayField):
        parts = [part for part in re.split(r"[;,\s]+", cell) if part]
        return [_choice(kind.base_field, part) for part in parts]
    value = _choice(kind, cell)
    longest = getattr(kind, "max_length", None)
    if longest and len(value) > longest:
        raise Unreadable(f"At most {longest} characters; these are {len(value)}.")
    return value


def _choice(kind: Any, cell: str) -> str:
    if not kind.choices:
        return cell
    pairs: Iterable[tuple[str, str]] = kind.flatchoices
    for value, label in pairs:
        if cell.lower() in (str(value).lower(), str(label).lower()):
            return str(value)
    allowed = ", ".join(str(value) for value, _ in pairs if value)
    raise Unreadable(f"Write one of {allowed}.")


def _yes_or_no(cell: str) -> bool:
    if cell.lower() in _YES:
        return True
    if cell.lower() in _NO:
        return False
    raise Unreadable("Write yes or no.")


def _reached(moment: dt.datetime) -> dt.datetime:
    if not is_in_reach(moment):
        raise Unreadable(OUT_OF_REACH)
    return moment


def _moment(cell: str, *, is_end: bool) -> dt.datetime:
    """A date, with a time or without; one without ends at midnight at the end of that day, and starts at its beginning."""
    zone = timezone.get_default_timezone()
    for shape in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            day = dt.datetime.strptime(cell, shape)
        except ValueError:
            continue
        day = timezone.make_aware(_reached(day), zone)
        return day + dt.timedelta(days=1) if is_end else day
    for shape in ("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M"):
        try:
            return timezone.make_aware(dt.datetime.strptime(cell, shape), zone)
        except ValueError:
            continue
    try:
        found = parse_datetime(cell)
    except ValueError:
        found = None
    if found is None:
        raise Unreadable("Write a date as 31/12/2026, or with a time as 31/12/2026 14:30.")
    return found if timezone.is_aware(found) else timezone.make_aware(found, zone)
