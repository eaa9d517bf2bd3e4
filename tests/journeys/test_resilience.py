"""Parts of a running portal are killed: it recovers by itself, loses nothing, and catches up. Runs after all other journeys."""

import os
import signal
import time

import httpx
import pytest
import redis

from portal import embedded
from tests.journeys.people import approve, fresh_plate, submitted
from tests.journeys.running import eventually

RECOVERS_WITHIN = 30.0  # seconds until /healthz says that every part answers
BROWSER_REMARKS = ("ERR_", "Failed to load resource")


@pytest.fixture(autouse=True)
def _browsers_may_remark_on_the_outage(person):
    """What an open board says about a portal that was away is no fault of a page."""
    yield
    for username in ("pc.shah", "sgt.okafor"):
        person(username).complaints = [
            said for said in person(username).complaints if not any(words in said for words in BROWSER_REMARKS)
        ]


def test_postgresql_killed_under_the_running_portal_is_back_and_an_approval_reaches_the_matchers(portal, person):
    shah, okafor = person("pc.shah"), person("sgt.okafor")
    plate = fresh_plate()
    entry = submitted(shah, plate)
    postmaster = _postmaster(portal)
    os.kill(postmaster, signal.SIGKILL)
    began = time.monotonic()
    eventually(lambda: _postmaster(portal) not in (0, postmaster), "PostgreSQL is started again", RECOVERS_WITHIN)
    eventually(portal.is_well, "every part answers", RECOVERS_WITHIN - (time.monotonic() - began), every=0.3)
    assert shah.calls("GET", f"entries/{entry}/").json()["status"] == "submitted", "what was committed is still there"
    approve(okafor, entry)
    _is_matched_by_both(portal, plate)


def test_a_worker_killed_with_work_waiting_is_started_again_and_the_publication_catches_up(portal, person):
    shah, okafor = person("pc.shah"), person("sgt.okafor")
    plate = fresh_plate()
    entry = submitted(shah, plate)
    worker = portal.child("celery --app portal --quiet worker")
    assert worker
    os.killpg(worker, signal.SIGKILL)
    approve(okafor, entry)  # nobody is there to publish it
    eventually(
        lambda: portal.child("celery --app portal --quiet worker") not in (None, worker),
        "another worker", RECOVERS_WITHIN,
    )  # fmt: skip
    _is_matched_by_both(portal, plate, RECOVERS_WITHIN + 30)  # at the latest when what is in force is compared again
    eventually(portal.is_well, "every part answers", RECOVERS_WITHIN, every=0.3)


def test_redis_killed_is_back_and_an_approval_reaches_the_matchers(portal, person):
    shah, okafor = person("pc.shah"), person("sgt.okafor")
    plate = fresh_plate()
    entry = submitted(shah, plate)
    with redis.Redis.from_url(embedded.redis_url(portal.state)) as client:
        process = client.info("server")["process_id"]
    os.kill(process, signal.SIGKILL)
    eventually(lambda: not _is_running(process), "Redis is dead", 5)
    eventually(portal.is_well, "every part answers", RECOVERS_WITHIN, every=0.3)
    approve(okafor, entry)
    _is_matched_by_both(portal, plate)


def test_a_killed_matcher_comes_back_with_what_it_held(portal, person):
    shah, okafor = person("pc.shah"), person("sgt.okafor")
    plate = fresh_plate()
    approve(okafor, submitted(shah, plate))
    _is_matched_by_both(portal, plate)
    matcher = portal.child("demo/matcher-1/state")
    assert matcher
    os.kill(matcher, signal.SIGKILL)
    eventually(lambda: portal.child("demo/matcher-1/state") not in (None, matcher), "it is started again", 20)
    _is_matched_by_both(portal, plate)


def _postmaster(portal) -> int:
    """PostgreSQL's first process, if it answers; else 0."""
    file = embedded.server_dir(portal.state) / "postgres" / "postmaster.pid"
    if not embedded.postgres_is_up(portal.state) or not file.exists():
        return 0
    return int(file.read_text().splitlines()[0])


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _is_matched_by_both(portal, plate: str, seconds: float = 20.0) -> None:
    for number in (0, 1):

        def is_matched(number=number):
            try:
                return portal.read(number, plate)
            except httpx.HTTPError:
                return 0

        eventually(is_matched, f"matcher {number} matches it", seconds, every=0.5)
