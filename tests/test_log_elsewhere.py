"""What others have of the log: checkpoints in a folder of theirs, events in their monitoring; and what that gives away to nobody."""

import re
import socket
import threading

import pytest

from accounts.models import SystemJob
from audit import sealing, siem, tasks, verification
from audit.actions import record
from audit.models import Event, Leaf
from audit.verbs import Verb
from standards.models import StandardsProfile

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention", "sealer"])

JOB = SystemJob("tester")


@pytest.fixture(autouse=True)
def key(settings, tmp_path):
    settings.SEAL_DIR = tmp_path / "seal"
    return sealing.make_key()


@pytest.fixture
def drop(settings, tmp_path):
    folder = tmp_path / "inspectorate"
    folder.mkdir()
    settings.CHECKPOINT_DROP = str(folder)
    return folder


@pytest.fixture
def monitor(settings):
    """A receiver on loopback; what it was sent."""
    listening = socket.create_server(("127.0.0.1", 0))
    settings.SIEM = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    taken: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                there, _ = listening.accept()
            except OSError:
                return
            with there:
                taken.append(there.makefile("rb").read())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield lambda: _frames(b"".join(taken), listening, thread)
    listening.close()


def _frames(sent: bytes, listening, thread) -> list[str]:
    """By their counted octets."""
    found = []
    while sent:
        length, _, rest = sent.partition(b" ")
        found.append(rest[: int(length)].decode())
        sent = rest[int(length) :]
    return found


def act(times: int = 1) -> list[Event]:
    target = StandardsProfile.objects.order_by("pk").first()
    return [record(Verb.PROFILE_ADOPTED, target=target, by=JOB, number=n, reason="Secret words") for n in range(times)]


def settled(monitor, number: int) -> list[str]:
    """What came, once so many did."""
    for _ in range(200):
        if len(found := monitor()) >= number:
            break
        threading.Event().wait(0.02)
    return found


def test_checkpoints_are_left_elsewhere_and_the_log_is_held_against_them(key, drop):
    act(2)
    first = sealing.seal()
    act(3)
    newest = sealing.seal()
    kept = {path.name: path.read_text() for path in drop.iterdir()}
    assert kept.pop("newest") == newest.note
    assert list(kept.values()) == [first.note], "the first of the hour stays"
    assert verification.verify(key).problems == []


def test_log_that_was_begun_anew_under_the_same_key_is_given_away_by_them(key, drop, settings, tmp_path):
    act(2)
    sealing.seal()
    (other,) = [path for path in drop.iterdir() if path.name != "newest"]
    lines = other.read_text().split("\n")
    forged = "\n".join([lines[0], "2", "A" * 43 + "=", ""])
    other.write_text(sealing.notes.sign(forged, sealing.origin(), sealing.signing_key()))
    (problem,) = verification.verify(key).problems
    assert "is of another log than this" in problem
    other.write_text("nothing")
    (problem,) = verification.verify(key).problems
    assert "no signed note" in problem


def test_folder_that_is_away_holds_nothing_up(key, drop, caplog):
    drop.rmdir()
    act()
    assert sealing.seal().size == 1
    assert "could not be carried" in caplog.text


def test_sealed_events_are_handed_on_once_in_their_order_without_their_words(monitor):
    events = act(3)
    tasks.hand_on()
    assert monitor() == [], "nothing is sealed yet"
    sealing.seal()
    tasks.hand_on()
    act(2)
    sealing.seal()
    tasks.hand_on()
    tasks.hand_on()
    found = settled(monitor, 5)
    assert [int(re.search(r'number="(\d+)"', line)[1]) for line in found] == list(range(5))
    assert found[0].startswith("<109>1 2")
    assert f'id="{events[0].pk}"' in found[0]
    assert 'actor="job:tester"' in found[0]
    assert " profile.adopted [audit@32473 " in found[0]
    assert "Secret" not in "".join(found)


def test_nobody_who_takes_them_means_later(settings, monitor):
    act(2)
    sealing.seal()
    there, settings.SIEM = settings.SIEM, "tcp://127.0.0.1:1"
    with pytest.raises(siem.Away):
        siem.hand_on()
    tasks.hand_on()
    settings.SIEM = there
    assert siem.hand_on() == 2
    assert len(settled(monitor, 2)) == 2


def test_events_that_ended_first_leave_a_gap_and_no_error(monitor):
    (first, _) = act(2)
    sealing.seal()
    Event.objects.using("retention").filter(pk=first.pk).delete()
    assert siem.hand_on() == Leaf.objects.count() == 2
    assert len(settled(monitor, 1)) == 1


def test_without_a_monitor_nothing_is_handed_on():
    act()
    sealing.seal()
    assert siem.hand_on() == 0


def test_what_would_end_a_field_is_escaped():
    event = Event(
        pk=1,
        at=act()[0].at,
        verb="v",
        operation="erasure",
        actor_kind="a",
        actor_id='x"]\\y',
        subject_kind="s",
        subject_id="i",
    )
    assert r'actor="a:x\"\]\\y"' in siem.message(0, event)
