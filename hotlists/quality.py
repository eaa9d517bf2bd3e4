"""What is missing from an entry, or wrong with it, before it may be submitted. Rules about words and dates, no writes."""

import datetime as dt
import re

from hotlists.models import EntryVersion
from standards.models import Action, Category, Priority

Problems = dict[str, list[str]]

# words that say nothing when they are all there is.
_EMPTY_PHRASES = re.compile(
    r"\b(of interest( to [\w ]{1,40})?|routine( check)?|intel(ligence)?( only)?|see (log|intel)|tbc|as above|per request)\b",
    re.IGNORECASE,
)
# A reason that is a pointer to somebody, not a reason: the marker of F-06.
_POINTER = re.compile(r"^\W*of interest\b", re.IGNORECASE)
_REQUIRED = {
    "make": "Enter the make, or “not known”.",
    "model": "Enter the model, or “not known”.",
    "colour": "Enter the colour, or “not known”.",
    "reason": "Say why this vehicle is to be looked for.",
    "action_text": "Say what an officer should do, and must not do.",
    "source_system": "Say where this comes from.",
    "source_ref": "Enter the crime, incident or intelligence reference.",
    "contact_24h": "Name a contact who can be reached at any hour.",
}
_NEVER_STOPPED_ARMED = {"FI", "WE", "VI"}


def problems(version: EntryVersion, *, at: dt.datetime) -> Problems:
    """Field name -> what is wrong with it, in words for the author. Empty when the version may be submitted (R-010)."""
    found: Problems = {}
    for check in (_required, _reason, _dates, _grading, _markers, _limits_of_list, _risk_priority, _silent, _conflict):
        for field, words in check(version, at):
            found.setdefault(field, []).append(words)
    return found


def _required(version: EntryVersion, at: dt.datetime):
    for field, ask in _REQUIRED.items():
        if not str(getattr(version, field)).strip():
            yield field, ask
    if not re.fullmatch(r"[A-Z]{2}", version.country or ""):
        yield "country", "Choose the country of registration (R-157)."


def _reason(version: EntryVersion, at: dt.datetime):
    """R-025: specific, long enough, no boilerplate."""
    minimum = version.profile.number("reason.minimum")
    words = version.reason.strip()
    if not words:
        return
    rest = _EMPTY_PHRASES.sub("", words)
    if _POINTER.search(words) or len(rest.split()) < 4:
        yield (
            "reason",
            "Say what happened and why this vehicle matters. “Of interest”, “routine” or “intel” is no reason.",
        )
    elif len(words) < minimum:
        yield "reason", f"Use at least {minimum} characters, so that someone who reads only this understands."


def _dates(version: EntryVersion, at: dt.datetime):
    """R-014, R-015: within the category's caps."""
    category = _category(version)
    if category is None:
        yield "category", "Choose a category."
        return
    begins = max(version.starts_at, at)
    if version.expires_at <= at:
        yield "expires_at", "The end lies in the past."
    if version.expires_at > begins + dt.timedelta(hours=category.max_expiry_hours, minutes=1):
        yield "expires_at", f"{category.name} entries last at most {_span(category.max_expiry_hours)}."
    if version.review_by > begins + dt.timedelta(hours=category.review_hours, minutes=1):
        yield "review_by", f"{category.name} entries are reviewed at least every {_span(category.review_hours)}."
    if version.last_verified_at > at + dt.timedelta(minutes=1):
        yield "last_verified_at", "It cannot have been verified in the future."


def _grading(version: EntryVersion, at: dt.datetime):
    """R-019 and domain.md 3.3."""
    grading = version.grading
    if grading and not re.fullmatch(r"[1-3][A-E][PC]", grading):
        yield "grading", "Write the 3x5x2 grade as 1 to 3, A to E, P or C: for example 2BP."
        return
    if version.basis != EntryVersion.Basis.FACT and not grading:
        yield "grading", "An assessment needs its 3x5x2 grade."
    if grading[1:2] == "E":
        yield "grading", "Intelligence that is suspected false cannot be published."
    if version.action == Action.STOP and (grading[:1] == "3" or grading[1:2] == "D"):
        yield "action", "Untested or unknown intelligence (3 or D) asks for assess or silent, not for stop."


def _markers(version: EntryVersion, at: dt.datetime):
    """R-028, R-020."""
    if version.markers and not version.marker_source.strip():
        yield "marker_source", "Say where each warning marker comes from."
    protects = version.subject in (
        EntryVersion.Subject.VICTIM,
        EntryVersion.Subject.WITNESS,
        EntryVersion.Subject.MISSING,
    )
    if protects and version.action == Action.STOP and _NEVER_STOPPED_ARMED & set(version.markers):
        yield "markers", "A victim, witness or missing person is not stopped under a weapons or violence marker."


def _limits_of_list(version: EntryVersion, at: dt.datetime):
    hotlist = version.entry.hotlist
    if version.category not in hotlist.categories:
        yield "category", f"The list {hotlist.title} does not hold this category."
    if version.action not in hotlist.actions:
        yield "action", f"The list {hotlist.title} does not allow this action."
    extra = sorted(set(version.markers) - set(hotlist.markers))
    if extra:
        yield "markers", f"The list {hotlist.title} does not allow the markers {', '.join(extra)}."


def _risk_priority(version: EntryVersion, at: dt.datetime):
    """R-026: a missing person's risk and the priority must agree (F-08)."""
    category = _category(version)
    if category is None or not category.needs_missing_risk:
        return
    if not version.missing_risk:
        yield "missing_risk", "Give the missing person's risk grade."
    elif version.missing_risk != Priority.LOW and version.priority == Priority.LOW:
        yield "priority", "A medium- or high-risk missing person is not circulated at low priority."


def _silent(version: EntryVersion, at: dt.datetime):
    if version.action == Action.SILENT and not version.ripa_ref.strip():
        yield "ripa_ref", "For a silent entry, give the directed-surveillance reference or say why none is needed."


def _conflict(version: EntryVersion, at: dt.datetime):
    if not version.no_conflict:
        yield "no_conflict", "Declare that neither you nor your family or colleagues have an interest in this vehicle."


def _category(version: EntryVersion) -> Category | None:
    return version.profile.categories.filter(code=version.category, is_feed=False).first()


def _span(hours: int) -> str:
    return f"{hours} hours" if hours < 72 else f"{hours // 24} days"
