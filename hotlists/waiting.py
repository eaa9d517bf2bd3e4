"""What waits for a person in this room, shown on their home page."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, Subquery
from django.urls import reverse

from accounts.models import User
from accounts.policies import role_has
from hotlists.feeds.life_cycle import LifeCycle
from hotlists.models import (
    ConflictReport,
    EmergencyAuthority,
    Entry,
    EntryVersion,
    FeedException,
    FeedRow,
    Hotlist,
    ImportProfile,
    Justification,
    Load,
    Notice,
    Release,
    SourceAgreement,
    Term,
    WarninglistEdition,
)
from hotlists.models.hotlists import HotlistQuerySet
from hotlists.reviewing import due_reviews
from portal.home import Item
from portal.moments import hours_and_minutes
from standards.models import StandardsProfile

COUNTED_FOR = dt.timedelta(days=28)
SOON = dt.timedelta(hours=48)
TOLD_FOR = dt.timedelta(days=7)
FEED_SOON = dt.timedelta(hours=6)


def questions(user: User, now: dt.datetime) -> Iterator[Item]:
    """Decisions to take, reviews due, drafts and answers of one's own."""
    if role_has(user, "hotlists.decide_entry"):
        yield from _decisions(user)
    if role_has(user, "hotlists.decide_emergency") or role_has(user, "audit.read_log"):
        yield from _emergencies(user, now)
    if role_has(user, "hotlists.write_entry"):
        yield from _own(user, now)
        yield from _interests(user, now)
    if role_has(user, "hotlists.review_entry"):
        yield from _reviews(user, now)
    if role_has(user, "hotlists.answer_conflict"):
        yield _conflicts(now)
    if role_has(user, "hotlists.answer_notice"):
        yield _notices(now)
    yield from _feeds(user, now)
    yield from _lists(user, now)
    if role_has(user, "hotlists.accept_warninglist"):
        waits = WarninglistEdition.objects.waiting().exclude(loaded_by=user)
        for edition in waits.select_related("warninglist"):
            words = f"An edition of the warninglist {edition.warninglist.name} waits for a second person"
            yield Item(words, reverse("warninglist_edition", args=[edition.pk]), since=edition.loaded_at)


def _lists(user: User, now: dt.datetime) -> Iterator[Item]:
    """Lists that one answers for and that lapse before long; justifications that wait for a second person."""
    lists = Hotlist.objects.visible_to(user).filter(closed_at=None)
    days = StandardsProfile.objects.in_force(now).number("list.sunset.notice")
    own = lists.filter(Q(owner=user) | Q(deputy=user)).exclude(justifications__status="proposed").with_lapse(now)
    for hotlist in own.filter(sunset_at__lte=now + dt.timedelta(days=days)):
        page = reverse("hotlist_justify", args=[hotlist.slug])
        if hotlist.sunset_at <= now:
            yield Item(f"{hotlist.title} lapsed: nobody justified it afresh", page, None, hotlist.sunset_at, "stopped")
        else:
            yield Item(f"{hotlist.title} has to be justified afresh", page, tone="lapsing")
    if role_has(user, "hotlists.manage_hotlist"):
        asked = Release.objects.filter(version__entry__hotlist__in=lists).waiting().exclude(asked_by=user)
        count, since = asked.count(), asked.aggregate(since=Min("asked_at"))["since"]
        yield Item("Entries beyond the daily number wait for your release", reverse("release_list"), count, since)
    if role_has(user, "hotlists.write_entry"):
        free = Release.objects.given().filter(asked_by=user, version__status="draft").count()
        yield Item("Your entries were released: submit them", reverse("entry_list") + "?owner=me&state=draft", free)
    if role_has(user, "hotlists.decide_hotlist"):
        waits = Justification.objects.filter(hotlist__in=lists, status="proposed").exclude(proposed_by=user)
        for one in waits.select_related("hotlist"):
            words = f"A justification of {one.hotlist.title} waits for your decision"
            yield Item(words, reverse("justification_decide", args=[one.pk]), since=one.proposed_at)


def _reviews(user: User, now: dt.datetime) -> Iterator[Item]:
    """Reviews that are overdue or fall due soon, on the lists this person sees."""
    due = due_reviews(user, now)
    queue = reverse("review_queue")
    overdue = due.filter(governs_review_by__lte=now)
    since = overdue.aggregate(since=Min("governs_review_by"))["since"]
    yield Item(
        "Entries are out of force until somebody reviews them",
        queue + "?show=overdue",
        overdue.count(),
        since,
        "stopped",
    )
    yield Item("Reviews fall due soon", queue + "?show=soon", due.filter(governs_review_by__gt=now).count())


