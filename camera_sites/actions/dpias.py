"""Assessments: written, submitted, advised on by one person, decided by another."""

import datetime as dt
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Actor, SignIn, User
from audit.actions import record
from audit.verbs import Verb
from camera_sites import policies
from camera_sites.actions.reviews import answer_by_version
from camera_sites.as_read import print_of, require_not_overtaken
from camera_sites.dpia_contents import REGISTERS, WRITTEN, chosen, content, digest, remaining, tidy, unknown_risks
from camera_sites.dpia_exchange import read
from camera_sites.models import Dpia, DpiaAdvice, DpiaContribution, DpiaDecision, DpiaVersion
from camera_sites.nudges import publish_lists_soon, publish_sites_soon
from camera_sites.workflow import DPIA_VERSION
from portal.errors import TooLate, Unfit
from portal.ids import new_id
from portal.moments import short
from portal.policies import require
from standards.models import StandardsProfile

# What must stand there before anyone is asked to judge it, and how to ask for it.
REQUIRED = {
    "need": "Say what problem this is to solve.",
    "description": "Describe the processing: its nature, scope, context and purposes.",
    "risks": "Assess the risks to the rights and freedoms of those whose data it is.",
    "measures": "Say what is done about each risk.",
    "safeguards": "Say how the data is protected and how you show that the law is kept.",
    "consultation": "Say who was consulted, or why nobody was.",
    "risk_register": "Put every risk into the register: how likely and how severe it is, before the measures and after.",
}
LONGEST = 20_000  # characters of one section


@transaction.atomic
def begin_dpia(*, by: User, ref: str, title: str, is_covert: bool = False, **facts: Any) -> DpiaVersion:
    """A new assessment with its first version, a draft. `facts` are among WRITTEN. A covert one is for covert sites alone, and
    known to its authors and to whoever is given such a site (R-123)."""
    require(policies.may_write_dpia(by))
    now = timezone.now()
    try:
        with transaction.atomic():
            dpia = Dpia.objects.create(ref=ref, title=title, is_covert=is_covert, created_by=by, created_at=now)
    except IntegrityError as error:
        raise Unfit("That reference is taken.", {"ref": ["Another DPIA has this reference already."]}) from error
    version = _fill(DpiaVersion(dpia=dpia, number=1, written_by=by, written_at=now), facts)
    version.save(force_insert=True)
    contribute(version, by=by, at=now)
    record(Verb.DPIA_DRAFTED, target=dpia, by=by, also=[version], version=version.number)
    return version


@transaction.atomic
def import_dpia(*, by: User, ref: str, document: Any, title: str = "", is_covert: bool = False) -> DpiaVersion:
    """A new assessment from a document: one exported by a portal, or by the CNIL's PIA tool. What has no section here is kept
    beside it. Whatever was advised or decided elsewhere counts for nothing here: it is a draft."""
    require(policies.may_write_dpia(by))
    named, source, facts = read(document)
    left = facts.pop("left_over")
    longest = Dpia._meta.get_field("title").max_length
    version = begin_dpia(by=by, ref=ref, title=(title or named)[:longest] or ref, is_covert=is_covert, **facts)
    version.left_over = left
    version.save(update_fields=["left_over"])
    record(Verb.DPIA_IMPORTED, target=version.dpia, by=by, also=[version], source=source, left=len(left))
    return version


@transaction.atomic
def begin_version(dpia: Dpia, *, by: User, as_read: str = "", **facts: Any) -> DpiaVersion:
    """A new draft that starts from the latest version; the version that governs goes on governing meanwhile. `as_read` as of
    `edit_version`."""
    dpia = _locked_dpia(dpia, by=by)
    require(policies.may_write_dpia(by))
    latest = dpia.versions.latest("number")
    if latest.status in (DpiaVersion.Status.DRAFT, DpiaVersion.Status.SUBMITTED):
        raise TooLate("Another version of this DPIA is being written or waits for a decision. Finish that one first.")
    require_not_overtaken(as_read, print_of(latest, facts))
    now = timezone.now()
    kept = {name: getattr(latest, name) for name in WRITTEN}
    version = DpiaVersion(
        dpia=dpia, number=latest.number + 1, written_by=by, written_at=now, left_over=latest.left_over
    )  # fmt: skip
    _fill(version, kept | facts)
    version.save(force_insert=True)
    for each in latest.attachments.standing():
        each.pk, each.version = new_id(), version
        each.save(force_insert=True)
    contribute(version, by=by, at=now)
    record(Verb.DPIA_DRAFTED, target=dpia, by=by, also=[version], version=version.number)
    return version


