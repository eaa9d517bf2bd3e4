"""A hit told: how it stands, by whose authority, and what may be done next."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import Actor
from camera_sites.sight import Sight
from hits import policies
from hits.limits import Limits
from hits.models import Caution, Hit
from hotlists.models import EntryVersion
from hotlists.scope import Response, in_words
from portal.policies import Verdict
from standards.models import Priority

# Cautions that say "do not act on this alone"; the others say "know this".
GRAVE = frozenset({
    Caution.PLATE, Caution.COUNTRY_DIFFERS, Caution.CLONE, Caution.NOT_IN_FORCE, Caution.OUTSIDE_SCOPE, Caution.SITE_NOT_IN_SERVICE,
    Caution.SITE_UNKNOWN,
})  # fmt: skip
_LEVELS = {0: Priority.HIGH, 1: Priority.HIGH, 2: Priority.MEDIUM, 3: Priority.LOW}


@dataclass(frozen=True, slots=True)
class State:
    """How a hit stands: one word, one tone, and why."""

    word: str
    tone: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who answers for the vehicle being looked for: who, when, and where to read on."""

    who: str
    at: dt.datetime | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may be done about a hit, or not and why."""

    label: str
    url: str
    verdict: Verdict
    is_next: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A hit as the board shows it; of its vehicle, the newest sighting without an outcome."""

    id: str
    hit: Hit
    state: State
    rank: str  # sorts as the board does
    level: str
    category: str
    is_verified_lately: bool
    cautions: list[tuple[str, bool]]  # (words, whether it is grave)
    authority: Authority
    reason: str
    scope: str  # where it was to be looked for, sites counted

    @classmethod
    def of(cls, hit: Any, at: dt.datetime, limits: Limits) -> "Card":
        """Of a hit that came `with_urgency` and `with_story`."""
        return cls(
            id=card_id(hit), hit=hit, state=state_of(hit), rank=f"{1 if hit.acknowledged_at else 0}{hit.urgency}",
            level=_LEVELS[hit.urgency].label, category=limits.categories.get(hit.category, hit.category),
            cautions=cautions_in_words(hit), authority=authority_of(hit), reason=reason_of(hit), scope=scope_of(hit),
            is_verified_lately=hit.last_verified_at is not None and at - hit.last_verified_at <= limits.stale,
        )  # fmt: skip


def card_id(hit: Hit) -> str:
    """The element of a listed vehicle on the board, the same for all its sightings."""
    return f"vehicle-{hit.hotlist_id}-{hit.country}-{hit.vrm}"


def state_of(hit: Any) -> State:
    """How a hit that came `with_urgency` stands."""
    if hit.closed_at:
        return State(hit.outcome.get_decision_display(), "none", hit.outcome.get_reason_display())
    if hit.withheld_by and hit.acknowledged_at is None:
        return State("Withheld", "none", "a suppression list names the vehicle")
    if hit.response == Response.RECORD_ONLY and hit.acknowledged_at is None:
        return State("On record", "none", "no more than a record was authorised")
    if hit.is_overdue:
        return State("Overdue", "stopped", "no outcome yet" if hit.acknowledged_at else "nobody has taken it on")
    if hit.acknowledged_at is None:
        return State("Waiting", "waiting", "nobody has taken it on")
    who = str(hit.acknowledgement.acknowledged_by)
    verification = getattr(hit, "verification", None)
    if verification is None:
        return State("Taken on", "lapsing", f"by {who}; not verified")
    return State(verification.get_result_display(), "in-force" if verification.result == "CONFIRMED" else "stopped",
                 f"verified by {verification.verified_by}")  # fmt: skip


def cautions_in_words(hit: Hit) -> list[tuple[str, bool]]:
    """Each caution in words, and whether it is grave; the grave ones first."""
    graves = {code: code in GRAVE or (code == Caution.DRIVER and bool(hit.markers)) for code in hit.cautions}  # F-07
    return [(_caution(hit, code), graves[code]) for code in sorted(graves, key=lambda code: not graves[code])]


def _caution(hit: Hit, code: str) -> str:
    if code == Caution.COUNTRY_ASSUMED:
        return f"Country assumed: {hit.country}"
    if code == Caution.COUNTRY_DIFFERS:
        return f"Country read {hit.country_read}, listed {hit.country}"
    if code == Caution.PLATE:
        return f"Plate read {hit.vrm_read}, listed {hit.vrm}"
    if code == Caution.CONFIDENCE:
        return f"Camera only {hit.confidence:.0%} sure"
    return Caution(code).label


def authority_of(hit: Hit) -> Authority:
    """By whose authority the vehicle is looked for: those who approved the version held, or the source's agreement."""
    if hit.version is not None:
        emergency = getattr(hit.version, "emergency", None)
        if emergency is not None and hit.version.status != EntryVersion.Status.APPROVED:
            who = f"{emergency.get_rank_display()} {emergency.given_by}"
            return Authority(f"Authorised by word of mouth by {who}", emergency.given_at, emergency.words)
        yes = [one for one in hit.version.decisions.all() if one.is_approving]
        who = " and ".join(f"{one.get_rank_display()} {one.decided_by}" for one in yes)
        words = yes[-1].rationale or yes[-1].necessity if yes else ""
        return Authority(f"Approved by {who}", yes[-1].decided_at if yes else None, words)
    made = [one for one in hit.hotlist.agreements.all() if one.agreed_at and one.agreed_at <= hit.received_at]
    if not made:
        return Authority(f"Loaded under the authority of {hit.hotlist.owner}", None)
    return Authority(
        f"Agreement with {made[0].source}, agreed by {made[0].agreed_by}", made[0].agreed_at, made[0].basis
    )


def reason_of(hit: Hit) -> str:
    """Why the vehicle is looked for."""
    return hit.version.reason if hit.version is not None else hit.hotlist.purpose


def scope_of(hit: Hit, *, sight: Sight | None = None) -> str:
    """Where and when it was to be looked for, in words; sites are named to who may know them all, else counted."""
    are_named = sight is not None and sight.names_all(hit.limits.sites)
    return in_words(hit.limits, names=hit.limits.sites if are_named else None)


def acts_on(hit: Hit, user: Actor) -> list[Act]:
    """Acknowledge, verify, say how it ended: the next right act is the first that is allowed."""
    if hit.closed_at:
        return []
    acts = []
    if not hit.acknowledged_at:
        acts.append(
            Act("Take it on", reverse("hit_acknowledge", args=[hit.pk]), policies.may_acknowledge(user, hit), True)
        )
    if getattr(hit, "verification", None) is None:
        acts.append(Act("Verify", reverse("hit_verify", args=[hit.pk]), policies.may_verify(user, hit), True))
    acts.append(
        Act("Record the outcome", reverse("hit_outcome", args=[hit.pk]), policies.may_record_outcome(user, hit),
            hasattr(hit, "verification"))
    )  # fmt: skip
    return acts
