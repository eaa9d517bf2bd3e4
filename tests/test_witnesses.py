"""Matchers bear witness to the log: each feed tells how it stands, receipts say how it was seen, and a log rewritten is found out."""

import json

import pytest
from django.db import connection

from accounts.models import SystemJob
from audit import sealing
from audit.actions import record
from audit.checkpoints import newest_checkpoint
from audit.models import Event
from audit.verbs import Verb
from matcher_client.refusals import Refused
from matcher_client.witness import Witness, agree, read_log
from matchers import actions
from matchers.models import Metadata, Receipt
from portal.database.throwaway import admin_connection
from tests.publishing import PUBLISHER, publish

JOB = SystemJob("tester")
sealed = pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention", "sealer"])


@pytest.fixture
def key(settings, tmp_path):
    """A key of the test's own."""
    settings.SEAL_DIR = tmp_path / "seal"
    return sealing.make_key()


def note(size: int, root: str = "A", origin: str = "log") -> str:
    return f"{origin}\n{size}\n{root}\n\n\N{EM DASH} {origin} x\n"


def told() -> str | None:
    """What the newest timestamp of the feed says of the log."""
    body = Metadata.objects.filter(role="timestamp").latest("version").body
    return json.loads(bytes(body))["signed"].get("x-log")


@sealed
def test_feeds_tell_how_the_log_stands_and_receipts_how_it_was_seen(key, matcher, hotlist, approved_entry, client_for):
    approved_entry()
    publish(hotlist)
    assert told() is None, "nothing was sealed yet"
    sealing.seal()
    actions.refresh_timestamps(by=PUBLISHER)
    assert told() == newest_checkpoint()
    client = client_for(matcher)
    client.update()
    client.prove()
    receipt = Receipt.objects.get()
    assert (receipt.log, receipt.is_log_ours) == (newest_checkpoint(), True)
    assert not Event.objects.filter(verb=Verb.LOG_DISPUTED).exists()


@sealed
def test_log_that_was_rewritten_and_signed_anew_is_found_out(
    key, matcher, hotlist, approved_entry, client_for, settings
):
    entry = approved_entry()
    sealing.seal()
    publish(hotlist)
    client = client_for(matcher)
    client.update()
    client.prove()
    # Whoever has the database and the sealer's folder takes the log apart, changes an event, and seals all of it anew.
    with admin_connection(connection.settings_dict["NAME"], options="-c session_replication_role=replica") as admin:
        admin.execute("DELETE FROM audit_leaf")
        admin.execute("DELETE FROM audit_checkpoint")
        admin.execute("INSERT INTO audit_unsealed SELECT id FROM audit_event ON CONFLICT DO NOTHING")
        admin.execute("UPDATE audit_event SET actor_id = 'other' WHERE subject_id = %s", [str(entry.pk)])
    (settings.SEAL_DIR / "sealed.json").unlink()
    sealing.seal()
    assert sealing.verifier() == key
    approved_entry(vrm_entered="XY50 ZZZ")
    publish(hotlist)
    client.update()
    client.prove()
    assert Receipt.objects.latest("received_at").is_log_ours is False
    assert Event.objects.filter(verb=Verb.LOG_DISPUTED).count() == 1


@pytest.mark.parametrize(
    ("kept", "next_", "is_right"),
    [
        ("", note(1), True),
        (note(4), note(9, "B"), True),
        (note(4), note(4), True),
        (note(4), note(4, "B"), False),
        (note(4), note(3), False),
        (note(4), note(1, origin="log-2"), True),
    ],
)
def test_a_log_only_grows(kept, next_, is_right):
    assert agree(kept, next_) is is_right


def test_the_first_of_each_day_is_kept_and_outlives_a_restart(tmp_path):
    witness = Witness(tmp_path / "witness.json")
    for day, size in enumerate((3, 5, 8)):
        assert witness.see(note(size), day * 86_400)
        assert witness.see(note(size + 1), day * 86_400 + 60)
    assert not witness.see(note(2), 3 * 86_400)
    again = Witness(tmp_path / "witness.json")
    assert again.newest == note(8)
    said = {again.said()["log_before"] for _ in range(200)}
    assert said == {note(3), note(5), note(8)}


def test_what_cannot_be_read_is_begun_anew(tmp_path):
    (tmp_path / "witness.json").write_text("{")
    witness = Witness(tmp_path / "witness.json")
    assert witness.said() == {}
    assert witness.see(note(3), 0)


@pytest.mark.parametrize("wrong", [7, "", "log\n4\n", "log\nfour\nA\n\nx", "log\n-4\nA\n\nx", "x" * 3_000])
def test_what_is_no_checkpoint_is_refused(wrong):
    with pytest.raises(Refused):
        read_log(wrong)


@sealed
def test_receipt_without_a_checkpoint_is_as_good_as_before(key, matcher, hotlist, approved_entry, client_for):
    approved_entry()
    publish(hotlist)
    record(Verb.PROFILE_ADOPTED, target=hotlist, by=JOB)
    client = client_for(matcher)
    client.update()
    client.prove()
    receipt = Receipt.objects.get()
    assert (receipt.is_right, receipt.log, receipt.is_log_ours) == (True, "", None)
