"""What verbs on many entries share: the locked work, and its rows with their entries."""

import uuid
from collections.abc import Iterable

from django.utils import timezone

from accounts.models import User
from hotlists import policies
from hotlists.models import Bulk, BulkRow, Entry, Hotlist
from portal.errors import Unfit
from portal.policies import require
from standards.models import StandardsProfile


def locked_bulk(bulk: Bulk, *, by: User) -> Bulk:
    """It under its lock. Raises Stranger or Refused unless this person goes on with it."""
    bulk = Bulk.objects.select_for_update(of=("self",)).select_related("hotlist", "made_by").get(pk=bulk.pk)
    policies.require_sight(by, bulk.hotlist)
    require(policies.may_work_on(by, bulk))
    return bulk


def with_entries(rows: list[BulkRow]) -> list[tuple[BulkRow, Entry | None]]:
    """Each row with its entry; None where there is none any more."""
    keys = [row.entry_id for row in rows if row.entry_id]
    entries = Entry.objects.select_related("hotlist").in_bulk(keys) if keys else {}
    return [(row, entries.get(row.entry_id) if row.entry_id else None) for row in rows]


def begun_with(hotlist: Hotlist, keys: Iterable[uuid.UUID], *, kind: Bulk.Kind, by: User) -> Bulk:
    """Work on these entries, apart from what its maker is choosing on the page. Raises Unfit for what cannot be worked on."""
    bulk = Bulk.objects.create(
        hotlist=hotlist, made_by=by, kind=kind, status=Bulk.Status.CHECKED, made_at=timezone.now()
    )
    wanted = set(keys)
    if lacking := len(wanted) - add_entries(bulk, wanted):
        words = f"{lacking} of these are no entries of this list, or have ended."
        raise Unfit(words, {"entries": [words]})
    return bulk


def add_entries(bulk: Bulk, keys: Iterable[uuid.UUID]) -> int:
    """Adds entries of the bulk's list that have not ended; how many. Raises Unfit beyond what is changed at once."""
    there = set(bulk.rows.values_list("entry_id", flat=True))
    wanted = Entry.objects.filter(hotlist=bulk.hotlist, withdrawn_at=None, pk__in=list(keys)).exclude(
        pk__in=[key for key in there if key]
    )
    most = StandardsProfile.objects.in_force(timezone.now()).number("entry.upload")
    found = list(wanted.order_by("-pk").values_list("pk", flat=True)[: most + 1])
    if len(there) + len(found) > most:
        words = f"At most {most} entries are changed at once."
        raise Unfit(words, {"entries": [words]})
    last = max(bulk.rows.values_list("number", flat=True), default=0)
    BulkRow.objects.bulk_create(BulkRow(bulk=bulk, number=last + n, entry_id=key) for n, key in enumerate(found, 1))
    return len(found)
