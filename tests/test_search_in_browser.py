"""Searching, narrowing and taking away, as a browser draws them: by keyboard and screen reader, and on a phone."""

import pytest

from tests.browser import faults, sign_in
from tests.cast import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1280, 390])
def test_plates_are_searched_for_entries_narrowed_and_taken_away(page, live_server, approved_entry, supervisor, width):
    for vrm in ("AB01CDE", "AB01XYZ"):
        approved_entry(vrm_entered=vrm)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, live_server, supervisor.username, PASSWORD)

    def looks_well() -> None:
        assert faults(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url

    page.goto(f"{live_server.url}/search/", wait_until="networkidle")
    looks_well()
    page.get_by_label("Number plate").fill("ab0?*")
    page.get_by_label("Also where 0 and O").check()
    page.get_by_label("Why do you search?").fill("CR/2211/26, seen by a witness")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("heading", name="2 entries found").wait_for()
    looks_well()
    assert page.get_by_label("Number plate").input_value() == "ab0?*"
    page.get_by_role("button", name="Take this away as a file").click()
    page.get_by_role("heading", name="Take what was found away").wait_for()
    looks_well()
    page.get_by_label("Why do you take this away?").fill("Briefing of CR/2211/26")
    with page.expect_download() as sent:
        page.get_by_role("button", name="Take away", exact=True).click()
    assert sent.value.suggested_filename.endswith(".xlsx")

    page.goto(f"{live_server.url}/entries/", wait_until="networkidle")
    page.get_by_label("State").select_option("in-force")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("2 entries.").wait_for()
    page.get_by_text("Save this filter").click()
    page.get_by_label("Name", exact=True).fill("Standing now")
    page.get_by_label("Open the page with it").check()
    looks_well()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("opens this with one click").wait_for()
    looks_well()
    page.goto(f"{live_server.url}/filters/", wait_until="networkidle")
    looks_well()
    page.get_by_role("link", name="Change Standing now").click()
    page.get_by_role("heading", name="Change a filter").wait_for()
    looks_well()
    page.get_by_label("Open the page with it").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Standing now", exact=True).click()
    page.get_by_text("2 entries.").wait_for()
    looks_well()
    page.get_by_role("button", name="Take these away as a file").click()
    page.get_by_text("2 entries, narrowed as the list was").wait_for()
    looks_well()
    page.get_by_role("button", name="Take away", exact=True).click()
    page.get_by_text("There is a problem").wait_for()
    looks_well()
    page.get_by_label("Plain table (CSV)").check()
    page.get_by_label("Why do you take this away?").fill("Briefing of CR/2211/26")
    with page.expect_download() as sent:
        page.get_by_role("button", name="Take away", exact=True).click()
    assert sent.value.suggested_filename.endswith(".csv")
    assert page.complaints == []
