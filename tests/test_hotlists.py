"""The lists themselves: created by who manages them, seen by whom they are given to, ending by themselves."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hotlists import actions
from hotlists.models import Hotlist
from portal.errors import Refused, Unfit

pytestmark = pytest.mark.django_db


def facts(owner, dpia=None, **over) -> dict:
    return {
        "slug": "new-list", "title": "New list", "kind": "MANAGED", "purpose": "Find vehicles.", "controller": "Northdale Police",
        "legal_basis": "DPA 2018 Part 3", "owner": owner, "dpia": dpia, "categories": ["CRM"], "actions": ["ASSESS"],
        "sunset_at": timezone.now() + dt.timedelta(days=300), **over,
    }  # fmt: skip


def test_manager_creates_a_list_and_gives_a_team_access(manager, submitter, dpia, team, client_of):
    client = client_of(manager)
    sent = facts(manager.pk, dpia.pk, sunset_at=(timezone.now() + dt.timedelta(days=300)).strftime("%Y-%m-%dT%H:%M"),
                 offline_life_hours=24, deputy="", gsc="OS", circulation="LOCAL")  # fmt: skip
    page = client.post(reverse("hotlist_new"), sent, follow=True)
    assert page.status_code == 200
    made = Hotlist.objects.get(slug="new-list")
    assert Hotlist.objects.in_force(timezone.now()).filter(pk=made.pk).exists()
    assert client_of(submitter).get(reverse("hotlist_detail", args=["new-list"])).status_code == 404
    client.post(reverse("hotlist_access", args=["new-list"]), {"team": team.pk})
    assert client_of(submitter).get(reverse("hotlist_detail", args=["new-list"])).status_code == 200


def test_colleague_who_does_not_manage_lists_is_refused(submitter, superintendent, client_of):
    assert client_of(submitter).get(reverse("hotlist_new")).status_code == 403
    with pytest.raises(Refused):
        actions.create_hotlist(by=superintendent, **facts(superintendent))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sunset_at", dt.timedelta(days=400)),
        ("sunset_at", dt.timedelta(days=-1)),
        ("categories", ["NONE"]),
        ("categories", []),
    ],
)
def test_list_without_an_end_or_category_is_unfit(manager, field, value):
    if isinstance(value, dt.timedelta):
        value = timezone.now() + value
    with pytest.raises(Unfit) as refusal:
        actions.create_hotlist(by=manager, **facts(manager, **{field: value}))
    assert field in refusal.value.fields


def test_list_without_an_assessment_is_not_in_force_and_says_so(manager, client_of):
    actions.create_hotlist(by=manager, **facts(manager))
    assert not Hotlist.objects.in_force(timezone.now()).exists()
    assert b"Not in force" in client_of(manager).get(reverse("hotlist_detail", args=["new-list"])).content


def test_api_creates_a_list_and_gives_access(manager, submitter, dpia, team, client_of):
    client = client_of(manager)
    body = facts(manager.pk, str(dpia.pk)) | {"sunset_at": (timezone.now() + dt.timedelta(days=300)).isoformat()}
    assert client.post(reverse("api_hotlist_list"), body, content_type="application/json").status_code == 201
    give = reverse("api_hotlist_access", args=["new-list"])
    assert (
        client.post(give, {"team": team.name, "person": "submitter"}, content_type="application/json").status_code
        == 400
    )
    assert client.post(give, {"team": team.name}, content_type="application/json").status_code == 204
    assert Hotlist.objects.visible_to(submitter).filter(slug="new-list").exists()
    assert client_of(submitter).post(give, {"team": team.name}, content_type="application/json").status_code == 403
