"""The pages and the API of entries: the same verbs, the same refusals."""

import datetime as dt
import json
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.sign_in import open_sign_in
from audit.actions import plate_hash
from audit.models import Event, EventDetail
from audit.verbs import Verb
from hotlists.models import Entry, EntryVersion
from hotlists.steps import BY_SLUG, SLUGS
from tests.cast import GROUNDS, PASSWORD, entry_facts

pytestmark = pytest.mark.django_db


def sent(step: str, **over) -> dict:
    """What a browser sends of one step of a standard entry; dates left to the category."""
    facts = {name: value for name, value in entry_facts(**over).items() if name in BY_SLUG[step].fields}
    for name in ("starts_at", "review_by", "expires_at", "last_verified_at"):
        facts.pop(name, None)
    facts |= {"person_confirmed": "unknown"} if step == "who" else {"force": "99"} if step == "dates" else {}
    return {name: "on" if name == "no_conflict" else value for name, value in facts.items()} | {"go": "next"}


def walk(client, hotlist, **over):
    """All steps in their order, as somebody does who writes an entry; the page that the last leads to."""
    page = client.post(reverse("entry_new", args=[hotlist.slug]), sent("vehicle", **over), follow=True)
    entry = Entry.objects.latest("created_at")
    for step in SLUGS[1:]:
        assert page.redirect_chain[-1][0] == reverse("entry_step", args=[entry.pk, step])
        page = client.post(reverse("entry_step", args=[entry.pk, step]), sent(step, **over), follow=True)
    return entry, page


