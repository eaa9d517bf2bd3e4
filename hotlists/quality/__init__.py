"""What is missing from an entry, or wrong with it, before it may be submitted. Rules about words and dates, no writes."""

import datetime as dt

from accounts.models import Actor
from hotlists.models import EntryVersion
from hotlists.quality import dates, intelligence, lists, markers, people, plates, reasons, references, required, scopes
from hotlists.quality.asked import Asked, Fault

Problems = dict[str, list[str]]

# In the order in which an author meets them.
RULES = (
    required.is_whole,
    plates.is_answered,
    reasons.is_specific,
    reasons.is_not_said_again_and_again,
    references.has_the_right_shape,
    dates.are_within_caps,
    intelligence.is_graded,
    intelligence.is_fresh,
    intelligence.is_held_here,
    markers.are_sourced,
    markers.spare_those_protected,
    lists.are_kept_to,
    scopes.are_of_this_world,
    people.risk_meets_priority,
    people.clones_are_told_apart,
    people.protected_activity_is_asked,
    people.surveillance_is_considered,
    people.author_is_impartial,
    people.vehicle_is_nobodys_here,
)


def problems(version: EntryVersion, *, at: dt.datetime, by: Actor | None = None) -> Problems:
    """Field name -> what is wrong with it, in words for the author. Empty when `by` may submit the version (R-010, R-032)."""
    asked = Asked.of(version, at, by)
    found: Problems = {}
    for rule in RULES:
        for field, words in rule(asked):
            lines = found.setdefault(field, [])
            if words not in lines:
                lines.append(words)
    return found


__all__ = ["RULES", "Fault", "Problems", "problems"]
