"""The matcher against a portal on loopback: update, match, forget, and whom it signs in to."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from matcher_client.refusals import Unreachable
from matcher_client.session import Answered, SilentPortal
from tests.loopback_portal import FOREVER, LIST, OTHER, SITE, a_portal, a_read, a_row, in_service, matchers_of


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


def test_a_listed_plate_is_matched_and_reported_with_the_version_it_matched(portal, matcher):
    portal.publish({LIST: [a_row(), a_row("XY50ZZZ")]}, in_service())
    assert matcher.update()
    assert matcher.match([a_read("ab01 cde"), a_read("AB01CDX")]) == 1
    assert matcher.spool.send_all()
    (hit,) = portal.hits.values()
    assert len(hit.pop("reference")) == 36
    assert hit == {
        "hotlist": LIST,
        "revision": 1,
        "country": "GB",
        "vrm": "AB01CDE",
        "ref": "entry-AB01CDE",
        "version": "version-AB01CDE",
        "vrm_read": "AB01CDE",
        "country_read": "GB",
        "site": SITE,
        "camera": "north",
        "direction": None,
        "captured_at": "2026-11-22T12:00:00+00:00",
        "confidence": 0.97,
    }
    assert len(matcher.spool) == 0


def test_a_plate_on_two_lists_and_under_two_interests_is_reported_for_each(portal, matcher):
    portal.publish({LIST: [a_row(ref="1"), a_row(ref="2")], OTHER: [a_row(ref="3")]}, in_service())
    matcher.update()
    assert matcher.match([a_read()]) == 3
    matcher.spool.send_all()
    assert {(hit["hotlist"], hit["ref"]) for hit in portal.hits.values()} == {(LIST, "1"), (LIST, "2"), (OTHER, "3")}


def test_an_update_adds_and_forgets_in_memory_and_on_disk(portal, matcher, tmp_path):
    portal.publish({LIST: [a_row(), a_row("XY50ZZZ")]}, in_service())
    matcher.update()
    first = set((tmp_path / "state" / "targets").glob("*.parquet"))
    portal.publish({LIST: [a_row("XY50ZZZ"), a_row("XY50AAA")]}, in_service())
    assert matcher.update()
    assert [matcher.match([a_read(vrm)]) for vrm in ("AB01CDE", "XY50ZZZ", "XY50AAA")] == [0, 1, 1]
    now_there = set((tmp_path / "state" / "targets").glob("*.parquet"))
    assert len(now_there) == 1
    assert not first & now_there


def test_nothing_new_is_no_change_but_proves_freshness(portal, matcher):
    portal.publish({LIST: [a_row()]}, in_service())
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        matcher.update()
        clock.shift(timedelta(seconds=30))
        assert not matcher.update()
        assert matcher.health()["verified_at"] == int(time.time())


def test_a_list_that_is_no_longer_delegated_is_unloaded(portal, matcher, tmp_path):
    portal.publish({LIST: [a_row()], OTHER: [a_row("XY50ZZZ")]}, in_service())
    matcher.update()
    portal.feed.undelegated.add(LIST)
    portal.publish({}, in_service())
    assert matcher.update()
    assert [matcher.match([a_read(vrm)]) for vrm in ("AB01CDE", "XY50ZZZ")] == [0, 1]
    assert set(matcher.health()["lists"]) == {OTHER}
    assert len(list((tmp_path / "state" / "targets").glob("*.parquet"))) == 1


def test_a_revoked_list_is_unloaded_and_receipted(portal, matcher):
    portal.publish({LIST: [a_row()]}, in_service())
    matcher.step()
    portal.publish({LIST: []}, in_service(), custom={LIST: {"terminal": True}})
    matcher.step()
    assert matcher.match([a_read()]) == 0
    assert [(r["revision"], r["rows"], r["is_right"]) for r in portal.receipts] == [(1, 1, True), (2, 0, True)]
    assert matcher.health()["lists"][LIST]["terminal"]


def test_a_renewed_lapse_needs_no_new_file(portal, matcher):
    portal.publish({LIST: [a_row()]}, in_service(), custom={LIST: {"list_lapses_at": 1}})
    matcher.update()
    assert matcher.match([a_read()]) == 0
    portal.publish({LIST: [a_row()]}, in_service(), custom={LIST: {"list_lapses_at": FOREVER}})
    matcher.update()
    assert matcher.match([a_read()]) == 1
    assert matcher.health()["lists"][LIST]["revision"] == 2


# Countries and sites


@pytest.mark.parametrize(
    ("listed", "read", "reported"),
    [
        ("GB", "GB", "GB"),
        ("GB", None, None),
        ("GB", "UK", "GB"),
        ("GB", "FR", "FR"),
        ("FR", "GB", "GB"),
        ("FR", None, None),
        ("GB", "no country", None),
    ],
)
def test_a_read_of_another_or_no_country_is_reported_as_it_was_read(portal, matcher, listed, read, reported):
    portal.publish({LIST: [a_row(country=listed)]}, in_service())
    matcher.update()
    assert matcher.match([a_read(country=read)]) == 1
    matcher.spool.send_all()
    (hit,) = portal.hits.values()
    assert (hit["country"], hit["country_read"]) == (listed, reported)


def test_reads_of_a_site_that_is_unknown_or_lapsed_are_not_matched(portal, matcher):
    portal.publish({LIST: [a_row()]}, {SITE: FOREVER, "lapsed": 1700000000, "waiting": 0})
    matcher.update()
    assert [matcher.match([a_read(site=site)]) for site in (SITE, "lapsed", "waiting", "unknown")] == [1, 0, 0, 0]
    assert matcher.health()["counts"]["reads_from_sites_not_in_service"] == 3


def test_a_site_goes_out_of_service_and_a_list_lapses_at_their_second(portal, matcher):
    with time_machine.travel(1795000000, tick=False) as clock:
        custom = {LIST: {"list_lapses_at": 1795000200}}
        portal.publish({LIST: [a_row()]}, {SITE: 1795000100, "other": FOREVER}, custom=custom)
        matcher.update()
        found = []
        for second in (1795000099, 1795000100, 1795000199, 1795000200):
            clock.move_to(second + (0.9 if second % 100 == 99 else 0))
            found.append([matcher.match([a_read(site=site)]) for site in (SITE, "other")])
    assert found == [[1, 1], [0, 1], [0, 1], [0, 0]]
    assert matcher.health()["counts"]["reads_from_sites_not_in_service"] == 3


def test_a_feed_without_sites_matches_nothing(portal, matcher):
    portal.publish({LIST: [a_row()]}, sites_file=False)
    matcher.update()
    assert matcher.match([a_read()]) == 0


def test_a_client_told_to_report_lapsed_sites_reports_them(portal, make_matcher):
    portal.publish({LIST: [a_row()]}, {SITE: 1700000000})
    matcher = make_matcher(report_lapsed_sites=True)
    matcher.update()
    assert matcher.match([a_read()]) == 1


# Signing in


def test_an_expired_token_is_renewed_once(portal, matcher):
    portal.publish({LIST: [a_row()]}, in_service())
    matcher.step()
    portal.tokens.clear()
    portal.publish({LIST: [a_row("XY50ZZZ")]}, in_service())
    assert matcher.step()
    assert portal.sign_ins == 2
    assert matcher.health()["lists"][LIST]["revision"] == 2


def test_a_wrong_secret_is_said_and_nothing_is_taken_for_absent(portal, make_matcher):
    portal.publish({LIST: [a_row()]}, in_service())
    matcher = make_matcher(secret="wrong")
    with pytest.raises(Unreachable, match="401"):
        matcher.update()
    with pytest.raises(Answered, match="signing in failed"):
        matcher.session.post("/api/v1/hits/", {})


def test_a_portal_that_does_not_answer_is_silent_not_refused(portal, matcher):
    with portal.down(), pytest.raises(SilentPortal):
        matcher.session.post("/api/v1/hits/", {})
    with portal.down(), pytest.raises(Unreachable, match=r"root\.json could not be fetched"):
        matcher.update()


def test_a_state_directory_of_another_feed_is_not_used(portal, make_matcher, tmp_path):
    portal.publish({LIST: [a_row()]}, in_service())
    make_matcher().update()
    path = tmp_path / "state" / "applied.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "feed": "other"}))
    with pytest.raises(ValueError, match="belongs to feed other"):
        make_matcher()
