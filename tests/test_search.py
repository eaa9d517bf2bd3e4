"""Searching the lists by part of a plate and by what looks like one: what is found, what is refused, what is recorded."""

import contextlib
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.actions import plate_hash
from audit.models import Event, EventDetail
from audit.verbs import Verb
from hotlists import actions
from hotlists.models import EntryVersion, FeedRow
from hotlists.models.matching import found_by
from hotlists.patterns import MOST_KEYS, SHAPES, Likeness, TooBroad, parse, plan
from matcher_client import vrm as plates
from portal.errors import Unfit
from portal.partitions import ensure_list_partition
from tests.cast import approve
from tests.feed_cast import *  # noqa: F403 - fixtures
from tests.feed_cast import plate, voi

pytestmark = pytest.mark.django_db

WHY = "CR/2211/26, seen by a witness"
# The confusions of, written down anew.
FONT = ["0O", "1I"]
READER = ["0ODQ", "1IL", "2Z", "4A", "5S", "6G", "7T", "8B"]


def oracle(typed: str, likeness: str) -> re.Pattern:
    """The pattern in the plainest words: one class of characters for each that was typed."""
    groups = {"exact": [], "font": FONT, "reader": READER}[likeness]
    said = ""
    for one in typed:
        if one == "*":
            said += "[A-Z0-9]*"
        elif one == "?":
            said += "[A-Z0-9]"
        else:
            said += "[" + next((group for group in groups if one in group), one) + "]"
    return re.compile(said)


# Few characters, many of them alike, so that patterns drawn at random do find something.
FEW = "AB01O8I"
marks = st.text(FEW, min_size=1, max_size=8)


@pytest.fixture
def partition(feed):
    """Rows can be put into the feed without a load: what is found is asked here, not how it came."""
    ensure_list_partition(FeedRow._meta.db_table, feed.pk)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    vrms=st.sets(marks, min_size=1, max_size=30),
    typed=st.text(FEW + "??**", min_size=1, max_size=8),
    likeness=st.sampled_from(list(Likeness)),
)
def test_a_plan_finds_what_the_pattern_says_and_nothing_else(db, feed, partition, vrms, typed, likeness):
    FeedRow.objects.filter(hotlist=feed).delete()
    now = timezone.now()
    FeedRow.objects.bulk_create(
        FeedRow(hotlist=feed, country="GB", vrm=vrm, ref="", starts_at=now, expires_at=now, last_verified_at=now,
                load_id=feed.pk)
        for vrm in vrms
    )  # fmt: skip
    try:
        way = plan(parse(typed, likeness), least_known=1)
    except TooBroad:
        return
    expected = {vrm for vrm in vrms if oracle(typed, likeness.value).fullmatch(vrm)}
    if way.only_known_forms:
        expected = {vrm for vrm in expected if shape(vrm) in SHAPES}
    found = found_by(FeedRow.objects.filter(hotlist=feed), way)
    assert sorted(row.vrm for row in found) == sorted(expected)


def shape(vrm: str) -> str:
    """Letters as A and digits as 9."""
    return re.sub("[0-9]", "9", re.sub("[A-Z]", "A", vrm))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(plates.PATTERNS)).flatmap(lambda kind: st.from_regex(plates.PATTERNS[kind], fullmatch=True))
)
def test_every_mark_of_a_known_form_has_one_of_the_shapes_that_are_looked_for(mark):
    mark = mark.translate({ord(digit): "0" for digit in mark if digit.isdigit() and not digit.isascii()})
    assert shape(mark) in SHAPES


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("A?1*", "Give at least 3 letters or digits"),
        ("*", "Give at least 3 letters or digits"),
        ("???????", "Give at least 3 letters or digits"),
        ("*12AB*", "more of the beginning or of the end"),
        ("A*1*Z", "more of the beginning or of the end"),
        ("?A?1?A?", "different plates, which is too many"),
        ("", "needs at least one"),
        ("AB01CDEFGHIJKLMN", "at most 15"),
    ],
)
def test_what_would_match_too_much_is_refused_with_what_to_add(typed, said):
    with pytest.raises(ValueError, match=said):
        plan(parse(typed), least_known=3)


