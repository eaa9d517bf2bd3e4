"""Receipts of the matcher: it proves what it holds, is found out when it does not, and heals itself."""

import dataclasses
import threading

import pytest

from matcher_client.store import Store
from tests.dishonest_stores import Echoes, KeepsQuietly, NeverForgets
from tests.loopback_portal import LIST, OTHER, a_portal, a_read, a_row, in_service, matchers_of


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
