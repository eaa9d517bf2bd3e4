"""Pages and lists around an assessment cost as many queries for ten of a thing as for one, and long lists come in pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from camera_sites import actions, panels
from camera_sites.views import dpias
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.site_cast import MEASURE, site_facts
from tests.test_dpia_attachments import PDF

pytestmark = pytest.mark.django_db
FEW, MANY = 1, 10


@pytest.fixture
def filled(advised, asset_owner, infrastructure_lead, dpo, site_team, tmp_path, settings):
    """filled(number): that many more sites, coverages, systems, reviews, measures and files of one assessment."""
    settings.FILES_DIR = tmp_path
    actions.decide(advised, by=asset_owner, verdict="approve", words="Yes.")
    dpia, made = advised.dpia, []

    def fill(number: int):
        lead = infrastructure_lead
        for _ in range(number):
            at = len(made)
            own, further = (
                actions.propose_site(by=lead, seen_by=[site_team], **site_facts(ref=f"{kind}-{at}", dpia=named))
                for kind, named in (("own", dpia), ("further", None))
            )
            actions.cover(dpia, by=lead, kind="site", subject=further.pk, words="The back office.")
            actions.cover(dpia, by=lead, kind="system", name=f"System {at}", words="A year of reads.")
            actions.demand_review(dpia, by=dpo, trigger="crime", words=f"Thefts moved, {at}.")
            made.append(own)
        rows = [{**MEASURE, "measure": f"Measure {place}", "due": "2020-01-31"} for place in range(len(made))]
        version = actions.begin_version(dpia, by=lead, measure_register=rows)
        for place in range(number):
            actions.attach(version, by=lead, name=f"{place}.pdf", content=PDF + f"{version.number}-{place}".encode())
        actions.submit(version, by=lead)
        actions.advise(version, by=dpo, is_favourable=True, words="Yes.")
        actions.decide(version, by=asset_owner, verdict="approve", words="Yes.")
        for place in range(len(made)):
            actions.demand_review(dpia, by=dpo, trigger="crime", words=f"And then, {place}.")
        return version

    return fill


def counted(client, addresses) -> dict[str, int]:
    found = {}
    for address in addresses:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        assert answer.status_code == 200, address
        found[address] = len(captured)
    return found


def test_ten_cost_as_many_queries_as_one(filled, dpia, dpo, infrastructure_lead, client_of):
    version = filled(FEW)
    pk = version.dpia_id
    addresses = [
        "/", "/dpias/", "/dpias/systems/", *(reverse(name, args=[pk]) for name in (
            "dpia_detail", "dpia_attachments", "api_dpia_attachments", "api_dpia_coverage", "api_dpia_demands",
            "api_dpia_measures")), "/camera-sites/", "/api/v1/camera-sites/", "/api/v1/dpias/",
    ]  # fmt: skip
    clients = [client_of(user) for user in (dpo, infrastructure_lead)]
    before = [counted(client, addresses) for client in clients]
    filled(MANY - FEW)
    after = [counted(client, addresses) for client in clients]
    grown = {(address, few[address], many[address]) for few, many in zip(before, after, strict=True) for address in few
             if many[address] > few[address]}  # fmt: skip
    assert not grown


def test_a_version_page_costs_as_many_queries_for_ten_files_as_for_one(filled, dpo, client_of):
    client = client_of(dpo)
    first = filled(FEW)
    second = filled(MANY - FEW)
    first, second = (reverse("dpia_version", args=[one.dpia_id, one.number]) for one in (first, second))
    cost = counted(client, [first, second])
    assert cost[second] <= cost[first] + 1, "the one it is compared with"


def test_of_what_an_assessment_covers_its_page_shows_the_first_and_the_registry_all(
    filled, dpo, client_of, monkeypatch
):
    monkeypatch.setattr(panels, "MOST", 3)
    monkeypatch.setattr(dpias, "PAGE", 3)
    version, client = filled(5), client_of(dpo)
    page = client.get(reverse("dpia_detail", args=[version.dpia_id])).text
    assert page.count(">The back office.<") + page.count(">A year of reads.<") == 3
    assert "These are the first of 5" in page and "9 more things that you may see" in page
    registry = f"/camera-sites/?dpia={version.dpia_id}"
    assert registry in page
    listed = client.get(registry).text
    assert all(f">{kind}-{place}<" in listed for kind in ("own", "further") for place in range(5))
    assert len(client.get(f"/api/v1/camera-sites/?dpia={version.dpia_id}").json()["results"]) == 10
    assert client.get(f"/api/v1/camera-sites/?dpia={dpo.pk}").status_code == 400
    assert len(client.get(reverse("api_dpia_coverage", args=[version.dpia_id])).json()) == 10
