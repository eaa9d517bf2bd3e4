"""Step 7: what is past its period is counted, erased and certified; a legal hold stops it."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from playwright.sync_api import expect

from tests.journeys.people import sees
from tests.journeys.running import eventually


def test_erasure_is_counted_first_certified_without_content_and_stopped_by_a_hold(portal, person, look, tmp_path):
    lowe, marsh = person("insp.lowe"), person("dpo.marsh")
    old = _withdrawn_a_year_ago(lowe)
    page = lowe.goes_to(f"/entries/{old['id']}/")
    page.get_by_role("button", name="Place a hold").click()
    page.get_by_label("Case", exact=True).fill("R v Example, 2026/118")
    page.get_by_role("group", name="Why the law asks for it").get_by_role("radio").first.check()
    page.get_by_label("What it is needed for").fill("Disclosure schedule of a trial that is listed for spring.")
    look.at(page, "7-hold")
    page.get_by_role("button", name="Place the hold").click()

    page = marsh.goes_to("/retention/")
    page.get_by_role("button", name="Look again now").click()
    sees(page, "Looked at everything again")
    look.at(page, "7-overview", on_phone=True)
    look.at(marsh.goes_to("/retention/schedule/"), "7-schedule", on_phone=True)
    page = _counted(marsh)
    entries = page.get_by_role("row").filter(has_text="Entries")
    expect(entries.get_by_role("cell").nth(1)).to_have_text("1")  # held
    look.at(page, "7-counted", on_phone=True)
    page.locator("#run").get_by_role("link", name="Entries", exact=True).click()
    sees(page, "R v Example, 2026/118")
    look.at(page, "7-sample", on_phone=True)
    assert old["vrm"] not in page.content(), "a sample names no vehicle"
    page.go_back()
    _erased(page)
    assert lowe.calls("GET", f"entries/{old['id']}/").status == 200, "a hold keeps what it holds"

    page = lowe.goes_to("/retention/holds/")
    page.get_by_role("link", name="R v Example, 2026/118").click()
    page.get_by_role("button", name="Release the hold").click()
    page.get_by_label("Why", exact=True).fill("The trial has ended and the time for appeal has passed.")
    page.get_by_role("button", name="Release").click()
    sees(page, "Released")

    page = _counted(marsh)
    expect(page.get_by_role("row").filter(has_text="Entries").get_by_role("cell").nth(0)).to_have_text("1")  # due
    certificate = _erased(page)
    assert lowe.calls("GET", f"entries/{old['id']}/").status == 404
    expect(certificate.get_by_role("heading", level=1)).to_have_text("Deletion certificate")
    look.at(certificate, "7-certificate", on_phone=True)
    paper = marsh.context.request.get(f"{certificate.url.rstrip('/')}.pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.body().startswith(b"%PDF-")
    told = marsh.context.request.get(f"{certificate.url.rstrip('/')}.json")
    assert told.ok
    assert told.json()["erased"] >= 1
    for word in (old["vrm"], old["id"]):
        assert word not in told.text(), "a certificate holds counts and no content"
    _checked_outside(portal, marsh, f"{certificate.url.rstrip('/')}.jsonl", tmp_path)


def test_longer_period_takes_both_offices(portal, person, look):
    marsh, stone = person("dpo.marsh"), person("iao.stone")
    page = marsh.goes_to("/retention/schedule/scrutiny.Sample/")
    page.get_by_label("Months").fill("84")
    page.get_by_label("Why").fill("The inspectorate asks for a seventh year.")
    page.get_by_role("button", name="Change the period").click()
    sees(page, "The other office decides.")
    look.at(page, "7-longer", on_phone=True)
    page = stone.goes_to("/retention/")
    page.get_by_role("link", name="Samples: 84 months in place of 72").click()
    look.at(page, "7-decide", on_phone=True)
    page.get_by_role("button", name="Agree to the longer period").click()
    sees(page, "in force from now on")


def _checked_outside(portal, somebody, address: str, place: Path) -> None:
    """With its proof, by the program that needs neither portal nor database."""
    file = place / "certificate.jsonl"

    def is_sealed():
        answer = somebody.context.request.get(address)
        file.write_bytes(answer.body())
        return answer.ok

    eventually(is_sealed, "the certificate's event to be sealed", 30, every=1)
    key = (portal.state / "seal" / "seal.pub").read_text().strip()
    done = subprocess.run(
        [sys.executable, "-m", "audit.seal", str(file), "--key", key],
        capture_output=True, cwd=settings.BASE_DIR, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def _withdrawn_a_year_ago(somebody) -> dict:
    limit = (dt.datetime.now(dt.UTC) - dt.timedelta(days=366)).isoformat()
    address = "entries/"
    while address:
        page = somebody.calls("GET", address).json()
        for entry in page["results"]:
            if entry["withdrawn_at"] and entry["withdrawn_at"] < limit:
                return entry
        address = (page["next"] or "").rpartition("/api/v1/")[2]
    raise AssertionError("the demo has no entry past its period")


def _counted(somebody):
    page = somebody.goes_to("/retention/")
    page.get_by_role("button", name="Count what is due").click()
    sees(page, "What was past its period")
    return page


def _erased(page):
    page.get_by_role("button", name="Erase what is due").click()
    link = page.get_by_role("link", name="Certificate:")

    def is_certified():
        page.wait_for_load_state()  # of what the button led to: a page on its way out cannot be loaded again
        page.reload()
        return link.count()

    eventually(is_certified, "the certificate of the run", 20, every=0.5)
    link.click()
    return page
