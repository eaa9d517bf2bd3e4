"""Opening findings, answering them, and testing whether the answer holds."""

import datetime as dt

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Actor, SystemJob, User
from audit.actions import record
from audit.models import Verification
from audit.verbs import Verb
from camera_sites.models import CameraSite, PositionCheck
from hits.models import Hit
from portal.errors import TooLate, Unfit
from portal.policies import require
from scrutiny import policies
from scrutiny.models import Finding, FindingNote
from scrutiny.workflow import FINDING, Status
from standards.models import StandardsProfile

CLOCK = SystemJob("scrutiny")


@transaction.atomic
def open_finding(
    *, by: Actor, title: str, words: str, owner: User, about: models.Model | None = None,
    kind: str = Finding.Kind.BY_HAND, due_at: dt.datetime | None = None,
) -> Finding:  # fmt: skip
    """Something is to be put right by `owner`, within the time that the standards set unless said otherwise (R-071)."""
    require(policies.may_open(by))
    return write_down(by=by, title=title, words=words, owner=owner, about=about, kind=kind, due_at=due_at)


def write_down(
    *, by: Actor, title: str, words: str, owner: User, about: models.Model | None, kind: str,
    due_at: dt.datetime | None = None,
) -> Finding:  # fmt: skip
    """The finding itself, for whichever verb it comes of; that verb has asked whether they may."""
    _require_words("title", title, "Say in a few words what was found.")
    _require_words("words", words, "Say what was found.")
    now = timezone.now()
    due = due_at or now + dt.timedelta(days=StandardsProfile.objects.in_force(now).number("finding.answer"))
    if due <= now:
        raise Unfit("The day lies in the past.", {"due_at": ["Give a day in the future."]})
    finding = Finding.objects.create(
        kind=kind, title=title.strip(), words=words.strip(), owner=owner, due_at=due, opened_by=by.actor_label,
        opened_by_kind=by.actor_kind, opened_by_id=by.actor_id, opened_at=now, opened_on=timezone.localdate(now),
        source_label=about._meta.label if about else "", source_id=str(about.pk) if about else "",
    )  # fmt: skip
    also = [about] if about else []
    record(Verb.FINDING_OPENED, target=finding, by=by, also=also, title=finding.title, owner=owner.actor_label)
    return finding


@transaction.atomic
def note(finding: Finding, *, by: User, words: str) -> FindingNote:
    """Writes down what was found out or done."""
    finding = _locked(finding)
    require(policies.may_work(by, finding))
    if finding.status == Status.SETTLED:
        raise TooLate("This finding is settled.")
    done = _step(finding, FindingNote.Step.NOTED, by=by, words=words)
    record(Verb.FINDING_NOTED, target=finding, by=by, words=done.words)
    return done


@transaction.atomic
def close_finding(finding: Finding, *, by: User, words: str) -> Finding:
    """Answers it: what was put right, and how. Somebody else tests later whether that holds."""
    finding = _locked(finding)
    require(policies.may_work(by, finding))
    if finding.status != Status.OPEN:
        raise TooLate("This finding was answered already.")
    done = _step(finding, FindingNote.Step.CLOSED, by=by, words=words)
    FINDING.move(finding, Status.CLOSED, closed_by=by, closed_at=done.noted_at)
    record(Verb.FINDING_CLOSED, target=finding, by=by, words=done.words)
    return finding


@transaction.atomic
def retest(finding: Finding, *, by: User, holds: bool, words: str) -> Finding:
    """Another person looks whether the answer holds: if so it is settled, else it is open again."""
    finding = _locked(finding)
    require(policies.may_retest(by, finding))
    if finding.status != Status.CLOSED:
        raise TooLate("This finding has no answer that could be tested.")
    done = _step(finding, FindingNote.Step.SETTLED if holds else FindingNote.Step.REOPENED, by=by, words=words)
    if holds:
        FINDING.move(finding, Status.SETTLED, settled_by=by, settled_at=done.noted_at)
        record(Verb.FINDING_SETTLED, target=finding, by=by, words=done.words)
    else:
        FINDING.move(finding, Status.OPEN, closed_by=None, closed_at=None)
        record(Verb.FINDING_REOPENED, target=finding, by=by, words=done.words)
    return finding


