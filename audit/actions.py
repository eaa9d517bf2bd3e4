"""Recording: the one verb that every other room's verbs end with."""

import hashlib
import hmac
import math
import secrets
from collections.abc import Iterable
from typing import Any, Protocol, cast

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from audit import policies, sealing, verification
from audit.models import PLATE, Event, EventDetail, Verification
from audit.purposes import Purpose
from audit.seal.canonical import commitment
from audit.verbs import Verb
from portal import request
from portal.celery import app
from portal.database import insert_together
from portal.errors import TooLate, Unfit
from portal.policies import require

MOST_WHOLE = 2**53 - 1  # as far as RFC 8785 counts


class Actor(Protocol):
    """Whoever acts: a person, a machine client or a system job."""

    @property
    def actor_kind(self) -> str: ...

    @property
    def actor_id(self) -> str: ...

    @property
    def actor_label(self) -> str: ...

    @property
    def actor_role(self) -> str: ...


def plate_hash(country: str, vrm: str) -> str:
    """The keyed hash under which the log knows a plate; the key stays outside the database (domain.md, R-065)."""
    return hmac.new(settings.AUDIT_PLATE_KEY.encode(), f"{country}\x1f{vrm}".encode(), hashlib.sha256).hexdigest()


def subject_kind(target: models.Model) -> str:
    """How the log names a kind of thing: `hotlists.entry`."""
    return target._meta.label_lower


@transaction.atomic(savepoint=False)  # an act that cannot be recorded does not happen: there is nothing to go back to
def record(
    verb: Verb,
    *,
    target: models.Model,
    by: Actor,
    plate: tuple[str, str] | None = None,
    plates: Iterable[tuple[str, str]] = (),
    count: int | None = None,
    also: Iterable[models.Model] = (),
    **words: Any,
) -> Event:
    """Writes one event in the action's transaction, or raises and the act does not happen.

    `plate` is (country, normalised plate), kept only as a keyed hash; so are `plates`, those that were shown besides.
    `also` are further subjects that the words mention. `words` fill the verb's sentence and may hold `justification`,
    `case_ref` and `recipients` (R-062).
    """
    facts = request.facts()
    subjects = [target, *also]
    body = {
        "actor": by.actor_label,
        "role": by.actor_role,
        "subject": str(getattr(target, "logged_as", target)),
        "source_ip": facts.source_ip,
        "session": facts.session,
        "count": count,
        **{name: _plain(value) for name, value in words.items()},
    }
    named = [f"{subject_kind(subject)}:{subject.pk}" for subject in subjects]
    named += sorted(f"{PLATE}:{plate_hash(*shown)}" for shown in set(plates))
    salt = secrets.token_bytes(32)
    event = Event(
        at=timezone.now(),
        verb=verb,
        operation=verb.operation,
        subject_kind=subject_kind(target),
        subject_id=str(target.pk),
        actor_kind=by.actor_kind,
        actor_id=by.actor_id,
        plate_hash=plate_hash(*plate) if plate else "",
        count=count,
        correlation_id=facts.correlation_id,
        commitment=commitment(salt, body),
    )
    insert_together(event, EventDetail(pk=event.pk, salt=salt, body=body, subjects=named))
    return event


@transaction.atomic
def consult(*, by: Actor, purpose: str, what: str, plate: tuple[str, str] | None = None) -> Event:
    """Notes that somebody reads the log, for which of the four purposes, and what of it (R-063)."""
    require(policies.may_read_log(by))
    if purpose not in Purpose.values:
        words = "Say for which of the four lawful purposes you read the log."
        raise Unfit(words, {"purpose": [words]})
    target = cast(models.Model, by)  # people and machines are rows; a job does not read
    return record(Verb.LOG_CONSULTED, target=target, by=by, plate=plate, purpose=Purpose(purpose).label, what=what)


@transaction.atomic
def begin_export(*, by: Actor, purpose: str, what: str, recipient: str, plate: tuple[str, str] | None = None) -> Event:
    """Notes that somebody takes part of the log out, for whom and for which of the four purposes, before anything goes
    (R-064, R-072)."""
    require(policies.may_read_log(by))
    if purpose not in Purpose.values:
        words = "Say for which of the four lawful purposes you take this out of the log."
        raise Unfit(words, {"purpose": [words]})
    if not recipient.strip():
        words = "Say whom it is for."
        raise Unfit(words, {"recipient": [words]})
    target = cast(models.Model, by)
    return record(
        Verb.LOG_TAKEN, target=target, by=by, plate=plate, purpose=Purpose(purpose).label, what=what,
        recipients=recipient.strip(),
    )  # fmt: skip


@transaction.atomic
def end_export(*, by: Actor, what: str, recipient: str, sha256: str, count: int) -> Event:
    """Notes that all of it went, how many events those were, and the digest by which the file is known again."""
    target = cast(models.Model, by)
    return record(
        Verb.LOG_HANDED_OUT, target=target, by=by, what=what, recipients=recipient.strip(), sha256=sha256, count=count
    )


@transaction.atomic
def ask_to_verify(*, by: Actor, whole: bool = False) -> Event:
    """Has a task look whether the log is what was sealed, soon; only who asked is on record, the task says what it found."""
    require(policies.may_read_log(by))
    transaction.on_commit(lambda: app.send_task("audit.tasks.verify", kwargs={"whole": whole}))
    what = "all of it" if whole else "what is new"
    return record(Verb.LOG_LOOKED_INTO, target=cast(models.Model, by), by=by, what=what)


def verify_log(*, by: Actor, whole: bool = False) -> Verification:
    """Looks whether the log is what was sealed: from the last time that it was found to be, or from zero. What is wrong is
    kept, said in the log, and told to whoever is to act on it (R-066). Raises TooLate where there is no key to judge by.

    Reads for as long as the log is long; a task's work, or a command's.
    """
    require(policies.may_verify_log(by))
    try:
        verifier = sealing.verifier()
    except FileNotFoundError as missing:
        raise TooLate(
            "There is no key here to judge the seals by. Set PORTAL_AUDIT_KEY to the public one."
        ) from missing
    began = timezone.now()
    last = None if whole else Verification.objects.good().first()
    try:
        report = verification.verify(verifier, after=last.size if last else 0)
    except verification.NoStart:  # what was good is no more, or was rewritten
        last, report = None, verification.verify(verifier)
    with transaction.atomic():
        made = Verification.objects.create(
            after=last.size if last else 0, size=report.size, root=bytes.fromhex(report.root), events=report.events,
            ended=report.ended, checkpoints=report.checkpoints, problems=report.problems, began_at=began,
            ended_at=timezone.now(),
        )  # fmt: skip
        verb = Verb.LOG_BROKEN if report.problems else Verb.LOG_VERIFIED
        problem = report.problems[0] if report.problems else ""
        record(verb, target=made, by=by, after=made.after, size=made.size, problem=problem, count=len(report.problems))
        if report.problems:
            for tell in verification.when_broken:
                tell(made)
    return made


def _plain(value: Any) -> Any:
    """As JSON can hold it: numbers and lists as they are, everything else in words."""
    if (isinstance(value, int) and abs(value) > MOST_WHOLE) or (isinstance(value, float) and not math.isfinite(value)):
        return str(value)  # of which JSON's numbers know nothing
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return str(value)
