"""The person who adds everybody else, at the terminal of an empty portal."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import User
from audit.models import Event
from audit.verbs import Verb
from tests.test_people import NEW

pytestmark = pytest.mark.django_db


def add_first(monkeypatch, username, password):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    call_command("add_first_administrator", username, first_name="First", last_name="Person", stdout=io.StringIO())


def test_first_administrator_is_added_at_the_terminal_and_adds_the_others(client_of, monkeypatch):
    add_first(monkeypatch, "first.person", "a quite long password 7")
    first = User.objects.get(username="first.person")
    assert first.actor_role == "System administrator"
    assert Event.objects.get(verb=Verb.USER_ADDED).actor_kind == "job"
    assert client_of(first).post(reverse("person_new"), NEW).status_code == 302
    assert User.objects.filter(username="new.person").exists()


def test_first_administrator_with_a_weak_password_is_not_added(monkeypatch):
    with pytest.raises(CommandError, match="too short"):
        add_first(monkeypatch, "first.person", "short")
    assert not User.objects.exists()


def test_second_administrator_is_not_added_at_the_terminal(administrator, monkeypatch):
    with pytest.raises(CommandError, match="already"):
        add_first(monkeypatch, "second.person", "a quite long password 7")
