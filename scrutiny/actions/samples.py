"""Drawing the monthly sample and working through it (R-068, R-069)."""

import datetime as dt
import secrets

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
from scrutiny.drawing import draw, span_of
from scrutiny.models import Finding, Sample, SampleAnswer, SampleItem
from standards.models import StandardsProfile


@transaction.atomic
def draw_sample(*, by: Actor, month: dt.date) -> Sample:
    """Draws the lot of a month that is over. Nobody chooses the seed, and a month is drawn once."""
    require(policies.may_draw(by))
    now = timezone.now()
    month = month.replace(day=1)
    if span_of(month)[1] > now:
        ask = "This month is not over yet."
        raise Unfit(ask, {"month": [ask]})
    profile = StandardsProfile.objects.in_force(now)
    seed = secrets.token_hex(16)
    lot = draw(month, seed, profile)
    sample, is_first = Sample.objects.get_or_create(
        month=month,
        defaults={
            "seed": seed, "profile": profile, "population": lot.population, "drawn_at": now, "drawn_by": by.actor_label,
            "drawn_by_kind": by.actor_kind, "drawn_by_id": by.actor_id,
            "due_at": now + dt.timedelta(days=profile.number("sample.answer")),
        },
    )  # fmt: skip
    if not is_first:
        raise TooLate(f"The {sample} was drawn already.")
    SampleItem.objects.bulk_create(
        SampleItem(sample=sample, number=number, area=act.area, why=why, subject_label=act.label, subject_id=act.id,
                   hands=list(act.hands))
        for number, (act, why) in enumerate(lot.acts, 1)
    )  # fmt: skip
    record(Verb.SAMPLE_DRAWN, target=sample, by=by, count=len(lot.acts), seed=seed, population=lot.population)
    return sample


def draw_when_due(*, by: Actor) -> Sample | None:
    """Last month's sample, unless it was drawn: asked for every day, so that a night without a worker loses none."""
    month = (timezone.localdate().replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    return None if Sample.objects.filter(month=month).exists() else draw_sample(by=by, month=month)


@transaction.atomic
def open_item(item: SampleItem, *, by: Actor) -> SampleItem:
    """Somebody looks at a sampled act: a look at the log, to verify that processing was lawful (R-063)."""
    require(policies.may_see_samples(by))
    consult(by=by, purpose=Purpose.LAWFULNESS, what=str(item))
    return item


@transaction.atomic
def answer_item(
    item: SampleItem, *, by: User, has_authority: str, is_reasoned: str, is_proportionate: str, has_outcome: str,
    words: str, owner: User | None = None,
) -> SampleAnswer:  # fmt: skip
    """What was found of one sampled act. A no opens a finding for `owner`, unless an earlier answer's stands (R-071)."""
    require(policies.may_answer(by, item))
    if not words.strip():
        ask = "Say what you looked at, and what you saw."
        raise Unfit(ask, {"words": [ask]})
    answer = SampleAnswer(
        item=item, has_authority=has_authority, is_reasoned=is_reasoned, is_proportionate=is_proportionate,
        has_outcome=has_outcome, words=words.strip(), answered_by=by, answered_at=timezone.now(),
    )  # fmt: skip
    wrong = [name for name in SampleAnswer.QUESTIONS if getattr(answer, name) not in SampleAnswer.Found.values]
    if wrong:
        raise Unfit("Answer each question.", {name: ["Choose an answer."] for name in wrong})
    if answer.is_bad:
        answer.finding = _standing(item) or _finding(item, by, words, owner)
    answer.save(force_insert=True)
    record(Verb.SAMPLE_ANSWERED, target=item, by=by, also=[item.sample], outcome="bad" if answer.is_bad else "good",
           words=answer.words)  # fmt: skip
    return answer


def _standing(item: SampleItem) -> Finding | None:
    """The finding that an earlier answer opened and that is not settled."""
    return Finding.objects.filter(sample_answers__item=item).exclude(status=Finding.Status.SETTLED).first()


def _finding(item: SampleItem, by: User, words: str, owner: User | None) -> Finding:
    if owner is None:
        ask = "Choose who puts it right."
        raise Unfit(ask, {"owner": [ask]})
    return write_down(
        by=by, kind=Finding.Kind.SAMPLE, about=item, owner=owner, words=words.strip(),
        title=f"{item.get_area_display()}: {item}"[:150],
    )  # fmt: skip
