"""Agreements, the steps of an import profile and what is held back, as a browser draws them at a desk and on a phone."""

import pytest
from django.utils import timezone

from hotlists import actions
from hotlists.feeds.layouts import PRESETS
from tests.browser import faults, sign_in
from tests.cast import PASSWORD
from tests.feed_cast import *  # noqa: F403 - fixtures
from tests.feed_cast import plate, voi, weed_date

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_of_feeds_have_no_fault_that_a_program_finds_and_nothing_spills_over(
    page, live_server, width, feed, agreement, loaded, manager, operator, team, tmp_path
):
    loaded([voi(n) for n in range(6)])
    for n in (1, 2):
        actions.suspend_row(feed, by=manager, country="GB", vrm=plate(n), reason="The keeper showed a certificate.")
    actions.record_recovery(feed, by=manager, country="GB", vrm=plate(3), occurred=timezone.now(), reference="CR/1/26")
    loaded([voi(n) for n in range(5) if n != 3])
    proposed = actions.begin_profile(feed, by=manager, layout=PRESETS["semicolons"][1].as_data(), why="Fewer columns.")
    actions.propose_profile(proposed, by=manager)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, live_server, manager.username, PASSWORD)

    def looked_at(name: str) -> None:
        page.wait_for_load_state("networkidle")
        assert faults(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name

    for name, address in {
        "loads": "loads/", "terms": "agreements/", "agreement": "agreements/new/", "held-back": "held-back/",
        "left": "left/", "recovery": "recoveries/new/", "upload": "loads/new/", "search": "rows/",
    }.items():  # fmt: skip
        page.goto(f"{live_server.url}/hotlists/{feed.slug}/{address}")
        looked_at(name)
    for name, address in {
        "renew": f"/agreements/{agreement.pk}/renew/", "end": f"/agreements/{agreement.pk}/end/",
        "profile": f"/import-profiles/{proposed.pk}/",
    }.items():  # fmt: skip
        page.goto(live_server.url + address)
        looked_at(name)

    sample = tmp_path / "sample.txt"
    rows = "".join(f"{plate(n)};Ford;{weed_date()};Blue\r\n" for n in range(3))
    sample.write_text(f"Reg No;Make;Expiry date;Colour\r\n{rows}{plate(9)};Ford;31/02/2027;Red\r\n")
    page.goto(f"{live_server.url}/hotlists/{feed.slug}/import-profiles/new/")
    looked_at("wizard-begin")
    page.locator("input[type=file]").set_input_files(sample)
    page.get_by_role("button", name="Continue").click()
    looked_at("wizard-shape")
    page.get_by_role("button", name="Save and continue").click()
    looked_at("wizard-columns")
    page.get_by_role("button", name="Save and continue").click()
    looked_at("wizard-codes")
    page.get_by_role("button", name="Save and continue").click()
    looked_at("wizard-check")
    page.get_by_label("What it is for").fill("The insurers' own layout.")
    page.get_by_role("button", name="Propose this import profile").click()
    page.get_by_text("Somebody else has to approve it").wait_for()
    assert page.complaints == []
