"""Nobody who may not see where cameras stand is told: every answer of every address, searched for what was planted (R-120, R-123)."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import SystemJob
from camera_sites import actions
from oversight.actions import release_figures
from oversight.figures import figures
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.site_cast import CONTENTS, REGISTERS
from tests.test_conventions import SAMPLES, addresses

pytestmark = pytest.mark.django_db
# Degrees that are no minute, no second and no version of anything; names that stand nowhere else.
PLACES = ((71.934287, -96.418763), (72.876512, -98.234567), (73.651298, -94.871236))
NAMES = ("Quibble Corner", "Hushed Yard", "Mizzle Bridge", "Zander Close", "zq-77", "zq-78", "zq-79")
COVERT = ("Hushed Yard", "zq-78", "Hiddenham")


def told(answer: HttpResponse) -> list[str]:
    """What of the planted stands in an answer, its headers included: names, or degrees to two decimals or more, cut or rounded."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = (body.decode(errors="replace") + str(dict(answer.headers))).lower()
    found = [name for name in (*NAMES, "Hiddenham") if name.lower() in text]
    for degrees in (abs(value) for place in PLACES for value in place):
        cut, rounded = f"{int(degrees * 100) / 100:.2f}", f"{degrees:.2f}"
        found += [one for one in {cut, rounded, f"{degrees:.6f}".replace(".", "")} if one in text]
    return found


@pytest.fixture
def planted(live_site, proposed_site, infrastructure_lead, dpo, asset_owner):
    """Three sites, one of them covert; an assessment that says where, and one that does not; the figures released."""

    def place(n: int) -> dict:
        return {"latitude": PLACES[n][0], "longitude": PLACES[n][1], "road": "Zander Close"}

    live = live_site(ref="zq-77", name="Quibble Corner", **place(0))
    covert = live_site(
        ref="zq-78", name="Hushed Yard", area="Hiddenham", deployment="covert", authority_ref="A1",
        deployed_until=timezone.now() + dt.timedelta(days=5), **place(1),
    )  # fmt: skip
    careless = _approved(
        "dpia-x", "Of one road", "Cameras stand in Zander Close, by the school.", infrastructure_lead, dpo, asset_owner
    )
    proposed = proposed_site(ref="zq-79", name="Mizzle Bridge", dpia=careless, **place(2))
    exact = _approved("dpia-y", "Of 70.11, -95.22", "Cameras on main roads.", infrastructure_lead, dpo, asset_owner)
    further = _approved(
        "dpia-w", "Of a back office", "Reads of Mizzle Bridge are kept.", infrastructure_lead, dpo, asset_owner
    )
    actions.cover(further, by=infrastructure_lead, kind="site", subject=proposed.pk, words="The back office.")
    _approved(
        "dpia-z", "Of main roads", "Cameras on main roads, reviewed every year.", infrastructure_lead, dpo, asset_owner
    )
    made = actions.read_import(
        by=infrastructure_lead, file_name="sites.csv",
        content=actions.export_sites(type(live).objects.all(), by=infrastructure_lead, reason="Test.", form="csv").encode(),
    )  # fmt: skip
    release_figures(by=SystemJob("tests"))
    return {
        "sites": (live, covert, proposed),
        "careless": careless.pk,
        "keys": (live.pk, covert.pk, proposed.pk, careless.pk, exact.pk, made.pk),
    }


def _approved(ref, title, summary, author, adviser, decider):
    version = actions.begin_dpia(by=author, ref=ref, title=title, public_summary=summary, **CONTENTS, **REGISTERS)
    actions.submit(version, by=author)
    actions.advise(version, by=adviser, is_favourable=True, words="Yes.")
    actions.decide(version, by=decider, verdict="approve", words="Yes.")
    return version.dpia


def asked_for(keys) -> Iterator[str]:
    """Every address of the portal, with each of the planted in place of what varies; and some that it does not have."""
    for address in dict.fromkeys(addresses()):
        if "(" in address or "^" in address:
            continue
        if SAMPLES["uuid"] in address:
            yield from (f"/{address.replace(SAMPLES['uuid'], str(key))}" for key in keys)
        else:
            yield f"/{address}"
    yield from (reverse("transparency_csv", args=[figure["key"]]) for figure in figures(timezone.now()))
    yield from ("/robots.txt", "/sitemap.xml", "/favicon.ico", "/.well-known/security.txt", "/static/", "/static/nothing.js",
                "/camera-sites/zq-77/", "/camera-sites/?q=Quibble", "/api/v1/camera-sites/?q=zq-77", "/api/v1/schema/?format=json",
                "/transparency/zq-77.csv", "/healthz?verbose=1", "/api/v1/camera-sites/places/?zoom=4&box=-180,-90,180,90")  # fmt: skip


