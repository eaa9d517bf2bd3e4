"""Publications that must not be taken: each is refused by name, what was held stays, the next good one is taken."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata

from matcher_client.refusals import Refused, Unreachable
from tests.loopback_portal import (
    LIST,
    OTHER,
    Keys,
    TinyFeed,
    a_portal,
    a_read,
    a_row,
    in_service,
    matchers_of,
    parquet,
)

OLD, NEW = "AB01CDE", "XY50ZZZ"


@pytest.fixture
def portal():
    with a_portal() as loopback:
        yield loopback


@pytest.fixture
def make_matcher(portal, tmp_path):
    with matchers_of(portal, tmp_path / "state") as make:
        yield make


@pytest.fixture
def matcher(portal, make_matcher):
    """A matcher that holds revision 1 of a list with one plate."""
    portal.publish({LIST: [a_row(OLD)]}, in_service())
    matcher = make_matcher()
    assert matcher.step()
    return matcher


@pytest.fixture
def is_refused(portal, matcher, make_matcher):
    """Says that what the portal serves now is refused as the given attack, and does no harm."""

    def check(attack, words=""):
        before = matcher.health()["lists"]
        with pytest.raises(Refused, match=rf"^Refused \({attack}\): .*{words}") as refusal:
            matcher.update()
        assert matcher.match([a_read(OLD), a_read(NEW)]) == 1
        assert matcher.health()["lists"] == before
        assert not matcher.step()
        assert matcher.problem == str(refusal.value)
        again = make_matcher()  # and a restart does not take it either
        assert again.match([a_read(OLD), a_read(NEW)]) == 1
        with pytest.raises(Refused):
            again.update()
        portal.files.clear()
        portal.publish({LIST: [a_row(NEW)]}, in_service())
        for recovered in (matcher, again):
            assert recovered.step(), recovered.problem
            assert recovered.match([a_read(OLD)]) == 0
            assert recovered.match([a_read(NEW)]) == 1

    return check


def metadata(portal, name):
    return f"/publication/{portal.feed.name}/metadata/{name}"


def next_publication(portal):
    """Publish revision 2 without telling anybody."""
    return portal.feed.publish({LIST: [a_row(NEW)]}, in_service())


def test_rollback_an_old_timestamp_is_refused(portal, matcher, is_refused):
    old = portal.feed.files[metadata(portal, "timestamp.json")]
    portal.feed.sign_timestamp()
    matcher.update()
    portal.files[metadata(portal, "timestamp.json")] = old
    is_refused("rollback", "timestamp.json is older")


def test_rollback_an_old_timestamp_is_refused_though_the_tuf_cache_was_lost(portal, matcher, make_matcher, tmp_path):
    old = portal.feed.files[metadata(portal, "timestamp.json")]
    portal.feed.sign_timestamp()
    matcher.update()
    (tmp_path / "state" / "tuf" / "timestamp.json").unlink()
    portal.files[metadata(portal, "timestamp.json")] = old
    with pytest.raises(Refused, match=r"\(rollback\)"):
        make_matcher().update()


def test_rollback_a_snapshot_of_an_older_version_is_refused(portal, matcher, is_refused):
    next_publication(portal)
    portal.files[metadata(portal, "2.snapshot.json")] = portal.feed.files[metadata(portal, "1.snapshot.json")]
    is_refused("rollback", "snapshot.json is older")


def test_rollback_a_list_whose_revision_goes_back_is_refused(portal, matcher, is_refused):
    portal.publish({LIST: [a_row(OLD)]}, in_service(), custom={LIST: {"revision": 0}})
    is_refused("rollback", f"list {LIST} went back to revision 0")


def test_rollback_a_snapshot_that_leaves_out_a_list_is_refused(portal, make_matcher):
    portal.publish({LIST: [a_row(OLD)], OTHER: [a_row(OLD)]}, in_service())
    matcher = make_matcher()
    matcher.update()
    portal.feed.forget(OTHER)
    portal.publish({LIST: [a_row(NEW)]}, in_service())
    with pytest.raises(Refused, match=r"\(rollback\).*leaves out"):
        matcher.update()
    assert matcher.match([a_read(OLD)]) == 2


def test_fast_forward_a_stolen_timestamp_key_cannot_use_up_the_numbers(portal, matcher, is_refused):
    known = portal.feed.versions["timestamp"]
    portal.feed.versions["timestamp"] = 2**31 - 2
    portal.feed.sign_timestamp()
    portal.files[metadata(portal, "timestamp.json")] = portal.feed.files[metadata(portal, "timestamp.json")]
    portal.feed.versions["timestamp"] = known
    is_refused("fast-forward", f"leaps from version {known} to {2**31 - 1}")


def test_fast_forward_another_key_makes_good_what_a_thief_counted_up(portal, matcher, make_matcher):
    known = dict(portal.feed.versions)
    portal.feed.versions |= {"timestamp": 900_000, "snapshot": 900_000}
    portal.publish({}, in_service())
    matcher.update()
    portal.feed.versions |= {"timestamp": known["timestamp"], "snapshot": known["snapshot"]}
    portal.publish({LIST: [a_row(NEW)]}, in_service())
    with pytest.raises(Refused, match=r"\(rollback\)"):
        matcher.update()
    for role in ("timestamp", "snapshot"):
        setattr(portal.feed.keys, role, CryptoSigner.generate_ed25519())
    portal.feed.sign_root()
    portal.publish({LIST: [a_row(NEW)]}, in_service())
    for recovered in (matcher, make_matcher()):
        assert recovered.step(), recovered.problem
        assert recovered.match([a_read(NEW)]) == 1


def test_freeze_a_timestamp_held_back_is_refused_and_matching_goes_on(portal, matcher, make_matcher):
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        with pytest.raises(
            Refused, match=r"^Refused \(freeze\): timestamp.json is expired. It may have been held back"
        ):
            matcher.update()
        assert matcher.match([a_read(OLD)]) == 1
        assert matcher.health()["stale_since"]
        portal.feed.sign_timestamp()
        assert matcher.step()
        assert matcher.health()["stale_since"] is None


def test_freeze_a_snapshot_held_back_under_a_fresh_timestamp_is_refused(portal, matcher):
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8), tick=False):
        portal.feed.sign_timestamp()
        with pytest.raises(Refused, match=r"\(freeze\): snapshot.json is expired"):
            matcher.update()


@pytest.mark.parametrize("name", ["timestamp.json", "2.snapshot.json", "2.targets.json", f"2.{LIST}.json"])
def test_tamper_metadata_altered_by_one_figure_is_refused(portal, matcher, is_refused, name):
    next_publication(portal)
    signed = json.loads(portal.feed.files[metadata(portal, name)])
    signed["signed"]["expires"] = "2099-01-01T00:00:00Z"
    portal.files[metadata(portal, name)] = json.dumps(signed).encode()
    is_refused("tamper", "does not bear the signatures")


@pytest.mark.parametrize("name", ["timestamp.json", "2.snapshot.json", "2.targets.json", f"2.{LIST}.json"])
def test_tamper_metadata_signed_by_another_key_is_refused(portal, matcher, is_refused, name):
    next_publication(portal)
    signed = Metadata.from_bytes(portal.feed.files[metadata(portal, name)])
    signed.sign(CryptoSigner.generate_ed25519())
    portal.files[metadata(portal, name)] = signed.to_bytes()
    is_refused("tamper", "does not bear the signatures")


@pytest.mark.parametrize("content", [b"", b"{}", b'{"signed": 1}', b"<html>moved</html>", b"[]"])
def test_tamper_what_is_no_metadata_is_refused(portal, matcher, is_refused, content):
    next_publication(portal)
    portal.files[metadata(portal, "2.snapshot.json")] = content
    is_refused("tamper", "cannot be read as signed metadata")


def list_file(portal):
    """The path of the newest file of the list."""
    signed = json.loads(portal.feed.files[metadata(portal, f"2.{LIST}.json")])["signed"]
    (target,) = signed["targets"].values()
    return f"/publication/targets/d/{LIST}/{target['hashes']['sha256']}.full.parquet"


def test_tamper_a_list_with_one_byte_flipped_is_refused(portal, matcher, is_refused):
    next_publication(portal)
    content = bytearray(portal.feed.files[list_file(portal)])
    content[len(content) // 2] ^= 1
    portal.files[list_file(portal)] = bytes(content)
    is_refused("tamper", "it was altered")


def test_a_list_cut_short_is_refused(portal, matcher, is_refused):
    next_publication(portal)
    portal.files[list_file(portal)] = portal.feed.files[list_file(portal)][:-1]
    is_refused("cut short", "were signed for")


@pytest.mark.parametrize("name", ["timestamp.json", "2.snapshot.json", "2.targets.json"])
def test_metadata_cut_short_is_refused(portal, matcher, is_refused, name):
    next_publication(portal)
    path = metadata(portal, name)
    portal.files[path] = portal.feed.files[path][:-20]
    is_refused("cut short", f"{name.removeprefix('2.')} ends in the middle")


def test_endless_data_is_refused(portal, matcher, is_refused):
    next_publication(portal)
    portal.files[list_file(portal)] = portal.feed.files[list_file(portal)] + b"x" * 100_000
    is_refused("endless data", "longer than was signed for")


def test_endless_metadata_is_refused(portal, matcher, is_refused):
    next_publication(portal)
    portal.files[metadata(portal, "timestamp.json")] = b" " * 20_000
    is_refused("endless data", "timestamp.json is longer")


@pytest.mark.parametrize("name", ["targets.json", f"{LIST}.json"])
def test_mix_an_old_role_under_a_new_snapshot_is_refused(portal, matcher, is_refused, name):
    next_publication(portal)
    portal.files[metadata(portal, f"2.{name}")] = portal.feed.files[metadata(portal, f"1.{name}")]
    is_refused("mix", f"{name} is of another version")


def test_mix_nothing_of_a_snapshot_is_applied_when_one_of_its_lists_is_refused(portal, make_matcher):
    portal.publish({LIST: [a_row(OLD)], OTHER: [a_row(OLD)]}, in_service())
    matcher = make_matcher()
    matcher.update()
    portal.publish({LIST: [a_row(NEW)], OTHER: [a_row(NEW)]}, in_service(), custom={OTHER: {"rows": 2}})
    with pytest.raises(Refused, match=f"list {OTHER} has 1 rows; its manifest says 2"):
        matcher.update()
    assert matcher.match([a_read(OLD)]) == 2
    assert matcher.match([a_read(NEW)]) == 0


@pytest.mark.parametrize("name", ["timestamp.json", "2.snapshot.json", "2.targets.json"])
def test_another_feeds_metadata_under_the_same_keys_is_refused(portal, matcher, is_refused, name):
    other = TinyFeed("0d0e0f", portal.feed.keys)
    for _ in range(3):
        other.publish({LIST: [a_row(NEW)]}, in_service())
    next_publication(portal)
    portal.files[metadata(portal, name)] = other.files[f"/publication/{other.name}/metadata/{name}"]
    is_refused("wrong feed", "was signed for another feed")


def test_a_whole_other_feed_under_the_same_keys_is_refused(portal, matcher, is_refused):
    other = TinyFeed("0d0e0f", portal.feed.keys)
    for _ in range(3):
        other.publish({LIST: [a_row(NEW)]}, in_service())
    for path, content in other.files.items():
        portal.files[path.replace(other.name, portal.feed.name)] = content
    is_refused("wrong feed", "timestamp.json was signed for another feed")


def test_a_feed_that_does_not_say_which_it_is_is_refused(portal, matcher, is_refused):
    nameless = TinyFeed(None, portal.feed.keys)
    nameless.publish({LIST: [a_row(NEW)]}, in_service())
    portal.files[metadata(portal, "timestamp.json")] = nameless.files["/publication/None/metadata/timestamp.json"]
    is_refused("wrong feed")


def test_a_root_of_other_keys_is_not_followed(portal, matcher, is_refused):
    thief = TinyFeed(portal.feed.name, Keys())
    thief.sign_root()
    portal.files[metadata(portal, "2.root.json")] = thief.files[metadata(portal, "2.root.json")]
    is_refused("tamper", "root.json does not bear the signatures")


def test_a_root_signed_by_too_few_keys_is_not_followed(portal, matcher, is_refused):
    root = Metadata.from_bytes(portal.feed.root)
    root.signed.version = 2
    root.sign(portal.feed.keys.root[0])
    portal.files[metadata(portal, "2.root.json")] = root.to_bytes()
    is_refused("tamper", "root.json does not bear the signatures")


def test_a_rotated_key_is_followed_and_the_old_one_no_longer_believed(portal, matcher):
    old = portal.feed.keys.timestamp
    portal.feed.keys.timestamp = CryptoSigner.generate_ed25519()
    portal.feed.sign_root()
    portal.publish({LIST: [a_row(NEW)]}, in_service())
    assert matcher.update()
    assert matcher.match([a_read(NEW)]) == 1
    portal.feed.keys.timestamp = old
    portal.feed.sign_timestamp()
    with pytest.raises(Refused, match=r"\(tamper\): timestamp.json"):
        matcher.update()


@pytest.mark.parametrize(
    ("custom", "words"),
    [
        ({"root": "00" * 32}, "are not those that its manifest was made for"),
        ({"rows": 2}, "has 1 rows; its manifest says 2"),
        ({"terminal": True}, "revoked and to have rows"),
    ],
)
def test_tamper_a_manifest_that_does_not_fit_its_rows_is_refused(portal, matcher, is_refused, custom, words):
    portal.publish({LIST: [a_row(NEW)]}, in_service(), custom={LIST: custom})
    is_refused("tamper", words)


@pytest.mark.parametrize(
    ("custom", "words"),
    [
        ({"format": 3}, "in format 3; this client reads format 4"),
        ({"format": 5}, "in format 5; this client reads format 4"),
        ({"format": None}, "without a manifest"),
        ({"revision": True}, "no right revision"),
        ({"offline_life": None}, "no right offline_life"),
        ({"offline_life": 0}, "out of range"),
        ({"bucket_bits": 40}, "out of range"),
        ({"content": b"PAR1 not"}, "cannot be read"),
        ({"content": parquet([a_row(NEW)], a_row()._fields[:-1])}, "columns are not those of format 4"),
        ({"content": parquet([a_row(NEW)._replace(contact=None)])}, "column contact has empty cells"),
        ({"content": parquet([a_row(NEW), a_row(OLD)])}, "must come in the order"),
        ({"content": parquet([a_row(NEW, action_text="a\x1fb")])}, "Control characters"),
    ],
)
def test_what_is_not_in_the_format_is_refused(portal, matcher, is_refused, custom, words):
    portal.publish({LIST: [a_row(NEW)]}, in_service(), custom={LIST: custom})
    is_refused("format", words)


def test_a_feed_that_does_not_say_until_when_a_list_is_given_is_refused(portal, matcher, is_refused):
    portal.publish({LIST: [a_row(NEW)]}, in_service(), until=None)
    is_refused("format", "does not say until when")


def test_sites_that_cannot_be_read_are_refused(portal, matcher, is_refused):
    portal.publish({LIST: [a_row(NEW)]}, {"site-1": "for ever"})
    is_refused("format", "sites.json cannot be read")


def test_a_file_that_is_missing_is_no_attack_and_nothing_half_is_applied(portal, matcher):
    next_publication(portal)
    path = list_file(portal)
    content = portal.feed.files.pop(path)
    with pytest.raises(Unreachable, match="404"):
        matcher.update()
    assert matcher.match([a_read(OLD), a_read(NEW)]) == 1
    portal.feed.files[path] = content
    assert matcher.update()
    assert matcher.match([a_read(NEW)]) == 1
