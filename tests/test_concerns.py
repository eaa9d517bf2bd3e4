"""Complaints, requests of people about their data, and breaches: a clock, an answer that fits, and what they bring about."""

import datetime as dt
import json

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Event
from audit.sentences import tell
from audit.verbs import Operation
from camera_sites.models import NeedQuestion, ReviewDemand
from oversight.figures import figures
from portal.errors import Refused, Stranger, TooLate, Unfit
from retention import erasure
from retention.schedule import BY_LABEL
from scrutiny import actions as scrutiny
from scrutiny.models import Concern
from scrutiny.waiting import questions
from tests.cast import person
from tests.hit_cast import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def make(dpo):
    """One of a kind, written down by the data protection officer."""

    def made(kind: str = "complaint", *, by=dpo, **over) -> Concern:
        facts = {"title": "Stopped for nothing", "words": "Asks why.", "person": "A. Example, by letter"}
        return scrutiny.record_concern(by=by, kind=kind, **{**facts, **over})

    return made


ANSWERS = {
    "complaint": {"answer": "upheld"},
    "access": {"answer": "given"},
    "correction": {"answer": "made", "told": "The source, and three matchers."},
    "breach": {"answer": "reported", "told": "Those concerned, by letter."},
}


def answered(concern: Concern, by, **over) -> Concern:
    return scrutiny.answer_concern(concern, by=by, **{"words": "Looked into.", **ANSWERS[concern.kind], **over})


def waits_for(user, at=None) -> dict[str, str]:
    return {item.title: item.tone for item in questions(user, at or timezone.now())}


@pytest.mark.parametrize(
    ("kind", "received", "due"),
    [
        ("complaint", dt.datetime(2026, 1, 31, 9, tzinfo=dt.UTC), dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)),
        ("access", dt.datetime(2026, 1, 31, 9, tzinfo=dt.UTC), dt.datetime(2026, 2, 28, 9, tzinfo=dt.UTC)),
        ("correction", dt.datetime(2026, 4, 7, 9, tzinfo=dt.UTC), dt.datetime(2026, 5, 7, 9, tzinfo=dt.UTC)),
        ("breach", dt.datetime(2026, 1, 31, 9, tzinfo=dt.UTC), dt.datetime(2026, 2, 3, 9, tzinfo=dt.UTC)),
    ],
)
def test_clock_runs_from_when_the_force_first_knew(make, kind, received, due):
    concern = make(kind, received=received)
    assert concern.due_at == due
    assert Concern.objects.overdue(due).get() == concern
    assert not Concern.objects.overdue(due - SECOND).exists()


def test_it_waits_on_the_home_page_and_a_breach_by_itself(make, dpo, auditor):
    make("access")
    breach = make("breach", person="")
    assert waits_for(dpo) == {
        "Breaches to report or to explain": "lapsing",
        "Complaints and requests to answer": "waiting",
    }
    assert waits_for(dpo, breach.due_at)["Breaches to report or to explain"] == "stopped"
    assert "Breaches to report or to explain" not in waits_for(auditor)
    answered(breach, dpo)
    assert list(waits_for(dpo)) == ["Complaints and requests to answer"]


