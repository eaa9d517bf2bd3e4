"""The pages and the API of sites and assessments: the same verbs, the same refusals, and no place shown that need not be."""

import datetime as dt
import json

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import add_machine
from accounts.models import SystemJob
from audit.models import Event
from audit.verbs import Verb
from camera_sites import actions
from camera_sites.models import CameraSite, Dpia, DpiaVersion
from camera_sites.waiting import questions
from oversight.actions import release_figures
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.site_cast import CONTENTS, MEASURE, REGISTERS, RISK, rows, site_facts

pytestmark = pytest.mark.django_db
PLACE = ("54.61", "3.1234", "A9999")


def shows_a_place(response) -> bool:
    return any(text in response.content.decode() for text in PLACE)


def waits_for(user) -> set[str]:
    return {item.title for item in questions(user, timezone.now()) if item.count}


def test_assessment_goes_through_three_pairs_of_hands(infrastructure_lead, dpo, asset_owner, client_of):
    author, adviser, decider = client_of(infrastructure_lead), client_of(dpo), client_of(asset_owner)
    author.post(reverse("dpia_new"), {"ref": "dpia-ring", "title": "Ring road", **CONTENTS})
    dpia = Dpia.objects.get()
    early = author.post(reverse("dpia_submit", args=[dpia.pk]))
    assert (early.status_code, b"Put every risk into the register" in early.content) == (422, True)
    author.post(
        reverse("dpia_registers", args=[dpia.pk]), rows(risk_register=[RISK], measure_register=[MEASURE], consultees=[])
    )
    page = author.post(reverse("dpia_submit", args=[dpia.pk]), follow=True)
    assert page.status_code == 200
    digest = dpia.versions.get().digest
    assert "DPIAs wait for your advice" in waits_for(dpo)
    early = decider.get(reverse("dpia_decide", args=[dpia.pk]))
    assert b"has not advised on this version yet" in early.content
    adviser.post(
        reverse("dpia_advise", args=[dpia.pk]), {"is_favourable": "yes", "words": "Proportionate.", "digest": digest}
    )
    assert "DPIAs wait for your decision" in waits_for(asset_owner)
    done = decider.post(
        reverse("dpia_decide", args=[dpia.pk]),
        {"verdict": "approve", "words": "Necessary.", "digest": digest},
        follow=True,
    )
    assert b"Governs" in done.content
    assert Dpia.objects.governing(timezone.now()).count() == 1
    assert waits_for(dpo) == waits_for(asset_owner) == set()


def test_unfit_submission_keeps_the_draft_and_says_what_is_missing(infrastructure_lead, client_of):
    data = {"ref": "thin", "title": "Thin", **CONTENTS, "risks": "", "submit": "1"}
    page = client_of(infrastructure_lead).post(reverse("dpia_new"), data)
    assert page.status_code == 422
    assert b"Assess the risks" in page.content
    assert DpiaVersion.objects.get().need == CONTENTS["need"]


def test_taken_reference_loses_nothing_that_was_typed(draft, infrastructure_lead, client_of):
    data = {"ref": "dpia-ring", "title": "Again", **CONTENTS, "need": "Typed with care."}
    page = client_of(infrastructure_lead).post(reverse("dpia_new"), data)
    assert page.status_code == 422
    assert b"Typed with care." in page.content
    assert b"has this reference already" in page.content


def test_adviser_cannot_decide_by_page_nor_api(advised, dpo, client_of):
    client, body = client_of(dpo), {"verdict": "approve", "words": "Mine.", "digest": advised.digest}
    assert client.post(reverse("dpia_decide", args=[advised.dpia_id]), body).status_code == 403
    answer = client.post(reverse("api_dpia_decide", args=[advised.dpia_id]), body, content_type="application/json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json")


def test_site_is_proposed_given_cameras_and_set_live_by_another(
    dpia,
    infrastructure_lead,
    superintendent,
    site_team,
    client_of,
):
    lead, decider = client_of(infrastructure_lead), client_of(superintendent)
    facts = site_facts(dpia=dpia.pk, owner=infrastructure_lead.pk, seen_by=[site_team.pk], has_signage="on")
    page = lead.post(reverse("site_new"), facts, follow=True)
    assert page.status_code == 200, page.context["form"].errors
    site = CameraSite.objects.get()
    assert "Camera sites wait to be set live" not in waits_for(superintendent)
    lead.post(
        reverse("camera_new", args=[site.pk]), {"ref": "ring-1", "kind": "fixed", "lane": "1", "direction": "north"}
    )
    assert "Camera sites wait to be set live" in waits_for(superintendent)
    own = lead.get(reverse("site_detail", args=[site.pk]))
    assert b"Your role does not include this" in own.content
    done = decider.post(reverse("site_live", args=[site.pk]), follow=True)
    assert b"In service" in done.content
    assert CameraSite.objects.in_service(timezone.now()).count() == 1