@transaction.atomic
def edit_version(version: DpiaVersion, *, by: User, as_read: str = "", **facts: Any) -> DpiaVersion:
    """Changes a draft; whoever does has a hand in it, so neither advises on it nor decides it. `as_read`, where the caller says
    what stood in these sections when they read them, is its print: Overtaken when that has passed."""
    version = locked(version, by=by)
    require(policies.may_edit_version(by, version))
    if version.status != DpiaVersion.Status.DRAFT:
        raise TooLate("This version was submitted, so it can no longer be edited. Write a new version instead.")
    require_not_overtaken(as_read, print_of(version, facts))
    _fill(version, facts).save()
    contribute(version, by=by, at=timezone.now())
    record(Verb.DPIA_EDITED, target=version.dpia, by=by, also=[version], version=version.number)
    return version


@transaction.atomic
def submit(version: DpiaVersion, *, by: User) -> DpiaVersion:
    """Hands the draft over for advice and decision. Raises Unfit with every section that is still empty (R-114)."""
    version = locked(version, by=by)
    require(policies.may_submit(by, version))
    if version.status == DpiaVersion.Status.DRAFT and (problems := missing(version)):
        raise Unfit("This DPIA cannot be submitted yet.", problems)
    now = timezone.now()
    contribute(version, by=by, at=now)
    sealed = digest_of(version)
    DPIA_VERSION.move(version, DpiaVersion.Status.SUBMITTED, submitted_by=by, submitted_at=now, digest=sealed)
    record(Verb.DPIA_SUBMITTED, target=version.dpia, by=by, also=[version], version=version.number, digest=sealed)
    return version


@transaction.atomic
def advise(version: DpiaVersion, *, by: User, is_favourable: bool, words: str, digest: str | None = None) -> DpiaAdvice:
    """The data protection officer's advice on exactly this version; `digest`, where the caller says what was read, is its own."""
    version = locked(version, by=by)
    require(policies.may_advise(by, version))
    require_submitted(version)
    require_as_read(version, digest)
    if DpiaAdvice.objects.filter(version=version).exists():
        raise TooLate("Advice on this version was given already.")
    require_words(words, "Say what you advise, and why.")
    advice = DpiaAdvice.objects.create(
        version=version, digest=version.digest, is_favourable=is_favourable, words=words, advised_by=by, advised_at=timezone.now(),
        sign_in=cast(SignIn, by.sign_in),
    )  # fmt: skip
    record(
        Verb.DPIA_ADVISED, target=version.dpia, by=by, also=[version, advice], version=version.number,
        advice="in favour of" if is_favourable else "against", words=words,
    )  # fmt: skip
    return advice


@transaction.atomic
def decide(
    version: DpiaVersion,
    *,
    by: User,
    verdict: str,
    words: str,
    review_due_at: dt.datetime | None = None,
    digest: str | None = None,
) -> DpiaDecision:
    """The controller's decision on exactly this version; may differ from the advice. Approved, it governs from now on.

    `digest`, where the caller says what was read, has to be the version's. Without `review_due_at` it is reviewed as late as
    the standards allow (R-116).
    """
    version = locked(version, by=by)
    verdict = DpiaDecision.Verdict(verdict)
    is_approval = verdict == DpiaDecision.Verdict.APPROVE
    require_submitted(version)
    require(policies.may_approve(by, version) if is_approval else policies.may_decide(by, version))
    require_as_read(version, digest)
    require_words(words, "Say why you decide so.")
    now = timezone.now()
    decision = DpiaDecision.objects.create(
        version=version, digest=version.digest, verdict=verdict, words=words, review_due_at=_review_due(review_due_at, at=now),
        decided_by=by, decided_at=now, sign_in=cast(SignIn, by.sign_in),
    )  # fmt: skip
    DPIA_VERSION.move(version, DpiaVersion.Status.APPROVED if is_approval else DpiaVersion.Status.REJECTED)
    if is_approval:
        answer_by_version(version, by=by, at=now)
        publish_sites_soon()
        publish_lists_soon()
    record(
        Verb.DPIA_APPROVED if is_approval else Verb.DPIA_REJECTED, target=version.dpia, by=by,
        also=[version, decision], version=version.number, words=words, review_due_at=short(decision.review_due_at),
        digest=version.digest,
    )  # fmt: skip
    return decision


