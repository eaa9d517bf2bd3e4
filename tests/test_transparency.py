"""The public figures: from the same records, small numbers hidden, nothing that names a place or a plate."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from oversight.actions import release_figures
from oversight.figures import figures
from oversight.models import TransparencyRelease
from tests.cast import JOB

pytestmark = pytest.mark.django_db


def rows(key: str, at: dt.datetime | None = None) -> dict:
    return dict(next(figure for figure in figures(at or timezone.now()) if figure["key"] == key)["rows"])


def test_anybody_may_read_the_figures_and_small_numbers_are_hidden(approved_entry):
    for number in range(4):
        approved_entry(vrm_entered=f"AB01 CD{chr(65 + number)}")
    assert rows("entries") == {"Priority and volume crime": None}
    approved_entry(vrm_entered="AB01 CDZ")
    assert rows("entries") == {"Priority and volume crime": 5}
    release_figures(by=JOB)
    client = Client()
    page = client.get(reverse("transparency")).content.decode()
    assert "Priority and volume crime" in page
    assert client.get(reverse("transparency_json")).json()["figures"]
    assert (
        client.get(reverse("transparency_csv", args=["entries"]))
        .content.decode()
        .splitlines()[1]
        .startswith("Priority")
    )


def test_public_pages_tell_no_plate_no_coordinate_and_no_road(approved_entry, dpia, infrastructure_lead, team):
    from camera_sites import actions

    actions.propose_site(
        by=infrastructure_lead, seen_by=[team], ref="nd-x1", name="Secret Corner", area="Northdale", location_type="major",
        purposes=["local_crime"], need="Burglaries.", latitude=55.123456, longitude=-1.654321, road="Hidden Lane",
        owner_org="N", operator_org="N", controller="N", dpia=dpia,
    )  # fmt: skip
    approved_entry()
    release_figures(by=JOB)
    for name, arguments in (("transparency", []), ("transparency_json", []), ("transparency_csv", ["cameras"])):
        answer = Client().get(reverse(name, args=arguments)).content.decode()
        answer = re.sub(r"\d{2}:\d{2}:\d{2}\.\d+", "", answer)  # seconds look like degrees
        for secret in ("AB01", "55.12", "1.65", "Hidden Lane", "Secret Corner", "nd-x1"):
            assert secret not in answer, (name, secret)


def test_release_is_made_only_when_something_changed(approved_entry):
    release_figures(by=JOB)
    assert release_figures(by=JOB) is None
    for number in range(5):
        approved_entry(vrm_entered=f"AB01 CD{chr(65 + number)}")
    assert release_figures(by=JOB) is not None
    assert TransparencyRelease.objects.count() == 2


def test_figures_are_counted_as_of_their_moment(approved_entry):
    for number in range(5):
        approved_entry(vrm_entered=f"AB01 CD{chr(65 + number)}")
    assert rows("entries", timezone.now() + dt.timedelta(days=40)) == {}, "they have lapsed by then"
