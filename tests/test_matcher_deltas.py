"""A matcher that follows deltas: it comes to what whoever fetched the list whole has, or says why not and fetches it whole."""

import gzip
import itertools
import json
import os
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher_client.refusals import Refused
from tests.loopback_portal import LIST, OTHER, Keys, TinyFeed, a_delta, a_portal, a_read, a_row, in_service, matchers_of
from tests.publishing import rows_of

GONE, STAYS, COMES = "AB01CDE", "XY50ZZZ", "AB50NEW"
FIRST = [a_row(GONE), a_row(STAYS)]
SECOND = [a_row(STAYS, priority="LOW"), a_row(COMES)]


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
    """One that holds the first revision."""
    portal.publish({LIST: FIRST}, in_service())
    made = make_matcher()
    made.update()
    return made


def publish_second(portal, delta=None, **custom):
    """The second revision, as a delta to the first."""
    deltas = [delta or a_delta(1, 2, FIRST, SECOND)]
    return portal.publish(
        {LIST: SECOND}, custom={LIST: {"whole": (1, FIRST), "deltas": deltas, **custom}}, sites=in_service()
    )


def held(matcher):
    return rows_of(matcher.store.lists[LIST].rows)


def files_of(matcher):
    return matcher.store.lists[LIST].files


def fetched(portal, name):
    return [path for path in portal.asked if path.endswith(name)]


def in_order(rows):
    return sorted(rows, key=lambda row: row[:3])


def test_a_matcher_follows_a_delta_and_fetches_no_whole_file(portal, matcher):
    publish_second(portal)
    portal.asked.clear()
    assert matcher.step()
    assert held(matcher) == in_order(SECOND)
    assert len(fetched(portal, ".delta.jsonl.gz")) == 1 and not fetched(portal, ".parquet")
    assert matcher.match([a_read(GONE)]) == 0 and matcher.match([a_read(COMES)]) == 1
    assert portal.receipts[-1]["revision"] == 2 and portal.receipts[-1]["is_right"]


def test_a_matcher_that_holds_nothing_takes_the_whole_file_and_what_follows_it(portal, make_matcher):
    portal.publish({LIST: FIRST}, in_service())
    publish_second(portal)
    made = make_matcher()
    made.update()
    assert held(made) == in_order(SECOND)
    assert len(files_of(made).deltas) == 1


def test_nothing_is_matched_against_a_whole_file_before_the_deltas_that_lead_on_from_it(portal, make_matcher, tmp_path):
    """The file names a plate that was withdrawn since: a matcher that was newly given the list never looks for it."""
    portal.publish({LIST: FIRST}, in_service())
    publish_second(portal)
    made = make_matcher()
    found = []

    class Watching(type(made.feed._fetcher)):
        def _fetch(self, url):
            for chunk in super()._fetch(url):
                yield chunk
                if url.endswith(".delta.jsonl.gz"):
                    assert list((tmp_path / "state" / "targets").glob("*.parquet"))  # it is there, locked
                    found.append(made.match([a_read(GONE), a_read(STAYS)]))

    made.feed._fetcher.__class__ = Watching
    made.update()
    assert found == [0]
    assert [made.match([a_read(vrm)]) for vrm in (GONE, STAYS)] == [0, 1]
    assert made.tidy() == 1
    (path,) = (tmp_path / "state" / "targets").glob("r*")
    assert path.name == f"{LIST}.own-2.parquet"


@pytest.mark.parametrize("restarts", [False, True])
def test_a_whole_file_whose_deltas_never_came_is_not_matched_against_and_leaves_the_disk(
    portal, make_matcher, tmp_path, restarts
):
    portal.publish({LIST: FIRST}, in_service())
    publish_second(portal)
    (delta,) = [path for path in portal.feed.files if path.endswith(".delta.jsonl.gz")]
    content = portal.feed.files.pop(delta)
    made = make_matcher()
    assert not made.step()
    assert made.match([a_read(GONE), a_read(STAYS)]) == 0
    made.tidy()
    (whole,) = (tmp_path / "state" / "targets").glob("r*")  # for the next attempt
    if restarts:
        made = make_matcher()
    else:
        os.utime(whole, (time.time() - 601,) * 2)
        made.tidy()
    assert not whole.exists()
    portal.feed.files[delta] = content
    assert made.step()
    assert held(made) == in_order(SECOND)


def test_what_was_followed_is_there_after_a_restart_without_the_portal(portal, matcher, make_matcher):
    publish_second(portal)
    matcher.update()
    with portal.down():
        assert held(make_matcher()) == in_order(SECOND)


