"""What waits for a person in this room, shown on their home page."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Min
from django.urls import reverse

from accounts.models import User
from accounts.policies import role_has
from hotlists.models import Contribution, Entry, EntryVersion
from portal.home import Item
from standards.models import Category

SOON = dt.timedelta(hours=48)


def questions(user: User, now: dt.datetime) -> Iterator[Item]:
    """Decisions to take, reviews due, drafts and answers of one's own."""
    if role_has(user, "hotlists.decide_entry"):
        yield from _decisions(user)
    if role_has(user, "hotlists.write_entry"):
        yield from _own(user, now)


def _decisions(user: User) -> Iterator[Item]:
    """Versions of others that this person has the rank to decide."""
    enough = Category.objects.filter(decider_rank__lte=user.rank).values_list("profile_id", "code")
    within_rank = {f"{profile}:{code}" for profile, code in enough}
    waiting = (
        EntryVersion.objects.awaiting_decision()
        .visible_to(user)
        .exclude(pk__in=Contribution.objects.filter(user=user).values("version_id"))
        .exclude(decisions__decided_by=user)
        .values_list("profile_id", "category", "submitted_at")
    )
    mine = [at for profile, code, at in waiting if f"{profile}:{code}" in within_rank]
    if mine:
        yield Item("Entries wait for your decision", reverse("decision_queue"), len(mine), min(mine), "waiting")


def _own(user: User, now: dt.datetime) -> Iterator[Item]:
    """What became of one's own entries, and which need a hand."""
    entries = reverse("entry_list") + "?show=mine"
    own = Entry.objects.filter(owner=user, withdrawn_at=None)
    latest = own.with_latest_version()
    yield Item("Your drafts", entries, latest.filter(status="draft").count(), tone="waiting")
    returned = latest.filter(status="returned").count()
    yield Item("Your entries sent back for changes", entries, returned, tone="lapsing")
    overdue = own.overdue_for_review(now)
    since = overdue.aggregate(since=Min("terms__review_by"))["since"]
    yield Item("Your entries are out of force until reviewed", entries, overdue.count(), since, "stopped")
    yield Item("Your entries lapse within two days", entries, own.lapsing(now, SOON).count(), tone="lapsing")