@pytest.mark.parametrize("kind", Concern.Kind.values)
@pytest.mark.parametrize("answer", Concern.Answer.values)
def test_an_answer_fits_its_kind(make, dpo, kind, answer):
    concern = make(kind)
    needs = {"restriction": "crime" if answer in Concern.WITHHOLDING else "", "told": "Nobody else had it."}
    if answer in Concern.FITTING[Concern.Kind(kind)]:
        done = scrutiny.answer_concern(concern, by=dpo, answer=answer, words="Looked into.", **needs)
        assert (done.status, done.answer, done.answered_by) == ("answered", answer, dpo)
        return
    with pytest.raises(Unfit) as refusal:
        scrutiny.answer_concern(concern, by=dpo, answer=answer, words="Looked into.", **needs)
    assert "answer" in refusal.value.fields
    with pytest.raises(IntegrityError), transaction.atomic():  # nor round the action
        Concern.objects.update(status="answered", answer=answer, answered_by=dpo, answered_at=timezone.now(), **needs)


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        ("access", {"answer": "neither"}, "restriction"),
        ("access", {"answer": "some"}, "restriction"),
        ("access", {"answer": "given", "restriction": "crime"}, "restriction"),
        ("correction", {"answer": "made", "told": " "}, "told"),
        ("complaint", {"answer": "upheld", "words": " "}, "words"),
        ("complaint", {"answer": "upheld", "words": "AB01 XYZ was read for AB01 XYY."}, "words"),
    ],
)
def test_an_answer_says_what_the_law_asks_of_it(make, dpo, kind, given, field):
    concern = make(kind)
    with pytest.raises(Unfit) as refusal:
        scrutiny.answer_concern(concern, by=dpo, **{"words": "Looked into.", **given})
    assert field in refusal.value.fields
    concern.refresh_from_db()
    assert (concern.status, concern.notes.count()) == ("open", 0)
    if field != "words":
        given = {"told": "", **given}
        with pytest.raises(IntegrityError), transaction.atomic():
            Concern.objects.update(
                status="answered", answered_by=dpo, answered_at=timezone.now(), **{**given, "told": ""}
            )


@pytest.mark.parametrize(
    ("given", "field"),
    [({"title": " "}, "title"), ({"words": ""}, "words"), ({"person": ""}, "person"),
     ({"title": "About AB01 XYZ"}, "title"), ({"words": "My car AB01XYZ was stopped."}, "words"),
     ({"received": timezone.now() + 2 * DAY}, "received"), ({"source_label": "accounts.User", "source_id": "1"}, "source_label")],
)  # fmt: skip
def test_a_concern_says_what_and_from_whom(make, given, field):
    with pytest.raises(Unfit) as refusal:
        make(**given)
    assert field in refusal.value.fields
    assert not Concern.objects.exists()


def test_a_breach_that_we_found_was_brought_by_nobody(make):
    assert make("breach", person="").person == ""


def test_answered_once_and_taken_up_again_with_a_new_clock(make, dpo, asset_owner):
    concern = answered(make(received=timezone.now() - 40 * DAY), dpo)
    assert concern.was_late
    with pytest.raises(TooLate, match="answered already"):
        answered(concern, asset_owner)
    again = scrutiny.reopen_concern(concern, by=asset_owner, words="Not content: the letter answers another question.")
    assert (again.status, again.answer, again.answered_by) == ("open", "", None)
    assert again.due_at > timezone.now() + 29 * DAY
    with pytest.raises(TooLate):
        scrutiny.reopen_concern(again, by=dpo, words="Once more.")
    assert [note.step for note in concern.notes.all()] == ["answered", "reopened"]


def test_whom_people_turn_to_write_down_see_their_own_and_answer_none(make, operator, manager, dpo, auditor, submitter):
    own = make(by=operator)
    other = make(by=manager)
    seen = Concern.objects.visible_to(operator, sees_all=False)
    assert list(seen) == [own]
    scrutiny.note_concern(own, by=operator, words="Rang again.")
    with pytest.raises(Refused):
        scrutiny.note_concern(other, by=operator, words="Mine too.")
    for colleague in (operator, auditor):
        with pytest.raises(Refused):
            answered(own, colleague)
    with pytest.raises(Refused):
        make(by=submitter)


def test_answers_are_given_in_a_session_of_ones_own(make, dpo):
    concern = make()
    dpo.sign_in = None
    with pytest.raises(Refused, match="signed in as themselves"):
        answered(concern, dpo)


