"""Import profiles: how a source's files are read. Drafted by one person, proposed, approved by another."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.feeds import samples
from hotlists.feeds.layouts import BadLayout, Layout
from hotlists.models import Hotlist, ImportProfile, ProfileContribution
from portal.errors import Unfit
from portal.policies import require


@transaction.atomic
def begin_profile(
    hotlist: Hotlist, *, by: User, layout: Mapping[str, Any], why: str = "", sample: bytes = b""
) -> ImportProfile:
    """A draft of how this list's files are read, with the head of a sample to try it on."""
    policies.require_sight(by, hotlist)
    require(policies.may_write_profile(by, hotlist))
    Hotlist.objects.select_for_update(no_key=True).get(pk=hotlist.pk)
    number = (hotlist.import_profiles.aggregate(last=Max("number"))["last"] or 0) + 1
    profile = ImportProfile.objects.create(
        hotlist=hotlist, number=number, layout=_fit(layout), why=why.strip(), begun_by=by, begun_at=timezone.now()
    )
    _contribute(profile, by=by)
    if sample:
        samples.store(profile.pk, sample)
    record(Verb.IMPORT_PROFILE_BEGUN, target=profile, by=by, also=[hotlist], hotlist=hotlist.title)
    return profile


@transaction.atomic
def edit_profile(
    profile: ImportProfile, *, by: User, layout: Mapping[str, Any] | None = None, why: str | None = None
) -> ImportProfile:
    """Changes a draft."""
    profile = _locked_draft(profile.pk, by=by)
    if layout is not None:
        profile.layout = _fit(layout)
    if why is not None:
        profile.why = why.strip()
    profile.save(update_fields=["layout", "why"])
    _contribute(profile, by=by)
    record(Verb.IMPORT_PROFILE_EDITED, target=profile, by=by, also=[profile.hotlist], hotlist=profile.hotlist.title)
    return profile


@transaction.atomic
def propose_profile(profile: ImportProfile, *, by: User, why: str = "") -> ImportProfile:
    """Lays a draft before a second person. From now on it does not change, and its sample is gone."""
    profile = _locked_draft(profile.pk, by=by)
    _contribute(profile, by=by)
    profile.why = why.strip() or profile.why
    if not profile.why:
        raise Unfit("Say what it is for.", {"why": ["Say what it is for, or what changed."]})
    profile.proposed_by, profile.proposed_at = by, timezone.now()
    profile.save(update_fields=["why", "proposed_by", "proposed_at"])
    transaction.on_commit(lambda: samples.remove(profile.pk))
    record(Verb.IMPORT_PROFILE_PROPOSED, target=profile, by=by, also=[profile.hotlist], hotlist=profile.hotlist.title)
    return profile


@transaction.atomic
def approve_profile(profile: ImportProfile, *, by: User) -> ImportProfile:
    """The second person's yes: files that arrive from now on are read by it."""
    profile = _locked(profile.pk, by=by)
    require(policies.may_approve_profile(by, profile))
    profile.approved_by, profile.approved_at = by, timezone.now()
    profile.save(update_fields=["approved_by", "approved_at"])
    record(Verb.IMPORT_PROFILE_APPROVED, target=profile, by=by, also=[profile.hotlist], hotlist=profile.hotlist.title)
    return profile


@transaction.atomic
def end_profile(profile: ImportProfile, *, by: User) -> ImportProfile:
    """Throws a draft away, or turns a proposal down."""
    profile = _locked(profile.pk, by=by)
    require(policies.may_end_profile(by, profile))
    profile.ended_by, profile.ended_at = by, timezone.now()
    profile.save(update_fields=["ended_by", "ended_at"])
    transaction.on_commit(lambda: samples.remove(profile.pk))
    record(Verb.IMPORT_PROFILE_ENDED, target=profile, by=by, also=[profile.hotlist], hotlist=profile.hotlist.title)
    return profile


def _fit(layout: Mapping[str, Any]) -> dict[str, Any]:
    """The layout as it is stored. Raises Unfit, with the fields that are wrong."""
    try:
        return Layout.from_data(layout).as_data()
    except BadLayout as error:
        raise Unfit(str(error), {field: [words] for field, words in error.faults.items()}) from error


def _contribute(profile: ImportProfile, *, by: User) -> None:
    ProfileContribution.objects.get_or_create(profile=profile, user=by, defaults={"contributed_at": timezone.now()})


def _locked_draft(pk: uuid.UUID, *, by: User) -> ImportProfile:
    profile = _locked(pk, by=by)
    require(policies.may_edit_profile(by, profile))
    return profile


def _locked(pk: uuid.UUID, *, by: User) -> ImportProfile:
    profile = ImportProfile.objects.select_for_update(of=("self",)).select_related("hotlist").get(pk=pk)
    policies.require_sight(by, profile.hotlist)
    return profile
