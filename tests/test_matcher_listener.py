"""Where cameras post: who may, how many at once, and what the matcher says of itself."""

import json
import socket
import threading
from contextlib import contextmanager

import httpx
import pytest
import time_machine

from matcher_client.cli import main
from matcher_client.listener import Listener, Open
from tests.loopback_portal import LIST, SITE, a_portal, a_row, in_service, matchers_of

READ = {"vrm": "AB01CDE", "site": SITE, "camera": "1", "captured_at": "2026-11-22T12:00:00Z", "confidence": 0.9}


@pytest.fixture
def portal():
    with a_portal() as loopback:
        yield loopback


@pytest.fixture
def matcher(portal, tmp_path):
    portal.publish({LIST: [a_row()]}, in_service())
    with matchers_of(portal, tmp_path / "state") as make:
        yield make()


@contextmanager
def listening(matcher, **options):
    listener = Listener(("127.0.0.1", 0), matcher, **options)
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.server_address[1]}"
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join(10)


def test_what_other_machines_reach_does_not_start_without_a_token(matcher):
    for host in ("0.0.0.0", "::"):  # noqa: S104 - that is what is refused
        with pytest.raises(Open, match="give those that may post a token"):
            Listener((host, 0), matcher)
    Listener(("0.0.0.0", 0), matcher, "secret").server_close()  # noqa: S104
    Listener(("localhost", 0), matcher).server_close()


def test_with_a_token_nobody_else_posts_or_looks(matcher):
    matcher.update()
    with listening(matcher, token="sécret") as address:
        for headers in ({}, {"Authorization": "Bearer other"}, {"Authorization": "Basic s"}):
            for answer in (
                httpx.post(f"http://{address}/reads", json=READ, headers=headers),
                httpx.get(f"http://{address}/health", headers=headers),
            ):
                assert answer.status_code == 401
                assert answer.headers["www-authenticate"] == "Bearer"
        assert matcher.counts["reads"] == 0
    with listening(matcher, token="secret") as address:
        headers = {"Authorization": "Bearer secret"}
        assert httpx.post(f"http://{address}/reads", json=READ, headers=headers).json()["hits"] == 1
        assert httpx.get(f"http://{address}/health", headers=headers).json()["state"] == "fresh"


def test_more_than_it_can_serve_are_turned_away_and_taken_again_later(matcher):
    matcher.update()
    with listening(matcher, most=2) as address:
        host, port = address.split(":")
        held = [socket.create_connection((host, int(port))) for _ in range(2)]
        for each in held:
            each.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            assert each.recv(12) == b"HTTP/1.1 200"
        answer = httpx.post(f"http://{address}/reads", json=READ)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        for each in held:
            each.close()
        transport = httpx.HTTPTransport(retries=3)
        with httpx.Client(transport=transport) as http:
            answers = [http.post(f"http://{address}/reads", json=READ).status_code for _ in range(20)]
        assert answers[-1] == 200


def test_a_request_that_makes_no_sense_is_answered_and_the_next_is_taken(matcher):
    matcher.update()
    with listening(matcher) as address:
        assert httpx.post(f"http://{address}/reads", content=b"[" * 200_000).status_code == 400
        year_one = READ | {"captured_at": "0001-01-01T00:00:00+01:00"}
        answer = httpx.post(f"http://{address}/reads", json=[year_one, READ])
        assert (answer.status_code, answer.json()["hits"], len(answer.json()["problems"])) == (200, 1, 1)
        host, port = address.split(":")
        with socket.create_connection((host, int(port)), timeout=10) as client:
            client.sendall(b"POST /reads HTTP/1.1\r\nHost: m\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 413")


def test_health_says_in_a_word_and_by_its_exit_status_how_a_matcher_is(portal, matcher, capsys):
    def asked(address):
        code = main(["health", "--listen", address])
        return code, json.loads(capsys.readouterr().out)["state"]

    with listening(matcher) as address:
        assert asked(address) == (1, "empty")
        with time_machine.travel(1795000000, tick=True) as clock:
            portal.publish({LIST: [a_row()]}, in_service(), custom={LIST: {"offline_life": 86400}})
            matcher.update()
            assert asked(address) == (0, "fresh")
            clock.shift(3600)
            assert asked(address) == (1, "stale")
            clock.shift(86400)
            matcher.discard_outlived()
            assert asked(address) == (1, "dead")
    assert main(["health", "--listen", address]) == 3
    assert "No matcher answers" in capsys.readouterr().err
