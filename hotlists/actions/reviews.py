"""Reviewing an entry: looking again whether it is still right."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.terms import continue_term, locked, open_term_of, require_words
from hotlists.models import Entry, Review
from hotlists.nudges import publish_soon
from portal.errors import Unfit
from portal.policies import require
from standards.models import Category, StandardsProfile


@transaction.atomic
def review(
    entry: Entry, *, by: User, still_necessary: str, source_checked: str, review_by: dt.datetime | None = None
) -> Review:
    """Looks again: moves review-by, within expiry, and nothing else (R-014). An overdue entry is in force again."""
    entry = locked(entry, by=by)
    require(policies.may_review(by, entry))
    now = timezone.now()
    term = open_term_of(entry, at=now)
    require_words("still_necessary", still_necessary, "Say why the entry is still necessary.")
    require_words("source_checked", source_checked, "Say what source you checked, and what it said.")
    category = Category.objects.get(profile=StandardsProfile.objects.in_force(now), code=term.version.category)
    latest = min(now + dt.timedelta(hours=entry.hotlist.review_interval(category)), term.expires_at)
    due = min(review_by or latest, latest)
    if due <= now:
        raise Unfit("The next review lies in the past.", {"review_by": ["Give a date in the future."]})
    done = Review.objects.create(
        entry=entry, version=term.version, reviewed_by=by, reviewed_at=now, still_necessary=still_necessary,
        source_checked=source_checked, review_by=due,
    )  # fmt: skip
    continue_term(term, from_at=now, review_by=due)
    publish_soon(entry.hotlist_id)
    record(Verb.ENTRY_REVIEWED, target=entry, by=by, plate=term.version.plate, also=[done], review_by=due.isoformat())
    return done
