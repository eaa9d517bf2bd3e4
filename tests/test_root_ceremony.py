"""The root of trust with its holders: made, signed on machines without a database, taken up, changed; and every key after it."""

import datetime as dt
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone
from securesystemslib.signer import CryptoSigner

from audit.models import Event
from matchers import actions, ceremony, keys, waiting, wellness
from matchers.models import Feed, Metadata
from portal import health
from portal.errors import TooLate
from tests.publishing import PUBLISHER, held, publish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "keys"
    settings.PUBLICATION_DIR = tmp_path / "publication"
    return tmp_path


def run(*arguments) -> str:
    out = io.StringIO()
    call_command("publication_root", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def holders(place):
    """The key files of three holders."""
    for number in range(3):
        run("make-key", place / f"holder-{number}.pem", "--no-passphrase")
    return [place / f"holder-{number}.pem" for number in range(3)]


@pytest.fixture
def change_root(place, holders):
    """change_root(…): a ceremony in which the first two holders sign the next root; the call's words go to `prepare`."""
    names = (place / f"next-{number}.json" for number in range(99))

    def change(*words, by=None):
        file = next(names)
        run("prepare", file, *words)
        for holder in by or holders[:2]:
            run("sign", file, "--key", holder)
        return run("import", file)

    return change


@pytest.fixture
def publication_keys(holders, change_root):
    """Instead of demonstration keys: a root signed by two of three holders."""
    change_root(*(word for path in holders for word in ("--holder", f"{path}.pub")))


def test_root_is_taken_only_when_enough_holders_signed(place, holders):
    file = place / "first.json"
    told = run("prepare", file, *(word for path in holders for word in ("--holder", f"{path}.pub")))
    assert "root: 2 of 3" in told and "signatures missing: 2" in told
    with pytest.raises(CommandError, match="2 more signatures are needed"):
        run("import", file)
    run("sign", file, "--key", holders[0])
    run("sign", file, "--key", holders[0])
    assert "signatures missing: 1" in run("show", file)
    with pytest.raises(CommandError, match="1 more signatures are needed"):
        run("import", file)
    assert not Metadata.objects.exists()
    run("sign", file, "--key", holders[2])
    assert "version 1, is published" in run("import", file)
    assert keys.root_file().read_bytes() == file.read_bytes()
    assert Event.objects.filter(verb="root.taken").count() == 1
    run("import", file)
    assert Event.objects.filter(verb="root.taken").count() == 1, "repeated, it does nothing"
    assert keys.note() == ""


def test_holder_signs_on_a_machine_without_a_database(place, holders):
    file = place / "first.json"
    run("prepare", file, *(word for path in holders for word in ("--holder", f"{path}.pub")))
    away = {
        **os.environ, "DATABASE_URL": "postgres://nobody@nowhere.invalid/none", "REDIS_URL": "redis://nowhere.invalid",
        "PORTAL_STATE_DIR": str(place / "away"),
    }  # fmt: skip

    def there(*words, typed=""):
        command = [sys.executable, "manage.py", "publication_root", *map(str, words)]
        done = subprocess.run(command, input=typed, env=away, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    there("make-key", place / "fourth.pem", typed="correct horse\n")
    assert b"ENCRYPTED" in (place / "fourth.pem").read_bytes()
    assert (place / "fourth.pem").stat().st_mode & 0o777 == 0o600
    told = there("sign", file, "--key", holders[0])
    assert "signatures missing: 2" in told and "Signed by" in told
    there("sign", file, "--key", place / "fourth.pem", typed="correct horse\n")
    assert "signatures missing: 1" in there("show", file), "a key that the root does not name counts for nothing"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda root: setattr(root.signed, "version", 3), "This is version 3; the next is 2"),
        (lambda root: setattr(root.signed, "expires", timezone.now() - dt.timedelta(days=1)), "expired already"),
    ],
)
def test_root_that_does_not_follow_is_not_taken(publication_keys, place, holders, spoil, words):
    run("prepare", place / "next.json")
    root = ceremony.read((place / "next.json").read_bytes())
    spoil(root)
    for path in holders:
        root.sign(ceremony.holder(path.read_bytes()), append=True)
    (place / "next.json").write_bytes(root.to_bytes())
    with pytest.raises(CommandError, match=words):
        run("import", place / "next.json")
    assert Metadata.objects.filter(role="root").count() == 1


