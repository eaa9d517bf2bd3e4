"""The demo's camera sites: one live, one waiting, one whose assessment lapsed, and others to fill the map."""

import datetime as dt

import time_machine
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import User
from camera_sites import actions
from camera_sites.models import CameraSite, Dpia
from oversight.demo.people import sign_in

YEAR = dt.timedelta(days=365)
# ref, name, area, location type, latitude, longitude, road; the force and its places are made up
SITES = (
    ("nd-a01", "Harbour Bridge north", "Northdale Harbour", "strategic", 55.012, -1.452, "A193"),
    ("nd-a02", "Ring road at Mill Lane", "Northdale Centre", "major", 54.982, -1.612, "A167"),
    ("nd-a03", "Airport approach", "Northdale West", "strategic", 55.034, -1.702, "A696"),
    ("nd-b01", "Station Parade", "Northdale Centre", "crowded", 54.952, -1.644, "Station Parade"),
    ("nd-b02", "Coast road, Eastcliff", "Eastcliff", "major", 55.042, -1.442, "A1058"),
)

# Around a town that has six roads: together they leave no way round, which the page of each says.
RING = (
    ("nd-m01", "Millbrook north", "Millbrook", "major", 55.218, -1.600, "B6101"),
    ("nd-m02", "Millbrook north-east", "Millbrook", "major", 55.213, -1.578, "B6102"),
    ("nd-m03", "Millbrook east", "Millbrook", "major", 55.200, -1.569, "B6103"),
    ("nd-m04", "Millbrook south", "Millbrook", "major", 55.182, -1.600, "B6104"),
    ("nd-m05", "Millbrook south-west", "Millbrook", "major", 55.187, -1.622, "B6105"),
    ("nd-m06", "Millbrook west", "Millbrook", "major", 55.200, -1.631, "B6106"),
)


# What the force lets everybody read of its main assessment, beside the summary.
FOR_EVERYBODY = (
    "need", "description", "proportionality", "risks", "measures", "safeguards", "risk_register", "measure_register",
)  # fmt: skip


def add_assessment(
    people: dict[str, User],
    ref: str,
    title: str,
    *,
    about: str,
    review_in: dt.timedelta = YEAR,
    published: tuple[str, ...] = (),
) -> Dpia:
    """An assessment that the DPO advised on and the information asset owner approved."""
    version = draft_assessment(people, ref, title, about=about, published=published)
    actions.submit(version, by=people["infra.bell"])
    actions.advise(
        version, by=people["dpo.marsh"], is_favourable=True, words="Proportionate, provided reviews are kept in date."
    )
    actions.decide(
        version, by=people["iao.stone"], verdict="approve", words="Necessary; the measures answer the risks.",
        review_due_at=timezone.now() + review_in,
    )  # fmt: skip
    return version.dpia


