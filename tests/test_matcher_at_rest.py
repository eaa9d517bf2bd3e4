"""What a matcher keeps on disk is locked: nothing in clear, nothing altered taken, nothing readable without the key."""

import io
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

import pytest

from matcher_client.at_rest import CHUNK, HEAD, TAG, AtRest
from matcher_client.locking import NoKey, key_from
from matcher_client.refusals import Refused
from tests.loopback_portal import LIST, OTHER, a_portal, a_read, a_row, in_service, matchers_of

KEY = bytes(32)


@pytest.fixture
def portal():
    with a_portal() as loopback:
        yield loopback


@pytest.fixture
def make_matcher(portal, tmp_path):
    with matchers_of(portal, tmp_path / "state") as make:
        yield make


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
def test_what_was_put_is_read_again_from_anywhere_in_it(tmp_path, length):
    content = secrets.token_bytes(length)
    at_rest = AtRest("feed", KEY)
    with at_rest.create(tmp_path / "file") as file:
        for start in range(0, length, 70_001):
            file.write(content[start : start + 70_001])
    assert at_rest.read(tmp_path / "file") == content
    with AtRest("feed", KEY).open(tmp_path / "file") as file:
        for at in (0, length // 2, max(0, length - 5), length):
            file.seek(at)
            assert file.read(CHUNK + 3) == content[at : at + CHUNK + 3]
        assert file.seek(0, io.SEEK_END) == length
    assert length < 16 or content[:16] not in (tmp_path / "file").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def in_turn(sealed: bytes) -> bytes:
    """The same chunks, the first two in each other's place."""
    size = CHUNK + TAG
    first, second = sealed[HEAD : HEAD + size], sealed[HEAD + size : HEAD + 2 * size]
    return sealed[:HEAD] + second + first + sealed[HEAD + 2 * size :]


@pytest.mark.parametrize(
    "alter",
    [
        lambda sealed: sealed[:-1],
        lambda sealed: sealed[: HEAD + 2 * (CHUNK + TAG)],  # whole chunks, and the end is gone
        lambda sealed: sealed[:HEAD],
        lambda sealed: sealed[:10],
        lambda sealed: b"",
        lambda sealed: sealed + b"x",
        lambda sealed: sealed[: HEAD + 100] + bytes([sealed[HEAD + 100] ^ 1]) + sealed[HEAD + 101 :],
        lambda sealed: sealed[:20] + bytes(8) + sealed[28:],
        in_turn,
        lambda sealed: b"PAR1" + sealed,
    ],
)
def test_a_file_that_was_altered_is_refused_by_name(tmp_path, alter):
    path = tmp_path / "r1.parquet"
    at_rest = AtRest("feed", KEY)
    at_rest.put(path, bytes(3 * CHUNK))
    path.write_bytes(alter(path.read_bytes()))
    with pytest.raises(Refused, match=r"r1\.parquet"):
        at_rest.read(path)


def test_a_file_opens_only_under_its_name_in_its_feed_and_with_its_key(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    AtRest("feed", KEY).put(one, b"rows")
    other.write_bytes(one.read_bytes())
    assert AtRest("feed", KEY).read(one) == b"rows"
    for at_rest, path, words in (
        (AtRest("feed", KEY), other, "another's place"),
        (AtRest("another feed", KEY), one, "another's place"),
        (AtRest("feed", bytes([1] * 32)), one, "another key"),
        (AtRest("feed"), one, "another key"),
    ):
        with pytest.raises(Refused, match=words):
            at_rest.read(path)


def test_what_fails_while_it_is_written_leaves_what_was_there(tmp_path):
    at_rest = AtRest("feed", KEY)
    at_rest.put(tmp_path / "file", b"old")
    with pytest.raises(OSError, match="full"), at_rest.create(tmp_path / "file") as file:
        file.write(b"new" * CHUNK)
        raise OSError("the disk is full")
    assert at_rest.read(tmp_path / "file") == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_no_byte_on_disk_tells_a_plate_that_is_listed_or_was_hit(portal, make_matcher, tmp_path):
    plates = [f"AB01{letter}ZZ" for letter in "ABCDEFGH"]
    portal.publish({LIST: [a_row(vrm) for vrm in plates], OTHER: [a_row("XY50ZZZ")]}, in_service())
    matcher = make_matcher()
    matcher.step()
    with portal.down():
        assert matcher.match([a_read(vrm) for vrm in plates]) == len(plates)
    portal.hit_status = 422
    matcher.spool.send_all()  # refused ones are kept, and locked as well
    portal.hit_status = 503
    matcher.match([a_read("XY50ZZZ")])
    assert (len(matcher.spool), matcher.spool.refused) == (1, len(plates))
    kept = {path: path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file()}
    assert sum(path.suffix == ".parquet" for path in kept) == 2
    for word in [*plates, "XY50ZZZ", "PAR1", "captured_at", "vrm_read"]:
        assert [path.name for path, content in kept.items() if word.encode() in content] == []


def test_no_byte_lies_in_clear_even_while_a_list_is_fetched(portal, make_matcher, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "state"))
    portal.publish({LIST: [a_row()]}, in_service())
    matcher = make_matcher()
    seen = []

    class Watching(type(matcher.feed._fetcher)):
        def _fetch(self, url):
            for chunk in super()._fetch(url):
                yield chunk
                seen.extend(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())

    matcher.feed._fetcher.__class__ = Watching
    matcher.update()
    assert any(b"timestamp" in content for content in seen)
    assert not [content for content in seen if b"PAR1" in content or b"AB01CDE" in content]


def test_with_a_key_in_memory_a_restart_reads_nothing_and_fetches_anew(portal, make_matcher, caplog):
    portal.publish({LIST: [a_row()]}, in_service())
    first = make_matcher(key=None)
    first.update()
    with portal.down():
        first.match([a_read()])
        again = make_matcher(key=None)
        assert again.match([a_read()]) == 0
        assert "another key" in caplog.text
        assert (len(again.spool), again.health()["lost_hits"]) == (0, 1)
        assert "1 hits that were not sent are lost" in caplog.text
    assert again.step(), again.problem
    assert again.match([a_read()]) == 1


def test_the_files_of_two_lists_cannot_be_put_in_each_others_place(portal, make_matcher, tmp_path, caplog):
    portal.publish({LIST: [a_row()], OTHER: [a_row("XY50ZZZ")]}, in_service())
    make_matcher().update()
    one, other = (tmp_path / "state" / "targets").glob("*.parquet")
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    again = make_matcher()
    assert again.store.lists == {}
    assert caplog.text.count("put in another's place") == 2
    assert again.step(), again.problem
    assert again.match([a_read(), a_read("XY50ZZZ")]) == 2


def test_a_hit_altered_on_disk_is_not_sent_and_is_counted(portal, make_matcher, tmp_path):
    portal.publish({LIST: [a_row()]}, in_service())
    matcher = make_matcher()
    matcher.update()
    matcher.match([a_read()])
    (path,) = (tmp_path / "state" / "spool").glob("*.json")
    path.write_bytes(path.read_bytes()[:-3])
    assert matcher.spool.send_all()
    assert (portal.hits, matcher.health()["refused_hits"]) == ({}, 1)


def test_a_key_file_is_made_once_for_its_owner_alone_and_never_beside_what_it_locks(tmp_path):
    state = tmp_path / "state"
    state.mkdir()
    path = tmp_path / "key"
    key = key_from(str(path), state)
    assert key == key_from(str(path), state) == path.read_bytes()
    assert len(key) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(NoKey, match="beside what it locks"):
        key_from(str(state / "key"), state)
    path.chmod(0o644)
    with pytest.raises(NoKey, match="chmod 600"):
        key_from(str(path), state)
    short = tmp_path / "short"
    short.write_bytes(b"x")
    short.chmod(0o600)
    with pytest.raises(NoKey, match="exactly 32 bytes"):
        key_from(str(short), state)
    with pytest.raises(NoKey, match="cannot be used"):
        key_from(str(tmp_path / "no folder" / "key"), state)
    assert key_from("memory", state) is None


def test_a_key_in_the_kernel_outlives_the_process_and_is_one_for_each_state():
    ask = "import sys, pathlib; from matcher_client.locking import key_from; "
    ask += "sys.stdout.write(key_from('kernel', pathlib.Path(sys.argv[1])).hex())"

    def key(state):
        # The same two names in every run: the kernel gives a user only so many keys.
        command = [sys.executable, "-c", ask, f"/nowhere/state of a test/{state}"]
        told = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, timeout=30)
        if "keyring cannot be used here" in told.stderr or "no keyring in its kernel" in told.stderr:
            pytest.skip("The kernel here gives its keyring to nobody.")
        assert told.returncode == 0, told.stderr
        return told.stdout

    assert key("one") == key("one") != key("two")
    assert len(key("one")) == 64


def test_sealing_a_large_file_takes_little_time_and_no_memory_of_its_size(tmp_path):
    at_rest = AtRest("feed", KEY)
    block = os.urandom(1 << 20)
    began = time.process_time()
    with at_rest.create(tmp_path / "file") as file:
        for _ in range(32):
            file.write(block)
        assert len(file._rest) <= CHUNK
    with at_rest.open(tmp_path / "file") as file:
        while file.read(1 << 20):
            assert len(file.raw._held[1]) <= CHUNK
    assert time.process_time() - began < 5
