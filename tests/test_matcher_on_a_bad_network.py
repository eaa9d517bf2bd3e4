"""Whatever the network does, a matcher holds one whole revision, never part of two, and says when it has not the newest."""

import pytest

from matcher_client.feed import Feed
from matcher_client.matcher import Matcher
from matcher_client.session import PortalSession
from tests.loopback_portal import LIST, OTHER, a_portal, a_row, in_service
from tests.network_proxy import bad_network

REVISIONS = 10


def plates_of(revision: int) -> set[str]:
    """What both lists hold at a revision; no two revisions have a plate in common."""
    return {f"AB01{chr(65 + revision)}{letter}Z" for letter in "ABCDEFGHIJ"}


@pytest.mark.parametrize("seed", range(3))
def test_dropped_delayed_and_truncated_answers_leave_one_whole_revision_and_a_word_of_it(tmp_path, seed):
    failures = 0
    with a_portal() as portal, bad_network(portal.url, seed) as network:
        session = PortalSession(network.url, "matcher-1", portal.secret)
        urls = [address.replace(portal.url, network.url) for address in (portal.metadata_url, portal.targets_url)]

        def start():
            matcher = Matcher(session, Feed(session, *urls, portal.feed.root, tmp_path), tmp_path)
            matcher.load_held()
            return matcher

        matcher = start()
        latest = -1
        for revision in range(REVISIONS):
            rows = [a_row(plate) for plate in sorted(plates_of(revision))]
            portal.publish({LIST: rows, OTHER: rows}, in_service())
            for attempt in range(40):
                is_well = matcher.step()
                held = [part.rows.plates() for part in matcher.store.lists.values()]
                if held:
                    assert held in [[plates_of(number)] * 2 for number in range(revision + 1)], "part of two revisions"
                    now_at = next(number for number in range(revision + 1) if plates_of(number) == held[0])
                    assert now_at >= latest, "it went back"
                    latest = now_at
                if is_well:
                    assert held == [plates_of(revision)] * 2, "it says that all is well and has not the newest"
                    assert matcher.problem == ""
                    break
                failures += 1
                assert matcher.problem, "something failed and nothing was said"
                if attempt % 5 == 4:
                    matcher = start()  # and a restart in the middle of it
            else:
                pytest.fail(f"never came right: {matcher.problem}")
        suffered = dict(network.suffered)
        session.close()
    assert failures > 1 and sum(suffered.values()) > 4, suffered