def test_a_whole_plate_that_can_be_misread_in_too_many_ways_is_refused_and_says_what_to_do():
    with pytest.raises(TooBroad, match="Look only for 0 and O"):
        plan(parse("OODD0O0", Likeness.READER), least_known=3)


@given(st.text("AB1?*", min_size=1, max_size=10), st.sampled_from(list(Likeness)))
def test_no_plan_asks_for_more_keys_than_the_database_answers_at_once(typed, likeness):
    with contextlib.suppress(TooBroad):
        assert len(plan(parse(typed, likeness), least_known=1).keys) <= MOST_KEYS


def test_case_and_spaces_do_not_matter_and_runs_become_one():
    assert parse(" ab 01*** ") == parse("AB01*")
    assert parse("*?*A??").typed == "?*A??"


@pytest.mark.parametrize(
    ("typed", "likeness", "finds"),
    [
        ("ab01 cde", "exact", {"AB01CDE"}),
        ("AB01*", "exact", {"AB01CDE", "AB01XYZ"}),
        ("*cde", "exact", {"AB01CDE", "XY50CDE"}),
        ("AB?1C?E", "exact", {"AB01CDE"}),
        ("ABO1CDE", "font", {"AB01CDE"}),
        ("A801CDE", "font", set()),
        ("A801CDE", "reader", {"AB01CDE"}),
    ],
)
def test_entries_are_found_by_part_and_by_likeness(approved_entry, submitter, typed, likeness, finds):
    for vrm in ("AB01CDE", "AB01XYZ", "XY50CDE"):
        approved_entry(vrm_entered=vrm)
    found = actions.search_plate(typed, by=submitter, reason=WHY, likeness=Likeness(likeness))
    assert {entry.vrm for entry in found.entries} == finds
    assert all(entry.matches_now and entry.is_in_force for entry in found.entries)


def test_an_entry_of_which_only_an_earlier_version_fits_says_so(approved_entry, submitter, supervisor):
    entry = approved_entry(vrm_entered="AB01CDE")
    version = actions.begin_version(
        entry, by=submitter, vrm_entered="XY50ZZZ", plate_confirmed_because="Read off the vehicle itself, twice."
    )
    actions.submit(version, by=submitter)
    found = actions.search_plate("AB01*", by=submitter, reason=WHY).entries[0]
    assert (found.vrm, found.matches_now) == ("XY50ZZZ", True)  # the new version waits; the old one governs
    approve(version, by=supervisor)
    found = actions.search_plate("AB01*", by=submitter, reason=WHY).entries[0]
    assert (found.matches_now, [version.number for version in found.matched]) == (False, [1])


def test_rows_of_feeds_are_found_by_part_on_lists_one_may_see(feed, loaded, submitter, outsider):
    loaded([voi(n) for n in range(30)])
    for typed in (
        plate(3)[:4] + "*",
        "*" + plate(3)[3:],
        plate(3)[:5] + "??",
        plate(3)[0] + "?" + plate(3)[2:5] + "?" + plate(3)[6],
    ):
        found = actions.search_plate(typed, by=submitter, reason=WHY)
        assert plate(3) in {row.vrm for row in found.rows}, typed
        assert found.rows[0].is_in_force
        assert actions.search_plate(typed, by=outsider, reason=WHY).rows == []


def test_more_than_one_search_shows_is_said_and_not_shown(feed, loaded, submitter):
    loaded([voi(n) for n in range(300)])
    found = actions.search_plate(plate(0)[:4] + "*", by=submitter, reason=WHY)
    assert (len(found.rows), found.has_more_rows) == (200, True)
    assert found.rows == sorted(found.rows, key=lambda row: row.vrm)