def test_a_delta_damaged_on_disk_is_not_believed_and_the_list_is_fetched_anew(portal, matcher, make_matcher, tmp_path):
    publish_second(portal)
    matcher.update()
    (path,) = (tmp_path / "state" / "targets").glob("*.delta.jsonl.gz")
    path.write_bytes(path.read_bytes()[:-4])
    again = make_matcher()
    assert again.match([a_read(STAYS)]) == 0
    again.update()
    assert held(again) == in_order(SECOND)


def test_what_was_withdrawn_leaves_the_disk_and_what_is_held_stays(portal, matcher, make_matcher, tmp_path):
    publish_second(portal)
    matcher.update()
    before = set((tmp_path / "state" / "targets").glob("r*"))
    assert matcher.tidy() == 1
    assert matcher.tidy() == 0
    assert held(matcher) == in_order(SECOND)
    (path,) = set((tmp_path / "state" / "targets").glob("r*")) - before
    assert set((tmp_path / "state" / "targets").glob("r*")) == {path}
    with portal.down():
        assert held(make_matcher()) == in_order(SECOND)


def test_what_was_withdrawn_leaves_the_memory_too_which_does_not_grow_by_every_change(portal, matcher):
    publish_second(portal)
    matcher.update()
    before = held(matcher)
    assert matcher.tidy() == 1
    rows = matcher.store.lists[LIST].rows
    assert GONE not in set(rows._base.plates())
    assert (rows._changed, rows._changed_in) == ({}, {})
    assert held(matcher) == before
    assert rows.root() == matcher.store.lists[LIST].manifest.root


def test_a_tidied_list_follows_the_next_delta(portal, matcher, make_matcher):
    publish_second(portal)
    matcher.update()
    matcher.tidy()
    deltas = [a_delta(1, 2, FIRST, SECOND), a_delta(2, 3, SECOND, FIRST)]
    portal.publish({LIST: FIRST}, in_service(), custom={LIST: {"whole": (1, FIRST), "deltas": deltas}})
    portal.asked.clear()
    assert matcher.step()
    assert held(matcher) == in_order(FIRST)
    assert not fetched(portal, ".parquet")
    with portal.down():
        assert held(make_matcher()) == in_order(FIRST)


def test_an_update_while_the_disk_is_tidied_is_kept(portal, matcher, make_matcher, monkeypatch):
    publish_second(portal)
    matcher.update()
    write = matcher.feed.write

    def and_meanwhile(name, batches):
        def update_then(batches):
            deltas = [a_delta(1, 2, FIRST, SECOND), a_delta(2, 3, SECOND, FIRST)]
            portal.publish({LIST: FIRST}, in_service(), custom={LIST: {"whole": (1, FIRST), "deltas": deltas}})
            matcher.update()
            yield from batches

        write(name, update_then(batches))

    monkeypatch.setattr(matcher.feed, "write", and_meanwhile)
    assert matcher.tidy() == 1
    assert held(matcher) == in_order(FIRST)
    assert files_of(matcher).whole.endswith(".own-2.parquet") and len(files_of(matcher).deltas) == 1
    with portal.down():
        assert held(make_matcher()) == in_order(FIRST)


def test_deltas_that_lead_elsewhere_are_discarded_for_the_whole_file(portal, matcher, caplog):
    wrong = a_delta(1, 2, FIRST, [a_row(STAYS)])
    portal.publish({LIST: SECOND}, in_service(), custom={LIST: {"whole": (2, SECOND), "deltas": [wrong]}})
    assert matcher.step()
    assert held(matcher) == in_order(SECOND)
    assert "fetched whole instead" in caplog.text


def told(*changes):
    return gzip.compress("".join(json.dumps(change) + "\n" for change in changes).encode(), mtime=0)


@pytest.mark.parametrize(
    ("content", "changes", "attack", "words"),
    [
        (a_delta(1, 2, FIRST, [a_row(STAYS)])["content"], 1, "tamper", "rows; its manifest says|not those"),
        (b"not gzip", 3, "format", "cannot be unpacked"),
        (told(["GB", GONE, "x"]), 3, "format", "fewer changes"),
        (told(["GB", GONE]), 1, "format", "neither a row nor a key"),
        (told([*a_row(COMES, scope='{"moon":["full"]}')]), 1, "format", "moon"),
    ],
    ids=["leads elsewhere", "not packed", "too few", "no key", "an unknown limit"],
)
def test_a_delta_that_is_wrong_from_the_whole_file_on_too_is_refused(portal, matcher, content, changes, attack, words):
    publish_second(portal, {"since": 1, "revision": 2, "changes": changes, "content": content})
    with pytest.raises(Refused, match=rf"^Refused \({attack}\): .*({words})"):
        matcher.update()
    assert held(matcher) == in_order(FIRST)


