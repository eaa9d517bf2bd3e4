"""Answers that are sent as they are made: a whole file is never held in memory, whichever server asks."""

from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

CHUNK = 1 << 16  # bytes: large enough that a hop between threads costs nothing beside it


def stream(request: HttpRequest, parts: Iterable[bytes], **kwargs: Any) -> StreamingHttpResponse:
    """Sends `parts` as they come. Under ASGI Django would read a plain iterator to its end before the first byte is sent.

    `request` is Django's or the REST framework's; `kwargs` are those of StreamingHttpResponse.
    """
    chunks = _chunks(parts)
    is_asgi = isinstance(getattr(request, "_request", request), ASGIRequest)
    return StreamingHttpResponse(_one_by_one(chunks) if is_asgi else chunks, **kwargs)


def stream_file(request: HttpRequest, path: Path, **kwargs: Any) -> StreamingHttpResponse:
    """Sends a file. Raises FileNotFoundError before anything is sent."""
    size = path.stat().st_size
    response = stream(request, _parts_of(path), **kwargs)
    response["Content-Length"] = str(size)
    return response


def _parts_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(CHUNK):
            yield part


def _chunks(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The parts joined until they are worth sending."""
    waiting = bytearray()
    for part in parts:
        waiting += part
        if len(waiting) >= CHUNK:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


async def _one_by_one(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    take = sync_to_async(next)
    while (chunk := await take(chunks, None)) is not None:
        yield chunk
