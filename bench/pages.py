"""Pages as a signed-in person gets them: how long the server takes, and how many queries it asks."""

import statistics
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.sign_in import SESSION_KEY

TIMES = 15


def without_files() -> None:
    """The server's part is measured: files are not, and their middleware would answer from a thread whose queries nobody counts."""
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.startswith("servestatic.")]


def signed_in(user: User) -> Client:
    """In a browser of their own."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[SESSION_KEY] = str(user.sign_in.pk)
    session.save()
    return client


def timed(ask: Callable[[], None]) -> tuple[float, int]:
    """(median ms, queries) once it is warm."""
    ask()
    with CaptureQueriesContext(connection) as captured:
        ask()
    queries = len(captured)  # at once: the next request empties the log
    return statistics.median(took(ask) for _ in range(TIMES)), queries


def took(ask: Callable[[], None]) -> float:
    """Milliseconds of one request."""
    start = time.perf_counter()
    ask()
    return (time.perf_counter() - start) * 1000
