"""Seconds from an approval to a matcher enforcing it, and from a withdrawal to its end, through every real part."""

import contextlib
import datetime as dt
import hashlib
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from accounts.actions import add_user
from accounts.models import SystemJob, Team, User
from accounts.policies import own_session
from accounts.sign_in import open_sign_in
from bench.figures import Figure
from camera_sites import actions as sites
from camera_sites.models import Dpia
from hotlists import actions
from hotlists.models import Contribution, Decision, Entry, EntryVersion, Hotlist, Term
from hotlists.nudges import publish_soon
from matchers import keys
from matchers.actions import add_matcher, allocate, make_publication_keys, publish_sites
from portal.supervisor import Supervisor
from standards import actions as standards
from standards.models import StandardsProfile
from standards.ranks import Rank

NAME = "publish_latency"
JOB = SystemJob("benchmark")
SMALL = 10  # rows of the list that the long one is held against
MEDIAN_LIMIT, P99_LIMIT = 1.0, 3.0  # seconds
PATIENCE = 60.0
LETTERS = "ABCDEFGHJKLMNPRSTUVWXY"
STEP = 0.005  # seconds between two looks


# What an approval gives beside its verdict.
GROUNDS = {
    "necessity": "Measured.", "proportionality": "Measured.", "collateral_intrusion": "Measured.",
    "alternatives": "Measured.", "legal_gateway": "pace",
}  # fmt: skip


def measure(*, quick: bool) -> Iterator[Figure]:
    """With web, worker and matcher as processes of their own; first with a small list, then with a long one."""
    rows, times, times_long = (1_000, 6, 3) if quick else (10_000, 100, 50)
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as running:
        Path(place).chmod(0o755)
        people = staff()
        lift_the_daily_number(people)
        dpia = assessment(people)
        site(people, dpia)
        hotlist = managed_list(people, dpia)
        fill(hotlist, people, SMALL)
        with a_place_for_keys(Path(place)):
            matcher = start(running, Path(place), people, hotlist)
            matcher.holds(SMALL)
            clocked(1, hotlist, people, matcher)  # the first one warms everything up
            approved, withdrawn = clocked(times, hotlist, people, matcher)
            yield from against_limits("approval", approved)
            yield from against_limits("withdrawal", withdrawn)
            fill(hotlist, people, rows - SMALL)
            matcher.holds(rows)
            approved_long, withdrawn_long = clocked(times_long, hotlist, people, matcher)
            for figure, long, small in (
                ("approval_long_list", approved_long, approved),
                ("withdrawal_long_list", withdrawn_long, withdrawn),
            ):
                median, of_small = statistics.median(long), statistics.median(small)
                say(f"{figure}: {rows} rows {median:.3f} s, {SMALL} rows {of_small:.3f} s")
                yield Figure(NAME, figure, median, "s", "small", median / of_small)


def against_limits(act: str, seconds: list[float]) -> Iterator[Figure]:
    """Median and 99th percentile."""
    median = statistics.median(seconds)
    p99 = max(seconds) if len(seconds) < 100 else statistics.quantiles(seconds, n=100)[98]
    say(f"{act}: median {median:.3f} s, 99th percentile {p99:.3f} s of {len(seconds)}")
    yield Figure(NAME, f"{act}_median", median, "s", MEDIAN_LIMIT, median / MEDIAN_LIMIT)
    yield Figure(NAME, f"{act}_p99", p99, "s", P99_LIMIT, p99 / P99_LIMIT)


