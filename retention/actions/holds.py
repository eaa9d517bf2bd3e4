"""Holding a record back from erasure, and letting it go."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import Actor, User
from audit.actions import record
from audit.verbs import Verb
from portal.errors import Stranger, TooLate, Unfit
from portal.policies import require
from retention import guards, policies
from retention.erasure import digest, wait_for_batches
from retention.models import LegalHold
from standards.models import StandardsProfile


@transaction.atomic
def place_hold(
    thing: models.Model, *, by: User, case_ref: str, basis: str, reason: str, owner: User | None = None
) -> LegalHold:
    """Keeps a record, and all that belongs to it, past its period for a case (R-081).

    Raises Stranger when the record is not there for this person, or has been erased meanwhile.
    """
    wait_for_batches()
    thing = _seen(type(thing), [thing.pk], by)[0]
    require(policies.may_place_hold(by, thing))
    facts = _facts(by, case_ref, basis, reason, owner)
    if LegalHold.objects.open().on(thing).as_placed().filter(case_ref=facts["case_ref"]).exists():
        raise TooLate("This record is held for that case already.")
    hold = LegalHold.objects.create(label=thing._meta.label, object_id=thing.pk, what=_named(thing), **facts)
    record(
        Verb.HOLD_PLACED, target=hold, by=by, also=[thing], what=hold.what, case_ref=hold.case_ref, reason=hold.reason
    )
    return hold


@transaction.atomic
def hold_case(*, by: User, case_ref: str, basis: str, reason: str, owner: User | None = None) -> LegalHold:
    """Keeps every record that names the case, those that will name it too: the database holds them as they are written."""
    wait_for_batches()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [guards.CASES])
    require(policies.may_hold_many(by))
    facts = _facts(by, case_ref, basis, reason, owner)
    if LegalHold.objects.open().on_case(facts["case_ref"]).exists():
        raise TooLate("Everything that names this case is held already.")
    hold = LegalHold.objects.create(scope=LegalHold.Scope.CASE, what="all that names the case", **facts)
    for rule in guards.holdable():
        if rule.case_paths:
            kind = apps.get_model(rule.label)._base_manager
            named = kind.filter(guards.told_of(rule, hold.case_ref)).distinct()
            _hold_each(hold, rule.label, named.values_list("pk", flat=True))
    record(
        Verb.HOLD_PLACED, target=hold, by=by, what=hold.what, case_ref=hold.case_ref, reason=hold.reason,
        count=hold.records.count(),
    )  # fmt: skip
    return hold


@transaction.atomic
def hold_result(
    model: type[models.Model], ids: Iterable[uuid.UUID], *, by: User, case_ref: str, basis: str, reason: str,
    owner: User | None = None,
) -> LegalHold:  # fmt: skip
    """Keeps what a list or a search showed at this moment: these records and no later ones. What they were stays provable by
    a digest, made as those of certificates are.

    Raises Stranger when any of them is not there for this person.
    """
    wait_for_batches()
    require(policies.may_hold_many(by, model))
    ids = sorted(set(ids))
    most = int(StandardsProfile.objects.in_force(timezone.now()).number("export.most"))
    if not ids:
        raise Unfit("There is nothing to hold.", {"object_ids": ["Nothing was found that could be held."]})
    if len(ids) > most:
        raise Unfit("That is too much for one hold.", {"object_ids": [f"Narrow it: one hold takes at most {most:,}."]})
    _seen(model, ids, by)
    label = model._meta.label
    hold = LegalHold.objects.create(
        scope=LegalHold.Scope.RESULT, what=f"{len(ids)} {model._meta.verbose_name_plural} found together",
        digest=digest(f"{label}:{id}" for id in ids), **_facts(by, case_ref, basis, reason, owner),
    )  # fmt: skip
    _hold_each(hold, label, ids)
    record(
        Verb.HOLD_PLACED, target=hold, by=by, what=hold.what, case_ref=hold.case_ref, reason=hold.reason,
        count=len(ids), digest=hold.digest,
    )  # fmt: skip
    return hold


@transaction.atomic
def review_hold(hold: LegalHold, *, by: Actor, reason: str) -> LegalHold:
    """Says that the record is still needed, until the next review."""
    hold = LegalHold.objects.select_for_update().get(pk=hold.pk)
    if hold.released_at:
        raise TooLate("This hold was released already.")
    require(policies.may_review_hold(by, hold))
    if not reason.strip():
        raise Unfit("Say why it is still needed.", {"reason": ["Say why it is still needed."]})
    hold.review_due_at = _next_review(timezone.now())
    hold.save(update_fields=["review_due_at"])
    hold.records.open().update(review_due_at=hold.review_due_at)
    record(Verb.HOLD_REVIEWED, target=hold, by=by, what=hold.what, case_ref=hold.case_ref, reason=reason.strip())
    return hold


@transaction.atomic
def release_hold(hold: LegalHold, *, by: User, reason: str) -> LegalHold:
    """Lets the record go: if it is past its period, the next run erases it."""
    hold = LegalHold.objects.select_for_update().get(pk=hold.pk)
    if hold.released_at:
        raise TooLate("This hold was released already.")
    require(policies.may_release_hold(by, hold))
    if not reason.strip():
        raise Unfit("Say why it is no longer needed.", {"reason": ["Say why it is no longer needed."]})
    hold.released_by, hold.released_at, hold.release_reason = by, timezone.now(), reason.strip()
    hold.save(update_fields=["released_by", "released_at", "release_reason"])
    hold.records.open().update(released_by=by, released_at=hold.released_at, release_reason=hold.release_reason)
    record(Verb.HOLD_RELEASED, target=hold, by=by, what=hold.what, case_ref=hold.case_ref, reason=hold.release_reason)
    return hold


def _next_review(now: dt.datetime) -> dt.datetime:
    days = StandardsProfile.objects.in_force(now).number("hold.review")
    return now + dt.timedelta(days=int(days))


def _seen(model: type[models.Model], ids: Sequence[uuid.UUID], by: Actor) -> list[models.Model]:
    """The records as they are now, if all are there for this person."""
    found = model._default_manager.all()
    if hasattr(found, "visible_to"):
        found = found.visible_to(by)
    things = list(found.filter(pk__in=ids))
    if len(things) != len(ids):
        raise Stranger("There is no such record, or it is not yours to see.")
    return things


def _facts(by: User, case_ref: str, basis: str, reason: str, owner: User | None) -> dict[str, Any]:
    """What every hold says. Raises Unfit for one without a case or a reason."""
    wrong = {
        name: [ask]
        for name, words, ask in (
            ("case_ref", case_ref, "Give the case that needs it: a hold without a case has no end."),
            ("reason", reason, "Say what it is needed for."),
        )
        if not words.strip()
    }
    if wrong:
        raise Unfit("A hold names its case and its reason.", wrong)
    now = timezone.now()
    return {
        "case_ref": case_ref.strip(), "basis": LegalHold.Basis(basis), "reason": reason.strip(), "owner": owner or by,
        "placed_by": by, "placed_at": now, "review_due_at": _next_review(now),
    }  # fmt: skip


def _hold_each(hold: LegalHold, label: str, ids: Iterable[uuid.UUID]) -> None:
    name = apps.get_model(label)._meta.verbose_name
    LegalHold.objects.bulk_create([
        LegalHold(
            under=hold, label=label, object_id=id, what=f"{name} {str(id)[-8:]}", case_ref=hold.case_ref, basis=hold.basis,
            reason=hold.reason, owner=hold.owner, placed_by=hold.placed_by, placed_at=hold.placed_at,
            review_due_at=hold.review_due_at,
        )
        for id in ids
    ], batch_size=500)  # fmt: skip


def _named(thing: models.Model) -> str:
    """In words that name no vehicle."""
    return str(getattr(thing, "logged_as", thing))[:200]
