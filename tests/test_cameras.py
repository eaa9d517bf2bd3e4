"""Cameras of a site: what each is, and one that is taken down."""

import json

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.verbs import Verb
from camera_sites import actions
from camera_sites.accuracy import marks_of
from camera_sites.as_read import Overtaken
from camera_sites.exchange import as_csv
from camera_sites.forms import ParticularsForm
from camera_sites.limits import AccuracyLimits
from camera_sites.models import Camera, CameraSite
from oversight.figures import _cameras
from portal.errors import Refused, Stranger, TooLate, Unfit
from tests.site_cast import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db
IS = {"make": "Example", "model": "R2", "serial": "0001", "firmware": "4.1", "has_infrared": True, "patch_kb": 3,
      "overview_kb": 40}  # fmt: skip


@pytest.fixture
def pair(proposed_site, infrastructure_lead, superintendent) -> CameraSite:
    """A live site of two cameras, of which the second pans."""
    site = proposed_site()
    actions.add_camera(site, by=infrastructure_lead, ref="ring-north-2", kind="ptz", lane="2", direction="south")
    return actions.set_live(site, by=superintendent)


def test_what_a_camera_is_changes_while_its_site_is_live_and_is_on_record(pair, infrastructure_lead, superintendent):
    camera = pair.cameras.first()
    actions.describe_camera(pair, camera, by=infrastructure_lead, **IS)
    actions.describe_camera(pair, camera, by=infrastructure_lead, firmware=" 4.2 ")
    camera.refresh_from_db()
    assert (camera.make, camera.firmware, camera.has_infrared) == ("Example", "4.2", True)
    assert Event.objects.newest_first().first().verb == Verb.CAMERA_DESCRIBED
    with pytest.raises(Refused):
        actions.describe_camera(pair, camera, by=superintendent, firmware="5")
    with pytest.raises(TypeError, match="lane"):
        actions.describe_camera(pair, camera, by=infrastructure_lead, lane="2")


def test_two_windows_on_a_camera_overwrite_nothing_unseen(pair, infrastructure_lead):
    camera = pair.cameras.first()
    opened = ParticularsForm(instance=camera).initial["as_read"]
    actions.describe_camera(pair, camera, by=infrastructure_lead, as_read=opened, **IS)
    with pytest.raises(Overtaken):
        actions.describe_camera(pair, camera, by=infrastructure_lead, as_read=opened, **IS | {"firmware": "9"})


def test_a_camera_taken_down_is_neither_counted_nor_tested_nor_written_in_files(pair, infrastructure_lead):
    _, second = pair.cameras.all()
    bad = {"tested_on": timezone.localdate(), "tester": "Surveys", "method": "footage", "light": "day", "visible": 2000,
           "captured": 900, "read_right": 500}  # fmt: skip
    actions.record_test(pair, second, by=infrastructure_lead, **bad)
    now = timezone.now()
    limits = AccuracyLimits.at(now)
    assert marks_of([pair], now, limits)[pair.pk] == [
        ("1 below the standard", "stopped"),
        ("1 to be tested", "lapsing"),
    ]
    assert dict(_cameras(now).rows)["Cameras at sites in service"] == 2
    actions.take_camera_down(pair, second, by=infrastructure_lead, reason="The gantry went.")
    assert marks_of([pair], now, limits)[pair.pk] == [("1 to be tested", "lapsing")]
    assert dict(_cameras(now).rows)["Cameras at sites in service"] == 1
    assert CameraSite.objects.with_standing(now).get(pk=pair.pk).camera_count == 1
    text = as_csv([pair])
    assert ("ring-north-1/1/north/fixed" in text, "ring-north-2" in text) == (True, False)
    again = text.replace("ring-north-1/1/north/fixed", "ring-north-1/1/north/fixed;ring-north-2/2/south/ptz")
    made = actions.read_import(by=infrastructure_lead, content=again.encode(), file_name="x")
    assert "ring-north-2 was taken down" in made.problems["1"]["cameras"]


def test_the_last_camera_goes_with_its_site_and_none_returns(pair, infrastructure_lead, submitter):
    first, second = pair.cameras.all()
    with pytest.raises(Stranger):
        actions.take_camera_down(pair, second, by=submitter, reason="No")
    with pytest.raises(Unfit, match="why"):
        actions.take_camera_down(pair, second, by=infrastructure_lead, reason=" ")
    actions.take_camera_down(pair, second, by=infrastructure_lead, reason="The gantry went.")
    with pytest.raises(TooLate):
        actions.take_camera_down(pair, second, by=infrastructure_lead, reason="Twice")
    with pytest.raises(TooLate):
        actions.describe_camera(pair, second, by=infrastructure_lead, firmware="5")
    with pytest.raises(Unfit, match="last camera"):
        actions.take_camera_down(pair, first, by=infrastructure_lead, reason="This too")
    with pytest.raises(IntegrityError, match="does not return"), transaction.atomic():
        Camera.objects.filter(pk=second.pk).update(
            decommissioned_at=None, decommissioned_by=None, decommissioned_why=""
        )


def test_a_proposal_whose_only_camera_was_taken_down_cannot_go_live(proposed_site, infrastructure_lead, superintendent):
    site = proposed_site()
    actions.take_camera_down(site, site.cameras.get(), by=infrastructure_lead, reason="Another place")
    assert not CameraSite.objects.ready_to_go_live(timezone.now()).exists()
    with pytest.raises(Refused, match="No camera stands"):
        actions.set_live(site, by=superintendent)


def test_the_page_and_the_api_do_as_the_action_does(pair, client, infrastructure_lead, submitter):
    first, second = pair.cameras.all()
    client.force_login(infrastructure_lead)
    address = reverse("camera_describe", args=[pair.pk, first.pk])
    assert client.post(address, IS | {"has_infrared": "true"}).status_code == 302
    assert client.post(address, IS | {"patch_kb": "many"}).status_code == 422
    page = client.get(reverse("site_detail", args=[pair.pk])).content.decode()
    assert "Example R2" in page and "serial 0001" in page and "over 25 KB" in page and "over 3 KB" not in page
    assert (
        client.post(reverse("camera_down", args=[pair.pk, second.pk]), {"reason": "The gantry went."}).status_code
        == 302
    )
    page = client.get(reverse("site_detail", args=[pair.pk])).content.decode()
    assert "The gantry went." in page and reverse("camera_down", args=[pair.pk, second.pk]) not in page

    def send(name: str, **body):
        return client.post(reverse(name, args=[pair.pk]), json.dumps(body), content_type="application/json")

    told = send("api_site_describe_camera", camera=first.ref, firmware="4.3", patch_kb=None).json()["cameras"][0]
    assert (told["firmware"], told["patch_kb"], told["make"]) == ("4.3", None, "Example")
    assert send("api_site_camera_down", camera=second.ref, reason="Twice").status_code == 409
    assert send("api_site_camera_down", camera=first.ref, reason="The last").status_code == 422
    client.force_login(submitter)
    assert client.get(address).status_code == 404, "not theirs to see"
