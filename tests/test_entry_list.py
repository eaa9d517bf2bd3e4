"""The list of entries: what narrows it, its order, how far it goes; by page and by API."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hotlists import actions
from hotlists.listing import State, listed
from hotlists.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def one_of_each(approved_entry, submitted_entry, draft_entry, submitter, supervisor) -> dict[str, Entry]:
    """An entry in each state, by the state's name."""
    now = timezone.now()
    soon = {"review_by": now + dt.timedelta(hours=30)}
    made = {
        "in-force": approved_entry(vrm_entered="AB01AAA", source_ref="CR/1/26"),
        "lapsing": approved_entry(vrm_entered="AB01AAB", **soon),
        "waiting": submitted_entry(vrm_entered="AB01AAC").entry,
        "draft": draft_entry(vrm_entered="AB01AAD", category="WNT").entry,
        "suspended": approved_entry(vrm_entered="AB01AAE"),
        "withdrawn": approved_entry(vrm_entered="AB01AAF"),
        "returned": submitted_entry(vrm_entered="AB01AAG").entry,
    }
    actions.suspend(made["suspended"], by=supervisor, reason="The keeper rang and disputes it.")
    actions.withdraw(made["withdrawn"], by=submitter, reason="located")
    actions.decide(made["returned"].versions.get(), by=supervisor, verdict="return", rationale="Say why this vehicle.")
    return made


def of(asked: dict, user, at=None) -> set[str]:
    """Plates of what is listed."""
    entries = listed(asked, by=user, at=at or timezone.now()).with_latest_version()
    return {entry.vrm for entry in entries}


def test_each_state_lists_the_entries_that_are_in_it(one_of_each, submitter):
    plates = {state: entry.versions.get().vrm for state, entry in one_of_each.items()}
    for state in ("waiting", "draft", "returned", "withdrawn", "suspended", "lapsing"):
        assert of({"state": state}, submitter) == {plates[state]}, state
    assert of({"state": "in-force"}, submitter) == {plates["in-force"], plates["lapsing"]}
    assert of({"state": "out"}, submitter) == {plates["suspended"]}
    later = timezone.now() + dt.timedelta(hours=31)
    assert of({"state": "overdue"}, submitter, later) == {plates["lapsing"]}
    assert plates["lapsing"] in of({"state": "out"}, submitter, later)


def test_a_list_is_narrowed_by_category_owner_reference_review_and_list(one_of_each, submitter, supervisor, outsider):
    assert of({"category": "WNT"}, submitter) == {"AB01AAD"}
    assert of({"ref": "cr/1/"}, submitter) == {"AB01AAA"}
    assert len(of({"owner": "me"}, submitter)) == len(one_of_each)
    assert of({"owner": "me"}, supervisor) == set()
    assert len(of({"owner": submitter.username}, supervisor)) == len(one_of_each)
    assert of({"review": "2"}, submitter) == {"AB01AAB"}
    assert of({"list": "northdale-crime", "state": "draft"}, submitter) == {"AB01AAD"}
    assert of({"list": "elsewhere"}, submitter) == set()
    assert of({}, outsider) == set()


def test_an_entry_is_listed_under_the_category_of_its_latest_version_only(approved_entry, submitter):
    entry = approved_entry()
    actions.begin_version(entry, by=submitter, category="WNT", action="STOP", priority="HIGH")
    assert of({"category": "CRM"}, submitter) == set()
    assert of({"category": "WNT"}, submitter) == {"AB01CDE"}


def test_order_is_as_asked_and_what_never_lapses_comes_last(one_of_each, submitter):
    now = timezone.now()
    newest = list(listed({}, by=submitter, at=now))
    assert [entry.pk for entry in listed({"order": "oldest"}, by=submitter, at=now)] == [one.pk for one in newest[::-1]]
    by_lapse = list(listed({"order": "lapse"}, by=submitter, at=now))
    assert by_lapse[0] == one_of_each["lapsing"]
    assert {one.pk for one in by_lapse[-3:]} == {one_of_each[state].pk for state in ("waiting", "draft", "returned")}


def test_the_page_narrows_says_how_many_and_keeps_what_was_asked(one_of_each, submitter, client_of):
    page = client_of(submitter).get(reverse("entry_list"), {"state": "in-force", "order": "lapse"}).content.decode()
    assert "2 entries." in page
    assert page.index("AB01 AAB") < page.index("AB01 AAA")
    assert "AB01 AAD" not in page
    assert 'value="in-force" selected' in page
    assert "No entry is like this" in client_of(submitter).get("/entries/?ref=nothing").content.decode()


def test_made_up_filters_narrow_nothing_and_break_nothing(one_of_each, submitter, client_of):
    page = client_of(submitter).get("/entries/?state=nonsense&review=soon&list=%00&order=-id&page=x")
    assert page.status_code == 200
    for query in ("state=nonsense", "review=soon", "review=0"):
        assert client_of(submitter).get(f"/api/v1/entries/?{query}").status_code == 400, query


def test_the_api_narrows_as_the_page_does(one_of_each, submitter, client_of):
    for state in State:
        told = client_of(submitter).get("/api/v1/entries/", {"state": state.value}).json()["results"]
        assert {one["vrm"] for one in told} == of({"state": state.value}, submitter), state
    assert client_of(submitter).get("/api/v1/entries/?owner=me&ref=CR/1/&list=northdale-crime").json()["results"]


def test_pages_go_on_and_the_list_asks_as_much_for_ten_as_for_one(
    draft_entry, submitter, client_of, django_assert_max_num_queries
):
    browser = client_of(submitter)
    draft_entry()
    browser.get("/entries/?state=draft")
    with django_assert_max_num_queries(60) as one:
        browser.get("/entries/?state=draft")
    for n in range(9):
        draft_entry(vrm_entered=f"AB01CD{'FGHJKLMNP'[n]}")
    with django_assert_max_num_queries(60) as ten:
        browser.get("/entries/?state=draft")
    assert len(ten) == len(one) > 0
    for n in range(45):
        draft_entry(vrm_entered=f"XY50A{chr(65 + n % 8)}{chr(65 + n // 8)}")
    page = browser.get("/entries/?state=draft").content.decode()
    assert "55 entries." in page
    assert "?state=draft&amp;page=2" in page
