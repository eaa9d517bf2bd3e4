"""Who and what a measurement needs: people for each hand, an assessment, a site, a list with entries in force."""

import datetime as dt
import hashlib
import sys
from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from accounts.actions import add_user
from accounts.models import SystemJob, Team, User
from accounts.policies import own_session
from accounts.sign_in import open_sign_in
from bench.crowd import plate
from camera_sites import actions as sites
from camera_sites.models import Dpia
from hotlists import actions
from hotlists.models import Contribution, Decision, Entry, EntryVersion, Hotlist, Term
from hotlists.nudges import publish_soon
from standards import actions as standards
from standards.models import StandardsProfile
from standards.ranks import Rank

JOB = SystemJob("benchmark")

# What an approval gives beside its verdict.
GROUNDS = {
    "necessity": "Measured.", "proportionality": "Measured.", "collateral_intrusion": "Measured.",
    "alternatives": "Measured.", "legal_gateway": "pace",
}  # fmt: skip


def say(words: str) -> None:
    """Where people read; figures go to stdout."""
    print(words, file=sys.stderr, flush=True)


def staff() -> dict[str, User]:
    """One person for each hand that is needed, signed in."""
    hands = {
        "author": ("SUB", Rank.CONSTABLE), "decider": ("SUP", Rank.SERGEANT), "manager": ("MGR", Rank.NONE),
        "builder": ("INF", Rank.NONE), "adviser": ("DPO", Rank.NONE), "controller": ("IAO", Rank.NONE),
        "chief": ("SPT", Rank.SUPERINTENDENT),
    }  # fmt: skip
    made = {}
    for name, (role, rank) in hands.items():
        made[name] = add_user(f"bench.{name}", by=JOB, roles=[role], rank=rank)
        open_sign_in(made[name], method="benchmark")
    return made


def lift_the_daily_number(people: dict[str, User]) -> None:
    """One author submits everything here, more than one person may in a day (R-030)."""
    now = timezone.now()
    edition = standards.propose_profile(
        StandardsProfile.objects.in_force(now), by=people["chief"], name=f"Benchmark {now:%Y-%m-%d %H:%M:%S}", source="Measuring",
        effective_from=now, numbers={"entry.daily": 1_000_000},
    )  # fmt: skip
    standards.adopt_profile(edition, by=people["controller"])


def assessment(people: dict[str, User], ref: str = "bench") -> Dpia:
    """One that is in date."""
    version = sites.begin_dpia(
        by=people["builder"], ref=ref, title="Benchmark", need="Measuring.", description="Measuring.",
        risks="None.", measures="None.", safeguards="None.", consultation="Nobody.", subjects_not_asked="Made up.",
        risk_register=[{"risk": "None", "likelihood_before": 1, "severity_before": 1, "likelihood_after": 1,
                        "severity_after": 1}],
    )  # fmt: skip
    sites.submit(version, by=people["builder"])
    sites.advise(version, by=people["adviser"], is_favourable=True, words="Measure.")
    until = timezone.now() + dt.timedelta(days=30)
    sites.decide(version, by=people["controller"], verdict="approve", words="Measure.", review_due_at=until)
    return version.dpia


def site(people: dict[str, User], dpia: Dpia) -> None:
    """Where the measured reads come from."""
    group, _ = Group.objects.get_or_create(name="Benchmark")  # groups outlive a run
    Team.objects.create(group=group, unit="Benchmark")
    group.user_set.add(*people.values())
    made = sites.propose_site(
        by=people["builder"], seen_by=[group], ref="bench-1", name="Bench", area="Nowhere", location_type="major",
        purposes=["serious_crime"], need="Measuring.", problem_profile="Measuring.", alternatives="None.", encircles=False,
        duplication="Measuring.", latitude=55.0, longitude=-1.5, road="B1", owner_org="Nobody",
        operator_org="Nobody", controller="Nobody", funder="Nobody", has_signage=True, dpia=dpia, owner=people["builder"],
    )  # fmt: skip
    sites.add_camera(made, by=people["builder"], ref="bench-1-c1", lane="1", direction="inbound")
    sites.set_live(made, by=people["chief"])


