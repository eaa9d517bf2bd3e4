"""What the lists are like, for the camera code's last principle: what plates are compared with is right and up to date (R-119)."""

import datetime as dt
from collections.abc import Iterator

from camera_sites.code_principles import Fact, none_of, share
from hotlists.models import Entry, Hotlist
from standards.models import StandardsProfile


def lists_are_right(at: dt.datetime) -> Iterator[Fact]:
    """Entries and lists as they stand at this moment."""
    in_force = Entry.objects.in_force(at)
    yield none_of(
        Entry.objects.overdue_for_review(at).count(), "Entries past their review, and so out of force by themselves"
    )
    stale = dt.timedelta(hours=StandardsProfile.objects.in_force(at).number("hit.verified.stale"))
    old = in_force.filter(terms__until_at=None, terms__version__last_verified_at__lt=at - stale).distinct().count()
    whole = in_force.count()
    yield share(whole - old, whole, f"entries in force were checked with their source in the last {stale.days} days.")
    lists = Hotlist.objects.filter(closed_at=None)
    feeds = lists.filter(kind=Hotlist.Kind.FEED)
    yield share(feeds.in_force(at).count(), feeds.count(), "lists loaded from a source are as fresh as was agreed.")
    managed = lists.exclude(kind=Hotlist.Kind.FEED)
    yield share(
        managed.in_force(at).count(), managed.count(), "lists kept by hand are justified and assessed, in date."
    )
