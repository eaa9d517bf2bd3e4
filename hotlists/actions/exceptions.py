"""Holding a row of a feed back at once, telling its source, and letting it go again (F-02); recoveries (R-023)."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Actor, MachineClient, User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.conflicts import Act, require_no_conflict
from hotlists.actions.feeds import normalised
from hotlists.feeds.life_cycle import LifeCycle
from hotlists.models import Departure, FeedException, FeedRow, Hotlist, Recovery, SourceAgreement
from hotlists.nudges import publish_plate_soon
from portal.errors import TooLate, Unfit
from portal.policies import require
from standards.models import StandardsProfile

Cause = FeedException.Cause


@transaction.atomic
def suspend_row(
    hotlist: Hotlist, *, by: User, country: str, vrm: str, reason: str, cause: str = Cause.OTHER
) -> FeedException:
    """Holds a plate of a feed back, at once and through every reload (F-02)."""
    policies.require_sight(by, hotlist)
    require(policies.may_suspend_row(by, hotlist))
    vrm = normalised(vrm)
    require_no_conflict(Act.FEED, by=by, plate=(country, vrm), hotlist=hotlist)
    _require_reason(reason)
    _require_listed(hotlist, country, vrm)
    exception = _hold_back(hotlist, by=by, country=country, vrm=vrm, reason=reason, cause=Cause(cause))
    if exception is None:
        raise TooLate("This plate is held back already.")
    record(
        Verb.FEED_ROW_SUSPENDED, target=exception, by=by, plate=exception.plate, also=[hotlist], hotlist=hotlist.title,
        reason=reason,
    )  # fmt: skip
    return exception


@transaction.atomic
def lift(exception: FeedException, *, by: User, reason: str) -> FeedException:
    """Lets a row go again; another person than who held it back."""
    exception = _locked(exception.pk, by=by)
    require_no_conflict(Act.FEED, by=by, plate=exception.plate, hotlist=exception.hotlist)
    require(policies.may_lift(by, exception))
    _require_open(exception)
    _require_reason(reason)
    _end(exception, lifted_because=reason, to_by=by)
    record(
        Verb.FEED_ROW_RELEASED, target=exception, by=by, plate=exception.plate, also=[exception.hotlist],
        hotlist=exception.hotlist.title, reason=reason,
    )  # fmt: skip
    return exception


@transaction.atomic
def reconfirm(exception: FeedException, *, by: MachineClient, reason: str) -> FeedException:
    """The source's machine says, knowing of the exception, that the row is right; so it is in force again."""
    exception = _locked(exception.pk, by=by)
    require(policies.may_answer_for_source(by, exception.hotlist))
    _require_open(exception)
    _require_reason(reason)
    now = timezone.now()
    if exception.told_at is None:
        exception.told_at, exception.told_machine = now, by
    _end(exception, lifted_because=reason, to_machine=by)
    record(
        Verb.FEED_ROW_RECONFIRMED, target=exception, by=by, plate=exception.plate, also=[exception.hotlist],
        hotlist=exception.hotlist.title, reason=reason,
    )  # fmt: skip
    return exception


@transaction.atomic
def take_untold(hotlist: Hotlist, *, by: Actor) -> list[FeedException]:
    """What the source has to be told: each plate held back of which it does not know. Taking it is a disclosure."""
    policies.require_sight_of_feed(by, hotlist)
    require(policies.may_tell_source(by, hotlist))
    untold = list(hotlist.feed_exceptions.untold().select_related("from_by").order_by("from_at", "pk"))
    record(Verb.EXCEPTIONS_TAKEN, target=hotlist, by=by, also=untold, count=len(untold),
           plates=[one.plate for one in untold])  # fmt: skip
    return untold


@transaction.atomic
def mark_told(hotlist: Hotlist, exceptions: Iterable[uuid.UUID], *, by: Actor) -> list[FeedException]:
    """The source knows of these: its machine says so, or a person who sent them. What it knew already stays as it was."""
    policies.require_sight_of_feed(by, hotlist)
    require(policies.may_tell_source(by, hotlist))
    found = list(hotlist.feed_exceptions.untold().filter(pk__in=list(exceptions)).select_for_update(of=("self",)))
    if not found:
        raise TooLate("The source was told of these already, or they are no longer held back.")
    for exception in found:
        exception.told_at = timezone.now()
        exception.told_by = by if isinstance(by, User) else None
        exception.told_machine = by if isinstance(by, MachineClient) else None
        exception.save(update_fields=["told_at", "told_by", "told_machine"])
    record(Verb.SOURCE_TOLD, target=hotlist, by=by, also=found, count=len(found))
    return found


