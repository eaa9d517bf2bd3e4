"""Telling those who wait that a feed has something newer: a number in Redis, and a word on its channel."""

import asyncio
from collections.abc import Iterable

import redis
import redis.asyncio
from django.conf import settings
from django.db import transaction

from matchers.models import Feed
from portal.celery import app

KEPT_SECONDS = 3600


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

    Reads Redis only. Listens before it looks, so that nothing passes between the two.
    """
    client = redis.asyncio.Redis.from_url(settings.BROKER_REDIS_URL)
    try:
        async with client.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(_name(feed))
            newest = int(await client.get(_name(feed)) or 0)
            ends = asyncio.get_running_loop().time() + seconds
            while newest <= seen and (left := ends - asyncio.get_running_loop().time()) > 0:
                message = await channel.get_message(timeout=left)
                newest = max(newest, int(message["data"]) if message else 0)
            return max(newest, seen)
    finally:
        await client.aclose()


def _name(feed: str) -> str:
    return f"{settings.REDIS_CHANNEL_PREFIX}feed-{feed}"
