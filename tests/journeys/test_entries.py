"""Steps 1 to 3 and 5: an entry is written, decided by another, held by both matchers, changed, withdrawn, forgotten."""

import re

from playwright.sync_api import expect

from tests.journeys.people import GROUNDS, approve, chooses, facts, fresh_plate, sees, submitted
from tests.journeys.running import eventually


def test_an_unfit_entry_is_sent_back_to_its_author_with_nothing_lost_and_a_fit_one_waits_for_another(person, look):
    shah = person("pc.shah")
    page = shah.goes_to("/hotlists/northdale-crime/")
    page.get_by_role("button", name="Write an entry").click()
    plate, onwards = fresh_plate(), "Save and continue"
    page.get_by_label("Number plate").fill(f"{plate[:4].lower()} {plate[4:].lower()}")
    page.get_by_label("Why the plate is right").fill("Read off the shop's CCTV by two officers.")
    page.get_by_label("Make").fill("Vauxhall")
    page.get_by_label("Model").fill("Astra")
    page.get_by_label("Colour").fill("Silver")
    look.at(page, "1-writing", on_phone=True)
    page.get_by_role("button", name=onwards).click()
    chooses(page, "Category", "Priority and volume crime")
    page.get_by_label("Why this vehicle is to be looked for").fill("Of interest to Op Kestrel")
    page.get_by_label("Purpose").select_option("volume")
    chooses(page, "Is that fact or assessment?", "Fact")
    page.get_by_label("Source system").fill("crime")
    page.get_by_label("Crime, incident or intelligence reference").fill("CR/5151/26")
    page.get_by_role("button", name=onwards).click()
    chooses(page, "Who it is about", "Suspect")
    chooses(page, "Does it touch activity that the law protects?", "No")
    page.get_by_label("Neither I nor my family").check()
    page.get_by_role("button", name=onwards).click()
    chooses(page, "Priority", "High")
    page.get_by_label("What an officer should do").fill("Assess; stop if safe. Expect two people.")
    page.get_by_role("button", name=onwards).click()
    page.get_by_role("button", name=onwards).click()
    page.get_by_label("Area or unit").fill("Northdale North")
    page.get_by_label("Contact at any hour").fill("Burglary desk, 01632 960123")
    page.get_by_role("button", name=onwards).click()
    page.get_by_role("button", name="Submit for a decision").click()

    summary = page.get_by_role("alert").filter(has_text="Before it can be submitted")
    expect(summary).to_contain_text("“Of interest”, “routine” or “intel” is no reason.")
    look.at(page, "1-sent-back-to-its-author")
    shah.complaints = [said for said in shah.complaints if "422" not in said]  # the browser remarks on the refusal
    summary.get_by_role("link").click()
    expect(page.get_by_label("Why this vehicle is to be looked for")).to_have_value("Of interest to Op Kestrel")

    page.get_by_label("Why this vehicle is to be looked for").fill(
        "Left the burglary at Station Parade on Tuesday with the stolen safe; plate and colour on the bank's CCTV."
    )
    page.get_by_role("button", name=onwards).click()
    page.get_by_role("button", name="Submit for a decision").click()
    sees(page, "Submitted. Somebody else decides now")
    expect(page.locator(".app-plate--l .app-plate__mark")).to_have_text(f"{plate[:4]} {plate[4:]}")
    sees(page, "Nobody has decided this version yet.")
    look.at(page, "1-submitted", on_phone=True)


def test_nobody_approves_their_own_entry_on_the_page_or_over_the_api(person, look):
    shah = person("pc.shah")
    entry = submitted(shah, fresh_plate())
    page = shah.goes_to(f"/entries/{entry}/decide/")
    sees(page, "Not yours to decide")
    assert page.get_by_role("button", name="Record my decision").count() == 0
    look.at(page, "2-not-ones-own")
    refused = shah.calls("POST", f"entries/{entry}/decide/", verdict="approve", **GROUNDS)
    assert refused.status == 403
    assert refused.json()["title"]
    assert shah.calls("GET", f"entries/{entry}/").json()["status"] == "submitted"


