"""Matchers, allocations and publications over the API: the same checks as the pages, told as problems."""

import datetime as dt
import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import add_machine
from accounts.models import SystemJob
from audit.models import Event
from matchers.models import Allocation, Matcher
from tests.publishing import publish


@pytest.fixture
def reader(db):
    """A machine that may read, with its token."""
    machine, secret = add_machine("Figures", by=SystemJob("tests"), scopes=["read"])
    asked = {"grant_type": "client_credentials", "client_id": machine.application.client_id, "client_secret": secret,
             "scope": "read"}  # fmt: skip
    token = Client().post("/oauth/token/", asked).json()["access_token"]
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_manager_adds_allocates_and_revokes_over_the_api(publication_keys, hotlist, manager, client_of):
    api = client_of(manager)
    body = {"name": "Ring road", "purpose": "Fixed cameras"}
    added = api.post(reverse("api_matcher_list"), body, "application/json")
    assert added.status_code == 201
    assert set(added.json()) == {"matcher", "client_id", "client_secret", "enrol_code"}
    facts = {
        "matcher": added.json()["matcher"]["id"], "hotlist": hotlist.slug, "purpose": "Alerts", "agreement_ref": "ISA 1",
        "until_at": (timezone.now() + dt.timedelta(days=400)).isoformat(),
    }  # fmt: skip
    too_long = api.post(reverse("api_allocation_list"), facts, "application/json")
    assert (too_long.status_code, too_long.json()["errors"][0]["pointer"]) == (422, "/until_at")
    facts["until_at"] = (timezone.now() + dt.timedelta(days=30)).isoformat()
    assert api.post(reverse("api_allocation_list"), facts, "application/json").status_code == 201
    again = api.post(reverse("api_allocation_list"), facts, "application/json")
    assert (again.status_code, again.json()["detail"]) == (403, "This matcher has this list already.")
    revoke = reverse("api_allocation_revoke", args=[Allocation.objects.get().pk])
    assert api.post(revoke, {"reason": "The trial is over."}, "application/json").status_code == 200
    assert api.post(revoke, {"reason": "Again."}, "application/json").status_code == 403
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert {"matcher.added", "list.allocated", "list.revoked"} <= verbs


def test_machine_reads_and_changes_nothing(matcher, hotlist, approved_entry, reader):
    approved_entry()
    publish(hotlist)
    [published] = reader.get(reverse("api_publication_list")).json()["results"]
    assert (published["hotlist"], published["rows"], published["matcher"]) == (hotlist.slug, 1, None)
    assert len(reader.get(reverse("api_matcher_list")).json()["results"]) == 1
    assert "secret" not in reader.get(reverse("api_matcher_detail", args=[Matcher.objects.get().pk])).content.decode()
    assert len(reader.get(reverse("api_allocation_list")).json()["results"]) == 1
    assert reader.get(reverse("api_receipt_list")).json()["results"] == []
    assert (
        reader.post(reverse("api_matcher_list"), {"name": "x", "purpose": "y"}, "application/json").status_code == 403
    )


def test_colleague_is_refused_and_stranger_asked_to_sign_in(matcher, supervisor, outsider, client_of):
    for name in ("api_matcher_list", "api_allocation_list", "api_publication_list", "api_receipt_list"):
        assert client_of(supervisor).get(reverse(name)).status_code == 403
        assert Client().get(reverse(name)).status_code == 401
    revoke = reverse("api_allocation_revoke", args=[Allocation.objects.get().pk])
    assert client_of(outsider).post(revoke, {"reason": "x"}, "application/json").status_code == 404
    assert client_of(supervisor).post(revoke, {"reason": "x"}, "application/json").status_code == 403


def test_list_that_is_not_ones_own_to_see_answers_as_one_that_does_not_exist(matcher, hotlist, outsider, client_of):
    api = client_of(outsider)
    until = (timezone.now() + dt.timedelta(days=30)).isoformat()
    facts = {"matcher": str(matcher.matcher.pk), "purpose": "Find them", "agreement_ref": "A-1", "until_at": until}

    def told(slug: str) -> list[dict]:
        answers = [
            api.post(reverse("api_allocation_list"), facts | {"hotlist": slug}, "application/json"),
            api.get(reverse("api_hit_list"), {"hotlist": slug}),
        ]
        assert [answer.status_code for answer in answers] == [400, 400]
        return [json.loads(answer.content.decode().replace(slug, "…")) | {"instance": ""} for answer in answers]

    assert told(hotlist.slug) == told("no-such-list")
