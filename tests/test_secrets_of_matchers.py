"""Secrets of matchers are changed without a moment at which neither works; the first use of the new ends the old."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import MachineClient
from audit.models import ColumnChange, Event
from matcher_client.cli import main
from matchers import actions, waiting
from portal.errors import Refused

pytestmark = pytest.mark.django_db


def words(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def signs_in(client, matcher):
    """signs_in(secret): the token that this secret gets, or none."""

    def ask(secret: str) -> str:
        facts = {
            "grant_type": "client_credentials",
            "scope": "matcher",
            "client_id": matcher.client_id,
            "client_secret": secret,
        }
        answer = client.post("/oauth/token/", facts)
        return answer.json().get("access_token", "") if answer.status_code == 200 else ""

    return ask


def test_both_secrets_work_until_the_new_is_used_and_then_only_that(matcher, manager, signs_in, client):
    new = actions.rotate_secret(matcher.matcher, by=manager)
    old_token = signs_in(matcher.client_secret)
    assert old_token
    assert signs_in(new)
    assert not signs_in(matcher.client_secret)
    assert signs_in(new)
    address = reverse("api_matcher_own_secret")
    old = {"Authorization": f"Bearer {old_token}"}
    assert client.post(address, headers=old, content_type="application/json").status_code == 401
    assert Event.objects.filter(verb="machine.secret_taken_up").count() == 1


def test_the_old_secret_ends_with_the_overlap_though_the_new_was_never_used(matcher, manager, signs_in):
    new = actions.rotate_secret(matcher.matcher, by=manager)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25), tick=False):
        assert not signs_in(matcher.client_secret)
        assert signs_in(new)


def test_issuing_again_does_not_keep_the_old_one_alive(matcher, manager, signs_in):
    first = actions.rotate_secret(matcher.matcher, by=manager)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=20), tick=False):
        second = actions.rotate_secret(matcher.matcher, by=manager)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25), tick=False):
        assert not signs_in(matcher.client_secret)
        assert not signs_in(first)
        assert signs_in(second)


def test_a_matcher_changes_its_own_secret_and_no_other_machine_does(matcher, add_matcher, signs_in, client):
    address = reverse("api_matcher_own_secret")
    bearer = {"Authorization": f"Bearer {signs_in(matcher.client_secret)}"}
    answer = client.post(address, headers=bearer, content_type="application/json")
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert signs_in(answer.json()["client_secret"])
    assert client.post(address, content_type="application/json").status_code == 401
    other = add_matcher("Other").matcher
    with pytest.raises(Refused):
        actions.rotate_secret(other, by=matcher.matcher.machine)


def test_a_stopped_matcher_gets_no_other_secret(matcher, manager, submitter):
    with pytest.raises(Refused):
        actions.rotate_secret(matcher.matcher, by=submitter)
    actions.stop_matcher(matcher.matcher, by=manager, reason="Stolen.")
    with pytest.raises(Refused, match="stopped"):
        actions.rotate_secret(matcher.matcher, by=matcher.matcher.machine)


def test_page_and_api_tell_the_new_secret_once(matcher, manager, client_of, signs_in):
    page = client_of(manager).post(reverse("matcher_secret", args=[matcher.matcher.pk]))
    assert "works until this one is first used" in words(page)
    assert page.headers["Cache-Control"] == "no-store"
    answer = client_of(manager).post(
        reverse("api_matcher_secret", args=[matcher.matcher.pk]), content_type="application/json"
    )
    assert signs_in(answer.json()["client_secret"])
    assert "another waits" not in words(client_of(manager).get(reverse("matcher_detail", args=[matcher.matcher.pk])))


def test_a_secret_that_is_a_year_old_stands_out(matcher, manager, client_of):
    def shown() -> bool:
        return any(
            "secret is overdue" in item.title and item.count for item in waiting.questions(manager, timezone.now())
        )

    assert not shown()
    MachineClient.objects.update(secret_since=timezone.now() - dt.timedelta(days=366))
    assert shown()
    page = words(client_of(manager).get(reverse("matcher_detail", args=[matcher.matcher.pk])))
    assert "Overdue to be changed" in page


def test_the_database_keeps_a_next_secret_to_its_overlap(matcher):
    with pytest.raises(IntegrityError, match="has_an_overlap"), transaction.atomic():
        MachineClient.objects.update(next_secret="x" * 40)


def test_what_the_log_keeps_of_columns_holds_no_secret(matcher, manager):
    actions.rotate_secret(matcher.matcher, by=manager)
    hashed = MachineClient.objects.get(pk=matcher.matcher.machine_id).next_secret
    assert hashed
    assert not ColumnChange.objects.filter(changes__icontains=hashed[-20:]).exists()


@pytest.mark.django_db(transaction=True)
def test_the_command_changes_the_secret_in_its_file(matcher, live_server, tmp_path, signs_in, capsys):
    file = tmp_path / "secret"
    file.write_text(matcher.client_secret)
    command = [
        "rotate",
        "--portal",
        live_server.url,
        "--client-id",
        matcher.client_id,
        "--client-secret-file",
        str(file),
    ]
    assert main(command) == 0
    assert file.stat().st_mode & 0o077 == 0
    assert not signs_in(matcher.client_secret)
    assert signs_in(file.read_text())
    file.write_text(matcher.client_secret)
    assert main(command) == 1