def test_a_search_for_part_of_a_plate_is_recorded_with_its_pattern_and_found_by_every_plate_that_it_showed(
    approved_entry, loaded, submitter
):
    loaded([voi(1)])
    entry = approved_entry(vrm_entered="AB01CDE")
    actions.search_plate("a?01*", by=submitter, reason=WHY)
    event = Event.objects.newest_first().first()
    body = EventDetail.objects.get(pk=event.pk).body
    assert (event.verb, event.count, event.plate_hash) == (Verb.PLATES_SEARCHED, 2, "")
    assert (body["pattern"], body["likeness"], body["reason"]) == ("A?01*", "exact", WHY)
    assert "CDE" not in str(body)
    for country, vrm in (("GB", "AB01CDE"), ("GB", plate(1))):
        assert event in Event.objects.of_plate(plate_hash(country, vrm))
    assert event not in Event.objects.of_plate(plate_hash("GB", "XY50ZZZ"))
    assert event in Event.objects.about("hotlists.entry", entry.pk)


def test_a_search_by_likeness_keeps_the_plate_as_a_hash_only(approved_entry, submitter):
    approved_entry(vrm_entered="AB01CDE")
    actions.search_plate("ABO1CDE", by=submitter, reason=WHY, likeness=Likeness.FONT)
    event = Event.objects.newest_first().first()
    assert event.plate_hash == plate_hash("GB", "ABO1CDE")
    assert event in Event.objects.of_plate(plate_hash("GB", "AB01CDE"))
    assert "ABO1CDE" not in str(EventDetail.objects.get(pk=event.pk).body)


def test_nothing_is_recorded_of_a_search_that_was_refused(submitter):
    before = Event.objects.count()
    for typed, reason in (("A*", WHY), ("AB01*", " ")):
        with pytest.raises(Unfit):
            actions.search_plate(typed, by=submitter, reason=reason)
    assert Event.objects.count() == before


def test_the_page_says_why_a_pattern_is_refused_and_keeps_what_was_typed(submitter, client_of):
    page = client_of(submitter).post(reverse("plate_search"), {"plate": "a*", "reason": WHY}).content.decode()
    assert "Give at least 3 letters or digits" in page
    assert 'value="a*"' in page
    assert WHY in page


def test_the_page_and_the_api_show_the_same(approved_entry, loaded, submitter, client_of):
    loaded([voi(1)])
    entry = approved_entry(vrm_entered="AB01CDE")
    given = {"plate": "A?01*", "likeness": "exact", "reason": WHY}
    page = client_of(submitter).post(reverse("plate_search"), given).content.decode()
    assert "1 entry found" in page
    assert "1 row of a feed" in page
    told = client_of(submitter).post(reverse("api_plate_search"), given, "application/json").json()
    assert [one["id"] for one in told["entries"]] == [str(entry.pk)]
    assert told["entries"][0]["matched"] == [{"number": 1, "vrm": "AB01CDE", "country": "GB", "governs": True}]
    assert [row["vrm"] for row in told["feed_rows"]] == [plate(1)]
    assert (told["has_more_entries"], told["has_more_feed_rows"], told["only_known_forms"]) == (False, False, False)
    refused = client_of(submitter).post(reverse("api_plate_search"), given | {"plate": "*"}, "application/json")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/plate")
    assert Client().post(reverse("api_plate_search"), given, "application/json").status_code == 401


def test_a_search_asks_as_much_of_the_database_for_ten_as_for_one(
    approved_entry, loaded, submitter, client_of, django_assert_max_num_queries
):
    browser, given = client_of(submitter), {"plate": "A?01*", "reason": WHY}
    approved_entry(vrm_entered="AB01CDE")
    loaded([voi(1)])
    browser.post(reverse("plate_search"), given)
    with django_assert_max_num_queries(100) as one:
        browser.post(reverse("plate_search"), given)
    for n in range(9):
        approved_entry(vrm_entered=f"AB01CD{'FGHJKLMNP'[n]}")
    loaded([voi(n) for n in range(20)])
    with django_assert_max_num_queries(100) as ten:
        browser.post(reverse("plate_search"), given)
    assert len(ten) == len(one) > 0
    assert EntryVersion.objects.count() == 10