def missing(version: DpiaVersion) -> dict[str, list[str]]:
    """What has to be written before this version can be submitted, by section."""
    problems = {name: [ask] for name, ask in REQUIRED.items() if _is_empty(getattr(version, name))}
    if _is_empty(version.subjects_not_asked) and not any(row["group"] == "data_subjects" for row in version.consultees):
        problems["subjects_not_asked"] = ["Ask those whose data it is, and list them as consulted; or say why not."]
    if unknown := unknown_risks(version):
        problems["measure_register"] = [f"No risk in the register has the key {', '.join(unknown)}."]
    high = StandardsProfile.objects.in_force(timezone.now()).number("dpia.risk.high")
    if not version.residual_risk_high and (keys := remaining(version.risk_register, high=high)):
        ask = (
            f"{', '.join(keys)} stays high after all measures: say that a high risk remains, or take further measures."
        )
        problems["residual_risk_high"] = [ask]
    if version.attachments.waiting().exists():
        problems["attachments"] = ["A file waits for the scanner. Submit once it was looked at."]
    return problems


def digest_of(version: DpiaVersion) -> str:
    """The digest of what stands in this version now. Of a submitted one it is the one that was sealed, or somebody altered it."""
    return digest(content(version, version.attachments.standing().values_list("name", "sha256")))


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
    facts, problems = dict(facts), {}
    for name, value in facts.items():
        if name in REGISTERS:
            facts[name], wrong = tidy(name, value)
        elif name == "published_sections":
            facts[name], wrong = chosen(value)
        else:
            wrong = [f"Use {LONGEST:,} characters or fewer."] if _size(value) > LONGEST else []
        if wrong:
            problems[name] = wrong
    if problems:
        raise Unfit("Some of this needs changing.", problems)
    for name, value in facts.items():
        setattr(version, name, value)
    return version


def _is_empty(value: object) -> bool:
    return not (value.strip() if isinstance(value, str) else value)


def _size(text: object) -> int:
    return len(text) if isinstance(text, str) else 0


def contribute(version: DpiaVersion, *, by: User, at: dt.datetime) -> None:
    """Notes that somebody has a hand in a version, so that they neither advise on it nor decide it."""
    DpiaContribution.objects.get_or_create(version=version, user=by, defaults={"contributed_at": at})


def locked(version: DpiaVersion, *, by: Actor) -> DpiaVersion:
    """The version's row, locked, if it exists for the actor."""
    version = DpiaVersion.objects.select_for_update(of=("self",)).select_related("dpia").get(pk=version.pk)
    policies.require_sight_of_dpia(by, version.dpia)
    return version


def _locked_dpia(dpia: Dpia, *, by: Actor) -> Dpia:
    dpia = Dpia.objects.select_for_update().get(pk=dpia.pk)
    policies.require_sight_of_dpia(by, dpia)
    return dpia


def require_submitted(version: DpiaVersion) -> None:
    """Raises TooLate unless the version waits to be judged."""
    if version.status != DpiaVersion.Status.SUBMITTED:
        raise TooLate(f"This version is {version.get_status_display().lower()}, so there is nothing to judge.")


def require_as_read(version: DpiaVersion, digest: str | None) -> None:
    """Raises TooLate unless the version stands as it was submitted, and is the one that was read."""
    if version.digest != digest_of(version):
        raise TooLate(
            "This version is not as it was submitted: somebody altered it in the database. Nobody may judge it. Tell your "
            "administrator, and have a new version written."
        )
    if digest is not None and digest != version.digest:
        raise TooLate("This is not the version that you read. Read it again, then decide.")


def require_words(words: str, ask: str) -> None:
    """Raises Unfit with what is asked for, unless something was written."""
    if not words.strip():
        raise Unfit(ask, {"words": [ask]})
