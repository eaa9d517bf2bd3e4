"""The board in an open browser: a hit is there within two seconds, nothing is missed, and no database is held."""

import contextlib
import queue
import threading
import time

import httpx
import pytest
from django.db import connection

from hits import actions
from hits.views import board
from tests.asgi_portal import *  # noqa: F403 - fixtures
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.hit_cast import published

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # Django leaves a request's empty body to the garbage collector when the browser hangs up in the middle of a stream.
    pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile"),
]


@pytest.fixture
def watch(asgi_portal, client_of):
    """watch(user, last=""): a queue of (event, id, data) as this person's browser gets them."""
    with contextlib.ExitStack() as open_streams:

        def start(user, *, last: str = "") -> queue.Queue:
            heard: queue.Queue = queue.Queue()
            cookies = {name: morsel.value for name, morsel in client_of(user).cookies.items()}
            client = open_streams.enter_context(httpx.Client(cookies=cookies, timeout=30))
            headers = {"Last-Event-ID": last} if last else {}
            answer = open_streams.enter_context(client.stream("GET", f"{asgi_portal}/board/stream/", headers=headers))
            lines = answer.iter_lines()
            assert answer.status_code == 200
            assert next(lines) == "retry: 2000"  # by now it listens

            def read() -> None:
                event = {}
                with contextlib.suppress(httpx.HTTPError, httpx.StreamError):
                    for line in lines:
                        if line.startswith(":"):
                            heard.put(("sign", "", ""))
                        elif ": " in line:
                            name, _, rest = line.partition(": ")
                            event[name] = event.get(name, "") + rest
                        elif event:
                            heard.put((event.get("event"), event.get("id"), event.get("data")))
                            event = {}

            threading.Thread(target=read, daemon=True).start()
            return heard

        yield start


def connections() -> int:
    """Sessions of the application on this database, but for the one that asks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return cursor.fetchone()[0]


def test_hit_is_on_an_open_board_within_two_seconds(listed, report, watch, operator):
    entry = listed()
    heard = watch(operator)
    began = time.monotonic()
    hit = report(entry)
    name, _, card = heard.get(timeout=2)
    assert name == "fragment"
    assert str(hit.pk) in card and "AB01" in card and "data-say" in card
    assert time.monotonic() - began < 2
    actions.acknowledge(hit, by=operator)
    assert "Taken on" in heard.get(timeout=2)[2]
    actions.record_outcome(hit, by=operator, decision="NO_ACTION")
    name, _, card = heard.get(timeout=2)
    assert (name, card) == ("remove", f"vehicle-{hit.hotlist_id}-GB-AB01CDE")


def test_board_of_somebody_else_hears_nothing(listed, report, watch, outsider, operator):
    entry = listed()
    others, ours = watch(outsider), watch(operator)
    report(entry)
    assert ours.get(timeout=2)[0] == "fragment"
    with pytest.raises(queue.Empty):
        others.get(timeout=0.5)


def test_what_happened_while_the_line_was_down_is_told_again(
    listed, approved_entry, report, watch, operator, monkeypatch
):
    entry = listed()
    heard = watch(operator)
    report(entry)
    _, last, _ = heard.get(timeout=2)
    missed = report(published(approved_entry(vrm_entered="XY50 ZZZ")))
    again = watch(operator, last=last)
    cards = [again.get(timeout=2)[2] for _ in range(2)]  # a little before it too: what comes twice takes its own place
    assert any(str(missed.pk) in card for card in cards)


def test_who_may_no_longer_see_the_list_hears_no_more(listed, report, watch, operator, team, monkeypatch):
    monkeypatch.setattr(board, "SECONDS_BETWEEN_CHECKS", 0.5)
    entry = listed()
    heard = watch(operator)
    team.user_set.remove(operator)
    time.sleep(3)
    while not heard.empty():
        heard.get()
    report(entry)
    with pytest.raises(queue.Empty):
        while heard.get(timeout=1)[0] == "sign":
            pass


def test_stream_ends_when_its_person_signs_out(watch, operator, monkeypatch):
    monkeypatch.setattr(board, "SECONDS_BETWEEN_CHECKS", 0.5)
    heard = watch(operator)
    operator.sign_in.ended_at = operator.sign_in.opened_at
    operator.sign_in.save()
    name, _, words = heard.get(timeout=5)
    assert (name, words) == ("say", "The board has stopped. You are no longer signed in.")


def test_waiting_boards_hold_no_database_connection(watch, operator, hotlist):
    connections_before = connections()
    watching = [watch(operator) for _ in range(8)]
    time.sleep(1.5)
    assert connections() <= connections_before
    assert len(watching) == 8


def test_streams_are_refused_to_strangers_and_colleagues(asgi_portal, client_of, dpo):
    assert httpx.get(f"{asgi_portal}/board/stream/", follow_redirects=False).status_code == 302
    cookies = {name: morsel.value for name, morsel in client_of(dpo).cookies.items()}
    assert httpx.get(f"{asgi_portal}/board/stream/", cookies=cookies).status_code == 403
