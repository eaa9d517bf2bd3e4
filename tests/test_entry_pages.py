"""The pages and the API of entries: the same verbs, the same refusals."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.verbs import Verb
from hotlists.models import Entry, EntryVersion
from tests.cast import GROUNDS, entry_facts

pytestmark = pytest.mark.django_db


def form_data(**over) -> dict:
    """What a browser sends for a standard entry; dates left to the category."""
    facts = entry_facts(**over)
    for name in ("starts_at", "review_by", "expires_at", "last_verified_at"):
        facts.pop(name)
    return {**facts, "person_confirmed": "unknown", "no_conflict": "on"}


def test_author_writes_and_submits_and_another_decides(hotlist, submitter, supervisor, client_of):
    author, decider = client_of(submitter), client_of(supervisor)
    page = author.post(reverse("entry_new", args=[hotlist.slug]), form_data() | {"submit": "1"}, follow=True)
    assert page.status_code == 200
    version = EntryVersion.objects.get()
    assert version.status == EntryVersion.Status.SUBMITTED
    assert b"Waiting for a decision" in page.content
    own = author.get(reverse("entry_decide", args=[version.entry_id]))
    assert b"somebody else has to decide it" in own.content
    queue = decider.get(reverse("decision_queue"))
    assert version.vrm[:4].encode() in queue.content
    decided = decider.post(
        reverse("entry_decide", args=[version.entry_id]),
        {"version": version.pk, "verdict": "approve", **GROUNDS},
        follow=True,
    )
    assert b"In force" in decided.content
    assert Entry.objects.in_force(timezone.now()).count() == 1


def test_author_cannot_approve_by_page_nor_api(submitted_entry, submitter, client_of):
    version = submitted_entry()
    client = client_of(submitter)
    body = {"verdict": "approve", **GROUNDS}
    page = client.post(reverse("entry_decide", args=[version.entry_id]), body | {"version": version.pk})
    assert page.status_code == 403
    answer = client.post(reverse("api_entry_decide", args=[version.entry_id]), body, content_type="application/json")
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    version.refresh_from_db()
    assert version.status == EntryVersion.Status.SUBMITTED


def test_unfit_submission_keeps_the_draft_and_says_what_is_missing(hotlist, submitter, client_of):
    data = form_data(reason="Of interest to Public Order Unit, Sussex police") | {"submit": "1"}
    page = client_of(submitter).post(reverse("entry_new", args=[hotlist.slug]), data)
    assert page.status_code == 422
    assert "is no reason" in page.content.decode()
    assert EntryVersion.objects.get().reason == data["reason"], "nothing typed is lost"


def test_form_with_a_missing_field_keeps_what_was_typed(hotlist, submitter, client_of):
    page = client_of(submitter).post(
        reverse("entry_new", args=[hotlist.slug]), form_data(vrm_entered="") | {"make": "Škoda"}
    )
    assert page.status_code == 200
    assert "Škoda" in page.content.decode()
    assert not EntryVersion.objects.exists()


def test_stranger_gets_404_on_every_page_of_an_entry(submitted_entry, outsider, client_of):
    entry = submitted_entry().entry
    client = client_of(outsider)
    for name in ("entry_detail", "entry_edit", "entry_decide", "entry_withdraw", "entry_suspend", "entry_resume", "entry_review",
                 "api_entry_detail"):  # fmt: skip
        assert client.get(reverse(name, args=[entry.pk])).status_code == 404, name


def test_opening_an_entry_is_recorded(submitted_entry, supervisor, client_of):
    entry = submitted_entry().entry
    before = Event.objects.filter(verb=Verb.ENTRY_OPENED).count()
    client_of(supervisor).get(reverse("entry_detail", args=[entry.pk]))
    event = Event.objects.filter(verb=Verb.ENTRY_OPENED).latest("id")
    assert Event.objects.filter(verb=Verb.ENTRY_OPENED).count() == before + 1
    assert (event.actor_id, event.subject_id) == (str(supervisor.pk), str(entry.pk))


def test_withdraw_page_ends_the_entry(approved_entry, supervisor, client_of):
    entry = approved_entry()
    page = client_of(supervisor).post(
        reverse("entry_withdraw", args=[entry.pk]), {"reason": "recovered", "words": "On Mill Lane."}, follow=True
    )
    assert b"Withdrawn" in page.content
    assert not Entry.objects.in_force(timezone.now()).exists()


def test_search_page_needs_a_reason(approved_entry, submitter, client_of):
    approved_entry()
    client = client_of(submitter)
    assert b"Why do you search?" in client.post(reverse("plate_search"), {"plate": "AB01CDE", "reason": ""}).content
    page = client.post(reverse("plate_search"), {"plate": "ab01 cde", "reason": "CR/2211/26"})
    assert b"1 entry found" in page.content


def test_api_creates_edits_with_if_match_and_submits(hotlist, submitter, client_of):
    client = client_of(submitter)
    body = json.loads(json.dumps(entry_facts(), default=lambda moment: moment.isoformat())) | {"hotlist": hotlist.slug}
    created = client.post(reverse("api_entry_list"), body, content_type="application/json")
    assert created.status_code == 201, created.content
    address = reverse("api_entry_detail", args=[created.json()["id"]])
    tag = client.get(address).headers["ETag"]
    edit = {"data": {"colour": "Red"}, "content_type": "application/json"}
    assert client.patch(address, **edit).status_code == 428
    assert client.patch(address, **edit, headers={"If-Match": tag}).status_code == 200
    assert client.patch(address, **edit | {"data": {"colour": "Black"}}, headers={"If-Match": tag}).status_code == 412
    assert client.post(address + "submit/", {}, content_type="application/json").json()["status"] == "submitted"


def test_list_that_is_not_ones_own_to_see_answers_as_one_that_does_not_exist(hotlist, outsider, client_of):
    body = json.loads(json.dumps(entry_facts(), default=lambda moment: moment.isoformat()))
    answers = [
        client_of(outsider).post(reverse("api_entry_list"), body | {"hotlist": slug}, "application/json")
        for slug in (hotlist.slug, "no-such-list")
    ]
    told = [json.loads(answer.content.decode().replace(hotlist.slug, "no-such-list")) for answer in answers]
    assert answers[0].status_code == answers[1].status_code == 400
    assert told[0] | {"instance": ""} == told[1] | {"instance": ""}  # the one number that differs from call to call


def test_decision_queue_asks_the_same_number_of_queries_at_one_row_and_at_ten(
    submitted_entry, supervisor, client_of, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(supervisor)
    submitted_entry()
    with CaptureQueriesContext(connection) as at_one:
        assert client.get(reverse("decision_queue")).status_code == 200
    for number in range(9):
        submitted_entry(vrm_entered=f"AB01 CD{chr(65 + number)}")
    with django_assert_num_queries(len(at_one)):
        page = client.get(reverse("decision_queue"))
    assert page.content.count(b'scope="row"') == 10


def test_lists_ask_the_same_number_of_queries_at_one_entry_and_at_ten(approved_entry, submitter, client_of):
    approved_entry()
    client = client_of(submitter)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(name)).status_code == 200
        return len(found)

    pages = ("entry_list", "hotlist_list", "api_entry_list")
    at_one = {name: queries(name) for name in pages}
    for number in range(9):
        approved_entry(vrm_entered=f"AB01 CD{chr(65 + number)}")
    assert {name: queries(name) for name in pages} == at_one
