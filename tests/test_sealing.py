"""The sealer and what it leaves to verify: nothing lost, nothing twice, and every kind of tampering found."""

import threading
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction

from accounts.models import SystemJob
from audit import sealing, verification
from audit.actions import record
from audit.models import Checkpoint, Event, EventDetail, Leaf, Unsealed
from audit.seal import merkle, notes
from audit.seal.guard import Behind, Guard, Stood
from audit.verbs import Verb
from portal.database.throwaway import admin_connection
from portal.ids import new_id
from standards.models import StandardsProfile

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention", "sealer"])

JOB = SystemJob("tester")


@pytest.fixture(autouse=True)
def key(settings, tmp_path):
    """A key and a guard of the test's own."""
    settings.SEAL_DIR = tmp_path / "seal"
    return sealing.make_key()


def act(times: int = 1) -> list[Event]:
    """So many events."""
    target = StandardsProfile.objects.order_by("pk").first()
    return [record(Verb.PROFILE_ADOPTED, target=target, by=JOB, number=n) for n in range(times)]


def tamper(sql: str, *params) -> None:
    """As an administrator of the server, whom no trigger stops."""
    name = connection.settings_dict["NAME"]
    with admin_connection(name, options="-c session_replication_role=replica") as admin:
        assert admin.execute(sql, params).rowcount


def problems(key) -> list[str]:
    return verification.verify(key).problems


def test_events_get_their_places_and_a_signed_checkpoint(key):
    events = act(5)
    made = sealing.seal()
    assert list(Leaf.objects.order_by("number").values_list("event_id", flat=True)) == [event.pk for event in events]
    assert not Unsealed.objects.exists()
    root = merkle.root_of([bytes(leaf) for leaf in Leaf.objects.order_by("number").values_list("hash", flat=True)])
    assert notes.checkpoint(made.note, key) == notes.Checkpoint(sealing.origin(), 5, root)
    assert sealing.seal() is None
    act(3)
    assert sealing.seal().size == 8
    report = verification.verify(key)
    assert (report.leaves, report.events, report.words, report.checkpoints, report.problems) == (8, 8, 8, 2, [])


def test_what_commits_late_is_sealed_late_and_once(key):
    """A transaction is held open across ten sealings."""
    wrote, go_on, late = threading.Event(), threading.Event(), []

    def hold() -> None:
        try:
            with transaction.atomic():
                late.extend(act())
                wrote.set()
                go_on.wait(60)
        finally:
            connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert wrote.wait(20)
    for number in range(10):
        act()
        assert sealing.seal().size == number + 1
    go_on.set()
    holder.join()
    assert sealing.seal().size == 11
    assert Leaf.objects.get(event_id=late[0].pk).number == 10
    assert problems(key) == []


@pytest.mark.parametrize("step", ["edge", "guard", "commit"])
def test_a_sealer_that_dies_loses_and_doubles_nothing(key, monkeypatch, step):
    act(3)
    sealing.seal()
    act(2)

    def die(*given, **named):
        raise MemoryError(step)

    with monkeypatch.context() as patch:
        if step == "edge":
            patch.setattr(merkle.Edge, "root", die)
        elif step == "guard":
            patch.setattr(Guard, "sealing", die)
        else:  # the commit went through, and nobody could mark it
            patch.setattr(Guard, "sealed", die)
        with pytest.raises(MemoryError):
            sealing.seal()
    left = sealing.seal()
    assert (left is None) == (step == "commit")
    assert Checkpoint.objects.first().size == 5
    assert problems(key) == []
    act()
    assert sealing.seal().size == 6


def test_two_sealers_at_once_seal_everything_once(key):
    act(40)
    done = []

    def work() -> None:
        try:
            done.append(sealing.seal())
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Leaf.objects.count() == 40
    assert problems(key) == []


def test_after_a_restore_from_an_older_backup_nothing_is_sealed(key):
    act(4)
    sealing.seal()
    act(2)
    sealing.seal()
    tamper("DELETE FROM audit_checkpoint WHERE size = 6")
    tamper("DELETE FROM audit_leaf WHERE number >= 4")
    act()
    with pytest.raises(Behind, match="6 events were sealed"):
        sealing.seal()
    with pytest.raises(CommandError, match="until somebody has looked"):
        call_command("seal_audit")


def test_a_tree_of_the_same_size_with_another_root_is_not_gone_on_with(key, settings):
    act(2)
    sealing.seal()
    guard = Guard(Path(settings.SEAL_DIR) / "sealed.json")
    with pytest.raises(Behind):
        guard.check(Stood(2, "00" * 32))


def test_event_deleted_before_it_was_sealed_stops_the_sealer(key):
    act(2)
    tamper("DELETE FROM audit_event WHERE id = %s", Event.objects.first().pk)
    with pytest.raises(sealing.Gone):
        sealing.seal()


