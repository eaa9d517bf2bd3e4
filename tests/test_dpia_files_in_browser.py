"""Files of assessments as people handle them: brought in with faults and without, attached, scanned, taken off, on paper."""

import json

import pytest
from django.urls import reverse

from camera_sites import actions, tasks
from camera_sites.actions.dpias import digest_of
from camera_sites.dpia_contents import digest
from camera_sites.dpia_exchange import document
from camera_sites.models import Dpia, DpiaAttachment
from portal import scanning
from tests.browser import faults, sign_in
from tests.cast import PASSWORD
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.site_cast import RISK
from tests.test_dpia_attachments import PDF, PNG
from tests.test_dpia_exchange import of_the_tool
from tests.test_dpias_in_browser import look

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
WIDTHS = (1280, 390)


class Suspicious:
    """A scanner that finds malware in pictures."""

    name = "Suspicious"

    def scan(self, content: bytes) -> scanning.Verdict:
        """By their first letters."""
        is_clean = not content.startswith(b"\x89PNG")
        return scanning.Verdict(is_clean, "" if is_clean else "Planted-Test")


@pytest.fixture
def scanned(settings, tmp_path):
    """Files lie in a directory of the test, and somebody looks through them."""
    settings.FILES_DIR, settings.SCANNER = tmp_path, f"{__name__}.Suspicious"


def at_both_widths(page) -> list[str]:
    """What is wrong with the page as it stands, which a new request would lose."""
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{page.url} spills at {width}")
        wrong += faults(page)
    return wrong


def choose(page, name: str, content: bytes) -> None:
    page.locator("main input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


def test_a_file_with_faults_is_told_and_what_was_typed_stays(page, live_server, draft, infrastructure_lead):
    sign_in(page, live_server, "infrastructure_lead", PASSWORD)
    page.goto(f"{live_server.url}{reverse('dpia_list')}")
    page.locator("main").get_by_role("link", name="Bring in a DPIA from a file").click()
    wrong_row = document(draft)
    wrong_row["content"]["risk_register"] = [RISK | {"severity_after": 9}]
    wrong_row["digest"] = digest(wrong_row["content"])
    altered = document(draft)
    altered["content"]["sections"]["need"] = "Another."
    page.get_by_label("Reference").fill("from-next-door")
    page.get_by_label("What is assessed").fill("Their ring road")
    for content, says in (
        (b"not json", "holds no JSON"), (b'{"a": 1}', "Give a DPIA exported here"),
        (json.dumps(altered).encode(), "does not fit its digest"), (json.dumps(wrong_row).encode(), "Risks: Row 1, severity after"),
    ):  # fmt: skip
        choose(page, "dpia.json", content)
        page.locator("main").get_by_role("button", name="Bring in").click()
        page.locator(".govuk-error-summary").wait_for()
        assert says in page.locator(".govuk-error-summary").inner_text()
        assert page.get_by_label("Reference").input_value() == "from-next-door"
        assert page.get_by_label("What is assessed").input_value() == "Their ring road"
        assert at_both_widths(page) == []
    assert Dpia.objects.count() == 1, "nothing half done"
    choose(page, "pia.json", json.dumps(of_the_tool()).encode())
    page.locator("main").get_by_role("button", name="Bring in").click()
    made = Dpia.objects.exclude(pk=draft.dpia_id).get()
    page.wait_for_url(f"**/dpias/{made.pk}/")
    assert made.title == "Their ring road"
    page.get_by_role("link", name="What came along").click()
    assert page.locator("#left-over").get_by_text("An answer of a later edition.").count()
    assert at_both_widths(page) == []


def test_files_are_attached_scanned_opened_and_taken_off(page, live_server, draft, infrastructure_lead, scanned):
    sign_in(page, live_server, "infrastructure_lead", PASSWORD)
    address = reverse("dpia_attachments", args=[draft.dpia_id])
    page.goto(f"{live_server.url}{reverse('dpia_detail', args=[draft.dpia_id])}")
    page.locator("main").get_by_role("button", name="Files").click()
    assert at_both_widths(page) == []
    for name, content in (("plan of the ring road.pdf", PDF), ("photo.png", PNG)):
        choose(page, name, content)
        page.locator("main").get_by_role("button", name="Attach").click()
        page.get_by_text(f"{name} is attached").wait_for()
    rows = page.get_by_role("table", name="Attached files")
    assert rows.get_by_text("Waiting to be scanned").count() == 2
    assert rows.get_by_role("link").count() == 0, "nobody opens what was not looked at"
    assert at_both_widths(page) == []
    tasks.scan_attachments()
    page.goto(live_server.url + address)
    assert rows.get_by_text("Scanned, nothing found").count() == 1
    assert rows.get_by_text("Planted-Test").count() == 1
    assert look(page, live_server, address) == []
    with page.expect_download() as taken:
        rows.get_by_role("link", name="plan of the ring road.pdf").click()
    assert taken.value.path().read_bytes() == PDF
    bound = digest_of(draft)
    page.get_by_role("button", name="Take off plan of the ring road.pdf").click()
    page.get_by_text("plan of the ring road.pdf is no longer attached").wait_for()
    assert [file.name for file in DpiaAttachment.objects.all()] == ["photo.png"]
    assert digest_of(draft) != bound
    choose(page, "words.txt", b"words")
    page.locator("main").get_by_role("button", name="Attach").click()
    page.locator(".govuk-error-summary").wait_for()
    assert at_both_widths(page) == []
    actions.submit(draft, by=infrastructure_lead)
    assert look(page, live_server, address) == []
    assert page.get_by_role("button", name="Attach").count() == page.get_by_role("button", name="Take off").count() == 0


def test_a_version_is_taken_away_on_paper_and_as_a_document(page, live_server, advised, asset_owner, dpo):
    actions.decide(advised, by=asset_owner, verdict="approve", words="Necessary.")
    sign_in(page, live_server, "dpo", PASSWORD)
    address = reverse("dpia_version", args=[advised.dpia_id, 1])
    assert look(page, live_server, address) == []
    for words, begins, name in (
        ("Take away as JSON", b"{", "dpia-ring-1.json"), ("Whole, as PDF", b"%PDF", "dpia-ring-1.pdf"),
        ("As the public reads it, as PDF", b"%PDF", "dpia-ring-1-public.pdf"),
    ):  # fmt: skip
        with page.expect_download() as taken:
            page.get_by_role("link", name=words).or_(page.get_by_role("button", name=words)).click()
        assert taken.value.suggested_filename == name
        assert taken.value.path().read_bytes().startswith(begins)