def managed_list(people: dict[str, User], dpia: Dpia, slug: str = "bench") -> Hotlist:
    """A list whose entries are decided one by one."""
    made = actions.create_hotlist(
        by=people["manager"], slug=slug, title=slug, kind=Hotlist.Kind.MANAGED, purpose="Measuring",
        controller="Nobody", legal_basis="None", owner=people["manager"], dpia=dpia, categories=["CRM"],
        actions=["ASSESS"], markers=[], sunset_at=timezone.now() + dt.timedelta(days=30),
    )  # fmt: skip
    for person in people.values():
        actions.give_access(made, person, by=people["manager"])
    return made


def facts(vrm: str) -> dict[str, Any]:
    """What an author writes."""
    now = timezone.now()
    marks = hashlib.sha256(vrm.encode()).hexdigest()
    goods = ", ".join(marks[n : n + 4] for n in range(0, 40, 4))  # no two reasons of one author may be alike
    return {
        "vrm_entered": vrm, "country": "GB", "make": "Ford", "model": "Focus", "colour": "Blue", "category": "CRM",
        "purpose": "volume", "basis": "FACT", "subject": "suspect", "action": "ASSESS", "priority": "MEDIUM",
        "source_system": "crime", "source_ref": "CR/1/26", "contact_24h": "Desk, 01632 960123", "no_conflict": True,
        "reason": f"Left the scene of the burglary with boxes marked {goods}; plate on the shop's CCTV.",
        "area": "Measured", "protected_activity": False, "plate_confirmed_because": "Made up for measuring.",
        "action_text": "Assess and stop if safe.", "last_verified_at": now,
        "starts_at": now - dt.timedelta(minutes=1),  # published in whole seconds: one that began within this second waits
        "review_by": now + dt.timedelta(days=14), "expires_at": now + dt.timedelta(days=28),
    }  # fmt: skip


plates = map(plate, count(2_000_001))  # none of those that fill long lists, or a read would be a hit twice


@transaction.atomic
def fill(hotlist: Hotlist, people: dict[str, User], rows: int) -> None:
    """So many entries in force, by the thousand: the same rows that the actions leave, past the same triggers."""
    now, author, decider = timezone.now(), people["author"], people["decider"]
    profile = StandardsProfile.objects.in_force(now)
    for first in range(0, rows, 1000):
        some = range(min(1000, rows - first))
        entries = Entry.objects.bulk_create(
            Entry(hotlist=hotlist, owner=author, created_by=author, created_at=now) for _ in some
        )
        versions = EntryVersion.objects.bulk_create(
            EntryVersion(
                entry=entry, number=1, profile=profile, vrm=plate, vrm_skeleton=plate, vrm_classes=["NEVER_ISSUED"],
                written_by=author, written_at=now, **facts(plate),
            )
            for entry, plate in zip(entries, plates, strict=False)
        )  # fmt: skip
        Contribution.objects.bulk_create(Contribution(version=v, user=author, contributed_at=now) for v in versions)
        chosen = EntryVersion.objects.filter(pk__in=[version.pk for version in versions])
        chosen.update(status=EntryVersion.Status.SUBMITTED, submitted_by=author, submitted_at=now)
        Decision.objects.bulk_create(
            Decision(
                version=version, verdict="approve", decided_by=decider, decided_at=timezone.now(), rank=decider.rank,
                sign_in=own_session(decider), profile=profile, **GROUNDS,
            )
            for version in versions
        )  # fmt: skip
        chosen.update(status=EntryVersion.Status.APPROVED)
        Term.objects.bulk_create(
            Term(
                entry_id=version.entry_id, version=version, from_at=now, starts_at=version.starts_at,
                review_by=version.review_by, expires_at=version.expires_at, action=version.action,
                markers=version.markers,
            )
            for version in versions
        )  # fmt: skip
    publish_soon(hotlist.pk)
