"""Recording emergency verbal authority: the short way into force, for 4 hours at most (R-048)."""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.policies import own_session
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies, quality, warnings
from hotlists.actions.entries import first_version
from hotlists.actions.notices import raise_notice
from hotlists.actions.terms import open_term
from hotlists.models import EmergencyAuthority, EntryVersion, Hotlist
from hotlists.nudges import publish_entry_soon
from hotlists.workflow import VERSION
from portal.errors import TooLate, Unfit
from portal.policies import require
from standards.models import Category, StandardsProfile

# What is asked in an emergency. The rest of what an entry says is asked before it is approved in writing.
ASKED = (
    "vrm_entered", "country", "plate_confirmed_because", "make", "model", "colour", "category", "reason", "purpose",
    "action", "priority", "action_text", "contact_24h", "markers", "marker_source", "marker_date", "marker_grade",
    "protected_activity", "protected_kinds", "ripa_considered", "ripa_ref", "no_conflict",
)  # fmt: skip
# What may be said at once, so that it can be approved in writing as it stands.
OFFERED = (
    *ASKED,
    "basis",
    "subject",
    "grading",
    "intel_date",
    "source_system",
    "source_ref",
    "crime_ref",
    "force",
    "area",
)
_FOLLOWS = ("starts_at", "review_by", "expires_at")  # from the category, so that nobody is asked


@transaction.atomic
def record_emergency(
    hotlist: Hotlist, *, by: User, given_by: User, given_at: dt.datetime, words: str, **facts: Any
) -> EmergencyAuthority:
    """An entry that somebody of rank authorised by word of mouth: in force from now until at most 4 h after it was given.

    `facts` are fields of OFFERED. It lapses by itself unless approved in writing before (R-048). Raises Unfit with every field
    that needs changing, TooLate when an emergency of the same plate and purpose was recorded within a day.
    """
    policies.require_sight(by, hotlist)
    require(policies.may_record_emergency(by, hotlist))
    if unknown := set(facts) - set(OFFERED):
        raise TypeError(f"not asked in an emergency: {', '.join(sorted(unknown))}")
    now = timezone.now()
    profile = StandardsProfile.objects.in_force(now)
    life = dt.timedelta(hours=profile.number("emergency.life"))
    version = first_version(hotlist, by=by, at=now, facts=_filled(facts, profile, given_at, now))
    faults = {
        field: lines for field, lines in quality.problems(version, at=now, by=by).items() if field in ASKED + _FOLLOWS
    }
    faults |= _faults_of_authority(version, by=by, given_by=given_by, given_at=given_at, words=words, life=life, at=now)
    if faults:
        raise Unfit("This emergency cannot be recorded yet.", faults)
    authority = EmergencyAuthority(
        entry=version.entry, version=version, given_by=given_by, given_at=given_at, rank=given_by.rank, words=words.strip(),
        recorded_by=by, recorded_at=now, sign_in=own_session(by), ends_at=given_at + life, profile=profile,
        key=EmergencyAuthority.key_of(version),
        no_other_until=given_at + dt.timedelta(hours=profile.number("emergency.again")),
    )  # fmt: skip
    _require_first(authority)
    authority.save(force_insert=True)
    raise_notice(version, by=by)
    warned = [warning.words for warning in warnings.of(version.vrm, version.country, now)]
    VERSION.move(version, EntryVersion.Status.EMERGENCY, submitted_by=by, submitted_at=now, plate_warnings=warned)
    open_term(version, from_at=now, review_by=version.review_by, emergency_ends_at=authority.ends_at)
    publish_entry_soon(version.entry_id, hotlist.pk)
    record(
        Verb.EMERGENCY_RECORDED, target=version.entry, by=by, plate=version.plate, also=[version, hotlist, given_by],
        given_by=given_by.actor_label, given_at=given_at.isoformat(), ends_at=authority.ends_at.isoformat(), words=words,
    )  # fmt: skip
    return authority


def _filled(
    facts: dict[str, Any], profile: StandardsProfile, given_at: dt.datetime, now: dt.datetime
) -> dict[str, Any]:
    """What nobody is asked in an emergency follows from the category, or is said to be not known."""
    category = Category.objects.filter(profile=profile, code=facts.get("category", ""), is_feed=False).first()
    life = dt.timedelta(hours=category.max_expiry_hours if category else 1)
    if facts.get("protected_activity"):
        life = min(life, dt.timedelta(days=profile.number("protected.days")))
    review = dt.timedelta(hours=category.review_hours if category else 1)
    if facts.get("markers"):
        review = min(review, dt.timedelta(hours=profile.number("marker.review")))
    starts_at = now.replace(microsecond=0)  # matchers keep whole seconds: this one, not the next
    usual = {
        "make": "Not known", "model": "Not known", "colour": "Not known", "basis": EntryVersion.Basis.ASSESSMENT,
        "subject": EntryVersion.Subject.UNKNOWN, "source_system": "verbal",
        "action": category.default_action if category else "", "priority": category.default_priority if category else "",
    }  # fmt: skip
    return {
        **usual, **{name: value for name, value in facts.items() if value not in ("", None)}, "starts_at": starts_at,
        "review_by": starts_at + min(review, life), "expires_at": starts_at + life,
        "last_verified_at": min(given_at, now),
    }  # fmt: skip


def _faults_of_authority(
    version: EntryVersion, *, by: User, given_by: User, given_at: dt.datetime, words: str, life: dt.timedelta,
    at: dt.datetime,
) -> dict[str, list[str]]:  # fmt: skip
    """What is wrong with the authority itself, by field."""
    faults = {}
    if version.category and version.profile.categories.filter(code=version.category).exists():
        may = policies.may_have_authorised(given_by, version, recorder=by)
        if not may:
            faults["given_by"] = [may.reason]
    if given_at > at:
        faults["given_at"] = ["It cannot have been given in the future."]
    elif given_at + life <= at:
        hours = life // dt.timedelta(hours=1)
        faults["given_at"] = [f"It was given more than {hours} hours ago and has ended. Ask for a written decision."]
    if not words.strip():
        faults["words"] = ["Write down what the authoriser said."]
    return faults


def _require_first(authority: EmergencyAuthority) -> None:
    """No second emergency for the same plate and purpose within a day. The lock makes of two at once one after the other;
    the database's own constraint holds for whoever goes round this."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 48))", [authority.key])
    others = EmergencyAuthority.objects.filter(
        key=authority.key, no_other_until__gt=authority.given_at, given_at__lt=authority.no_other_until
    )
    if others.exists():
        raise TooLate(
            "Emergency authority was recorded for this plate and purpose within the last day. Ask for a written decision."
        )
