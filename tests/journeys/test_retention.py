"""Step 7: what is past its period is counted, erased and certified; a legal hold stops it."""

import datetime as dt

from playwright.sync_api import expect

from tests.journeys.people import sees
from tests.journeys.running import eventually


def test_erasure_is_counted_first_certified_without_content_and_stopped_by_a_hold(portal, person, look):
    lowe, marsh = person("insp.lowe"), person("dpo.marsh")
    old = _withdrawn_a_year_ago(lowe)
    page = lowe.goes_to(f"/entries/{old['id']}/")
    page.get_by_role("button", name="Place a hold").click()
    page.get_by_label("Case", exact=True).fill("R v Example, 2026/118")
    page.get_by_role("group", name="Why the law asks for it").get_by_role("radio").first.check()
    page.get_by_label("What it is needed for").fill("Disclosure schedule of a trial that is listed for spring.")
    look.at(page, "7-hold")
    page.get_by_role("button", name="Place the hold").click()

    look.at(marsh.goes_to("/retention/schedule/"), "7-schedule", on_phone=True)
    page = _counted(marsh)
    entries = page.get_by_role("row").filter(has_text="Entries")
    expect(entries.get_by_role("cell").nth(1)).to_have_text("1")  # held
    look.at(page, "7-counted", on_phone=True)
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
    told = marsh.context.request.get(f"{certificate.url.rstrip('/')}.json")
    assert told.ok
    assert told.json()["erased"] >= 1
    for word in (old["vrm"], old["id"]):
        assert word not in told.text(), "a certificate holds counts and no content"


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
