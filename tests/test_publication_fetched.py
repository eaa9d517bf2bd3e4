"""The publication as matchers fetch it: with their token, verified by the TUF client, proved by receipts."""

import datetime as dt
import time

import httpx
import pytest
import time_machine

from accounts.actions import add_machine
from audit.models import Event
from hotlists import actions as hotlists
from matchers import actions
from matchers.actions import chains, receipts
from matchers.models import Allocation, FeedList, Matcher, RecallHolder, Receipt
from tests.dishonest_stores import Echoes, KeepsQuietly
from tests.publishing import PUBLISHER, held, publish
from tests.test_camera_sites import live_site, proposed_site, site_team  # noqa: F401 - a site that is in service

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_answer_that_does_not_hold_the_rows_is_caught_and_closes_nothing(
    matcher, hotlist, approved_entry, supervisor, client_for
):
    entry = approved_entry()
    publish(hotlist)
    client = client_for(matcher, store=KeepsQuietly())
    client.step()
    assert Receipt.objects.get().is_right
    hotlists.withdraw(entry, by=supervisor, reason="recovered")
    publish(hotlist)
    client.step()
    wrong = Receipt.objects.latest("received_at")
    assert (wrong.is_right, bool(wrong.wrong_buckets)) == (False, True)
    assert RecallHolder.objects.open().count() == 1
    assert Event.objects.filter(verb="receipt.wrong").exists()


def test_repeating_the_manifest_proves_nothing(matcher, hotlist, approved_entry, client_for):
    approved_entry()
    [publication] = publish(hotlist)
    client = client_for(matcher, store=Echoes())
    client.step()
    receipt = Receipt.objects.latest("received_at")
    assert (receipt.rows, receipt.is_right) == (publication.rows, False)


def test_revoked_list_ends_with_an_empty_revision_that_has_to_be_proved(
    matcher, hotlist, approved_entry, manager, client_for, add_matcher, allocate
):
    other = add_matcher("Another force")
    allocate(other, hotlist)
    approved_entry()
    publish(hotlist)
    client, other_client = client_for(matcher), client_for(other)
    assert client.step() and other_client.step()
    actions.revoke(matcher.matcher.allocations.get(), by=manager, reason="The trial is over.")
    [ending] = publish(hotlist)
    carried = FeedList.objects.get(feed=matcher.matcher.feed_id)
    assert (ending.is_ending, carried.ending, carried.unloaded_at) == (True, ending, None)
    assert client.step() and other_client.step()
    assert held(client) == set()
    assert held(other_client) == {"AB01CDE"}
    assert Receipt.objects.filter(revision=ending.revision, matcher=matcher.matcher).get().is_right
    publish(hotlist)
    assert FeedList.objects.carried().filter(feed=matcher.matcher.feed_id).count() == 0
    assert client.step(), client.problem
    assert list(client.store.lists) == []


def test_list_given_again_comes_back_at_a_later_revision(
    matcher, hotlist, approved_entry, manager, client_for, allocate
):
    approved_entry()
    publish(hotlist)
    client = client_for(matcher)
    client.step()
    actions.revoke(matcher.matcher.allocations.get(), by=manager, reason="A pause.")
    [*_, ending] = publish(hotlist)
    client.step()
    publish(hotlist)
    client.step()
    allocate(matcher, hotlist)
    [again] = publish(hotlist)
    assert again.revision > ending.revision
    assert client.step(), client.problem
    assert held(client) == {"AB01CDE"}
    assert Receipt.objects.latest("received_at").is_right


def test_allocation_ends_by_itself_at_its_end(matcher, hotlist, approved_entry):
    approved_entry()
    publish(hotlist)
    with time_machine.travel(matcher.matcher.allocations.get().until_at, tick=False):
        assert any(publication.is_ending for publication in actions.reconcile(by=PUBLISHER))


