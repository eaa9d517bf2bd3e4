"""The demo's warninglist: a fire service that does not exist, with marks that were never issued."""

from accounts.models import User
from hotlists import actions
from hotlists.models import Warninglist

SAYS = {
    "effect": "warn", "meaning": "A vehicle of the Northdale fire service; its plate may be cloned.",
    "advice": "Ring the fleet desk, 01632 960144, before you go on.",
}  # fmt: skip
FLEET = """plate,country,note
YY50 FRA,GB,Pumping engine 1
YY50 FRB,GB,Pumping engine 2
YY50 FRC,GB,Ladder
YY01 FSA,GB,Command car
YY01 FV?,GB,Vans of the fleet
"""
NEXT = FLEET.replace("YY50 FRC,GB,Ladder", "YY50 FRD,GB,Ladder") + "YY01 FW*,,Hired for the summer\n!!,GB,Trailer\n"


def add_warninglist(people: dict[str, User]) -> Warninglist:
    """One edition in use, the next one waiting for a second person, with a row that cannot be read."""
    keeper, second = people["manager.dunn"], people["manager.pike"]
    fleet = actions.begin_warninglist(
        by=keeper, name="Northdale fire service", kind="emergency", source="Fleet desk of Northdale Fire and Rescue",
        licence="Information sharing agreement of March 2026; made up for this demonstration",
    )  # fmt: skip
    first = actions.load_warninglist(fleet, by=keeper, chunks=[FLEET.encode()], file_name="fleet-2026-10.csv", **SAYS)
    actions.accept_edition(first, by=second)
    actions.load_warninglist(fleet, by=keeper, chunks=[NEXT.encode()], file_name="fleet-2026-11.csv", **SAYS)
    return fleet
