"""Holding a record back from erasure, and letting it go."""

import datetime as dt

from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import Actor, User
from audit.actions import record
from audit.verbs import Verb
from portal.errors import Stranger, TooLate, Unfit
from portal.policies import require
from retention import policies
from retention.erasure import HOLDS
from retention.models import LegalHold
from standards.models import StandardsProfile


@transaction.atomic
def place_hold(
    thing: models.Model, *, by: User, case_ref: str, basis: str, reason: str, owner: User | None = None
) -> LegalHold:
    """Keeps a record, and all that belongs to it, past its period for a case (R-081).

    Raises Stranger when the record is not there for this person, or has been erased meanwhile.
    """
    with connection.cursor() as cursor:  # before a batch of deletion or after it, never beside it
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HOLDS])
    thing = _seen(type(thing), thing.pk, by)
    require(policies.may_place_hold(by, thing))
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
    if LegalHold.objects.open().on(thing).filter(case_ref=case_ref.strip()).exists():
        raise TooLate("This record is held for that case already.")
    now = timezone.now()
    hold = LegalHold.objects.create(
        label=thing._meta.label, object_id=thing.pk, what=str(getattr(thing, "logged_as", thing))[:200], case_ref=case_ref.strip(),
        basis=LegalHold.Basis(basis), reason=reason.strip(), owner=owner or by, placed_by=by, placed_at=now,
        review_due_at=_next_review(now),
    )  # fmt: skip
    record(
        Verb.HOLD_PLACED, target=hold, by=by, also=[thing], what=hold.what, case_ref=hold.case_ref, reason=hold.reason
    )
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
    record(Verb.HOLD_RELEASED, target=hold, by=by, what=hold.what, case_ref=hold.case_ref, reason=hold.release_reason)
    return hold


def _next_review(now: dt.datetime) -> dt.datetime:
    days = StandardsProfile.objects.in_force(now).number("hold.review")
    return now + dt.timedelta(days=int(days))


def _seen(model: type[models.Model], pk: object, by: Actor) -> models.Model:
    """The record as it is now, if it is there for this person."""
    found = model._default_manager.all()
    if hasattr(found, "visible_to"):
        found = found.visible_to(by)
    thing = found.filter(pk=pk).first()
    if thing is None:
        raise Stranger("There is no such record, or it is not yours to see.")
    return thing
