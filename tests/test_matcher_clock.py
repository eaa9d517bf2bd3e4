"""A clock that is set back, set ahead or dead keeps no copy alive, and kills none for ever (R-085)."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher_client.at_rest import AtRest
from matcher_client.clock import Clock, Moments
from matcher_client.refusals import Refused
from tests.clocks import a_set_clock
from tests.loopback_portal import KEPT_KEY, LIST, a_portal, a_read, a_row, in_service, matchers_of

NOW = 1795000000
HOUR, DAY, YEAR = 3600, 86400, 365 * 86400


@pytest.fixture
def clock():
    with a_set_clock(NOW) as clock:
        yield clock


@pytest.fixture
def portal(clock):
    with a_portal() as loopback:
        yield loopback


@pytest.fixture
def start(portal, clock, tmp_path):
    """start(): a matcher, or the same one after a restart."""
    with matchers_of(portal, tmp_path / "state") as make:
        yield lambda **options: make(clock=clock, **options)


@pytest.fixture
def matcher(portal, start):
    """One that holds a plate for a day."""
    portal.publish({LIST: [a_row()]}, in_service(), custom={LIST: {"offline_life": DAY}})
    matcher = start()
    matcher.update()
    return matcher


def on_disk(tmp_path):
    return [path.name for path in (tmp_path / "state" / "targets").glob("*.parquet")]


def test_a_clock_set_back_does_not_keep_a_copy_past_its_offline_life(portal, matcher, clock, tmp_path):
    with portal.down():
        clock.passes(12 * HOUR)
        clock.is_set_by(-3 * DAY)
        clock.passes(12 * HOUR - 1)
        matcher.discard_outlived()
        assert matcher.match([a_read()]) == 1 and on_disk(tmp_path)
        clock.passes(1)
        assert matcher.match([a_read()]) == 0
        matcher.discard_outlived()
        assert on_disk(tmp_path) == []
    assert matcher.health()["clock_behind"] == 3 * DAY
    assert matcher.health()["state"] == "dead"


def test_a_clock_set_back_again_and_again_gains_nothing(portal, matcher, clock):
    with portal.down():
        for _ in range(24):
            assert matcher.match([a_read()]) == 1
            clock.passes(HOUR)
            clock.is_set_by(-HOUR)
        assert matcher.match([a_read()]) == 0


@pytest.mark.parametrize("says_when", [True, False], ids=["told when", "not told when"])
def test_a_clock_set_back_brings_no_lapsed_row_back(portal, start, clock, says_when):
    portal.feed.says_when = says_when
    portal.publish({LIST: [a_row(lapses_at=NOW + HOUR)]}, in_service())
    matcher = start()
    matcher.update()
    clock.passes(HOUR)
    assert matcher.match([a_read()]) == 0
    clock.is_set_by(-2 * HOUR)
    assert matcher.match([a_read()]) == 0
    with clock.elsewhere():
        portal.feed.sign_timestamp()
    matcher.update()  # the portal can be reached, and its timestamp is good for a clock that is behind
    assert matcher.match([a_read()]) == 0


def test_what_passed_between_two_processes_counts_though_the_clock_was_set_back(portal, matcher, start, clock):
    with portal.down():
        clock.passes(20 * HOUR)
        clock.is_set_by(-20 * HOUR)
        again = start()
        assert again.match([a_read()]) == 1
        clock.passes(4 * HOUR)
        assert again.match([a_read()]) == 0
        clock.is_set_by(-3 * DAY)
        assert start().match([a_read()]) == 0


def test_after_the_power_was_off_time_goes_on_from_what_was_written_down(portal, matcher, start, clock):
    with portal.down():
        clock.passes(20 * HOUR)
        matcher.holding.moments.keep()
        clock.is_set_by(-3 * DAY)
        clock.is_off(0)
        again = start()
        clock.passes(4 * HOUR - 1)
        assert again.match([a_read()]) == 1
        clock.passes(1)
        assert again.match([a_read()]) == 0


def test_the_time_is_written_down_once_a_minute(portal, matcher, monkeypatch):
    waits = iter([False] * 120 + [True])
    stop = type("Stop", (), {"wait": lambda self, seconds: next(waits)})()
    kept = []
    monkeypatch.setattr(matcher.holding.moments, "keep", lambda: kept.append(1))
    matcher._watch_offline_life(stop)
    assert len(kept) == 2


@pytest.mark.parametrize("restarts", [False, True])
def test_a_clock_set_ahead_by_mistake_ends_the_copy_until_it_is_right_and_the_portal_says_so(
    portal, matcher, start, clock, tmp_path, restarts
):
    clock.is_set_by(YEAR)
    assert matcher.match([a_read()]) == 0  # it may be true: nobody counts the time for which the power was off
    matcher.discard_outlived()
    assert on_disk(tmp_path) == []
    with clock.elsewhere():
        portal.feed.sign_timestamp()
    with pytest.raises(Refused, match="freeze"):
        matcher.update()
    clock.is_set_right()
    if restarts:
        matcher.holding.moments.keep()
        clock.is_off(HOUR)
        matcher = start()
    assert matcher.now() >= NOW + YEAR
    portal.feed.sign_timestamp()
    matcher.update()
    assert matcher.match([a_read()]) == 1
    assert matcher.health()["clock_behind"] == 0
    assert clock.true <= matcher.now() < clock.true + 1


def test_only_a_timestamp_that_was_not_seen_before_takes_back_what_a_clock_set_ahead_has_done(portal, matcher, clock):
    clock.is_set_by(YEAR)
    matcher.discard_outlived()
    clock.is_set_right()
    matcher.update()
    assert matcher.match([a_read()]) == 0
    portal.feed.sign_timestamp()
    matcher.update()
    assert matcher.match([a_read()]) == 1


def test_a_timestamp_held_back_and_shown_to_a_clock_set_back_is_refused(portal, matcher, clock):
    """Its end is not past by the wall clock; by the running clock it is."""
    portal.feed.sign_timestamp()
    with portal.down():
        clock.passes(3 * DAY)
        matcher.discard_outlived()
    clock.is_set_by(-3 * DAY)
    with pytest.raises(Refused, match=r"^Refused \(freeze\): timestamp\.json expired while this machine was running"):
        matcher.update()
    assert matcher.match([a_read()]) == 0


def test_a_machine_whose_clock_is_dead_learns_from_the_portal_how_late_it_is(portal, start, clock):
    portal.publish({LIST: [a_row(lapses_at=NOW - 10), a_row("XY50ZZZ")]}, in_service())
    clock.is_set_by(100 - NOW)
    matcher = start()
    matcher.update()
    assert [matcher.match([a_read(vrm)]) for vrm in ("AB01CDE", "XY50ZZZ")] == [0, 1]
    assert matcher.now() == NOW


def test_a_later_verification_written_into_the_open_part_of_the_state_prolongs_nothing(
    portal, matcher, start, clock, tmp_path
):
    path = tmp_path / "state" / "applied.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "verified_at": NOW + YEAR}))
    with portal.down():
        clock.passes(DAY)
        assert start().match([a_read()]) == 0


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:-1])])
def test_without_the_time_that_was_written_down_nothing_on_disk_is_believed(
    portal, matcher, start, tmp_path, caplog, spoil
):
    spoil(tmp_path / "state" / "clock")
    with portal.down():
        again = start()
        assert again.match([a_read()]) == 0
        assert "How old the lists on disk are is not known" in caplog.text
    again.update()
    assert again.match([a_read()]) == 1


def test_a_clock_a_little_ahead_of_the_portals_is_no_reason_to_refuse(portal, matcher, clock):
    clock.is_set_by(590)
    matcher.update()
    clock.is_set_by(-590)
    for _ in range(20):
        clock.passes(60)
        portal.feed.sign_timestamp()
        matcher.update()
        assert matcher.match([a_read()]) == 1
    assert clock.true <= matcher.now() <= clock.true + 600


class Given(Clock):
    """A clock of numbers."""

    wall_is, runs = 1000.0, 50.0

    def wall(self):
        return self.wall_is

    def running(self):
        return self.runs


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(-1e7, 1e7)), max_size=30))
def test_whatever_is_done_to_the_clock_time_never_runs_back_nor_slower(tmp_path_factory, steps):
    clock = Given()
    moments = Moments(clock, tmp_path_factory.getbasetemp() / "none", AtRest("feed", KEPT_KEY))
    before = moments.now()
    for passes, is_set_by in steps:
        clock.runs += passes
        clock.wall_is += passes + is_set_by
        now = moments.now()
        assert now >= before + passes - 1e-3
        assert now >= clock.wall_is
        before = now


def test_what_is_written_down_by_two_at_once_is_whole(tmp_path):
    moments = Moments(Given(), tmp_path / "clock", AtRest("feed", KEPT_KEY))
    with ThreadPoolExecutor(4) as beside:
        for done in [beside.submit(moments.keep) for _ in range(200)]:
            done.result()
    again = Moments(Given(), tmp_path / "clock", AtRest("feed", KEPT_KEY))
    assert (again.problem, again.now()) == ("", moments.now())


def test_the_machines_own_clock_counts_sleep_and_knows_its_start():
    first, second = Clock(), Clock()
    assert 0 < first.running() <= second.running()
    assert first.boot() == second.boot()
