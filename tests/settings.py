"""The portal's settings, but beside a running demo: each test run has a database and two Redis databases to itself."""

import fcntl
import os

from portal import embedded

SLOTS = 5  # Redis has 16 databases: 0 and 1 are the demo's, then two a run


def take_a_slot():
    """The first number that no other test run on this machine holds; the lock goes with the process."""
    embedded.state_dir().mkdir(parents=True, exist_ok=True)
    for number in range(1, SLOTS + 1):
        lock = os.open(embedded.state_dir() / f"tests-{number}.lock", os.O_CREAT | os.O_WRONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        else:
            return number
    raise RuntimeError(f"{SLOTS} test runs are under way already")


SLOT = take_a_slot()
os.environ["PORTAL_NO_POOL"] = "1"
os.environ["PORTAL_DATABASE_NAME"] = f"test_portal_{SLOT}"
os.environ["PORTAL_REDIS_DB"] = str(3 + 2 * SLOT)

from portal.settings import *  # noqa: E402, F403 - settings read the environment as they load

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # made to be slow, and tests sign in often
STATIC_ROOT = FILES_DIR / "static"  # noqa: F405 - where nothing was collected: the tests' server finds files as they are built
RETENTION_MARK = ""  # the database is emptied again and again here, which is no restore
