"""Files that change sites: old and new are seen first, whoever edited meanwhile is not overwritten, and all of it is done or nothing."""

import pytest
from django.urls import reverse

from audit.models import Event
from audit.verbs import Verb
from camera_sites import actions
from camera_sites.models import CameraSite
from portal.errors import TooLate, Unfit
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.test_camera_site_files import ROW, a_csv, read

pytestmark = pytest.mark.django_db


def row_of(site: CameraSite, **over) -> dict:
    """The columns that a file needs, as they stand."""
    return {
        "ref": site.ref, "name": site.name, "area": site.area, "location_type": site.location_type,
        "purposes": ";".join(site.purposes), "need": site.need, "latitude": str(site.latitude),
        "longitude": str(site.longitude), "owner_org": site.owner_org, "operator_org": site.operator_org,
        "controller": site.controller, **over,
    }  # fmt: skip


def seen(made) -> dict:
    return {number: change["columns"] for number, change in made.changes.items()}


def test_a_known_reference_shows_what_differs_old_and_new_and_changes_that_alone(proposed_site, infrastructure_lead):
    site = proposed_site(funder="Council")
    made = read(
        infrastructure_lead,
        row_of(site, name="Ring road, north", purposes="local_crime;serious_crime", funder="", road="A1",
               cameras="ring-north-1/1/north;ring-north-2/2/south"),
    )  # fmt: skip
    assert made.problems == {}
    assert seen(made) == {"1": {
        "name": ["Ring road north", "Ring road, north"], "funder": ["Council", ""], "road": ["A9999", "A1"],
        "cameras": ["ring-north-1/1/north/fixed", "ring-north-1/1/north/fixed;ring-north-2/2/south/fixed"],
    }}, "purposes in another order are the same purposes"  # fmt: skip
    site.refresh_from_db()
    assert site.name == "Ring road north", "a look changes nothing"
    before = site.problem_profile
    actions.apply_import(made, by=infrastructure_lead)
    site.refresh_from_db()
    assert (site.name, site.funder, site.road, site.problem_profile) == ("Ring road, north", "", "A1", before)
    assert site.cameras.count() == 2
    told = [event.verb for event in Event.objects.about("camera_sites.camerasite", site.pk).newest_first()[:3]]
    assert {Verb.SITE_EDITED, Verb.CAMERA_ADDED, Verb.SITES_IMPORTED} == set(told), "as one act each, and as one file"
    with pytest.raises(TooLate):
        actions.apply_import(made, by=infrastructure_lead)


def test_a_row_that_says_what_stands_does_nothing(proposed_site, infrastructure_lead):
    site = proposed_site()
    made = read(infrastructure_lead, row_of(site), ROW)
    assert seen(made) == {"1": {}}
    actions.apply_import(made, by=infrastructure_lead)
    assert not Event.objects.about("camera_sites.camerasite", site.pk).filter(verb=Verb.SITE_EDITED).exists()
    assert CameraSite.objects.filter(ref="file-1").exists()


@pytest.mark.parametrize(
    "meanwhile",
    [lambda site, lead: actions.edit_site(site, by=lead, funder="Somebody"),
     lambda site, lead: actions.add_camera(site, by=lead, ref="another"),
     lambda site, lead: actions.decommission(site, by=lead, reason="Not needed.")],
    ids=["edited", "camera added", "withdrawn"],
)  # fmt: skip
def test_whoever_edited_since_the_file_was_read_is_not_overwritten_and_nothing_is_half_done(
    proposed_site, infrastructure_lead, meanwhile
):
    first, second = proposed_site(), proposed_site(ref="ring-south")
    made = read(infrastructure_lead, ROW, row_of(first, name="One"), row_of(second, name="Two"))
    meanwhile(second, infrastructure_lead)
    with pytest.raises(Unfit, match="Row 3") as refusal:
        actions.apply_import(made, by=infrastructure_lead)
    assert "edited since the file was checked" in str(refusal.value.fields)
    first.refresh_from_db()
    assert first.name == "Ring road north"
    assert not CameraSite.objects.filter(ref="file-1").exists()


