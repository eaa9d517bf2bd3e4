"""Starting, sharing, keeping and stopping the embedded servers."""

import contextlib
import fcntl
import os
import pwd
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import redis

from portal.embedded.places import run_dir, server_dir, server_user
from portal.embedded.programs import REPLACE_SECONDS, NotStarted, binaries, run, start_postgres, start_redis, wait
from portal.embedded.up import are_up, postgres_is_up, redis_client, redis_is_up, runs_postgres, runs_redis

WATCH_SECONDS = 1.0


def say(line: str) -> None:
    """A line of what happens, for the log or the terminal."""
    print(line, flush=True)  # noqa: T201


def start(state_dir: Path) -> list[str]:
    """Starts what is not up, waits until it answers, and names what was started. Safe to call from several at once."""
    if are_up(state_dir):
        return []
    started: list[str] = []
    with _lock(state_dir):
        _prepare(state_dir)
        if runs_postgres() and not postgres_is_up(state_dir):
            start_postgres(state_dir)
            started.append("PostgreSQL")
        if runs_redis() and not redis_is_up(state_dir):
            start_redis(state_dir)
            started.append("Redis")
    return started


def stop(state_dir: Path) -> list[str]:
    """Stops what is up, and names what was stopped."""
    stopped: list[str] = []
    if not state_dir.exists():
        return stopped
    with _lock(state_dir):
        if runs_redis() and redis_is_up(state_dir):
            with contextlib.closing(redis_client(state_dir)) as client, contextlib.suppress(redis.RedisError):
                client.shutdown(nosave=True)  # what counts is in its append-only file
            wait(lambda: not redis_is_up(state_dir), REPLACE_SECONDS)
            stopped.append("Redis")
        if runs_postgres() and (server_dir(state_dir) / "postgres" / "postmaster.pid").exists():
            data = server_dir(state_dir) / "postgres"
            run([binaries(state_dir) / "pg_ctl", "-D", data, "-m", "fast", "-w", "-t", "8", "stop"])
            stopped.append("PostgreSQL")
    return stopped


@contextlib.contextmanager
def use(state_dir: Path) -> Iterator[None]:
    """The servers, up for as long as somebody uses them: the last one to leave stops them, however others ended."""
    state_dir.mkdir(parents=True, exist_ok=True)
    with (state_dir / "servers.use").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            start(state_dir)
            yield
        finally:
            if not (state_dir / "servers.stay").exists():
                with contextlib.suppress(BlockingIOError):  # somebody else still uses them
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    stop(state_dir)


def keep(state_dir: Path) -> None:
    """Stays in the foreground and restarts whichever server dies, until it is told to end; then stops them."""
    with use(state_dir):
        say("PostgreSQL and Redis are up" if runs_postgres() or runs_redis() else "using the servers configured")
        while True:
            time.sleep(WATCH_SECONDS)
            try:
                started = start(state_dir)
            except NotStarted as problem:
                say(str(problem))
            else:
                if started:
                    say(f"{' and '.join(started)} had died: started again")


@contextlib.contextmanager
def _lock(state_dir: Path) -> Iterator[None]:
    """One at a time, across processes; a dead holder lets go."""
    state_dir.mkdir(parents=True, exist_ok=True)
    with (state_dir / "servers.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _prepare(state_dir: Path) -> None:
    """The directories that the servers own, closed to others. Above them nothing is opened."""
    home = server_dir(state_dir)
    if home != state_dir:
        home.mkdir(mode=0o711, exist_ok=True)
        _refuse_a_planted(home, {os.geteuid()})
    owner = pwd.getpwnam(server_user() or pwd.getpwuid(os.geteuid()).pw_name)
    for directory in (home / "postgres", home / "redis", run_dir(state_dir)):
        directory.mkdir(mode=0o700, exist_ok=True)
        if server_user():
            _refuse_a_planted(directory, {os.geteuid(), owner.pw_uid})
            os.chown(directory, owner.pw_uid, owner.pw_gid)


def _refuse_a_planted(directory: Path, owners: set[int]) -> None:
    """In a shared temporary directory somebody else may have been first."""
    facts = directory.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in owners or facts.st_mode & 0o022:
        raise NotStarted(f"{directory} is not ours: remove it, or set PORTAL_STATE_DIR to another place")
