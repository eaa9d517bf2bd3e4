"""The matcher against a portal on loopback: update, match, forget, prove, and go on when the portal does not."""

import dataclasses
import json
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from matcher_client.refusals import Unreachable
from matcher_client.session import Answered, SilentPortal
from matcher_client.store import Store
from tests.dishonest_stores import Echoes, KeepsQuietly, NeverForgets
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


def on_disk(state, text):
    return [path.name for path in state.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


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


def test_a_clock_set_back_brings_no_expired_row_back(portal, matcher):
    with time_machine.travel(1795000000, tick=False) as clock:
        portal.publish({LIST: [a_row(lapses_at=1795000000)]}, in_service())
        matcher.update()
        clock.move_to(1795000000 - 3600)
        assert matcher.match([a_read()]) == 0


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


# Nothing kept


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


# Hits


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


# Proof


def test_a_receipt_answers_the_challenge_and_is_given_once_a_revision(portal, make_matcher):
    portal.publish({LIST: [a_row(), a_row("XY50ZZZ")], OTHER: [a_row()]}, in_service())
    matcher = make_matcher()
    matcher.step()
    matcher.step()
    make_matcher().step()
    assert sorted((r["hotlist"], r["revision"], r["rows"], r["is_right"]) for r in portal.receipts) == [
        (LIST, 1, 2, True),
        (OTHER, 1, 1, True),
    ]
    assert matcher.health()["lists"][LIST]["last_receipt"]["is_right"]


def test_no_receipt_is_given_before_enrolment_and_the_key_stays_the_same(portal, make_matcher):
    portal.publish({LIST: [a_row()]}, in_service())
    code, portal.code = portal.code, None
    matcher = make_matcher()
    assert matcher.step()
    assert portal.receipts == []
    portal.code = code
    enrolled = make_matcher()
    enrolled.step()
    assert [r["is_right"] for r in portal.receipts] == [True]
    portal.publish({LIST: [a_row("XY50ZZZ")]}, in_service())
    make_matcher().step()
    assert [r["is_right"] for r in portal.receipts] == [True, True]


def test_a_spent_code_is_said(portal, make_matcher):
    portal.publish({LIST: [a_row()]}, in_service())
    matcher = make_matcher()
    portal.code = None
    matcher.step()
    assert "This code is spent." in matcher.problem
    assert matcher.match([a_read()]) == 1


@pytest.mark.parametrize("store", [NeverForgets, KeepsQuietly, Echoes])
def test_a_dishonest_store_gives_wrong_answers(portal, make_matcher, store):
    portal.publish({LIST: [a_row(), a_row("XY50ZZZ")]}, in_service())
    matcher = make_matcher(store())
    matcher.step()
    portal.publish({LIST: [a_row("XY50ZZZ")]}, in_service())
    matcher.step()
    assert matcher.match([a_read()]) == 1  # it does still look for the withdrawn plate
    assert not portal.receipts[-1]["is_right"]
    assert not matcher.health()["lists"][LIST]["last_receipt"]["is_right"]
    answers = [receipt["is_right"] for receipt in portal.receipts if receipt["revision"] == 2]
    matcher.step()
    assert answers == [False, False]  # once more after fetching anew, and then no more
    assert [receipt["is_right"] for receipt in portal.receipts if receipt["revision"] == 2] == answers


def test_a_withdrawn_row_that_is_kept_is_found_by_its_bucket_alone(portal, make_matcher):
    withdrawn = a_row()
    portal.publish({LIST: [withdrawn, a_row("XY50ZZZ")]}, in_service())
    matcher = make_matcher(KeepsQuietly())
    matcher.step()
    portal.publish({LIST: [a_row("XY50ZZZ")]}, in_service())
    rows = matcher.store.lists[LIST].rows
    buckets = {n for n in range(16) if any(row.vrm == "AB01CDE" for row in rows.rows_in(n))}
    portal.buckets = sorted(buckets)
    matcher.step()
    assert len(buckets) == 1
    assert not portal.receipts[-1]["is_right"]


def test_an_update_does_not_wait_for_a_receipt_and_what_was_overtaken_is_not_claimed(portal, make_matcher):
    portal.publish({LIST: [a_row()]}, in_service())
    matcher = make_matcher()
    matcher.update()
    challenge = portal.challenge

    def slowly(content):
        portal.challenge = challenge
        portal.publish({LIST: [a_row("XY50ZZZ")]}, in_service())
        other = threading.Thread(target=matcher.update)
        other.start()
        other.join(20)
        assert not other.is_alive(), "the update waits for the receipt"
        return challenge(content)

    portal.challenge = slowly
    matcher.prove()
    assert portal.receipts == []
    matcher.prove()
    assert [(receipt["revision"], receipt["is_right"]) for receipt in portal.receipts] == [(2, True)]


class LosesOne(Store):
    """Loses a row, the first time that it is told to hold it."""

    has_lost = False

    def replace(self, lists, sites, verified_at, where=None):
        if not self.has_lost and LIST in lists:
            self.has_lost = True
            rows = lists[LIST].rows
            lists[LIST] = dataclasses.replace(lists[LIST], rows=rows.after({a_row()[:3]: None}))
        super().replace(lists, sites, verified_at, where)


def test_a_client_that_lost_a_row_heals_itself_by_fetching_anew(portal, make_matcher):
    portal.publish({LIST: [a_row(), a_row("XY50ZZZ")]}, in_service())
    matcher = make_matcher(LosesOne())
    matcher.update()
    assert matcher.match([a_read()]) == 0
    matcher.prove()
    assert [r["is_right"] for r in portal.receipts] == [False, True]
    assert matcher.match([a_read()]) == 1


def test_a_client_that_could_not_heal_at_once_heals_when_it_can(portal, make_matcher):
    portal.publish({LIST: [a_row(), a_row("XY50ZZZ")]}, in_service())
    matcher = make_matcher(LosesOne())
    matcher.update()
    (path,) = [path for path in portal.feed.files if path.endswith("parquet")]
    content = portal.feed.files.pop(path)
    assert not matcher.step()
    assert "could not be fetched anew" in matcher.problem
    portal.feed.files[path] = content
    assert matcher.step()
    assert [r["is_right"] for r in portal.receipts] == [False, True]
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


def test_a_later_end_needs_no_new_file(portal, matcher):
    soon = int(time.time()) + 60
    portal.publish({LIST: [a_row()]}, in_service(), until=soon)
    matcher.update()
    portal.publish({}, in_service(), until=soon + 60)
    assert not matcher.update()
    assert matcher.health()["lists"][LIST]["given_until"] == soon + 60
