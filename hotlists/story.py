"""One entry told from top to bottom: what and why, by whose authority, until when, and what may be done next."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts.models import Actor
from camera_sites.models import CameraSite
from hotlists import alerts, policies
from hotlists.actions.entries import WRITTEN
from hotlists.models import Entry, EntryVersion, Review, Suspension, Term
from hotlists.scope import in_words, read
from hotlists.widening import NARROWABLE, Effect, effect_of
from portal.moments import length
from portal.policies import Verdict
from standards.models import StandardsProfile


@dataclass(frozen=True, slots=True)
class State:
    """How an entry stands: one word, one tone (`in-force`, `waiting`, `lapsing`, `stopped`), and why."""

    word: str
    tone: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may be done to an entry, or not and why."""

    label: str
    url_name: str
    verdict: Verdict
    is_next: bool = False


def state_of(entry: Entry, latest: EntryVersion, term: Term | None, at: dt.datetime) -> State:
    """How an entry stands at this moment; the queryset `in_force` has the last word."""
    if entry.withdrawn_at and entry.withdrawn_at <= at:
        return State("Withdrawn", "stopped", entry.get_withdrawal_reason_display())
    suspension = next((one for one in entry.suspensions.all() if one.is_open_at(at)), None)
    if suspension:
        return State(suspension.get_kind_display(), "stopped", suspension.reason)
    if term is None:
        if latest.status == EntryVersion.Status.SUBMITTED:
            return State("Waiting for a decision", "waiting")
        return State(latest.get_status_display(), "stopped" if latest.status == "rejected" else "waiting")
    if term.expires_at <= at:
        return State("Expired", "stopped", "It comes back only as a new request.")
    if term.emergency_ends_at and term.emergency_ends_at <= at:
        return State("Emergency lapsed", "stopped", "Nobody approved it in writing while it held.")
    if term.lapses_at <= at:
        return State("Overdue for review", "stopped", "Out of force until somebody reviews it.")
    if term.starts_at > at:
        return State("Approved, not yet started", "waiting")
    if not Entry.objects.in_force(at).filter(pk=entry.pk).exists():
        return State("List not in force", "stopped", "The list has no impact assessment in date, or has lapsed.")
    if term.emergency_ends_at:
        return State("In force by word of mouth", "lapsing", "It lapses by itself unless it is approved in writing.")
    if term.lapses_at - at < dt.timedelta(hours=24):
        return State("In force, lapsing soon", "lapsing")
    return State("In force", "in-force")


@dataclass(frozen=True, slots=True)
class Compared:
    """One written field as it is in force and as it is asked for, and what the change does."""

    label: str
    before: Any
    after: Any
    effect: Effect

    @property
    def is_changed(self) -> bool:
        """Whether the new version says something else."""
        return self.effect != Effect.NOTHING


def compared(term: Term, new: EntryVersion) -> list[Compared]:
    """Every written field of what governs, as it may have been narrowed, beside the new version; what differs first."""
    rows, old = [], term.version
    for name in NARROWABLE:
        setattr(old, name, getattr(term, name))
    for name in WRITTEN:
        label = str(EntryVersion._meta.get_field(name).verbose_name)
        effect = effect_of(name, getattr(old, name), getattr(new, name))
        rows.append(Compared(label[0].upper() + label[1:], as_written(old, name), as_written(new, name), effect))
    return sorted(rows, key=lambda row: not row.is_changed)


def acts_on(entry: Entry, latest: EntryVersion, term: Term | None, user: Actor) -> list[Act]:
    """What may follow, in the order in which it is likely; those that cannot be done say why."""
    status, acts = latest.status, []
    if status == EntryVersion.Status.DRAFT:
        acts.append(Act("Edit the draft", "entry_edit", policies.may_edit(user, latest)))
    elif status in EntryVersion.UNDECIDED:
        acts.append(Act("Decide", "entry_decide", policies.may_decide(user, latest), is_next=True))
    if term is not None and not entry.withdrawn_at:
        if any(one.to_at is None for one in entry.suspensions.all()):
            acts.append(Act("Lift the suspension", "entry_resume", policies.may_resume(user, entry)))
        else:
            acts.append(Act("Suspend", "entry_suspend", policies.may_suspend(user, entry)))
            acts.append(Act("Dispute", "entry_dispute", policies.may_dispute(user, entry)))
        acts.append(Act("Review", "entry_review", policies.may_review(user, entry)))
        acts.append(Act("Ask for a later end", "entry_extend", policies.may_extend(user, entry)))
        acts.append(Act("Narrow", "entry_narrow", policies.may_narrow(user, entry)))
    if status not in (EntryVersion.Status.DRAFT, EntryVersion.Status.SUBMITTED) and not entry.withdrawn_at:
        acts.append(Act("Write a new version", "entry_edit", policies.may_edit(user, latest)))
    if not entry.withdrawn_at:
        acts.append(Act("Withdraw", "entry_withdraw", policies.may_withdraw(user, entry)))
        acts.append(Act("Pass on", "entry_pass_on", policies.may_pass_on(user, entry)))
    return acts


