"""Writing down complaints, requests of people about their data and breaches; answering them; taking them up again."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from accounts.models import Actor, User
from audit.actions import record
from audit.verbs import Verb
from camera_sites.actions import demand_reviews, question_need
from camera_sites.covered import assessments_of
from camera_sites.models import CameraSite, Dpia, NeedQuestion, ReviewDemand
from hits.models import Hit
from hotlists.models import Entry, Hotlist
from matcher_client.vrm import named_in
from portal.errors import Stranger, TooLate, Unfit
from portal.moments import short
from portal.policies import require
from retention.erasure import wait_for_batches
from retention.rules import months_before
from scrutiny import policies
from scrutiny.models import Concern, ConcernNote
from scrutiny.workflow import CONCERN
from standards.models import StandardsProfile

# What a concern may be about; of anything else nobody could say whether they may see it.
SUBJECTS: dict[str, Any] = {model._meta.label: model for model in (Hotlist, Entry, Hit, CameraSite, Dpia)}
Kind, Answer, Status, Step = Concern.Kind, Concern.Answer, Concern.Status, ConcernNote.Step
ASKS_FOR_REVIEW = {Kind.COMPLAINT: "complaint", Kind.BREACH: "breach"}  # as both tables of triggers call it


@transaction.atomic
def record_concern(
    *, by: User, kind: str, title: str, words: str, person: str = "", reference: str = "",
    received: dt.datetime | None = None, source_label: str = "", source_id: str = "",
) -> Concern:  # fmt: skip
    """Somebody asks or complains, or a breach is found: the law's clock runs from `received` (R-131..R-133).

    A complaint or a breach asks for a review of the assessments of the list or site that it is about (R-116), and keeps the hit.
    Raises Unfit for one that says nothing or comes from nobody, Stranger for a subject that is not theirs to see.
    """
    require(policies.may_record_concern(by))
    now, kind = timezone.now(), Kind(kind)
    received = received or now
    _require_said(kind=kind, title=title, words=words, person=person)
    if received > now:
        raise Unfit("That moment is still to come.", {"received": ["Give a moment that has been."]})
    wait_for_batches()  # the hit that it is about is kept from now on, or has gone
    about = subject(source_label, source_id, by=by)
    concern = Concern.objects.create(
        kind=kind, title=title.strip(), words=words.strip(), person=person.strip(), reference=reference.strip(),
        source_label=source_label if about else "", source_id=str(about.pk) if about else "",
        hit=about if isinstance(about, Hit) and kind == Kind.COMPLAINT else None,
        received=received, due_at=_due(kind, received), recorded_by=by, recorded_at=now,
    )  # fmt: skip
    record(
        Verb.CONCERN_RECORDED, target=concern, by=by, also=[about] if about else [], what=str(kind.label).lower(),
        title=concern.title, due_at=short(concern.due_at),
    )  # fmt: skip
    if about and kind in ASKS_FOR_REVIEW:
        _ask_for_reviews(about, concern, by=by)
    return concern


@transaction.atomic
def open_concern(concern: Concern, *, by: Actor) -> Concern:
    """Looks at one: who complained of what is on record as seen."""
    require(policies.may_see_concern(by, concern))
    record(Verb.CONCERN_OPENED, target=concern, by=by)
    return concern


@transaction.atomic
def note_concern(concern: Concern, *, by: User, words: str) -> ConcernNote:
    """Writes down what was found out or done."""
    concern = _locked(concern)
    require(policies.may_note_concern(by, concern))
    done = _step(concern, Step.NOTED, by=by, words=words)
    record(Verb.CONCERN_NOTED, target=concern, by=by, words=done.words)
    return done


@transaction.atomic
def answer_concern(
    concern: Concern, *, by: User, answer: str, words: str, restriction: str = "", told: str = ""
) -> Concern:
    """Answers it. What is withheld has a ground, said to the person or not (R-131); of what is corrected its source and every
    recipient were told (R-132); of a breach that is a risk the Commissioner (R-133).

    Raises Unfit for an answer that does not fit the kind or lacks what it needs, TooLate when it is answered.
    """
    concern = _locked(concern)
    require(policies.may_answer_concern(by, concern))
    if concern.status != Status.OPEN:
        raise TooLate("This was answered already. Take it up again if the answer does not hold.")
    _require_fit(concern, answer, restriction, told)
    done = _step(concern, Step.ANSWERED, by=by, words=words)
    CONCERN.move(
        concern, Status.ANSWERED, answer=Answer(answer), restriction=restriction, told=told.strip(), answered_by=by,
        answered_at=done.noted_at,
    )  # fmt: skip
    record(
        Verb.CONCERN_ANSWERED, target=concern, by=by, answer=str(concern.get_answer_display()).lower(), words=done.words
    )
    return concern


@transaction.atomic
def reopen_concern(concern: Concern, *, by: User, words: str) -> Concern:
    """The answer did not hold, or the person came back: the clock starts anew."""
    concern = _locked(concern)
    require(policies.may_answer_concern(by, concern))
    if concern.status != Status.ANSWERED:
        raise TooLate("This still waits for its first answer.")
    done = _step(concern, Step.REOPENED, by=by, words=words)
    CONCERN.move(
        concern, Status.OPEN, answer="", restriction="", told="", answered_by=None, answered_at=None,
        due_at=_due(Kind(concern.kind), done.noted_at),
    )  # fmt: skip
    record(Verb.CONCERN_REOPENED, target=concern, by=by, words=done.words)
    return concern


def subject(label: str, pk: str, *, by: Actor) -> models.Model | None:
    """What a concern is about, where it exists for the actor; None where it is about nothing here. Raises Stranger, Unfit."""
    if not label and not pk:
        return None
    if label not in SUBJECTS:
        raise Unfit("A concern is not about that kind of record.", {"source_label": [f"One of {', '.join(SUBJECTS)}."]})
    kind = SUBJECTS[label]
    try:
        key = kind._meta.pk.to_python(pk)
    except ValidationError as error:
        raise Stranger("There is no such record, or it is not yours to see.") from error
    found = kind.objects.visible_to(by).filter(pk=key).first()
    if found is None:
        raise Stranger("There is no such record, or it is not yours to see.")
    return found


def _ask_for_reviews(about: models.Model, concern: Concern, *, by: User) -> None:
    """What a complaint or a breach brings about; in words that name nobody."""
    trigger = ASKS_FOR_REVIEW[Kind(concern.kind)]
    if isinstance(about, CameraSite):
        question_need(about, by=by, trigger=NeedQuestion.Trigger(trigger), words=concern.title)
    elif isinstance(about, Hotlist):
        demand_reviews(
            assessments_of("hotlist", about), by=by, trigger=ReviewDemand.Trigger(trigger), words=concern.title,
            about=concern.pk,
        )  # fmt: skip
    elif isinstance(about, Dpia):
        demand_reviews([about], by=by, trigger=ReviewDemand.Trigger(trigger), words=concern.title, about=concern.pk)


def _due(kind: Concern.Kind, since: dt.datetime) -> dt.datetime:
    """By when the law, or the standards, want an answer."""
    numbers = StandardsProfile.objects.in_force(timezone.now())
    if kind == Kind.BREACH:
        return since + dt.timedelta(hours=numbers.number("concern.breach.answer"))
    if kind == Kind.COMPLAINT:
        return since + dt.timedelta(days=numbers.number("concern.complaint.answer"))
    return months_before(since, -int(numbers.number("concern.request.answer")))


def _require_said(*, kind: Concern.Kind, title: str, words: str, person: str) -> None:
    asks = {
        "title": (title, "Say in a few words what it is. Name no vehicle and no person."),
        "words": (words, "Say what they ask, or what happened."),
    }
    if kind != Kind.BREACH:
        asks["person"] = (person, "Say who asks, and how to reach them.")
    if wrong := {name: [ask] for name, (given, ask) in asks.items() if not given.strip()}:
        raise Unfit("Some of this is missing.", wrong)
    _require_no_plate(title=title, words=words)


def _require_no_plate(**given: str) -> None:
    """It would outlive the record it belongs to (R-065)."""
    ask = "Leave the number plate out: it would be kept longer than the record it belongs to."
    if wrong := {name: [ask] for name, words in given.items() if named_in(words)}:
        raise Unfit(ask, wrong)


def _require_fit(concern: Concern, answer: str, restriction: str, told: str) -> None:
    fitting = Concern.FITTING[Kind(concern.kind)]
    if answer not in fitting:
        raise Unfit("That is no answer to this.", {"answer": [f"One of: {', '.join(str(a.label) for a in fitting)}."]})
    if answer in Concern.WITHHOLDING and not restriction:
        raise Unfit(
            "What is withheld has a ground in law.",
            {"restriction": ["Choose why, even if the person is not told why."]},
        )
    if answer not in Concern.WITHHOLDING and restriction:
        raise Unfit("Nothing is withheld by this answer.", {"restriction": ["Leave this empty."]})
    _require_no_plate(told=told)
    if answer == Answer.MADE and not told.strip():
        raise Unfit(
            "Others have to be told of a correction.",
            {"told": ["Say which source and recipients were told, or that there are none."]},
        )


def _step(concern: Concern, step: str, *, by: User, words: str) -> ConcernNote:
    if not words.strip():
        raise Unfit("Say what was found out or done.", {"words": ["Say what was found out or done."]})
    _require_no_plate(words=words)
    return ConcernNote.objects.create(
        concern=concern, step=step, words=words.strip(), noted_by=by, noted_at=timezone.now()
    )


def _locked(concern: Concern) -> Concern:
    return Concern.objects.select_for_update(of=("self",)).get(pk=concern.pk)
