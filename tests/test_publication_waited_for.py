"""Matchers that wait for something newer, on the server that the portal runs on."""

import asyncio
import contextlib
import socket
import threading
import time

import httpx
import pytest
import redis
import uvicorn
from django.conf import settings
from django.db import connection

from matchers import waking
from matchers.long_poll import ASKED_AT_ONCE
from matchers.models import Feed
from portal.asgi import application
from tests.publishing import publish
from tests.test_publication_fetched import token

pytestmark = pytest.mark.django_db(transaction=True)
WAITING = 30


@pytest.fixture
def asgi_url():
    """The portal on uvicorn, as in production, on a port of its own."""
    server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="warning", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    [listening] = server.servers[0].sockets
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(15)


def connections() -> int:
    """Connections of the application to the test's database, this one left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return cursor.fetchone()[0]


def test_those_who_wait_hold_no_database_connection_and_all_wake_within_a_second(
    matcher, hotlist, approved_entry, asgi_url, live_server
):
    approved_entry()
    publish(hotlist)
    headers = token(live_server, matcher)
    feed = matcher.matcher.feed_id

    async def wait_all() -> tuple[int, int, list[float]]:
        limits = httpx.Limits(max_connections=WAITING + 5)
        async with httpx.AsyncClient(headers=headers, timeout=30, limits=limits) as http:
            seen = (await http.get(f"{asgi_url}/publication/{feed}/wait?seen=0")).json()["timestamp"]

            async def one() -> float:
                answer = await http.get(f"{asgi_url}/publication/{feed}/wait?seen={seen}")
                assert answer.json()["timestamp"] > seen
                return time.monotonic()

            waiting = [asyncio.create_task(one()) for _ in range(WAITING)]
            await asyncio.sleep(5)
            threads = threading.active_count()
            held = await asyncio.to_thread(in_thread, connections)
            await asyncio.to_thread(in_thread, lambda: (approved_entry(vrm_entered="XY50ZZZ"), publish(hotlist)))
            published_at = time.monotonic()
            return held, threads, [woken - published_at for woken in await asyncio.gather(*waiting)]

    held, threads, delays = asyncio.run(wait_all())
    assert held <= 1, "only the test itself"
    assert threads < WAITING, "somebody who waits holds a thread"
    assert max(delays) < 1


def test_the_client_that_waits_is_told_within_a_second_and_only_of_its_own_feed(
    matcher, add_matcher, hotlist, approved_entry, client_for, asgi_url
):
    approved_entry()
    publish(hotlist)
    client = client_for(matcher)
    client.step()
    seen = client.applied.timestamp_version
    client.feed.wait_url = f"{asgi_url}/publication/{matcher.matcher.feed_id}/wait"
    stop, told = threading.Event(), []

    def waiting() -> None:
        told.append((client._wait_for_news(stop), client._told, time.monotonic()))

    thread = threading.Thread(target=waiting)
    thread.start()
    time.sleep(1)
    waking.wake({add_matcher("Southdale").matcher.feed_id: seen + 9})
    time.sleep(0.5)
    assert told == []
    approved_entry(vrm_entered="XY50 ZZZ")
    publish(hotlist)
    published_at = time.monotonic()
    thread.join(20)
    [(is_told, newest, at)] = told
    assert is_told and newest > seen
    assert at - published_at < 1


def test_nobody_waits_without_a_token_of_the_feed_or_for_no_number(
    matcher, add_matcher, hotlist, approved_entry, asgi_url, live_server
):
    approved_entry()
    publish(hotlist)
    headers, feed = token(live_server, matcher), matcher.matcher.feed_id
    other = token(live_server, add_matcher("Southdale"))
    began = time.monotonic()
    for given in ({}, other, {"Authorization": "Bearer wrong"}):
        refused = httpx.get(f"{asgi_url}/publication/{feed}/wait?seen=99", headers=given)
        assert refused.status_code == 401
        assert refused.headers["content-type"] == "application/problem+json"
    for asked in ("", "?seen=", "?seen=x", "?seen=-1", "?seen=1.5", "?seen=%C2%B2", f"?seen={'9' * 5000}"):
        answer = httpx.get(f"{asgi_url}/publication/{feed}/wait{asked}", headers=headers)
        assert answer.json() == {"timestamp": Feed.objects.get(pk=feed).timestamp_version}
    assert httpx.post(f"{asgi_url}/publication/{feed}/wait?seen=99", headers=headers).status_code == 405
    assert httpx.options(f"{asgi_url}/publication/{feed}/wait?seen=99").status_code < 500
    assert time.monotonic() - began < 15, "somebody was kept waiting"


def test_who_never_sends_the_body_that_they_announced_keeps_nobody_from_asking(
    matcher, hotlist, approved_entry, asgi_url, live_server
):
    approved_entry()
    publish(hotlist)
    headers, feed = token(live_server, matcher), matcher.matcher.feed_id
    address = httpx.URL(asgi_url)
    with contextlib.ExitStack() as held:
        for _ in range(ASKED_AT_ONCE):
            stranger = held.enter_context(socket.create_connection((address.host, address.port)))
            stranger.sendall(b"GET /publication/x/wait HTTP/1.1\r\nHost: portal\r\nContent-Length: 10\r\n\r\n")
        time.sleep(1)
        answer = httpx.get(f"{asgi_url}/publication/{feed}/wait?seen=0", headers=headers, timeout=15)
    assert answer.status_code == 200


def test_who_hangs_up_is_waited_for_no_more(matcher, hotlist, approved_entry, asgi_url, live_server):
    approved_entry()
    publish(hotlist)
    headers, feed = token(live_server, matcher), matcher.matcher.feed_id

    def listeners() -> int:
        with redis.Redis.from_url(settings.BROKER_REDIS_URL) as client:
            return client.pubsub_numpat()

    before = listeners()
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{asgi_url}/publication/{feed}/wait?seen=99", headers=headers, timeout=httpx.Timeout(2, connect=5))
    end = time.monotonic() + 5
    while listeners() > before:
        assert time.monotonic() < end, "it still listens"
        time.sleep(0.1)


def test_where_redis_is_away_nobody_waits_and_nobody_is_refused(
    matcher, hotlist, approved_entry, asgi_url, live_server, settings
):
    approved_entry()
    publish(hotlist)
    headers, feed = token(live_server, matcher), matcher.matcher.feed_id
    settings.BROKER_REDIS_URL = "redis://127.0.0.1:1/0"
    answer = httpx.get(f"{asgi_url}/publication/{feed}/wait?seen=99", headers=headers)
    assert answer.status_code == 200
    assert answer.json()["timestamp"] < 99


def in_thread(work):
    """Runs it, and gives the thread's database connection back."""
    try:
        return work()
    finally:
        connection.close()
