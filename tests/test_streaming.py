"""Long answers: sent as they are made, under either kind of server."""

import asyncio
from pathlib import Path

import pytest
from django.test import AsyncRequestFactory, RequestFactory

from portal.streaming import CHUNK, stream, stream_file

PARTS = 100


def parts(made: list[int]):
    for number in range(PARTS):
        made.append(number)
        yield bytes([number]) * (CHUNK // 2)


def test_under_asgi_the_first_bytes_leave_before_the_rest_is_made():
    made: list[int] = []

    async def read() -> bytes:
        response = stream(AsyncRequestFactory().get("/"), parts(made))
        assert response.is_async
        pieces = aiter(response)
        first = await anext(pieces)
        assert len(made) == 2, "two halves make a chunk, and no more was asked for"
        return first + b"".join([piece async for piece in pieces])

    assert asyncio.run(read()) == b"".join(parts([]))
    assert len(made) == PARTS


def test_under_wsgi_it_is_read_as_it_is_sent():
    made: list[int] = []
    response = stream(RequestFactory().get("/"), parts(made))
    assert not response.is_async
    assert made == []
    assert b"".join(response.streaming_content) == b"".join(parts([]))


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK * 3 + 1])
def test_file_arrives_whole_with_its_length(tmp_path: Path, size: int):
    file = tmp_path / "list"
    file.write_bytes(b"x" * size)

    async def read() -> bytes:
        return b"".join([piece async for piece in stream_file(AsyncRequestFactory().get("/"), file)])

    assert asyncio.run(read()) == file.read_bytes()
    assert stream_file(RequestFactory().get("/"), file)["Content-Length"] == str(size)


def test_missing_file_is_known_before_anything_is_sent(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        stream_file(RequestFactory().get("/"), tmp_path / "gone")
