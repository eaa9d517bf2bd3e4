"""Searching the lists for plates, which is an act: it asks why, and is recorded."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor
from accounts.reasons import why
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.conflicts import report_searched
from hotlists.countries import agreed
from hotlists.patterns import Likeness, Pattern, Plan, parse, plan
from hotlists.searching import Found, find
from portal.errors import Unfit
from portal.policies import require
from standards.models import StandardsProfile


@transaction.atomic
def search_plate(
    typed: str, *, by: Actor, reason: str = "", country: str | None = None, likeness: Likeness = Likeness.EXACT
) -> Found:
    """Entries and feed rows on lists the searcher may see that name this plate, one like it, or one that fits `typed`
    with its `?` and `*`; asks why unless a stated reason stands, and is recorded (R-062)."""
    require(policies.may_search(by))
    now = timezone.now()
    profile = StandardsProfile.objects.in_force(now)
    pattern, way = read_pattern(typed, likeness, profile)
    told = why(by, reason)
    require_reason(str(told))
    found = find(way, by=by, at=now, most=profile.number("search.shown.most"), country=country or None)
    count = len(found.entries) + len(found.rows)
    also = [*found.entries, *{row.hotlist for row in found.rows}]
    typed_whole = [(country or agreed(found.countries), pattern.typed)] if pattern.is_whole else []
    report_searched([*typed_whole, *found.plates], by=by)
    if pattern.is_whole:
        plate = (country or agreed(found.countries), pattern.typed)
        record(
            Verb.PLATE_SEARCHED, target=profile, by=by, plate=plate, plates=found.plates, count=count, also=[*also, *told.also],
            likeness=likeness.value, reason=str(told), **told.words,
        )  # fmt: skip
    else:
        record(
            Verb.PLATES_SEARCHED, target=profile, by=by, plates=found.plates, count=count, also=[*also, *told.also],
            likeness=likeness.value, pattern=pattern.typed, reason=str(told), **told.words,
        )  # fmt: skip
    return found


def read_pattern(typed: str, likeness: Likeness, profile: StandardsProfile) -> tuple[Pattern, Plan]:
    """What was typed, and how it is found. Raises Unfit for what can be no plate or stands for too many."""
    try:
        pattern = parse(typed, likeness)
        return pattern, plan(pattern, least_known=profile.number("search.known.least"))
    except ValueError as error:
        raise Unfit("This cannot be searched for.", {"plate": [str(error)]}) from error


def require_reason(reason: str) -> None:
    """Raises Unfit unless a reason was given."""
    if not reason.strip():
        raise Unfit("Say why you search.", {"reason": ["Enter the reason for this search."]})
