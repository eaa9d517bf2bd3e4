"""The demo's hotlists and entries: in force, waiting, sent back, suspended, lapsing, withdrawn."""

import contextlib
import datetime as dt
import random
from collections.abc import Iterator

import time_machine
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import User
from camera_sites.models import Dpia
from hotlists import actions
from hotlists.models import Entry, EntryVersion, Hotlist
from oversight.demo.people import sign_in

DAY = dt.timedelta(days=1)
STREETS = ("Mill Lane", "Harbour Road", "Eastcliff Avenue", "Station Parade", "Quay Street", "Priory Road")
CARS = (
    ("Ford", "Focus", "Blue"), ("Vauxhall", "Astra", "Silver"), ("BMW", "320d", "Black"), ("Audi", "A3", "Grey"),
    ("Volkswagen", "Golf", "White"), ("Toyota", "Yaris", "Red"), ("Mercedes-Benz", "Sprinter", "White"),
    ("Nissan", "Qashqai", "Grey"), ("Kia", "Ceed", "Blue"), ("Škoda", "Octavia", "Green"),
)  # fmt: skip
# What happened, and how it is known: no two entries of one author may say nearly the same.
HAPPENED = (
    "Left the scene of the burglary at {street} with two people in it", "Rammed the gates of the builders' yard in {street}",
    "Driven away from the robbed jeweller at {street} by a man in a red jacket",
    "Carried the cash machine that was torn out of the wall at {street}",
    "Parked for an hour beside each of the three vans emptied in {street} on Sunday",
    "Used to move stolen bicycles between lock-ups behind {street}", "Made off without paying from the filling station at {street}",
)  # fmt: skip
KNOWN = (
    "plate and colour on the shop's CCTV.", "two neighbours wrote the number down.", "seen again by the patrol that lost it.",
    "named by the man arrested there.", "matched from dashcam footage handed in on Friday.",
)  # fmt: skip
_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXYZ"


def plates(seed: int):
    """Plates with the age identifiers 01 and 50, which were never issued: nobody's car (domain.md 10)."""
    dice = random.Random(seed)  # noqa: S311 - made-up plates, no secret
    seen = set()
    while True:
        area = "".join(dice.choices("ABCDEFGHJKLMNPRSTUVWXY", k=2))
        plate = area + dice.choice(("01", "50")) + "".join(dice.choices(_LETTERS, k=3))
        if plate not in seen:
            seen.add(plate)
            yield plate


def add_hotlists(people: dict[str, User], team: Group, dpia: Dpia) -> dict[str, Hotlist]:
    """Two managed lists and two feeds."""
    common = {
        "controller": "Northdale Police", "legal_basis": "Data Protection Act 2018 Part 3; common law policing purposes",
        "owner": people["manager.dunn"], "deputy": people["manager.pike"], "dpia": dpia,
        "sunset_at": timezone.now() + 300 * DAY,
    }  # fmt: skip
    managed, feed = Hotlist.Kind.MANAGED, Hotlist.Kind.FEED
    every_action = ["STOP", "ASSESS", "OBSERVE_REPORT", "SILENT"]
    made = {
        "northdale-crime": actions.create_hotlist(
            by=people["manager.dunn"], slug="northdale-crime", title="Northdale crime", kind=managed,
            purpose="Find vehicles used in burglary, robbery and other crime in Northdale, and who drives them.",
            categories=["CRM", "WNT", "FIR", "OCG", "CLN", "RTD", "PRT", "SAF"], actions=every_action,
            markers=["FI", "WE", "VI", "ES"], **common,
        ),
        "northdale-missing": actions.create_hotlist(
            by=people["manager.dunn"], slug="northdale-missing", title="Missing people", kind=managed,
            purpose="Find missing and vulnerable people by the vehicle they are in, for their safety.",
            categories=["MIS-H", "MIS-M", "SAF"], actions=["STOP", "ASSESS"], markers=["SU", "SH"], **common,
        ),
        "stolen-vehicles": actions.create_hotlist(
            by=people["manager.dunn"], slug="stolen-vehicles", title="Stolen vehicles", kind=feed,
            purpose="Return stolen vehicles to their owners and find who took them.", categories=["STL"],
            actions=["STOP", "ASSESS"], markers=["FI", "WE", "VI"], **common,
        ),
        "no-insurance": actions.create_hotlist(
            by=people["manager.dunn"], slug="no-insurance", title="No insurance", kind=feed,
            purpose="Take uninsured vehicles off the road.", categories=["INS", "KPR"], actions=["STOP", "ASSESS"],
            markers=[], **common,
        ),
    }  # fmt: skip
    for hotlist in made.values():
        actions.give_access(hotlist, team, by=people["manager.dunn"])
    return made


