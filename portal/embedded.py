"""PostgreSQL and Redis out of wheels, for machines that have neither: their addresses, starting, keeping, stopping."""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

DATABASE_NAME = "portal"
SOCKET_PATH_LIMIT = 90  # the kernel allows 107 bytes, and the servers add a file name


def run_dir(state_dir: Path) -> Path:
    """Where the sockets stand: beside the state, or, where that path is too long for a socket, in a short temporary one."""
    beside = state_dir / "run"
    if len(os.fsencode(beside)) <= SOCKET_PATH_LIMIT:
        return beside
    digest = hashlib.sha256(os.fsencode(state_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"anpr-{digest}"


def database_url(state_dir: Path, role: str) -> str:
    """The embedded PostgreSQL as seen by one role."""
    return f"postgres://{role}@/{DATABASE_NAME}?host={run_dir(state_dir)}"


def redis_url(state_dir: Path) -> str:
    """The embedded Redis."""
    return f"unix://{run_dir(state_dir)}/redis.sock"


def secret(state_dir: Path, name: str) -> str:
    """A secret of this installation, made on first use and kept in a file that only its owner reads."""
    path = state_dir / "secrets" / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with path.open("x", opener=lambda file, flags: os.open(file, flags, 0o600)) as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()