def clocked(
    times: int, hotlist: Hotlist, people: dict[str, User], matcher: "RunningMatcher"
) -> tuple[list[float], list[float]]:
    """Approves and withdraws so many entries one after the other: seconds of each until the matcher did as told."""
    approved, withdrawn = [], []
    for _ in range(times):
        version = actions.begin_entry(hotlist, by=people["author"], **facts(next(plates)))
        actions.submit(version, by=people["author"])
        before = matcher.rows()
        approved.append(clock(
            lambda version=version: actions.decide(version, by=people["decider"], verdict="approve", **GROUNDS),
            lambda before=before: matcher.rows() == before + 1,
        ))  # fmt: skip
        assert matcher.matches(version.vrm), "held, and not matched"
        withdrawn.append(clock(
            lambda version=version: actions.withdraw(version.entry, by=people["decider"], reason="located"),
            lambda before=before: matcher.rows() == before,
        ))  # fmt: skip
        assert not matcher.matches(version.vrm), "withdrawn, and still matched"
    return approved, withdrawn


def clock(act: Callable[[], Any], is_so: Callable[[], bool]) -> float:
    """Seconds from when the act is committed until it is so."""
    act()
    began = time.perf_counter()
    while not is_so():
        assert time.perf_counter() - began < PATIENCE, "it never came to be so"
        time.sleep(STEP)
    return time.perf_counter() - began


# --- The list, and who may change it --------------------------------------------------------------------


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
        StandardsProfile.objects.in_force(now), by=people["chief"], name="Benchmark", source="Measuring",
        effective_from=now, numbers={"entry.daily": 1_000_000},
    )  # fmt: skip
    standards.adopt_profile(edition, by=people["controller"])


