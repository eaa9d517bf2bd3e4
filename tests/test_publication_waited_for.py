"""Matchers that wait for something newer, on the server that the portal runs on."""

import asyncio
import threading
import time

import httpx
import pytest
import uvicorn
from django.db import connection

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
    [socket] = server.servers[0].sockets
    yield f"http://127.0.0.1:{socket.getsockname()[1]}"
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

    async def wait_all() -> tuple[int, list[float]]:
        limits = httpx.Limits(max_connections=WAITING + 5)
        async with httpx.AsyncClient(headers=headers, timeout=30, limits=limits) as http:
            seen = (await http.get(f"{asgi_url}/publication/{feed}/wait?seen=0")).json()["timestamp"]

            async def one() -> float:
                answer = await http.get(f"{asgi_url}/publication/{feed}/wait?seen={seen}")
                assert answer.json()["timestamp"] > seen
                return time.monotonic()

            waiting = [asyncio.create_task(one()) for _ in range(WAITING)]
            await asyncio.sleep(5)
            held = await asyncio.to_thread(in_thread, connections)
            await asyncio.to_thread(in_thread, lambda: (approved_entry(vrm_entered="XY50ZZZ"), publish(hotlist)))
            published_at = time.monotonic()
            return held, [woken - published_at for woken in await asyncio.gather(*waiting)]

    held, delays = asyncio.run(wait_all())
    assert held <= 1, "only the test itself"
    assert max(delays) < 1


def in_thread(work):
    """Runs it, and gives the thread's database connection back."""
    try:
        return work()
    finally:
        connection.close()