def _interests(user: User, now: dt.datetime) -> Iterator[Item]:
    """R-021: who has an interest in a vehicle hears when somebody else takes one, or gives theirs up."""
    own = Entry.objects.visible_to(user).owned_by(user).filter(withdrawn_at=None)
    running = Term.objects.filter(entry__in=own, until_at=None, expires_at__gt=now)
    plates = list(running.values_list("version__vrm", flat=True))  # a person's own are few, a list's many
    if not plates:
        return
    mine = running.filter(version__vrm=OuterRef("version__vrm"), version__country=OuterRef("version__country"))
    earlier = Term.objects.filter(entry=OuterRef("entry"), from_at__lt=OuterRef("from_at"))
    others = Term.objects.filter(version__vrm__in=plates, entry__in=Entry.objects.visible_to(user))
    others = others.exclude(entry__in=own)
    others = others.annotate(mine=Subquery(mine.values("entry")[:1])).exclude(mine=None)
    since = now - TOLD_FOR
    for term in (
        others.filter(from_at__gte=since, entry__withdrawn_at=None).exclude(Exists(earlier)).order_by("from_at")[:10]
    ):
        page = reverse("entry_detail", args=[term.mine]) + "#interests"
        yield Item("Somebody else has an interest in your vehicle too", page, None, term.from_at)
    ended = others.filter(entry__withdrawn_at__gte=since, until_at=None).select_related("entry")
    for term in ended.order_by("entry__withdrawn_at")[:10]:
        page = reverse("entry_detail", args=[term.mine]) + "#interests"
        yield Item("Another interest in your vehicle ended; yours goes on", page, None, term.entry.withdrawn_at)


def _feeds(user: User, now: dt.datetime) -> Iterator[Item]:
    """Files that wait for a decision, agreements for a second person, and feeds that went stale or are about to."""
    feeds = Hotlist.objects.visible_to(user).filter(kind=Hotlist.Kind.FEED, closed_at=None)
    loads = Load.objects.filter(hotlist__in=feeds, status=Load.Status.CHECKED).select_related("hotlist")
    may_release = role_has(user, "hotlists.release_load")
    for load in loads.exclude(is_over_limit=True, uploaded_by=user):
        if may_release if load.is_over_limit else role_has(user, "hotlists.load_feed"):
            words = f"A load of {load.hotlist.title} waits for {'release' if load.is_over_limit else 'a decision'}"
            yield Item(words, reverse("load_detail", args=[load.pk]), since=load.checked_at)
    if role_has(user, "hotlists.agree_source"):
        for agreement in SourceAgreement.objects.waiting().filter(hotlist__in=feeds).exclude(proposed_by=user):
            words = f"An agreement with {agreement.source} waits for a second person"
            yield Item(words, reverse("feed_terms", args=[agreement.hotlist.slug]), since=agreement.proposed_at)
        profiles = ImportProfile.objects.waiting().filter(hotlist__in=feeds).exclude(proposed_by=user)
        for profile in profiles.exclude(begun_by=user).exclude(contributions__user=user).select_related("hotlist"):
            words = f"An import profile of {profile.hotlist.title} waits for a second person"
            yield Item(words, reverse("import_profile_detail", args=[profile.pk]), since=profile.proposed_at)
    if role_has(user, "hotlists.load_feed"):
        yield from _owed_by_sources(feeds, now)
        for feed in feeds.with_lapse(now).filter(Q(stale_at__lte=now + FEED_SOON) | Q(agreement_ends_at=None)):
            page = reverse("load_list", args=[feed.slug])
            if feed.agreement_ends_at is None:
                terms = reverse("feed_terms", args=[feed.slug])
                yield Item(f"{feed.title} has no agreement with its source in date", terms, tone="stopped")
            elif feed.stale_at <= now:
                yield Item(
                    f"{feed.title} is stale and out of force until it is loaded", page, None, feed.stale_at, "stopped"
                )
            else:
                yield Item(f"{feed.title} goes stale soon", page, tone="lapsing")