@pytest.mark.parametrize(
    "spoil", [lambda content: content[:-1], lambda content: content[:-1] + b"\x01", lambda _: b"x" * 9999]
)
def test_a_delta_that_is_not_the_one_signed_for_is_refused(portal, matcher, spoil):
    publish_second(portal)
    (path,) = [path for path in portal.feed.files if path.endswith(".delta.jsonl.gz")]
    portal.files[path] = spoil(portal.feed.files[path])
    with pytest.raises(Refused, match=r"^Refused \((tamper|cut short|endless data)\)"):
        matcher.update()
    assert held(matcher) == in_order(FIRST)


def test_a_delta_of_another_list_is_refused(portal, matcher):
    publish_second(portal)
    (path,) = [path for path in portal.feed.files if path.endswith(".delta.jsonl.gz")]
    portal.files[path] = a_delta(1, 2, FIRST, [*SECOND, a_row("AA01AAA")])["content"]
    portal.publish({OTHER: [a_row("AA01AAA")]}, in_service())
    with pytest.raises(Refused, match=r"^Refused \((tamper|cut short|endless data)\)"):
        matcher.update()
    assert held(matcher) == in_order(FIRST)


@pytest.mark.parametrize(
    "deltas",
    [
        [{"since": 1, "revision": 3, "changes": 1}],
        [{"since": 0, "revision": 1, "changes": 1}, {"since": 2, "revision": 3, "changes": 1}],
        [{"since": 2, "revision": 2, "changes": 1}],
        [{"since": 2, "revision": 3, "changes": 1}],
        [7],
    ],
)
def test_a_chain_that_does_not_lead_from_the_whole_file_is_refused(portal, matcher, deltas):
    portal.feed.told_deltas = deltas
    publish_second(portal)
    with pytest.raises(Refused, match=r"^Refused \(format\)"):
        matcher.update()
    assert held(matcher) == in_order(FIRST)


VRMS = st.lists(st.sampled_from(["AB01CDE", "XY50ZZZ", "AB50NEW", "AA01AAA", "BB50BBB"]), unique=True)
REVISIONS = st.lists(VRMS.map(lambda vrms: [a_row(vrm) for vrm in vrms]), min_size=3, max_size=9).filter(
    lambda found: all(a != b for a, b in itertools.pairwise(map(in_order, found)))
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(revisions=REVISIONS, data=st.data())
def test_whoever_follows_holds_what_whoever_fetches_holds(tmp_path_factory, revisions, data):
    """With revisions missed, deltas merged, chains cut short, restarts and tidying in between."""
    with (
        a_portal(TinyFeed("0a0b0c", Keys())) as portal,
        matchers_of(portal, tmp_path_factory.mktemp("follows")) as make,
    ):
        portal.publish({LIST: revisions[0]}, in_service())
        follower = make()
        follower.update()
        for number in range(2, len(revisions) + 1):
            cuts = sorted(data.draw(st.sets(st.integers(1, number - 1), min_size=1)) | {number})
            whole = data.draw(st.sampled_from(cuts[:-1]))
            deltas = [a_delta(a, b, revisions[a - 1], revisions[b - 1]) for a, b in itertools.pairwise(cuts)]
            deltas = with_all_keys(deltas, revisions)
            portal.publish(
                {LIST: revisions[number - 1]}, in_service(),
                custom={LIST: {"whole": (whole, revisions[whole - 1]), "deltas": deltas}},
            )  # fmt: skip
            if data.draw(st.booleans()):  # or else it misses this one
                assert follower.step(), follower.problem
                assert held(follower) == in_order(revisions[number - 1])
            if data.draw(st.booleans()):
                follower.tidy()
            if data.draw(st.booleans()):
                follower = make()


def with_all_keys(deltas, revisions):
    """As a delta is defined: every key that changed at any step between, not only those that differ at its two ends."""
    made = []
    for delta in deltas:
        between = revisions[delta["since"] - 1 : delta["revision"]]
        keys = sorted({row[:3] for a, b in itertools.pairwise(between) for row in set(a) ^ set(b)})
        after = {row[:3]: row for row in between[-1]}
        lines = "".join(json.dumps(after.get(key, key)) + "\n" for key in keys)
        made.append({**delta, "changes": len(keys), "content": gzip.compress(lines.encode(), mtime=0)})
    return made
