"""R-010: what every entry says, and what its category asks for besides."""

import re
from collections.abc import Iterator
from typing import Any

from hotlists.quality.asked import Asked, Fault

ALWAYS = {
    "vrm_entered": "Enter the number plate.",
    "make": "Enter the make, or “not known”.",
    "model": "Enter the model, or “not known”.",
    "colour": "Enter the colour, or “not known”.",
    "category": "Choose a category.",
    "reason": "Say why this vehicle is to be looked for.",
    "purpose": "Choose the purpose that the law allows for.",
    "basis": "Say whether it is fact or somebody's assessment.",
    "source_system": "Say where this comes from.",
    "source_ref": "Enter the crime, incident or intelligence reference.",
    "subject": "Say who it is about.",
    "action": "Choose what officers are asked to do.",
    "priority": "Choose a priority.",
    "action_text": "Say what an officer should do, and must not do.",
    "force": "Choose the force that asks for it.",
    "area": "Enter the area or unit that asks for it.",
    "contact_24h": "Name a contact who can be reached at any hour.",
}


def is_whole(asked: Asked) -> Iterator[Fault]:
    """Nothing that every entry needs is empty, nor what this category needs."""
    version = asked.version
    for field, ask in ALWAYS.items():
        if _is_empty(getattr(version, field)):
            yield field, ask
    category = asked.category
    for field in category.required_fields if category else ():
        if field not in ALWAYS and field != "missing_risk" and _is_empty(getattr(version, field, None)):
            yield field, f"“{category.name}” entries need this." if category else ""
    if not re.fullmatch(r"[A-Z]{2}", version.country or ""):
        yield "country", "Choose the country of registration (R-157)."


def _is_empty(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return value is None or value == "unknown" or not str(value).strip() or value == []
