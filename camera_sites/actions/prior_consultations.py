"""Consulting the Commissioner before processing with a high risk left (R-115): what was sent, and what came back."""

import datetime as dt
from typing import cast

from django.db import transaction
from django.utils import timezone

from accounts.models import SignIn, User
from audit.actions import record
from audit.verbs import Verb
from camera_sites import policies
from camera_sites.actions.dpias import locked, require_as_read, require_submitted, require_words
from camera_sites.models import ConsultationOutcome, DpiaVersion, PriorConsultation
from portal.errors import TooLate, Unfit
from portal.policies import require
from standards.models import StandardsProfile


@transaction.atomic
def send_to_commissioner(
    version: DpiaVersion, *, by: User, reference: str, words: str, sent_on: dt.date
) -> PriorConsultation:
    """That this version, as it was submitted, went to the Commissioner. Raises Unfit where no high risk remains."""
    version = locked(version, by=by)
    require(policies.may_consult_commissioner(by, version))
    require_submitted(version)
    require_as_read(version, None)
    if not version.residual_risk_high:
        raise Unfit("No high risk remains after the measures, so there is no prior consultation.")
    if PriorConsultation.objects.filter(version=version).exists():
        raise TooLate("That this version was sent to the Commissioner is recorded already.")
    if not reference.strip():
        raise Unfit("Give the reference.", {"reference": ["Give the reference under which it was filed."]})
    require_words(words, "Say what was sent, and what was asked.")
    now = timezone.now()
    submitted_on = timezone.localdate(version.submitted_at)
    if not submitted_on <= sent_on <= timezone.localdate(now):
        raise Unfit("That day cannot be.", {"sent_on": [f"Give a day from {submitted_on:%d %B %Y} until today."]})
    sent = PriorConsultation.objects.create(
        version=version, digest=version.digest, reference=reference, words=words, sent_on=sent_on, sent_by=by, sent_at=now,
        sign_in=cast(SignIn, by.sign_in),
    )  # fmt: skip
    record(
        Verb.DPIA_SENT, target=version.dpia, by=by, also=[version, sent], version=version.number, reference=reference,
        day=f"{sent_on:%d %B %Y}", words=words,
    )  # fmt: skip
    return sent


@transaction.atomic
def record_answer(
    version: DpiaVersion, *, by: User, outcome: str, words: str, answered_on: dt.date
) -> ConsultationOutcome:
    """What came of the consultation. *No answer* only once the statutory time and its extension have passed."""
    version = locked(version, by=by)
    require(policies.may_consult_commissioner(by, version))
    require_submitted(version)
    sent = PriorConsultation.objects.filter(version=version).first()
    if sent is None:
        raise TooLate("Nothing was sent to the Commissioner yet. Record that first.")
    if ConsultationOutcome.objects.filter(consultation=sent).exists():
        raise TooLate("The Commissioner’s answer is recorded already.")
    outcome = ConsultationOutcome.Outcome(outcome)
    require_words(words, "Say what was answered.")
    now = timezone.now()
    today = timezone.localdate(now)
    if not sent.sent_on <= answered_on <= today:
        raise Unfit("That day cannot be.", {"answered_on": [f"Give a day from {sent.sent_on:%d %B %Y} until today."]})
    latest = answer_due(sent, at=now)[1]
    if outcome == ConsultationOutcome.Outcome.NO_ANSWER and today <= latest:
        raise Unfit(
            "The Commissioner still has time.",
            {
                "outcome": [
                    f"Only after {latest:%d %B %Y}, when the time and its extension have passed, is no answer an outcome."
                ]
            },
        )
    answer = ConsultationOutcome.objects.create(
        consultation=sent, outcome=outcome, words=words, answered_on=answered_on, recorded_by=by, recorded_at=now,
        sign_in=cast(SignIn, by.sign_in),
    )  # fmt: skip
    record(
        Verb.DPIA_ANSWERED, target=version.dpia, by=by, also=[version, answer], version=version.number,
        outcome=str(outcome.label).lower(), words=words,
    )  # fmt: skip
    return answer


def answer_due(sent: PriorConsultation, *, at: dt.datetime) -> tuple[dt.date, dt.date]:
    """(the day by which the Commissioner answers, the same when the time is extended), by the standards in force at `at`."""
    standards = StandardsProfile.objects.in_force(at)
    due = sent.sent_on + dt.timedelta(days=standards.number("dpia.consultation.answer"))
    return due, due + dt.timedelta(days=standards.number("dpia.consultation.extension"))
