"""Findings: opened by people and by the portal, answered by who owns them, tested by another."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import SystemJob
from audit.models import Event
from audit.sentences import tell
from audit.verbs import Verb
from portal.errors import Refused, TooLate, Unfit
from scrutiny import actions
from scrutiny.models import Finding
from scrutiny.waiting import questions

pytestmark = pytest.mark.django_db


@pytest.fixture
def finding(dpo, manager) -> Finding:
    """Something for the list manager to answer."""
    return actions.open_finding(
        by=dpo, title="Thin reasons", words="Five of ten sampled reasons say nothing.", owner=manager
    )


def waits_for(user, at: dt.datetime | None = None) -> list[str]:
    return [item.title for item in questions(user, at or timezone.now())]


def test_finding_waits_on_its_owners_home_page_until_it_is_answered(finding, manager, dpo):
    assert waits_for(manager) == ["Findings for you to answer"]
    actions.note(finding, by=manager, words="Two of them were mine.")
    actions.close_finding(finding, by=manager, words="Rewrote all five.")
    assert waits_for(manager) == []
    assert waits_for(dpo) == ["Answers to test again"]
    actions.retest(finding, by=dpo, holds=True, words="Read them again: specific.")
    assert waits_for(dpo) == []
    assert Finding.objects.get().status == Finding.Status.SETTLED
    assert [note.step for note in finding.notes.all()] == ["noted", "closed", "settled"]


def test_answer_that_does_not_hold_opens_it_again(finding, manager, dpo):
    actions.close_finding(finding, by=manager, words="Rewrote all five.")
    found = actions.retest(finding, by=dpo, holds=False, words="Two still say nothing.")
    assert (found.status, found.closed_by) == (Finding.Status.OPEN, None)
    assert waits_for(manager) == ["Findings for you to answer"]


def test_whoever_answered_does_not_test_the_answer(finding, dpo, manager):
    actions.close_finding(finding, by=dpo, words="Rewrote all five.")
    with pytest.raises(Refused, match="somebody else"):
        actions.retest(finding, by=dpo, holds=True, words="Fine.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.update(status="settled", settled_by=dpo, settled_at=timezone.now())


@pytest.mark.parametrize("tester", ["auditor", "asset_owner"])
def test_what_the_only_officer_answered_is_tested_by_auditor_or_asset_owner(finding, dpo, cast, tester):
    actions.close_finding(finding, by=dpo, words="Rewrote all five.")
    assert waits_for(cast[tester]) == ["Answers to test again"]
    found = actions.retest(finding, by=cast[tester], holds=True, words="Read them: specific.")
    assert (found.status, found.settled_by) == ("settled", cast[tester])


def test_who_answers_for_a_finding_does_not_test_what_another_answered(manager, dpo, auditor):
    own = actions.open_finding(by=dpo, title="Late answers", words="Three came late.", owner=dpo)
    actions.close_finding(own, by=dpo, words="A reminder a week before.")
    other = actions.open_finding(by=dpo, title="Thin notes", words="Two say nothing.", owner=auditor)
    actions.close_finding(other, by=dpo, words="Rewrote both.")
    with pytest.raises(Refused, match="You answer for this finding"):
        actions.retest(other, by=auditor, holds=True, words="Fine.")
    assert waits_for(auditor) == ["Answers to test again"], "the other one"
    with pytest.raises(Refused):
        actions.retest(own, by=manager, holds=True, words="Fine.")


def test_finding_is_due_in_the_time_that_the_standards_set(finding, manager, dpo):
    assert finding.due_at - finding.opened_at == dt.timedelta(days=14)
    later = finding.due_at + dt.timedelta(hours=1)
    assert Finding.objects.overdue(later).get() == finding
    with time_machine.travel(later):
        (item,) = questions(manager, later)
        assert item.tone == "stopped"
        assert waits_for(dpo, later) == ["Findings of others that are overdue"]


def test_others_neither_open_nor_answer_nor_see(finding, submitter, auditor, client_of):
    with pytest.raises(Refused):
        actions.open_finding(by=auditor, title="x", words="y", owner=submitter)
    with pytest.raises(Refused):
        actions.close_finding(finding, by=auditor, words="Done.")
    assert client_of(submitter).get(f"/findings/{finding.pk}/").status_code == 404
    assert client_of(submitter).get("/findings/").status_code == 403
    assert client_of(auditor).get(f"/findings/{finding.pk}/").status_code == 200


def test_steps_out_of_order_are_too_late(finding, dpo, manager):
    with pytest.raises(TooLate):
        actions.retest(finding, by=dpo, holds=True, words="Fine.")
    with pytest.raises(Unfit):
        actions.close_finding(finding, by=manager, words=" ")
    actions.close_finding(finding, by=manager, words="Done.")
    with pytest.raises(TooLate):
        actions.close_finding(finding, by=manager, words="Done.")
    actions.retest(finding, by=dpo, holds=True, words="Fine.")
    with pytest.raises(TooLate):
        actions.note(finding, by=manager, words="More.")


def test_colleague_who_may_not_is_refused_though_it_is_too_late_too(finding, dpo, manager, submitter):
    actions.close_finding(finding, by=manager, words="Done.")
    with pytest.raises(Refused):
        actions.close_finding(finding, by=submitter, words="Done.")
    actions.retest(finding, by=dpo, holds=True, words="Fine.")
    with pytest.raises(Refused):
        actions.note(finding, by=submitter, words="More.")
    with pytest.raises(Refused):
        actions.retest(finding, by=submitter, holds=True, words="Fine.")


def test_each_step_is_recorded_in_a_sentence(finding, manager, dpo):
    actions.close_finding(finding, by=manager, words="Rewrote all five.")
    sentences = [told.sentence for told in tell(Event.objects.about("scrutiny.finding", finding.pk).newest_first())]
    assert sentences[0].endswith("Rewrote all five.")
    assert "opened a finding for Manager Test: Thin reasons" in sentences[1]


def test_pages_walk_a_finding_from_opening_to_settled(client_of, dpo, manager, auditor):
    browser = client_of(dpo)
    answer = browser.post("/findings/new/", {"title": "Thin reasons", "words": "Five of ten.", "owner": manager.pk})
    at = answer.url
    assert "Thin reasons" in browser.get("/findings/").content.decode()
    assert client_of(manager).post(f"{at}note/", {"words": "Two of them were mine."}).status_code == 302
    assert client_of(auditor).post(f"{at}close/", {"words": "Done."}).status_code == 403
    assert client_of(manager).post(f"{at}close/", {"words": "Rewrote all five."}).status_code == 302
    assert browser.post(f"{at}retest/", {"holds": "yes", "words": "Read them again."}).status_code == 302
    page = browser.get(at).content.decode()
    assert "Settled" in page
    assert "Two of them were mine." in page


def test_api_walks_a_finding_too(client_of, dpo, manager, submitter):
    browser = client_of(dpo)
    facts = {"title": "Thin reasons", "words": "Five of ten.", "owner": manager.pk}
    made = browser.post("/api/v1/findings/", facts, "application/json")
    assert made.status_code == 201, made.content
    at = f"/api/v1/findings/{made.json()['id']}/"
    assert client_of(submitter).get(at).status_code == 404
    closed = client_of(manager).post(f"{at}close/", {"words": "Rewrote."}, "application/json")
    assert closed.json()["status"] == "closed"
    assert client_of(manager).post(f"{at}close/", {"words": "Rewrote."}, "application/json").status_code == 409
    settled = browser.post(f"{at}retest/", {"holds": True, "words": "Read."}, "application/json").json()
    assert settled["status"] == "settled"
    assert [note["step"] for note in settled["notes"]] == ["closed", "settled"]


JOB = SystemJob("tests")


def test_job_opens_findings_but_answers_none(finding):
    with pytest.raises(Refused):
        actions.close_finding(finding, by=JOB, words="Done.")
    assert Event.objects.filter(verb=Verb.FINDING_CLOSED).count() == 0