def assessment(people: dict[str, User]) -> Dpia:
    """One that is in date."""
    version = sites.begin_dpia(
        by=people["builder"], ref="bench", title="Benchmark", need="Measuring.", description="Measuring.",
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


def managed_list(people: dict[str, User], dpia: Dpia) -> Hotlist:
    """A list whose entries are decided one by one."""
    made = actions.create_hotlist(
        by=people["manager"], slug="bench", title="Benchmark", kind=Hotlist.Kind.MANAGED, purpose="Measuring",
        controller="Nobody", legal_basis="None", owner=people["manager"], dpia=dpia, categories=["CRM"],
        actions=["ASSESS"], markers=[], sunset_at=timezone.now() + dt.timedelta(days=30),
    )  # fmt: skip
    for person in people.values():
        actions.give_access(made, person, by=people["manager"])
    return made


def facts(plate: str) -> dict[str, Any]:
    """What an author writes."""
    now = timezone.now()
    marks = hashlib.sha256(plate.encode()).hexdigest()
    goods = ", ".join(marks[n : n + 4] for n in range(0, 40, 4))  # no two reasons of one author may be alike
    return {
        "vrm_entered": plate, "country": "GB", "make": "Ford", "model": "Focus", "colour": "Blue", "category": "CRM",
        "purpose": "volume", "basis": "FACT", "subject": "suspect", "action": "ASSESS", "priority": "MEDIUM",
        "source_system": "crime", "source_ref": "CR/1/26", "contact_24h": "Desk, 01632 960123", "no_conflict": True,
        "reason": f"Left the scene of the burglary with boxes marked {goods}; plate on the shop's CCTV.",
        "area": "Measured", "protected_activity": False, "plate_confirmed_because": "Made up for measuring.",
        "action_text": "Assess and stop if safe.", "last_verified_at": now,
        "starts_at": now - dt.timedelta(minutes=1),  # published in whole seconds: one that began within this second waits
        "review_by": now + dt.timedelta(days=14), "expires_at": now + dt.timedelta(days=28),
    }  # fmt: skip


def _plates() -> Iterator[str]:
    """Marks with a never-issued age identifier, each once."""
    number = 0
    while True:
        number, rest, letters = number + 1, number, ""
        for _ in range(5):
            rest, letter = divmod(rest, len(LETTERS))
            letters = LETTERS[letter] + letters
        yield f"{letters[:2]}50{letters[2:]}"


plates = _plates()


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


# --- The portal and its matcher, running --------------------------------------------------------------


@contextlib.contextmanager
def a_place_for_keys(place: Path) -> Iterator[None]:
    """Keys and files of this measurement alone, here and in the processes that are started."""
    names = {"PORTAL_KEYS_DIR": place / "keys", "PORTAL_PUBLICATION_DIR": place / "publication"}
    settings.KEYS_DIR, settings.PUBLICATION_DIR = names.values()
    os.environ.update({name: str(value) for name, value in names.items()})
    try:
        yield
    finally:
        for name in names:
            del os.environ[name]


class RunningMatcher:
    """A matcher in a process of its own."""

    def __init__(self, address: str, role: str):
        self.http = httpx.Client(base_url=address, timeout=5)
        self.role = role

    def rows(self) -> int:
        """How many rows of the list it matches against now; -1 while it does not answer."""
        with contextlib.suppress(httpx.HTTPError, KeyError):
            return self.http.get("/health").json()["lists"][self.role]["rows"]
        return -1

    def holds(self, rows: int) -> None:
        """Waits until it does."""
        clock(lambda: None, lambda: self.rows() == rows)

    def matches(self, plate: str) -> bool:
        """Whether a read of this plate is a hit."""
        read = {
            "vrm": plate, "country": "GB", "site": "bench-1", "camera": "bench-1-c1",
            "captured_at": timezone.now().isoformat(), "confidence": 0.97,
        }  # fmt: skip
        return self.http.post("/reads", json=read).json()["hits"] == 1


def start(running: contextlib.ExitStack, place: Path, people: dict[str, User], hotlist: Hotlist) -> RunningMatcher:
    """Web, worker and matcher, until the stack is closed."""
    web, listens = free_port(), free_port()
    url = f"http://127.0.0.1:{web}"
    make_publication_keys(by=JOB)
    added = add_matcher("Benchmark", by=people["manager"], purpose="Measuring")
    allocate(
        added.matcher, hotlist, by=people["manager"], purpose="Measuring", agreement_ref="None",
        until_at=timezone.now() + dt.timedelta(days=1),
    )  # fmt: skip
    publish_sites(by=JOB)
    (place / "secret").write_text(added.client_secret)
    supervisor = Supervisor(cwd=settings.BASE_DIR, log_dir=place / "log", say=say)
    running.callback(supervisor.stop)
    python = sys.executable
    # bench.settings said by the environment which database and Redis are meant; loaded again there, it would set up twice.
    env = {"PORTAL_URL": url, "PORTAL_NO_POOL": "1", "DJANGO_SETTINGS_MODULE": "portal.settings"}
    serve = [python, "-m", "gunicorn", "portal.asgi:application", "--worker-class", "uvicorn_worker.UvicornWorker"]
    supervisor.add("web", [*serve, "--bind", f"127.0.0.1:{web}", "--no-control-socket", "--graceful-timeout", "1"], env)
    work = [
        python,
        "-m",
        "celery",
        "--app",
        "portal",
        "--quiet",
        "worker",
        "--concurrency",
        "1",
        "--loglevel",
        "WARNING",
    ]
    supervisor.add("worker", work, env)
    clock(lambda: None, lambda: answers(url))
    feed = added.matcher.feed_id
    supervisor.add("matcher", [
        python, "-m", "matcher_client", "run", "--portal", url, "--metadata-url", f"{url}/publication/{feed}/metadata/",
        "--targets-url", f"{url}/publication/targets/", "--client-id", added.client_id, "--client-secret-file",
        str(place / "secret"), "--root", str(keys.root_file()), "--state", str(place / "state"), "--listen",
        f"127.0.0.1:{listens}", "--enrol-code", added.enrol_code,
    ])  # fmt: skip
    publish_soon(hotlist.pk)
    hotlist.refresh_from_db()
    return RunningMatcher(f"http://127.0.0.1:{listens}", hotlist.role.name)


def answers(url: str) -> bool:
    """Whether the web is up."""
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(f"{url}/transparency/", timeout=2).is_success
    return False


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def say(words: str) -> None:
    """Where people read; figures go to stdout."""
    print(words, file=sys.stderr, flush=True)
