"""Recording: the one verb that every other room's verbs end with."""

import hashlib
import hmac
import math
import secrets
from collections.abc import Iterable
from typing import Any, Protocol, cast

import rfc8785
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from audit import policies
from audit.models import PLATE, Event, EventDetail
from audit.purposes import Purpose
from audit.verbs import Verb
from portal import request
from portal.errors import Unfit
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


def commitment(salt: bytes, body: dict[str, Any]) -> bytes:
    """SHA-256 over the salt and the words as RFC 8785 spells JSON, the same in every language."""
    return hashlib.sha256(salt + rfc8785.dumps(body)).digest()


def subject_kind(target: models.Model) -> str:
    """How the log names a kind of thing: `hotlists.entry`."""
    return target._meta.label_lower


@transaction.atomic
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
        "subject": str(target),
        "source_ip": facts.source_ip,
        "session": facts.session,
        "count": count,
        **{name: _plain(value) for name, value in words.items()},
    }
    named = [f"{subject_kind(subject)}:{subject.pk}" for subject in subjects]
    named += sorted(f"{PLATE}:{plate_hash(*shown)}" for shown in set(plates))
    salt = secrets.token_bytes(32)
    event = Event.objects.create(
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
    EventDetail.objects.create(pk=event.pk, salt=salt, body=body, subjects=named)
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
