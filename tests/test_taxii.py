"""Lists as STIX 2.1 over TAXII 2.1: what a client of that standard finds, pages through, is told was withdrawn; what never leaves."""

import datetime as dt
import json

import pytest
import requests
import stix2
import taxii2client.v21 as taxii
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Event, EventDetail
from audit.verbs import Verb
from hotlists import actions as lists
from matchers import actions
from matchers.models import DoorList, RecallHolder, RevisionDoor
from tests.publishing import MadeMatcher, publish

MEDIA_TYPE = "application/taxii+json;version=2.1"

pytestmark = pytest.mark.django_db


def token_of(made: MadeMatcher, post) -> str:
    asked = {"grant_type": "client_credentials", "client_id": made.client_id, "client_secret": made.client_secret}
    return post("/oauth/token/", {**asked, "scope": "legacy"}).json()["access_token"]


class Asker:
    """A program that speaks TAXII, with its token."""

    def __init__(self, made: MadeMatcher):
        self.made = made
        self.client = Client(headers={"Authorization": f"Bearer {token_of(made, Client().post)}"})
        self.root = f"/taxii2/{RevisionDoor.objects.get(matcher=made.matcher).source_id}/"

    def get(self, path: str, accept: str = MEDIA_TYPE, **query):
        return self.client.get(path if path.startswith("/") else self.root + path, query, headers={"accept": accept})

    def collections(self) -> list[dict]:
        return self.get("collections/").json().get("collections", [])

    def objects(self, what: str = "objects", **query):
        return self.get(f"collections/{self.collections()[0]['id']}/{what}/", **query)

    def indicators(self, **query) -> dict[str, bool]:
        """Name -> whether it is revoked."""
        found = self.objects(**query).json().get("objects", [])
        return {each["name"]: each.get("revoked", False) for each in found if each["type"] == "indicator"}


@pytest.fixture
def add_asker(publication_keys, manager, allocate):
    """add_asker(name, *lists): an unsigned matcher that was given these lists."""

    def add(name: str, *given) -> Asker:
        added = actions.add_matcher(name, by=manager, purpose="Its maker is gone", by_revisions=True)
        made = MadeMatcher(added.matcher, added.client_id, added.client_secret, added.enrol_code)
        for each in given:
            allocate(made, each)
        return Asker(made)

    return add


@pytest.fixture
def asker(add_asker, hotlist, approved_entry) -> Asker:
    """One that was given the test list, with one vehicle on it."""
    asker = add_asker("Intelligence platform", hotlist)
    approved_entry(vrm_entered="AB01CDE", markers=["FI"])
    publish(hotlist)
    return asker


@pytest.mark.django_db(transaction=True)
def test_a_client_of_the_standard_finds_fetches_and_understands_a_list(
    live_server, add_asker, hotlist, approved_entry, supervisor
):
    asker = add_asker("Intelligence platform", hotlist)
    entries = [approved_entry(vrm_entered=f"AB01CD{letter}", markers=["FI"]) for letter in "EFGH"]
    publish(hotlist)
    token = token_of(asker.made, lambda path, body: requests.post(live_server.url + path, data=body, timeout=20))

    class Bearer(requests.auth.AuthBase):
        def __call__(self, request):
            request.headers["Authorization"] = f"Bearer {token}"
            return request

    server = taxii.Server(f"{live_server.url}/taxii2/", auth=Bearer())
    [root] = server.api_roots
    [collection] = root.collections
    assert (server.default.url, root.versions) == (root.url, [MEDIA_TYPE])
    assert (collection.title, collection.can_read, collection.can_write) == (hotlist.title, True, False)
    pages = list(taxii.as_pages(collection.get_objects, per_request=3))
    assert [len(page["objects"]) for page in pages] == [3, 3, 2]
    objects = [stix2.parse(each, version="2.1") for page in pages for each in page["objects"]]
    indicators = [each for each in objects if each["type"] == "indicator"]
    assert {each.name for each in indicators} == {f"AB01CD{letter} (GB)" for letter in "EFGH"}
    assert {each["type"] for each in objects} == {"identity", "extension-definition", "marking-definition", "indicator"}
    known = {each["id"] for each in objects}
    for each in indicators:
        assert {each.created_by_ref, *each.object_marking_refs, *each.extensions} <= known
        assert each.valid_until > timezone.now() > each.valid_from
    manifest = collection.get_manifest()["objects"]
    assert [entry["id"] for entry in manifest] == [each["id"] for each in objects]
    last = manifest[-1]["date_added"]
    assert "objects" not in collection.get_objects(added_after=last)
    [one] = collection.get_object(manifest[-1]["id"])["objects"]
    assert one["id"] == manifest[-1]["id"] == objects[-1]["id"]
    versions = collection._conn.get(f"{collection.objects_url}{one['id']}/versions/", headers={"Accept": MEDIA_TYPE})
    assert versions["versions"] == [manifest[-1]["version"]]
    lists.withdraw(entries[0], by=supervisor, reason="recovered")
    publish(hotlist)
    [gone] = collection.get_objects(added_after=last)["objects"]
    assert stix2.parse(gone, version="2.1").revoked
    assert gone["id"] == next(each["id"] for each in indicators if each.name == "AB01CDE (GB)")
    assert "AB01CDE" not in json.dumps(gone)


