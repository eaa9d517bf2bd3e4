"""What waits for a person in this room, shown on their home page."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, Min, OuterRef
from django.urls import reverse

from accounts.models import User
from accounts.policies import role_has
from hits.limits import Limits
from hits.models import Caution, Hit, Verification
from hotlists.models import Suspension
from portal.home import Item
from portal.partitions import uuid7_floor

PROVED_WRONG = (Verification.Result.STALE, Verification.Result.WRONG_VEHICLE)


def questions(user: User, now: dt.datetime) -> Iterator[Item]:
    """Hits to answer; what hits say of one's own entries and sites."""
    limits = Limits.in_force(now)
    if role_has(user, "hits.answer_hit"):
        yield from _to_answer(user, now, limits)
    if role_has(user, "hotlists.write_entry"):
        yield from _of_own_entries(user, now, limits)
    yield from _of_own_sites(user, now, limits)
    yield from _withheld(user, now, limits)


def _to_answer(user: User, now: dt.datetime, limits: Limits) -> Iterator[Item]:
    board = reverse("board")
    mine = Hit.objects.visible_to(user).shown().open().raising_alarm().with_urgency(now, limits)
    late = mine.filter(is_overdue=True)
    yield Item("Hits are overdue", board, late.count(), late.aggregate(since=Min("received_at"))["since"], "stopped")
    new = mine.filter(acknowledged_at=None, is_overdue=False)
    yield Item("Hits wait to be taken on", board, new.count(), new.aggregate(since=Min("received_at"))["since"])


def _of_own_entries(user: User, now: dt.datetime, limits: Limits) -> Iterator[Item]:
    """R-059: the owner of an entry that keeps being seen while nobody acts is told."""
    own = Hit.objects.visible_to(user).shown().filter(entry__owner=user, entry__withdrawn_at=None)
    seen = own.select_related("entry__hotlist").open().newest_of_vehicle().with_urgency(now, limits)
    for hit in seen.filter(is_escalated=True)[:10]:
        words = f"Seen {hit.sightings} times without an outcome: {hit.entry} has escalated"
        yield Item(words, reverse("hit_detail", args=[hit.pk]), None, hit.received_at, "stopped")
    outside = own.filter(cautions__contains=[Caution.OUTSIDE_SCOPE], pk__gte=uuid7_floor(now - 4 * limits.window))
    for hit in outside.order_by("-pk")[:10]:
        words = "A matcher reported your entry's vehicle outside the scope that was authorised"
        yield Item(words, reverse("hit_detail", args=[hit.pk]), None, hit.received_at, "stopped")
    wrong = own.filter(verification__result__in=PROVED_WRONG).exclude(
        Exists(Suspension.objects.filter(entry=OuterRef("entry"), from_at__gte=OuterRef("verification__verified_at")))
    ).filter(pk__gte=uuid7_floor(now - 4 * limits.window))  # fmt: skip
    for hit in wrong.select_related("verification").order_by("-pk")[:10]:
        words = f"A hit on your entry was verified as {hit.verification.get_result_display().lower()}: review it"
        yield Item(words, reverse("entry_detail", args=[hit.entry_id]), None, hit.verification.verified_at, "stopped")


def _of_own_sites(user: User, now: dt.datetime, limits: Limits) -> Iterator[Item]:
    """R-113: a site that should be silent was heard."""
    heard = Hit.objects.shown().filter(
        site__owner=user, cautions__contains=[Caution.SITE_NOT_IN_SERVICE], pk__gte=uuid7_floor(now - limits.window)
    )
    first = heard.aggregate(since=Min("received_at"))["since"]
    if first:
        yield Item(
            "Hits came from your sites that are not in service", reverse("hit_list"), heard.count(), first, "stopped"
        )


def _withheld(user: User, now: dt.datetime, limits: Limits) -> Iterator[Item]:
    """Decision 19: only who keeps the suppression list learns that its vehicle was met."""
    met = Hit.objects.visible_to(user).exclude(withheld_by=[]).filter(pk__gte=uuid7_floor(now - limits.window))
    first = met.aggregate(since=Min("received_at"))["since"]
    if first:
        yield Item("Hits were withheld by your suppression lists", reverse("hit_list"), met.count(), first)
