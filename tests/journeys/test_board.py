"""Step 4: a camera's read becomes a hit on an open board within two seconds; the operator answers it."""

import re
import time

from playwright.sync_api import expect

from tests.journeys.people import approve, chooses, fresh_plate, sees, submitted
from tests.journeys.running import eventually

NEW_HIT_WITHIN = 2.0  # seconds from the read at the camera to the card on a board that is open


def test_a_hit_reaches_an_open_board_within_two_seconds_and_is_answered_to_its_outcome(portal, person, look):
    frost = person("control.frost")
    plate = fresh_plate()
    entry = submitted(person("pc.shah"), plate)
    approve(person("sgt.okafor"), entry)
    eventually(lambda: portal.rows_held(0, "northdale-crime"), "the matcher has the list")
    board = frost.goes_to("/board/")
    expect(board.locator("[data-live].is-connected")).to_be_visible(timeout=10_000)
    # The first read that is matched is the one whose way is timed: before it, the row may not have arrived.
    eventually(lambda: portal.read(0, plate), "the matcher matches it", 10, every=0.2)
    began = time.monotonic()
    card = board.locator("[data-hit]").filter(has_text=f"{plate[:4]} {plate[4:]}")
    expect(card).to_be_visible(timeout=10_000)
    took = time.monotonic() - began
    expect(card).to_contain_text("Left the burglary at Quay Street")
    expect(card).to_contain_text("Burglary desk, 01632 960123")
    expect(card).to_contain_text("High")
    expect(card).to_contain_text("confirmed")
    expect(card).to_contain_text("Okafor")
    assert took < NEW_HIT_WITHIN, f"{took:.1f} s from the matcher's answer to the board"
    look.at(board, "board", on_phone=True)

    hit = card.get_by_role("link", name="Open").get_attribute("href")  # the simulated cameras may see the plate again
    card.get_by_role("button", name="Take it on").click()
    expect(card.get_by_role("button", name="Take it on")).to_have_count(0)
    card.get_by_role("link", name="Open").click()
    look.at(board, "4-hit", on_phone=True)
    board.get_by_role("button", name=re.compile("^Verify")).click()
    for question in ("The plate in the picture", "The country on the plate", "Make, model and colour"):
        chooses(board, question, "Agrees")
    chooses(board, "The source, asked again", "Still wanted")
    chooses(board, "So this hit is", "Confirmed")
    board.get_by_label("What you saw").fill("Blue Ford Focus, two people in it.")
    look.at(board, "4-verifying")
    board.get_by_role("button", name="Record what I compared").click()
    sees(board, "Verification recorded.")
    board.get_by_role("button", name=re.compile("outcome", re.IGNORECASE)).click()
    chooses(board, "What was decided", "Deployed")
    board.get_by_label("The vehicle was stopped").check()
    look.at(board)
    board.get_by_role("button", name="Record the outcome").click()
    sees(board, "Outcome recorded.")
    look.at(board, "4-answered", part="#answers")
    board = frost.goes_to("/board/")
    assert board.locator(f'[data-hit] a[href="{hit}"]').count() == 0


def test_hits_of_the_simulated_cameras_keep_coming(portal, person):
    frost = person("control.frost")

    def newest():
        return frost.calls("GET", "hits/").json()["results"][0]["id"]

    for _ in range(2):
        last = newest()
        eventually(lambda last=last: newest() != last, "another hit", 8, every=0.5)
