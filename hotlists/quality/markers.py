"""R-028, R-020: warning markers have a source, a date and a grade, and are not turned on those whom they should protect."""

from collections.abc import Iterator

from hotlists.alerts import ARMED_MARKERS as ARMED
from hotlists.models import EntryVersion
from hotlists.quality.asked import Asked, Fault
from hotlists.quality.intelligence import GRADE, SHAPE
from standards.models import Action

SPARED = (EntryVersion.Subject.VICTIM, EntryVersion.Subject.WITNESS, EntryVersion.Subject.MISSING)


def are_sourced(asked: Asked) -> Iterator[Fault]:
    """Every marker has a source; firearms, weapons and violence a date and a grade too."""
    version = asked.version
    if version.markers and not version.marker_source.strip():
        yield "marker_source", "Say where each warning marker comes from."
    if version.marker_grade and not GRADE.fullmatch(version.marker_grade):
        yield "marker_grade", SHAPE
    if not ARMED & set(version.markers):
        return
    if version.marker_date is None:
        yield "marker_date", "Give the date of the intelligence behind the marker (R-028)."
    if not version.marker_grade:
        yield "marker_grade", "Give the 3x5x2 grade of the intelligence behind the marker (R-028)."
    elif version.marker_grade[1:2] == "E":
        yield "marker_grade", "Intelligence that is suspected false carries no marker."


def spare_those_protected(asked: Asked) -> Iterator[Fault]:
    """A victim, witness or missing person is stopped under such a marker only when that is justified by itself (R-020)."""
    version = asked.version
    if (
        version.subject in SPARED
        and version.action == Action.STOP
        and ARMED & set(version.markers)
        and not version.stop_justification.strip()
    ):
        yield (
            "stop_justification",
            "A victim, witness or missing person is not stopped under a weapons or violence marker unless you say why it"
            " has to be. Otherwise ask officers to assess, or leave the marker out.",
        )
