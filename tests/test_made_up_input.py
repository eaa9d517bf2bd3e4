"""What is made up by hand (a cursor, a day, a character that no column holds) is answered as a mistake, never as a fault of ours."""

import base64

import pytest
from django.urls import reverse

from audit.purposes import Purpose

pytestmark = pytest.mark.django_db
LISTS = ["entries", "hits", "matchers", "publications", "allocations", "hotlists", "dpias", "findings", "standards"]


@pytest.mark.parametrize("position", ["foo", "%00", "9" * 30])
def test_cursor_that_was_made_up_is_of_no_page(position, manager, client_of, hotlist):
    client = client_of(manager)
    cursor = base64.b64encode(f"p={position}".encode()).decode()
    for name in LISTS:
        assert client.get(f"/api/v1/{name}/", {"cursor": cursor}).status_code in (403, 404), name


def test_reason_that_the_log_cannot_hold_is_said_to_be_so(submitter, client_of, draft_entry):
    page, client = f"/api/v1/entries/{draft_entry().entry_id}/", client_of(submitter)
    assert client.get(page, {"reason": "a complaint"}).status_code == 200
    for reason in ("a\x00b", "x" * 301):
        answer = client.get(page, {"reason": reason})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/reason")


def test_draft_that_ends_before_it_starts_is_sent_back_with_its_field(submitter, client_of, draft_entry):
    page = f"/api/v1/entries/{draft_entry().entry_id}/"
    answer = client_of(submitter).patch(
        page, {"starts_at": "2999-01-01T00:00:00Z"}, content_type="application/json", headers={"If-Match": "*"}
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/review_by")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_log_has_no_day_out_of_reach(day, dpo, client_of):
    asked = {"purpose": Purpose.values[0], "since": day, "until": day}
    assert client_of(dpo).get("/api/v1/events/", asked).status_code == 400


def test_style_guide_has_a_page_for_whatever_is_asked(submitter, client_of):
    assert client_of(submitter).get(reverse("style"), {"page": "x"}).status_code == 200
