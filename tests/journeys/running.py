"""The whole portal as `bin/demo` starts it, in a place and on ports of its own, and what journeys ask of it."""

import contextlib
import datetime as dt
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from portal import embedded

START_SECONDS = 600
STOP_SECONDS = 30.0
SHOWN = 12  # lines of each log, when something failed
# What this process was told of databases and Redis is about the tests, not about the portal that it starts.
NOT_HANDED_ON = (
    "DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_RETENTION_URL", "DATABASE_SEALER_URL", "DATABASE_ADMIN_URL", "REDIS_URL",
    "PORTAL_DATABASE_NAME", "PORTAL_REDIS_DB", "PORTAL_NO_POOL", "PORTAL_URL", "PORTAL_KEYS_DIR",
    "PORTAL_PUBLICATION_DIR", "PORTAL_UPLOADS_DIR", "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE",
)  # fmt: skip


def eventually(ask: Callable[[], Any], what: str, seconds: float = 15.0, every: float = 0.1) -> Any:
    """The first answer that is true; fails after `seconds` with what was waited for, and the last answer."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s: {what} (last answer: {answer!r})")
        time.sleep(every)


def free_port() -> int:
    """One with the two above it free as well: the matchers listen there."""
    for port in range(18000 + os.getpid() % 500 * 3, 32000, 3):
        with contextlib.ExitStack() as sockets:
            try:
                for number in range(3):
                    sockets.enter_context(socket.socket()).bind(("127.0.0.1", port + number))
            except OSError:
                continue
            return port
    raise AssertionError("no three ports in a row are free")


class RunningPortal:
    """One start of the whole portal. `stop()` leaves nothing behind."""

    def __init__(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="anpr-j-"))
        self.place.chmod(0o755)  # the servers' own user has to come through
        self.state = self.place / "s"
        self.port = free_port()
        self.output = self.place / "demo.log"
        environment = {name: value for name, value in os.environ.items() if name not in NOT_HANDED_ON}
        environment |= {"PORTAL_STATE_DIR": str(self.state), "PORT": str(self.port)}
        began = time.monotonic()
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal.demo", "--fresh"],
                cwd=settings.BASE_DIR, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        try:
            eventually(lambda: self._has_ended() or self._is_up(), "the portal is up", START_SECONDS, every=0.5)
            assert not self._has_ended(), "the portal ended while it started"
        except BaseException:
            print(self.logs())
            self.stop()
            raise
        self.seconds_to_start = time.monotonic() - began
        self.pid = self.process.pid
        self._learn()

    def _learn(self) -> None:
        """What demo.json tells."""
        self.told = json.loads((self.state / "demo.json").read_text())
        self.url = self.told["url"]
        self.passwords = {user["username"]: user["password"] for user in self.told["users"]}
        self.matchers = self.told["matchers"]

    def _is_up(self) -> bool:
        """Whether it says so itself: the last thing that it does."""
        return "Ctrl-C stops everything" in self.output.read_text()

    def _has_ended(self) -> bool:
        return self.process.poll() is not None

    def stop(self) -> None:
        """Ends it as Ctrl-C does, and takes away what it wrote."""
        if not self._has_ended():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                for pid in [self.pid, *self.children()]:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
        embedded.stop(self.state)
        for directory in {embedded.run_dir(self.state), embedded.server_dir(self.state), self.place}:
            shutil.rmtree(directory, ignore_errors=True)

    def logs(self) -> str:
        """The end of what each part wrote."""
        told = []
        for log in [self.output, *sorted((self.state / "log").glob("*.log"))]:
            lines = log.read_text(errors="replace").splitlines() if log.exists() else []
            told += [f"--- {log.name}", *[line for line in lines if " INFO " not in line][-SHOWN:]]
        return "\n".join(told)

    # --- Its processes

    def children(self) -> dict[int, str]:
        """The processes that the demo looks after: id and command line."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        found = {}
        for pid in map(int, listed.split()):
            with contextlib.suppress(OSError):
                found[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def child(self, words: str) -> int | None:
        """The process whose command line holds these words."""
        return next((pid for pid, command in self.children().items() if words in command), None)

    # --- Its health

    def health(self) -> dict[str, str]:
        """What /healthz says; nothing while nobody answers."""
        try:
            return httpx.get(f"{self.url}/healthz", timeout=5).json()
        except (httpx.HTTPError, ValueError):
            return {}

    def is_well(self) -> bool:
        """Whether every part answers."""
        return set(self.health().values()) == {"ok"}

    # --- Its matchers

    def matcher(self, number: int) -> str:
        """Where a matcher listens; the first is 0."""
        return self.matchers[number]["address"]

    def role(self, slug: str) -> str:
        """The opaque name under which a list is published."""
        return next(each["role"] for each in self.matchers[0]["hotlists"] if each["slug"] == slug)

    def rows_held(self, number: int, slug: str) -> int:
        """How many rows of a list a matcher holds."""
        held = httpx.get(f"{self.matcher(number)}/health", timeout=5).json()["lists"]
        return held[self.role(slug)]["rows"]

    def read(self, number: int, vrm: str, *, site: str = "nd-a01", camera: str | None = None, **over: Any) -> int:
        """A camera saw this plate: posted to a matcher, which answers with the number of its hits."""
        read = {
            "vrm": vrm, "country": "GB", "site": site, "camera": camera or f"{site}-c1",
            "captured_at": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"), "confidence": 0.97, **over,
        }  # fmt: skip
        answer = httpx.post(f"{self.matcher(number)}/reads", json=read, timeout=5)
        answer.raise_for_status()
        return answer.json()["hits"]

    # --- Its API

    def machine(self, number: int = 0) -> httpx.Client:
        """An API client of the demo, with its token; the first reads everything."""
        return self._with_token(**{k: self.told["api_clients"][number][k] for k in ("client_id", "client_secret")})

    def as_matcher(self, number: int) -> httpx.Client:
        """The API as a matcher uses it."""
        return self._with_token(**{k: self.matchers[number][k] for k in ("client_id", "client_secret")})

    def _with_token(self, client_id: str, client_secret: str) -> httpx.Client:
        scope = "matcher" if client_id in {each["client_id"] for each in self.matchers} else "read"
        answer = httpx.post(
            f"{self.url}/oauth/token/", data={"grant_type": "client_credentials", "scope": scope},
            auth=(client_id, client_secret), timeout=10,
        )  # fmt: skip
        answer.raise_for_status()
        return httpx.Client(
            base_url=f"{self.url}/api/v1/",
            headers={"Authorization": f"Bearer {answer.json()['access_token']}"},
            timeout=10,
        )


class AttachedPortal(RunningPortal):
    """A demo that runs already; for those who write journeys and would not wait for a start each time."""

    def __init__(self, state: Path) -> None:
        self.state, self.output, self.seconds_to_start = state, state / "demo.log", 0.0
        self.pid = int((state / "demo.lock").read_text())
        self._learn()

    def stop(self) -> None:
        """It was running before."""
