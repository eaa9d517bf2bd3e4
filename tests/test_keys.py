"""Keys that travel as one text."""

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import Team, User
from audit.models import Event
from portal.database.keys import Keys
from tests.cast import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db


def test_keys_of_rows_find_those_rows_again_whatever_their_kind(submitter, supervisor, dpo):
    assert User.objects.filter(Keys.of(User.objects.filter(pk__in=[submitter.pk, dpo.pk])).among("pk")).count() == 2
    assert User.objects.filter(Keys.listed(User, [supervisor.pk]).among("pk")).get() == supervisor
    Session.objects.create(session_key='with,comma"', session_data="", expire_date=timezone.now())
    odd = Keys.of(Session.objects.filter(session_key__contains=","))
    assert Session.objects.filter(odd.among("pk")).get().session_key == 'with,comma"'
    with pytest.raises(ValueError, match="commas"):
        odd.spelled("sessions.session:")


def test_no_keys_find_nothing():
    none = Keys.of(Team.objects.none())
    assert not none and not Team.objects.filter(none.among("pk")).exists()
    assert not Event.objects.about("hotlists.entry", "nobody").exists()


def test_subject_of_very_many_events_is_told_of_as_one_of_few(submitter, monkeypatch):
    few = list(Event.objects.about("accounts.user", submitter.pk).values_list("pk", flat=True))
    assert few
    monkeypatch.setattr("audit.models.FEW", 0)
    assert set(Event.objects.about("accounts.user", submitter.pk).values_list("pk", flat=True)) == set(few)


def test_keys_are_spelled_behind_what_kind_of_thing_they_are():
    assert Keys.listed(Team, [1, 22]).spelled("accounts.team:") == "{accounts.team:1,accounts.team:22}"
    assert Keys.of(Team.objects.none()).spelled("accounts.team:") == "{}"
