"""Two windows on one site or assessment: whoever saves or decides second is told, and undoes nothing unseen."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from camera_sites import actions
from camera_sites.models import CameraSite, DpiaVersion
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.site_cast import CONTENTS, MEASURE, RISK, rows, site_facts

pytestmark = pytest.mark.django_db
TOLD = "changed since you opened it"


def as_read(page) -> str:
    return re.search(r'name="as_read" value="([0-9a-f]{64})"', page.content.decode())[1]


def posted(site, **over) -> dict:
    """What the page of a proposal posts."""
    facts = site_facts(dpia=site.dpia_id, owner=site.owner_id) | over
    return {name: value for name, value in facts.items() if value is not None}


def test_a_proposal_edited_in_two_windows_keeps_what_was_saved_first(proposed_site, infrastructure_lead, client_of):
    site = proposed_site()
    client, address = client_of(infrastructure_lead), reverse("site_edit", args=[site.pk])
    opened = as_read(client.get(address))
    assert client.post(address, posted(site, as_read=opened, funder="The council")).status_code == 302
    late = client.post(address, posted(site, as_read=opened, name="Another name"))
    assert late.status_code == 422
    assert TOLD in late.content.decode()
    assert "Another name" in late.content.decode(), "nothing typed is lost"
    site.refresh_from_db()
    assert (site.funder, site.name) == ("The council", "Ring road north")
    assert client.post(address, posted(site, as_read=as_read(late), name="Another name")).status_code == 302
    site.refresh_from_db()
    assert (site.funder, site.name) == ("", "Another name"), "saved once more, it stands as it was typed"


@pytest.mark.parametrize("change", ["edit", "camera"])
def test_what_is_set_live_is_what_was_read(change, proposed_site, infrastructure_lead, superintendent, client_of):
    site = proposed_site()
    client, address = client_of(superintendent), reverse("site_live", args=[site.pk])
    opened = as_read(client.get(address))
    if change == "edit":
        actions.edit_site(site, by=infrastructure_lead, latitude=54.7)
    else:
        actions.add_camera(site, by=infrastructure_lead, ref="ring-north-2", lane="2", direction="south")
    late = client.post(address, {"words": "Needed.", "as_read": opened})
    assert (late.status_code, TOLD in late.content.decode()) == (422, True)
    assert CameraSite.objects.get().status == CameraSite.Status.PROPOSED
    assert client.post(address, {"words": "Needed.", "as_read": as_read(late)}).status_code == 302
    assert CameraSite.objects.get().status == CameraSite.Status.LIVE


def test_the_api_sets_live_only_what_was_read_where_it_says_so(
    proposed_site, infrastructure_lead, superintendent, client_of
):
    site, decider = proposed_site(), client_of(superintendent)
    tag = decider.get(reverse("api_site_detail", args=[site.pk])).headers["ETag"]
    actions.add_camera(site, by=infrastructure_lead, ref="ring-north-2", lane="2", direction="south")
    body = {"path": reverse("api_site_set_live", args=[site.pk]), "data": {}, "content_type": "application/json"}
    assert decider.post(**body, headers={"If-Match": tag}).status_code == 412
    tag = decider.get(reverse("api_site_detail", args=[site.pk])).headers["ETag"]
    assert decider.post(**body, headers={"If-Match": tag}).json()["status"] == "live"


def test_sections_of_a_draft_saved_in_two_windows(draft, infrastructure_lead, client_of):
    client, address = client_of(infrastructure_lead), reverse("dpia_edit", args=[draft.dpia_id])
    opened = as_read(client.get(address))
    actions.edit_version(draft, by=infrastructure_lead, risk_register=[RISK, RISK | {"risk": "Misuse"}])
    first = client.post(address, CONTENTS | {"as_read": opened, "need": "Said first."})
    assert first.status_code == 302, "another page's rows are not overwritten by these sections"
    late = client.post(address, CONTENTS | {"as_read": opened, "need": "Said second."})
    assert (late.status_code, TOLD in late.content.decode()) == (422, True)
    draft.refresh_from_db()
    assert (draft.need, len(draft.risk_register)) == ("Said first.", 2)


def test_a_page_that_would_begin_a_version_does_not_write_into_one_begun_meanwhile(
    dpia, infrastructure_lead, client_of
):
    client, address = client_of(infrastructure_lead), reverse("dpia_edit", args=[dpia.pk])
    opened = as_read(client.get(address))
    begun = actions.begin_version(dpia, by=infrastructure_lead, need="Begun elsewhere.")
    late = client.post(address, CONTENTS | {"as_read": opened})
    assert (late.status_code, TOLD in late.content.decode()) == (422, True)
    assert DpiaVersion.objects.get(pk=begun.pk).need == "Begun elsewhere."


def test_an_answer_of_the_self_assessment_saved_in_two_windows(infrastructure_lead, client_of):
    begun = actions.begin_self_assessment(
        by=infrastructure_lead, system="Cameras", period_from=dt.date(2025, 1, 1), period_until=dt.date(2025, 12, 31)
    )
    client, address = client_of(infrastructure_lead), reverse("code_principle", args=[begun.pk, 3])
    opened = as_read(client.get(address))
    actions.answer_principle(begun, 3, by=infrastructure_lead, compliance="full", statement="Said first.")
    typed = {"compliance": "part", "statement": "Said second.", "evidence": ""}
    late = client.post(address, typed | {"as_read": opened})
    assert (late.status_code, TOLD in late.content.decode()) == (422, True)
    assert begun.answers.get(principle=3).statement == "Said first."
    assert client.post(address, typed | {"as_read": as_read(late)}).status_code == 302
    assert begun.answers.get(principle=3).statement == "Said second."


def test_rows_of_a_draft_saved_in_two_windows(draft, infrastructure_lead, client_of):
    client, address = client_of(infrastructure_lead), reverse("dpia_registers", args=[draft.dpia_id])
    opened = as_read(client.get(address))
    actions.edit_version(draft, by=infrastructure_lead, risk_register=[RISK, RISK | {"risk": "Misuse"}])
    typed = rows(risk_register=[RISK], measure_register=[MEASURE], consultees=[])
    late = client.post(address, typed | {"as_read": opened})
    assert (late.status_code, TOLD in late.content.decode()) == (422, True)
    draft.refresh_from_db()
    assert len(draft.risk_register) == 2
    assert client.post(address, typed | {"as_read": as_read(late)}).status_code == 302
    draft.refresh_from_db()
    assert len(draft.risk_register) == 1
