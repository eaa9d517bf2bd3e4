"""Self-assessments under the camera code: begun with what the portal knows, answered, signed by another, published."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import CharField, F, Q, Value
from django.utils import timezone

from accounts.models import User
from accounts.policies import own_session, role_has
from audit.actions import record
from audit.verbs import Verb
from camera_sites import policies
from camera_sites.as_read import print_of, require_not_overtaken
from camera_sites.code_principles import PRINCIPLES, known_of
from camera_sites.models import CameraSite, CodeGap, PrincipleAnswer, SelfAssessment, SelfAssessmentHand
from camera_sites.workflow import SELF_ASSESSMENT
from portal.errors import TooLate, Unfit
from portal.policies import require
from standards.models import StandardsProfile

Status = SelfAssessment.Status
MOST_LINKS = 20
ANSWERED, SUMMARISED = ("compliance", "statement", "evidence"), ("summary",)  # what a page writes
DEGREES = re.compile(r"-?\d{1,3}\.\d{3,}")


@transaction.atomic
def begin_self_assessment(*, by: User, system: str, period_from: dt.date, period_until: dt.date) -> SelfAssessment:
    """A draft whose answers stand as they were signed last, or, the first time, as what the portal knows of each principle."""
    require(policies.may_write_self_assessment(by))
    if not system.strip():
        raise Unfit("Say what is assessed.", {"system": ["Say what is assessed."]})
    if period_until <= period_from:
        raise Unfit("It ends before it begins.", {"period_until": ["Give a day after it begins."]})
    now = timezone.now()
    last = SelfAssessment.objects.signed().first()
    try:
        with transaction.atomic():
            assessment = SelfAssessment.objects.create(
                system=system.strip(), period_from=period_from, period_until=period_until, begun_by=by, begun_at=now,
                summary=last.summary if last else "",
            )  # fmt: skip
    except IntegrityError as error:
        raise TooLate("Another self-assessment is being written. Finish that one first.") from error
    before = {answer.principle: answer for answer in last.answers.all()} if last else {}
    PrincipleAnswer.objects.bulk_create(_begun(assessment, number, before.get(number), now) for number in PRINCIPLES)
    _hand(assessment, by=by)
    record(Verb.CODE_BEGUN, target=assessment, by=by)
    return assessment


def _begun(assessment: SelfAssessment, number: int, last: PrincipleAnswer | None, at: dt.datetime) -> PrincipleAnswer:
    if last is not None:
        return PrincipleAnswer(
            assessment=assessment, principle=number, statement=last.statement, evidence=last.evidence
        )
    known = " ".join(fact.words for fact in known_of(number, at))
    return PrincipleAnswer(assessment=assessment, principle=number, statement=known)


@transaction.atomic
def answer_principle(
    assessment: SelfAssessment,
    principle: int,
    *,
    by: User,
    compliance: str,
    statement: str,
    evidence: Sequence[str] = (),
    as_read: str = "",
) -> PrincipleAnswer:
    """How a principle is kept, with the evidence for it: addresses of pages, or where a document is filed. `as_read`, where the
    caller says which answer they read, is its print: Overtaken when that has passed."""
    assessment = _draft(assessment, by=by)
    links = [link.strip() for link in evidence if link.strip()]
    problems = {
        "statement": [] if statement.strip() else ["Say how this principle is kept."],
        "evidence": [] if len(links) <= MOST_LINKS and all(len(link) <= 300 for link in links)
        else [f"At most {MOST_LINKS} lines of 300 characters."],
    }  # fmt: skip
    if found := {name: words for name, words in problems.items() if words}:
        raise Unfit("This answer is not complete.", found)
    answer = PrincipleAnswer.objects.select_for_update().get(assessment=assessment, principle=principle)
    require_not_overtaken(as_read, print_of(answer, ANSWERED))
    answer.compliance, answer.statement = PrincipleAnswer.Compliance(compliance), statement.strip()
    answer.evidence = links
    answer.save(update_fields=["compliance", "statement", "evidence"])
    _hand(assessment, by=by)
    record(Verb.CODE_ANSWERED, target=assessment, by=by, also=[answer], principle=principle,
           compliance=str(answer.get_compliance_display()).lower())  # fmt: skip
    return answer


@transaction.atomic
def summarise(assessment: SelfAssessment, *, by: User, summary: str, as_read: str = "") -> SelfAssessment:
    """What the public reads first. `as_read` as of `answer_principle`."""
    assessment = _draft(assessment, by=by)
    require_not_overtaken(as_read, print_of(assessment, SUMMARISED))
    assessment.summary = summary.strip()
    assessment.save(update_fields=["summary"])
    _hand(assessment, by=by)
    record(Verb.CODE_SUMMARISED, target=assessment, by=by)
    return assessment


@transaction.atomic
def add_gap(
    assessment: SelfAssessment, principle: int, *, by: User, words: str, action: str, owner: User, due_on: dt.date
) -> CodeGap:
    """What keeps a principle from being kept in full, and what is done about it, by whom and until when."""
    assessment = _draft(assessment, by=by)
    now = timezone.now()
    answer = PrincipleAnswer.objects.get(assessment=assessment, principle=principle)
    most = StandardsProfile.objects.in_force(now).number("code.gaps.most")
    problems = {
        "words": [] if words.strip() else ["Say what is missing."],
        "action": [] if action.strip() else ["Say what is done about it."],
        "due_on": [] if due_on > timezone.localdate() else ["Give a day in the future."],
        "owner": [] if owner.is_active and role_has(owner, "camera_sites.view_sites")
        else ["Choose somebody who can open this self-assessment."],
        "principle": [] if answer.gaps.count() < most else [f"At most {most} gaps of one principle."],
    }  # fmt: skip
    if found := {name: why for name, why in problems.items() if why}:
        raise Unfit("This gap is not complete.", found)
    gap = CodeGap.objects.create(
        answer=answer,
        words=words.strip(),
        action=action.strip(),
        owner=owner,
        due_on=due_on,
        written_by=by,
        written_at=now,
    )
    _hand(assessment, by=by)
    record(
        Verb.CODE_GAP_ADDED,
        target=assessment,
        by=by,
        also=[gap],
        principle=principle,
        words=gap.words,
        owner=owner.actor_label,
    )
    return gap


@transaction.atomic
def drop_gap(gap: CodeGap, *, by: User) -> None:
    """Takes a gap out of a draft."""
    assessment = _draft(gap.answer.assessment, by=by)
    gap = CodeGap.objects.select_for_update().get(pk=gap.pk)
    words, principle = gap.words, gap.answer.principle
    gap.delete()
    _hand(assessment, by=by)
    record(Verb.CODE_GAP_DROPPED, target=assessment, by=by, principle=principle, words=words)


@transaction.atomic
def close_gap(gap: CodeGap, *, by: User, words: str) -> CodeGap:
    """What was promised was done: by its owner, or by who writes self-assessments. Only of a signed one."""
    gap = CodeGap.objects.select_for_update(of=("self",)).select_related("answer__assessment").get(pk=gap.pk)
    policies.require_sight_of_code(by)
    require(policies.may_close_gap(by, gap))
    if gap.closed_at is not None:
        raise TooLate("This gap was closed already.")
    if gap.answer.assessment.status != Status.SIGNED:
        raise TooLate("This self-assessment is a draft: take the gap out of it instead.")
    if not words.strip():
        raise Unfit("Say what was put right.", {"words": ["Say what was put right."]})
    gap.closed_by, gap.closed_at, gap.closing = by, timezone.now(), words.strip()
    gap.save(update_fields=["closed_by", "closed_at", "closing"])
    record(
        Verb.CODE_GAP_CLOSED,
        target=gap.answer.assessment,
        by=by,
        also=[gap],
        principle=gap.answer.principle,
        words=gap.closing,
    )
    return gap


@transaction.atomic
def sign_self_assessment(assessment: SelfAssessment, *, by: User, digest: str) -> SelfAssessment:
    """Another than whoever wrote it signs exactly what they read; it keeps what the portal knew, and is never altered."""
    assessment = _locked(assessment, by=by)
    require(policies.may_sign_self_assessment(by, assessment))
    if assessment.status != Status.DRAFT:
        raise TooLate("This self-assessment was signed already.")
    answers = list(assessment.answers.prefetch_related("gaps"))
    if open_ones := [str(answer.principle) for answer in answers if not answer.is_ready]:
        raise Unfit(f"Not every principle is answered, or says what is done about its gaps: {', '.join(open_ones)}.")
    if digest != digest_of(assessment):
        raise TooLate("This self-assessment was changed since you read it. Read it again.")
    now = timezone.now()
    for answer in answers:
        answer.known = [fact.stored() for fact in known_of(answer.principle, now)]
    PrincipleAnswer.objects.bulk_update(answers, ["known"])
    days = StandardsProfile.objects.in_force(now).number("code.review")
    SELF_ASSESSMENT.move(
        assessment, Status.SIGNED, signed_by=by, signed_at=now, sign_in=own_session(by), digest=digest,
        review_due_at=now + dt.timedelta(days=days),
    )  # fmt: skip
    record(Verb.CODE_SIGNED, target=assessment, by=by, digest=digest)
    return assessment


@transaction.atomic
def publish_self_assessment(assessment: SelfAssessment, *, by: User) -> SelfAssessment:
    """The public may read it from now on. Refused where a text names a place finer than an area (R-120)."""
    assessment = _locked(assessment, by=by)
    require(policies.may_publish_self_assessment(by, assessment))
    if assessment.status != Status.SIGNED:
        raise TooLate("Only a signed self-assessment is published.")
    if assessment.published_at is not None:
        raise TooLate("This self-assessment was published already.")
    if where := places_in(assessment):
        raise Unfit(
            f"The public is told no place finer than an area, and a site, road or camera is named in: {', '.join(where)}."
        )
    assessment.published_by, assessment.published_at = by, timezone.now()
    assessment.save(update_fields=["published_by", "published_at"])
    record(Verb.CODE_PUBLISHED, target=assessment, by=by)
    return assessment


def digest_of(assessment: SelfAssessment) -> str:
    """SHA-256 of all that is signed."""
    content = {
        "system": assessment.system, "from": assessment.period_from.isoformat(), "until": assessment.period_until.isoformat(),
        "summary": assessment.summary,
        "answers": [
            [answer.principle, answer.compliance, answer.statement, answer.evidence,
             [[str(gap.pk), gap.words, gap.action, str(gap.owner_id), gap.due_on.isoformat()] for gap in answer.gaps.all()]]
            for answer in assessment.answers.prefetch_related("gaps")
        ],
    }  # fmt: skip
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def places_in(assessment: SelfAssessment) -> list[str]:
    """Which of the texts that the public would read name a site, a road, a camera, or degrees."""
    texts = {"the summary": f"{assessment.system} {assessment.summary}"}
    for answer in assessment.answers.prefetch_related("gaps"):
        gaps = " ".join(f"{gap.words} {gap.action}" for gap in answer.gaps.all())
        texts[f"principle {answer.principle}"] = f"{answer.statement} {gaps}"
    return [where for where, text in texts.items() if DEGREES.search(text) or _names_a_site(text)]


def _names_a_site(text: str) -> bool:
    named = Q(text__icontains=F("ref")) | Q(text__icontains=F("cameras__ref"))
    named |= Q(text__icontains=F("road")) & ~Q(road="")
    named |= Q(text__icontains=F("name")) & ~Q(name__iexact=F("area"))
    return CameraSite.objects.annotate(text=Value(text, output_field=CharField())).filter(named).exists()


def _draft(assessment: SelfAssessment, *, by: User) -> SelfAssessment:
    assessment = _locked(assessment, by=by)
    require(policies.may_write_self_assessment(by))
    if assessment.status != Status.DRAFT:
        raise TooLate("This self-assessment was signed, so it is never altered. Begin the next one.")
    return assessment


def _locked(assessment: SelfAssessment, *, by: User) -> SelfAssessment:
    policies.require_sight_of_code(by)
    return SelfAssessment.objects.select_for_update().get(pk=assessment.pk)


def _hand(assessment: SelfAssessment, *, by: User) -> None:
    SelfAssessmentHand.objects.get_or_create(
        assessment=assessment, user=by, defaults={"contributed_at": timezone.now()}
    )