@pytest.mark.parametrize("method", ["get", "head", "post", "options"])
def test_no_answer_to_the_public_says_where_a_camera_stands(planted, method):
    client, found, answered = Client(raise_request_exception=False), {}, 0
    for address in asked_for(planted["keys"]):
        answer = getattr(client, method)(address)
        answered += answer.status_code == 200
        assert answer.status_code != 500, address
        said = [one for one in told(answer) if one.lower() not in address.lower()]  # what was asked may be said back
        if said:
            found[f"{method} {address}"] = said
    assert found == {}
    assert answered >= (8 if method == "get" else 0), "the public pages were among them"


def test_the_search_finds_what_is_told_to_those_who_may_see(planted, operator, client_of):
    live = planted["sites"][0]
    said = told(client_of(operator).get(reverse("site_detail", args=[live.pk])))
    assert {"Quibble Corner", "Zander Close", "zq-77", "71.93", "96.41"} <= set(said)
    assert {"Hushed Yard", "72.87"} <= set(told(client_of(operator).get(reverse("site_map"))))


@pytest.mark.parametrize("who", ["submitter", "second_superintendent"])
def test_no_answer_to_a_colleague_without_sight_of_a_site_says_where_it_stands(planted, who, request, client_of):
    """One whose role has no sites, and one whose role has, but to whom nobody gave these."""
    client, found = client_of(request.getfixturevalue(who)), {}
    client.raise_request_exception = False
    for address in asked_for(planted["keys"]):
        if "logout" in address or "stream" in address or str(planted["careless"]) in address:
            continue  # a stream never ends; what authors write into an assessment is theirs, and its readers'
        answer = client.get(address)
        if said := [one for one in told(answer) if one.lower() not in address.lower()]:
            found[address] = said
    assert found == {}
    assert client.get("/").status_code == 200, "still signed in"


@pytest.mark.parametrize("who", ["submitter", "second_superintendent", "operator"])
@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_no_export_takes_places_to_whoever_may_not_take_them(planted, who, form, request, client_of):
    client = client_of(request.getfixturevalue(who))
    body = {"form": form, "reason": "To look at them."}
    for address in ("/camera-sites/export/", "/api/v1/camera-sites/export/"):
        answer = client.post(address, body, **({"content_type": "application/json"} if "api" in address else {}))
        assert answer.status_code in (403, 422), address
        assert told(answer) == [], address


def test_a_covert_site_is_in_no_public_count(planted, live_site):
    def counted() -> dict[str, int]:
        return {
            label: count
            for figure in figures(timezone.now())
            if figure["key"] == "cameras"
            for label, count in figure["rows"]
        }

    for n in range(5):
        live_site(ref=f"open-{n}")
    before = counted()
    assert before["Sites in service"] == 6, "five and one; the covert one is live too"
    live_site(ref="hush", deployment="covert", authority_ref="A2", deployed_until=timezone.now() + dt.timedelta(days=5))
    live_site(ref="brief", deployment="temporary", deployed_until=timezone.now() + dt.timedelta(days=5))
    assert counted() == before


def test_a_summary_that_names_a_site_of_another_assessment_has_it_blacked_out(
    planted, infrastructure_lead, dpo, asset_owner
):
    words = "Stolen vehicles, looked for at Mizzle  bridge, in ZQ-77 and by Zander Close. Not at Zander or the Quibble."
    _approved("dpia-l", "A list for quibble corner", words, infrastructure_lead, dpo, asset_owner)
    answer = Client().get(reverse("transparency"))
    page = answer.content.decode()
    assert told(answer) == []
    assert (
        "looked for at [place withheld], in [place withheld] and by [place withheld]. Not at Zander or the Quibble."
        in page
    )
    assert page.count("A list for [place withheld]") == 2, "the heading, and the words of its link"


def test_a_public_summary_that_names_a_place_is_withheld_and_said_to_be(planted):
    page = Client().get(reverse("transparency")).content.decode()
    assert re.findall(r'<h3 class="govuk-heading-s">([^<]*)</h3>', page) == ["Of main roads"]
    assert "3 summaries are not shown" in page