def test_author_writes_step_by_step_and_submits_and_another_decides(hotlist, submitter, supervisor, client_of):
    author, decider = client_of(submitter), client_of(supervisor)
    entry, page = walk(author, hotlist)
    assert page.redirect_chain[-1][0] == reverse("entry_check", args=[entry.pk])
    assert "Before it can be submitted" not in page.content.decode()
    page = author.post(reverse("entry_submit", args=[entry.pk]), follow=True)
    version = EntryVersion.objects.get()
    assert version.status == EntryVersion.Status.SUBMITTED
    assert version.plate_warnings == ["This plate was never issued: it is a misread, a false plate or a test."]
    assert b"Waiting for a decision" in page.content
    own = author.get(reverse("entry_decide", args=[entry.pk]))
    assert b"somebody else has to decide it" in own.content
    queue = decider.get(reverse("decision_queue"))
    assert version.vrm[:4].encode() in queue.content
    decided = decider.post(
        reverse("entry_decide", args=[entry.pk]),
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
    client, reason = client_of(submitter), "Of interest to Public Order Unit, Sussex police"
    entry, _ = walk(client, hotlist, reason=reason)
    page = client.post(reverse("entry_submit", args=[entry.pk]))
    assert page.status_code == 422
    assert "is no reason" in page.content.decode()
    assert EntryVersion.objects.get().reason == reason, "nothing typed is lost"
    assert "is no reason" in client.get(reverse("entry_step", args=[entry.pk, "why"])).content.decode()
    tasks = client.get(reverse("entry_edit", args=[entry.pk])).content.decode()
    assert "5 of 6 steps are done" in tasks
    assert "1 thing to do" in tasks


def test_unfinished_step_is_saved_and_comes_back_as_it_was_typed(hotlist, submitter, client_of):
    client = client_of(submitter)
    page = client.post(
        reverse("entry_new", args=[hotlist.slug]), {"make": "Škoda", "country": "GB", "go": "later"}, follow=True
    )
    version = EntryVersion.objects.get()
    assert (version.make, version.vrm, version.status) == ("Škoda", "", "draft")
    assert "Enter the number plate." in page.content.decode()
    assert "Škoda" in client.get(reverse("entry_step", args=[version.entry_id, "vehicle"])).content.decode()
    for name in ("entry_detail", "entry_check", "entry_decide"):
        assert client.get(reverse(name, args=[version.entry_id])).status_code == 200, name
    assert client.get(reverse("entry_list")).status_code == 200


def test_what_cannot_be_a_plate_or_a_date_is_told_with_all_that_was_typed(hotlist, submitter, client_of):
    client = client_of(submitter)
    page = client.post(reverse("entry_new", args=[hotlist.slug]), sent("vehicle", vrm_entered="A" * 16, make="Škoda"))
    assert page.status_code == 422
    assert "at most 15" in page.content.decode()
    assert "Škoda" in page.content.decode()
    assert not EntryVersion.objects.exists()


def test_what_is_secret_is_refused_at_the_form_and_over_the_api(draft_entry, submitter, client_of):
    version, client = draft_entry(), client_of(submitter)
    page = client.post(
        reverse("entry_step", args=[version.entry_id, "why"]), sent("why", reason="Secret words") | {"gsc": "ABOVE"}
    )
    assert page.status_code == 422
    assert "SECRET or above" in page.content.decode()
    version.refresh_from_db()
    assert version.reason != "Secret words"
    address = reverse("api_entry_detail", args=[version.entry_id])
    answer = client.patch(address, {"gsc": "SECRET"}, content_type="application/json",
                          headers={"If-Match": client.get(address).headers["ETag"]})  # fmt: skip
    assert answer.status_code == 400


def test_two_windows_do_not_overwrite_each_other_unseen(draft_entry, submitter, client_of):
    version, client = draft_entry(colour="Blue"), client_of(submitter)
    address = reverse("entry_step", args=[version.entry_id, "vehicle"])
    state = re.search(r'name="state" value="(\w+)"', client.get(address).content.decode())[1]
    assert client.post(address, sent("vehicle", colour="Red") | {"state": state}).status_code == 302
    late = client.post(address, sent("vehicle", colour="Black") | {"state": state})
    assert late.status_code == 409
    shown = late.content.decode()
    assert "<del>Red</del>" in shown
    assert "<ins>Black</ins>" in shown
    version.refresh_from_db()
    assert version.colour == "Red"
    state = re.search(r'name="state" value="(\w+)"', shown)[1]
    assert client.post(address, sent("vehicle", colour="Black") | {"state": state}).status_code == 302
    version.refresh_from_db()
    assert version.colour == "Black"


def test_what_was_typed_when_the_session_had_ended_comes_back_to_the_same_person_only(
    draft_entry, submitter, supervisor, client_of
):
    version, client = draft_entry(), client_of(submitter)
    address = reverse("entry_step", args=[version.entry_id, "why"])
    typed_by = re.search(r'name="typed_by" value="([^"]+)"', client.get(address).content.decode())[1]
    for user, comes_back in ((submitter, True), (supervisor, False)):
        client.cookies.pop("sessionid")
        answer = client.post(address, sent("why", reason="Half a rea") | {"typed_by": typed_by})
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/login/")
        client.post(answer.url, {"login": user.username, "password": PASSWORD})
        page = client.get(address)
        assert page.status_code == 200
        assert ("Half a rea" in page.content.decode()) is comes_back
        assert "Half a rea" not in client.get(address).content.decode(), "it comes back once"


def test_dates_follow_the_category_until_somebody_names_them(hotlist, submitter, client_of):
    client = client_of(submitter)
    client.post(reverse("entry_new", args=[hotlist.slug]), sent("vehicle"))
    version = EntryVersion.objects.get()
    assert version.expires_at - version.starts_at == dt.timedelta(hours=24)
    why = reverse("entry_step", args=[version.entry_id, "why"])
    client.post(why, sent("why"))
    version.refresh_from_db()
    assert version.expires_at - version.starts_at == dt.timedelta(days=56)
    assert (version.action, version.priority) == ("ASSESS", "MEDIUM")
    client.post(
        reverse("entry_step", args=[version.entry_id, "dates"]), sent("dates") | {"expires_at": "2030-01-01T12:00"}
    )
    client.post(why, sent("why", category="RTD"))
    version.refresh_from_db()
    assert version.expires_at == dt.datetime(2030, 1, 1, 12, tzinfo=dt.UTC)


def test_machine_sees_what_is_missing_as_the_form_says_it(draft_entry, submitter, client_of):
    version = draft_entry(reason="Burglary.", contact_24h="")
    told = client_of(submitter).get(reverse("api_entry_quality", args=[version.entry_id])).json()
    assert told["is_ready"] is False
    assert [(one["field"], one["step"]) for one in told["missing"]] == [("reason", "why"), ("contact_24h", "dates")]


def test_stranger_gets_404_on_every_page_of_an_entry(submitted_entry, outsider, client_of):
    entry = submitted_entry().entry
    client = client_of(outsider)
    for name in ("entry_detail", "entry_edit", "entry_check", "entry_decide", "entry_withdraw", "entry_suspend",
                 "entry_resume", "entry_review", "api_entry_detail", "api_entry_quality"):  # fmt: skip
        assert client.get(reverse(name, args=[entry.pk])).status_code == 404, name


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("entry_list", "the list of entries"), ("api_entry_list", "the list of entries"),
        ("decision_queue", "the decision queue"), ("api_decision_queue", "the decision queue"),
        ("review_queue", "the review queue"), ("api_review_queue", "the review queue"),
    ],
)  # fmt: skip
def test_a_page_of_plates_is_on_record_once(approved_entry, submitted_entry, inspector, client_of, name, where):
    plates = {("GB", "AB01CDE"), ("GB", "XY50ZZZ")}
    term = approved_entry().terms.get()
    submitted_entry(vrm_entered="XY50ZZZ")
    with time_machine.travel(term.review_by - dt.timedelta(hours=1), tick=False):
        open_sign_in(inspector, method="password")
        shown = client_of(inspector).get(reverse(name))
    assert shown.status_code == 200
    event = Event.objects.get(verb=Verb.ENTRIES_SHOWN)
    detail = EventDetail.objects.get(pk=event.pk)
    text = shown.content.decode()
    seen = {plate for plate in plates if plate[1] in text.replace(" ", "")}
    assert seen
    assert (event.count, detail.body["where"]) == (len(seen), where)
    assert {f"plate:{plate_hash(*plate)}" for plate in seen} <= set(detail.subjects)


