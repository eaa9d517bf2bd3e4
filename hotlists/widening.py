"""What a change of each field that authors write does. What narrows is done at once by one person; what widens, or may do
either, is a new version that somebody else decides (product.md, loop 1).

A change narrows only when whatever it can do to the people in a vehicle becomes less, and nothing becomes more. Where that
cannot be seen from the two values, as of any words, it may do either.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hotlists.scope import is_within, read
from standards.models import Action


class Effect(StrEnum):
    """What a change does."""

    NOTHING = "changes nothing"
    NARROWS = "narrows"
    WIDENS = "widens"
    EITHER = "may widen"


@dataclass(frozen=True, slots=True)
class Rule:
    """Of one field: what a change of it does, and why; `narrows(before, after)` where narrowing can be recognised."""

    otherwise: Effect
    why: str
    narrows: Callable[[Any, Any], bool] | None = None


# From the most that an officer does to the least. SILENT is not among them: it is covert, so that going there or back is
# another kind of interference and not a smaller one.
STEPS = (Action.STOP, Action.ASSESS, Action.OBSERVE_REPORT)


def _steps_down(before: str, after: str) -> bool:
    return before in STEPS and after in STEPS and STEPS.index(Action(after)) > STEPS.index(Action(before))


def _fewer(before: list[str], after: list[str]) -> bool:
    return set(after) < set(before)


def _within(before: dict[str, Any], after: dict[str, Any]) -> bool:
    return is_within(read(after), read(before)) and not is_within(read(before), read(after))


def _earlier(before: Any, after: Any) -> bool:
    return after < before


def _later(before: Any, after: Any) -> bool:
    return after > before


_VEHICLE = "Another vehicle, or another one that looks right to who stops it"
_GROUNDS = "The authority rests on it: whoever decided, decided on the old words"
_WORDS = "Words can ask for more as for less"
_SOURCE = "Where it comes from decides how far it is believed"
_BEARS = "Decides who must decide it and what it may ask for"

RULES: dict[str, Rule] = {
    "vrm_entered": Rule(Effect.WIDENS, _VEHICLE),
    "country": Rule(Effect.WIDENS, _VEHICLE),
    "make": Rule(Effect.EITHER, _VEHICLE),
    "model": Rule(Effect.EITHER, _VEHICLE),
    "colour": Rule(Effect.EITHER, _VEHICLE),
    "body": Rule(Effect.EITHER, _VEHICLE),
    "attributes_source": Rule(Effect.EITHER, _VEHICLE),
    "distinguishing_features": Rule(Effect.EITHER, _VEHICLE),
    "plate_confirmed_because": Rule(Effect.EITHER, _VEHICLE),
    "category": Rule(Effect.WIDENS, _BEARS),
    "reason": Rule(Effect.EITHER, _GROUNDS),
    "purpose": Rule(Effect.EITHER, _GROUNDS),
    "basis": Rule(Effect.EITHER, _GROUNDS),
    "subject": Rule(Effect.EITHER, _BEARS),
    "person_confirmed": Rule(Effect.EITHER, _GROUNDS),
    "missing_risk": Rule(Effect.EITHER, _BEARS),
    "gsc": Rule(Effect.EITHER, "Says who may be shown it"),
    "grading": Rule(Effect.EITHER, _SOURCE),
    "intel_date": Rule(Effect.EITHER, "Says how fresh it is, which decides how far it is believed (R-056)"),
    "action": Rule(Effect.WIDENS, "Stop, assess, observe: each asks for less than the one before", _steps_down),
    "priority": Rule(Effect.EITHER, "A lower one leaves whoever is in danger waiting (R-026, F-08)"),
    "action_text": Rule(Effect.EITHER, _WORDS),
    "markers": Rule(Effect.WIDENS, "Fewer warnings bring fewer weapons to a stop; a new one brings more", _fewer),
    "marker_source": Rule(Effect.EITHER, _SOURCE),
    "source_system": Rule(Effect.EITHER, _SOURCE),
    "source_ref": Rule(Effect.EITHER, _SOURCE),
    "crime_ref": Rule(Effect.EITHER, _SOURCE),
    "pnc_id": Rule(Effect.EITHER, _SOURCE),
    "cad_ref": Rule(Effect.EITHER, _SOURCE),
    "discriminators": Rule(Effect.EITHER, _VEHICLE),
    "keeper_contacted": Rule(Effect.EITHER, "Decides who has been told"),
    "marker_date": Rule(Effect.EITHER, _SOURCE),
    "marker_grade": Rule(Effect.EITHER, _SOURCE),
    "risk_override": Rule(Effect.EITHER, _BEARS),
    "stop_justification": Rule(Effect.EITHER, _GROUNDS),
    "force": Rule(Effect.EITHER, _WORDS),
    "area": Rule(Effect.EITHER, _WORDS),
    "contact_24h": Rule(Effect.EITHER, "Who is rung decides what is done"),
    "no_conflict": Rule(Effect.EITHER, "The author's own declaration, of one version"),
    "protected_activity": Rule(Effect.EITHER, _BEARS),
    "protected_kinds": Rule(Effect.EITHER, _BEARS),
    "ripa_considered": Rule(Effect.EITHER, _GROUNDS),
    "ripa_ref": Rule(Effect.EITHER, _GROUNDS),
    "scope": Rule(Effect.WIDENS, "Fewer places, directions, days or hours are less looking", _within),
    "response": Rule(Effect.EITHER, "A lesser one leaves whoever is in danger waiting (R-026, F-08)"),
    "starts_at": Rule(Effect.WIDENS, "A later start is a shorter time", _later),
    "review_by": Rule(Effect.WIDENS, "An earlier review is sooner out of force", _earlier),
    "expires_at": Rule(Effect.WIDENS, "An earlier end is a shorter time", _earlier),
    "last_verified_at": Rule(Effect.EITHER, "Says how fresh it is, which decides how far it is believed (R-056)"),
}

# What one person can narrow at once: the term that governs holds each of these.
NARROWABLE = tuple(name for name, rule in RULES.items() if rule.narrows)


def effect_of(name: str, before: Any, after: Any) -> Effect:
    """What changing this field from `before` to `after` does. Raises KeyError for what is not in the table."""
    rule = RULES[name]
    same = set(before) == set(after) if isinstance(before, list) and isinstance(after, list) else before == after
    if same:
        return Effect.NOTHING
    if rule.narrows and rule.narrows(before, after):
        return Effect.NARROWS
    if name == "action" and Action.SILENT in (before, after):
        return Effect.EITHER
    return rule.otherwise
