"""Web, worker and matchers as processes of their own, as in production."""

import contextlib
import datetime as dt
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from bench.cast import JOB, say
from hotlists.models import Hotlist
from matchers import keys
from matchers.actions import add_matcher, allocate, make_publication_keys, publish_sites
from portal.supervisor import Supervisor

PATIENCE = 120.0
STEP = 0.005  # seconds between two looks


def clock(act: Callable[[], Any], is_so: Callable[[], bool]) -> float:
    """Seconds from when the act is committed until it is so."""
    act()
    began = time.perf_counter()
    while not is_so():
        assert time.perf_counter() - began < PATIENCE, "it never came to be so"
        time.sleep(STEP)
    return time.perf_counter() - began


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

    def __init__(self, address: str):
        self.http = httpx.Client(base_url=address, timeout=30)

    def rows(self, role: str) -> int:
        """How many rows of the list it matches against now; -1 while it does not answer."""
        with contextlib.suppress(httpx.HTTPError, KeyError):
            return self.http.get("/health").json()["lists"][role]["rows"]
        return -1

    def owes_nothing(self) -> bool:
        """Whether it has proved what it holds, and every hit of it has arrived."""
        with contextlib.suppress(httpx.HTTPError):
            said = self.http.get("/health").json()
            return said["spool"] == 0 and all(
                (each["last_receipt"] or {}).get("revision") == each["revision"] for each in said["lists"].values()
            )
        return False

    def matches(self, plate: str) -> bool:
        """Whether a read of this plate is a hit."""
        read = {
            "vrm": plate, "country": "GB", "site": "bench-1", "camera": "bench-1-c1",
            "captured_at": timezone.now().isoformat(), "confidence": 0.97,
        }  # fmt: skip
        return self.http.post("/reads", json=read).json()["hits"] == 1


class Portal:
    """Web and worker, and the matchers that are started beside them, until the stack is closed."""

    def __init__(self, running: contextlib.ExitStack, place: Path):
        self.place = place
        self.matchers: list[RunningMatcher] = []
        make_publication_keys(by=JOB)
        publish_sites(by=JOB)
        web = free_port()
        self.url = f"http://127.0.0.1:{web}"
        self._supervisor = Supervisor(cwd=settings.BASE_DIR, log_dir=place / "log", say=say)
        running.callback(self._supervisor.stop)
        # bench.settings said by the environment which database and Redis are meant; loaded again there, it would set up twice.
        env = {"PORTAL_URL": self.url, "PORTAL_NO_POOL": "", "DJANGO_SETTINGS_MODULE": "portal.settings"}
        serve = [sys.executable, "-m", "gunicorn", "portal.asgi:application", "--worker-class", "uvicorn_worker.UvicornWorker",
                 "--bind", f"127.0.0.1:{web}", "--no-control-socket", "--graceful-timeout", "1"]  # fmt: skip
        work = [sys.executable, "-m", "celery", "--app", "portal", "--quiet", "worker", "--concurrency", "1",
                "--loglevel", "WARNING"]  # fmt: skip
        self._supervisor.add("web", serve, env)
        self._supervisor.add("worker", work, env | {"PORTAL_NO_POOL": "1"})  # a pool's threads do not outlive a fork
        clock(lambda: None, lambda: answers(self.url))

    def add_matcher(self, *hotlists: Hotlist, by: User) -> None:
        """One more, which is given these lists."""
        name = f"matcher-{len(self.matchers) + 1}"
        added = add_matcher(name, by=by, purpose="Measuring")
        for hotlist in hotlists:
            allocate(
                added.matcher, hotlist, by=by, purpose="Measuring", agreement_ref="None",
                until_at=timezone.now() + dt.timedelta(days=1),
            )  # fmt: skip
        secret, feed, listens = self.place / f"{name}.secret", added.matcher.feed_id, free_port()
        secret.write_text(added.client_secret)
        self._supervisor.add(name, [
            sys.executable, "-m", "matcher_client", "run", "--portal", self.url,
            "--metadata-url", f"{self.url}/publication/{feed}/metadata/",
            "--targets-url", f"{self.url}/publication/targets/", "--client-id", added.client_id,
            "--client-secret-file", str(secret), "--root", str(keys.root_file()), "--state", str(self.place / name),
            "--listen", f"127.0.0.1:{listens}", "--enrol-code", added.enrol_code,
        ])  # fmt: skip
        self.matchers.append(RunningMatcher(f"http://127.0.0.1:{listens}"))

    def holds(self, hotlist: Hotlist, rows: int) -> bool:
        """Whether every matcher matches against so many rows of a list."""
        return all(matcher.rows(hotlist.role.name) == rows for matcher in self.matchers)

    def wait_for(self, hotlist: Hotlist, rows: int) -> None:
        """Waits until they do."""
        clock(lambda: None, lambda: self.holds(hotlist, rows))

    def settle(self) -> None:
        """Waits until all proofs and hits of what was done before are in, so that the next act is measured by itself."""
        clock(lambda: None, lambda: all(matcher.owes_nothing() for matcher in self.matchers))

    def match(self, plate: str) -> set[bool]:
        """What they say of a read of this plate."""
        return {matcher.matches(plate) for matcher in self.matchers}


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
