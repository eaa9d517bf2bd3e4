"""What the demo shows of the exceptional: an emergency to confirm, two deciders of whom one spoke, a vehicle of one's own."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from hotlists import actions
from hotlists.actions.conflicts import Conflicted
from hotlists.models import Hotlist
from oversight.demo.lists import facts, plates

DAY = dt.timedelta(days=1)


def add_exceptional(people: dict[str, User], hotlists: dict[str, Hotlist]) -> None:
    """One of each, on the list of Northdale crime."""
    marks = plates(77)
    crime = hotlists["northdale-crime"]
    _emergency(people, crime, next(marks))
    _protected(people, crime, next(marks))
    _own_vehicle(people, crime, next(marks), next(marks))


def _emergency(people: dict[str, User], crime: Hotlist, plate: str) -> None:
    """The inspector authorised it on the telephone, and has a few hours to confirm it."""
    actions.record_emergency(
        crime, by=people["control.frost"], given_by=people["insp.lowe"],
        given_at=timezone.now() - dt.timedelta(minutes=20),
        words="Yes, put it on at once. I will confirm it when I am back at the station.",
        vrm_entered=f"{plate[:4]} {plate[4:]}", country="GB", category="CRM", purpose="serious",
        plate_confirmed_because="Read out twice by the officer behind it; made up for this demonstration.",
        reason="A man forced a woman into this car outside the station in Quay Street minutes ago and drove off north.",
        action="STOP", priority="HIGH", action_text="Stop with two cars. A woman is in it against her will; approach with care.",
        contact_24h="Control room, 01632 960100", no_conflict=True, protected_activity=False,
    )  # fmt: skip


def _protected(people: dict[str, User], crime: Hotlist, plate: str) -> None:
    """Two superintendents decide it, and one of them has; the data protection officer is told and has not answered."""
    now = timezone.now()
    draft = actions.begin_entry(
        crime, by=people["pc.shah"],
        **facts(
            plate, 40, now, category="PRT", protected_activity=True, protected_kinds=["protest"],
            action="OBSERVE_REPORT", priority="LOW", grading="1AP", intel_date=timezone.localdate(), basis="MIXED",
            reason="Carried the fire bombs found beneath the stage at Saturday's march; its driver was filmed placing them.",
            action_text="Report where it is seen. Do not stop it, and do not record who marches.",
            review_by=now + 6 * DAY, expires_at=now + 14 * DAY,
        ),
    )  # fmt: skip
    version = actions.submit(draft, by=people["pc.shah"])
    actions.decide(
        version, by=people["supt.hale"], verdict="conditions",
        necessity="Fire bombs were found beneath a stage with people on it; whoever placed them is not known by name.",
        proportionality="One vehicle for two weeks, to be seen and not stopped.",
        collateral_intrusion="It is also seen near lawful marches: where it is seen there is kept from no other list.",
        alternatives="The keeper's address was visited and is empty.", legal_gateway="common_law",
        conditions="No use at or near a lawful assembly; looked at again after a week.",
    )  # fmt: skip


def _own_vehicle(people: dict[str, User], crime: Hotlist, own: str, familys: str) -> None:
    """Somebody declared a vehicle of theirs and tries to list it all the same: refused, and reported."""
    reid = people["pc.reid"]
    actions.declare_vehicle(by=reid, vrm_entered=own, connection="own")
    actions.declare_vehicle(by=people["sgt.okafor"], vrm_entered=familys, connection="family")
    try:
        actions.begin_entry(crime, by=reid, **facts(own, 41, timezone.now()))
    except Conflicted as refusal:
        refusal.aftermath()
