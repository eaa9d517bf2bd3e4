"""What older systems wrote, and what it is called now: action codes, warning markers, 5x5x5 grades, GPMS markings (R-012)."""

from collections.abc import Mapping

from hotlists.countries import COUNTRIES, SIGNS
from standards.models import Action

# A blank takes the agreement's action.
ACTIONS = {
    "STOP": Action.STOP,
    "S": Action.STOP,
    "ASSESS": Action.ASSESS,
    "A": Action.ASSESS,
    "OBSERVE": Action.OBSERVE_REPORT,
    "OBSERVE AND REPORT": Action.OBSERVE_REPORT,
    "OBSERVE_REPORT": Action.OBSERVE_REPORT,
    "NO STOP": Action.OBSERVE_REPORT,
    "SILENT": Action.SILENT,
}

# domain.md 3.1; IS is confirmed by a published standard, the others are to be checked against it.
MARKERS = {
    "AG": "Alleges",
    "AT": "Ailment",
    "CO": "Contagious",
    "DO": "Domestic",
    "DR": "Drugs",
    "ES": "Escaper",
    "EX": "Explosives",
    "FI": "Firearms",
    "IS": "Impersonates",
    "MN": "Mental health",
    "OW": "Offends against vulnerable people",
    "SH": "Self-harm",
    "SO": "Sex offender",
    "SU": "Suicidal",
    "SX": "Sexual",
    "VI": "Violent",
    "WE": "Weapons",
}

# 5x5x5 to 3x5x2 (domain.md 3.3). Where the old scale is finer, the more careful of two readings is taken.
SOURCES = {"A": "1", "B": "1", "C": "3", "D": "3", "E": "2"}
INFORMATION = {"1": "A", "2": "A", "3": "B", "4": "D", "5": "E"}
HANDLING = {"1": "P", "2": "P", "3": "P", "4": "C", "5": "C"}

# GPMS to the Government Security Classifications. What is above OFFICIAL does not come into this portal (domain.md 3.4).
DEFAULT_MARKING = "OFFICIAL-SENSITIVE"
MARKINGS = {
    "": DEFAULT_MARKING,
    "NOT PROTECTIVELY MARKED": "OFFICIAL",
    "NPM": "OFFICIAL",
    "UNCLASSIFIED": "OFFICIAL",
    "PROTECT": "OFFICIAL-SENSITIVE",
    "RESTRICTED": "OFFICIAL-SENSITIVE",
    "OFFICIAL": "OFFICIAL",
    "OFFICIAL-SENSITIVE": "OFFICIAL-SENSITIVE",
    "OFFICIAL SENSITIVE": "OFFICIAL-SENSITIVE",
}
TOO_HIGH = ("CONFIDENTIAL", "SECRET", "TOP SECRET")


# Every table of codes that a source may write differently, and what its codes may come to mean here.
DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "actions": ACTIONS,
    "markers": {code: code for code in MARKERS},
    "sources": SOURCES,
    "information": INFORMATION,
    "handling": HANDLING,
    "markings": MARKINGS,
    "countries": {code: code for code in COUNTRIES} | SIGNS,
}
MEANINGS: Mapping[str, frozenset[str]] = {
    "actions": frozenset(Action.values),
    "markers": frozenset(MARKERS),
    "sources": frozenset("123"),
    "information": frozenset("ABCDE"),
    "handling": frozenset("PC"),
    "markings": frozenset(MARKINGS.values()),
    "countries": frozenset(COUNTRIES),
}


def tables(changed: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Every table of codes, as the portal delivers it and with what one source writes differently."""
    return {name: {**delivered, **changed.get(name, {})} for name, delivered in DEFAULTS.items()}


def modern_grade(code: str, codes: Mapping[str, Mapping[str, str]] = DEFAULTS) -> str:
    """The 3x5x2 grade for a 5x5x5 code, such as 1AP for A11; a 3x5x2 grade is taken as it is. ValueError when neither."""
    code = code.upper().replace(" ", "").replace("/", "")
    if len(code) == 3 and code[0] in "123" and code[1] in "ABCDE" and code[2] in "PC":
        return code
    try:
        source, information, handling = code
        return codes["sources"][source] + codes["information"][information] + codes["handling"][handling]
    except (ValueError, KeyError):
        raise ValueError("This is neither a 3x5x2 grade such as 2BP nor a 5x5x5 code such as B24.") from None
