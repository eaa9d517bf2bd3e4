"""Assessments: written, submitted, advised on by one person, decided by another."""

import datetime as dt
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Actor, SignIn, User
from audit.actions import record
from audit.verbs import Verb
from camera_sites import policies
from camera_sites.models import Dpia, DpiaAdvice, DpiaContribution, DpiaDecision, DpiaVersion
from camera_sites.nudges import publish_lists_soon, publish_sites_soon
from camera_sites.workflow import DPIA_VERSION
from portal.errors import TooLate, Unfit
from portal.moments import short
from portal.policies import require
from standards.models import StandardsProfile

# What an author writes of a version; the rest follows from who did what when.
WRITTEN = (
    "need", "description", "risks", "measures", "safeguards", "consultation", "residual_risk_high", "public_summary",
)  # fmt: skip
# What must stand there before anyone is asked to judge it, and how to ask for it.
REQUIRED = {
    "need": "Say what problem this is to solve.",
    "description": "Describe the processing: its nature, scope, context and purposes.",
    "risks": "Assess the risks to the rights and freedoms of those whose data it is.",
    "measures": "Say what is done about each risk.",
    "safeguards": "Say how the data is protected and how you show that the law is kept.",
    "consultation": "Say who was consulted, or why nobody was.",
}
LONGEST = 20_000  # characters of one section


@transaction.atomic
def begin_dpia(*, by: User, ref: str, title: str, **facts: Any) -> DpiaVersion:
    """A new assessment with its first version, a draft. `facts` are among WRITTEN."""
    require(policies.may_write_dpia(by))
    now = timezone.now()
    try:
        with transaction.atomic():
            dpia = Dpia.objects.create(ref=ref, title=title, created_by=by, created_at=now)
    except IntegrityError as error:
        raise Unfit("That reference is taken.", {"ref": ["Another DPIA has this reference already."]}) from error
    version = _fill(DpiaVersion(dpia=dpia, number=1, written_by=by, written_at=now), facts)
    version.save(force_insert=True)
    _contribute(version, by=by, at=now)
    record(Verb.DPIA_DRAFTED, target=dpia, by=by, also=[version], version=version.number)
    return version


@transaction.atomic
def begin_version(dpia: Dpia, *, by: User, **facts: Any) -> DpiaVersion:
    """A new draft that starts from the latest version; the version that governs goes on governing meanwhile."""
    dpia = _locked_dpia(dpia, by=by)
    require(policies.may_write_dpia(by))
    latest = dpia.versions.latest("number")
    if latest.status in (DpiaVersion.Status.DRAFT, DpiaVersion.Status.SUBMITTED):
        raise TooLate("Another version of this DPIA is being written or waits for a decision. Finish that one first.")
    now = timezone.now()
    kept = {name: getattr(latest, name) for name in WRITTEN}
    version = _fill(DpiaVersion(dpia=dpia, number=latest.number + 1, written_by=by, written_at=now), kept | facts)
    version.save(force_insert=True)
    _contribute(version, by=by, at=now)
    record(Verb.DPIA_DRAFTED, target=dpia, by=by, also=[version], version=version.number)
    return version


@transaction.atomic
def edit_version(version: DpiaVersion, *, by: User, **facts: Any) -> DpiaVersion:
    """Changes a draft; whoever does has a hand in it, so neither advises on it nor decides it."""
    version = _locked(version, by=by)
    require(policies.may_edit_version(by, version))
    if version.status != DpiaVersion.Status.DRAFT:
        raise TooLate("This version was submitted, so it can no longer be edited. Write a new version instead.")
    _fill(version, facts).save()
    _contribute(version, by=by, at=timezone.now())
    record(Verb.DPIA_EDITED, target=version.dpia, by=by, also=[version], version=version.number)
    return version


@transaction.atomic
def submit(version: DpiaVersion, *, by: User) -> DpiaVersion:
    """Hands the draft over for advice and decision. Raises Unfit with every section that is still empty (R-114)."""
    version = _locked(version, by=by)
    require(policies.may_submit(by, version))
    if version.status == DpiaVersion.Status.DRAFT and (problems := missing(version)):
        raise Unfit("This DPIA cannot be submitted yet.", problems)
    now = timezone.now()
    _contribute(version, by=by, at=now)
    DPIA_VERSION.move(version, DpiaVersion.Status.SUBMITTED, submitted_by=by, submitted_at=now)
    record(Verb.DPIA_SUBMITTED, target=version.dpia, by=by, also=[version], version=version.number)
    return version


