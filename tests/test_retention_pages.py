"""Retention as pages and over the API: count, start, certificate, hold; refused with the reason."""

import json

import pytest

from accounts.models import SystemJob
from hotlists import actions as lists
from retention import actions
from retention.models import Certificate, DeletionRun, LegalHold
from tests.test_retention import months_later

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "retention"])

CLOCK = SystemJob("tests")
HOLD = {"case_ref": "R v Smith 26/114", "basis": "cpia", "reason": "Trial in May."}


@pytest.fixture
def closed_entry(approved_entry, supervisor):
    """Withdrawn, so that its twelve months run."""
    return lists.withdraw(approved_entry(vrm_entered="AB01CDE"), by=supervisor, reason="located")


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_officer_counts_starts_and_reads_the_certificate(client_of, dpo, closed_entry):
    with months_later(12, days=3):
        browser = client_of(dpo)
        assert "Count what is due" in text(browser.get("/retention/"))
        at = browser.post("/retention/preview/").url
        page = text(browser.get(at))
        assert "Entries" in page
        assert "Erase what is due" in page
        assert browser.post(f"{at}start/").status_code == 302
        run = DeletionRun.objects.get()
        assert 'hx-trigger="every 2s"' in text(browser.get(at, headers={"HX-Request": "true"}))
        actions.carry_out(run, by=CLOCK)
        assert "hx-trigger" not in text(browser.get(at, headers={"HX-Request": "true"}))
        certificate = Certificate.objects.get()
        page = text(browser.get(f"/retention/certificates/{certificate.pk}/"))
        assert certificate.digest in page
        assert "AB01" not in page
        told = json.loads(browser.get(f"/retention/certificates/{certificate.pk}.json").content)
        assert (told["erased"], told["started_by"]) == (certificate.erased, "Dpo Test")
        assert browser.post(f"{at}start/").status_code == 409


def test_schedule_is_one_table_for_all_who_watch(client_of, dpo, auditor, asset_owner):
    for who in (dpo, auditor, asset_owner):
        page = text(client_of(who).get("/retention/schedule/"))
        assert "12 months after it was withdrawn, expired or, never approved, was last written" in page
        assert "Entry versions" in page


def test_auditor_looks_and_starts_nothing(client_of, auditor, dpo):
    browser = client_of(auditor)
    assert "aria-disabled" in text(browser.get("/retention/"))
    assert browser.post("/retention/preview/").status_code == 403
    run = actions.preview(by=dpo)
    assert browser.post(f"/retention/runs/{run.pk}/start/").status_code == 403
    assert DeletionRun.objects.get().status == DeletionRun.Status.PREVIEWED


@pytest.mark.parametrize("address", ["/retention/", "/retention/schedule/", "/retention/holds/"])
def test_others_do_not_watch_over_retention(client_of, submitter, address):
    assert client_of(submitter).get(address).status_code == 403


def test_hold_is_placed_from_the_entrys_page_and_shown_there(client_of, inspector, submitter, outsider, closed_entry):
    browser = client_of(inspector)
    entry_page, place = f"/entries/{closed_entry.pk}/", f"/retention/holds/new/hotlists.Entry/{closed_entry.pk}/"
    assert place in text(browser.get(entry_page))
    assert "Legal hold" not in text(client_of(submitter).get(entry_page))
    assert client_of(outsider).get(place).status_code == 404
    assert browser.get(f"/retention/holds/new/accounts.User/{closed_entry.pk}/").status_code == 404
    assert browser.post(place, {**HOLD, "case_ref": ""}).status_code == 200
    at = browser.post(place, HOLD).url
    assert "R v Smith 26/114" in text(browser.get(at))
    assert "R v Smith 26/114" in text(browser.get("/retention/holds/"))
    assert "Nothing erases this record meanwhile" in text(client_of(submitter).get(entry_page))
    assert browser.post(place, HOLD).status_code == 409
    assert client_of(submitter).post(place, HOLD).status_code == 403
    assert browser.post(f"{at}review/", {"reason": "Trial moved to June."}).status_code == 302
    assert browser.post(f"{at}release/", {"reason": "Acquitted; no appeal."}).status_code == 302
    assert browser.post(f"{at}release/", {"reason": "Again."}).status_code == 409
    assert "Acquitted" in text(browser.get(at))
    assert "R v Smith 26/114" in text(browser.get("/retention/holds/?show=released"))


def test_api_does_the_same(client_of, dpo, inspector, submitter, closed_entry):
    officer, browser = client_of(dpo), client_of(inspector)
    rules = {rule["label"]: rule for rule in officer.get("/api/v1/retention/schedule/").json()}
    assert rules["hotlists.EntryVersion"]["parent"] == "hotlists.Entry"
    run = officer.post("/api/v1/retention/runs/", {}, "application/json")
    assert run.status_code == 201
    at = f"/api/v1/retention/runs/{run.json()['id']}/"
    assert client_of(submitter).get(at).status_code == 403
    assert officer.post(f"{at}start/", {}, "application/json").status_code == 202
    actions.resume(by=CLOCK)
    told = officer.get(at).json()
    assert told["status"] == "done"
    assert officer.get(f"/api/v1/retention/certificates/{told['certificate']}/").json()["erased"] == 0
    facts = {"label": "hotlists.Entry", "object_id": str(closed_entry.pk), **HOLD}
    hold = browser.post("/api/v1/retention/holds/", facts, "application/json")
    assert hold.status_code == 201, hold.content
    assert browser.post("/api/v1/retention/holds/", facts, "application/json").status_code == 409
    assert client_of(submitter).post("/api/v1/retention/holds/", facts, "application/json").status_code == 403
    at = f"/api/v1/retention/holds/{hold.json()['id']}/"
    assert browser.post(f"{at}release/", {"reason": "Done."}, "application/json").json()["release_reason"] == "Done."
    assert LegalHold.objects.open().count() == 0


def test_who_may_only_hold_is_not_led_to_runs_that_are_refused(client_of, inspector, dpo):
    runs = b'href="/retention/"'
    assert client_of(inspector).get("/retention/").status_code == 403
    assert client_of(inspector).get("/retention/holds/").content.count(runs) == 0
    assert client_of(dpo).get("/retention/holds/").content.count(runs) > 0
