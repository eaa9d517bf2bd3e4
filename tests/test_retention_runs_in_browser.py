"""A run as people see it, on desk and telephone: counted with a sample and a release, under way, paused, done, failed."""

import pytest
from django.db import connection

from accounts.models import SystemJob
from camera_sites import actions as camera_sites
from hotlists import actions as lists
from portal.database.throwaway import admin_connection
from retention import actions as retention
from retention.models import DeletionRun
from tests.browser import faults, sign_in
from tests.cast import PASSWORD
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.months_cast import *  # noqa: F403 - fixtures
from tests.test_dpias_in_browser import look

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention"]), pytest.mark.journey]

CLOCK = SystemJob("tests")
ENTRY = "hotlists.Entry"


@pytest.fixture
def everything_old(closed_entry, approved_entry, site, superintendent, supervisor, inspector):
    """Two entries of a year ago, one of them held, and a site of seven years ago."""
    held = lists.withdraw(approved_entry(vrm_entered="AB01 CDF"), by=supervisor, reason="located")
    retention.place_hold(held, by=inspector, case_ref="R v Smith 26/114", basis="cpia", reason="Trial.")
    camera_sites.decommission(site, by=superintendent, reason="The road was rerouted.")
    with admin_connection(connection.settings_dict["NAME"], options="-c session_replication_role=replica") as admin:
        admin.execute("UPDATE camera_sites_camerasite SET decommissioned_at = now() - interval '7 years'")
        admin.execute("UPDATE hotlists_entry SET withdrawn_at = now() - interval '13 months'")


def test_run_is_sound_in_every_state(page, live_server, dpo, everything_old):
    sign_in(page, live_server, "dpo", PASSWORD)
    page.goto(f"{live_server.url}/retention/")
    page.get_by_role("button", name="Count what is due").click()
    page.locator("#run").get_by_role("link", name="Entries", exact=True).wait_for()
    run = DeletionRun.objects.get()
    at = f"/retention/runs/{run.pk}/"
    assert look(page, live_server, at) == []
    assert look(page, live_server, f"{at}sample/{ENTRY}/") == []
    page.get_by_text("R v Smith 26/114").wait_for()
    page.goto(live_server.url + at)
    page.get_by_label("Camera sites").check()
    page.get_by_role("button", name="Erase what is due").click()
    page.get_by_role("button", name="Pause").wait_for()
    assert faults(page) == []
    page.get_by_role("button", name="Pause").click()
    page.get_by_text("What is erased by now stays erased").wait_for()
    assert look(page, live_server, at) == []
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("Going on.").wait_for()
    certificate = retention.carry_out(DeletionRun.objects.get(), by=CLOCK)
    assert {line["label"] for line in certificate.lines} >= {ENTRY, "camera_sites.CameraSite"}
    page.get_by_role("link", name="Certificate:").wait_for()
    assert look(page, live_server, at) == []
    DeletionRun.objects.update(status="failed", problems=[{"label": ENTRY, "words": "IntegrityError"}])
    assert look(page, live_server, at) == []
    assert look(page, live_server, "/retention/runs/") == []
