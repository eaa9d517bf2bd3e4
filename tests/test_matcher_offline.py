"""The matcher while the portal is away: every end is kept to the second, and what was held is there after a restart."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from matcher_client.store import Store
from tests.loopback_portal import FOREVER, LIST, SITE, a_portal, a_read, a_row, in_service, matchers_of


@pytest.fixture
def portal():
    with a_portal() as loopback:
        yield loopback


@pytest.fixture
def make_matcher(portal, tmp_path):
    with matchers_of(portal, tmp_path / "state") as make:
        yield make


@pytest.fixture
def matcher(make_matcher):
    return make_matcher()


def on_disk(state, text):
    return [path.name for path in state.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


# To the second


@pytest.mark.parametrize(
    ("row", "custom", "sites"),
    [
        ({"lapses_at": 1795000000}, {}, {SITE: FOREVER}),
        ({}, {"list_lapses_at": 1795000000}, {SITE: FOREVER}),
        ({}, {}, {SITE: 1795000000}),
    ],
    ids=["row", "list", "site"],
)
def test_what_lapses_is_not_matched_from_that_second_though_no_update_comes(portal, matcher, row, custom, sites):
    with time_machine.travel(1795000000 - 60, tick=False) as clock:
        portal.publish({LIST: [a_row(**row)]}, sites, custom={LIST: custom})
        matcher.update()
        with portal.down():
            clock.move_to(1795000000 - 1)
            assert matcher.match([a_read()]) == 1
            clock.move_to(1795000000)
            assert matcher.match([a_read()]) == 0


def test_a_row_published_ahead_is_matched_from_its_start(portal, matcher):
    with time_machine.travel(1795000000 - 60, tick=False) as clock:
        portal.publish({LIST: [a_row(starts_at=1795000000)]}, in_service())
        matcher.update()
        clock.move_to(1795000000 - 1)
        assert matcher.match([a_read()]) == 0
        clock.move_to(1795000000)
        assert matcher.match([a_read()]) == 1


# Out of reach


def test_matching_goes_on_stale_and_stops_at_the_end_of_the_offline_life(portal, matcher, tmp_path):
    with time_machine.travel(1795000000, tick=False) as clock:
        portal.publish({LIST: [a_row()]}, in_service(), custom={LIST: {"offline_life": 86400}})
        matcher.update()
        assert matcher.health()["stale_since"] is None
        with portal.down():
            clock.shift(1800)
            assert not matcher.step()
            assert matcher.match([a_read()]) == 1
            assert matcher.health()["stale_since"] == 1795000600
            clock.move_to(1795000000 + 86399)
            assert matcher.match([a_read()]) == 1
            matcher.discard_outlived()
            assert list((tmp_path / "state" / "targets").glob("*.parquet"))
            clock.move_to(1795000000 + 86400)
            assert matcher.match([a_read()]) == 0
            matcher.discard_outlived()
        assert not list((tmp_path / "state" / "targets").glob("*.parquet"))
        assert matcher.health()["lists"] == {}
        assert matcher.health()["discarded_at"] == 1795086400
        portal.feed.sign_timestamp()
        matcher.update()
        assert matcher.match([a_read()]) == 1
        assert matcher.health()["discarded_at"] is None


def test_a_restart_without_the_portal_takes_up_what_was_held(portal, make_matcher):
    portal.publish({LIST: [a_row()]}, in_service())
    make_matcher().update()
    with portal.down():
        again = make_matcher()
        assert again.match([a_read()]) == 1
        assert not again.step()
        assert "could not be fetched" in again.problem


def test_a_restart_after_the_offline_life_holds_nothing(portal, make_matcher, tmp_path):
    with time_machine.travel(1795000000, tick=False) as clock:
        portal.publish({LIST: [a_row()]}, in_service())
        make_matcher().update()
        clock.shift(86400)
        with portal.down():
            again = make_matcher()
            assert again.match([a_read()]) == 0
    assert not list((tmp_path / "state" / "targets").glob("*.parquet"))


def test_a_file_damaged_on_disk_is_not_matched_against_and_is_fetched_anew(portal, make_matcher, tmp_path):
    portal.publish({LIST: [a_row()]}, in_service())
    make_matcher().update()
    (path,) = (tmp_path / "state" / "targets").glob("*.parquet")
    path.write_bytes(path.read_bytes()[:-9])
    again = make_matcher()
    assert again.match([a_read()]) == 0
    again.update()
    assert again.match([a_read()]) == 1


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"lists": {"r1": {}}}'])
def test_a_damaged_account_of_what_was_applied_is_made_anew(portal, make_matcher, tmp_path, content):
    portal.publish({LIST: [a_row()]}, in_service())
    make_matcher().update()
    (tmp_path / "state" / "applied.json").write_bytes(content)
    again = make_matcher()
    again.update()
    assert again.match([a_read()]) == 1


class PowerCut(BaseException):
    """Ends everything, as a power cut does."""


class CutBeforeApply(Store):
    def replace(self, lists, sites, verified_at, where=None):
        if any(held.manifest.revision == 2 for held in lists.values()):
            raise PowerCut
        super().replace(lists, sites, verified_at, where)


class CutAfterApply(Store):
    def replace(self, lists, sites, verified_at, where=None):
        super().replace(lists, sites, verified_at, where)
        if any(held.manifest.revision == 2 for held in lists.values()):
            raise PowerCut


@pytest.mark.parametrize("store", [CutBeforeApply, CutAfterApply])
def test_a_crash_between_download_and_apply_leaves_the_old_revision_and_then_the_new(portal, make_matcher, store):
    portal.publish({LIST: [a_row()]}, in_service())
    cut = make_matcher(store())
    cut.update()
    portal.publish({LIST: [a_row("XY50ZZZ")]}, in_service())
    with pytest.raises(PowerCut):
        cut.update()
    with portal.down():
        again = make_matcher()
        assert [again.match([a_read(vrm)]) for vrm in ("AB01CDE", "XY50ZZZ")] == [1, 0]
    assert again.update()
    assert [again.match([a_read(vrm)]) for vrm in ("AB01CDE", "XY50ZZZ")] == [0, 1]


def test_a_list_is_dropped_at_the_second_its_allocation_ends_though_the_portal_is_away(portal, make_matcher, tmp_path):
    end = datetime(2026, 11, 20, 12, tzinfo=UTC)
    with time_machine.travel(end - timedelta(hours=1), tick=False):
        portal.publish({LIST: [a_row()]}, in_service(), until=int(end.timestamp()))
        matcher = make_matcher()
        matcher.update()
    with portal.down():
        with time_machine.travel(end - timedelta(seconds=1), tick=False):
            assert matcher.match([a_read()]) == 1
        with time_machine.travel(end, tick=False):
            assert matcher.match([a_read()]) == 0
            matcher.discard_outlived()
            assert (matcher.health()["lists"], matcher.health()["discarded_at"]) == ({}, None)
            assert on_disk(tmp_path / "state" / "targets", "AB01CDE") == []
            again = make_matcher()
            assert again.match([a_read()]) == 0
    with time_machine.travel(end, tick=False):
        portal.feed.sign_timestamp()
        matcher.update()  # the feed still names it: it is not taken up again
        assert matcher.match([a_read()]) == 0
        portal.publish({LIST: [a_row()]}, in_service(), until=int(end.timestamp()) + 60)
        matcher.update()
        assert matcher.match([a_read()]) == 1


def test_a_disk_that_refuses_does_not_end_the_watch_over_what_is_over(portal, make_matcher, tmp_path):
    portal.publish({LIST: [a_row()]}, in_service(), until=int(time.time()) + 2)
    matcher = make_matcher()
    matcher.update()
    written = tmp_path / "state" / "applied.json"
    written.unlink()
    (written / "in the way").mkdir(parents=True)
    stop = threading.Event()
    watch = threading.Thread(target=matcher._watch_offline_life, args=[stop], daemon=True)
    watch.start()
    watch.join(5)
    assert watch.is_alive(), "nothing that ends is taken off the disk any more"
    assert matcher.store.lists == {}
    stop.set()


def test_a_later_end_needs_no_new_file(portal, matcher):
    soon = int(time.time()) + 60
    portal.publish({LIST: [a_row()]}, in_service(), until=soon)
    matcher.update()
    portal.publish({}, in_service(), until=soon + 60)
    assert not matcher.update()
    assert matcher.health()["lists"][LIST]["given_until"] == soon + 60