@pytest.mark.parametrize("name", ["entry_suspend", "entry_withdraw", "entry_narrow", "entry_review", "entry_extend"])
def test_a_page_to_act_on_an_entry_shows_it_and_is_on_record(approved_entry, inspector, client_of, name):
    entry = approved_entry()
    client_of(inspector).get(reverse(name, args=[entry.pk]))
    assert (
        Event.objects.filter(verb=Verb.ENTRY_OPENED, subject_id=str(entry.pk), actor_id=str(inspector.pk)).count() == 1
    )


def test_reading_a_draft_of_somebody_else_is_on_record_and_ones_own_is_not(
    draft_entry, submitter, supervisor, client_of
):
    entry = draft_entry().entry
    opened = Event.objects.filter(verb=Verb.ENTRY_OPENED)
    client_of(submitter).get(reverse("entry_check", args=[entry.pk]))
    assert not opened.exists()
    client_of(supervisor).get(reverse("entry_check", args=[entry.pk]))
    assert opened.get().actor_id == str(supervisor.pk)


@pytest.mark.parametrize("name", ["entry_detail", "api_entry_quality"])
def test_opening_an_entry_is_recorded(submitted_entry, supervisor, client_of, name):
    entry = submitted_entry().entry
    before = Event.objects.filter(verb=Verb.ENTRY_OPENED).count()
    client_of(supervisor).get(reverse(name, args=[entry.pk]))
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


def test_decision_queue_shows_what_is_urgent_first_and_narrows(submitted_entry, supervisor, submitter, client_of):
    for plate, priority in (("AB01 AAA", "LOW"), ("AB01 BBB", "HIGH"), ("AB01 CCC", "MEDIUM")):
        submitted_entry(vrm_entered=plate, priority=priority)
    client = client_of(supervisor)
    page = client.get(reverse("decision_queue")).content.decode()
    assert page.index("AB01 BBB") < page.index("AB01 CCC") < page.index("AB01 AAA")
    assert "Decide the first" in page
    narrowed = client.get(reverse("decision_queue"), {"priority": "LOW"}).content.decode()
    assert "AB01 AAA" in narrowed and "AB01 BBB" not in narrowed
    assert "Nothing like this waits" in client.get(reverse("decision_queue"), {"show": "others"}).content.decode()


def test_decision_queue_says_why_something_is_others_to_decide(submitted_entry, supervisor, client_of):
    submitted_entry(protected_activity=True, protected_kinds=["protest"])
    client = client_of(supervisor)
    assert "Nothing waits for you" in client.get(reverse("decision_queue")).content.decode()
    page = client.get(reverse("decision_queue"), {"show": "others"}).content.decode()
    assert "superintendent or above" in page
    assert "Decide the first" not in page


def test_an_override_that_is_no_longer_asked_is_not_kept(draft_entry, submitter, client_of):
    version = draft_entry(category="MIS-H", missing_risk="HIGH", priority="LOW", risk_override="Found and safe.")
    client, step = client_of(submitter), reverse("entry_step", args=[version.entry_id, "officers"])
    page = client.get(step).content.decode()
    assert page.count('id="id_risk_override"') == page.count('id="id_ripa_ref"') == 1
    assert page.index('id="conditional-id_action') < page.index('id="id_ripa_ref"') < page.index('id="id_priority')
    typed = {"action": "ASSESS", "priority": "HIGH", "risk_override": "Found and safe.", "action_text": "Assess."}
    client.post(step, typed | {"go": "later"})
    version.refresh_from_db()
    assert (version.priority, version.risk_override) == ("HIGH", "")
