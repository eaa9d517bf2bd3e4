"""What verbs on many entries share: the locked work, and its rows with their entries."""

from accounts.models import User
from hotlists import policies
from hotlists.models import Bulk, BulkRow, Entry
from portal.policies import require


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
