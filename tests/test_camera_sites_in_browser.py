"""The registry of camera sites in front of a person: its pages at two widths, without a fault that axe knows."""

import json
import re

import pytest

from camera_sites import actions
from camera_sites.models import SiteImport
from tests.browser import faults, sign_in
from tests.cast import PASSWORD
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.test_camera_site_files import ROW, a_csv
from tests.test_roads import town
from tests.test_writing_in_browser import looked_at

pytestmark = pytest.mark.django_db(transaction=True)


def test_pages_of_a_site_and_of_files_are_without_fault(
    page, live_server, live_site, proposed_site, infrastructure_lead
):
    site = live_site(proximity=["school"], proximity_measures="Turned away from its gate.")
    bare = proposed_site(ref="ring-south", alternatives="", encircles=None)
    camera = site.cameras.get()
    actions.check_position(site, camera, by=infrastructure_lead, reported_latitude=54.62, reported_longitude=-3.12345)
    bad = actions.read_import(
        by=infrastructure_lead, content=a_csv(ROW, ROW | {"latitude": "north"}), file_name="sites.csv"
    )
    good = actions.read_import(by=infrastructure_lead, content=a_csv(ROW), file_name="good.csv")
    drawn = json.dumps(town("north", "south")).encode()
    network = actions.read_roads(by=infrastructure_lead, content=drawn, name="Town", source="Drawn for a test")
    sign_in(page, live_server, infrastructure_lead.username, PASSWORD)
    sites = f"{live_server.url}/camera-sites/"
    for name, address in {
        "registry": "", "site-live": f"{site.pk}/", "site-proposed": f"{bare.pk}/", "site-new": "new/",
        "site-edit": f"{bare.pk}/edit/", "site-suspend": f"{site.pk}/suspend/", "site-consult": f"{site.pk}/consultations/",
        "site-share": f"{site.pk}/sharing/", "site-signs": f"{site.pk}/signs/", "site-position": f"{site.pk}/position/",
        "sites-import": "import/", "sites-import-bad": f"import/{bad.pk}/", "sites-import-good": f"import/{good.pk}/",
        "sites-export": "export/", "roads": "roads/", "roads-read": f"roads/{network.pk}/",
    }.items():  # fmt: skip
        page.goto(sites + address)
        looked_at(page, name)
    page.goto(f"{live_server.url}/standards/")
    assert faults(page) == []
    page.goto(f"{sites}import/{good.pk}/")
    page.get_by_role("button", name="Do this: 1 site proposed").click()
    page.wait_for_url("**/camera-sites/")
    assert SiteImport.objects.get(pk=good.pk).applied_at
    assert page.complaints == []


def test_cameras_are_described_and_taken_down_where_they_stand(
    page, live_server, proposed_site, infrastructure_lead, superintendent
):
    site = proposed_site()
    for number, kind in ((2, "ptz"), (3, "fixed")):
        actions.add_camera(
            site, by=infrastructure_lead, ref=f"ring-north-{number}", kind=kind, lane="2", direction="south"
        )
    actions.set_live(site, by=superintendent)
    sign_in(page, live_server, infrastructure_lead.username, PASSWORD)
    page.goto(f"{live_server.url}/camera-sites/{site.pk}/")
    page.get_by_role("link", name=re.compile("Describe.*ring-north-1")).click()
    looked_at(page, "camera-describe")
    for label, words in {
        "Make": "Example",
        "Model": "Lane reader 2",
        "Serial number": "LR2-0001",
        "Firmware": "4.1",
    }.items():
        page.get_by_label(label).fill(words)
    page.get_by_label("Picture of a plate, in kilobytes").fill("3")
    page.get_by_label("Overview, in kilobytes").fill("31")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name=re.compile("Take down.*ring-north-2")).click()
    looked_at(page, "camera-down")
    page.get_by_label("Why").fill("The gantry was taken away.")
    page.get_by_role("button", name="Take it down").click()
    page.wait_for_url(f"**/camera-sites/{site.pk}/")
    looked_at(page, "site-cameras")
    table = page.get_by_role("table", name="Cameras of this site")
    assert "over 25 KB" in table.inner_text() and "The gantry was taken away." in table.inner_text()
    assert page.complaints == []