def test_unfit_proposal_loses_nothing_that_was_typed(infrastructure_lead, client_of):
    facts = site_facts(latitude="999", owner=infrastructure_lead.pk, name="Typed with care")
    page = client_of(infrastructure_lead).post(reverse("site_new"), facts)
    assert page.status_code == 422
    assert b"Typed with care" in page.content
    assert b"between -90 and 90" in page.content


def test_every_page_of_a_site_is_hidden_from_strangers(live_site, second_superintendent, client_of):
    site, client = live_site(), client_of(second_superintendent)
    for name in ("site_detail", "site_edit", "site_live", "site_suspend", "site_return", "site_decommission", "site_access",
                 "site_access_end", "camera_new"):  # fmt: skip
        assert client.get(reverse(name, args=[site.pk])).status_code == 404, name
    assert client.get(reverse("api_site_detail", args=[site.pk])).status_code == 404
    for name in ("api_site_set_live", "api_site_suspend", "api_site_return", "api_site_decommission", "api_site_add_camera",
                 "api_site_give_access", "api_site_take_access"):  # fmt: skip
        assert client.post(reverse(name, args=[site.pk]), "{}", content_type="application/json").status_code == 404, (
            name
        )


@pytest.mark.parametrize("name", ["site_list", "site_map", "dpia_list"])
def test_whoever_may_not_open_the_registry_is_refused(name, submitter, client_of):
    assert client_of(submitter).get(reverse(name)).status_code == 403


def test_only_pages_that_record_the_look_show_where_a_site_stands(live_site, operator, client_of):
    site, client = live_site(), client_of(operator)
    for name, args in (("site_list", []), ("dpia_list", []), ("dpia_detail", [site.dpia_id]), ("api_site_list", [])):
        response = client.get(reverse(name, args=args))
        assert response.status_code == 200, name
        assert not shows_a_place(response), name
    for name, args, verb in (
        ("site_detail", [site.pk], Verb.SITE_OPENED),
        ("site_map", [], Verb.SITES_MAPPED),
        ("api_site_detail", [site.pk], Verb.SITE_OPENED),
    ):
        before = Event.objects.filter(verb=verb).count()
        assert shows_a_place(client.get(reverse(name, args=args))), name
        assert Event.objects.filter(verb=verb).count() == before + 1, name


def test_a_lapsed_site_waits_on_its_owners_home_and_says_so(live_site, infrastructure_lead, operator, client_of):
    site = live_site()
    ends = CameraSite.objects.with_service_end(timezone.now()).get().in_service_until
    with time_machine.travel(ends - dt.timedelta(days=30), tick=False):
        assert "Your camera sites have a DPIA that lapses within 60 days" in waits_for(infrastructure_lead)
    with time_machine.travel(ends + dt.timedelta(seconds=1), tick=False):
        waiting = waits_for(infrastructure_lead)
        assert "Your camera sites are out of service: their DPIA lapsed" in waiting
        page = client_of(operator)
        assert CameraSite.objects.out_of_service(timezone.now()).get() == site
        shown = page.get(reverse("site_detail", args=[site.pk])).content
        assert b"Out of service" in shown
        assert b"Reads from this site are not matched" in shown


@pytest.mark.parametrize("name", ["site_list", "site_map", "api_site_list", "dpia_list"])
def test_registry_asks_as_much_of_ten_sites_as_of_one(name, proposed_site, operator, client_of):
    client = client_of(operator)
    proposed_site()
    client.get(reverse(name))  # what is read once a process is not counted
    with CaptureQueriesContext(
        connection,
    ) as one:
        assert client.get(reverse(name)).status_code == 200
    for n in range(9):
        proposed_site(ref=f"ring-{n}")
    with CaptureQueriesContext(connection) as ten:
        assert client.get(reverse(name)).status_code == 200
    assert len(one) == len(ten)


