"""The client keeps to the scope of a row: elsewhere, in another direction or at another hour it matches nothing."""

import itertools
import json
import sys
import threading

import pytest

from matcher_client.refusals import Refused
from tests.loopback_portal import LIST, SITE, a_portal, a_read, a_row, in_service, matchers_of

# SITE lies in Northdale and its camera "north" looks north; "other" lies nowhere that is known.
WHERE = {"areas": {SITE: "Northdale"}, "cameras": {"north": "Northbound"}}
NOON_ON_SUNDAY = "2026-11-22T12:00:00+00:00"


@pytest.fixture
def portal():
    with a_portal() as loopback:
        yield loopback


@pytest.fixture
def matcher(portal, tmp_path):
    with matchers_of(portal, tmp_path / "state") as make:
        yield make()


def publish(portal, scope, **over):
    return portal.publish({LIST: [a_row(scope=json.dumps(scope), **over)]}, in_service(SITE, "other"), where=WHERE)


@pytest.mark.parametrize(
    ("scope", "read", "hits"),
    [
        ({"sites": [SITE]}, {}, 1),
        ({"sites": [SITE]}, {"site": "other"}, 0),
        ({"areas": ["Northdale"]}, {}, 1),
        ({"areas": ["Northdale"]}, {"site": "other"}, 0),
        ({"areas": ["Northdale"], "sites": ["other"]}, {"site": "other"}, 1),
        ({"directions": ["N"]}, {}, 1),
        ({"directions": ["N"]}, {"direction": "south"}, 0),
        ({"directions": ["S"]}, {"direction": "south"}, 1),
        ({"directions": ["N"]}, {"camera": "unheard-of"}, 0),
        ({"days": [7]}, {}, 1),
        ({"days": [1, 2, 3, 4, 5, 6]}, {}, 0),
        ({"hours": ["12:00", "13:00"]}, {}, 1),
        ({"hours": ["12:01", "13:00"]}, {}, 0),
        ({"hours": ["12:00", "13:00"]}, {"captured_at": "2026-06-07T12:00:00+00:00"}, 0),
        ({"hours": ["12:00", "13:00"]}, {"captured_at": "2026-06-07T11:00:00+00:00"}, 1),
    ],
    ids=str,
)
def test_only_reads_within_the_scope_are_hits(portal, matcher, scope, read, hits):
    publish(portal, scope)
    matcher.update()
    assert matcher.match([a_read(**{"captured_at": NOON_ON_SUNDAY, **read})]) == hits
    assert matcher.health()["counts"].get("reads_outside_scope", 0) == 1 - hits


def test_a_hit_says_the_direction_that_its_scope_was_judged_by(portal, matcher):
    publish(portal, {"directions": ["N"]})
    matcher.update()
    matcher.match([a_read()])
    matcher.spool.send_all()
    assert [hit["direction"] for hit in portal.hits.values()] == ["N"]


def test_the_scope_holds_after_a_restart_without_the_portal(portal, matcher, tmp_path):
    publish(portal, {"areas": ["Northdale"], "directions": ["N"]})
    matcher.update()
    with portal.down(), matchers_of(portal, tmp_path / "state") as make:
        again = make()
        again.load_held()
        assert [again.match([a_read(**read)]) for read in ({}, {"site": "other"}, {"direction": "S"})] == [1, 0, 0]


@pytest.mark.parametrize("scope", [{"postcodes": ["NX1"]}, {"days": [8]}, {"directions": ["up"]}, [], {}], ids=str)
def test_a_list_with_a_limit_that_is_not_understood_is_refused_and_what_was_held_is_kept(portal, matcher, scope):
    portal.publish({LIST: [a_row("XY50ZZZ")]}, in_service(), where=WHERE)
    matcher.update()
    publish(portal, scope)
    with pytest.raises(Refused, match="format") as refusal:
        matcher.update()
    assert "scope" in str(refusal.value).lower() or "direction" in str(refusal.value) or "day" in str(refusal.value)
    assert [matcher.match([a_read(vrm)]) for vrm in ("XY50ZZZ", "AB01CDE")] == [1, 0]


def test_a_row_was_verified_with_its_list_when_that_was_later(portal, matcher):
    rows = [a_row(last_verified_at=1790000000), a_row("XY50ZZZ", last_verified_at=None)]
    portal.publish({LIST: rows}, in_service(), custom={LIST: {"rows_verified_at": 1790000500}})
    matcher.update()
    held = matcher.store.lists[LIST]
    assert [held.manifest.verified_at(row) for row in rows] == [1790000500, 1790000500]
    assert held.manifest.verified_at(rows[0]._replace(last_verified_at=1790000900)) == 1790000900
    assert matcher.health()["lists"][LIST]["rows_verified_at"] == 1790000500


def test_a_read_is_judged_by_rows_and_places_of_one_moment(portal, matcher):
    """The site moves from one area to the other, and the row's scope the other way: the read is within it at no moment."""
    held = []
    for area, other in (("Northdale", "Southdale"), ("Southdale", "Northdale")):
        rows = [a_row(scope=json.dumps({"areas": [other]}))]
        portal.publish({LIST: rows}, in_service(), where={"areas": {SITE: area}})
        matcher.update()
        held.append(matcher.store.held)
    stop = threading.Event()

    def publish_on_and_on():
        for each in itertools.cycle(held):
            matcher.store.replace(each.lists, each.sites, each.verified_at, each.where)
            if stop.is_set():
                return

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    publishing = threading.Thread(target=publish_on_and_on)
    publishing.start()
    try:
        assert matcher.match([a_read() for _ in range(5_000)]) == 0
    finally:
        stop.set()
        publishing.join()
        sys.setswitchinterval(interval)
    assert matcher.counts["reads_outside_scope"] == 5_000
