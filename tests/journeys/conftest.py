"""One start of the whole portal for all journeys, and a browser for each person in them."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.looking import WIDE, Looker
from tests.journeys.people import Person
from tests.journeys.running import AttachedPortal, RunningPortal

LOCAL = {"locale": "en-GB", "timezone_id": "Europe/London"}


def pytest_collection_modifyitems(items):
    """Everything here is a journey; those that break parts of the portal come last."""
    here = [item for item in items if "tests/journeys/" in item.nodeid]
    for item in here:
        item.add_marker(pytest.mark.journey)
        item.add_marker(pytest.mark.timeout(600))
    last = [item for item in here if "test_resilience" in item.nodeid]
    items.sort(key=lambda item: item in last)  # stable: the others keep their order


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """With a failure, what each part of the portal wrote last."""
    outcome = yield
    report = outcome.get_result()
    running = item.funcargs.get("portal") if hasattr(item, "funcargs") else None
    if report.failed and isinstance(running, RunningPortal):
        report.sections.append(("the portal's logs", running.logs()))


@pytest.fixture(scope="session")
def portal(chromium, request):
    """The running portal. Asks for the browser first: without one there is no journey, and nothing is started."""
    attach = request.config.getoption("--at-demo")
    running = AttachedPortal(Path(attach)) if attach else RunningPortal()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def _desks():
    return {}


@pytest.fixture
def person(portal, chromium, _desks):
    """person("pc.shah"): this person at a browser of their own, signed in once for all journeys.

    What a browser complained of by the end of the journey fails it.
    """
    used = []

    def at_desk(username: str) -> Person:
        if username not in _desks:
            _desks[username] = Person(portal, chromium.new_context(viewport=WIDE, **LOCAL), username)
            _desks[username].sign_in()
        someone = _desks[username]
        if someone not in used:
            used.append(someone)
        return someone

    yield at_desk
    complaints = {someone.username: someone.complaints for someone in used if someone.complaints}
    for someone in used:
        someone.complaints = []
        someone.page.set_viewport_size(WIDE)
    assert not complaints


@pytest.fixture
def visitor(portal, chromium) -> Page:
    """A page of somebody who has not signed in."""
    context = chromium.new_context(viewport=WIDE, **LOCAL)
    page = context.new_page()
    complaints = []
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def look(request) -> Looker:
    """look.at(page, "picture"): nothing is wrong with the page that a program can find."""
    return Looker(keeps_pictures=request.config.getoption("--walkthrough"))
