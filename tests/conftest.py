"""What every test stands on: a real PostgreSQL with its three roles, a real Redis, and tables left empty."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.test import TransactionTestCase

from portal import embedded
from portal.database import throwaway
from tests.browser import chromium, page  # noqa: F401 - one browser for the whole run
from tests.cast import *  # noqa: F403 - the people of the tests are fixtures everywhere
from tests.publishing import *  # noqa: F403 - and what they publish to
from tests.warninglist_cast import *  # noqa: F403 - and what warns of their plates

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the thread that asks the database


def pytest_addoption(parser):
    """How the journeys are run."""
    group = parser.getgroup("journeys")
    group.addoption("--walkthrough", action="store_true", help="take the pictures of docs/walkthrough.md anew")
    group.addoption("--at-demo", metavar="STATE_DIR", help="use the demo that runs there instead of starting one")


def pytest_collection_modifyitems(items):
    """What needs a browser comes last: Playwright's loop runs in this thread until the end, and nothing that is called
    through async middleware, or that forks, can run beside it."""
    items.sort(key=lambda item: "chromium" in getattr(item, "fixturenames", ()))  # stable: the others keep their order


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_blocker):
    """Takes the place of pytest-django's: three roles on one database, made and granted as bin/setup does."""
    name = settings.DATABASES["default"]["NAME"]
    with embedded.use(settings.STATE_DIR), pytest.MonkeyPatch.context() as patch:
        with django_db_blocker.unblock():
            throwaway.prepare(name, afresh=request.config.getvalue("create_db"))
        # Django would TRUNCATE, which append-only tables refuse and the application may not.
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: throwaway.empty(name))
        yield


@pytest.fixture(autouse=True)
def _redis_emptied(request):
    """After a test that had the database: nothing queued, nothing cached, for the next."""
    yield
    if "django_db_setup" in request.fixturenames:
        for url in (settings.BROKER_REDIS_URL, settings.CACHE_URL):
            with redis.Redis.from_url(url) as client:
                client.flushdb()


@pytest.fixture
def state_dir(monkeypatch):
    """A state directory for embedded servers of its own, where their user can come; nothing of it is left running."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    directory = Path(tempfile.mkdtemp(prefix="anpr-t-"))
    directory.chmod(0o755)
    yield directory
    embedded.stop(directory)
    shutil.rmtree(directory)
