"""How many: vehicles on a list, and what one author submits in a day. Counted under a lock, so that none can race."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from hotlists.models import Entry, EntryVersion, Hotlist, Release
from hotlists.written import fingerprint
from portal.errors import Unfit
from standards.models import StandardsProfile

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


def submitted_today(author: User, now: dt.datetime, *, but: Entry | None = None) -> int:
    """Entries that this person submitted on this day in London, but for those that a list manager released (R-030)."""
    begins = timezone.localtime(now, timezone.get_default_timezone()).replace(hour=0, minute=0, second=0, microsecond=0)
    ends = timezone.make_aware(begins.replace(tzinfo=None) + dt.timedelta(days=1))
    that_day = EntryVersion.objects.filter(submitted_by=author, submitted_at__gte=begins, submitted_at__lt=ends)
    if but is not None:
        that_day = that_day.exclude(entry=but)
    return that_day.exclude(pk__in=Release.objects.given().values("version")).values("entry").distinct().count()


def daily_number(now: dt.datetime) -> int:
    """What one author may submit in a day without the list manager."""
    return StandardsProfile.objects.in_force(now).number("entry.daily")


def require_within_daily(version: EntryVersion, *, by: User, now: dt.datetime) -> None:
    """Raises Unfit beyond the daily number, unless the list manager released this very draft, in these words (R-030).

    The author's row is held until the transaction ends, so that two sessions cannot both take the last one.
    """
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=by.pk)
    if Release.objects.given().filter(version=version, fingerprint=fingerprint(version)).exists():
        return
    most = daily_number(now)
    if submitted_today(by, now, but=version.entry) >= most:
        words = (
            f"You have submitted {most} entries today, as many as one person may. Ask the list manager to release this one, or"
            " submit it tomorrow."
        )
        raise Unfit(words, {"daily": [words]})


def lapse_release(version: EntryVersion, *, by: User, at: dt.datetime) -> bool:
    """A release is of what the draft said when it was asked for. Says something else now? Then it is asked for anew."""
    release = Release.objects.standing().filter(version=version).select_for_update().first()
    if release is None or release.fingerprint == fingerprint(EntryVersion.objects.get(pk=version.pk)):
        return False
    release.lapsed_by, release.lapsed_at = by, at
    release.save(update_fields=["lapsed_by", "lapsed_at"])
    return True
