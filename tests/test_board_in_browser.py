"""The board in front of a person: hits appear by themselves, in order, and are taken on from the keyboard."""

import os
import time
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from hits import actions
from hits.models import Hit
from tests.asgi_portal import *  # noqa: F403 - fixtures
from tests.browser import faults, says_why
from tests.hit_cast import *  # noqa: F403 - fixtures

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # Django leaves a request's empty body to the garbage collector when the browser hangs up in the middle of a stream.
    pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile"),
]


@pytest.fixture
def at(page, asgi_portal, client_of):
    """at(user, path): the page as this person, signed in, has it before them."""

    def go(user, path: str):
        page.context.clear_cookies()
        cookies = client_of(user).cookies
        page.context.add_cookies([{"name": k, "value": v.value, "url": asgi_portal} for k, v in cookies.items()])
        page.goto(asgi_portal + path)
        says_why(page)
        return page

    return go


def keep(page, name: str) -> None:
    """A picture of the page at two widths, when somebody asked for pictures."""
    if folder := os.environ.get("PORTAL_PICTURES"):
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})


def test_new_hit_appears_by_itself_and_is_taken_on_by_keyboard(listed, report, at, operator, approved_entry):
    low = listed(vrm_entered="XY50 AAA", priority="LOW")
    high = listed(vrm_entered="XY50 BBB", priority="HIGH", action="STOP")
    report(low)
    board = at(operator, reverse("board"))
    expect(board.get_by_text("Live: what happens appears here")).to_be_visible()
    began = time.monotonic()
    hit = report(high)
    expect(board.locator("[data-hit]").first).to_contain_text("XY50 BBB", timeout=2000)
    assert time.monotonic() - began < 3
    expect(board.locator("[data-hit]")).to_have_count(2)
    assert faults(board) == []
    board.locator("[data-hit]").first.focus()
    board.keyboard.press("a")
    expect(board.locator("[data-hit]").nth(1)).to_contain_text("Taken on", timeout=2000)  # in hand, so below what waits
    assert Hit.objects.get(pk=hit.pk).acknowledgement.acknowledged_by == operator
    board.locator("[data-hit]").first.focus()
    board.keyboard.press("ArrowDown")
    board.keyboard.press("Enter")
    board.wait_for_url(f"**{reverse('hit_detail', args=[hit.pk])}")
    assert board.complaints == []


def test_pages_of_hits_are_readable_with_six_at_once(listed, report, at, operator, answers, make_site):
    make_site("waiting", is_live=False)
    plates = (("XY50 AAA", "HIGH", "STOP"), ("XY50 BBB", "HIGH", "STOP"), ("AB01 CCC", "MEDIUM", "ASSESS"),
              ("AB01 DDD", "MEDIUM", "OBSERVE_REPORT"), ("XY50 EEE", "LOW", "ASSESS"), ("XY50 FFF", "LOW", "STOP"))  # fmt: skip
    entries = [listed(vrm_entered=vrm, priority=level, action=act) for vrm, level, act in plates]
    hits = [report(entry) for entry in entries]
    hits += [
        report(entries[0], country_read=""),
        report(entries[0], site="waiting"),
        report(entries[3], country_read="FR"),
    ]
    answers.taken(hits[4], operator)
    board = at(operator, reverse("board"))
    expect(board.get_by_text("Live: what happens appears here")).to_be_visible()
    expect(board.locator("[data-hit]")).to_have_count(6)
    keep(board, "board")
    # Asked of one moment: the board draws a row anew whenever something is heard of it.
    bottoms = board.evaluate(
        "[...document.querySelectorAll('[data-hit]')].map(row => row.getBoundingClientRect().bottom)"
    )
    assert 0 < max(bottoms) <= 900, "six hits fit on a desk's screen"
    assert len(bottoms) == 6
    pages = {
        "hit": reverse("hit_detail", args=[hits[7].pk]), "verify": reverse("hit_verify", args=[hits[4].pk]),
        "outcome": reverse("hit_outcome", args=[hits[4].pk]), "hits": reverse("hit_list"),
        "entry": reverse("entry_detail", args=[entries[0].pk]),
    }  # fmt: skip
    for name, path in pages.items():
        shown = at(operator, path)
        keep(shown, name)
        assert faults(shown) == [], name
    assert board.complaints == []
    actions.verify(hits[4], by=operator, **CONFIRMED)  # noqa: F405
    keep(at(operator, reverse("hit_detail", args=[hits[4].pk])), "verified")
