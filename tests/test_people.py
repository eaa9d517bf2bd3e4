"""People and machines: added, changed and ended by the administrator, by page and by API."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import AccessToken

from accounts import actions
from accounts.models import MachineClient, Team, User
from accounts.policies import holds
from audit.models import Event
from audit.verbs import Verb
from hotlists.actions import give_access
from hotlists.models import Hotlist
from portal.errors import Refused, Unfit
from standards.ranks import Rank
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db

NEW = {"username": "new.person", "password": "a quite long password 7", "first_name": "New", "last_name": "Person",
       "rank": "20", "roles": ["SUP"]}  # fmt: skip


def test_administrator_adds_a_person_who_can_sign_in(administrator, client_of):
    client_of(administrator).post(reverse("person_new"), NEW)
    added = User.objects.get(username="new.person")
    assert (added.rank, added.actor_role) == (Rank.SERGEANT, "Supervisor")
    answer = Client().post(reverse("account_login"), {"login": "new.person", "password": NEW["password"]})
    assert answer.status_code == 302
    assert added.sign_ins.count() == 1
    assert Event.objects.filter(verb=Verb.USER_ADDED, subject_id=str(added.pk)).exists()


def test_nobody_else_may_keep_accounts(cast, client_of):
    for name, user in cast.items():
        if name != "administrator":
            assert client_of(user).get(reverse("person_list")).status_code == 403, name
            with pytest.raises(Refused):
                actions.change_user(user, by=user, roles=["SPT"], rank=Rank.SUPERINTENDENT)


def test_username_taken_is_said_at_its_field(administrator, client_of, submitter):
    page = client_of(administrator).post(reverse("person_new"), NEW | {"username": "submitter"})
    assert "Somebody has this username" in page.content.decode()
    with pytest.raises(Unfit):
        actions.add_machine("x", by=administrator, scopes=["read"]) and actions.add_machine(
            "x", by=administrator, scopes=[]
        )


def test_administrator_does_not_choose_their_own_roles(administrator, client_of):
    with pytest.raises(Refused, match="your own roles"):
        actions.change_user(administrator, by=administrator, roles=["ADM", "IAO"], rank=Rank.SUPERINTENDENT)
    answer = client_of(administrator).post(reverse("person_edit", args=[administrator.pk]), NEW | {"roles": ["IAO"]})
    assert answer.status_code == 403
    assert administrator.actor_role == "System administrator"


def test_change_of_roles_keeps_the_teams(administrator, submitter, team):
    actions.change_user(submitter, by=administrator, roles=["SUP"], rank=Rank.SERGEANT)
    assert set(submitter.groups.values_list("name", flat=True)) == {"Supervisor", team.name}
    assert submitter.groups.filter(pk=Group.objects.get(name="Submitter").pk).count() == 0


def test_ended_access_ends_every_session_at_once(administrator, submitter, client_of):
    client = client_of(submitter)
    assert client.get(reverse("home")).status_code == 200
    actions.deactivate_user(submitter, by=administrator)
    assert client.get(reverse("home")).status_code == 302
    assert not submitter.sign_ins.filter(ended_at=None).exists()
    refused = Client().post(reverse("account_login"), {"login": "submitter", "password": PASSWORD})
    assert refused.url == reverse("account_inactive")
    with pytest.raises(Refused, match="own access"):
        actions.deactivate_user(administrator, by=administrator)


def test_lapsed_training_stops_a_person_from_acting(submitter):
    submitter.trained_until = "2020-01-01"
    submitter.save()
    submitter.refresh_from_db()
    verdict = holds(submitter, "hotlists.write_entry")
    assert not verdict
    assert "ANPR training has lapsed" in verdict.reason


def test_machine_signs_in_with_its_secret_and_reads_what_it_may(administrator, client_of, approved_entry):
    approved_entry()
    answer = client_of(administrator).post(
        reverse("api_machine_list"), {"name": "Reader", "scopes": ["read"]}, content_type="application/json"
    )
    assert answer.status_code == 201, answer.content
    credentials = {"grant_type": "client_credentials", "client_id": answer.json()["client_id"],
                   "client_secret": answer.json()["client_secret"], "scope": "read"}  # fmt: skip
    token = Client().post(reverse("oauth_token"), credentials).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert len(Client().get(reverse("api_entry_list"), headers=bearer).json()["results"]) == 1
    assert Client().get(reverse("api_entry_list"), headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert Client().get(reverse("api_entry_list"), {"access_token": token}).status_code == 401
    assert not AccessToken.objects.filter(token=token).exists(), "stored in clear"
    refused = Client().post(reverse("api_plate_search"), {"plate": "AB01CDE", "reason": "x"}, headers=bearer,
                            content_type="application/json")  # fmt: skip
    assert refused.status_code == 403, "a machine that may read does not search"
    MachineClient.objects.update(is_active=False)
    assert Client().get(reverse("api_entry_list"), headers=bearer).status_code == 401


def test_machine_gets_no_scope_that_it_was_not_given(administrator):
    machine, secret = actions.add_machine("Reader", by=administrator, scopes=["read"])
    credentials = {
        "grant_type": "client_credentials",
        "client_id": machine.application.client_id,
        "client_secret": secret,
    }
    assert Client().post(reverse("oauth_token"), credentials | {"scope": "read write"}).status_code == 400
    assert Client().post(reverse("oauth_token"), credentials).json()["scope"] == "read"
    machine.is_active = False
    machine.save()
    assert Client().post(reverse("oauth_token"), credentials | {"scope": "read"}).status_code == 400


def test_team_gives_its_members_sight_and_takes_it_from_those_who_leave(
    administrator, manager, outsider, hotlist, client_of
):
    client = client_of(administrator)
    client.post(reverse("team_list"), {"name": "Night shift", "unit": "Northdale", "members": [outsider.pk]})
    made = Team.objects.get(group__name="Night shift")
    give_access(hotlist, made.group, by=manager)
    assert Hotlist.objects.visible_to(outsider).filter(pk=hotlist.pk).exists()
    assert (
        b"A team or role has this name"
        in client.post(reverse("team_list"), {"name": "Supervisor", "unit": "x"}).content
    )
    changed = client.post(reverse("team_edit", args=[made.pk]), {"members": []})
    assert changed.status_code == 302, changed.content
    assert not made.group.user_set.exists()
    assert not Hotlist.objects.visible_to(outsider).exists()
    assert client_of(manager).get(reverse("team_list")).status_code == 403


def test_team_over_the_api(administrator, outsider, client_of):
    client = client_of(administrator)
    body = {"name": "Days", "unit": "Northdale", "members": ["outsider"]}
    made = client.post(reverse("api_team_list"), body, content_type="application/json")
    assert made.status_code == 201, made.content
    assert client.get(reverse("api_team_list")).json()["results"][0]["members"] == ["outsider"]
    address = reverse("api_team_detail", args=[made.json()["id"]])
    assert client.put(address, {"members": []}, content_type="application/json").json()["members"] == []
    assert client_of(outsider).put(address, {"members": []}, content_type="application/json").status_code == 403
