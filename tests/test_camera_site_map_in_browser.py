"""The map of sites in front of a person: groups that open as one looks closer, by keyboard too, at two widths without fault."""

import pytest
from playwright.sync_api import expect

from tests.browser import sign_in
from tests.cast import PASSWORD
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.test_writing_in_browser import looked_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def towns(live_site, proposed_site):
    """Seven sites in one town, and one far from them."""
    for n in range(7):
        make = live_site if n % 2 else proposed_site
        make(ref=f"town-{n}", name=f"Town {n}", latitude=54.6 + n / 150, longitude=-3.1 + n / 200)
    live_site(ref="coast", name="Coast road", latitude=53.45, longitude=-2.25)


def test_groups_open_by_keyboard_until_a_site_and_its_page_are_reached(page, live_server, towns, operator):
    sign_in(page, live_server, operator.username, PASSWORD)
    page.goto(f"{live_server.url}/camera-sites/map/")
    expect(page.get_by_text("8 camera sites: 4 in service, 4 proposed.")).to_be_visible()
    group = page.get_by_role("button", name="7 sites close together: 3 in service, 4 proposed. Look closer.")
    expect(group).to_be_visible()
    expect(page.get_by_role("button", name="coast Coast road: In service")).to_be_visible()
    looked_at(page, "map-of-groups")
    page.get_by_text("How to read and move the map").click()
    looked_at(page, "map-explained")

    group.focus()
    for _ in range(6):
        if page.evaluate("document.activeElement.classList.contains('app-pin--many')"):
            with page.expect_response("**/places/**"):
                page.keyboard.press("Enter")
            page.wait_for_function("document.activeElement.classList.contains('app-pin')")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("town-"), (
        "focus stays on a pin"
    )
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup .govuk-link")).to_be_focused()
    looked_at(page, "map-of-pins")
    page.keyboard.press("Escape")
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    assert page.evaluate("document.activeElement.classList.contains('app-pin')"), "focus comes back to the pin"
    page.keyboard.press("Enter")
    page.locator(".leaflet-popup .govuk-link").press("Enter")
    page.wait_for_url("**/camera-sites/*-*/")
    assert page.complaints == []


def test_what_narrows_the_list_narrows_the_map_and_stays_in_the_address(page, live_server, towns, operator):
    sign_in(page, live_server, operator.username, PASSWORD)
    page.goto(f"{live_server.url}/camera-sites/map/")
    page.get_by_label("State", exact=True).select_option("In service")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/map/?*show=in*")
    expect(page.get_by_role("button", name="3 sites close together: 3 in service. Look closer.")).to_be_visible()
    assert page.get_by_role("row").count() == 5
    page.get_by_role("link", name="List", exact=True).click()
    page.wait_for_url("**/camera-sites/?*show=in*")
    assert page.get_by_role("row").count() == 5
    assert page.complaints == []


def test_a_map_that_cannot_ask_says_so_and_the_list_stays(page, live_server, towns, operator):
    sign_in(page, live_server, operator.username, PASSWORD)
    page.route("**/places/**", lambda route: route.fulfill(status=503, body=""))
    page.goto(f"{live_server.url}/camera-sites/map/")
    expect(page.get_by_text("The map could not be drawn.")).to_be_visible()
    assert page.get_by_role("link", name="Coast road").is_visible()