def test_every_step_is_in_the_log_and_a_look_is_a_consultation(make, dpo):
    concern = make()
    scrutiny.open_concern(concern, by=dpo)
    answered(concern, dpo)
    events = Event.objects.about("scrutiny.concern", concern.pk).newest_first()
    told = [(one.event.operation, one.sentence) for one in tell(events)]
    assert [operation for operation, _ in told] == [Operation.ALTERATION, Operation.CONSULTATION, Operation.COLLECTION]
    assert "upheld: Looked into." in told[0][1]
    assert told[2][1].endswith("wrote down a complaint: Stopped for nothing")
    assert not any("A. Example" in json.dumps(one.words, default=str) for one in tell(events)), (
        "who complains is not in the log"
    )


def test_a_complaint_about_a_list_asks_for_a_review_of_its_assessment(make, hotlist, manager, dpo):
    make(by=manager, source_label="hotlists.Hotlist", source_id=str(hotlist.pk))
    demand = ReviewDemand.objects.get()
    assert (demand.trigger, demand.dpia, demand.words) == ("complaint", hotlist.dpia, "Stopped for nothing")
    make("access", by=manager, source_label="hotlists.Hotlist", source_id=str(hotlist.pk))
    assert ReviewDemand.objects.count() == 1
    make("breach", by=manager, source_label="camera_sites.Dpia", source_id=str(hotlist.dpia_id))
    assert {one.trigger for one in ReviewDemand.objects.all()} == {"complaint", "breach"}


def test_a_complaint_about_a_site_asks_whether_it_is_needed(make, site, superintendent):
    make(by=superintendent, source_label="camera_sites.CameraSite", source_id=str(site.pk))
    assert [(one.site, one.trigger) for one in NeedQuestion.objects.all()] == [(site, "complaint")]


@pytest.mark.parametrize("pk", ["not-an-id", "", "0193a5c2-0000-7000-8000-000000000000"])
def test_what_is_not_theirs_to_see_is_not_there(make, hotlist, superintendent, pk):
    with pytest.raises(Stranger):
        make(by=superintendent, source_label="hotlists.Entry", source_id=pk)
    with pytest.raises(Stranger):
        make(by=person("of_another_unit", ["MGR"]), source_label="hotlists.Hotlist", source_id=str(hotlist.pk))


def test_a_hit_complained_of_later_stays_as_long_as_the_complaint(make, hit, answers, operator, dpo):
    answers.ended(hit, operator)
    rule, of_concerns = BY_LABEL["hits.Hit"], BY_LABEL["scrutiny.Concern"]
    limit = hit.captured_at.replace(year=hit.captured_at.year + 1) + SECOND
    assert erasure.due(rule, limit).get() == hit
    concern = answered(make(by=operator, source_label="hits.Hit", source_id=str(hit.pk)), dpo)
    assert not erasure.due(rule, limit).exists()
    end = concern.answered_at.replace(year=concern.answered_at.year + 6)
    assert not erasure.due(of_concerns, end).exists()
    assert erasure.due(of_concerns, end + SECOND).get() == concern


@pytest.mark.parametrize(("kind", "years"), [("complaint", 6), ("breach", 6), ("access", 2), ("correction", 2)])
def test_each_kind_goes_after_its_years(make, dpo, kind, years):
    concern = answered(make(kind), dpo)
    rule = BY_LABEL["scrutiny.Concern"]
    end = concern.answered_at.replace(year=concern.answered_at.year + years)
    assert not erasure.due(rule, end).exists()
    assert erasure.due(rule, end + SECOND).get() == concern
    scrutiny.reopen_concern(concern, by=dpo, words="Came back.")
    assert not erasure.due(rule, end + 400 * DAY).exists(), "an open one is kept"


def test_public_figures_count_them_and_name_nobody(make, dpo):
    for _ in range(5):
        answered(make(), dpo)
    make("access", received=timezone.now() - 40 * DAY)
    told = next(figure for figure in figures(timezone.now()) if figure["key"] == "rights")
    rows = dict(told["rows"])
    assert rows["Complaint"] == 5
    assert rows["Complaints upheld, wholly or in part"] == 5
    assert rows["Request to see what is held"] is None, "fewer than 5 are not shown"
    assert rows["Not answered in time"] is None
    with time_machine.travel(timezone.now() + 366 * DAY, tick=True):
        later = next(figure for figure in figures(timezone.now()) if figure["key"] == "rights")
    assert dict(later["rows"])["Complaint"] == 0


