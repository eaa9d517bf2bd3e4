"""What people do about a hit: look at it, take it on, verify it, say how it ended."""

import datetime as dt
from collections import Counter

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor, User
from accounts.reasons import own_work, require_why
from audit.actions import record
from audit.verbs import Verb
from hits import live, policies
from hits.models import Acknowledgement, Hit, Outcome, Verification
from hits.models.hits import HitQuerySet
from hotlists import actions as hotlists
from hotlists.models import Entry, FeedException, FeedRow, Suspension
from hotlists.policies import may_suspend, may_suspend_row
from portal.errors import Unfit
from portal.policies import require

Compared, Source, Result = Verification.Compared, Verification.Source, Verification.Result

# What a result rests on: the fields whose answers it needs (F-04, F-05). Any of the pairs is enough, but for CONFIRMED.
_RESTS_ON: dict[str, dict[str, str]] = {
    Result.CONFIRMED: {"plate": Compared.AGREES, "country": Compared.AGREES, "vehicle": Compared.AGREES,
                       "source": Source.WANTED},
    Result.MISREAD: {"plate": Compared.DIFFERS, "country": Compared.DIFFERS},
    Result.WRONG_VEHICLE: {"vehicle": Compared.DIFFERS},
    Result.STALE: {"source": Source.NOT_WANTED},
}  # fmt: skip
_TAKES_FORCE = {Result.STALE: FeedException.Cause.STALE, Result.WRONG_VEHICLE: FeedException.Cause.WRONG_VEHICLE}

NOBODY_SENT = (Outcome.Decision.NOT_DEPLOYED, Outcome.Decision.NO_ACTION)


@transaction.atomic
def open_hit(hit: Hit, *, by: Actor, justification: str = "") -> Hit:
    """Looks at a hit, which is recorded; whose work it is not says why, once for a purpose and case (R-062)."""
    policies.require_sight(by, hit)
    require(policies.may_see(by))
    told = own_work(justification) if policies.is_work_of(by, hit) else require_why(by, justification)
    record(Verb.HIT_OPENED, target=hit, by=by, plate=hit.plate, also=[*hit.listed_with[:1], *told.also], **told.words)
    return hit


@transaction.atomic
def acknowledge(hit: Hit, *, by: User, with_earlier: bool = False) -> Acknowledgement:
    """Takes a hit on; with `with_earlier` every earlier sighting of the vehicle that nobody took on, too (R-058)."""
    hit = _locked(hit, by=by)
    require(policies.may_acknowledge(by, hit))
    now = timezone.now()
    taken = [hit, *(_earlier(hit).filter(acknowledged_at=None) if with_earlier else [])]
    _acknowledge(taken, by=by, at=now)
    live.tell_boards(hit)
    record(Verb.HIT_ACKNOWLEDGED, target=hit, by=by, plate=hit.plate, also=hit.listed_with[:1], count=len(taken))
    return hit.acknowledgement


@transaction.atomic
def verify(
    hit: Hit, *, by: User, plate: str, country: str, vehicle: str, source: str, result: str, words: str = ""
) -> Verification:
    """A named person's comparison of the picture with the entry (R-055). What proves the entry wrong suspends it at once,
    when this person may; else its owner is told."""
    hit = _locked(hit, by=by)
    require(policies.may_verify(by, hit))
    result = Result(result)
    answers = {"plate": plate, "country": country, "vehicle": vehicle, "source": source}
    _require_grounds(result, answers)
    named = {"verified_by": by, "verified_at": timezone.now(), "sign_in": by.sign_in}
    verification = Verification.objects.create(hit=hit, **answers, result=result, words=words, **named)
    if result in _TAKES_FORCE:
        because = f"A hit was verified as {result.label.lower()}. {words}".strip()
        _take_force(hit, by=by, cause=_TAKES_FORCE[result], because=because)
    live.tell_boards(hit)
    record(
        Verb.HIT_VERIFIED, target=hit, by=by, plate=hit.plate, also=hit.listed_with[:1], result=result.label.lower(),
        compared=answers,
    )  # fmt: skip
    return verification


