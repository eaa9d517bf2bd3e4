"""Hits and entries held from the page that found them, and marked as held wherever they are shown (R-081)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from audit.verbs import Verb
from hits.models import Hit
from hotlists.models import Entry
from retention import actions as retention
from retention.models import LegalHold
from tests.hit_cast import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db
HELD = {"case_ref": "R v Smith 26/114", "basis": "cpia", "reason": "Trial in May."}
MARK = "Held</strong>"


def test_hits_that_the_list_shows_are_held_and_no_others(client_of, inspector, submitter, listed, report):
    hit, other = report(listed()), report(listed(vrm_entered="AB01 CDF", priority="HIGH"))
    browser = client_of(inspector)
    assert "/hits/hold/?priority=HIGH" in browser.get("/hits/?priority=HIGH&page=1").content.decode()
    page = browser.get("/hits/hold/?priority=HIGH").content.decode()
    assert "1 hit, narrowed as the list was" in page
    refused = browser.post("/hits/hold/?priority=HIGH", {**HELD, "case_ref": " "})
    assert "Trial in May." in refused.content.decode(), "what was typed is kept"
    done = browser.post("/hits/hold/?priority=HIGH", HELD)
    hold = LegalHold.objects.as_placed().get()
    assert done.url == f"/retention/holds/{hold.pk}/"
    assert [held.object_id for held in hold.records.all()] == [other.pk]
    assert "Nothing was found" in browser.post("/hits/hold/?state=closed", HELD).content.decode()
    assert client_of(submitter).get("/hits/hold/").status_code == 403
    assert "/hits/hold/" not in client_of(submitter).get("/hits/").content.decode()
    assert not LegalHold.objects.on(hit).exists()


def test_a_search_for_a_plate_among_hits_needs_a_reason_before_it_is_held(client_of, inspector, hit):
    browser = client_of(inspector)
    for narrowed in (f"plate={hit.vrm}", "since=yesterday"):
        assert browser.get(f"/hits/hold/?{narrowed}").url == f"/hits/?{narrowed}", "where it is said what is wrong"
        assert browser.post(f"/hits/hold/?{narrowed}", HELD).url == f"/hits/?{narrowed}"
    assert not LegalHold.objects.exists()
    browser.post(f"/hits/hold/?plate={hit.vrm}&reason=Trial+of+Smith", HELD)
    assert LegalHold.objects.on(hit).exists()


def test_entries_that_a_search_found_are_held(client_of, inspector, submitter, approved_entry):
    entry, other = approved_entry(), approved_entry(vrm_entered="AB01 CDF")
    browser, asked = client_of(inspector), {"plate": "AB01CDE", "likeness": "exact", "country": ""}
    found = browser.post("/search/", {**asked, "reason": "Trial of Smith"}).content.decode()
    assert 'action="/search/hold/"' in found
    assert MARK not in found
    page = browser.post("/search/hold/", asked).content.decode()
    assert "What a search for <strong>AB01CDE</strong> finds now" in page
    done = browser.post("/search/hold/", {**asked, **HELD})
    hold = LegalHold.objects.as_placed().get()
    assert done.url == f"/retention/holds/{hold.pk}/"
    assert [held.object_id for held in hold.records.all()] == [entry.pk]
    assert Event.objects.filter(verb=Verb.PLATE_SEARCHED).count() == 2, "searched again, for the case"
    assert MARK in browser.post("/search/", {**asked, "reason": "Trial of Smith"}).content.decode()
    assert "Nothing was found" in browser.post("/search/hold/", {**asked, **HELD, "plate": "AB01ZZZ"}).content.decode()
    assert client_of(submitter).post("/search/hold/", {**asked, **HELD}).status_code == 403
    assert browser.get("/search/hold/").status_code == 405, "the plate never stands in the address"
    assert not LegalHold.objects.on(other).exists()


@pytest.mark.parametrize("held", ["the hit", "its entry"])
def test_a_held_hit_says_so_wherever_it_is_shown(client_of, operator, inspector, hit, held):
    browser = client_of(operator)
    places = ["/board/", "/hits/", f"/entries/{hit.entry_id}/"]
    before = {place: browser.get(place).content.decode().count(MARK) for place in places}
    assert set(before.values()) == {0}
    assert browser.get("/api/v1/hits/").json()["results"][0]["is_held"] is False
    thing = hit if held == "the hit" else hit.entry
    retention.place_hold(thing, by=inspector, **HELD)
    for place in places:
        assert browser.get(place).content.decode().count(MARK) > 0, place
    assert browser.get("/api/v1/hits/").json()["results"][0]["is_held"] is True
    assert browser.get(f"/api/v1/hits/{hit.pk}/").json()["is_held"] is True
    if held == "its entry":
        assert browser.get("/api/v1/entries/").json()["results"][0]["is_held"] is True
        assert MARK in browser.get(f"/hotlists/{hit.hotlist.slug}/").content.decode()


def test_marks_cost_no_query_a_row(client_of, operator, inspector, listed, report):
    retention.place_hold(report(listed()), by=inspector, **HELD)
    browser = client_of(operator)
    browser.get("/hits/")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            browser.get("/hits/")
        counts.append(len(asked))
        entry = listed(vrm_entered="AB01 CDF") if len(counts) == 1 else None
        for _ in range(5 if entry else 0):
            retention.place_hold(report(entry), by=inspector, **HELD)
    assert counts[0] == counts[1]
    assert (Hit.objects.count(), Entry.objects.count()) == (6, 2)


def test_a_hold_sent_twice_with_one_key_is_one_hold(client_of, inspector, hit):
    browser, key = client_of(inspector), {"HTTP_IDEMPOTENCY_KEY": "hold-1"}
    body = {"label": "hits.Hit", "object_id": str(hit.pk), **HELD}
    first, second = (browser.post("/api/v1/retention/holds/", body, "application/json", **key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert LegalHold.objects.count() == 1
