"""A run that is paused between two batches, and goes on: by action, page and API."""

import pytest
from django.urls import reverse

from audit.models import Event
from audit.verbs import Verb
from hotlists import actions as lists
from hotlists.models import Entry
from portal.errors import Refused, TooLate
from retention import actions, erasure
from retention.workflow import Status
from tests.test_retention import months_later

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "retention", "owner"])


@pytest.fixture
def run(approved_entry, supervisor):
    """A started run that has two entries to erase."""
    for letter in "EF":
        lists.withdraw(approved_entry(vrm_entered=f"AB01 CD{letter}"), by=supervisor, reason="located")
    with months_later(12, days=3):
        yield actions.start(actions.preview(by=actions.CLOCK), by=actions.CLOCK)


def test_paused_run_erases_no_further_batch_until_it_goes_on(run, monkeypatch):
    real = erasure.erase_batch

    def then_paused(rule, *rest):
        gone = real(rule, *rest)
        if rule.label == "hotlists.Entry":
            actions.pause(run, by=actions.CLOCK)
        return gone

    monkeypatch.setattr(erasure, "erase_batch", then_paused)
    assert actions.carry_out(run, by=actions.CLOCK, batch=1) is None
    monkeypatch.undo()
    assert Entry.objects.count() == 1
    assert actions.resume(by=actions.CLOCK) == 0, "the clock leaves it alone"
    run = actions.go_on(run, by=actions.CLOCK)
    certificate = actions.carry_out(run, by=actions.CLOCK)
    assert next(line for line in certificate.lines if line["label"] == "hotlists.Entry")["erased"] == 2
    assert Event.objects.filter(verb__in=[Verb.RETENTION_PAUSED, Verb.RETENTION_GONE_ON]).count() == 2


def test_only_what_is_under_way_is_paused_and_only_by_whom_may_run_it(run, submitter):
    with pytest.raises(Refused):
        actions.pause(run, by=submitter)
    with pytest.raises(TooLate, match="not paused"):
        actions.go_on(run, by=actions.CLOCK)
    actions.pause(run, by=actions.CLOCK)
    with pytest.raises(TooLate, match="not under way"):
        actions.pause(run, by=actions.CLOCK)
    with pytest.raises(Refused):
        actions.go_on(run, by=submitter)


def test_page_and_api_pause_it_and_let_it_go_on(approved_entry, client_of, dpo, submitter):
    run = actions.start(actions.preview(by=dpo), by=dpo)
    page = client_of(dpo).get(reverse("run_detail", args=[run.pk])).content.decode()
    assert "Pause" in page
    assert client_of(submitter).post(reverse("run_pause", args=[run.pk])).status_code == 403
    client_of(dpo).post(reverse("run_pause", args=[run.pk]))
    run.refresh_from_db()
    assert run.status == Status.PAUSED
    page = client_of(dpo).get(reverse("run_detail", args=[run.pk])).content.decode()
    assert "Go on" in page
    assert (
        client_of(dpo).post(reverse("api_run_pause", args=[run.pk]), content_type="application/json").status_code == 409
    )
    assert (
        client_of(dpo).post(reverse("api_run_go_on", args=[run.pk]), content_type="application/json").json()["status"]
        == "running"
    )