def test_a_supervisor_decides_with_the_keyboard_alone_and_both_matchers_prove_that_they_hold_it(portal, person, look):
    shah, okafor = person("pc.shah"), person("sgt.okafor")
    plate = fresh_plate()
    entry = submitted(shah, plate)
    before = [portal.rows_held(number, "northdale-crime") for number in (0, 1)]
    look.at(okafor.goes_to("/"), "2-what-waits", on_phone=True)
    page = okafor.goes_to(f"/entries/{entry}/decide/")
    look.at(page, "2-deciding", on_phone=True, also_pictured=True)
    _reach(page, page.get_by_role("group", name="Your decision").get_by_label("Approve", exact=True))
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    for question, words in (
        ("Why is it necessary?", "CCTV viewed; whoever drove it is still at large."),
        ("Why is it in proportion?", "Recent and serious, and over within weeks."),
        ("Who else is affected?", "Colour and driver are checked before a stop."),
        ("What else was considered?", "House enquiries; nothing less would find the vehicle."),
    ):
        _reach(page, page.get_by_label(question))
        page.keyboard.type(words)
    _reach(page, page.get_by_role("button", name="Record my decision"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/entries/{entry}/")
    for number in (0, 1):
        eventually(
            lambda number=number: portal.rows_held(number, "northdale-crime") == before[number] + 1,
            f"matcher {number} holds the new row", 10,
        )  # fmt: skip

    def both_proved():
        page.reload()
        return page.locator("#holders").get_by_text("Looking for it").count() == 2

    eventually(both_proved, "the entry's page shows two proofs", 10, every=0.5)
    expect(page.locator("#authority")).to_contain_text("nothing less would find the vehicle")
    look.at(page, "3-who-holds-it", part="#holders", on_phone=True)
    assert [portal.read(number, plate) for number in (0, 1)] == [1, 1]
    look.at(person("manager.dunn").goes_to("/matchers/"), "3-matchers", on_phone=True)


def test_an_edit_is_a_version_of_its_own_that_waits_while_the_approved_one_stays_in_force(portal, person, look):
    shah, okafor = person("pc.shah"), person("sgt.okafor")
    plate = fresh_plate()
    entry = submitted(shah, plate)
    approve(okafor, entry)
    page = shah.goes_to(f"/entries/{entry}/edit/officers/")
    chooses(page, "What officers are asked to do", "Stop")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("button", name="Submit for a decision").click()
    sees(page, "Version 2 is waiting for a decision. What is shown below stays in force meanwhile.")
    look.at(page)
    told = okafor.calls("GET", f"entries/{entry}/").json()
    assert [version["status"] for version in told["versions"]] == ["approved", "submitted"]
    assert told["is_in_force"]
    page = okafor.goes_to(f"/entries/{entry}/decide/")
    expect(page.locator("#changes")).to_contain_text("Version 1 stays in force until this one is approved.")
    look.at(page, "2-what-a-version-changes", part="#changes")
    approve(okafor, entry)
    told = okafor.calls("GET", f"entries/{entry}/").json()
    assert [version["status"] for version in told["versions"]] == ["approved", "approved"]
    assert told["is_in_force"]


def test_after_withdrawal_both_matchers_stop_matching_within_seconds_and_prove_it(portal, person, look):
    shah, okafor = person("pc.shah"), person("sgt.okafor")
    plate = fresh_plate()
    entry = submitted(shah, plate)
    approve(okafor, entry)
    for number in (0, 1):
        eventually(lambda number=number: portal.read(number, plate), f"matcher {number} matches it", 10, every=0.3)
    page = okafor.goes_to(f"/entries/{entry}/withdraw/")
    chooses(page, "Reason", "Recovered")
    page.get_by_label("In your words").fill("Found on Quay Street, keys in it.")
    look.at(page)
    page.get_by_role("button", name=re.compile("Withdraw")).click()
    page.wait_for_url(f"**/entries/{entry}/")
    for number in (0, 1):
        eventually(lambda number=number: not portal.read(number, plate), f"matcher {number} has forgotten it", 10)

    def both_proved():
        page.reload()
        return page.locator("#holders").get_by_text("Proved forgotten").count() == 2

    eventually(both_proved, "the entry's page shows two proofs of forgetting", 10, every=0.5)
    expect(page.locator("#holders")).to_contain_text("s after withdrawal")
    look.at(page, "5-proved-forgotten", part="#holders", on_phone=True)


def test_a_stranger_to_a_list_finds_no_entry_and_a_machine_may_read_but_not_decide(portal, person):
    shah = person("pc.shah")
    entry = shah.does("entries/", **facts(fresh_plate()))["id"]
    assert person("admin.kerr").calls("GET", f"entries/{entry}/").status in (403, 404)
    with portal.machine() as reader:
        assert reader.get(f"entries/{entry}/").status_code == 200
        refused = reader.post(f"entries/{entry}/decide/", json={"verdict": "approve", **GROUNDS})
        assert refused.status_code == 403


def _reach(page, target):
    """With the Tab key, as somebody does who uses no mouse."""
    for _ in range(60):
        if target.evaluate("(wanted) => wanted === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not come to {target}")
