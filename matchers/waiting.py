"""What waits for a person in this room: copies not proved forgotten, matchers gone silent, wrong answers."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.urls import reverse

from accounts.credentials import oldest_secret
from accounts.models import User
from accounts.policies import role_has
from hotlists.models import Hotlist
from matchers.disclosed import to_be_told
from matchers.freshness import FORGOTTEN_WITHIN, SILENT_AFTER, copies
from matchers.models import Allocation, DoorList, Halt, Matcher, RecallHolder, Receipt
from matchers.wellness import root_to_renew
from portal.home import Item
from standards.models import StandardsProfile

DISPUTED_FOR = dt.timedelta(days=30)  # after it was last said


def questions(user: User, now: dt.datetime) -> Iterator[Item]:
    """For those who answer for matchers, and those who watch over them; the root of trust, for administrators too."""
    if role_has(user, "matchers.view_root"):
        ends_at = root_to_renew(now)
        if ends_at is not None:
            words = "has ended: matchers take nothing new" if ends_at <= now else f"ends on {ends_at:%d %B %Y}"
            yield Item(
                f"The root of trust {words}. Its holders have to sign another", reverse("root_of_trust"), tone="lapsing"
            )
    lists = Hotlist.objects.visible_to(user)
    if any(role_has(user, permission) for permission in ("matchers.release_revision", "matchers.view_publications")):
        yield from _stopped(user)
    if not role_has(user, "matchers.view_publications"):
        return
    if role_has(user, "matchers.manage_matcher"):
        yield from _ending(lists, now)
        old = Matcher.objects.filter(machine__is_active=True, machine__secret_since__lt=oldest_secret(now))
        yield Item(
            "Matchers whose secret is overdue to be changed", reverse("matcher_list"), old.count(), tone="lapsing"
        )
    late = RecallHolder.objects.open_since(now - FORGOTTEN_WITHIN).filter(hotlist__in=lists)
    # Of a matcher without signatures nothing is ever proved; it is asked about only while it does not even say so.
    said = DoorList.objects.filter(door=OuterRef("matcher"), hotlist=OuterRef("hotlist"))
    late = late.exclude(Exists(said.said_past(OuterRef("recall__revision"))))
    recalled = late.aggregate(count=Count("pk"), since=Min("recall__opened_at"))
    board = reverse("matcher_list")
    yield Item("Withdrawn rows not proved forgotten", board, recalled["count"], recalled["since"], "stopped")
    holding = Matcher.objects.holding_lists()
    longest = dt.timedelta(hours=StandardsProfile.objects.in_force(now).number("matcher.offline.life"))
    silent = holding.silent_since(now - SILENT_AFTER).filter(door=None) | holding.silent_since(now - longest)
    since = silent.aggregate(since=Min("last_seen_at"))["since"]
    yield Item("Matchers gone silent", board, silent.count(), since, "stopped")
    wrong = [copy.last.received_at for copy in copies(lists, now) if copy.last and not copy.last.is_right]
    if wrong:
        yield Item("Matchers that answered wrongly", board, len(wrong), min(wrong), "stopped")
    disputed = Receipt.objects.filter(is_log_ours=False, received_at__gt=now - DISPUTED_FOR, hotlist__in=lists)
    other = disputed.aggregate(count=Count("matcher", distinct=True), since=Min("received_at"))
    yield Item("Matchers that have seen another log than ours", board, other["count"], other["since"], "stopped")
    files, since = to_be_told(lists)
    yield Item(
        "Files whose recipients have to be told what was taken back",
        reverse("disclosure_list"),
        files,
        since,
        "stopped",
    )


def _stopped(user: User) -> Iterator[Item]:
    halts = Halt.objects.visible_to(user)
    waits = halts.undecided().aggregate(count=Count("pk"), since=Min("halted_at"))
    board = reverse("halt_list")
    yield Item(
        "Revisions stopped: they would change too much of a list", board, waits["count"], waits["since"], "stopped"
    )
    refused = halts.standing().filter(is_released=False).aggregate(count=Count("pk"), since=Min("decided_at"))
    yield Item(
        "Refused revisions whose lists wait to be put right", board, refused["count"], refused["since"], "lapsing"
    )


def _ending(lists: QuerySet[Hotlist], now: dt.datetime) -> Iterator[Item]:
    notice = dt.timedelta(days=StandardsProfile.objects.in_force(now).number("allocation.soon"))
    ending = Allocation.objects.running(now).ending_before(now + notice).filter(hotlist__in=lists)
    first = ending.order_by("until_at").values_list("matcher_id", flat=True).first()
    address = reverse("matcher_detail", args=[first]) if first else reverse("matcher_list")
    yield Item(
        "Lists that matchers lose soon, unless they are given for longer", address, ending.count(), tone="lapsing"
    )