def draft_assessment(people: dict[str, User], ref: str, title: str, *, about: str, published: tuple[str, ...] = ()):
    """The four contents that the law asks for (R-114)."""
    return actions.begin_dpia(
        by=people["infra.bell"], ref=ref, title=title, published_sections=list(published),
        need=f"{about} Burglaries and thefts by travelling offenders rose in the problem profile of the last two quarters.",
        description=f"{about} Reads are compared with signed hotlists; what matches is reported, what does not is not kept here.",
        risks="A misread or stale entry leads to a wrongful stop. Journeys of people not of interest are seen. Misuse by staff.",
        measures="Two people decide every entry; hits are cautions until verified; lists expire; looking is recorded.",
        safeguards="Signed lists, receipts that prove deletion, role-based access, sealed log, published figures.",
        consultation="Independent advisory group, March; council scrutiny panel, April; signage trial with residents.",
        screening="Plates that were seen only by people are read and compared by machines, day and night.",
        flows="Cameras to the national service; signed lists to matchers; hits to the control room. Nothing goes elsewhere.",
        lawful_basis="Law enforcement purposes, DPA 2018 part 3; strategic roads for serious and local crime: very likely justified.",
        proportionality="Patrols alone missed nine in ten of the vehicles. Reads that match nothing are not kept here.",
        code_principles="Principles 1 to 11 in the force policy; principle 12 by the reviews and end dates of every entry.",
        equality="No camera stands at a place of worship; stops are compared by area every quarter.",
        review_triggers="A new purpose, a camera moved or added, a sharing agreement, a complaint, a breach.",
        risk_register=[
            {"risk": "A misread or stale entry leads to a wrongful stop", "affected": "Drivers and passengers",
             "likelihood_before": 3, "severity_before": 3, "likelihood_after": 2, "severity_after": 3},
            {"risk": "Journeys of people not of interest are seen", "affected": "Everybody who passes",
             "likelihood_before": 4, "severity_before": 2, "likelihood_after": 2, "severity_after": 2},
            {"risk": "Staff look for people they know", "affected": "Acquaintances, partners",
             "likelihood_before": 2, "severity_before": 4, "likelihood_after": 1, "severity_after": 4},
        ],
        measure_register=[
            {"measure": "Every hit is a caution until plate, country and vehicle are verified", "risks": ["R1"],
             "owner": "Control room manager", "due": "2026-01-31", "is_in_place": True},
            {"measure": "Reads that match nothing are neither stored nor logged by matchers", "risks": ["R2"],
             "owner": "Infrastructure lead", "due": "2026-01-31", "is_in_place": True},
            {"measure": "Looking is recorded and sampled every month", "risks": ["R3"],
             "owner": "Data protection officer", "due": "2026-03-31", "is_in_place": True},
            {"measure": "Signs on every approach name whom to ask", "risks": ["R2"], "owner": "infra.bell",
             "due": "2026-10-31", "is_in_place": False},
        ],
        consultees=[
            {"group": "data_subjects", "who": "Residents at three drop-in evenings", "asked_on": "2025-11-12",
             "said": "Most agreed; some feared that journeys would be kept.",
             "answer": "The signs say that what matches nothing is not kept."},
            {"group": "advisory_group", "who": "Independent advisory group", "asked_on": "2026-03-04",
             "said": "Asked for figures by area.", "answer": "Published every quarter."},
        ],
        public_summary=f"{about} Reviewed every year by people who are independent of the team that runs the cameras.",
    )  # fmt: skip


def add_sites(people: dict[str, User], team: Group) -> dict[str, CameraSite]:
    """Three live, one waiting for its assessment, one whose assessment lapsed a month ago, six proposed around a town."""
    sites = {}
    network = add_assessment(
        people, "dpia-network", "Main road network", about="Cameras on Northdale's main roads.", published=FOR_EVERYBODY
    )
    for ref in ("nd-a01", "nd-a02", "nd-a03"):
        sites[ref] = _live(people, team, ref, network)
    waiting = draft_assessment(people, "dpia-station", "Station Parade", about="One camera at a crowded place.")
    actions.submit(waiting, by=people["infra.bell"])
    sites["nd-b01"] = _propose(people, team, "nd-b01", waiting.dpia)
    with time_machine.travel(timezone.now() - YEAR - dt.timedelta(days=30)):
        for user in people.values():
            sign_in(user)  # decisions of that day were made in sessions of that day
        lapsed = add_assessment(people, "dpia-coast", "Eastcliff", about="Two cameras at Eastcliff.", review_in=YEAR)
        sites["nd-b02"] = _live(people, team, "nd-b02", lapsed)
    town = draft_assessment(people, "dpia-millbrook", "Millbrook as a whole", about="Six cameras around one town.")
    for ref, *_ in RING:
        sites[ref] = _propose(people, team, ref, town.dpia)
    actions.cover(
        network, by=people["infra.bell"], kind="system", name="Back office of Northdale",
        words="Where reads of the main roads are compared with lists.",
    )  # fmt: skip
    _count(people, sites)
    _inspect_signs(people, sites)
    return sites


