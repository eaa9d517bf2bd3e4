"""Stopping a revision that changes too much of a list, and a second person's word on it (R-103)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import SystemJob, User
from accounts.policies import own_session
from audit.actions import record
from audit.verbs import Verb
from hotlists.models import Hotlist
from hotlists.nudges import publish_soon
from hotlists.policies import require_sight
from matchers import limits, policies
from matchers.models import Halt, HeldChange, Publication
from portal.errors import TooLate, Unfit
from portal.policies import require


def keep_within_limit(
    cursor: Any, hotlist: Hotlist, *, by: SystemJob, at: dt.datetime, is_published: bool, touched: str = ""
) -> None:
    """Takes out of WANTED what has to wait for a second person. Called with all that should be published in it, under the
    list's lock, in the transaction that publishes; with `touched`, of the plates that were looked at only."""
    halt = Halt.objects.standing().select_for_update().filter(hotlist=hotlist).first()
    if not is_published:  # a list that is out of force goes out empty, whatever was decided
        _end(halt, "the list is not in force", by=by, at=at)
        return
    measured = limits.measure(cursor, hotlist, at=at, halt=halt, touched=touched)
    if measured is None:
        return
    waits = halt is not None and not halt.is_released
    if touched and waits:  # how much that is in all is measured once everything is compared
        limits.hold_back(cursor)
        return
    if measured.is_over:
        _halt(cursor, hotlist, halt, measured, by=by, at=at)
        limits.hold_back(cursor)
    elif halt is not None and halt.is_released is False and limits.free_but_refused(cursor, halt):
        limits.hold_back(cursor)
    elif not touched:
        _end(halt, "it is published" if halt and halt.is_released else "it is within the limit", by=by, at=at)


@transaction.atomic
def release_revision(halt: Halt, *, by: User, digest: str, reason: str) -> Halt:
    """A second person lets go out what they were shown, and nothing else. Published within seconds."""
    return _decide(halt, is_released=True, by=by, digest=digest, reason=reason)


@transaction.atomic
def refuse_revision(halt: Halt, *, by: User, digest: str, reason: str) -> Halt:
    """A second person says that this must not go out: it waits until the list is put right, or somebody releases it."""
    return _decide(halt, is_released=False, by=by, digest=digest, reason=reason)


def _decide(halt: Halt, *, is_released: bool, by: User, digest: str, reason: str) -> Halt:
    halt = Halt.objects.locked(halt.pk)
    require_sight(by, halt.hotlist)
    require(policies.may_decide_halt(by, halt))
    if halt.is_released or (halt.is_released is False and not is_released):
        raise TooLate("Somebody has decided on this already.")
    if digest != halt.digest:
        raise TooLate("What it would change is not what you were shown any more. Look at it again, then decide.")
    if not reason.strip():
        raise Unfit("Say why.", {"reason": ["Say why."]})
    halt.is_released, halt.decided_by, halt.decided_at = is_released, by, timezone.now()
    halt.decided_digest, halt.reason, halt.sign_in = digest, reason, own_session(by)
    halt.save(update_fields=["is_released", "decided_by", "decided_at", "decided_digest", "reason", "sign_in"])
    if is_released:
        publish_soon(halt.hotlist_id)
    record(
        Verb.HALT_RELEASED if is_released else Verb.HALT_REFUSED, target=halt.hotlist, by=by, also=[halt], reason=reason,
        rows=halt.held, digest=digest,
    )  # fmt: skip
    return halt


def look_at_halt(halt: Halt, *, by: User, shown: int) -> None:
    """That somebody looked at rows which it holds back."""
    record(Verb.HALT_OPENED, target=halt.hotlist, by=by, also=[halt], count=shown)


def _halt(
    cursor: Any, hotlist: Hotlist, halt: Halt | None, measured: limits.Measured, *, by: SystemJob, at: dt.datetime
) -> Halt:
    """Shows what waits: in the halt that nobody has decided yet, or in another."""
    if halt is not None and halt.is_released is not True and not limits.says_more(cursor, halt):
        return halt  # all of it is shown already, and some may have lapsed since
    since = halt.since_at if halt is not None and not halt.is_released else _published_at(hotlist)
    is_new = halt is None or halt.decided_at is not None
    if is_new:
        how = "what was released is published, and more waits" if halt and halt.is_released else "something else waits"
        _end(halt, how, by=by, at=at)
        halt = Halt(hotlist=hotlist, halted_at=at, since_at=since)
    assert halt is not None  # noqa: S101 - for the type checker
    words, people = limits.causes(cursor, hotlist, since)
    halt.causes, halt.caused_by, halt.measured_at = words, sorted(people | set(halt.caused_by)), at
    halt.base_rows, halt.limit = measured.base_rows, measured.limit
    halt.added, halt.removed, halt.changed = (measured.counts[change] for change in HeldChange.Change.values)
    halt.save()
    limits.show(cursor, halt)
    halt.save(update_fields=["digest"])
    record(
        Verb.HALT_BEGUN, target=hotlist, by=by, also=[halt], rows=halt.held, share=halt.share, added=halt.added,
        removed=halt.removed, changed=halt.changed, digest=halt.digest,
    )  # fmt: skip
    return halt


def _published_at(hotlist: Hotlist) -> dt.datetime:
    return Publication.objects.to_all().filter(hotlist=hotlist).latest("revision").generated_at


def _end(halt: Halt | None, how: str, *, by: SystemJob, at: dt.datetime) -> None:
    if halt is None:
        return
    HeldChange.objects.filter(halt=halt).delete()
    halt.ended_at = at
    halt.save(update_fields=["ended_at"])
    record(Verb.HALT_ENDED, target=halt.hotlist, by=by, also=[halt], how=how)
