"""Roads that somebody loaded, and whether a site closes the last way into a place."""

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from audit.models import Event
from audit.verbs import Verb
from camera_sites import actions
from camera_sites.case import lacking
from camera_sites.encirclement import closed_by
from camera_sites.models import CameraSite, RoadNetwork, RoadStretch
from camera_sites.roads import Stretch, encircled, standing_by, stretches_of
from portal.errors import Refused, TooLate, Unfit
from tests.site_cast import *  # noqa: F403 - fixtures

NORTH, EAST = 54.6, -3.1
M = 1 / 111_195  # degrees a metre
E = M / 0.5793  # east, at this latitude


def at(north: float, east: float) -> tuple[float, float]:
    """So many metres from the middle of the town."""
    return round(NORTH + north * M, 6), round(EAST + east * E, 6)


def line(name: str, *points: tuple[float, float]) -> dict:
    """A road of a file, through points in metres from the middle."""
    places = [at(*point) for point in points]
    return {
        "type": "Feature", "properties": {"name": name},
        "geometry": {"type": "LineString", "coordinates": [[east, north] for north, east in places]},
    }  # fmt: skip


def town(*ways_out: str) -> dict:
    """A square with a cross inside, 4 km of streets, and roads that lead out of it for 10 km, by the points of the compass."""
    far = {"north": (10_000, 0), "south": (-10_000, 0), "east": (0, 10_000), "west": (0, -10_000)}
    near = {"north": (500, 0), "south": (-500, 0), "east": (0, 500), "west": (0, -500)}
    ring = [(500, 0), (500, 500), (0, 500), (-500, 500), (-500, 0), (-500, -500), (0, -500), (500, -500), (500, 0)]
    streets = [
        line("Ring Street", *ring),
        line("High Street", (500, 0), (0, 0), (-500, 0)),
        line("Cross Street", (0, -500), (0, 0), (0, 500)),
    ]
    roads = [
        line(f"{way.title()} Road", near[way], *[(n * step / 10, e * step / 10) for n, e in [far[way]] for step in range(1, 11)])
        for way in ways_out
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": [*streets, *roads]}


GATES = {"north": (1_500, 5), "south": (-1_500, 5), "east": (5, 1_500), "west": (5, -1_500)}


@pytest.fixture
def roads(infrastructure_lead):
    """roads(*ways out): a town's roads, in use."""

    def load(*ways_out: str) -> RoadNetwork:
        content = json.dumps(town(*ways_out)).encode()
        network = actions.read_roads(by=infrastructure_lead, content=content, name="Town", source="Drawn for a test")
        return actions.use_roads(network, by=infrastructure_lead)

    return load


@pytest.fixture
def gates(proposed_site):
    """gates(*ways): a site on each of these roads."""

    def stand(*ways: str, **over) -> list[CameraSite]:
        made = []
        for way in ways:
            north, east = at(*GATES[way])
            made.append(
                proposed_site(ref=f"gate-{way}", name=f"{way.title()} gate", latitude=north, longitude=east, **over)
            )
        return made

    return stand


def parts(ways: tuple[str, ...], watched: tuple[str, ...]) -> list:
    stretches = stretches_of(json.dumps(town(*ways)).encode())
    sites = {way: at(*GATES[way]) for way in watched}
    return encircled(stretches, sites, middle=(NORTH, EAST), reach=5_000, snap=40, least=1_500)


def test_town_is_encircled_when_every_way_out_is_watched_and_not_before():
    assert parts(("north", "south", "east"), ("north", "south")) == []
    (part,) = parts(("north", "south", "east"), ("north", "south", "east"))
    assert part.closed_by == {"north", "south", "east"}
    assert "Ring Street" in part.roads[:3] and part.metres > 6_000


def test_island_that_leads_nowhere_is_nobodys_ring():
    assert parts((), ()) == []


def test_what_lies_between_two_cameras_on_one_road_is_too_little_to_be_a_place():
    stretches = [Stretch(at(n, 0), at(n + 100, 0), "Long Road") for n in range(-10_000, 10_000, 100)]
    sites = {"a": at(50, 0), "b": at(750, 0)}
    assert encircled(stretches, sites, middle=(NORTH, EAST), reach=5_000, snap=40, least=1_500) == []
    assert len(encircled(stretches, sites, middle=(NORTH, EAST), reach=5_000, snap=40, least=500)) == 1


def test_camera_far_from_every_road_watches_none():
    stretches = stretches_of(json.dumps(town("north")).encode())
    beside = {"a": at(1_500, 60)}
    assert encircled(stretches, beside, middle=(NORTH, EAST), reach=5_000, snap=40, least=1_500) == []
    assert len(encircled(stretches, beside, middle=(NORTH, EAST), reach=5_000, snap=80, least=1_500)) == 1


@pytest.mark.django_db
def test_last_gate_is_told_what_it_closes_and_with_whom(roads, gates, infrastructure_lead):
    roads("north", "south", "east")
    north, south, east = gates("north", "south", "east")
    closed = closed_by(east, by=infrastructure_lead)
    assert {other.pk for other in closed.others} == {north.pk, south.pk} and closed.unseen == 0
    assert "North gate and South gate" in closed.words and "without this site there is one" in closed.words
    actions.decommission(south, by=infrastructure_lead, reason="Not needed.")
    assert closed_by(east, by=infrastructure_lead) is None


@pytest.mark.django_db
def test_site_inside_what_others_close_closes_nothing(roads, gates, proposed_site, infrastructure_lead):
    roads("north", "south")
    gates("north", "south")
    north, east = at(250, 3)
    inside = proposed_site(ref="inside", latitude=north, longitude=east)
    assert closed_by(inside, by=infrastructure_lead) is None


@pytest.mark.django_db
def test_sites_that_are_not_yours_count_and_are_not_named_and_covert_ones_do_not_count(
    roads, gates, infrastructure_lead
):
    roads("north", "south")
    north, south = gates("north", "south")
    closed = closed_by(north)
    assert closed.unseen == 1 and "South gate" not in closed.words
    covert = {
        "deployment": "covert",
        "deployed_until": timezone.now() + dt.timedelta(days=9),
        "authority_ref": "ND/2026/4",
    }
    CameraSite.objects.filter(pk=south.pk).update(**covert)
    assert closed_by(north) is None
    assert closed_by(north, by=infrastructure_lead), "it was given to its proposer"


@pytest.mark.django_db
def test_who_says_no_must_say_why_where_the_roads_say_yes(roads, gates, infrastructure_lead):
    _, south = gates("north", "south", encircles=False)
    assert not any("encircles no town" in words for words in lacking(south, timezone.now()))
    roads("north", "south")
    assert any("encircles no town" in words for words in lacking(south, timezone.now()))
    south = actions.edit_site(south, by=infrastructure_lead, not_encircling="The old bridge beside it is open to cars.")
    assert not any("encircles no town" in words for words in lacking(south, timezone.now()))


@pytest.mark.django_db
def test_proposer_is_told_at_once_on_the_page_and_over_the_api(roads, gates, client_of, infrastructure_lead):
    roads("north", "south")
    gates("north")
    (south,) = gates("south", encircles=False)
    client = client_of(infrastructure_lead)
    page = client.get(f"/camera-sites/{south.pk}/").content.decode()
    assert "This closes the last way into a place" in page and "North gate" in page
    assert "North gate" in client.get(f"/api/v1/camera-sites/{south.pk}/").json()["closed"]


def features(*geometries: dict | None) -> bytes:
    """A file of these."""
    return json.dumps({"type": "FeatureCollection", "features": [{"geometry": one} for one in geometries]}).encode()


FAULTY = [
    (b"\xff\xfe", "not a GeoJSON"), (b"[1]", "not a GeoJSON"), (b'{"type": "Feature"}', "not a GeoJSON"),
    (b'{"type": "FeatureCollection", "features": [NaN]}', "not a GeoJSON"), (b"[" * 100_000, "not a GeoJSON"),
    (features(), "no road"), (features({"type": "Point", "coordinates": [1, 2]}), "not a line"),
    (features({"type": "LineString", "coordinates": [[54, 99], [1, 200]]}), "leaves the globe"),
    (features({"type": "LineString", "coordinates": [[-179, -80], [179, 80]]}), "without a point between"),
    (features({"type": "LineString", "coordinates": [[179.99, 10], [-179.99, 10]]}), "without a point between"),
    (features(None, {"type": "LineString", "coordinates": [[1]]}), "Road 2"),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "words"), FAULTY)
