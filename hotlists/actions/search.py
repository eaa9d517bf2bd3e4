"""Searching the lists for a plate, which is an act: it asks why, and is recorded."""

from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.countries import agreed
from hotlists.models import Entry, EntryVersion, FeedRow
from matcher_client import vrm as plates
from portal.errors import Unfit
from portal.policies import require
from standards.models import StandardsProfile


class Found(NamedTuple):
    """What lists hold of one plate."""

    entries: list[Entry]
    rows: list[FeedRow]


@transaction.atomic
def search_plate(typed: str, *, by: Actor, reason: str, country: str | None = None) -> Found:
    """Entries and feed rows that name this plate on lists the searcher may see; asks why, and is recorded (R-062)."""
    require(policies.may_search(by))
    if not reason.strip():
        raise Unfit("Say why you search.", {"reason": ["Enter the reason for this search."]})
    try:
        vrm = plates.normalise(typed)
    except ValueError as error:
        raise Unfit("This cannot be a plate.", {"plate": [str(error)]}) from error
    entries = Entry.objects.visible_to(by).of_plate(vrm, country).select_related("hotlist", "owner")
    rows = FeedRow.objects.visible_to(by).of_plate(vrm, country).with_force(timezone.now()).select_related("hotlist")
    found = Found(list(entries.order_by("-created_at")), list(rows.order_by("hotlist__title", "country", "ref")))
    record(
        Verb.PLATE_SEARCHED,
        target=StandardsProfile.objects.in_force(timezone.now()),
        by=by,
        plate=(country or agreed(_countries(found, vrm)), vrm),
        count=len(found.entries) + len(found.rows),
        also=[*found.entries, *{row.hotlist for row in found.rows}],
        reason=reason,
        justification=reason,
    )
    return found


def _countries(found: Found, vrm: str) -> set[str]:
    versions = EntryVersion.objects.filter(entry__in=found.entries, vrm=vrm).order_by()
    return {*versions.values_list("country", flat=True), *(row.country for row in found.rows)}
