"""Proposing an edition of the standards, and adopting it: two people (R-001)."""

import datetime as dt
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.actions import Actor, record
from audit.verbs import Verb
from portal.errors import TooLate, Unfit
from portal.policies import require
from standards import policies
from standards.matrix import Likelihood
from standards.models import ENTRY_FIELDS, Category, MatrixCell, Number, StandardsProfile

# What an edition may say of a category; its code is its name for good.
CATEGORY_FACTS = (
    "name", "max_expiry_hours", "review_hours", "decider_rank", "deciders", "default_action", "default_priority", "is_feed",
    "is_suppression", "needs_missing_risk", "required_fields", "reference_patterns", "note",
)  # fmt: skip
_NEEDED_OF_NEW = {"name", "max_expiry_hours", "review_hours", "decider_rank", "default_action", "default_priority"}


@transaction.atomic
def propose_profile(
    base: StandardsProfile,
    *,
    by: Actor,
    name: str,
    effective_from: dt.datetime,
    source: str,
    numbers: dict[str, int],
    categories: dict[str, dict[str, Any]] | None = None,
    matrix: dict[str, str] | None = None,
) -> StandardsProfile:
    """A copy of `base` with some numbers, categories and cells of the matrix changed, waiting for somebody else to adopt it.

    `categories` maps a code to the facts that change (CATEGORY_FACTS); a code that `base` does not have is a new category.
    None goes: what was decided under it still has to be judged. `matrix` maps a cell, such as `minor.local_crime`, to V, M or E (R-112).
    Raises Unfit with what is wrong.
    """
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
    changed = categories or {}
    for category in _categories_of(base, profile, changed):
        category.save()
    MatrixCell.objects.bulk_create(_matrix_of(base, profile, matrix or {}))
    record(Verb.PROFILE_PROPOSED, target=profile, by=by, changed=sorted(numbers), categories=sorted(changed))
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


def _matrix_of(base: StandardsProfile, profile: StandardsProfile, changed: dict[str, str]) -> list[MatrixCell]:
    cells = base.matrix.all()
    unknown = sorted(set(changed) - {cell.name for cell in cells})
    if unknown:
        raise Unfit("There is no such cell.", {"matrix": [f"Not a cell of the matrix: {', '.join(unknown)}."]})
    if set(changed.values()) - set(Likelihood.values):
        raise Unfit("A cell says V, M or E.", {"matrix": ["A cell says V, M or E."]})
    return [
        MatrixCell(
            profile=profile, location_type=cell.location_type, purpose=cell.purpose,
            likelihood=changed.get(cell.name, cell.likelihood),
        )
        for cell in cells
    ]  # fmt: skip


def _categories_of(
    base: StandardsProfile, profile: StandardsProfile, changed: dict[str, dict[str, Any]]
) -> list[Category]:
    """Those of `base` with their changes, and the new ones. Raises Unfit with every fault of every category."""
    faults: dict[str, list[str]] = {}
    found = []
    there = {category.code: category for category in base.categories.all()}
    for code in sorted({*there, *changed}):
        facts = changed.get(code, {})
        kept = {fact: getattr(there[code], fact) for fact in CATEGORY_FACTS} if code in there else {}
        lacking = set() if code in there else _NEEDED_OF_NEW - set(facts)
        unknown = set(facts) - set(CATEGORY_FACTS)
        if lacking or unknown:
            what = f"needs {', '.join(sorted(lacking))}" if lacking else f"does not have {', '.join(sorted(unknown))}"
            faults[f"categories.{code}"] = [f"The category {code} {what}."]
            continue
        category = Category(profile=profile, code=code, **(kept | facts))
        found.append(category)
        for field, words in _faults(category).items() if facts else ():
            faults[f"categories.{code}.{field}"] = words
    if faults:
        raise Unfit("Some categories cannot be like this.", faults)
    return found


def _faults(category: Category) -> dict[str, list[str]]:
    """What is wrong with a category, by field."""
    faults: dict[str, list[str]] = {}
    if not re.fullmatch(r"[A-Z][A-Z0-9-]{1,9}", category.code):
        faults["code"] = ["Two to ten capital letters, digits or hyphens, such as MIS-H."]
    try:
        category.clean_fields(exclude=["profile", "code"])
    except ValidationError as error:
        faults |= error.message_dict
    if {"max_expiry_hours", "review_hours", "deciders"} & set(faults):
        return faults
    if category.max_expiry_hours < 1 or category.review_hours < 1:
        faults["review_hours"] = ["An hour is the least."]
    elif category.review_hours > category.max_expiry_hours:
        faults["review_hours"] = ["The review comes before the end of the longest life, or with it."]
    if not 1 <= category.deciders <= 3:
        faults["deciders"] = ["One, two or three people decide."]
    if category.is_feed and category.is_suppression:
        faults["is_suppression"] = ["What withholds alerts is decided one by one; it is not loaded from a source."]
    if strange := sorted(set(category.required_fields) - set(ENTRY_FIELDS)):
        faults["required_fields"] = [f"Not a field that may be asked for: {', '.join(strange)}."]
    return faults