def test_faulty_file_is_told_what_is_wrong_and_nothing_of_it_is_kept(content, words, infrastructure_lead):
    with pytest.raises(Unfit) as refused:
        actions.read_roads(by=infrastructure_lead, content=content, name="Town", source="A test")
    assert words in " ".join(refused.value.fields["file"])
    assert not RoadNetwork.objects.exists() and not RoadStretch.objects.exists()


@pytest.mark.django_db
def test_one_network_is_in_use_and_another_takes_its_place(roads, infrastructure_lead, superintendent):
    first, second = roads("north"), roads("south")
    assert [network.pk for network in RoadNetwork.objects.filter(idle_since=None)] == [second.pk]
    with pytest.raises(TooLate):
        actions.use_roads(second, by=infrastructure_lead)
    with pytest.raises(Refused):
        actions.use_roads(first, by=superintendent)
    assert Event.objects.filter(verb__in=[Verb.ROADS_READ, Verb.ROADS_USED]).count() == 4
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE camera_sites_roadnetwork SET idle_since = NULL")
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM camera_sites_roadstretch")


@pytest.mark.django_db
def test_page_and_api_read_look_and_use(client_of, infrastructure_lead, submitter, gates):
    gates("north")
    client = client_of(infrastructure_lead)
    assert "No roads yet" in client.get("/camera-sites/roads/").content.decode()
    file = SimpleUploadedFile("roads.geojson", json.dumps(town("north")).encode())
    answer = client.post("/camera-sites/roads/", {"name": "Town", "source": "A test", "file": file})
    page = client.get(answer["Location"]).content.decode()
    assert "All 1 site within these roads stand by one of them" in page or "stands by one of them" in page
    assert client.post(f"{answer['Location']}use/").status_code == 302
    assert RoadNetwork.objects.get().is_in_use
    kept = client.post(
        "/camera-sites/roads/", {"name": "Kept", "source": "A test", "file": SimpleUploadedFile("x", b"no")}
    )
    assert kept.status_code == 422 and 'value="Kept"' in kept.content.decode()
    body = {"name": "Again", "source": "A test", "content": town("north", "south")}
    made = client.post("/api/v1/road-networks/", body, content_type="application/json")
    assert made.status_code == 201 and made.json()["stretches"] > 0
    told = client.get(f"/api/v1/road-networks/{made.json()['id']}/").json()
    assert (told["sites_inside"], told["sites_by_no_road"]) == (1, 0)
    assert client.post(f"/api/v1/road-networks/{made.json()['id']}/use/", content_type="application/json").json()[
        "is_in_use"
    ]
    assert len(client.get("/api/v1/road-networks/").json()) == 2
    assert client_of(submitter).get("/camera-sites/roads/").status_code == 403


def test_a_site_finds_the_road_it_stands_by_wherever_along_a_long_stretch():
    long = Stretch(at(-3000, -4000), at(3500, 3500), "Long Lane")
    by_it = {
        share: at(-3000 + 6500 * share + 15, -4000 + 7500 * share - 15) for share in (0.01, 0.2, 0.37, 0.5, 0.81, 0.99)
    }
    off_it = {"off": at(-3000 + 6500 * 0.5 + 120, -4000 + 7500 * 0.5 - 120)}
    assert standing_by([long], by_it | off_it, snap=40) == set(by_it)
