"""Retention from the command line; and a database that was put back is shut until what was erased is erased again."""

import datetime as dt
import json

import pytest
from django.core.management import call_command
from django.utils import timezone

from hotlists.models import Entry
from portal import health
from retention import actions, replay
from retention.models import Certificate
from tests.months_cast import *  # noqa: F403 - fixtures
from tests.test_retention import months_later

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "retention", "owner"])


@pytest.fixture
def mark(settings, tmp_path, monkeypatch):
    """Where it is noted up to when retention was carried out."""
    settings.RETENTION_MARK = str(tmp_path / "mark.json")
    monkeypatch.setattr(replay.ReplayMiddleware, "is_settled", False)
    return tmp_path / "mark.json"


def put_back(mark) -> None:
    """As if the database were one from before the last run: the mark knows of a later one."""
    mark.write_text(json.dumps({"carried_out_up_to": (timezone.now() - dt.timedelta(hours=1)).isoformat()}))


def test_simulating_says_what_would_go_and_erases_nothing(closed_entry, capsys, mark):
    with months_later(12, days=3):
        call_command("apply_retention", simulate=True)
    told = capsys.readouterr().out
    assert "hotlists.Entry: 1 would go with" in told
    assert "Nothing was erased" in told
    assert "AB01" not in told
    assert Entry.objects.filter(pk=closed_entry.pk).exists()
    assert not Certificate.objects.exists()
    assert not mark.exists()


def test_command_erases_and_marks_outside_the_database_up_to_when(closed_entry, capsys, mark):
    with months_later(12, days=3):
        call_command("apply_retention")
    assert "hotlists.Entry: 1 erased" in capsys.readouterr().out
    assert not Entry.objects.exists()
    assert (
        dt.datetime.fromisoformat(json.loads(mark.read_text())["carried_out_up_to"]) == Certificate.objects.get().as_of
    )


def test_database_that_was_put_back_lets_in_only_those_who_mend_until_it_is_erased_again(
    mark, client_of, submitter, dpo
):
    put_back(mark)
    refused = client_of(submitter).get("/")
    assert refused.status_code == 503
    assert "older than the last deletion" in refused.content.decode()
    told = client_of(submitter).get("/api/v1/entries/")
    assert (told.status_code, told.headers["Content-Type"]) == (503, "application/problem+json")
    assert health.report()["retention"] == replay.WORDS
    assert client_of(dpo).get("/retention/").status_code == 200
    call_command("apply_retention")
    assert client_of(submitter).get("/").status_code == 200
    assert health.report()["retention"] == "ok"


def test_without_a_restore_it_is_asked_once_and_nobody_is_kept_out(mark, client_of, submitter):
    actions.apply(by=actions.CLOCK)
    assert not replay.is_owed()
    assert client_of(submitter).get("/").status_code == 200
    assert replay.ReplayMiddleware.is_settled