def test_the_end_of_an_allocation_is_signed_into_the_feed(matcher, hotlist, approved_entry, client_for):
    approved_entry()
    publish(hotlist)
    client = client_for(matcher)
    assert client.step(), client.problem
    allocation = matcher.matcher.allocations.get()
    assert client.health()["lists"][hotlist.role.name]["given_until"] == int(allocation.until_at.timestamp())
    later = allocation.until_at + dt.timedelta(days=30)
    Allocation.objects.filter(pk=allocation.pk).update(until_at=later)
    assert publish(hotlist) == [], "the rows are the same; only the feed says another end"
    assert client.step(), client.problem
    assert client.health()["lists"][hotlist.role.name]["given_until"] == int(later.timestamp())
    assert publish(hotlist) == []


def test_demonstration_keys_are_told_wherever_they_are_used(
    matcher, hotlist, approved_entry, client_for, manager, client_of
):
    publish(hotlist)
    client = client_for(matcher)
    assert client.step(), client.problem
    assert client.health()["keys"].startswith("Demonstration keys")
    browser = client_of(manager)
    for address in ("/matchers/", f"/matchers/{matcher.matcher.pk}/"):
        assert "so they prove nothing" in browser.get(address).content.decode(), address


def test_sites_in_service_reach_the_matcher(matcher, hotlist, approved_entry, client_for, live_site):  # noqa: F811
    site = live_site()
    actions.publish_sites(by=PUBLISHER)
    approved_entry()
    publish(hotlist)
    client = client_for(matcher)
    client.step()
    assert client.store.sites[site.ref] > time.time()
    assert actions.publish_sites(by=PUBLISHER) is None


def test_timestamps_are_signed_again_and_the_client_stays_current(matcher, hotlist, approved_entry, client_for):
    approved_entry()
    publish(hotlist)
    client = client_for(matcher)
    client.step()
    before = client.applied.timestamp_version
    assert actions.refresh_timestamps(by=PUBLISHER) == 1
    assert client.step()
    assert client.applied.timestamp_version == before + 1


# --- Who may fetch ---------------------------------------------------------------------------------


def token_asked(live_server, made, scope) -> httpx.Response:
    return httpx.post(
        f"{live_server.url}/oauth/token/",
        auth=(made.client_id, made.client_secret),
        data={"grant_type": "client_credentials", "scope": scope},
    )


def token(live_server, made, scope="matcher") -> dict[str, str]:
    return {"Authorization": f"Bearer {token_asked(live_server, made, scope).json()['access_token']}"}


def test_everything_is_401_to_all_but_the_matcher_it_is_for(matcher, hotlist, approved_entry, live_server, add_matcher):
    approved_entry()
    [publication] = publish(hotlist)
    other = add_matcher("Another force")
    role, feed = hotlist.role.name, matcher.matcher.feed_id
    addresses = [
        f"/publication/{feed}/metadata/timestamp.json",
        f"/publication/{feed}/metadata/1.root.json",
        f"/publication/{feed}/metadata/99.root.json",
        f"/publication/{feed}/metadata/1.{role}.json",
        f"/publication/{feed}/wait?seen=0",
        f"/publication/targets/d/{role}/{publication.sha256}.full.parquet",
    ]
    mine, theirs = token(live_server, matcher), token(live_server, other)
    for address in addresses:
        expected = 404 if "99.root" in address else 200
        answers = [
            httpx.get(live_server.url + address, headers=headers).status_code
            for headers in ({}, {"Authorization": "Bearer nonsense"}, theirs, mine)
        ]
        assert answers == [401, 401, 401, expected], address
    own = f"/publication/{other.matcher.feed_id}/metadata/1.{role}.json"
    assert httpx.get(live_server.url + own, headers=theirs).status_code == 401, "a list that is not given is not shown"