@pytest.mark.parametrize(
    ("what", "sql", "said"),
    [
        ("a word of an event", "UPDATE audit_event SET actor_id = 'other' WHERE id = %s", "is not what was sealed"),
        ("its moment", "UPDATE audit_event SET at = at + interval '1 second' WHERE id = %s", "is not what was sealed"),
        ("its count", "UPDATE audit_event SET count = 7 WHERE id = %s", "is not what was sealed"),
        ("its words", "UPDATE audit_eventdetail SET body = body || '{\"number\": 9}' WHERE id = %s", "not those that were"),
        ("deletion", "DELETE FROM audit_event WHERE id = %s", "deleted before its time"),
        ("deletion with its leaf", "DELETE FROM audit_leaf WHERE event_id = %s", "Leaf 2 is missing"),
        ("a leaf", "UPDATE audit_leaf SET hash = sha256('x') WHERE event_id = %s", "is not what was sealed"),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) and " " in value and "audit" not in value else None,
)  # fmt: skip
def test_tampering_is_found(key, what, sql, said):
    events = act(5)
    sealing.seal()
    assert problems(key) == []
    tamper(sql, events[2].pk)
    assert any(said in problem for problem in problems(key)), problems(key)


def test_event_rewritten_with_its_leaf_is_found_by_the_root(key):
    events = act(5)
    sealing.seal()
    tamper("UPDATE audit_event SET actor_id = 'other' WHERE id = %s", events[2].pk)
    changed = merkle.leaf_hash(verification.canonical.leaf(Event.objects.get(pk=events[2].pk)))
    tamper("UPDATE audit_leaf SET hash = %s WHERE event_id = %s", changed, events[2].pk)
    assert problems(key) == ["The checkpoint at 5 was signed over another log than this."]


def test_two_events_that_changed_places_are_found(key):
    one, _, other = act(3)
    sealing.seal()
    _swap(one, other)
    assert "The checkpoint at 3 was signed over another log than this." in problems(key)


def _swap(one: Event, other: Event) -> None:
    kept = {
        leaf.event_id: (leaf.number, bytes(leaf.hash)) for leaf in Leaf.objects.filter(event_id__in=[one.pk, other.pk])
    }
    tamper("DELETE FROM audit_leaf WHERE event_id IN (%s, %s)", one.pk, other.pk)
    for event, (number, _) in ((one, kept[other.pk]), (other, kept[one.pk])):
        tamper(
            "INSERT INTO audit_leaf (number, event_id, hash) VALUES (%s, %s, %s)", number, event.pk, kept[event.pk][1]
        )


def test_event_put_in_past_the_log_is_found(key):
    [event] = act()
    sealing.seal()
    tamper(
        "INSERT INTO audit_event SELECT %s, at, verb, operation, subject_kind, subject_id, actor_kind, actor_id,"
        " plate_hash, count, correlation_id, commitment FROM audit_event WHERE id = %s", new_id(), event.pk,
    )  # fmt: skip
    assert any("past the log" in problem for problem in problems(key))


def test_tail_that_was_cut_off_is_found(key):
    act(4)
    sealing.seal()
    last = act(1)[0]
    sealing.seal()
    tamper("DELETE FROM audit_event WHERE id = %s", last.pk)
    tamper("DELETE FROM audit_leaf WHERE event_id = %s", last.pk)
    assert problems(key) == ["The checkpoint at 5 was signed, but the log ends at 4."]


def test_checkpoint_that_another_key_signed_is_found(key, settings, tmp_path):
    act(2)
    sealing.seal()
    settings.SEAL_DIR = tmp_path / "another"
    other = sealing.make_key()
    assert any("did not sign" in problem for problem in problems(other))


def test_words_that_were_erased_break_nothing(key):
    [event] = act()
    sealing.seal()
    EventDetail.objects.using("retention").filter(pk=event.pk).delete()
    report = verification.verify(key)
    assert (report.events, report.words, report.problems) == (1, 0, [])


def test_verification_goes_on_from_a_checkpoint_that_was_good(key):
    act(4)
    sealing.seal()
    act(3)
    sealing.seal()
    report = verification.verify(key, after=4)
    assert (report.leaves, report.size, report.problems) == (3, 7, [])
    with pytest.raises(ValueError, match="no checkpoint at 5"):
        verification.verify(key, after=5)


@pytest.mark.parametrize(
    ("alias", "sql"),
    [
        ("default", "DELETE FROM audit_unsealed"),
        ("default", "INSERT INTO audit_leaf (number, event_id, hash) VALUES (0, gen_random_uuid(), '')"),
        ("default", "INSERT INTO audit_checkpoint (size, root, edge, note, signed_at) VALUES (9, '', '', '', now())"),
        ("retention", "DELETE FROM audit_leaf"),
        ("sealer", "UPDATE audit_leaf SET number = 9"),
        ("sealer", "DELETE FROM audit_checkpoint"),
        ("sealer", "DELETE FROM audit_event"),
        ("sealer", "SELECT * FROM audit_eventdetail"),
        ("sealer", "SELECT * FROM accounts_user"),
        ("sealer", "INSERT INTO audit_unsealed (event_id) VALUES (gen_random_uuid())"),
    ],
)
def test_each_role_does_its_own_and_no_more(alias, sql):
    with pytest.raises(DatabaseError, match="permission denied"), connections[alias].cursor() as cursor:
        cursor.execute(sql)


def test_commands_seal_and_verify(key, capsys):
    act(3)
    call_command("seal_audit")
    call_command("verify_audit")
    assert "3 leaves: 3 events" in capsys.readouterr().out
    call_command("verify_audit", key=key.spelled(), after=3)
    tamper("UPDATE audit_event SET actor_id = 'other'")
    with pytest.raises(CommandError, match="not what was sealed"):
        call_command("verify_audit")
