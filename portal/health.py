"""Whether the portal is well: each part asked, each answer given in a line that anybody can read."""

import time
from collections.abc import Callable

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

HEARTBEAT_KEY = "worker-heartbeat"
HEARTBEAT_SECONDS = 40  # a worker that has not been heard of for longer counts as gone; it beats every 10

Check = Callable[
    [], str
]  # an empty string when all is well, else what is not; "ok, but …" is for people, not for probes
_checks: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Adds a part to what /healthz asks; rooms call it in AppConfig.ready(). The check returns what is wrong, or ""."""
    _checks[name] = check


def beat() -> None:
    """A worker says that it lives; called by the clock's task, so that it proves clock, broker and worker at once."""
    cache.set(HEARTBEAT_KEY, time.time(), timeout=10 * HEARTBEAT_SECONDS)


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _broker() -> str:
    with redis.Redis.from_url(settings.BROKER_REDIS_URL, socket_timeout=3) as client:
        client.ping()
    return ""


def _worker() -> str:
    last = cache.get(HEARTBEAT_KEY)
    if last is None:
        return "no worker has been heard of"
    silence = time.time() - last
    return "" if silence < HEARTBEAT_SECONDS else f"no worker has been heard of for {silence:.0f} s"


register("database", _database)
register("broker", _broker)
register("worker", _worker)


def report() -> dict[str, str]:
    """Each part and "ok", or what is wrong with it. The web part answers by being here."""
    answers = {"web": "ok"}
    for name, check in _checks.items():
        try:
            answers[name] = check() or "ok"
        except Error as problem:
            answers[name] = _line(problem, "the database does not answer")
        except (redis.RedisError, OSError) as problem:
            answers[name] = _line(problem, "Redis does not answer")
    return answers


def is_well(answer: str) -> bool:
    """Whether a part that answers so works."""
    return answer == "ok" or answer.startswith("ok, but ")


def _line(problem: Exception, words: str) -> str:
    """What is wrong in words; the particulars name hosts and users, and this page is open to all."""
    return f"{words} ({type(problem).__name__})"


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when every part answers, else 503; the JSON names each part and what it says."""
    answers = report()
    return JsonResponse(answers, status=200 if all(is_well(answer) for answer in answers.values()) else 503)