@pytest.mark.parametrize(
    ("over", "column"),
    [({"latitude": "54.7"}, "latitude"), ({"need": "Another."}, "need"), ({"cameras": "new-one/1/n"}, "cameras"),
     ({"cameras": "ring-north-1/9/north"}, "cameras"), ({"name": "x" * 101}, "name"), ({"controller": ""}, "controller")],
)  # fmt: skip
def test_a_file_does_not_change_what_was_decided_nor_what_cannot_stand(live_site, infrastructure_lead, over, column):
    made = read(infrastructure_lead, row_of(live_site(), **over))
    assert set(made.problems["1"]) == {column}
    with pytest.raises(Unfit, match="Row 1"):
        actions.apply_import(made, by=infrastructure_lead)


def test_what_may_change_of_a_live_site_a_file_changes_and_it_stays_live(live_site, infrastructure_lead):
    site = live_site()
    actions.apply_import(read(infrastructure_lead, row_of(site, operator_org="Another force")), by=infrastructure_lead)
    site.refresh_from_db()
    assert (site.operator_org, site.status) == ("Another force", "live")
    assert site.contributions.filter(user=infrastructure_lead).exists()


def test_a_file_has_no_column_for_state_or_approval_and_brings_no_ended_site_back(proposed_site, infrastructure_lead):
    site = proposed_site()
    for column in ("status", "live_at", "dpia", "owner"):
        with pytest.raises(Unfit, match="Not a column"):
            read(infrastructure_lead, row_of(site, **{column: "live"}))
    actions.decommission(site, by=infrastructure_lead, reason="Not needed.")
    assert "decommissioned" in read(infrastructure_lead, row_of(site, name="Back")).problems["1"]["ref"]


def test_sites_of_others_are_neither_shown_nor_changed(proposed_site, infrastructure_lead, site_team):
    site = proposed_site(owner=site_team.user_set.exclude(pk=infrastructure_lead.pk).first())
    infrastructure_lead.groups.remove(site_team)
    actions.take_access(site, infrastructure_lead, by=infrastructure_lead)
    made = read(infrastructure_lead, row_of(site, name="Mine now"))
    assert made.changes == {}
    assert "Another site has this reference" in made.problems["1"]["ref"]


def test_the_page_shows_old_and_new_and_the_api_the_same(proposed_site, infrastructure_lead, client_of):
    site, client = proposed_site(), client_of(infrastructure_lead)
    made = read(infrastructure_lead, row_of(site, name="Ring road, north"), ROW)
    page = client.get(reverse("sites_import_detail", args=[made.pk])).content.decode()
    assert "Do this: 1 site proposed, 1 site changed" in page
    assert "Ring road north</del>" in page
    assert "Ring road, north</ins>" in page
    told = client.get(reverse("api_sites_import_detail", args=[made.pk])).json()
    assert told["changes"]["1"]["columns"] == {"name": ["Ring road north", "Ring road, north"]}
    assert client.post(reverse("sites_import_detail", args=[made.pk])).status_code == 302
    site.refresh_from_db()
    assert site.name == "Ring road, north"
    same = read(infrastructure_lead, row_of(site))
    page = client.get(reverse("sites_import_detail", args=[same.pk])).content.decode()
    assert "stands in the registry as it is" in page
    assert "Do this" not in page


def test_looking_at_what_a_file_would_change_is_recorded_of_each_site(proposed_site, infrastructure_lead):
    site = proposed_site()
    read(infrastructure_lead, row_of(site))
    assert Event.objects.about("camera_sites.camerasite", site.pk).newest_first().first().verb == Verb.SITES_READ


def test_whoever_changes_a_proposal_by_file_has_a_hand_in_it(proposed_site, infrastructure_lead):
    site = proposed_site()
    site.contributions.all()
    assert a_csv(row_of(site)).startswith(b"ref,name")
    actions.apply_import(read(infrastructure_lead, row_of(site, name="Edited")), by=infrastructure_lead)
    assert list(site.contributions.values_list("user", flat=True)) == [infrastructure_lead.pk]
