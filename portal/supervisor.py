"""Keeps a handful of processes running: starts them, restarts those that die, and leaves nothing behind when it ends."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
FIRST_WAIT = 0.5  # seconds before a process that died is started again; doubled each time it dies soon
LONGEST_WAIT = 30.0
SETTLED_SECONDS = 60.0  # one that lived longer than this starts again at once
TERM_SECONDS = 5.0  # what a process is given to end of its own accord
LINES_SHOWN = 8


def _die_with_parent() -> None:
    """Were the supervisor killed outright, its processes would be told to end. Linux only; elsewhere they would stay."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One process that should be running."""

    name: str
    argv: list[str]
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    wait: float = FIRST_WAIT

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs children in `cwd`, each with a log of its own under `log_dir`; `say` is told what a person should know."""

    def __init__(self, *, cwd: Path, log_dir: Path, say: Callable[[str], None]):
        self.cwd = cwd
        self.log_dir = log_dir
        self.say = say
        self.children: list[Child] = []
        log_dir.mkdir(parents=True, exist_ok=True)

    def add(self, name: str, argv: list[str], env: dict[str, str] | None = None) -> Child:
        """Starts one more. Those added first are stopped last."""
        log = self.log(name)
        if log.exists():
            log.replace(log.with_suffix(".1.log"))
        child = Child(name, argv, env or {})
        self.children.append(child)
        self._start(child)
        return child

    def log(self, name: str) -> Path:
        """Where a child writes."""
        return self.log_dir / f"{name}.log"

    def tail(self, name: str) -> str:
        """The last lines that a child wrote, indented."""
        lines = self.log(name).read_text(errors="replace").splitlines() if self.log(name).exists() else []
        return "\n".join(f"    | {line}" for line in lines[-LINES_SHOWN:])

    def look_after(self) -> None:
        """Starts again whoever died, after its wait. Called every moment."""
        now = time.monotonic()
        for child in self.children:
            if child.is_running:
                continue
            if child.process is not None:
                self._bury(child, now)
            elif now >= child.start_again_at:
                self._start(child)

    def _start(self, child: Child) -> None:
        with self.log(child.name).open("ab") as log:
            child.process = subprocess.Popen(  # noqa: S603
                child.argv,
                cwd=self.cwd,
                env={**os.environ, **child.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C comes to us alone: the order of stopping is ours
                preexec_fn=_die_with_parent,  # safe: the supervisor has one thread
            )
        child.started_at = time.monotonic()

    def _bury(self, child: Child, now: float) -> None:
        assert child.process is not None  # noqa: S101
        self._signal(child, signal.SIGKILL)  # what it left behind of its own children
        child.wait = FIRST_WAIT if now - child.started_at > SETTLED_SECONDS else min(child.wait * 2, LONGEST_WAIT)
        child.start_again_at = now + child.wait
        self.say(f"{child.name} ended ({_ending(child.process.returncode)}), starting again in {child.wait:.0f} s")
        if tail := self.tail(child.name):
            self.say(tail)
        child.process = None

    def stop(self) -> None:
        """Ends all of them: those added last first told, the first one only when the others are gone."""
        last, others = self.children[:1], self.children[1:]
        for group in (others, last):
            for child in group:
                self._signal(child, signal.SIGTERM)
            deadline = time.monotonic() + TERM_SECONDS
            while any(child.is_running for child in group) and time.monotonic() < deadline:
                time.sleep(0.05)
            for child in group:
                self._signal(child, signal.SIGKILL)
                if child.process is not None:
                    child.process.wait()
        self.children.clear()

    def _signal(self, child: Child, number: int) -> None:
        """To the child; when it is to be killed, to its whole group, whether or not it still leads it."""
        if child.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if number == signal.SIGKILL:
                os.killpg(child.process.pid, number)
            elif child.is_running:
                child.process.send_signal(number)


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
