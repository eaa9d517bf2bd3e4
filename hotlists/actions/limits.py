"""How many: vehicles on a list, and what one author submits in a day. Counted under a lock, so that none can race."""

import datetime as dt

from hotlists.models import Entry, EntryVersion, Hotlist
from portal.errors import Unfit

_FULL = "{title} holds {count} entries, as many as it may. End one that is no longer needed, or ask its owner for more room."


def require_room(version: EntryVersion, now: dt.datetime, *, with_waiting: bool) -> None:
    """Raises Unfit when the list has no place left for this entry. The list stays locked until the transaction ends.

    Those that wait for a decision count too where `with_waiting`: nobody is asked to decide what has no place.
    """
    hotlist = version.entry.hotlist
    if hotlist.max_size is None or Entry.objects.filter(pk=version.entry_id).taking_a_place(now).exists():
        return  # what has a place keeps it, however full the list: narrowing and reviewing are never in its way
    hotlist = Hotlist.objects.select_for_update(no_key=True).get(pk=hotlist.pk)
    others = Entry.objects.filter(hotlist=hotlist).exclude(pk=version.entry_id)
    taken = set(others.taking_a_place(now).values_list("pk", flat=True))
    if with_waiting:
        waiting = others.filter(withdrawn_at=None, versions__status=EntryVersion.Status.SUBMITTED)
        taken |= set(waiting.values_list("pk", flat=True))
    if hotlist.max_size is not None and len(taken) >= hotlist.max_size:
        words = _FULL.format(title=hotlist.title, count=len(taken))
        raise Unfit(words, {"hotlist": [words]})
