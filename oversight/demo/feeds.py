"""The demo's feeds: agreements with two sources, and a first file from each in the 16-column layout (R-011)."""

import csv
import datetime as dt
import io
import itertools
import random

from django.utils import timezone

from accounts.models import SystemJob, User
from hotlists import actions
from hotlists.models import Hotlist, Load
from oversight.demo.lists import CARS, plates

JOB = SystemJob("demo")
ROWS = {"stolen-vehicles": 4000, "no-insurance": 6000}


def add_feeds(people: dict[str, User], hotlists: dict[str, Hotlist]) -> list[Load]:
    """Both feeds, loaded for the first time; the first load of a list changes all of it, so a second person accepts."""
    now = timezone.now()
    terms = {
        "stolen-vehicles": {
            "source": "Stolen vehicle register", "basis": "Information sharing agreement 14", "category": "STL",
            "action": "STOP", "priority": "HIGH", "contact": "Bureau, 01632 960140", "max_staleness_hours": 72,
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
        content = voi_file(ROWS[slug], seed=seed, end=now + dt.timedelta(days=12))
        loads.append(load(hotlists[slug], content, f"{slug}.csv", people["manager.dunn"], people["manager.pike"]))
    return loads


def load(hotlist: Hotlist, content: bytes, name: str, uploader: User, accepter: User) -> Load:
    """A complete file, from upload to the list."""
    received = actions.receive(hotlist, by=uploader, chunks=[content], file_name=name, mode=Load.Mode.COMPLETE)
    actions.check(received, by=JOB)
    actions.accept(received, by=accepter)
    actions.merge(received, by=JOB)
    return received


def voi_file(rows: int, *, seed: int, end: dt.datetime) -> bytes:
    """A file in the 16-column layout with this many vehicles that were never issued a plate."""
    dice = random.Random(seed)  # noqa: S311 - made-up vehicles, no secret
    out = io.StringIO()
    writer = csv.writer(out)
    for number, plate in enumerate(itertools.islice(plates(seed), rows)):
        make, model, colour = dice.choice(CARS)
        writer.writerow([
            plate, make, model, colour, "STOP", "", "Reported by the register", "A11", "Stop and check with the bureau",
            "99 Northdale", f"{end:%d/%m/%Y}", f"REF{seed}{number:06d}", "RESTRICTED", "", "", "",
        ])  # fmt: skip
    return out.getvalue().encode()
