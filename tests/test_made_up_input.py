"""What is made up by hand (a cursor, a day, a character that no column holds) is answered as a mistake, never as a fault of ours."""

import base64
import datetime as dt
import json
import threading

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from audit.purposes import Purpose
from hotlists import actions
from hotlists.bulk.columns import Unreadable, read_cell
from hotlists.bulk.reading import rows_of
from hotlists.feeds.layouts import VOI_ROW, BadLayout, Layout
from hotlists.models import Entry, Hotlist
from portal import typed
from portal.errors import TooLate, Unfit
from portal.moments import OUT_OF_REACH
from standards.models import Category

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
        page, {"starts_at": "2190-01-01T00:00:00Z"}, content_type="application/json", headers={"If-Match": "*"}
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/review_by")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_log_has_no_day_out_of_reach(day, dpo, client_of):
    asked = {"purpose": Purpose.values[0], "since": day, "until": day}
    assert client_of(dpo).get("/api/v1/events/", asked).status_code == 400


def test_style_guide_has_a_page_for_whatever_is_asked(submitter, client_of):
    assert client_of(submitter).get(reverse("style"), {"page": "x"}).status_code == 200


@pytest.mark.parametrize(
    "cell",
    [
        "31/12/9999",
        "9999-12-31",
        "0001-01-01T00:00:00+14:00",
        "0001-01-01",
        "9999-12-31 23:59",
        "9999-12-31T23:59:59-14:00",
    ],
)
@pytest.mark.parametrize("field", ["starts_at", "expires_at", "intel_date"])
def test_cell_of_a_date_that_nobody_can_mean_is_told_in_words(field, cell):
    with pytest.raises(Unreadable, match="between 1900 and 2199"):
        read_cell(field, cell)


@pytest.mark.parametrize("year", ["0002", "1899", "2200", "9999"])
@pytest.mark.parametrize("field", ["starts_at", "review_by", "expires_at", "last_verified_at"])
def test_draft_with_a_date_out_of_reach_is_sent_back_with_its_field(
    submitter, client_of, draft_entry, hotlist, field, year
):
    client, moment = client_of(submitter), f"{year}-01-01T00:00:00Z"
    page = f"/api/v1/entries/{draft_entry().entry_id}/"
    for answer in (
        client.patch(page, {field: moment}, content_type="application/json", headers={"If-Match": "*"}),
        client.post("/api/v1/entries/", {"hotlist": hotlist.slug, field: moment}, content_type="application/json"),
    ):
        assert (answer.status_code, answer.json()["errors"][0]) == (
            422,
            {"pointer": f"/{field}", "detail": OUT_OF_REACH},
        )


def test_file_of_entries_with_what_is_no_text_is_refused_in_words():
    with pytest.raises(Unfit) as refusal:
        rows_of(b"plate,category,reason\nAB01CDE,CRM,a\x00b\n", most=5)
    assert "no text" in refusal.value.fields["file"][0]


@pytest.mark.parametrize(
    "changed", [{"columns": {"vrm": 1e999}}, {"names": ["a\0b"]}, {"fixed": {"make": "a\0b"}}, {"places": [[1e999, 2]]}]
)
def test_layout_that_no_file_can_have_is_refused(changed):
    with pytest.raises(BadLayout):
        Layout.from_data(VOI_ROW.as_data() | changed)


@pytest.mark.parametrize("value", ["half of a character: \ud83d", "a\x00b", "x" * 200_000])
def test_words_that_no_column_holds_are_sent_back(submitter, client_of, draft_entry, value):
    page = f"/api/v1/entries/{draft_entry().entry_id}/"
    body = json.dumps({"subject": value, "reason": value})
    answer = client_of(submitter).patch(page, body, content_type="application/json", headers={"If-Match": "*"})
    assert answer.status_code in (400, 422), answer.content


def test_entry_of_a_category_that_the_standards_dropped_is_neither_renewed_nor_asked_for_again(
    approved_entry, submitter
):
    entry = approved_entry()
    actions.withdraw(entry, by=submitter, reason=Entry.WithdrawalReason.values[0], words="The vehicle was found.")
    Category.objects.filter(code=entry.versions.get().category).update(code="GONE")
    with pytest.raises(TooLate, match="no longer know"):
        actions.ask_again(entry, by=submitter)


@pytest.mark.django_db(transaction=True)
def test_of_two_lists_of_one_name_made_at_once_the_second_is_told(manager, client_of, dpia):
    body = {
        "slug": "twins", "title": "Twins", "kind": "MANAGED", "purpose": "Crime", "controller": "Northdale Police",
        "legal_basis": "Common law", "owner": manager.pk, "dpia": str(dpia.pk), "categories": ["CRM"],
        "actions": ["STOP"], "markers": [], "sunset_at": (timezone.now() + dt.timedelta(days=300)).isoformat(),
    }  # fmt: skip
    clients, answers, both = [client_of(manager), client_of(manager)], [], threading.Barrier(2)

    def make(client):
        both.wait()
        answers.append(client.post("/api/v1/hotlists/", body, content_type="application/json"))
        connection.close()

    threads = [threading.Thread(target=make, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers)[0] == 201, [answer.content for answer in answers]
    assert sorted(answer.status_code for answer in answers)[1] in (409, 422)
    assert Hotlist.objects.filter(slug="twins").count() == 1


def test_words_of_an_ended_session_are_nobodys_after_an_hour(client, hotlist, submitter, client_of):
    signed_in = client_of(submitter)
    page = reverse("entry_new", args=[hotlist.slug])
    signature = signed_in.get(page).content.decode().split('name="typed_by" value="')[1].split('"')[0]
    client.post(page, {"vrm_entered": "AB01CDE", "typed_by": signature})
    assert client.session[typed.KEY]["who"] == str(submitter.pk)
    assert client.session.get_expiry_age() <= typed.LIFE
