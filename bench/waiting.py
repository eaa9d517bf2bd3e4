"""A thousand matchers that wait on one process: seconds until the last one is told of a publication, and memory for each."""

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from django.conf import settings
from django.db import connection

from bench.cast import JOB, say, staff
from bench.figures import Figure
from bench.running import a_place_for_keys, answers, clock, free_port
from matchers.actions import add_matcher, make_publication_keys, publish_sites, refresh_timestamps
from portal.supervisor import Supervisor

NAME = "waiting"
TOLD_LIMIT = 1.0  # seconds
ADMISSION_LIMIT = 25.0  # ms of one process: a thousand come back every 50 s
MEMORY_LIMIT = 64.0  # KiB for each that waits
PATIENCE = 45.0


def measure(*, quick: bool) -> Iterator[Figure]:
    """With the portal as one process of its own."""
    waiting = 200 if quick else 1_000
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as running, a_place_for_keys(Path(place)):
        Path(place).chmod(0o755)
        make_publication_keys(by=JOB)
        added = add_matcher("Benchmark", by=staff()["manager"], purpose="Measuring")
        publish_sites(by=JOB)
        port, worker = serve(running, Path(place))
        credentials = {
            "grant_type": "client_credentials", "client_id": added.client_id, "client_secret": added.client_secret,
            "scope": "matcher",
        }  # fmt: skip
        token = httpx.post(f"http://127.0.0.1:{port}/oauth/token/", data=credentials).json()["access_token"]
        path = f"/publication/{added.matcher.feed_id}/wait"
        asyncio.run(knock(port, path, token, 0))  # what is loaded on first use is no cost of waiting
        before = status(worker)
        admitted, held, told = asyncio.run(all_wait(port, path, token, waiting, worker))
        memory = (held["VmRSS"] - before["VmRSS"]) / waiting
        threads = held["Threads"] - before["Threads"]
        say(
            f"{waiting} waiting: admitted in {admitted:.1f} s, {memory:.0f} KiB each, {threads} threads more, last {told:.3f} s"
        )
        assert threads < 20, "those who wait hold threads"
        yield Figure(NAME, "last_told", told, "s", TOLD_LIMIT, told / TOLD_LIMIT)
        yield Figure(
            NAME,
            "admission_each",
            admitted / waiting * 1000,
            "ms",
            ADMISSION_LIMIT,
            admitted / waiting * 1000 / ADMISSION_LIMIT,
        )
        yield Figure(NAME, "memory_each", memory, "KiB", MEMORY_LIMIT, memory / MEMORY_LIMIT)


def serve(running: contextlib.ExitStack, place: Path) -> tuple[int, int]:
    """The portal's port, and the number of the process that answers there."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    supervisor = Supervisor(cwd=settings.BASE_DIR, log_dir=place / "log", say=say)
    running.callback(supervisor.stop)
    env = {"PORTAL_URL": url, "PORTAL_NO_POOL": "1", "DJANGO_SETTINGS_MODULE": "portal.settings"}
    web = [
        sys.executable,
        "-m",
        "gunicorn",
        "portal.asgi:application",
        "--worker-class",
        "uvicorn_worker.UvicornWorker",
    ]
    web += ["--workers", "1", "--bind", f"127.0.0.1:{port}", "--no-control-socket", "--graceful-timeout", "1"]
    supervisor.add("web", [*web, "--pid", str(place / "pid"), "--backlog", "2048"], env)
    clock(lambda: None, lambda: answers(url))
    master = (place / "pid").read_text().strip()
    worker = Path(f"/proc/{master}/task/{master}/children").read_text().split()[0]
    return port, int(worker)


def status(process: int) -> dict[str, int]:
    """What the system says of a process, in numbers: its memory in KiB, its threads."""
    lines = (line.split() for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return {words[0].rstrip(":"): int(words[1]) for words in lines if len(words) > 1 and words[1].isdecimal()}


async def all_wait(port: int, path: str, token: str, waiting: int, worker: int) -> tuple[float, dict[str, int], float]:
    """Seconds until all were admitted, what the process holds then, and seconds from a publication to the last one told."""
    seen = await knock(port, path, token, 0)
    told_at: list[float] = []
    began = time.perf_counter()

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(request(path, token, seen))
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 200 " in head.splitlines()[0], head
            told_at.append(time.perf_counter())
        finally:
            writer.close()

    tasks = [asyncio.create_task(one()) for _ in range(waiting)]
    quiet, used = 0, cpu_seconds(worker)
    while quiet < 3:  # once the process has nothing left to do, all wait
        await asyncio.sleep(0.1)
        now = cpu_seconds(worker)
        quiet = quiet + 1 if now - used < 0.02 else 0
        used = now
        assert time.perf_counter() - began < PATIENCE, "not all are admitted before the first is sent home"
    admitted = time.perf_counter() - began
    assert not told_at, "somebody was not kept waiting"
    held = status(worker)
    assert await asyncio.to_thread(database_connections) <= 1, "those who wait hold database connections"
    published = time.perf_counter()
    await asyncio.to_thread(publish)
    committed = time.perf_counter()
    await asyncio.wait_for(asyncio.gather(*tasks), 20)
    say(f"signed in {committed - published:.3f} s")
    return admitted, held, max(told_at) - committed


def publish() -> None:
    """A new timestamp for every feed."""
    try:
        refresh_timestamps(by=JOB)
    finally:
        connection.close()


async def knock(port: int, path: str, token: str, seen: int) -> int:
    """The feed's newest timestamp."""
    async with httpx.AsyncClient() as http:
        answer = await http.get(
            f"http://127.0.0.1:{port}{path}?seen={seen}", headers={"Authorization": f"Bearer {token}"}
        )
        return int(answer.json()["timestamp"])


def request(path: str, token: str, seen: int) -> bytes:
    """The bytes that ask for something newer."""
    lines = [f"GET {path}?seen={seen} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}", "", ""]
    return "\r\n".join(lines).encode()


def cpu_seconds(process: int) -> float:
    """What a process has used of a processor."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def database_connections() -> int:
    """How many sessions are open on the database, this one left out."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            return int(cursor.fetchone()[0])
    finally:
        connection.close()