@transaction.atomic
def record_recovery(
    hotlist: Hotlist, *, by: Actor, country: str, vrm: str, occurred: dt.datetime, reference: str
) -> Recovery:
    """A listed vehicle was recovered: said by an entitled person or by the source. Its row is held back at once (F-02)."""
    policies.require_sight_of_feed(by, hotlist)
    require(policies.may_record_recovery(by, hotlist))
    vrm = normalised(vrm)
    require_no_conflict(Act.FEED, by=by, plate=(country, vrm), hotlist=hotlist)
    if not reference.strip():
        raise Unfit("Say where it is recorded.", {"reference": ["Give the crime, incident or recovery record."]})
    now = timezone.now()
    if occurred > now:
        raise Unfit("This lies ahead.", {"occurred": ["Give a moment that has passed."]})
    _require_listed(hotlist, country, vrm)
    named = {"recorded_by": by} if isinstance(by, User) else {"recorded_machine": by}
    recovery = Recovery.objects.create(
        hotlist=hotlist,
        country=country,
        vrm=vrm,
        occurred=occurred,
        reference=reference.strip(),
        recorded_at=now,
        **named,
    )
    held = _hold_back(
        hotlist, by=by, country=country, vrm=vrm, reason=f"Recovered: {reference}"[:500], cause=Cause.RECOVERED
    )
    record(
        Verb.RECOVERY_RECORDED, target=recovery, by=by, plate=recovery.plate, also=[hotlist, *filter(None, [held])],
        hotlist=hotlist.title, reference=reference,
    )  # fmt: skip
    return recovery


@transaction.atomic
def look_at_departures(hotlist: Hotlist, shown: Sequence[Departure], *, by: Actor) -> None:
    """Shows rows that left a list, which is recorded with their plates (R-062)."""
    policies.require_sight(by, hotlist)
    require(policies.may_look_at_departures(by))
    if shown:
        plates = [(one.country, one.vrm) for one in shown]
        record(Verb.DEPARTURES_SHOWN, target=hotlist, by=by, count=len(shown), plates=plates)


@transaction.atomic
def look_at_exceptions(hotlist: Hotlist, shown: Sequence[FeedException], *, by: Actor) -> None:
    """Shows plates that are or were held back, which is recorded with them (R-062)."""
    policies.require_sight_of_feed(by, hotlist)
    require(policies.may_look_at_loads(by))
    if shown:
        record(Verb.EXCEPTIONS_SHOWN, target=hotlist, by=by, also=shown, count=len(shown),
               plates=[one.plate for one in shown])  # fmt: skip


@transaction.atomic
def look_at_reminders(hotlist: Hotlist, shown: Sequence[FeedRow], *, by: Actor) -> None:
    """Shows reports of which the source has to be reminded, which is recorded with their plates (R-062)."""
    policies.require_sight_of_feed(by, hotlist)
    require(policies.may_tell_source(by, hotlist))
    if shown:
        record(Verb.REMINDERS_SHOWN, target=hotlist, by=by, count=len(shown), plates=[row.plate for row in shown])


@transaction.atomic
def take_reminders(hotlist: Hotlist, *, by: Actor) -> list[FeedRow]:
    """The same to be sent to the source, the oldest first and at most as many as one export takes. A disclosure."""
    policies.require_sight_of_feed(by, hotlist)
    require(policies.may_tell_source(by, hotlist))
    now = timezone.now()
    profile = StandardsProfile.objects.in_force(now)
    rows = FeedRow.objects.filter(hotlist=hotlist).to_confirm(LifeCycle.of(profile), now)
    taken = list(rows[: profile.number("export.most")]) if has_life_cycle(hotlist, now) else []
    record(Verb.REMINDERS_TAKEN, target=hotlist, by=by, count=len(taken), plates=[row.plate for row in taken])
    return taken


def has_life_cycle(hotlist: Hotlist, at: dt.datetime) -> bool:
    """Whether the agreement in date says how long its source has to confirm a report (R-022)."""
    agreement = SourceAgreement.objects.governing(at).filter(hotlist=hotlist).order_by("-from_at").first()
    return agreement is not None and agreement.life_cycle != SourceAgreement.LifeCycle.NONE


def _hold_back(hotlist: Hotlist, *, by: Actor, **facts: str) -> FeedException | None:
    """A new exception, or None when the plate is held back already."""
    named = {"from_by": by} if isinstance(by, User) else {"from_machine": by}
    try:
        with transaction.atomic():
            made = FeedException.objects.create(hotlist=hotlist, from_at=timezone.now(), **named, **facts)
    except IntegrityError:
        return None
    publish_plate_soon(hotlist.pk, made.country, made.vrm)
    return made


def _end(exception: FeedException, **how: object) -> None:
    exception.to_at = timezone.now()
    for name, value in how.items():
        setattr(exception, name, value)
    exception.save(update_fields=["to_at", "told_at", "told_machine", *how])
    publish_plate_soon(exception.hotlist_id, exception.country, exception.vrm)


def _locked(pk: uuid.UUID, *, by: Actor) -> FeedException:
    exception = FeedException.objects.select_for_update(of=("self",)).select_related("hotlist", "from_load").get(pk=pk)
    policies.require_sight_of_feed(by, exception.hotlist)
    return exception


def _require_open(exception: FeedException) -> None:
    if exception.to_at:
        raise TooLate("This row is no longer held back.")


def _require_listed(hotlist: Hotlist, country: str, vrm: str) -> None:
    if not FeedRow.objects.filter(hotlist=hotlist).of_plate(vrm, country).exists():
        raise TooLate("The source no longer lists this plate, so there is nothing to hold back.")


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Unfit("Say why.", {"reason": ["Say why."]})