def test_asking_for_the_next_root_leaves_no_line_in_the_log_and_other_things_not_there_do(matcher, live_server, caplog):
    mine = token(live_server, matcher)
    for name in ("99.root.json", "99.snapshot.json"):
        address = f"{live_server.url}/publication/{matcher.matcher.feed_id}/metadata/{name}"
        assert httpx.get(address, headers=mine).status_code == 404
    lines = [record.getMessage() for record in caplog.records if record.name == "django.request"]
    assert [("99.snapshot" in line, "root" in line) for line in lines] == [(True, False)]


def test_machine_without_the_scope_gets_nothing(matcher, live_server, db):
    machine, secret = add_machine("Figures", by=PUBLISHER, scopes=["read"])
    made = matcher._replace(client_id=machine.application.client_id, client_secret=secret)
    refused = token_asked(live_server, made, "matcher")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")
    address = f"{live_server.url}/publication/{matcher.matcher.feed_id}/metadata/timestamp.json"
    assert httpx.get(address, headers=token(live_server, made, "read")).status_code == 401


def test_enrolment_code_works_once(matcher, live_server):
    headers = token(live_server, matcher)
    body = {
        "code": matcher.enrol_code,
        "public_key": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    }
    address = f"{live_server.url}/api/v1/matchers/enrol/"
    wrong = httpx.post(address, headers=headers, json={**body, "code": "guessed"})
    first = httpx.post(address, headers=headers, json=body)
    again = httpx.post(address, headers=headers, json=body)
    assert [answer.status_code for answer in (wrong, first, again)] == [422, 201, 409]
    assert first.json()["matcher"] == str(matcher.matcher.pk)
    assert "code" in again.json()["detail"]


def test_receipt_that_another_key_signed_is_refused(matcher, hotlist, approved_entry, client_for):
    approved_entry()
    publish(hotlist)
    client = client_for(matcher)
    client.update()
    client.identity.enrol(client.session, matcher.enrol_code)
    Matcher.objects.update(public_key="d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    client.step()
    assert "signature" in client.problem
    assert not Receipt.objects.exists()


def test_whoever_a_list_was_taken_from_gets_nothing_that_others_get(
    matcher, add_matcher, allocate, hotlist, approved_entry, client_for, manager, live_server
):
    """From that moment, before anything is signed; and for good, though it never proves that it unloaded the list (R-101)."""
    allocate(add_matcher("Other"), hotlist)
    approved_entry()
    publish(hotlist)
    client = client_for(matcher)
    client.update()
    approved_entry(vrm_entered="XY50 ZZZ")
    [second] = publish(hotlist)
    name, feed = hotlist.role.name, matcher.matcher.feed_id
    [delta] = chains.of(second)
    base = f"{client.session.portal}/publication"
    shared = [
        f"{base}/{feed}/metadata/2.{name}.json", f"{base}/targets/d/{name}/{second.sha256}.full.parquet",
        f"{base}/targets/d/{name}/{delta.sha256}.{delta.step.name}",
    ]  # fmt: skip

    def answers():
        headers = token(live_server, matcher)
        return [httpx.get(url, headers=headers).status_code for url in shared]

    assert answers() == [200, 200, 200]
    actions.revoke(matcher.matcher.allocations.get(), by=manager, reason="The trial is over.")
    assert answers() == [401, 401, 401]
    publish(hotlist)
    approved_entry(vrm_entered="AB50 NEW")
    publish(hotlist)
    assert answers() == [401, 401, 401]
    assert client.step(), client.problem
    assert held(client) == set()
    assert client.applied.lists[name].receipt["is_right"]


def test_asking_again_does_not_change_what_is_asked(matcher, hotlist, approved_entry, client_for, monkeypatch):
    monkeypatch.setattr(receipts, "BUCKETS_ASKED", 3)
    approved_entry()
    publish(hotlist)
    client = client_for(matcher)
    client.step()
    ask = {"hotlist": hotlist.role.name, "revision": 1}
    asked = [client.session.post("/api/v1/challenges/", ask) for _ in range(6)]
    assert len({tuple(one["buckets"]) for one in asked}) == 1
    assert len({one["nonce"] for one in asked}) == 6