def story_of(entry: Entry, user: Actor, at: dt.datetime) -> dict[str, Any]:
    """All that the entry's page shows, but for what higher rooms add. What several ask for is fetched once, with the entry."""
    models.prefetch_related_objects(
        [entry],
        models.Prefetch(
            "versions",
            EntryVersion.objects.select_related("written_by", "submitted_by", "profile", "release__answered_by"),
        ),
        "versions__contributions",
        "versions__profile__categories",
        models.Prefetch("suspensions", Suspension.objects.select_related("from_by", "to_by")),
        models.Prefetch("reviews", Review.objects.select_related("reviewed_by")),
    )
    latest = entry.latest_version
    term = entry.terms.governing(at).first()
    if term:
        term.version = next(version for version in entry.versions.all() if version.pk == term.version_id)
    shown = term.version if term else latest
    return {
        "entry": entry,
        "latest": latest,
        "term": term,
        "shown": shown,
        "alert_text": alerts.text(shown),
        "scope": scope_of(term or shown, user),
        "category": policies.category_of(shown),
        "state": state_of(entry, latest, term, at),
        "decisions": shown.decisions.open_to(user).select_related("decided_by"),
        "deciders_needed": policies.deciders_needed(shown),
        "reviews": entry.reviews.all(),
        "narrowings": entry.narrowings.select_related("narrowed_by"),
        "suspensions": entry.suspensions.all(),
        "interests": Entry.objects.other_interests_in(shown, user).with_force(at),
        "removal": _removal(entry, at),
        "follows": Entry.objects.visible_to(user).filter(pk=entry.follows).first() if entry.follows else None,
        "followed_by": Entry.objects.visible_to(user).filter(follows=entry.pk).order_by("created_at"),
        "may_link": policies.may_link(user, entry, entry.hotlist),
        "may_ask_again": policies.may_ask_again(user, entry, at=at),
        "emergency": entry.emergencies.select_related("given_by", "recorded_by").first(),
        "pending": latest
        if term and latest.pk != term.version_id and latest.status in ("draft", "submitted")
        else None,
        "acts": acts_on(entry, latest, term, user),
        "may_submit": policies.may_submit(user, latest) if latest.status == EntryVersion.Status.DRAFT else None,
    }


def scope_of(of: EntryVersion | Term, user: Actor) -> dict[str, Any]:
    """The scope that holds: in words, the sites that this person may see by name, how many others there are, all areas."""
    scope = read(of.scope)
    seen = CameraSite.objects.visible_to(user).filter(ref__in=scope.sites).order_by("name")
    names = list(seen.values_list("name", flat=True)) if scope.sites else []
    return {
        "words": in_words(scope),
        "is_limited": bool(scope),
        "sites": names,
        "unseen": len(scope.sites) - len(names),
        "areas": sorted(scope.areas),
    }


def _removal(entry: Entry, at: dt.datetime) -> str:
    """How long it took from what happened to the end of the entry (R-024)."""
    latency = entry.removal_latency
    if latency is None:
        return ""
    aim = dt.timedelta(hours=StandardsProfile.objects.in_force(at).number("removal.target"))
    words = f"It took {length(latency.total_seconds())} from what happened to the end of this entry"
    return (
        f"{words}." if latency <= aim else f"{words}, longer than the {length(aim.total_seconds())} that are the aim."
    )


def as_written(version: EntryVersion, name: str) -> Any:
    """What is written in a field, as people read it."""
    field = version._meta.get_field(name)
    value = getattr(version, name)
    if name == "scope":
        scope = read(value)
        return in_words(scope, names=scope.sites)  # the sites by name: two scopes may count alike
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        names = dict(getattr(field, "base_field", field).choices or ())
        return ", ".join(str(names.get(one, one)) for one in value)
    if field.choices:
        return dict(field.choices).get(value, value)
    return value
