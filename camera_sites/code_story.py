"""Self-assessments told: how one stands, its twelve chapters, and what of it the public is told."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from camera_sites.code_principles import Fact, known_of
from camera_sites.models import CodeGap, PrincipleAnswer, SelfAssessment
from camera_sites.story import State

TONES = {"full": "in-force", "part": "lapsing", "no": "stopped", "": "waiting"}


@dataclass(frozen=True, slots=True)
class Chapter:
    """One principle as a page tells it."""

    answer: PrincipleAnswer
    gaps: list[CodeGap]
    facts: list[Fact]

    @property
    def tone(self) -> str:
        """Of its tag."""
        return TONES[self.answer.compliance]


def state_of_code(assessment: SelfAssessment, at: dt.datetime) -> State:
    """How it stands at that moment."""
    if assessment.status == SelfAssessment.Status.DRAFT:
        return State("Being written", "waiting", "Somebody who wrote none of it signs it.")
    if assessment.review_due_at is not None and assessment.review_due_at <= at:
        return State("Past its year", "stopped", "A new one is to be made.")
    if assessment.published_at is None:
        return State("Signed", "in-force", "Not published.")
    return State("Signed and published", "in-force")


def chapters_of(assessment: SelfAssessment, at: dt.datetime) -> list[Chapter]:
    """Every principle with its gaps, and with what the portal knows of it: now, or as it was signed."""
    is_draft = assessment.status == SelfAssessment.Status.DRAFT
    return [
        Chapter(
            answer, list(answer.gaps.all()),
            known_of(answer.principle, at) if is_draft else [Fact(**fact) for fact in answer.known],
        )
        for answer in assessment.answers.prefetch_related("gaps__owner")
    ]  # fmt: skip


def as_published(assessment: SelfAssessment) -> dict[str, Any]:
    """What the public is told, ready for JSON: no names, no evidence, no counts of the portal's own."""
    return {
        "system": assessment.system,
        "period_from": assessment.period_from,
        "period_until": assessment.period_until,
        "signed_at": assessment.signed_at,
        "summary": assessment.summary,
        "principles": [
            {
                "principle": answer.principle, "name": answer.name, "explanation": answer.explanation,
                "compliance": answer.compliance, "compliance_words": str(answer.get_compliance_display()),
                "statement": answer.statement,
                "actions": [
                    {"gap": gap.words, "action": gap.action, "due_on": gap.due_on, "is_done": gap.closed_at is not None}
                    for gap in answer.gaps.all()
                ],
            }
            for answer in assessment.answers.prefetch_related("gaps")
        ],
    }  # fmt: skip
