"""The log looked through by the clock and by people: what is wrong is an incident that nobody can miss."""

import pytest
from django.db import connection

from accounts.models import SystemJob
from audit import sealing, tasks
from audit.actions import record, verify_log
from audit.models import Event, Verification
from audit.verbs import Verb
from portal.database.throwaway import admin_connection
from portal.errors import Refused, TooLate
from portal.health import report
from scrutiny.models import Finding
from standards.models import StandardsProfile

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention", "sealer"])

JOB = SystemJob("tester")


@pytest.fixture(autouse=True)
def key(settings, tmp_path):
    settings.SEAL_DIR = tmp_path / "seal"
    return sealing.make_key()


def act(times: int = 1) -> list[Event]:
    target = StandardsProfile.objects.order_by("pk").first()
    return [record(Verb.PROFILE_ADOPTED, target=target, by=JOB, number=n) for n in range(times)]


def rewrite(event: Event) -> None:
    """As an administrator of the server, whom no trigger stops."""
    with admin_connection(connection.settings_dict["NAME"], options="-c session_replication_role=replica") as admin:
        assert admin.execute("UPDATE audit_event SET actor_id = 'nobody' WHERE id = %s", [event.pk]).rowcount


def test_each_look_goes_on_from_the_last_good_one_and_once_in_a_while_from_zero():
    act(3)
    sealing.seal()
    tasks.verify()
    act(2)
    sealing.seal()
    tasks.verify()
    second, first = Verification.objects.all()[:2]
    assert (first.after, first.size) == (0, 3)
    assert (second.after, second.size, second.problems) == (3, 6, [])  # the look itself is an event
    tasks.verify(whole=True)
    assert Verification.objects.first().after == 0


def test_broken_log_is_a_finding_an_event_and_bad_health(dpo):
    events = act(3)
    sealing.seal()
    assert report()["log"] == "ok"
    rewrite(events[1])
    tasks.verify()
    found = Finding.objects.get(kind=Finding.Kind.LOG)
    assert str(events[1].pk) in found.words
    assert found.owner == dpo
    assert Event.objects.filter(verb=Verb.LOG_BROKEN).get().count == 1
    assert str(events[1].pk) in report()["log"]
    tasks.verify()
    assert Finding.objects.filter(kind=Finding.Kind.LOG).count() == 1, "one while it stands"


def test_what_was_good_and_then_rewritten_is_found_by_the_look_at_all(dpo):
    events = act(3)
    sealing.seal()
    tasks.verify()
    rewrite(events[0])
    sealing.seal()
    tasks.verify()
    assert not Verification.objects.first().problems, "it looks at what is new"
    tasks.verify(whole=True)
    assert Verification.objects.first().problems


def test_checkpoint_that_was_good_and_is_gone_has_all_of_it_looked_at(dpo):
    act(3)
    sealing.seal()
    tasks.verify()
    with admin_connection(connection.settings_dict["NAME"], options="-c session_replication_role=replica") as admin:
        admin.execute("DELETE FROM audit_checkpoint")
    tasks.verify()
    last = Verification.objects.first()
    assert last.after == 0
    assert last.problems


def test_without_a_key_nothing_is_said(settings, tmp_path):
    settings.SEAL_DIR = tmp_path / "nowhere"
    with pytest.raises(TooLate, match="PORTAL_AUDIT_KEY"):
        verify_log(by=JOB)


def test_key_may_come_from_the_settings(settings, tmp_path, key):
    act()
    sealing.seal()
    settings.SEAL_DIR, settings.AUDIT_KEY = tmp_path / "nowhere", key.spelled()
    assert verify_log(by=JOB).problems == []


def test_page_tells_and_a_person_may_have_it_looked_at(client_of, dpo, submitter):
    act(3)
    sealing.seal()
    client = client_of(dpo)
    assert "Nobody has looked yet" in client.get("/audit/verifications/").text
    assert client.post("/audit/verifications/", {"whole": "1"}, follow=True).status_code == 200
    assert Event.objects.filter(verb=Verb.LOG_LOOKED_INTO).count() == 1
    tasks.verify()
    assert "As sealed" in client.get("/audit/verifications/").text
    assert client_of(submitter).get("/audit/verifications/").status_code == 403
    with pytest.raises(Refused):
        verify_log(by=submitter)


def test_api_tells_the_same(client_of, dpo):
    act(3)
    sealing.seal()
    tasks.verify()
    client = client_of(dpo)
    (row,) = client.get("/api/v1/log/verifications/").json()["results"]
    assert (row["size"], row["problems"]) == (Verification.objects.get().size, [])
    assert (
        client.post("/api/v1/log/verifications/", {"whole": True}, content_type="application/json").status_code == 202
    )
