"""Justifying a list for another year: one person puts it forward, another decides."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.policies import own_session
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.hotlists import locked_list, open_list_term
from hotlists.models import Hotlist, Justification
from hotlists.nudges import publish_soon
from hotlists.workflow import JUSTIFICATION
from hotlists.worth import worth_of
from portal.errors import Unfit
from portal.policies import require
from standards.models import StandardsProfile

Status = Justification.Status


@transaction.atomic
def propose_justification(
    hotlist: Hotlist, *, by: User, words: str, sunset_at: dt.datetime | None = None
) -> Justification:
    """Puts forward why the list is worth its intrusion, until `sunset_at` (else as long as the standards allow).

    What it held and led to since it was last justified is counted now and kept with it.
    """
    hotlist = locked_list(hotlist, by=by)
    require(policies.may_justify(by, hotlist))
    if not words.strip():
        raise Unfit("Say why.", {"words": ["Say what the list is still needed for, and what it led to."]})
    now = timezone.now()
    profile = StandardsProfile.objects.in_force(now)
    made = Justification.objects.create(
        hotlist=hotlist, words=words, sunset_at=_fit_sunset(sunset_at, profile, now), profile=profile, proposed_by=by,
        proposed_at=now, worth=worth_of(hotlist, since_last(hotlist), now),
    )  # fmt: skip
    record(
        Verb.JUSTIFICATION_PROPOSED, target=made, by=by, also=[hotlist], hotlist=hotlist.title,
        until=made.sunset_at.isoformat(), words=words,
    )  # fmt: skip
    return made


@transaction.atomic
def decide_justification(justification: Justification, *, by: User, verdict: str, rationale: str) -> Justification:
    """The second person's word (`approve` or `reject`). Approved, the list stands on it from now on.

    The year runs from the decision: where the time asked for is longer by then, it ends where a year ends.
    """
    hotlist = locked_list(justification.hotlist, by=by)
    justification = Justification.objects.select_for_update().get(pk=justification.pk)
    justification.hotlist = hotlist
    require(policies.may_judge(by, justification))
    if not rationale.strip():
        raise Unfit("Say why you decide so.", {"rationale": ["Say why you decide so."]})
    now = timezone.now()
    profile = StandardsProfile.objects.in_force(now)
    decided = {
        "decided_by": by, "decided_at": now, "sign_in": own_session(by), "rationale": rationale, "profile": profile,
    }  # fmt: skip
    if verdict == "approve":
        sunset_at = min(justification.sunset_at, _latest(profile, now))
        if sunset_at <= now:
            raise Unfit("The time asked for has passed.", {"verdict": ["Reject it, so that it can be asked for anew."]})
        JUSTIFICATION.move(justification, Status.APPROVED, sunset_at=sunset_at, **decided)
        open_list_term(hotlist, from_at=now, justification=justification)
        publish_soon(hotlist.pk)
        verb = Verb.JUSTIFICATION_APPROVED
    elif verdict == "reject":
        JUSTIFICATION.move(justification, Status.REJECTED, **decided)
        verb = Verb.JUSTIFICATION_REJECTED
    else:
        raise Unfit("Approve it or reject it.", {"verdict": ["Approve it or reject it."]})
    record(
        verb, target=justification, by=by, also=[hotlist], hotlist=hotlist.title,
        until=justification.sunset_at.isoformat(), rationale=rationale,
    )  # fmt: skip
    return justification


def since_last(hotlist: Hotlist) -> dt.datetime:
    """When the list was last justified."""
    last = hotlist.justifications.filter(status=Status.APPROVED).order_by("-proposed_at").first()
    return (last.decided_at or last.proposed_at) if last else hotlist.created_at


def _fit_sunset(asked: dt.datetime | None, profile: StandardsProfile, now: dt.datetime) -> dt.datetime:
    latest = _latest(profile, now)
    if asked is None:
        return latest
    if not now < asked <= latest + dt.timedelta(minutes=1):
        days = profile.number("list.sunset")
        raise Unfit("A list has an end.", {"sunset_at": [f"A list is justified afresh within {days} days."]})
    return asked


def _latest(profile: StandardsProfile, now: dt.datetime) -> dt.datetime:
    return now + dt.timedelta(days=profile.number("list.sunset"))
