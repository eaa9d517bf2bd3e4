"""Sites around a town: counted by direction from the registry, told to the proposer in words, and deciding nothing."""

import math

import pytest
from django.urls import reverse
from django.utils import timezone

from camera_sites import actions
from camera_sites.models import CameraSite
from camera_sites.policies import may_set_live
from camera_sites.ring import directions_taken, ring_of
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.site_cast import site_facts

MIDDLE = (54.6, -3.1)
KM = 1 / 111.195


def spot(bearing: float, km: float = 2) -> tuple[float, float]:
    """So far from the middle, in that direction."""
    north = MIDDLE[0] + km * KM * math.cos(math.radians(bearing))
    east = MIDDLE[1] + km * KM * math.sin(math.radians(bearing)) / math.cos(math.radians(MIDDLE[0]))
    return north, east


@pytest.fixture
def stand(proposed_site):
    """stand(bearing, …): sites around the middle in these directions."""

    def make(*bearings: float, km: float = 2, **over) -> list[CameraSite]:
        made = []
        for bearing in bearings:
            north, east = spot(bearing, km)
            ref = f"r-{CameraSite.objects.count()}"
            made.append(proposed_site(ref=ref, latitude=north, longitude=east, **over))
        return made

    return make


@pytest.mark.parametrize(
    ("bearings", "taken"),
    [
        ([], 0),
        ([0], 1),
        ([0, 10, 350], 1),
        ([0, 90, 180, 270], 4),
        ([22, 23], 2),
        (range(0, 360, 45), 8),
        (range(0, 180, 5), 5),
    ],
)
def test_directions_are_eighths_of_the_round(bearings, taken):
    assert directions_taken([spot(bearing) for bearing in bearings], MIDDLE) == taken


def test_what_stands_in_the_middle_stands_in_no_direction():
    assert directions_taken([spot(0), spot(180), spot(90, km=0.1), MIDDLE], MIDDLE) == 2


@pytest.mark.django_db
def test_the_last_site_of_a_ring_is_told_and_the_one_before_is_not(stand, infrastructure_lead):
    sites = stand(0, 90, 180, 270)
    assert not ring_of(sites[-1], by=infrastructure_lead).is_likely
    last = stand(45, 135, 225, 315)[-1]
    ring = ring_of(last, by=infrastructure_lead)
    assert ring.is_likely
    assert (ring.directions, ring.without) == (8, 7)
    assert "Only positions are compared" in ring.words
    assert "yours to answer" in ring.words


@pytest.mark.django_db
def test_what_is_far_ended_or_covert_makes_no_ring(stand, infrastructure_lead, superintendent):
    stand(45, 90, 135, km=9)
    for site in stand(180, 225):
        actions.decommission(site, by=infrastructure_lead, reason="Not needed.")
    assert ring_of(stand(0)[0], by=infrastructure_lead).others == 0


@pytest.mark.django_db
def test_covert_sites_of_others_do_not_count(proposed_site, infrastructure_lead, second_superintendent, stand):
    site = stand(0)[0]
    north, east = spot(90)
    proposed_site(
        ref="hidden", latitude=north, longitude=east, deployment="covert", authority_ref="A",
        deployed_until=timezone.now().replace(year=timezone.now().year + 1),
    )  # fmt: skip
    assert ring_of(site, by=infrastructure_lead).others == 1
    assert ring_of(site, by=second_superintendent).others == 0


@pytest.mark.django_db
def test_page_and_api_warn_the_proposer_and_decide_nothing(stand, infrastructure_lead, superintendent, client_of, dpia):
    stand(0, 45, 90, 135, 180, 225)
    north, east = spot(270)
    client = client_of(infrastructure_lead)
    facts = site_facts(
        ref="seventh", latitude=north, longitude=east, dpia=dpia.pk, owner=infrastructure_lead.pk, encircles="false"
    )
    page = client.post(reverse("site_new"), facts, follow=True).content.decode()
    assert "This may close a ring around a town" in page
    site = CameraSite.objects.get(ref="seventh")
    page = client.get(reverse("site_detail", args=[site.pk])).content.decode()
    assert "The proposal says: no, it does not." in page
    told = client.get(reverse("api_site_detail", args=[site.pk])).json()["ring"]
    assert (told["directions"], told["without"], told["is_likely"]) == (7, 6, True)
    actions.add_camera(site, by=infrastructure_lead, ref="seventh-c")
    actions.give_access(site, superintendent, by=infrastructure_lead)
    assert may_set_live(superintendent, site), "a warning stops nobody"