def test_api_walks_a_site_from_proposal_to_its_end(dpia, infrastructure_lead, superintendent, site_team, client_of):
    lead, decider = client_of(infrastructure_lead), client_of(superintendent)

    def post(client, name, /, *args, **body):
        return client.post(reverse(name, args=args), json.dumps(body), content_type="application/json")

    made = post(lead, "api_site_list", **site_facts(dpia=str(dpia.pk)))
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert post(lead, "api_site_list", **site_facts(dpia=str(dpia.pk))).status_code == 422
    assert post(lead, "api_site_list", **site_facts(ref="x", purposes=["revenue"])).status_code == 400
    assert post(lead, "api_site_give_access", pk, team=site_team.name).status_code == 200
    assert post(decider, "api_site_set_live", pk).status_code == 403
    assert post(lead, "api_site_add_camera", pk, ref="ring-1").json()["cameras"][0]["ref"] == "ring-1"
    assert post(decider, "api_site_set_live", pk).json()["is_in_service"] is True
    assert post(decider, "api_site_set_live", pk).status_code == 409
    opened = lead.get(reverse("api_site_detail", args=[pk]))
    address = reverse("api_site_detail", args=[pk])
    edit = {"data": json.dumps({"funder": "Council"}), "content_type": "application/json"}
    assert lead.patch(address, **edit).status_code == 428
    assert lead.patch(address, **edit, headers={"If-Match": opened.headers["ETag"]}).json()["funder"] == "Council"
    assert lead.patch(address, **edit, headers={"If-Match": opened.headers["ETag"]}).status_code == 412
    assert post(decider, "api_site_decommission", pk, reason="Moved.").json()["status"] == "decommissioned"


def test_api_walks_an_assessment_through_its_judges(infrastructure_lead, dpo, asset_owner, client_of):
    lead = client_of(infrastructure_lead)

    def post(client, name, /, *args, **body):
        return client.post(reverse(name, args=args), json.dumps(body), content_type="application/json")

    made = post(lead, "api_dpia_list", ref="by-api", title="By API", **CONTENTS | {"risks": ""}, **REGISTERS)
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert post(lead, "api_dpia_submit", pk).status_code == 422
    tag = lead.get(reverse("api_dpia_detail", args=[pk])).headers["ETag"]
    edit = {"data": json.dumps({"risks": "Wrongful stops."}), "content_type": "application/json"}
    assert lead.patch(reverse("api_dpia_detail", args=[pk]), **edit, headers={"If-Match": tag}).status_code == 200
    assert post(lead, "api_dpia_submit", pk).status_code == 200
    assert post(client_of(dpo), "api_dpia_advise", pk, is_favourable=False, words="No.").status_code == 200
    done = post(client_of(asset_owner), "api_dpia_decide", pk, verdict="approve", words="Yes, because.").json()
    assert (done["is_governing"], done["versions"][0]["advice"]["is_favourable"]) == (True, False)


def test_machine_with_the_scope_reads_and_decides_nothing(live_site, client):
    site = live_site()
    machine, secret = add_machine("figures", by=SystemJob("tests"), scopes=["read"])
    token = client.post(
        "/oauth/token/", {"grant_type": "client_credentials", "scope": "read", "client_id": machine.application.client_id,
                          "client_secret": secret},
    ).json()["access_token"]  # fmt: skip
    bearer = {"Authorization": f"Bearer {token}"}
    assert len(client.get(reverse("api_site_list"), headers=bearer).json()["results"]) == 1
    assert client.get(reverse("api_site_detail", args=[site.pk]), headers=bearer).status_code == 200
    assert Event.objects.newest_first().first().actor_kind == "machine"
    assert (
        client.post(
            reverse("api_site_set_live", args=[site.pk]), content_type="application/json", headers=bearer
        ).status_code
        == 403
    )


def test_teams_let_in_by_the_page_see_the_site(proposed_site, infrastructure_lead, auditor, client_of):
    site = proposed_site()
    assert client_of(auditor).get(reverse("site_detail", args=[site.pk])).status_code == 404
    team = Group.objects.get(name="Camera sites board")
    auditor.groups.add(team)
    assert client_of(auditor).get(reverse("site_detail", args=[site.pk])).status_code == 200
    actions.give_access(site, auditor, by=infrastructure_lead)
    assert Event.objects.newest_first().first().verb == Verb.ACCESS_GRANTED


def test_the_public_is_told_no_place(live_site, client):
    site = live_site()
    release_figures(by=SystemJob("tests"))
    for address in (
        reverse("transparency"), reverse("transparency_json"), reverse("transparency_csv", args=["cameras"]),
        "/healthz", reverse("api_schema"), "/accessibility/",
    ):  # fmt: skip
        response = client.get(address)
        assert response.status_code in (200, 503), address  # healthz answers 503 where no worker runs
        assert not shows_a_place(response), address
        assert site.name not in response.content.decode(), address