@transaction.atomic
def advise(version: DpiaVersion, *, by: User, is_favourable: bool, words: str) -> DpiaAdvice:
    """The data protection officer's advice on exactly this version."""
    version = _locked(version, by=by)
    require(policies.may_advise(by, version))
    _require_submitted(version)
    if DpiaAdvice.objects.filter(version=version).exists():
        raise TooLate("Advice on this version was given already.")
    _require_words(words, "Say what you advise, and why.")
    advice = DpiaAdvice.objects.create(
        version=version, is_favourable=is_favourable, words=words, advised_by=by, advised_at=timezone.now(),
        sign_in=cast(SignIn, by.sign_in),
    )  # fmt: skip
    record(
        Verb.DPIA_ADVISED, target=version.dpia, by=by, also=[version, advice], version=version.number,
        advice="in favour of" if is_favourable else "against", words=words,
    )  # fmt: skip
    return advice


@transaction.atomic
def decide(
    version: DpiaVersion, *, by: User, verdict: str, words: str, review_due_at: dt.datetime | None = None
) -> DpiaDecision:
    """The controller's decision on exactly this version; may differ from the advice. Approved, it governs from now on.

    Without `review_due_at` it is reviewed as late as the standards allow (R-116).
    """
    version = _locked(version, by=by)
    verdict = DpiaDecision.Verdict(verdict)
    is_approval = verdict == DpiaDecision.Verdict.APPROVE
    _require_submitted(version)
    require(policies.may_approve(by, version) if is_approval else policies.may_decide(by, version))
    _require_words(words, "Say why you decide so.")
    now = timezone.now()
    decision = DpiaDecision.objects.create(
        version=version, verdict=verdict, words=words, review_due_at=_review_due(review_due_at, at=now),
        decided_by=by, decided_at=now, sign_in=cast(SignIn, by.sign_in),
    )  # fmt: skip
    DPIA_VERSION.move(version, DpiaVersion.Status.APPROVED if is_approval else DpiaVersion.Status.REJECTED)
    if is_approval:
        publish_sites_soon()
        publish_lists_soon()
    record(
        Verb.DPIA_APPROVED if is_approval else Verb.DPIA_REJECTED, target=version.dpia, by=by,
        also=[version, decision], version=version.number, words=words, review_due_at=short(decision.review_due_at),
    )  # fmt: skip
    return decision


def missing(version: DpiaVersion) -> dict[str, list[str]]:
    """What has to be written before this version can be submitted, by section."""
    return {name: [ask] for name, ask in REQUIRED.items() if not getattr(version, name).strip()}


def latest_review_due(at: dt.datetime) -> dt.datetime:
    """The latest moment to which an assessment approved now may run (R-116)."""
    return at + dt.timedelta(days=StandardsProfile.objects.in_force(at).number("site.dpia.review"))


def _review_due(asked: dt.datetime | None, *, at: dt.datetime) -> dt.datetime:
    latest = latest_review_due(at)
    due = asked or latest
    if due <= at:
        raise Unfit("The review lies in the past.", {"review_due_at": ["Give a date in the future."]})
    if due > latest:
        raise Unfit(
            "The review lies too far away.",
            {"review_due_at": [f"A DPIA is reviewed within {(latest - at).days} days."]},
        )
    return due


def _fill(version: DpiaVersion, facts: dict[str, Any]) -> DpiaVersion:
    unknown = set(facts) - set(WRITTEN)
    if unknown:
        raise TypeError(f"not a section that authors write: {', '.join(sorted(unknown))}")
    too_long = {
        name: [f"Use {LONGEST:,} characters or fewer."] for name, text in facts.items() if _size(text) > LONGEST
    }
    if too_long:
        raise Unfit("Some sections are too long.", too_long)
    for name, value in facts.items():
        setattr(version, name, value)
    return version


def _size(text: object) -> int:
    return len(text) if isinstance(text, str) else 0


def _contribute(version: DpiaVersion, *, by: User, at: dt.datetime) -> None:
    DpiaContribution.objects.get_or_create(version=version, user=by, defaults={"contributed_at": at})


def _locked(version: DpiaVersion, *, by: Actor) -> DpiaVersion:
    version = DpiaVersion.objects.select_for_update(of=("self",)).select_related("dpia").get(pk=version.pk)
    policies.require_sight_of_dpia(by, version.dpia)
    return version


def _locked_dpia(dpia: Dpia, *, by: Actor) -> Dpia:
    dpia = Dpia.objects.select_for_update().get(pk=dpia.pk)
    policies.require_sight_of_dpia(by, dpia)
    return dpia


def _require_submitted(version: DpiaVersion) -> None:
    if version.status != DpiaVersion.Status.SUBMITTED:
        raise TooLate(f"This version is {version.get_status_display().lower()}, so there is nothing to judge.")


def _require_words(words: str, ask: str) -> None:
    if not words.strip():
        raise Unfit(ask, {"words": [ask]})
