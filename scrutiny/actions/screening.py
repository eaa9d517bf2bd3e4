"""Screening every act for signs of misuse, and judging what was found (R-070)."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor, User
from audit.actions import consult, record
from audit.purposes import Purpose
from audit.verbs import Verb
from portal.errors import TooLate, Unfit
from portal.policies import require
from scrutiny import policies
from scrutiny.actions.findings import write_down
from scrutiny.indicators import BY_ID, INDICATORS, Indicator, Matter, Span
from scrutiny.indicators.indicator import MOST_KEPT
from scrutiny.models import Finding, Signal
from scrutiny.workflow import SIGNAL
from standards.models import StandardsProfile

Status = Signal.Status


@transaction.atomic
def screen(*, by: Actor, at: dt.datetime | None = None) -> list[Signal]:
    """Has every indicator look back from this moment. What a signal told of is not told again, judged or not: further acts
    are added to a signal that waits, and bring another once there are enough of them. Returns the new ones."""
    require(policies.may_screen(by))
    now = at or timezone.now()
    profile = StandardsProfile.objects.in_force(now)
    numbers = {key: number.value for key, number in profile.numbers_under("indicator.").items()}
    waiting = {(one.indicator, one.matter): one for one in Signal.objects.open().select_for_update()}
    made, grown = [], []
    for indicator in INDICATORS:
        growing = {matter for which, matter in waiting if which == indicator.id}
        act_label, matters = indicator.look(Span(now, numbers), growing)
        for matter in matters:
            if standing := waiting.get((indicator.id, matter.key)):
                grown.append(_with_more(standing, matter))
            else:
                made.append(_signal(indicator, matter, act_label, profile, now))
    Signal.objects.bulk_create(made, ignore_conflicts=True)
    Signal.objects.bulk_update(grown, ["count", "acts", "until_at"])
    record(Verb.SIGNALS_LOOKED_FOR, target=profile, by=by, count=len(made), grown=len(grown), also=made)
    return made


@transaction.atomic
def open_signal(signal: Signal, *, by: Actor) -> Signal:
    """Somebody looks at the acts behind it: a look at the log, for self-monitoring (R-063)."""
    require(policies.may_see_signal(by, signal))
    consult(by=by, purpose=Purpose.SELF_MONITORING, what=f"the acts behind {signal}")
    return signal


@transaction.atomic
def take_up(signal: Signal, *, by: User, words: str, owner: User, due_at: dt.datetime | None = None) -> Signal:
    """It is to be looked into: a finding, whose owner had no part in the acts."""
    signal = _judgeable(signal, by, words)
    if owner.pk in (signal.who_id, signal.other_id):
        ask = "Choose somebody who has no part in these acts."
        raise Unfit(ask, {"owner": [ask]})
    finding = write_down(
        by=by, kind=Finding.Kind.SIGNAL, about=signal, owner=owner, title=BY_ID[signal.indicator].title, words=words,
        due_at=due_at,
    )  # fmt: skip
    _judge(signal, Status.TAKEN_UP, by=by, words=words, finding=finding)
    record(
        Verb.SIGNAL_TAKEN_UP, target=signal, by=by, also=[finding], owner=owner.actor_label, words=signal.judged_words
    )
    return signal


@transaction.atomic
def dismiss(signal: Signal, *, by: User, words: str) -> Signal:
    """It was no misuse, and why. These acts do not bring it back."""
    signal = _judgeable(signal, by, words)
    _judge(signal, Status.DISMISSED, by=by, words=words)
    record(Verb.SIGNAL_DISMISSED, target=signal, by=by, words=signal.judged_words)
    return signal


def _judgeable(signal: Signal, by: User, words: str) -> Signal:
    signal = Signal.objects.select_for_update().get(pk=signal.pk)
    require(policies.may_judge(by, signal))
    if signal.status != Status.OPEN:
        raise TooLate("This signal was judged already.")
    if not words.strip():
        ask = "Say why."
        raise Unfit(ask, {"words": [ask]})
    return signal


def _judge(signal: Signal, to: Status, *, by: User, words: str, **also: Finding) -> None:
    SIGNAL.move(signal, to, judged_by=by, judged_at=timezone.now(), judged_words=words.strip(), **also)


def _with_more(signal: Signal, matter: Matter) -> Signal:
    signal.count += matter.count
    signal.acts = [*matter.acts, *signal.acts][:MOST_KEPT]
    signal.until_at = max(signal.until_at, matter.until_at)
    return signal


def _signal(
    indicator: Indicator, matter: Matter, act_label: str, profile: StandardsProfile, now: dt.datetime
) -> Signal:
    return Signal(
        indicator=indicator.id, matter=matter.key, who_id=matter.who, other_id=matter.other, plate_hash=matter.plate,
        about_label=indicator.about, about_id=matter.thing, act_label=act_label, acts=matter.acts, count=matter.count,
        from_at=matter.from_at, until_at=matter.until_at, opened_at=now, profile=profile,
    )  # fmt: skip
