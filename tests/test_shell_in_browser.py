"""The shell as a browser draws it: usable by keyboard and screen reader, on a phone, and under its own policy."""

import pytest

from tests.browser import faults, sign_in
from tests.cast import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signed_in(page, live_server, submitter):
    """A page in which the submitter has signed in."""
    sign_in(page, live_server, submitter.username, PASSWORD)
    return page


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_have_no_fault_that_a_program_finds_and_nothing_spills_over(signed_in, live_server, width):
    signed_in.set_viewport_size({"width": width, "height": 900})
    for address in (
        "/style/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/password/change/",
        "/accessibility/",
    ):
        signed_in.goto(live_server.url + address, wait_until="networkidle")
        assert faults(signed_in) == [], address
        assert signed_in.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
    assert signed_in.complaints == []


def test_the_way_in_has_no_fault_that_a_program_finds(page, live_server):
    page.goto(f"{live_server.url}/accounts/login/", wait_until="networkidle")
    assert faults(page) == []
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text("There is a problem").wait_for()
    assert page.evaluate("document.activeElement.className").startswith("govuk-error-summary")
    assert faults(page) == []
    assert page.complaints == []


def test_a_person_adds_a_passkey_and_signs_in_with_it(signed_in, live_server):
    devtools = signed_in.context.new_cdp_session(signed_in)
    devtools.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    signed_in.goto(f"{live_server.url}/accounts/2fa/webauthn/add/")
    if "reauthenticate" in signed_in.url:
        signed_in.get_by_label("Password", exact=True).fill(PASSWORD)
        signed_in.get_by_role("button", name="Confirm").click()
    signed_in.get_by_label("Name").fill("work phone")
    signed_in.get_by_label("Passwordless").check()
    signed_in.get_by_role("button", name="Add it").click()
    signed_in.wait_for_url("**/recovery-codes/**")
    signed_in.goto(f"{live_server.url}/accounts/2fa/webauthn/")
    assert signed_in.get_by_role("row", name="work phone").is_visible()

    signed_in.get_by_role("button", name="Sign out").click()
    signed_in.goto(f"{live_server.url}/accounts/login/")
    signed_in.get_by_role("button", name="Sign in with a passkey").click()
    signed_in.wait_for_url(lambda url: "/accounts/login/" not in url)
    signed_in.goto(f"{live_server.url}/accounts/2fa/")
    assert signed_in.get_by_role("heading", name="How you sign in").is_visible()
    assert signed_in.complaints == []


def test_places_on_the_map_are_reached_by_keyboard_and_say_what_they_are(signed_in, live_server):
    signed_in.goto(f"{live_server.url}/style/", wait_until="networkidle")
    pin = signed_in.get_by_role("button", name="Tyne crossing: Live, 4 cameras")
    pin.focus()
    signed_in.keyboard.press("Enter")
    assert signed_in.locator(".leaflet-popup").get_by_text("Live, 4 cameras").is_visible()
    assert signed_in.locator(".app-map path").count() > 0, "no coast was drawn"


def test_on_a_phone_a_row_becomes_a_card_whose_cells_are_named(signed_in, live_server):
    signed_in.set_viewport_size({"width": 390, "height": 800})
    signed_in.goto(f"{live_server.url}/style/", wait_until="networkidle")
    cell = signed_in.locator("#tables tbody td").first
    assert cell.get_attribute("data-label") == "State"
    assert cell.evaluate("(cell) => getComputedStyle(cell, '::before').content") == '"State"'


def test_an_exact_moment_shows_on_focus(signed_in, live_server):
    signed_in.goto(f"{live_server.url}/style/", wait_until="networkidle")
    moment = signed_in.locator("#states time").first
    moment.focus()
    assert moment.get_attribute("data-exact") in moment.evaluate("(time) => getComputedStyle(time, '::after').content")


def test_a_live_part_takes_what_comes_and_says_when_the_connection_is_lost(signed_in, live_server):
    asked = []
    events = (
        'id: 7\nevent: fragment\ndata: <li id="hit-2" data-say="A new hit">second, changed</li>\n\n'
        'event: fragment\ndata: <li id="hit-3">third</li>\n\nevent: remove\ndata: hit-1\n\n'
    )

    def answer(route):
        asked.append(route.request)
        if len(asked) == 1:
            route.fulfill(status=200, content_type="text/event-stream", body=events)
        else:
            route.fulfill(status=503, body="")

    signed_in.goto(f"{live_server.url}/style/", wait_until="networkidle")
    signed_in.route("**/board/stream/**", answer)
    signed_in.evaluate(
        """() => {
            document.querySelector("main").innerHTML = `<div data-live="/board/stream/" data-live-target="board" data-live-limit="2">
              <p data-live-state><span data-live-words></span></p>
              <ul id="board"><li id="hit-2">second</li><li id="hit-1">first</li></ul></div>`;
            return import("/static/live.js").then((live) => live.start(document.querySelector("[data-live]")));
        }"""
    )
    signed_in.get_by_text("Connection lost at").wait_for()
    assert signed_in.locator("#board li").all_inner_texts() == ["third", "second, changed"]
    with signed_in.expect_request(lambda request: "last=7" in request.url):
        pass  # a stream that was refused is asked for again, from where it broke off