@transaction.atomic
def record_outcome(
    hit: Hit, *, by: User, decision: str, reason: str = "", was_stopped: bool = False, result: str = "", words: str = "",
    had_force: bool = False, had_complaint: bool = False, with_earlier: bool = False,
) -> Outcome:  # fmt: skip
    """Says how a hit ended. "Not deployed" needs its reason (R-058), "deployed" on a STOP a verification (R-055).

    With `with_earlier` the vehicle's earlier open sightings share the outcome.
    """
    hit = _locked(hit, by=by)
    decision = Outcome.Decision(decision)
    require(policies.may_decide_outcome(by, hit, decision))
    _require_sense(decision, reason, was_stopped, result)
    if had_force and decision in NOBODY_SENT:
        raise Unfit("Nobody was sent, so nobody used force.", {"had_force": ["Nobody was sent."]})
    now = timezone.now()
    facts = {"decision": decision, "reason": reason, "recorded_by": by, "recorded_at": now, "sign_in": by.sign_in}
    outcome = Outcome.objects.create(
        hit=hit, was_stopped=was_stopped, result=result, words=words, had_force=had_force, had_complaint=had_complaint, **facts
    )  # fmt: skip
    earlier = list(_earlier(hit)) if with_earlier else []
    _acknowledge([one for one in earlier if one.acknowledged_at is None], by=by, at=now)
    Outcome.objects.bulk_create([Outcome(hit=one, settled_with=hit.pk, **facts) for one in earlier])
    Hit.objects.filter(pk__in=[hit.pk, *(one.pk for one in earlier)]).update(closed_at=now)
    hit.closed_at = now
    _count([hit, *earlier], decision, by=by)
    if result == Outcome.Result.WRONG_VEHICLE:
        because = f"A vehicle was stopped or found and was not the one wanted. {words}".strip()
        _take_force(hit, by=by, cause=FeedException.Cause.WRONG_VEHICLE, because=because)
    live.tell_boards(hit)
    record(
        Verb.HIT_CLOSED, target=hit, by=by, plate=hit.plate, also=hit.listed_with[:1], count=1 + len(earlier),
        decision=decision.label.lower(), reason=reason, result=result,
        had_force=had_force, had_complaint=had_complaint,
    )  # fmt: skip
    return outcome


def _acknowledge(hits: list[Hit], *, by: User, at: dt.datetime) -> None:
    rows = [Acknowledgement(hit=hit, acknowledged_by=by, acknowledged_at=at, sign_in=by.sign_in) for hit in hits]
    Acknowledgement.objects.bulk_create(rows)
    Hit.objects.filter(pk__in=[hit.pk for hit in hits]).update(acknowledged_at=at)
    for hit in hits:
        hit.acknowledged_at = at


def _count(hits: list[Hit], decision: str, *, by: User) -> None:
    """Pushes down how the hits of each entry ended, for whoever reviews it."""
    ended = Counter(hit.entry_id for hit in hits if hit.entry_id and not hit.withheld_by)
    for entry in Entry.objects.filter(pk__in=ended).order_by("pk"):
        hotlists.count_outcomes(entry, decision, by=by, times=ended[entry.pk])


def _earlier(hit: Hit) -> HitQuerySet:
    """Open sightings of the same vehicle before this one, locked latest first, as every answer locks them."""
    return Hit.objects.of_same_vehicle(hit).open().filter(pk__lt=hit.pk).select_for_update(of=("self",)).order_by("-pk")


def _take_force(hit: Hit, *, by: User, cause: str, because: str) -> None:
    """Pushes down what the hit showed: the entry, or the feed's row, is out of force at once when this person may do that;
    else the entry's owner finds it on the home page."""
    because = because[:500]
    if hit.entry is not None:
        held = hit.entry.suspensions.filter(kind=Suspension.Kind.SUSPENSION, to_at=None).exists()
        if not held and may_suspend(by, hit.entry):
            hotlists.suspend(hit.entry, by=by, reason=because)
    elif _is_listed_still(hit) and may_suspend_row(by, hit.hotlist):
        hotlists.suspend_row(hit.hotlist, by=by, country=hit.country, vrm=hit.vrm, reason=because, cause=cause)


def _is_listed_still(hit: Hit) -> bool:
    """Whether the feed lists the plate and nobody holds it back already."""
    plate = {"hotlist": hit.hotlist_id, "country": hit.country, "vrm": hit.vrm}
    held = FeedException.objects.open_at(timezone.now()).filter(**plate)
    return FeedRow.objects.filter(**plate).exists() and not held.exists()


def _require_grounds(result: str, answers: dict[str, str]) -> None:
    needed = _RESTS_ON.get(result, {})
    given = [answers[field] == wanted for field, wanted in needed.items()]
    if result == Result.CONFIRMED and not all(given):
        raise Unfit(
            "A hit is confirmed only when plate, country and vehicle agree and the source still wants it.",
            {field: ["This does not confirm it."] for field, wanted in needed.items() if answers[field] != wanted},
        )
    if needed and not any(given):
        words = f"Nothing that you compared shows “{Result(result).label.lower()}”."
        raise Unfit(words, {"result": [words]})


def _require_sense(decision: str, reason: str, was_stopped: bool, result: str) -> None:
    if decision == Outcome.Decision.NOT_DEPLOYED and not reason:
        raise Unfit("Say why nobody was sent.", {"reason": ["Say why nobody was sent."]})
    if decision != Outcome.Decision.NOT_DEPLOYED and reason:
        raise Unfit("A reason is given when nobody was sent.", {"reason": ["Only when nobody was sent."]})
    if was_stopped and decision in NOBODY_SENT:
        raise Unfit("Nobody was sent, so nobody stopped it.", {"was_stopped": ["Nobody was sent."]})
    if result == Outcome.Result.ARREST and decision in (Outcome.Decision.NOT_DEPLOYED, Outcome.Decision.NO_ACTION):
        raise Unfit("Nobody was sent, so nobody was arrested.", {"result": ["Nobody was sent."]})


def _locked(hit: Hit, *, by: Actor) -> Hit:
    hit = Hit.objects.select_for_update(of=("self",)).select_related("hotlist", "entry__hotlist").get(pk=hit.pk)
    policies.require_sight(by, hit)
    return hit