# months ago, of a camera that always read well, of one that does no longer by night, of one of which too few were counted
COUNTED = (
    ("nd-a01-c1", (11, 5, 1), "day", ((1800, 1789, 1745), (2000, 1985, 1948), (2100, 2090, 2046))),
    ("nd-a01-c1", (11, 1), "night", ((1200, 1192, 1165), (1400, 1389, 1358))),
    ("nd-a01-c2", (5,), "day", ((120, 119, 115),)),
    ("nd-a02-c1", (11, 1), "day", ((1600, 1590, 1548), (1800, 1786, 1741))),
    ("nd-a02-c1", (11, 6, 1), "night", ((1500, 1488, 1450), (1500, 1469, 1402), (1500, 1431, 1296))),
    ("nd-a02-c2", (1,), "day", ((2200, 2187, 2140),)),
)


def _count(people: dict[str, User], sites: dict[str, CameraSite]) -> None:
    """Accuracy tests: some cameras meet the standard, one no longer does at night, one was hardly counted, some never were."""
    for ref, months, light, counts in COUNTED:
        site = sites[ref.rsplit("-", 1)[0]]
        camera = site.cameras.get(ref=ref)
        if not camera.make:
            actions.describe_camera(
                site, camera, by=people["infra.bell"], make="Example", model="Lane reader 2", serial=f"LR2-{ref[-2:]}-{ref[3:6]}",
                firmware="4.1", has_infrared=True, patch_kb=3, overview_kb=24 if light == "day" else 31,
            )  # fmt: skip
        for ago, (visible, captured, read_right) in zip(months, counts, strict=True):
            actions.record_test(
                site, camera, by=people["infra.bell"], tested_on=timezone.localdate() - dt.timedelta(days=30 * ago),
                tester="Northdale Traffic Surveys", method="footage", light=light, visible=visible, captured=captured,
                read_right=read_right, clock_offset_ms=40 * ago, latency_p95_ms=700 + 90 * ago,
            )  # fmt: skip
    actions.ask_for_review(
        sites["nd-a03"], by=people["dpo.marsh"], trigger="complaint", words="A resident asks what the cameras are for."
    )


def _inspect_signs(people: dict[str, User], sites: dict[str, CameraSite]) -> None:
    """One lately, one so long ago that the next is due soon; of the rest nobody has looked yet."""
    today = timezone.localdate()
    for ref, days, words in (("nd-a01", 40, "Both approaches."), ("nd-a02", 345, "One leans; set right at once.")):
        actions.inspect_signs(
            sites[ref], by=people["infra.bell"], inspected_on=today - dt.timedelta(days=days), is_in_place=True,
            names_contact=True, words=words,
        )  # fmt: skip


def _propose(people: dict[str, User], team: Group, ref: str, dpia: Dpia) -> CameraSite:
    _, name, area, location, latitude, longitude, road = next(site for site in (*SITES, *RING) if site[0] == ref)
    site = actions.propose_site(
        by=people["infra.bell"], seen_by=[team], ref=ref, name=name, area=area, location_type=location,
        purposes=["serious_crime", "local_crime"],
        need="Vehicles of travelling offenders pass here on the way to and from the town.",
        problem_profile="Last year 412 burglaries were put down to travelling offenders; two in three used this road.",
        alternatives="Patrols at peak hours and a hired trailer were tried for a quarter; neither sees every lane at night.",
        duplication="The nearest site sees another road.", encircles=False, latitude=latitude,
        longitude=longitude, road=road, owner_org="Northdale Police", operator_org="Northdale Police",
        controller="Northdale Police", funder="Force budget", has_signage=True, dpia=dpia, owner=people["infra.bell"],
    )  # fmt: skip
    for number, direction in enumerate(("inbound", "outbound"), start=1):
        actions.add_camera(site, by=people["infra.bell"], ref=f"{ref}-c{number}", lane=str(number), direction=direction)
    return site


def _live(people: dict[str, User], team: Group, ref: str, dpia: Dpia) -> CameraSite:
    return actions.set_live(_propose(people, team, ref, dpia), by=people["supt.hale"])