def test_an_indicator_says_what_a_recipient_needs_and_ends_by_itself_to_the_second(asker, hotlist):
    [told] = [each for each in asker.objects().json()["objects"] if each["type"] == "indicator"]
    version = hotlist.entries.get().versions.get()
    assert told["pattern"] == "[x-anpr-plate:vrm = 'AB01CDE' AND x-anpr-plate:country = 'GB']"
    assert dt.datetime.fromisoformat(told["valid_until"]) == min(
        hotlist.allocations.get().until_at, version.review_by
    ).replace(microsecond=0)
    [facts] = told["extensions"].values()
    assert (facts["action"], facts["markers"], facts["category"]) == ("ASSESS", ["FI"], "CRM")
    assert "Do not approach alone." in told["description"]
    assert told["labels"] == ["CRM", "ASSESS", facts["priority"]]


def test_a_bundle_taken_by_hand_is_read_by_the_standards_own_library(asker, hotlist, manager, client_of):
    body = {"form": "stix", "recipient": "J. Bloggs, Westmere", "reason": "Their platform reads STIX only; ISA 12/2026"}
    answer = client_of(manager).post(
        reverse("api_list_export", args=[hotlist.slug]),
        body,
        "application/json",
        headers={"accept": "application/stix+json"},
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/stix+json;version=2.1")
    content = b"".join(answer.streaming_content).decode()
    bundle = stix2.parse(content, version="2.1")
    [found] = [each for each in bundle.objects if each["type"] == "indicator"]
    assert bundle.id == f"bundle--{answer.headers['X-Disclosure']}"
    assert found.valid_until == hotlist.entries.get().versions.get().review_by.replace(microsecond=0)
    assert "nothing proves" in content


def test_what_stix_cannot_say_stays_behind_and_is_counted(asker, hotlist, approved_entry):
    approved_entry(vrm_entered="AB01CDF", scope={"days": [1]})
    approved_entry(vrm_entered="AB01CDG", starts_at=timezone.now() + dt.timedelta(hours=3))
    approved_entry(vrm_entered="AB001CD", country="FR", plate_confirmed_because="Read by an officer.")
    publish(hotlist)
    assert set(asker.indicators()) == {"AB01CDE (GB)", "AB01CDG (GB)", "AB001CD (FR)"}
    event = Event.objects.filter(verb=Verb.LEGACY_FETCHED).get()
    body = EventDetail.objects.get(pk=event.pk).body
    assert (event.count, body["withheld"]) == (3, [f"{hotlist.slug}: 1 place_or_time"])
    assert body["recipients"] == "Intelligence platform"
    assert "AB01CD" not in str(body)


def dates(asker) -> str:
    return asker.objects().headers["X-TAXII-Date-Added-Last"]


def test_who_asks_for_what_is_new_is_told_what_came_changed_and_went_and_nobody_of_what_they_never_had(
    asker, add_asker, hotlist, approved_entry, supervisor
):
    before = dates(asker)
    comes_and_goes = approved_entry(vrm_entered="AB01CDF")
    publish(hotlist)
    between = dates(asker)
    approved_entry(vrm_entered="AB01CDG")
    lists.withdraw(comes_and_goes, by=supervisor, reason="recovered")
    lists.withdraw(hotlist.entries.earliest("created_at"), by=supervisor, reason="recovered")
    publish(hotlist)
    assert asker.indicators(added_after=before) == {"AB01CDG (GB)": False, "Withdrawn": True}
    revoked = [each for each in asker.objects(added_after=between).json()["objects"] if each.get("revoked")]
    assert len(revoked) == 2
    assert set(asker.indicators()) == {"AB01CDG (GB)"}  # nobody who has nothing learns of what went
    assert asker.indicators(added_after=dates(asker)) == {}


def test_a_row_that_is_limited_to_places_since_is_withdrawn_there(asker, hotlist, manager, supervisor, approved_entry):
    before = dates(asker)
    entry = hotlist.entries.get()
    lists.withdraw(entry, by=supervisor, reason="recovered")
    publish(hotlist)
    approved_entry(vrm_entered="AB01CDE", scope={"days": [1]})
    publish(hotlist)
    assert asker.indicators(added_after=before) == {"Withdrawn": True}


def test_a_later_end_of_what_is_given_is_told_of_all_rows(asker, hotlist, manager):
    before = dates(asker)
    later = hotlist.allocations.get().until_at + dt.timedelta(days=20)
    actions.prolong(hotlist.allocations.get(), by=manager, until_at=later, reason="Still needed.")
    assert asker.indicators(added_after=before) == {"AB01CDE (GB)": False}
    assert dates(asker) > before


def test_pages_of_any_size_tell_everything_once(asker, hotlist, approved_entry):
    for letter in "FGHJK":
        approved_entry(vrm_entered=f"AB01CD{letter}")
    publish(hotlist)
    whole = [each["id"] for each in asker.objects().json()["objects"]]
    assert len(whole) == len(set(whole)) == 10
    for limit in (1, 2, 3, 4, 9, 10, 11):
        found, query = [], {"limit": limit}
        while query:
            page = asker.objects(**query).json()
            found += [each["id"] for each in page["objects"]]
            assert page["more"] == ("next" in page)
            query = {"limit": limit, "next": page["next"]} if page["more"] else None
        assert found == whole


def test_objects_are_found_by_id_type_and_version(asker):
    whole = asker.objects().json()["objects"]
    for each in whole:
        assert [found["id"] for found in asker.objects(**{"match[id]": each["id"]}).json()["objects"]] == [each["id"]]
        assert asker.objects(f"objects/{each['id']}").json()["objects"] == [each]
    for query, expected in (
        ({"match[type]": "indicator"}, 1),
        ({"match[type]": "identity,marking-definition"}, 3),
        ({"match[spec_version]": "2.0"}, 0),
        ({"match[version]": "all"}, 5),
        ({"match[version]": "2020-01-01T00:00:00Z"}, 0),
        ({"match[id]": "indicator--x,nothing"}, 0),
    ):
        assert len(asker.objects(**query).json().get("objects", [])) == expected, query
    assert asker.objects("objects/indicator--00000000-0000-4000-8000-000000000000").status_code == 404


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (MEDIA_TYPE, 200),
        ("application/taxii+json; version=2.1", 200),
        ("application/taxii+json", 200),
        ("*/*", 200),
        ("text/html, application/taxii+json;version=2.1;q=0.5", 200),
        ("application/taxii+json;version=2.0", 406),
        ("application/json", 406),
    ],
)
def test_answers_are_in_the_form_of_the_standard_and_no_other(asker, accept, status):
    for path in ("/taxii2/", "", "collections/"):
        answer = asker.get(path, accept)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, MEDIA_TYPE), path
        if status == 406:
            assert answer.json()["http_status"] == "406"


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"}, {"limit": "x"}, {"limit": "-1"}, {"added_after": "yesterday"}, {"added_after": "2026-11-22"},
        {"added_after": "2026-11-22T12:00:00"}, {"next": "x"}, {"next": "é"}, {"next": "MjAyNg=="}, {"next": ""},
        {"next": "MjAyNi0xMS0yMlQxMjowMDowMCswMDowMCA5OTk5OTk5OTk5OTk5OTk5OTk5OTk="},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(asker, query):
    answer = asker.objects(**query)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, MEDIA_TYPE)
    assert answer.json()["description"]


