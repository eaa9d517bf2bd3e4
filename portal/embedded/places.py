"""Where the embedded servers stand: data, sockets, addresses; and the secrets that the state directory keeps."""

import contextlib
import hashlib
import os
import secrets
import stat
import tempfile
from pathlib import Path
from urllib.parse import quote

import environ

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATABASE_NAME = "portal"
SUPERUSER = "postgres"  # makes roles and databases, and nothing else
SOCKET_PATH_LIMIT = 90  # the kernel allows 107 bytes, and the servers add a file name


def state_dir() -> Path:
    """Where this installation keeps what is its own: PORTAL_STATE_DIR, or `.local` beside the code."""
    environ.Env.read_env(BASE_DIR / ".env")  # which overrides nothing that is set already
    return Path(os.environ.get("PORTAL_STATE_DIR") or BASE_DIR / ".local").resolve()


def server_user() -> str | None:
    """PostgreSQL refuses to run as root, so then both servers run as `nobody`. Otherwise as whoever we are."""
    return "nobody" if os.geteuid() == 0 else None


def is_reachable(path: Path) -> bool:
    """Whether the servers' user can come to `path`: every directory above it lets others through."""
    if server_user() is None:
        return True
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents if parent.exists())


def _digest(state_dir: Path) -> str:
    return hashlib.sha256(os.fsencode(state_dir)).hexdigest()[:12]


def server_dir(state_dir: Path) -> Path:
    """Where the servers keep their data: with the state, unless that stands in a directory closed to them."""
    return state_dir if is_reachable(state_dir / "postgres") else Path("/var/tmp") / f"anpr-{_digest(state_dir)}"  # noqa: S108


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