def test_pages_walk_a_complaint_from_the_hits_page_to_its_answer(client_of, hit, operator, dpo, submitter):
    control = client_of(operator)
    page = control.get(f"/hits/{hit.pk}/").content.decode()
    way = f"/concerns/new/?about=hits.Hit&amp;id={hit.pk}"
    assert way in page
    facts = {"kind": "complaint", "title": "Stopped for nothing", "words": "Asks why."}
    refused = control.post(way.replace("&amp;", "&"), facts)
    assert "Say who asks" in refused.content.decode()
    assert "Asks why." in refused.content.decode(), "what was typed is kept"
    made = control.post(way.replace("&amp;", "&"), {**facts, "person": "A. Example"})
    at = made.url
    assert "To be answered" in control.get("/concerns/").content.decode()
    assert control.post(f"{at}answer/", {"answer": "upheld", "words": "Yes."}).status_code == 403
    officer = client_of(dpo)
    assert f'href="/hits/{hit.pk}/"' in officer.get(at).content.decode()
    strangers = client_of(person("other_dpo", ["DPO"]))
    assert "A record that was not given to you" in strangers.get(at).content.decode()
    assert officer.post(f"{at}note/", {"words": "Asked the crew."}).status_code == 302
    assert officer.post(f"{at}answer/", {"answer": "given", "words": "Yes."}).status_code == 200
    assert officer.post(f"{at}answer/", {"answer": "upheld", "words": "An apology was sent."}).status_code == 302
    page = officer.get(at).content.decode()
    assert "Upheld" in page
    assert "Asked the crew." in page
    assert officer.post(f"{at}answer/", {"answer": "upheld", "words": "Again."}).status_code == 409
    assert officer.post(f"{at}reopen/", {"words": "Came back."}).status_code == 302
    assert client_of(submitter).get(at).status_code == 404
    assert client_of(submitter).get("/concerns/").status_code == 403


def test_api_walks_one_too_and_lists_name_nobody(client_of, dpo, operator, submitter, hotlist):
    browser = client_of(dpo)
    facts = {"kind": "access", "title": "What is held?", "words": "All of it.", "person": "A. Example",
             "source_label": "hotlists.Hotlist", "source_id": str(hotlist.pk)}  # fmt: skip
    made = client_of(person("of_another_unit", ["MGR"])).post("/api/v1/concerns/", facts, "application/json")
    assert made.status_code == 404, "of a list that they do not see"
    key = {"HTTP_IDEMPOTENCY_KEY": "one"}
    made = browser.post("/api/v1/concerns/", {**facts, "source_label": "", "source_id": ""}, "application/json", **key)
    assert made.status_code == 201, made.content
    again = browser.post("/api/v1/concerns/", {**facts, "source_label": "", "source_id": ""}, "application/json", **key)
    assert again.json()["id"] == made.json()["id"]
    at = f"/api/v1/concerns/{made.json()['id']}/"
    assert "A. Example" not in browser.get("/api/v1/concerns/").content.decode()
    assert browser.get(at).json()["person"] == "A. Example"
    assert client_of(submitter).get(at).status_code == 404
    assert client_of(operator).get(at).status_code == 404
    wrong = browser.post(f"{at}answer/", {"answer": "neither", "words": "No."}, "application/json")
    assert wrong.status_code == 422
    right = {"answer": "neither", "words": "No.", "restriction": "crime"}
    assert browser.post(f"{at}answer/", right, "application/json").json()["restriction"] == "crime"
    assert browser.post(f"{at}answer/", right, "application/json").status_code == 409
