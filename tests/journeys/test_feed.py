"""Step 6: a 16-column file is uploaded: every fault is shown before anything changes; the right one is loaded and matched."""

import csv
import datetime as dt
import io

from playwright.sync_api import expect

from tests.journeys.people import fresh_plate, sees
from tests.journeys.running import eventually

SLUG = "stolen-vehicles"
LIST = f"/hotlists/{SLUG}/loads/"


def voi_file(plates: list[str], **faults: dict[int, str]) -> bytes:
    """A file of these vehicles in the 16-column layout; faults: for a row number, column numbers with what stands there."""
    end, reported = dt.date.today() + dt.timedelta(days=10), dt.date.today() - dt.timedelta(days=3)
    out = io.StringIO()
    writer = csv.writer(out)
    for number, plate in enumerate(plates, start=1):
        row = [
            plate, "Ford", "Transit", "White", "STOP", "", "Taken from a building site", "A11", "Stop; check the chassis",
            "99 Northdale", f"{end:%d/%m/%Y}", f"SV{plate}", "RESTRICTED", "", f"{reported:%d/%m/%Y}", "Y",
        ]  # fmt: skip
        for column, words in faults.get(f"row{number}", {}).items():
            row[column] = words
        writer.writerow(row)
    return out.getvalue().encode()


def upload(page, name: str, content: bytes, *, mode: str = "Add"):
    """Uploads a file and waits until it was checked."""
    page.get_by_role("button", name="Upload a file").click()
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("radio", name=mode).first.check()
    page.get_by_role("button", name="Upload and check").click()
    expect(page.locator("#changes")).to_be_visible(timeout=20_000)
    return page


def test_every_fault_of_a_file_is_shown_with_its_row_and_the_right_file_is_released_by_another(portal, person, look):
    dunn, pike = person("manager.dunn"), person("manager.pike")
    plates = [fresh_plate() for _ in range(12)]
    before = portal.rows_held(0, SLUG)
    page = dunn.goes_to(LIST)
    look.at(page, "6-feed", on_phone=True)
    wrong = voi_file(
        plates, row2={10: "31/02/2026"}, row5={4: "DESTROY"}, row7={0: ""}, row9={7: "Z99"}, row11={12: "TOP SECRET"}
    )
    upload(page, "stolen-tuesday.csv", wrong)
    problems = page.locator("#problems")
    for row in ("2", "5", "7", "9", "11"):
        expect(problems.get_by_role("rowheader", name=row, exact=True)).to_be_visible()
    look.at(page, "6-problems", part="#problems", on_phone=True)
    assert portal.rows_held(0, SLUG) == before, "nothing changes before somebody accepts"
    page.get_by_text("Refuse it instead").click()
    page.get_by_label("Why").fill("Five rows are wrong; the register sends it again.")
    page.get_by_role("button", name="Refuse this load").click()
    sees(page, "Refused. The file and its rows are deleted; nothing has changed in the list.")

    # A complete file that leaves all others out changes far more than the limit, so another person releases it.
    page = dunn.goes_to(LIST)
    upload(page, "stolen-tuesday-2.csv", voi_file(plates), mode="Complete")
    sees(page, "Another person than")
    expect(page.locator("button[aria-disabled=true]", has_text="Accept this load")).to_be_visible()
    look.at(page, "6-waits-for-another")
    address = page.url.removeprefix(portal.url)
    page = pike.goes_to(address)
    page.get_by_role("button", name="Release this load").click()
    expect(page.locator("#events")).to_be_visible()

    def is_loaded():
        page.reload()
        return page.get_by_text("In the list", exact=False).count() and page.locator("#load-progress").count() == 0

    eventually(is_loaded, "the load is in the list", 20, every=0.5)
    look.at(page, "6-loaded")
    for number in (0, 1):
        eventually(
            lambda number=number: portal.rows_held(number, SLUG) == 12, f"matcher {number} holds the new list", 20
        )
    assert portal.read(1, plates[3], site="nd-a02") == 1
    frost = person("control.frost")

    def is_reported():
        hits = frost.calls("GET", "hits/").json()["results"]
        return [hit for hit in hits if hit["vrm"] == plates[3]]

    eventually(is_reported, "the hit on a vehicle of the file is in the control room", 10, every=0.3)
