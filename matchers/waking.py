"""Telling those who wait that a feed has something newer: a number in Redis, and a word on its channel."""

import asyncio
from collections.abc import Iterable
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from django.conf import settings
from django.db import transaction

from matchers.models import Feed
from portal.celery import app

KEPT_SECONDS = 3600
ASKING = 4  # connections that look up numbers, for all who wait in a process


def wake_after_commit(feeds: Iterable[Feed]) -> None:
    """Once this transaction stands. Missed, a matcher asks by itself within seconds."""
    versions = {feed.pk: feed.timestamp_version for feed in feeds}
    if versions:
        transaction.on_commit(lambda: wake(versions), robust=True)
        if settings.MIRROR_DIR:
            transaction.on_commit(lambda: app.send_task("matchers.tasks.mirror"), robust=True)


def wake(versions: dict[str, int]) -> None:
    """Says for each feed which timestamp is its newest."""
    with redis.Redis.from_url(settings.BROKER_REDIS_URL) as client, client.pipeline(transaction=False) as pipe:
        for feed, version in versions.items():
            pipe.set(_name(feed), version, ex=KEPT_SECONDS)
            pipe.publish(_name(feed), version)
        pipe.execute()


async def newer_than(feed: str, seen: int, *, seconds: float) -> int:
    """The feed's newest timestamp, as soon as it is newer than `seen`; else, after so many seconds, `seen` again.

    Reads Redis only, and over the same few connections for all who wait. Raises RedisError when it cannot.
    """
    return await _ears.setdefault(asyncio.get_running_loop(), Ear()).newer_than(feed, seen, seconds)


class Ear:
    """What hears the words of all feeds for all who wait on one event loop. It listens while somebody waits."""

    def __init__(self) -> None:
        self._waiting: dict[str, dict[asyncio.Future[int], int]] = {}
        self._listening: asyncio.Task[None] | None = None
        self._is_heard: asyncio.Future[redis.asyncio.Redis]

    async def newer_than(self, feed: str, seen: int, seconds: float) -> int:
        """As the function of this name. Listens before it looks, so that nothing passes between the two."""
        told: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(feed, {})[told] = seen
        try:
            client = await self._listen()
            newest = int(await client.get(_name(feed)) or 0)
            if newest > seen:
                return newest
            async with asyncio.timeout(seconds):
                return await told
        except TimeoutError:
            return seen
        finally:
            self._leave(feed, told)

    def _listen(self) -> "asyncio.Future[redis.asyncio.Redis]":
        if self._listening is None or self._listening.done():
            loop = asyncio.get_running_loop()
            self._is_heard = loop.create_future()
            self._listening = loop.create_task(self._hear(self._is_heard))
        return asyncio.shield(self._is_heard)

    def _leave(self, feed: str, told: "asyncio.Future[int]") -> None:
        if not told.cancel() and not told.cancelled():
            told.exception()  # it was looked at, or it is known already why nobody is told
        those = self._waiting[feed]
        del those[told]
        if not those:
            del self._waiting[feed]
        if not self._waiting and self._listening is not None:
            self._listening.cancel()
            self._listening = None

    async def _hear(self, is_heard: "asyncio.Future[redis.asyncio.Redis]") -> None:
        pool = redis.asyncio.BlockingConnectionPool.from_url(
            settings.BROKER_REDIS_URL, max_connections=ASKING + 1, timeout=20
        )
        client = redis.asyncio.Redis.from_pool(pool)
        try:
            async with client, client.pubsub() as channel:
                await channel.psubscribe(_name("*"))
                async for message in channel.listen():
                    if message["type"] == "psubscribe":
                        is_heard.set_result(client)
                    else:
                        self._tell(message["channel"].decode().removeprefix(_name("")), int(message["data"]))
        except (redis.RedisError, OSError) as error:
            self._fail(is_heard, error)

    def _tell(self, feed: str, version: int) -> None:
        for told, seen in self._waiting.get(feed, {}).items():
            if version > seen and not told.done():
                told.set_result(version)

    def _fail(self, is_heard: "asyncio.Future[redis.asyncio.Redis]", error: Exception) -> None:
        if not is_heard.done():
            is_heard.set_exception(error)
        for told in (told for those in self._waiting.values() for told in those):
            if not told.done():
                told.set_exception(error)


_ears: WeakKeyDictionary[asyncio.AbstractEventLoop, Ear] = WeakKeyDictionary()


def _name(feed: str) -> str:
    return f"{settings.REDIS_CHANNEL_PREFIX}feed-{feed}"
