"""Acts as a page tells them, whatever kind of record they are: behind a signal, or drawn into a sample."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.sentences import tell
from hits.models import Hit
from hotlists.models import ConflictReport, Decision, EntryVersion, Review


@dataclass(frozen=True, slots=True)
class Told:
    """One act: when, a sentence, where to read on, and what is known of it besides."""

    id: uuid.UUID
    at: dt.datetime
    sentence: str
    url: str
    facts: list[tuple[str, Any]] = field(default_factory=list)


def tell_acts(label: str, ids: Iterable[uuid.UUID]) -> list[Told]:
    """Those that are still kept, the newest first, in a few queries however many."""
    return sorted(_TELLERS[label](list(ids)), key=lambda one: one.at, reverse=True)


def _events(ids: list[uuid.UUID]) -> list[Told]:
    return [
        Told(one.event.pk, one.event.at, one.sentence, reverse("event_detail", args=[one.event.pk]),
             [(name, str(one.words[key])) for key, name in (("role", "Role"), ("reason", "Reason given"), ("case_ref", "Case"),
                                                            ("count", "Found"), ("what", "What")) if one.words.get(key)])
        for one in tell(Event.objects.filter(pk__in=ids))
    ]  # fmt: skip


def _decisions(ids: list[uuid.UUID]) -> list[Told]:
    found = Decision.objects.filter(pk__in=ids).select_related(
        "version__entry__hotlist", "version__submitted_by", "decided_by"
    )
    return [
        Told(one.pk, one.decided_at,
             f"{one.decided_by.actor_label}: {one.get_verdict_display().lower()} {one.version}, submitted by"
             f" {one.version.submitted_by} {_after(one.decided_at - one.version.submitted_at)} before",
             reverse("entry_detail", args=[one.version.entry_id]), one.grounds)
        for one in found
    ]  # fmt: skip


def _versions(ids: list[uuid.UUID]) -> list[Told]:
    found = EntryVersion.objects.filter(pk__in=ids).select_related("entry__hotlist", "submitted_by")
    return [
        Told(one.pk, one.submitted_at or one.written_at, f"{one.submitted_by} submitted {one}",
             reverse("entry_detail", args=[one.entry_id]), _asked(one))
        for one in found.prefetch_related("decisions__decided_by")
    ]  # fmt: skip


def _asked(version: EntryVersion) -> list[tuple[str, Any]]:
    """What was asked for, on what authority; the plate is not needed to judge it."""
    facts = [
        ("List", version.entry.hotlist.title), ("Category", version.category), ("Purpose", version.get_purpose_display()),
        ("Reference", f"{version.source_system} {version.source_ref}"), ("Reason", version.reason),
        ("Asked for", version.get_action_display()), ("Until", f"{timezone.localtime(version.expires_at):%-d %B %Y}"),
        ("How it stands", version.get_status_display()),
    ]  # fmt: skip
    for decision in version.decisions.all():
        facts.append(
            (
                f"{decision.get_verdict_display()}, {decision.get_rank_display().lower()}",
                decision.decided_by.actor_label,
            )
        )
        facts += decision.grounds
    if version.entry.withdrawn_at:
        facts.append(("Withdrawn", version.entry.get_withdrawal_reason_display()))
    return facts


def _reviews(ids: list[uuid.UUID]) -> list[Told]:
    found = Review.objects.filter(pk__in=ids).select_related("entry__hotlist", "reviewed_by")
    return [
        Told(one.pk, one.reviewed_at, f"{one.reviewed_by.actor_label} reviewed {one.entry}: {one.get_decision_display().lower()}",
             reverse("entry_detail", args=[one.entry_id]),
             [("Why still needed", one.still_necessary), ("What the source said", one.source_checked),
              ("Hits since", one.hits_since_last)])
        for one in found
    ]  # fmt: skip


def _hits(ids: list[uuid.UUID]) -> list[Told]:
    found = Hit.objects.shown().filter(pk__in=ids).select_related("hotlist", "matcher", "outcome")
    return [
        Told(
            one.pk,
            one.received_at,
            f"{one.matcher} reported {one}",
            reverse("hit_detail", args=[one.pk]),
            _came_of(one),
        )
        for one in found
    ]


def _came_of(hit: Hit) -> list[tuple[str, Any]]:
    facts = [("Category", hit.category), ("Asked for", hit.get_action_display())]
    if outcome := getattr(hit, "outcome", None):
        facts += [
            ("Outcome", outcome.get_decision_display()),
            ("Why nobody was sent", outcome.get_reason_display() or "–"),
        ]
    return facts


def _conflicts(ids: list[uuid.UUID]) -> list[Told]:
    found = ConflictReport.objects.filter(pk__in=ids).select_related("attempted_by")
    return [
        Told(one.pk, one.attempted_at, f"{one.attempted_by.actor_label} tried: {one.get_act_display().lower()}. The vehicle was"
             f" {one.get_link_display().lower()}", reverse("conflict_detail", args=[one.pk]))
        for one in found
    ]  # fmt: skip


def _after(time: dt.timedelta) -> str:
    seconds = int(time.total_seconds())
    return (
        f"{seconds} seconds"
        if seconds < 120
        else f"{seconds // 60} minutes"
        if seconds < 7200
        else f"{seconds // 3600} hours"
    )


_TELLERS: dict[str, Callable[[list[uuid.UUID]], list[Told]]] = {
    "audit.Event": _events, "hotlists.Decision": _decisions, "hotlists.EntryVersion": _versions, "hotlists.Review": _reviews,
    "hits.Hit": _hits, "hotlists.ConflictReport": _conflicts,
}  # fmt: skip
