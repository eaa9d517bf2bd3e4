"""The publication as matchers fetch it: with their token, verified by the TUF client, proved by receipts."""

from pathlib import Path

import pytest

from audit.models import Event
from hotlists import actions as hotlists
from matcher_client.feed import Feed as ClientFeed
from matcher_client.matcher import Matcher as Client
from matcher_client.session import PortalSession
from matchers import keys
from matchers.models import RecallHolder, Receipt
from tests.publishing import publish

pytestmark = pytest.mark.django_db(transaction=True)


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
        return Client(session, feed, state, enrol_code=made.enrol_code, store=store)

    yield start
    for session in sessions:
        session.close()


def held(client: Client) -> set[str]:
    return {vrm for part in client.store.lists.values() for vrm in part.by_vrm}


def test_matcher_fetches_verifies_and_proves_what_was_published(matcher, hotlist, approved_entry, client_for):
    approved_entry()
    [publication] = publish(hotlist)
    client = client_for(matcher)
    assert client.step()
    assert client.problem == ""
    assert held(client) == {"AB01CDE"}
    receipt = Receipt.objects.get()
    assert (receipt.is_right, receipt.revision, receipt.matcher) == (True, publication.revision, matcher.matcher)
    assert Event.objects.filter(verb="receipt.right", actor_kind="machine").count() == 1


def test_withdrawal_is_recalled_and_closed_only_by_the_right_answer(
    matcher, hotlist, approved_entry, supervisor, client_for
):
    entry = approved_entry()
    publish(hotlist)
    client = client_for(matcher)
    client.step()
    hotlists.withdraw(entry, by=supervisor, reason="recovered")
    publish(hotlist)
    copy = RecallHolder.objects.get()
    assert (copy.matcher, copy.closed_at, copy.recall.reason) == (matcher.matcher, None, "removed")
    assert client.step()
    copy.refresh_from_db()
    assert held(client) == set()
    assert copy.closed_at is not None
    assert copy.receipt_id == Receipt.objects.latest("received_at").pk
