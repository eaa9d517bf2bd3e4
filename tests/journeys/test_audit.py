"""Step 8: looking leaves events too, and the data protection officer reads them as sentences, for a lawful purpose."""

from playwright.sync_api import expect

from tests.journeys.people import chooses, fresh_plate, sees, submitted


def test_the_data_protection_officer_reads_who_did_what_and_who_looked(portal, person, look):
    shah, okafor, marsh = person("pc.shah"), person("sgt.okafor"), person("dpo.marsh")
    plate = fresh_plate()
    entry = submitted(shah, plate)
    okafor.goes_to(f"/entries/{entry}/")
    page = okafor.goes_to("/search/")
    page.get_by_label("Number plate").fill(plate)
    page.get_by_label("Why do you search?").fill("Incident 4411: seen leaving Mill Lane")
    page.get_by_role("button", name="Search", exact=True).click()
    sees(page, "1 entry found")
    look.at(page, "8-search", on_phone=True)

    page = marsh.goes_to("/audit/")
    sees(page, "four purposes only")
    look.at(page, "8-purpose")
    chooses(page, "I read the log to", "Verify that processing was lawful")
    page.get_by_role("button", name="Open the log").click()
    page.locator("summary", has_text="Narrow the log").click()
    page.get_by_label("Plate", exact=True).fill(plate)
    page.get_by_role("button", name="Show").click()
    sentences = page.locator(".app-event__sentence")
    for words in ("Amina Shah", "submitted", "searched", "opened"):
        expect(sentences.filter(has_text=words).first).to_be_visible()
    expect(sentences.filter(has_text="searched").first).to_contain_text("Incident 4411")
    look.at(page, "8-log", on_phone=True)
    sentences.filter(has_text="searched").first.get_by_role("link").click()
    look.at(page, "8-event")


def test_nobody_searches_without_a_reason_and_only_readers_read_the_log(person):
    okafor = person("sgt.okafor")
    page = okafor.goes_to("/search/")
    page.get_by_label("Number plate").fill(fresh_plate())
    page.get_by_role("button", name="Search", exact=True).click()
    sees(page, "There is a problem")
    assert okafor.context.request.get(f"{okafor.portal.url}/audit/").status == 403
