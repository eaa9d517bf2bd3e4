"""The wait for something newer, outside Django: whoever waits holds no thread, no database connection and no request.

Django answers at once whether one may wait, and what is newest. That answer is kept until there is a newer one.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs
from weakref import WeakKeyDictionary

from redis import RedisError

from matchers import waking

WAIT_SECONDS = 50  # less than the minute after which what stands between hangs up
_PATH = re.compile(r"/publication/(?P<feed>[0-9a-z]+)/wait")
_NUMBER = re.compile(r"[0-9]{1,20}")
LONGEST_ANSWER = 10_000  # bytes of what Django says: a number, or why not
ASKED_AT_ONCE = 8  # of Django, which takes a thread and a database connection for each; told, all come back together

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class LongPoll:
    """An ASGI application around the portal's own. Nothing but the wait passes through its hands."""

    def __init__(self, inner: Application):
        self._inner = inner
        self._gates: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        named = _PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if named is None:
            await self._inner(scope, receive, send)
            return
        answer = Answer()
        async with self._gates.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(ASKED_AT_ONCE)):
            await self._inner(scope, without_body(receive), answer.take)
        seen = parse_qs(scope["query_string"].decode("latin-1")).get("seen", [""])[0]
        newest = answer.newest
        if newest is not None and _NUMBER.fullmatch(seen) and newest <= int(seen):
            newest = await until_newer_or_gone(named["feed"], newest, receive)
            if newest is None:
                return
            answer.say(newest)
        await answer.give(send)


class Answer:
    """What Django answered, kept back."""

    def __init__(self) -> None:
        self._start: Message = {}
        self._body = b""

    async def take(self, message: Message) -> None:
        """As the server would."""
        if message["type"] == "http.response.start":
            self._start = message
        elif len(self._body) < LONGEST_ANSWER:
            self._body += message.get("body", b"")

    @property
    def newest(self) -> int | None:
        """The newest timestamp; None when the answer was no."""
        if self._start.get("status") != HTTPStatus.OK:
            return None
        told = json.loads(self._body).get("timestamp")  # which is not in what OPTIONS is answered
        return None if told is None else int(told)

    def say(self, newest: int) -> None:
        """Another number in place of the one that it says."""
        self._body = json.dumps({"timestamp": newest}).encode()
        headers = [(name, value) for name, value in self._start["headers"] if name.lower() != b"content-length"]
        self._start["headers"] = [*headers, (b"content-length", str(len(self._body)).encode())]

    async def give(self, send: Send) -> None:
        """Sends it."""
        await send(self._start)
        await send({"type": "http.response.body", "body": self._body})


async def until_newer_or_gone(feed: str, seen: int, receive: Receive) -> int | None:
    """The newest timestamp, `seen` again after 50 s, or None once the one who waits has hung up."""
    waiting = asyncio.ensure_future(waking.newer_than(feed, seen, seconds=WAIT_SECONDS))
    gone = asyncio.ensure_future(hung_up(receive))
    try:
        await asyncio.wait((waiting, gone), return_when=asyncio.FIRST_COMPLETED)
        return waiting.result() if waiting.done() else None
    except (RedisError, OSError):
        return seen  # nobody can wait now: they ask by themselves every few seconds
    finally:
        waiting.cancel()
        gone.cancel()


def without_body(receive: Receive) -> Receive:
    """As of a request that brings nothing. Who announces a body and never sends it would keep the others from asking."""
    is_told = False

    async def told() -> Message:
        nonlocal is_told
        if is_told:
            await hung_up(receive)
            return {"type": "http.disconnect"}
        is_told = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return told


async def hung_up(receive: Receive) -> None:
    """Returns when the one who asked has."""
    while (await receive())["type"] != "http.disconnect":
        pass
