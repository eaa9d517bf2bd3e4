"""A publication to test with: keys, matchers that were given the test list, and what they may ask the portal."""

import datetime as dt
from pathlib import Path
from typing import NamedTuple

import pytest
from django.utils import timezone

from accounts.models import SystemJob
from hotlists.models import Hotlist
from matcher_client.deltas import read
from matcher_client.feed import Feed as ClientFeed
from matcher_client.held import HeldRows, follow, read_whole
from matcher_client.matcher import Matcher as Client
from matcher_client.rows import Row
from matcher_client.session import PortalSession
from matchers import actions, files, keys
from matchers.actions import chains
from matchers.models import Allocation, Matcher, Publication
from tests.clocks import TravellingClock

PUBLISHER = SystemJob("publisher")


class MadeMatcher(NamedTuple):
    """A matcher and the secrets that it was given."""

    matcher: Matcher
    client_id: str
    client_secret: str
    enrol_code: str


@pytest.fixture
def publication_keys(settings, tmp_path, db):
    """Keys and publication in a place of the test's own."""
    settings.KEYS_DIR = tmp_path / "keys"
    settings.PUBLICATION_DIR = tmp_path / "publication"
    return actions.make_publication_keys(by=PUBLISHER)


@pytest.fixture
def add_matcher(publication_keys, manager):
    """add_matcher(name): a matcher that holds no list yet."""

    def add(name: str = "Northdale back office") -> MadeMatcher:
        added = actions.add_matcher(name, by=manager, purpose="Alerts from fixed cameras")
        return MadeMatcher(added.matcher, added.client_id, added.client_secret, added.enrol_code)

    return add


@pytest.fixture
def allocate(manager):
    """allocate(made, hotlist): gives a list to a matcher for a month."""

    def give(made: MadeMatcher, hotlist: Hotlist, **over) -> Allocation:
        facts = {
            "purpose": "Fixed cameras in Northdale", "agreement_ref": "ISA 12/2026",
            "until_at": timezone.now() + dt.timedelta(days=30), **over,
        }  # fmt: skip
        return actions.allocate(made.matcher, hotlist, by=manager, **facts)

    return give


@pytest.fixture
def matcher(add_matcher, allocate, hotlist) -> MadeMatcher:
    """A matcher that was given the test list."""
    made = add_matcher()
    allocate(made, hotlist)
    return made


@pytest.fixture
def client_for(live_server, tmp_path):
    """client_for(made): the matcher's own program, on a directory of its own."""
    sessions = []

    def start(made, *, name: str = "", store=None) -> Client:
        session = PortalSession(live_server.url, made.client_id, made.client_secret)
        sessions.append(session)
        state = Path(tmp_path / "clients" / (name or made.matcher.name))
        state.mkdir(parents=True)
        urls = [
            f"{live_server.url}/publication/{made.matcher.feed_id}/metadata/",
            f"{live_server.url}/publication/targets/",
        ]
        feed = ClientFeed(session, *urls, keys.root_file().read_bytes(), state)
        return Client(session, feed, state, enrol_code=made.enrol_code, store=store, clock=TravellingClock())

    yield start
    for session in sessions:
        session.close()


def held(client: Client) -> set[str]:
    """The plates that a matcher's program holds."""
    return {vrm for part in client.store.lists.values() for vrm in part.rows.plates()}


def followed(hotlist: Hotlist) -> HeldRows:
    """The newest revision of a list as a matcher makes it of the whole file and the deltas that follow."""
    newest = Publication.objects.current().get(hotlist=hotlist)
    name = hotlist.role.name
    rows = read_whole(files.list_path(name, newest.sha256), name, newest.bucket_bits)
    after = [link for link in chains.of(newest) if link.revision > chains.whole_revision(newest)]
    told = (read(files.delta_path(name, link.sha256, link.step).read_bytes(), link.changes) for link in after)
    return follow(rows, told, name)


def rows_of(held: HeldRows) -> list[Row]:
    """The rows, in key order."""
    return [Row(**row) for batch in held.batches() for row in batch.to_pylist()]


def publish(hotlist: Hotlist) -> list:
    """As the worker does after a nudge."""
    return actions.publish(hotlist.pk, by=PUBLISHER)