@transaction.atomic
def report_site_hit(hit: Hit, *, by: Actor) -> Finding | None:
    """A site that is not in service was heard (R-113): one finding for whoever answers for it, however many hits come.

    Another only on a later day than one that was answered: then the answer does not hold. None when one stands already, or
    when the site is in no registry: then the hit's caution says so.
    """
    site = hit.site
    if site is None:
        return None
    type(site).objects.select_for_update().get(pk=site.pk)  # two hits at once are one finding
    day = timezone.localdate(hit.received_at)
    heard = Finding.objects.about(site).filter(kind=Finding.Kind.SITE_HIT)
    if heard.filter(Q(status=Status.OPEN) | Q(opened_on=day)).exists():
        return None
    return open_finding(
        by=by, kind=Finding.Kind.SITE_HIT, about=site, owner=site.owner, title=f"Hit from {_told(site)}, not in service",
        words=f"{hit.matcher} reported a hit from {_told(site)} while the site was not in service. Its reads are not to be"
        " matched: find out why they were, and say what was put right.",
    )  # fmt: skip


@transaction.atomic
def report_position(check: PositionCheck, *, by: Actor) -> Finding | None:
    """A camera says it stands elsewhere than it was surveyed to (R-091): one open finding a camera, for whoever answers."""
    camera = check.camera
    type(camera).objects.select_for_update().get(pk=camera.pk)  # two checks at once are one finding
    standing = Finding.objects.about(camera).filter(kind=Finding.Kind.POSITION).exclude(status=Status.SETTLED)
    if standing.exists():
        return None
    return open_finding(
        by=by, kind=Finding.Kind.POSITION, about=camera, owner=camera.site.owner,
        title=f"Camera {'of a covert site' if camera.site.is_covert else camera.ref} is not where it says",
        words=f"It reports a place {check.metres} metres from where it was surveyed; {check.tolerance} are tolerated. Reads"
        " from the wrong place mislead: find out which is right, and say what was put right.",
    )  # fmt: skip


@transaction.atomic
def report_broken_log(verification: Verification, *, by: Actor) -> Finding | None:
    """The log is not what was sealed (R-066): one open finding, for who may read the log and put findings right. None when
    one stands, or there is nobody: then health tells."""
    standing = Finding.objects.filter(kind=Finding.Kind.LOG).exclude(status=Status.SETTLED)
    readers = User.objects.filter(is_active=True, groups__permissions__codename="read_log")
    owner = readers.filter(groups__permissions__codename="work_finding").order_by("date_joined").first()
    if standing.exists() or owner is None:
        return None
    return open_finding(
        by=by, kind=Finding.Kind.LOG, about=verification, owner=owner, title="The audit log is not what was sealed",
        words=f"{verification.problems[0][:600]} A security incident: keep the machines and the sealer's folder as they are,"
        " find out who could write there, and say what happened.",
    )  # fmt: skip


def _told(site: CameraSite) -> str:
    """As a finding names a site: findings are read by people who were not given the covert ones (R-123)."""
    return "a covert site" if site.is_covert else str(site)


def _step(finding: Finding, step: str, *, by: User, words: str) -> FindingNote:
    _require_words("words", words, "Say what was found out or done.")
    return FindingNote.objects.create(
        finding=finding, step=step, words=words.strip(), noted_by=by, noted_at=timezone.now()
    )


def _locked(finding: Finding) -> Finding:
    return Finding.objects.select_for_update().get(pk=finding.pk)


def _require_words(field: str, words: str, ask: str) -> None:
    if not words.strip():
        raise Unfit(ask, {field: [ask]})
