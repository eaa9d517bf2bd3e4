"""Hits on their way to the portal, and nothing kept of reads that are none."""

import time

import pytest

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


def test_reads_that_did_not_match_leave_nothing_behind(portal, matcher, tmp_path, caplog):
    caplog.set_level("DEBUG")
    portal.publish({LIST: [a_row()]}, {SITE: FOREVER, "lapsed": 0})
    matcher.step()
    seen = [f"XY50{last}AA" for last in "ABCDEFGH"]
    matcher.match([a_read(vrm) for vrm in seen])
    matcher.match([a_read("XY50ZAA", site="lapsed")])
    matcher.match([a_read("AB01CDE")])
    matcher.step()
    assert len(matcher.spool) == 1  # the hit waits, locked
    assert on_disk(tmp_path / "state", SITE)  # the search does find what is there
    for vrm in [*seen, "XY50ZAA"]:
        assert on_disk(tmp_path / "state", vrm) == []
        assert vrm not in caplog.text
    matcher.spool.send_all()
    assert len(matcher.spool) == 0


def test_a_hit_waits_on_disk_while_the_portal_is_down_and_survives_a_restart(portal, make_matcher):
    portal.publish({LIST: [a_row()]}, in_service())
    first = make_matcher()
    first.update()
    with portal.down():
        first.match([a_read()])
        assert not first.spool.send_all()
        assert len(first.spool) == 1
    again = make_matcher()
    assert again.spool.send_all()
    assert len(portal.hits) == 1
    assert len(again.spool) == 0


def test_a_hit_whose_answer_was_lost_is_sent_again_under_the_same_reference(portal, matcher):
    portal.publish({LIST: [a_row()]}, in_service())
    matcher.update()
    matcher.match([a_read()])
    portal.loses_answers = True
    assert not matcher.spool.send_all()
    assert matcher.spool.send_all()
    assert portal.hit_posts == 2
    assert len(portal.hits) == 1


@pytest.mark.parametrize("status", [500, 503, 429, 403])
def test_a_hit_that_the_portal_cannot_take_now_is_kept(portal, matcher, status):
    portal.publish({LIST: [a_row()]}, in_service())
    matcher.update()
    matcher.match([a_read()])
    portal.hit_status = status
    assert not matcher.spool.send_all()
    portal.hit_status = 201
    assert matcher.spool.send_all()
    assert len(portal.hits) == 1


@pytest.mark.parametrize("status", [400, 404])
def test_a_hit_is_not_set_aside_because_signing_in_failed(portal, make_matcher, status):
    portal.publish({LIST: [a_row()]}, in_service())
    matcher = make_matcher()
    matcher.update()
    matcher.match([a_read()])
    portal.tokens.clear()
    portal.token_status = status
    assert not matcher.spool.send_all()
    assert (len(matcher.spool), matcher.spool.refused) == (1, 0)
    portal.token_status = 200
    assert matcher.spool.send_all()
    assert len(portal.hits) == 1


def test_a_hit_that_the_disk_will_not_give_holds_up_no_other(portal, matcher, tmp_path):
    portal.publish({LIST: [a_row()]}, in_service())
    matcher.update()
    (tmp_path / "state" / "spool" / "00000000000000000001-a.json").mkdir()
    matcher.match([a_read()])
    assert not matcher.spool.send_all()
    assert len(portal.hits) == 1


def test_a_hit_that_the_portal_refuses_is_set_aside_and_tried_at_the_next_start(portal, make_matcher):
    portal.publish({LIST: [a_row()]}, in_service())
    matcher = make_matcher()
    matcher.update()
    matcher.match([a_read(), a_read()])
    portal.hit_status = 422
    assert matcher.spool.send_all()
    assert (len(matcher.spool), matcher.health()["refused_hits"]) == (0, 2)
    portal.hit_status = 201
    assert make_matcher().spool.send_all()
    assert len(portal.hits) == 2


def test_a_hit_that_was_refused_for_a_week_is_deleted_and_not_sooner(portal, make_matcher, tmp_path):
    portal.publish({LIST: [a_row()]}, in_service())
    matcher = make_matcher()
    matcher.update()
    matcher.match([a_read(), a_read()])
    portal.hit_status = 422
    assert matcher.spool.send_all()
    refused = sorted((tmp_path / "state" / "spool" / "refused").glob("*.json"))
    week_ago = time.time_ns() - 7 * 86_400 * 10**9
    for path, moment in zip(refused, (week_ago - 10**9, week_ago + 60 * 10**9), strict=True):
        path.rename(path.with_name(f"{moment:020d}-{path.name.partition('-')[2]}"))
    matcher.spool.forget_refused()
    assert [int(path.name[:20]) for path in refused[0].parent.glob("*.json")] == [week_ago + 60 * 10**9]
