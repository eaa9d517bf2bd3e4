"""Periods and certificates as the two offices see them, on desk and telephone, and the certificate on paper."""

import io

import pytest
from pypdf import PdfReader

from accounts.models import SystemJob
from hotlists import actions as lists
from retention import actions
from retention.models import PeriodChange
from tests.browser import faults, sign_in
from tests.cast import PASSWORD
from tests.test_dpias_in_browser import look
from tests.test_retention import months_later

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "retention"]), pytest.mark.journey]

CLOCK = SystemJob("tests")
AT = "/retention/schedule/hotlists.Entry/"


def test_longer_period_is_proposed_by_one_office_and_agreed_by_the_other(page, live_server, dpo, asset_owner, hotlist):
    actions.change_period("hits.Hit", by=dpo, months=6, reason="No stop was explained by an older hit in two years.")
    sign_in(page, live_server, "dpo", PASSWORD)
    page.goto(f"{live_server.url}{AT}")
    page.get_by_label("Months").fill("18")
    page.get_by_label("Why").fill("A review of convictions asks for what was listed.")
    page.get_by_role("button", name="Change the period").click()
    page.get_by_text("The other office decides.").wait_for()
    change = PeriodChange.objects.waiting().get()
    paths = ("/retention/schedule/", AT, "/retention/schedule/hits.Hit/", f"/retention/periods/{change.pk}/")
    assert [fault for path in paths for fault in look(page, live_server, path)] == []
    page.context.clear_cookies()
    sign_in(page, live_server, "asset_owner", PASSWORD)
    assert look(page, live_server, f"/retention/periods/{change.pk}/") == []
    page.get_by_role("button", name="Agree to the longer period").click()
    page.get_by_text("in force from now on").wait_for()
    assert faults(page) == []
    change.refresh_from_db()
    assert change.version == 2


def test_certificate_on_paper_tells_counts_and_rules_and_no_content(client_of, dpo, approved_entry, supervisor):
    lists.withdraw(approved_entry(vrm_entered="AB01CDE"), by=supervisor, reason="located")
    actions.change_period("hotlists.Entry", by=dpo, months=6, reason="Nothing asks for more.")
    with months_later(6, days=3):
        certificate = actions.apply(by=CLOCK)
        answer = client_of(dpo).get(f"/retention/certificates/{certificate.pk}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    paper = PdfReader(io.BytesIO(answer.content))
    said = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    assert "Deletion certificate" in said
    assert "version 2" in said
    assert certificate.digest in said.replace(" ", "")
    assert "AB01" not in said
    assert b"pdfuaid:part" in paper.trailer["/Root"]["/Metadata"].get_data()


def test_case_and_list_are_held_and_what_is_held_says_so(page, live_server, inspector, approved_entry, supervisor):
    lists.withdraw(approved_entry(vrm_entered="AB01CDE"), by=supervisor, reason="located")
    sign_in(page, live_server, "inspector", PASSWORD)
    page.goto(f"{live_server.url}/retention/holds/")
    page.get_by_role("button", name="Hold everything of a case").click()
    page.get_by_label("Case").fill("CR/2211/26")
    page.get_by_label("Relevant to a criminal investigation").check()
    page.get_by_label("What it is needed for").fill("Trial in May.")
    page.get_by_role("button", name="Hold all of it").click()
    page.get_by_text("What names this case later is held as it comes.").wait_for()
    held = page.url.removeprefix(live_server.url)
    paths = ("/retention/holds/", "/retention/holds/case/", held, "/entries/", "/entries/hold/?state=withdrawn")
    assert [fault for path in paths for fault in look(page, live_server, path)] == []
    page.goto(f"{live_server.url}/entries/?state=withdrawn")
    assert page.locator("td", has_text="Held").count() == 1