def test_no_other_machine_no_person_and_no_other_list_gets_in(asker, add_asker, matcher, manager, client_of, hotlist):
    other = add_asker("Another")
    collection = asker.collections()[0]["id"]
    assert other.collections() == []
    for path in ("", "collections/", f"collections/{collection}/", f"collections/{collection}/objects/"):
        assert other.get(asker.root + path).status_code == 404, path
        assert client_of(manager).get(asker.root + path).status_code in (401, 403), path
        assert Client().get(asker.root + path).status_code == 401, path
    assert other.get(f"collections/{collection}/objects/").status_code == 404
    asked = {"grant_type": "client_credentials", "client_id": matcher.client_id, "client_secret": matcher.client_secret}
    signed = Client(headers={"Authorization": f"Bearer {Client().post('/oauth/token/', asked).json()['access_token']}"})
    assert signed.get("/taxii2/").status_code == 403
    for method in ("post", "put", "delete"):
        address = f"{asker.root}collections/{collection}/objects/"
        assert getattr(asker.client, method)(address, {}, "application/json").status_code == 403


def test_a_list_that_was_taken_away_is_gone_at_once(asker, hotlist, manager):
    collection = asker.collections()[0]["id"]
    actions.revoke(hotlist.allocations.get(), by=manager, reason="The trial is over.")
    assert asker.collections() == []
    assert asker.get(f"collections/{collection}/objects/").status_code == 404


def test_to_ask_for_what_is_new_says_unproved_that_one_has_the_rest(asker, hotlist, supervisor):
    last = dates(asker)
    assert DoorList.objects.get().held_revision is None
    asker.objects(added_after=last)
    assert DoorList.objects.get().held_revision == 1
    lists.withdraw(hotlist.entries.get(), by=supervisor, reason="recovered")
    publish(hotlist)
    asker.objects(added_after=last)
    assert DoorList.objects.get().held_revision == 1
    asker.objects(added_after=timezone.now().isoformat())
    assert DoorList.objects.get().held_revision == 2
    assert RecallHolder.objects.open().count() == 1  # nothing proves it


def test_as_many_queries_for_many_objects_as_for_few(asker, hotlist, approved_entry):
    counts = []
    for names in ([], [f"AB01CE{letter}" for letter in "ABCDEFGH"]):
        for vrm in names:
            approved_entry(vrm_entered=vrm)
        publish(hotlist)
        asker.objects()
        with CaptureQueriesContext(connection) as queries:
            asker.objects()
        counts.append(len(queries))
    assert counts[0] == counts[1]