def test_root_of_a_thief_is_not_taken(publication_keys, place):
    thieves = []
    for number in range(2):
        run("make-key", place / f"thief-{number}.pem", "--no-passphrase")
        thieves.append(place / f"thief-{number}.pem")
    run("prepare", place / "next.json", *(word for path in thieves for word in ("--holder", f"{path}.pub")))
    for path in thieves:
        run("sign", place / "next.json", "--key", path)
    with pytest.raises(CommandError, match="2 more signatures are needed"):
        run("import", place / "next.json")


def test_root_that_names_a_key_which_is_not_here_is_not_taken(publication_keys, place, holders):
    _, public = ceremony.make_key()
    (place / "hardware.pub").write_bytes(public)
    run("prepare", place / "next.json", "--public", f"timestamp={place / 'hardware.pub'}")
    for path in holders[:2]:
        run("sign", place / "next.json", "--key", path)
    with pytest.raises(CommandError, match="names a key for timestamp that is not here"):
        run("import", place / "next.json")


def test_key_that_stands_elsewhere_signs_by_its_address(
    publication_keys, place, change_root, settings, matcher, hotlist, approved_entry, client_for
):
    private, public = ceremony.make_key()
    (place / "elsewhere.pem").write_bytes(private)
    (place / "elsewhere.pub").write_bytes(public)
    settings.SIGNERS = {ceremony.public(public).keyid: f"file2:{place / 'elsewhere.pem'}"}
    change_root("--public", f"timestamp={place / 'elsewhere.pub'}")
    approved_entry()
    publish(hotlist)
    client = client_for(matcher)
    assert client.step(), client.problem
    signed = ceremony.Metadata.from_bytes(bytes(Metadata.objects.get(role="timestamp").body))
    assert list(signed.signatures) == [ceremony.public(public).keyid]


# --- Every key changes while a matcher is away --------------------------------------------------------


def later(days: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + dt.timedelta(days=days), tick=True)


def round_of_the_clock() -> None:
    """What the clock asks for each minute."""
    actions.reconcile(by=PUBLISHER)
    actions.refresh_timestamps(by=PUBLISHER)


@pytest.fixture
def away(matcher, hotlist, client_for, approved_entry):
    """A matcher's program that held a list and then was switched off, and another plate listed meanwhile."""
    approved_entry()
    publish(hotlist)
    client = client_for(matcher)
    assert client.step(), client.problem
    return client


def comes_right(client, hotlist) -> None:
    before = client.applied.timestamp_version
    assert client.step(), client.problem
    assert client.applied.timestamp_version > before
    assert held(client) == {"AB01CDE"}
    assert client.step(), client.problem


@pytest.mark.parametrize(("role", "days"), [("targets", 1), ("snapshot", 7), ("timestamp", 7)])
def test_matcher_follows_another_online_key_after_it_was_away(publication_keys, change_root, hotlist, away, role, days):
    with later(days):
        told = change_root("--change", role)
        assert told.count("signs no more: destroy it") == 1
        round_of_the_clock()
        Path(told.split("\n")[1].removesuffix(" signs no more: destroy it.")).unlink()
        round_of_the_clock()
        comes_right(away, hotlist)


def test_matcher_follows_all_keys_past_two_roots(publication_keys, change_root, place, holders, hotlist, away):
    for number in (3, 4):
        run("make-key", place / f"holder-{number}.pem", "--no-passphrase")
    successors = [place / "holder-3.pem", place / "holder-4.pem"]
    with later(1):
        change_root(*(word for role in ceremony.ONLINE for word in ("--change", role)))
        new = (word for path in successors for word in ("--holder", f"{path}.pub"))
        change_root(*new, by=[*holders[:2], *successors])
    with later(2):
        change_root("--change", "snapshot", by=successors)
        actions.change_list_key(hotlist, by=PUBLISHER, reason="Yearly.")
        round_of_the_clock()
        comes_right(away, hotlist)
        assert ceremony.read(keys.root_bytes()).signed.version == 4


