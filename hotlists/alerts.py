"""What an officer reads at a hit: what the portal itself has to say of the entry first, then the author's words."""

from hotlists.models import EntryVersion

CLONE = "CLN"
ARMED_CATEGORY = "FIR"
ARMED_MARKERS = frozenset({"FI", "WE", "VI"})


def lines(version: EntryVersion) -> list[str]:
    """What the portal adds, most important first; empty for most entries."""
    found = []
    is_armed = version.category == ARMED_CATEGORY or ARMED_MARKERS & set(version.markers)
    if is_armed and version.person_confirmed != EntryVersion.YesNoUnknown.YES:
        found.append("Vehicle linked; driver not identified.")  # R-028, F-07
    if version.category == CLONE:
        found.append("Check discriminators before stopping.")  # R-029, F-10
    if version.protected_activity:
        found.append("Lawful protest or belief is no ground to stop or search.")  # R-027, F-06
    return found


def text(version: EntryVersion) -> str:
    """The whole of it, as matchers show it."""
    return " ".join([*lines(version), version.action_text.strip()]).strip()
