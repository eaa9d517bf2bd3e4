"""Proposing an edition of the standards, and adopting it: two people (R-001)."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from audit.actions import Actor, record
from audit.verbs import Verb
from portal.errors import TooLate, Unfit
from portal.policies import require
from standards import policies
from standards.models import Number, StandardsProfile


@transaction.atomic
def propose_profile(
    base: StandardsProfile, *, by: Actor, name: str, effective_from: dt.datetime, source: str, numbers: dict[str, int]
) -> StandardsProfile:
    """A copy of `base` with some numbers changed, waiting for somebody else to adopt it."""
    require(policies.may_propose(by))
    if StandardsProfile.objects.filter(name=name).exists():
        raise Unfit("There is an edition of this name.", {"name": ["Choose another name."]})
    unknown = sorted(set(numbers) - set(base.numbers.values_list("key", flat=True)))
    if unknown:
        raise Unfit("There is no such number.", {"numbers": [f"Not a number of the standards: {', '.join(unknown)}."]})
    profile = StandardsProfile.objects.create(
        name=name, effective_from=effective_from, source=source, proposed_by_id=by.actor_id, proposed_at=timezone.now()
    )
    Number.objects.bulk_create(
        Number(profile=profile, key=old.key, value=numbers.get(old.key, old.value), unit=old.unit, meaning=old.meaning,
               source=source if old.key in numbers else old.source)
        for old in base.numbers.all()
    )  # fmt: skip
    for category in base.categories.all():
        category.pk, category.profile = None, profile
        category._state.adding = True
        category.save()
    record(Verb.PROFILE_PROPOSED, target=profile, by=by, changed=sorted(numbers))
    return profile


@transaction.atomic
def adopt_profile(profile: StandardsProfile, *, by: Actor) -> StandardsProfile:
    """The second person's yes: the profile governs from its date on."""
    profile = StandardsProfile.objects.select_for_update().get(pk=profile.pk)
    require(policies.may_adopt(by, profile))
    if profile.is_delivered or profile.adopted_at:
        raise TooLate("This profile is adopted already.")
    profile.adopted_by_id, profile.adopted_at = by.actor_id, timezone.now()
    profile.save(update_fields=["adopted_by", "adopted_at"])
    record(Verb.PROFILE_ADOPTED, target=profile, by=by)
    return profile
