"""The demo's feeds: agreements with two sources, how each writes its files, and a first file from each."""

import csv
import datetime as dt
import io
import itertools
import random
from typing import Any

from django.utils import timezone

from accounts.models import SystemJob, User
from hotlists import actions
from hotlists.feeds.layouts import VOI_COLUMNS, VOI_ROW
from hotlists.models import Hotlist, Load, SourceAgreement
from oversight.demo.lists import CARS, plates

JOB = SystemJob("demo")
ROWS = {"stolen-vehicles": 4000, "no-insurance": 6000}
# The register of stolen vehicles says in the two spare columns when a report was made and confirmed: its rows end by that.
SPARE = VOI_ROW.as_data()
SPARE["columns"] = SPARE["columns"] | {
    "reported_at": VOI_COLUMNS.index("spare 1") + 1, "confirmed_at": VOI_COLUMNS.index("spare 2") + 1,
}  # fmt: skip
# The insurers' register is an old one: each column has its place.
PLACED = {
    "names": ["mark", "make", "model", "colour", "ends", "reference"],
    "columns": {"vrm": 1, "make": 2, "model": 3, "colour": 4, "expires_at": 5, "ref": 6},
    "fixed": {"country": "GB", "action": "STOP", "reason": "No insurance known to the register"},
    "delimiter": "", "places": [[1, 15], [16, 20], [36, 20], [56, 15], [71, 8], [79, 20]], "header": "no",
    "dates": "yyyymmdd",
}  # fmt: skip
PROFILES = {
    "stolen-vehicles": (SPARE, "The register writes the days of report and confirmation into the spare columns."),
    "no-insurance": (PLACED, "The register sends an extract of fixed width."),
}


def add_feeds(people: dict[str, User], hotlists: dict[str, Hotlist]) -> list[Load]:
    """Both feeds, loaded for the first time; the first load of a list changes all of it, so a second person accepts."""
    now = timezone.now()
    terms = {
        "stolen-vehicles": {
            "source": "Stolen vehicle register", "basis": "Information sharing agreement 14", "category": "STL",
            "action": "STOP", "priority": "HIGH", "contact": "Bureau, 01632 960140", "max_staleness_hours": 72,
            "life_cycle": SourceAgreement.LifeCycle.LOST_OR_STOLEN,
        },
        "no-insurance": {
            "source": "Motor insurance register", "basis": "Information sharing agreement 9", "category": "INS",
            "action": "STOP", "priority": "LOW", "contact": "Roads policing, 01632 960141", "max_staleness_hours": 72,
        },
    }  # fmt: skip
    loads = []
    for seed, (slug, facts) in enumerate(terms.items(), start=50):
        agreement = actions.propose_agreement(
            hotlists[slug], by=people["manager.dunn"], from_at=now, until_at=now + dt.timedelta(days=300), **facts
        )
        actions.agree(agreement, by=people["manager.pike"])
        _add_profile(hotlists[slug], people, *PROFILES[slug])
        content, name = (
            (stolen_file(ROWS[slug], seed=seed, now=now), "stolen-vehicles.csv") if slug == "stolen-vehicles"
            else (placed_file(ROWS[slug], seed=seed, end=now + dt.timedelta(days=12)), "no-insurance.txt")
        )  # fmt: skip
        loads.append(load(hotlists[slug], content, name, people["manager.dunn"], people["manager.pike"]))
    return loads


def load(hotlist: Hotlist, content: bytes, name: str, uploader: User, accepter: User) -> Load:
    """A complete file, from upload to the list."""
    received = actions.receive(hotlist, by=uploader, chunks=[content], file_name=name, mode=Load.Mode.COMPLETE)
    actions.check(received, by=JOB)
    actions.accept(received, by=accepter)
    actions.merge(received, by=JOB)
    return received


def _add_profile(hotlist: Hotlist, people: dict[str, User], layout: dict[str, Any], why: str) -> None:
    """How the source writes its files: proposed by one, approved by another."""
    profile = actions.begin_profile(hotlist, by=people["manager.dunn"], layout=layout, why=why)
    actions.propose_profile(profile, by=people["manager.dunn"])
    actions.approve_profile(profile, by=people["iao.stone"])


def stolen_file(rows: int, *, seed: int, now: dt.datetime) -> bytes:
    """A file in the 16-column layout of vehicles that were never issued a plate: of ten reports nine are confirmed, and of the
    others some are about to be weeded."""
    dice = random.Random(seed)  # noqa: S311 - made-up vehicles, no secret
    out = io.StringIO()
    writer = csv.writer(out)
    for number, plate in enumerate(itertools.islice(plates(seed), rows)):
        make, model, colour = dice.choice(CARS)
        is_confirmed = number % 10 > 0
        reported = now - dt.timedelta(days=dice.randrange(2, 700 if is_confirmed else 40))
        confirmed = f"{reported + dt.timedelta(days=1):%d/%m/%Y}" if is_confirmed else ""
        writer.writerow([
            plate, make, model, colour, "STOP", "", "Reported by the register", "A11", "Stop and check with the bureau",
            "99 Northdale", "", f"REF{seed}{number:06d}", "RESTRICTED", "", f"{reported:%d/%m/%Y}", confirmed,
        ])  # fmt: skip
    return out.getvalue().encode()


def placed_file(rows: int, *, seed: int, end: dt.datetime) -> bytes:
    """An extract of fixed width of vehicles that were never issued a plate."""
    dice = random.Random(seed)  # noqa: S311 - made-up vehicles, no secret
    lines = []
    for number, plate in enumerate(itertools.islice(plates(seed), rows)):
        make, model, colour = dice.choice(CARS)
        lines.append(f"{plate:15}{make:20}{model:20}{colour:15}{end:%Y%m%d}{f'REF{seed}{number:06d}':20}\n")
    return "".join(lines).encode()
