"""Saving what one narrows a page by, under a name; renaming and deleting it."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.models import SavedFilter
from hotlists.models.filters import FIELDS, WORDS
from portal.errors import Stranger, Unfit
from portal.policies import require
from standards.models import StandardsProfile

LONGEST = 150  # characters of one value, as the longest that a page's filter takes


@transaction.atomic
def save_filter(
    page: str, *, by: User, name: str, asked: dict[str, Any], keeps_words: bool = False, is_default: bool = False
) -> SavedFilter:
    """A filter of `page` (SavedFilter.Page). What was typed, such as a plate, is left out unless `keeps_words`.

    Raises Unfit without a name or anything to narrow by, for a name given before, and beyond the number of one person.
    """
    require(policies.may_save_filter(by, page))
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # or two at once are one too many, or both the default
    now = timezone.now()
    profile = StandardsProfile.objects.in_force(now)
    SavedFilter.objects.filter(saved_by=by, ends_at__lte=now).delete()  # over, and only waiting for the deletion run
    if SavedFilter.objects.of(by, now).filter(page=page).count() >= (most := profile.number("filter.most")):
        raise Unfit(f"You have {most} filters of this page. Delete one first.")
    kept = _kept(page, asked, keeps_words)
    saved = SavedFilter(
        page=page, name=_name(name, page, by, None), asked=kept, keeps_words=bool(set(WORDS) & set(kept)),
        is_default=is_default, saved_by=by, saved_at=now,
    )  # fmt: skip
    _store(saved, profile, now)
    record(Verb.FILTER_SAVED, target=saved, by=by, page=saved.get_page_display().lower())
    return saved


@transaction.atomic
def change_filter(
    saved: SavedFilter, *, by: User, name: str | None = None, is_default: bool | None = None
) -> SavedFilter:
    """Another name, or the filter with which its page opens, or no longer that; saved anew, it is kept for longer."""
    saved = _locked(saved, by=by)
    now = timezone.now()
    if name is not None:
        saved.name = _name(name, saved.page, by, saved)
    if is_default is not None:
        saved.is_default = is_default
    saved.saved_at = now
    _store(saved, StandardsProfile.objects.in_force(now), now)
    record(Verb.FILTER_CHANGED, target=saved, by=by, page=saved.get_page_display().lower())
    return saved


@transaction.atomic
def drop_filter(saved: SavedFilter, *, by: User) -> None:
    """Deletes it."""
    saved = _locked(saved, by=by)
    record(Verb.FILTER_DROPPED, target=saved, by=by, page=saved.get_page_display().lower())
    saved.delete()


def _store(saved: SavedFilter, profile: StandardsProfile, now: dt.datetime) -> None:
    days = profile.number("filter.words.kept" if saved.keeps_words else "filter.kept")
    saved.ends_at = now + dt.timedelta(days=days)
    if saved.is_default:
        others = SavedFilter.objects.filter(saved_by=saved.saved_by, page=saved.page, is_default=True)
        others.exclude(pk=saved.pk).update(is_default=False)
    saved.save()


def _kept(page: str, asked: dict[str, Any], keeps_words: bool) -> dict[str, str]:
    given = {name: str(asked[name]).strip() for name in FIELDS[page] if asked.get(name)}
    kept = {name: value for name, value in given.items() if value and (keeps_words or name not in WORDS)}
    if any(len(value) > LONGEST or "\0" in value for value in kept.values()):
        raise Unfit("This is more than a filter holds.", {"asked": [f"At most {LONGEST} characters each."]})
    if kept:
        return kept
    if given:
        words = (
            "All that narrows here was typed, such as a plate. Say that it may be kept, or narrow by something else."
        )
        raise Unfit(words, {"keeps_words": [words]})
    raise Unfit("Narrow the page first.", {"asked": ["Choose what it narrows by, then save it."]})


def _name(name: str, page: str, by: User, saved: SavedFilter | None) -> str:
    name = " ".join(name.split())
    if not name:
        raise Unfit("Give it a name.", {"name": ["Enter a name."]})
    same = SavedFilter.objects.filter(saved_by=by, page=page, name__iexact=name).first()
    if same is not None and same != saved:
        raise Unfit("You have a filter of this name.", {"name": ["You have a filter of this name. Choose another."]})
    return name


def _locked(saved: SavedFilter, *, by: User) -> SavedFilter:
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    found = SavedFilter.objects.select_for_update(of=("self",)).select_related("saved_by").filter(pk=saved.pk).first()
    if found is None:
        raise Stranger("There is no such filter, or it is not yours.")
    require(policies.may_change_filter(by, found))
    return found
