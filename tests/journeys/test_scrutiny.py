"""A data protection officer's month: a sample is worked, what is wrong is found, mended and tested; a sign is judged."""

import datetime as dt
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.people import chooses, fresh_plate, sees

ASKED = ("Did the authority exist?", "Is the reason adequate?", "Was it proportionate?", "Is the outcome recorded?")


def test_a_month_from_the_lot_to_the_proof(portal, person, look):
    marsh, dunn, quill = person("dpo.marsh"), person("manager.dunn"), person("audit.quill")

    # a month that was never drawn is drawn by hand; last month's waits, half worked
    page = marsh.goes_to("/samples/")
    look.at(page, on_phone=True)
    earlier = page.get_by_label("Month").locator("option").first.inner_text()
    page.get_by_role("button", name="Draw").click()
    sees(page, f"Sample of {earlier}")
    page = marsh.goes_to("/")
    page.get_by_role("link", name="Left in the sample of").first.click()
    look.at(page, on_phone=True)

    # one item is worked, and something is wrong with it
    page.locator("tbody th a").first.click()
    sees(page, "That you looked is recorded")
    look.at(page, on_phone=True)
    for question in ASKED:
        chooses(page, question, "No" if question == ASKED[1] else "Yes")
    page.get_by_label("What you looked at, and what you saw").fill("The reason would fit any burglary in the town.")
    page.get_by_role("button", name="Write it down").click()
    sees(page, "There is a problem")
    look.at(page)
    page.get_by_label("Who puts it right").select_option(label="Joan Dunn")
    page.get_by_role("button", name="Write it down").click()
    sees(page, "a finding is open")

    # its owner answers, and the officer tests whether the answer holds
    page = dunn.goes_to("/findings/?show=mine")
    page.get_by_role("link", name="What was listed").first.click()
    page.get_by_role("button", name="Answer").or_(page.get_by_role("link", name="Answer", exact=True)).first.click()
    page.get_by_label("What was found out or done").fill("Written anew, with the case and who saw the vehicle.")
    page.get_by_role("button", name="Answer").click()
    sees(page, "Somebody else tests whether it holds")
    finding = page.url
    page = marsh.goes_to(finding.removeprefix(portal.url))
    page.get_by_role("button", name="Test the answer").or_(
        page.get_by_role("link", name="Test the answer")
    ).first.click()
    chooses(page, "Does the answer hold?", "Yes: it is settled")
    page.get_by_label("What you looked at, and what you saw").fill("Read it again: it is this case now.")
    page.get_by_role("button", name="Write down the test").click()
    sees(page, "Settled")
    look.at(page)

    # somebody looks one plate up again and again: the night finds it, the officer takes it up
    plate = fresh_plate()
    for _ in range(9):
        person("pc.shah").goes_to("/search/")
        at = person("pc.shah").page
        at.get_by_label("Number plate").fill(plate)
        at.get_by_label("Why do you search?").fill("Passing by")
        at.get_by_role("button", name="Search", exact=True).click()
        sees(at, "Nothing found")
    page = marsh.goes_to("/signals/")
    page.get_by_role("button", name="Look now").click()
    sees(page, "Looked. New signals:")
    look.at(page, on_phone=True)
    page.locator("tr", has_text="Amina Shah").get_by_role("link", name="One plate looked up again").first.click()
    sees(page, "It may be nothing")
    expect(page.get_by_text(plate)).to_have_count(0)
    look.at(page, on_phone=True)
    page.get_by_role("button", name="Take it up").or_(page.get_by_role("link", name="Take it up")).first.click()
    page.get_by_label("What is to be looked into").fill("Nine searches for one plate, and no case is named.")
    page.get_by_label("Who answers for it").select_option(label="Sam Quill")
    page.get_by_role("button", name="Open a finding").click()
    sees(page, "Taken up")
    page = quill.goes_to("/findings/?show=mine")
    sees(page, "One plate looked up again and again")

    # the year so far, and what is looked for
    page = marsh.goes_to(f"/certificates/{dt.date.today().year}/authority/")
    sees(page, "Sampled acts with something wrong")
    look.at(page, on_phone=True)
    look.at(marsh.goes_to("/signals/indicators/"), on_phone=True)

    # and the log in which all this stands is as it was sealed
    page = marsh.goes_to("/audit/")
    if "/purpose/" in page.url:
        chooses(page, "I read the log to", "Verify that processing was lawful")
        page.get_by_role("button", name="Open the log").click()
    expect(page.locator(".app-event__sentence").filter(has_text="took up").first).to_be_visible()

    # which is taken out with its proof for the Commissioner, and looked through
    page.goto(f"{portal.url}/audit/?verb=signal.taken_up")
    page.get_by_role("link", name="Take these events out, with proof").click()
    look.at(page, on_phone=True)
    page.get_by_label("Whom is it for?").fill("A. Hart, Information Commissioner's Office")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Take the file").click()
    assert b"signal.taken_up" in Path(taken.value.path()).read_bytes()
    page = marsh.goes_to("/audit/verifications/")
    page.get_by_role("button", name="Look at all of it").click()
    expect(page.get_by_text("As sealed").first).to_be_visible()
    look.at(page, on_phone=True)
