"""What an assessment covers: said by one person, ended by another (R-113)."""

import uuid

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from camera_sites import link_policies as policies
from camera_sites.case import COVERT_ONLY
from camera_sites.covered import kind_of, seen
from camera_sites.models import Coverage, Dpia
from camera_sites.policies import require_sight_of_dpia
from portal.errors import Stranger, TooLate, Unfit
from portal.policies import require


@transaction.atomic
def cover(dpia: Dpia, *, by: User, kind: str, words: str, subject: uuid.UUID | None = None, name: str = "") -> Coverage:
    """From now on this assessment, which has to be in date, covers the thing too: a site or a list then needs it in date."""
    dpia = Dpia.objects.select_for_update().get(pk=dpia.pk)
    require_sight_of_dpia(by, dpia)
    known, name = kind_of(kind), name.strip()
    thing = seen(by, kind, subject) if known and subject else None
    if known and thing is None:
        raise Stranger("There is no such thing, or it is not yours to see.")
    require(policies.may_cover(by, kind, thing))
    now = timezone.now()
    problems = {}
    if not words.strip():
        problems["words"] = ["Say what of it this DPIA covers."]
    if kind == Coverage.Kind.SYSTEM and not name:
        problems["name"] = ["Give the system’s name."]
    if dpia.is_covert and not getattr(thing, "is_covert", False):
        problems["dpia"] = [COVERT_ONLY]
    elif not Dpia.objects.governing(now).filter(pk=dpia.pk).exists():
        problems["dpia"] = ["This DPIA is not in date. Choose one that is, or have a new version approved first."]
    if problems:
        raise Unfit("Some of this needs changing.", problems)
    standing = Coverage.objects.filter(dpia=dpia, kind=kind, ended_at=None)
    if (
        standing.filter(subject=subject, name="" if known else name).exists()
        or (known and any(getattr(thing, f"{key}_id") == dpia.pk for key in known.own))
    ):  # fmt: skip
        raise TooLate("This DPIA covers it already.")
    made = Coverage.objects.create(
        dpia=dpia, kind=kind, subject=subject if known else None, name="" if known else name, words=words.strip(),
        covered_by=by, covered_at=now,
    )  # fmt: skip
    if known:
        known.changed()
    record(
        Verb.DPIA_COVERS, target=dpia, by=by, also=[made, *([thing] if thing else [])],
        kind=str(made.get_kind_display()).lower(), words=made.words,
    )  # fmt: skip
    return made


@transaction.atomic
def uncover(coverage: Coverage, *, by: User, reason: str) -> Coverage:
    """The assessment covers it no longer, by another person than whoever said that it does."""
    coverage = Coverage.objects.select_for_update(of=("self",)).select_related("dpia").get(pk=coverage.pk)
    require_sight_of_dpia(by, coverage.dpia)
    known = kind_of(coverage.kind)
    if known and coverage.subject and seen(by, coverage.kind, coverage.subject) is None:
        raise Stranger("There is no such thing, or it is not yours to see.")
    require(policies.may_uncover(by, coverage))
    if coverage.ended_at is not None:
        raise TooLate("This was ended already.")
    if not reason.strip():
        raise Unfit("Say why.", {"reason": ["Say why."]})
    coverage.ended_by, coverage.ended_at, coverage.ended_because = by, timezone.now(), reason.strip()
    coverage.save(update_fields=["ended_by", "ended_at", "ended_because"])
    if known:
        known.changed()
    record(
        Verb.DPIA_COVERS_NO_MORE, target=coverage.dpia, by=by, also=[coverage],
        kind=str(coverage.get_kind_display()).lower(), reason=coverage.ended_because,
    )  # fmt: skip
    return coverage
