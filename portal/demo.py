"""The whole portal on one machine: servers, web, worker, clock, matchers and a simulated camera, until Ctrl-C."""

import argparse
import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from portal import embedded, setup
from portal.supervisor import Supervisor

READY_SECONDS = 120.0
STOP_SECONDS = 15.0


class Stopped(BaseException):
    """Somebody asked for the end; not an Exception, so that nothing on the way takes it for a fault."""


def say(line: str) -> None:
    """A line for the person at the terminal."""
    print(line, flush=True)  # noqa: T201


def main(arguments: list[str]) -> int:
    """`bin/demo [--fresh]`"""
    parser = argparse.ArgumentParser(prog="bin/demo", description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="stop a running demo, forget everything and start over")
    options = parser.parse_args(arguments)
    state = embedded.state_dir()
    if options.fresh:
        stop_running(state)
        wipe(state)
        setup.collect_static()
    with only_one(state) as is_alone:
        if not is_alone:
            say("The demo is running already. Stop it with Ctrl-C where it runs, or start over with bin/demo --fresh")
            return 1
        return run(state, port=int(os.environ.get("PORT", "8000")))


# --- One demo at a time -------------------------------------------------------------------------------


@contextlib.contextmanager
def only_one(state: Path):
    """Holds the demo's lock for as long as it runs, with the process id in it for `--fresh` to find."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "demo.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield True


def stop_running(state: Path) -> None:
    """Ends the demo that holds the lock, and waits until it has let go."""
    path = state / "demo.lock"
    if not path.exists():
        return
    with path.open("r+") as lock:
        deadline = time.monotonic() + STOP_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise SystemExit(f"the running demo (process {path.read_text()}) does not end") from None
                with contextlib.suppress(ProcessLookupError, ValueError):
                    os.kill(int(path.read_text()), signal.SIGTERM)
                time.sleep(0.5)
            else:
                return


def wipe(state: Path) -> None:
    """Stops the servers and forgets everything that the demo ever wrote."""
    (state / "servers.stay").unlink(missing_ok=True)
    embedded.stop(state)
    for directory in {embedded.run_dir(state), embedded.server_dir(state), state}:
        if directory.exists():
            shutil.rmtree(directory)
    say(f"Forgot everything in {state.name}/")


# --- The demo itself ----------------------------------------------------------------------------------


def run(state: Path, *, port: int) -> int:
    """Brings it up, says where it is, and looks after it until it is told to end."""
    if is_taken(port):
        say(f"Port {port} is taken by something else. Choose another: PORT={port + 1} bin/demo")
        return 1
    environment = {"PORTAL_STATE_DIR": str(state), "PORT": str(port), "PORTAL_DEMO": "1"}
    os.environ.update(environment)
    supervisor = Supervisor(cwd=embedded.BASE_DIR, log_dir=state / "log", say=say)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    began = time.monotonic()
    try:
        start(supervisor, state, port)
        present(state, port, began)
        while True:
            supervisor.look_after()
            time.sleep(0.2)
    except Stopped:
        say("\nStopping")
        return 0
    except (setup.Failed, embedded.NotStarted) as problem:
        say(str(problem))
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C would leave half of it running
        supervisor.stop()
        shared = embedded.are_up(state) and (embedded.runs_postgres() or embedded.runs_redis())
        say("Stopped; PostgreSQL and Redis are in use by others" if shared else "Everything is stopped")


def _end(number: int, frame: FrameType | None) -> NoReturn:
    raise Stopped


def is_taken(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start(supervisor: Supervisor, state: Path, port: int) -> None:
    """Each part in the order in which it is needed."""
    python = sys.executable
    supervisor.add("servers", [python, "-m", "portal.embedded", "keep"])
    with setup.step("starting PostgreSQL and Redis"):
        wait(supervisor, lambda: embedded.are_up(state), "the servers")
    with setup.step("bringing the database up to date"):
        setup.manage("set_up_database")
    web = [python, "-m", "gunicorn", "portal.asgi:application", "--worker-class", "uvicorn_worker.UvicornWorker"]
    web += ["--workers", "2", "--bind", f"127.0.0.1:{port}", "--no-control-socket", "--graceful-timeout", "2"]
    web += ["--preload"]  # what both workers import is imported once: seconds on two cores
    supervisor.add("web", web)
    celery = [python, "-m", "celery", "--app", "portal", "--quiet"]
    unpooled = {"PORTAL_NO_POOL": "1"}  # a pool's threads do not outlive a fork
    supervisor.add("worker", [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"], unpooled)
    supervisor.add("clock", [*celery, "beat", "--schedule", str(state / "clock"), "--pidfile="], unpooled)
    supervisor.add("sealer", [python, "manage.py", "seal_audit", "--every", "2", "--make-key"], unpooled)
    with setup.step("starting web, worker and clock"):
        wait(supervisor, lambda: all(well(port).get(part) == "ok" for part in ("web", "database", "broker")), "the web")
    if not (state / "demo.json").exists():
        say("  loading believable data, once:")
        watched([python, "manage.py", "load_demo"])
    extras = state / "demo" / "processes.json"
    for extra in json.loads(extras.read_text()) if extras.exists() else []:
        supervisor.add(extra["name"], extra["argv"], extra.get("env", {}))
    with setup.step("waiting until every part answers"):
        wait(supervisor, lambda: all_well(port), "the portal", lambda: unwell(port))


def watched(command: list[str]) -> None:
    """A command whose progress the person at the terminal sees; Ctrl-C ends it too."""
    with subprocess.Popen(command, cwd=embedded.BASE_DIR) as process:  # noqa: S603
        try:
            code = process.wait()
        except Stopped:
            process.terminate()
            raise
    if code:
        raise setup.Failed(f"{' '.join(command[1:])} failed; what it said stands above")


def wait(supervisor: Supervisor, is_so: Callable[[], bool], what: str, why: Callable[[], str] = str) -> None:
    """Until it is so, looking after what runs meanwhile."""
    deadline = time.monotonic() + READY_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise setup.Failed(f"{what} did not come up in {READY_SECONDS:.0f} s {why()}; look in {supervisor.log_dir}")
        supervisor.look_after()
        time.sleep(0.2)


def well(port: int) -> dict[str, str]:
    """What /healthz says; nothing while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as problem:
        return json.load(problem) if problem.code == 503 else {}
    except (OSError, ValueError):
        return {}


def all_well(port: int) -> bool:
    """Whether every part answers that it works."""
    answers = well(port)
    return bool(answers) and all(answer.startswith("ok") for answer in answers.values())


def unwell(port: int) -> str:
    """The parts that are not well, in words."""
    return "; ".join(f"{name}: {answer}" for name, answer in well(port).items() if not answer.startswith("ok"))


def present(state: Path, port: int, began: float) -> None:
    """Where it is and who one can be."""
    demo = state / "demo.json"
    known = json.loads(demo.read_text()) if demo.exists() else {}
    say(f"\nThe portal is at  http://127.0.0.1:{port}/   (up in {time.monotonic() - began:.0f} s)")
    users = known.get("users", [])
    width = max((len(user["username"]) for user in users), default=0)
    for user in users:
        say(f"    {user['username']:<{width}}  {user['password']}   {user['role']}")
    say(f"Logs are in {state.name}/log/. Ctrl-C stops everything.\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