@pytest.mark.parametrize("days", [1, 7])
def test_matcher_follows_another_key_of_a_list(publication_keys, hotlist, away, days, place):
    old = hotlist.role.key_id
    with later(days):
        call_command("change_list_key", hotlist.slug, reason="The medium was mislaid.")
        hotlist.role.refresh_from_db()
        assert hotlist.role.key_id != old
        assert len(list((place / "keys" / "lists").glob("*.pem"))) == 1
        round_of_the_clock()
        comes_right(away, hotlist)
    assert Event.objects.filter(verb="list.key_changed").count() == 1


def test_list_taken_away_is_unloaded_though_its_key_changed_meanwhile(
    publication_keys, matcher, hotlist, away, manager
):
    actions.revoke(matcher.matcher.allocations.get(), by=manager, reason="The trial is over.")
    publish(hotlist)
    actions.change_list_key(hotlist, by=PUBLISHER, reason="Yearly.")
    assert away.step(), away.problem
    assert held(away) == set()
    publish(hotlist)
    assert away.step(), away.problem


def test_list_that_nobody_was_given_has_no_key_to_change(publication_keys, hotlist):
    with pytest.raises(TooLate, match="has no key"):
        actions.change_list_key(hotlist, by=PUBLISHER, reason="Yearly.")


def test_matcher_no_longer_believes_a_list_key_that_was_changed(publication_keys, hotlist, away, approved_entry):
    stolen = next(Path(keys._lists()).glob("*.pem")).read_bytes()
    actions.change_list_key(hotlist, by=PUBLISHER, reason="It was stolen.")
    assert away.step(), away.problem
    thief = ceremony.holder(stolen)
    newest = Metadata.objects.filter(role=hotlist.role.name).latest("version")
    forged = ceremony.Metadata.from_bytes(bytes(newest.body))
    forged.signed.version += 1
    forged.sign(thief)
    Metadata.objects.create(
        feed=None, role=newest.role, version=newest.version + 1, body=forged.to_bytes(), signed_at=newest.signed_at,
        expires_at=newest.expires_at,
    )  # fmt: skip
    actions.sign_feed(Feed.objects.get(), by=PUBLISHER, at=timezone.now(), with_targets=False)
    assert not away.step()
    assert "Refused (tamper)" in away.problem
    assert held(away) == {"AB01CDE"}


def test_demonstration_keys_say_so(place):
    with pytest.raises(CommandError, match="hold-the-keys"):
        call_command("make_publication_keys")
    out = io.StringIO()
    call_command("make_publication_keys", demo=True, stdout=out)
    assert "proves nothing" in out.getvalue()
    assert keys.note().startswith("Demonstration keys")
    assert {path.name.partition("-")[0] for path in (place / "keys" / "online").iterdir()} == set(ceremony.ONLINE)
    assert isinstance(keys.online("timestamp"), CryptoSigner)


def test_end_of_the_root_is_told_60_days_ahead(
    publication_keys, client, client_of, administrator, manager, submitter, change_root
):
    ends_at = Metadata.objects.get(role="root").expires_at
    with time_machine.travel(ends_at - dt.timedelta(days=61)):
        assert wellness.check() == ""
    with time_machine.travel(ends_at - dt.timedelta(days=59)):
        assert wellness.check().startswith("ok, but the root of trust ends on ")
        assert health.is_well(wellness.check())
        for person, is_told in ((administrator, True), (manager, True), (submitter, False)):
            told = [item.title for item in waiting.questions(person, timezone.now())]
            assert any("The root of trust ends on" in title for title in told) is is_told, person
        change_root()
        assert wellness.check() == ""
    with time_machine.travel(ends_at + dt.timedelta(days=310)):
        assert "the root of trust has ended" in wellness.check()
