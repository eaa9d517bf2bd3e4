"""Assessments looked at again because something happened (R-116), and measures that were taken (R-114)."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor, User
from audit.actions import record
from audit.verbs import Verb
from camera_sites import link_policies as policies
from camera_sites.measures import taken_keys
from camera_sites.models import Dpia, DpiaVersion, MeasureTaken, ReviewDemand
from camera_sites.policies import require_sight_of_dpia
from portal.errors import TooLate, Unfit
from portal.moments import short
from portal.policies import require
from standards.models import StandardsProfile


@transaction.atomic
def demand_review(dpia: Dpia, *, by: User, trigger: str, words: str) -> ReviewDemand:
    """Somebody asks that an assessment be looked at again, for what happened outside the portal: a complaint, say."""
    dpia = Dpia.objects.select_for_update().get(pk=dpia.pk)
    require_sight_of_dpia(by, dpia)
    require(policies.may_demand(by, dpia))
    _require_words("words", words, "Say what happened.")
    return _demand(dpia, by=by, trigger=ReviewDemand.Trigger(trigger), words=words.strip(), about="")


@transaction.atomic
def demand_reviews(
    dpias: Iterable[Dpia], *, by: Actor, trigger: str, words: str, about: uuid.UUID
) -> list[ReviewDemand]:
    """What an act brings about: each of these that governs is to be looked at again. One demand is open for each thing that it
    happened to. Whoever may do the act has thereby done this."""
    keys = [dpia.pk for dpia in dpias]
    if not keys:
        return []
    governing = Dpia.objects.governing(timezone.now()).filter(pk__in=keys).values("pk")
    found = list(Dpia.objects.select_for_update().filter(pk__in=governing).order_by("pk"))
    waiting = ReviewDemand.objects.open().filter(dpia__in=found, trigger=trigger, about=str(about))
    known = set(waiting.values_list("dpia_id", flat=True))
    return [
        _demand(dpia, by=by, trigger=ReviewDemand.Trigger(trigger), words=words, about=str(about))
        for dpia in found
        if dpia.pk not in known
    ]


@transaction.atomic
def answer_review(demand: ReviewDemand, *, by: User, words: str) -> ReviewDemand:
    """Nothing needs to change, because …; where something does, a new version answers, as it is approved."""
    demand = ReviewDemand.objects.select_for_update(of=("self",)).select_related("dpia").get(pk=demand.pk)
    require_sight_of_dpia(by, demand.dpia)
    require(policies.may_answer(by, demand))
    if demand.answered_at is not None:
        raise TooLate("This review was answered already.")
    _require_words("words", words, "Say why nothing needs to change.")
    demand.answer, demand.answer_words = ReviewDemand.Answer.UNCHANGED, words.strip()
    demand.answered_by, demand.answered_at = by, timezone.now()
    demand.save(update_fields=["answer", "answer_words", "answered_by", "answered_at"])
    record(Verb.DPIA_REVIEW_ANSWERED, target=demand.dpia, by=by, also=[demand], words=demand.answer_words)
    return demand


@transaction.atomic
def take_measure(version: DpiaVersion, *, by: User, key: str, evidence: str, done_on: dt.date) -> MeasureTaken:
    """A measure of the register is in place. The version, which advice and decision are bound to, stays as it is."""
    version = DpiaVersion.objects.select_for_update(of=("self",)).select_related("dpia").get(pk=version.pk)
    require_sight_of_dpia(by, version.dpia)
    require(policies.may_take_measure(by, version, key))
    row = next((row for row in version.measure_register if row["key"] == key), None)
    if version.status != DpiaVersion.Status.APPROVED or row is None:
        raise TooLate("No such measure stands in a version that was approved.")
    if row["is_in_place"] or key in taken_keys(version):
        raise TooLate("This measure is in place already.")
    _require_words("evidence", evidence, "Say by what one can see that it is in place.")
    if done_on > timezone.localdate():
        raise Unfit("That day is still to come.", {"done_on": ["Give a day that has been."]})
    done = MeasureTaken.objects.create(
        version=version, key=key, measure=row["measure"], evidence=evidence.strip(), done_on=done_on, taken_by=by,
        taken_at=timezone.now(),
    )  # fmt: skip
    record(Verb.MEASURE_TAKEN, target=version.dpia, by=by, also=[version, done], key=key, evidence=done.evidence)
    return done


def answer_by_version(version: DpiaVersion, *, by: User, at: dt.datetime) -> None:
    """An approved version answers what was asked before it was submitted."""
    asked = ReviewDemand.objects.open().filter(dpia=version.dpia, raised_at__lte=version.submitted_at)
    asked.update(answer=ReviewDemand.Answer.VERSION, version=version, answered_by=by, answered_at=at)


def _demand(dpia: Dpia, *, by: Actor, trigger: ReviewDemand.Trigger, words: str, about: str) -> ReviewDemand:
    now = timezone.now()
    due = now + dt.timedelta(days=StandardsProfile.objects.in_force(now).number("dpia.demand.answer"))
    writer = dpia.versions.select_related("written_by").latest("number").written_by
    made = ReviewDemand.objects.create(
        dpia=dpia, trigger=trigger, words=words[:500], about=about, owner=writer, due_at=due,
        raised_by=by if isinstance(by, User) else None, raised_at=now,
    )  # fmt: skip
    record(
        Verb.DPIA_REVIEW_DEMANDED, target=dpia, by=by, also=[made], trigger=str(trigger.label).lower(), words=made.words,
        due_at=short(due),
    )  # fmt: skip
    return made


def _require_words(field: str, words: str, ask: str) -> None:
    if not words.strip():
        raise Unfit(ask, {field: [ask]})