def _owed_by_sources(feeds: HotlistQuerySet, now: dt.datetime) -> Iterator[Item]:
    """Loads that are late though the list is not stale yet, what sources have to be told, reports to remind them of."""
    governing = SourceAgreement.objects.governing(now).filter(hotlist=OuterRef("pk")).order_by("-from_at")
    untold = FeedException.objects.untold().filter(hotlist=OuterRef("pk")).order_by().values("hotlist")
    told = feeds.with_lapse(now).annotate(
        refresh_hours=Subquery(governing.values("refresh_hours")[:1]),
        life_cycle=Subquery(governing.values("life_cycle")[:1]),
        untold=Subquery(untold.annotate(count=Count("pk")).values("count")),
    )
    rule = None
    for feed in told:
        if feed.refresh_hours and feed.last_loaded_at and feed.stale_at > now:
            due = feed.last_loaded_at + dt.timedelta(hours=feed.refresh_hours)
            if due < now:
                yield Item(
                    f"A load of {feed.title} is late", reverse("load_list", args=[feed.slug]), None, due, "lapsing"
                )
        if feed.untold:
            words = f"Plates of {feed.title} are held back, and its source does not know"
            yield Item(words, reverse("exception_list", args=[feed.slug]), feed.untold, tone="waiting")
        if feed.life_cycle == SourceAgreement.LifeCycle.LOST_OR_STOLEN:
            rule = rule or LifeCycle.of(StandardsProfile.objects.in_force(now))
            to_remind = FeedRow.objects.filter(hotlist=feed).running(now).reports(rule, now)["to_remind"]
            words = f"Reports of {feed.title} are unconfirmed; its source has to be reminded"
            yield Item(words, reverse("reminder_list", args=[feed.slug]), to_remind, tone="lapsing")


def _decisions(user: User) -> Iterator[Item]:
    """Versions of others that this person has the rank to decide."""
    mine = EntryVersion.objects.decidable_by(user).aggregate(count=Count("pk"), since=Min("submitted_at"))
    if mine["count"]:
        yield Item("Entries wait for your decision", reverse("decision_queue"), mine["count"], mine["since"], "waiting")


def _emergencies(user: User, now: dt.datetime) -> Iterator[Item]:
    """What one authorised by word of mouth and has not approved in writing; what dropped off, for who watches."""
    seen = EmergencyAuthority.objects.visible_to(user)
    for one in seen.to_confirm(now).filter(given_by=user).select_related("version"):
        left = hours_and_minutes((one.ends_at - now).total_seconds())
        words = f"You authorised {one.version.vrm} by word of mouth: confirm or refuse it within {left}"
        yield Item(words, reverse("entry_decide", args=[one.entry_id]), since=one.given_at, tone="lapsing")
    dropped = seen.unconfirmed(now).filter(ends_at__gt=now - COUNTED_FOR)
    page = reverse("emergency_list") + "?show=unconfirmed"
    yield Item("Emergency entries dropped off unconfirmed in the last 28 days", page, dropped.count(), tone="lapsing")


def _conflicts(now: dt.datetime) -> Item:
    """R-032: professional standards hear of what was tried on declared vehicles."""
    told = ConflictReport.objects.waiting().aggregate(count=Count("pk"), since=Min("attempted_at"))
    return _told(told, "conflict.answer", "A conflict of interest waits for your answer", reverse("conflict_list"), now)


def _notices(now: dt.datetime) -> Item:
    """R-027: the data protection officer hears of entries that touch protected activity, and of those that wait too long."""
    told = Notice.objects.waiting().aggregate(count=Count("pk"), since=Min("raised_at"))
    return _told(
        told, "notice.answer", "You are told of entries that touch protected activity", reverse("notice_list"), now
    )


def _told(told: dict[str, Any], number: str, words: str, page: str, now: dt.datetime) -> Item:
    days = StandardsProfile.objects.in_force(now).number(number)
    is_late = told["since"] is not None and told["since"] <= now - dt.timedelta(days=days)
    return Item(words, page, told["count"], told["since"], "stopped" if is_late else "lapsing")


def _own(user: User, now: dt.datetime) -> Iterator[Item]:
    """What became of one's own entries, and which need a hand."""
    entries = reverse("entry_list") + "?owner=me"
    own = Entry.objects.owned_by(user).filter(withdrawn_at=None)
    latest = own.with_latest_version()
    yield Item("Your drafts", entries, latest.filter(status="draft").count(), tone="waiting")
    returned = latest.filter(status="returned").count()
    yield Item("Your entries sent back for changes", entries, returned, tone="lapsing")
    overdue = own.overdue_for_review(now)
    since = overdue.aggregate(since=Min("terms__review_by"))["since"]
    yield Item("Your entries are out of force until reviewed", entries, overdue.count(), since, "stopped")
    yield Item("Your entries lapse within two days", entries, own.lapsing(now, SOON).count(), tone="lapsing")
