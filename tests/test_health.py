"""/healthz: well when every part answers; otherwise it names the one that does not, and nothing that helps an intruder."""

import re

import pytest
from django.core.cache import cache
from django.db import OperationalError

from portal import health
from portal.tasks import heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _checks_restored(monkeypatch):
    """Only the building's own parts: what rooms add is theirs to test."""
    own = {name: health._checks[name] for name in ("database", "broker", "worker")}
    monkeypatch.setattr(health, "_checks", own)


def test_all_well_without_signing_in(client):
    heartbeat()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"web": "ok", "database": "ok", "broker": "ok", "worker": "ok"}
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_worker_never_heard_of_is_named(client):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["worker"] == "no worker has been heard of"
    assert answer.json()["database"] == "ok"


def test_a_worker_that_fell_silent_is_named_with_how_long(client):
    heartbeat()
    cache.set(health.HEARTBEAT_KEY, cache.get(health.HEARTBEAT_KEY) - 43)
    assert re.fullmatch(r"no worker has been heard of for 4\d s", client.get("/healthz").json()["worker"])
    cache.set(health.HEARTBEAT_KEY, cache.get(health.HEARTBEAT_KEY) + 20)
    assert client.get("/healthz").status_code == 200


def test_a_broker_out_of_reach_is_named(client, settings):
    heartbeat()
    settings.BROKER_REDIS_URL = "unix:///nowhere/redis.sock"
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["broker"].startswith("Redis does not answer")


def test_a_failure_says_nothing_of_hosts_and_users(client):
    def failing():
        raise OperationalError("connection to server at 10.1.2.3, user portal_app failed")

    heartbeat()
    health.register("database", failing)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "the database does not answer (OperationalError)"


def test_a_room_adds_its_own_part(client):
    heartbeat()
    health.register("publication", lambda: "list r1 has not been published")
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["publication"] == "list r1 has not been published"


def test_nothing_can_be_sent_to_it(client):
    assert client.post("/healthz").status_code == 405