def add_entries(people: dict[str, User], hotlists: dict[str, Hotlist]) -> list[Entry]:
    """Twelve in force, and one or two of every other state; the story of a week."""
    marks = plates(1)
    crime, missing = hotlists["northdale-crime"], hotlists["northdale-missing"]
    in_force = [approved(people, crime, next(marks), number) for number in range(10)]
    in_force += [_missing(people, missing, next(marks), number) for number in range(2)]
    for number in range(3):
        _submitted(people, crime, next(marks), 20 + number)
    returned = _submitted(people, crime, next(marks), 30)
    actions.decide(
        returned, by=people["sgt.okafor"], verdict="return",
        rationale="Which burglary, and how is the driver linked? Add the reference of the CCTV.",
    )  # fmt: skip
    actions.begin_entry(crime, by=people["pc.shah"], **facts(next(marks), 31, timezone.now()))
    suspended = approved(people, crime, next(marks), 32)
    actions.suspend(
        suspended, by=people["insp.lowe"], reason="The keeper says that the plate was cloned; being checked."
    )
    recovered = approved(people, crime, next(marks), 33)
    actions.withdraw(recovered, by=people["sgt.okafor"], reason="recovered", words="Found on Quay Street, keys in it.")
    with earlier(people, 30):
        approved(people, crime, next(marks), 34)  # nobody reviewed it since: out of force
    with earlier(people, 420):
        old = approved(people, crime, next(marks), 35)
        actions.withdraw(old, by=people["sgt.okafor"], reason="arrested", words="Driver arrested and charged.")
    changed = actions.begin_version(
        in_force[0], by=people["pc.shah"], action="STOP", priority="HIGH",
        reason="Driver named on Tuesday as wanted for the robbery at the Quay Street jeweller; seen again in this vehicle today.",
    )  # fmt: skip
    actions.submit(changed, by=people["pc.shah"])
    # no more than is in proportion: one place by night, and one road by day of which only a record is wanted
    approved(
        people, crime, next(marks), 36, response="WHEN_FREE",
        scope={"areas": ["Northdale Harbour"], "days": [5, 6, 7], "hours": ["20:00", "06:00"]},
    )  # fmt: skip
    approved(
        people, crime, next(marks), 37, action="OBSERVE_REPORT", response="RECORD_ONLY",
        scope={"sites": ["nd-a02", "nd-a03"], "days": [1, 2, 3, 4, 5], "hours": ["07:00", "19:00"]},
    )  # fmt: skip
    return in_force


@contextlib.contextmanager
def earlier(people: dict[str, User], days: int) -> Iterator[None]:
    """An earlier day, with everybody in a session of that day."""
    with time_machine.travel(timezone.now() - days * DAY):
        for user in people.values():
            sign_in(user)
        yield
    for user in people.values():
        sign_in(user)


def facts(plate: str, number: int, now: dt.datetime, **over) -> dict:
    """What the author of a made-up entry writes; no two alike."""
    make, model, colour = CARS[number % len(CARS)]
    street = STREETS[number % len(STREETS)]
    return {
        "vrm_entered": f"{plate[:4]} {plate[4:]}", "country": "GB", "make": make, "model": model, "colour": colour,
        "category": "CRM", "purpose": "volume", "basis": "FACT", "subject": "suspect", "action": "ASSESS",
        "priority": "MEDIUM", "source_system": "crime", "source_ref": f"CR/{4100 + number}/26",
        "reason": f"{HAPPENED[number % len(HAPPENED)].format(street=street)}; {KNOWN[number % len(KNOWN)]}",
        "action_text": "Assess and stop if safe. Expect two people. Do not stop on the plate alone: check the colour.",
        "contact_24h": "Burglary desk, 01632 960123", "area": "Northdale North", "no_conflict": True, "starts_at": now,
        "protected_activity": False, "plate_confirmed_because": "Read off the footage by two officers; made up for this demonstration.",
        "review_by": now + 14 * DAY, "expires_at": now + 28 * DAY, "last_verified_at": now - dt.timedelta(hours=number),
        **over,
    }  # fmt: skip


def _submitted(people: dict[str, User], hotlist: Hotlist, plate: str, number: int, **over) -> EntryVersion:
    author = people["pc.shah"] if number % 3 else people["pc.reid"]
    draft = actions.begin_entry(hotlist, by=author, **facts(plate, number, timezone.now(), **over))
    return actions.submit(draft, by=author)


def approved(people: dict[str, User], hotlist: Hotlist, plate: str, number: int, **over) -> Entry:
    version = _submitted(people, hotlist, plate, number, **over)
    actions.decide(
        version, by=people["sgt.okafor"], verdict="approve",
        necessity="CCTV viewed: the vehicle left the scene, and whoever drove it is still at large.",
        proportionality="The offence is recent and serious; the entry ends in four weeks and is reviewed in two.",
        collateral_intrusion="The keeper's family uses it too: colour and driver are checked before a stop.",
        alternatives="The keeper's address was visited twice; nothing less would find the vehicle.", legal_gateway="pace",
    )  # fmt: skip
    return Entry.objects.get(pk=version.entry_id)


def _missing(people: dict[str, User], hotlist: Hotlist, plate: str, number: int) -> Entry:
    now = timezone.now()
    version = _submitted(
        people, hotlist, plate, number, category="MIS-M", subject="missing", missing_risk="MEDIUM", action="STOP",
        priority="HIGH", purpose="safeguarding", source_system="incident", source_ref=f"MP/{310 + number}/26",
        reason="Left home after a note to her sister and has not been seen since yesterday evening; drives this car.",
        action_text="Stop for her welfare. She is not suspected of anything. Stay with her and call the desk.",
        contact_24h="Missing persons desk, 01632 960155", review_by=now + 2 * DAY, expires_at=now + 10 * DAY,
    )  # fmt: skip
    actions.decide(
        version,
        by=people["insp.lowe"],
        verdict="approve",
        necessity="Medium risk and rising: she left a note and has not been seen for a day.",
        proportionality="A stop for her welfare, for ten days at most, against a risk to her life.",
        collateral_intrusion="She is alone in the car; nobody else is known to use it.",
        alternatives="Her telephone is off, and her sister and friends were asked.",
        legal_gateway="common_law",
    )
    return Entry.objects.get(pk=version.entry_id)
