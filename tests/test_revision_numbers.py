"""Matchers that know revision numbers only (R-100): -1 for no change, files that replace all, what they say they hold."""

import csv
import datetime as dt
import io
import zipfile

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Event, EventDetail
from audit.verbs import Operation, Verb
from hotlists import actions as lists
from matchers import actions, waiting
from matchers.models import DoorList, Matcher, Publication, RecallHolder, RevisionDoor
from portal.errors import Refused
from tests.publishing import MadeMatcher, publish

pytestmark = pytest.mark.django_db


class Door:
    """An old matcher: it asks with its token and reads what comes."""

    def __init__(self, made: MadeMatcher, source: str = ""):
        asked = {"grant_type": "client_credentials", "client_id": made.client_id, "client_secret": made.client_secret}
        token = Client().post("/oauth/token/", {**asked, "scope": "legacy"}).json()["access_token"]
        self.client = Client(headers={"Authorization": f"Bearer {token}"})
        self.matcher = made.matcher
        self.source = source or RevisionDoor.objects.get(matcher=made.matcher).source_id

    def get(self, path: str, **query):
        return self.client.get(f"/legacy/{self.source}/{path}", query, headers={"accept": "application/zip"})

    def number(self, held: int = -1) -> int:
        return int(self.get("revision", held=held).content)

    def lists(self) -> dict[str, tuple[str, ...]]:
        rows = csv.reader(io.StringIO(self.get("lists").content.decode()))
        return {name: tuple(rest) for name, *rest in rows}

    def update(self, held: int = -1, path: str = "update", **query) -> dict[str, list[list[str]]]:
        """File name -> its rows."""
        answer = self.get(path, held=held, **query)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip"), answer.content
        archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
        assert archive.testzip() is None
        return {name: list(csv.reader(io.StringIO(archive.read(name).decode()))) for name in archive.namelist()}

    def plates(self, held: int = -1, path: str = "update") -> set[str]:
        return {row[0] for rows in self.update(held, path).values() for row in rows}

    def says(self, revision: int, path: str = "held"):
        return self.client.post(f"/legacy/{self.source}/{path}", {"revision": revision}, "application/json")


@pytest.fixture
def add_door(publication_keys, manager):
    """add_door(name): a matcher that fetches by revision numbers, and holds no list yet."""

    def add(name: str = "Old back office") -> MadeMatcher:
        added = actions.add_matcher(name, by=manager, purpose="Its maker is gone", by_revisions=True)
        return MadeMatcher(added.matcher, added.client_id, added.client_secret, added.enrol_code)

    return add


@pytest.fixture
def door(add_door, allocate, hotlist, approved_entry) -> Door:
    """An old matcher that was given the test list, with one vehicle on it."""
    made = add_door()
    allocate(made, hotlist)
    approved_entry(vrm_entered="AB01CDE")
    publish(hotlist)
    return Door(made)


def test_minus_one_while_nothing_changed_and_a_later_number_when_something_did(door, hotlist, approved_entry):
    first = door.number()
    assert first > 0
    assert door.number(held=first) == -1
    assert door.get("update", held=first).content == b"-1"
    approved_entry(vrm_entered="AB01CDF")
    assert door.number(held=first) == -1  # in force, but not published
    publish(hotlist)
    assert door.number(held=first) == first + 1


def test_an_update_is_a_zip_with_a_file_that_replaces_the_list(door, hotlist, approved_entry, supervisor):
    [(name, rows)] = door.update().items()
    assert name == f"{door.source}_{hotlist.slug}_R.dat"
    assert [(row[0], len(row), row[15]) for row in rows] == [("AB01CDE", 16, "UNSIGNED 1")]
    entry = approved_entry(vrm_entered="AB01CDF")
    publish(hotlist)
    assert door.plates(held=1) == {"AB01CDE", "AB01CDF"}
    lists.withdraw(entry, by=supervisor, reason="recovered")
    assert door.get("update", held=2).content == b"-1"  # the last published revision, not what is in force
    publish(hotlist)
    assert door.plates(held=2) == {"AB01CDE"}


def test_what_the_old_format_would_make_broader_never_comes_and_is_counted(door, hotlist, approved_entry):
    approved_entry(vrm_entered="AB01CDF", scope={"days": [1]})
    publish(hotlist)
    assert door.plates() == {"AB01CDE"}
    body = EventDetail.objects.get(pk=Event.objects.filter(verb=Verb.LEGACY_FETCHED).get().pk).body
    assert body["withheld"] == [f"{hotlist.slug}: 1 place_or_time"]


def test_a_row_that_begins_later_comes_under_a_number_of_its_own_when_it_begins(door, hotlist, approved_entry):
    begins = timezone.now() + dt.timedelta(hours=3)
    approved_entry(vrm_entered="AB01CDF", starts_at=begins)
    publish(hotlist)
    number = door.number()
    assert door.plates() == {"AB01CDE"}
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=50), tick=False):
        assert door.number(held=number) == -1  # the token still holds
    DoorList.objects.update(due_at=timezone.now())
    assert door.number(held=number) == number + 1


def test_status_tells_each_list_the_newest_what_is_held_and_whether_it_is_given(
    door, hotlist, allocate, manager, approved_entry
):
    assert door.lists() == {hotlist.slug: ("1", "-1", "Y")}
    assert door.says(1).status_code == 422  # nothing was handed out yet
    door.update()
    assert door.says(1).status_code == 200
    assert door.lists() == {hotlist.slug: ("1", "1", "Y")}
    actions.revoke(hotlist.allocations.get(), by=manager, reason="The trial is over.")
    assert door.lists() == {hotlist.slug: ("2", "1", "N")}  # at once, though the ending is not published
    assert door.plates(held=1) == set()
    publish(hotlist)
    assert door.lists()[hotlist.slug][2] == "N"
    assert list(door.update(held=1)) == [f"{door.source}_{hotlist.slug}_R.dat"]
    with pytest.raises(IntegrityError), transaction.atomic():
        DoorList.objects.update(held_number=99)


def test_one_list_is_fetched_and_said_by_its_name(door, hotlist):
    path = f"lists/{hotlist.slug}"
    assert door.plates(path=f"{path}/update") == {"AB01CDE"}
    assert door.get(f"{path}/update", held=1).content == b"-1"
    assert door.says(7, f"{path}/held").status_code == 422
    assert door.says(1, f"{path}/held").content == b"1"
    assert DoorList.objects.get().held_revision == Publication.objects.current().get().revision


def test_a_file_larger_than_the_matcher_takes_is_not_handed_out_but_told_of(door):
    answer = door.get("update", most=10)
    word, size = answer.content.decode().split()
    assert (word, answer.headers["X-Revision"]) == ("TOO_BIG", "1")
    assert int(size) > 10
    assert not Event.objects.filter(verb=Verb.LEGACY_FETCHED).exists()
    assert door.says(1).status_code == 422
    assert door.plates() == {"AB01CDE"}
    assert door.update(most=int(size))


@pytest.mark.parametrize("held", ["-2", "x", "2147483648", "99999999999999999999", "1e3", "0x1", "١x"])
def test_numbers_out_of_range_are_refused(door, held):
    for path in ("revision", "update"):
        assert door.get(path, held=held).status_code == 400
        assert door.get("update", most=held).status_code == 400
    assert door.says(held).status_code == 400


def test_a_number_from_the_future_gets_everything_anew(door):
    assert door.number(held=500) == 1
    assert door.plates(held=500) == {"AB01CDE"}
    assert door.says(500).status_code == 422


def test_another_matchers_source_and_lists_answer_as_if_there_were_none(door, add_door, allocate, hotlist, second_list):
    other = Door(add_door("Another"))
    for source in (door.source, "nothing", "..%2f..%2fetc"):
        other.source = source
        for path in ("revision", "lists", "update", f"lists/{hotlist.slug}/update"):
            assert other.get(path).status_code == 404, (source, path)
        assert other.says(1).status_code == 404
    assert door.get(f"lists/{second_list.slug}/update").status_code == 404
    assert door.get("lists/%2e%2e/update").status_code == 404
    assert door.says(1, f"lists/{second_list.slug}/held").status_code == 404
    assert set(door.lists()) == {hotlist.slug}


@pytest.fixture
def second_list(manager, dpia, team):
    """A list that was given to nobody."""
    made = lists.create_hotlist(
        by=manager, slug="westmere-crime", title="Westmere crime", kind="MANAGED", purpose="Find vehicles used in crime",
        controller="Northdale Police", legal_basis="DPA 2018 Part 3", owner=manager, dpia=dpia, categories=["CRM"],
        actions=["STOP", "ASSESS"], markers=[], sunset_at=timezone.now() + dt.timedelta(days=300),
    )  # fmt: skip
    lists.give_access(made, team, by=manager)
    return made


def test_several_lists_come_in_one_zip_and_only_those_that_changed(
    door, second_list, allocate, approved_entry, hotlist
):
    number = door.number()
    allocate(MadeMatcher(door.matcher, "", "", ""), second_list)
    publish(second_list)
    assert [name.split("_")[1] for name in door.update(held=number)] == [second_list.slug]
    assert {name.split("_")[1] for name in door.update()} == {hotlist.slug, second_list.slug}


def test_no_other_machine_and_no_person_gets_in_and_this_one_gets_in_nowhere_else(
    door, matcher, manager, client_of, hotlist
):
    assert client_of(manager).get(f"/legacy/{door.source}/update").status_code in (401, 403)
    assert Client().get(f"/legacy/{door.source}/update").status_code == 401
    asked = {"grant_type": "client_credentials", "client_id": matcher.client_id, "client_secret": matcher.client_secret}
    assert Client().post("/oauth/token/", {**asked, "scope": "legacy"}).status_code in (400, 401)
    token = Client().post("/oauth/token/", asked).json()["access_token"]
    signed = Client(headers={"Authorization": f"Bearer {token}"})
    assert signed.get(f"/legacy/{door.source}/update").status_code == 403
    feed = door.matcher.feed_id
    assert door.client.get(f"/publication/{feed}/metadata/timestamp.json").status_code == 401
    for name in ("api_publication_list", "api_hit_list", "api_matcher_list"):
        assert door.client.get(reverse(name)).status_code in (401, 403), name
    body = {"code": "x", "public_key": "0" * 64}
    assert door.client.post(reverse("api_matcher_enrol"), body, "application/json").status_code in (401, 403)


def test_a_switched_off_matcher_gets_nothing(door):
    Matcher.objects.get(pk=door.matcher.pk).machine.__class__.objects.filter(pk=door.matcher.machine_id).update(
        is_active=False
    )
    assert door.get("update").status_code == 401


def test_each_file_is_recorded_as_disclosure_and_each_word_of_what_is_held(door, hotlist):
    door.update()
    door.says(1)
    fetched = Event.objects.filter(verb=Verb.LEGACY_FETCHED).get()
    body = EventDetail.objects.get(pk=fetched.pk).body
    assert (fetched.operation, fetched.count) == (Operation.DISCLOSURE, 1)
    assert (body["recipients"], body["number"], len(body["sha256"])) == (str(door.matcher), 1, 64)
    assert "AB01CDE" not in str(body)
    assert fetched in Event.objects.about("hotlists.hotlist", hotlist.pk)
    assert Event.objects.filter(verb=Verb.LEGACY_HELD).count() == 1


def test_a_withdrawn_row_is_never_proved_forgotten_though_the_matcher_says_so(
    door, hotlist, approved_entry, manager, supervisor, client_of
):
    entry = approved_entry(vrm_entered="AB01CDF")
    publish(hotlist)
    number = door.number()
    door.update()
    door.says(number)
    browser = client_of(manager)
    assert "cannot be proved forgotten" in browser.get(reverse("matcher_list")).content.decode()
    lists.withdraw(entry, by=supervisor, reason="recovered")
    publish(hotlist)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=20), tick=False):
        assert questions(manager) == ["Withdrawn rows not proved forgotten"]
        door.update(held=number)
        door.says(number + 1)
        assert questions(manager) == []
        assert RecallHolder.objects.open().count() == 1
        page = browser.get(reverse("entry_detail", args=[entry.pk])).content.decode()
        assert "unsigned: cannot be proved forgotten" in page
        page = browser.get(reverse("matcher_detail", args=[door.matcher.pk])).content.decode()
        assert "Says it holds" in page
        assert f"/legacy/{door.source}/" in page
    with time_machine.travel(timezone.now() + dt.timedelta(hours=30), tick=False):
        assert "Matchers gone silent" in questions(manager)


def questions(user) -> list[str]:
    return [item.title for item in waiting.questions(user, timezone.now()) if item.count]


def test_such_a_matcher_is_added_on_the_page_and_over_the_api_and_has_no_key_to_enrol(
    publication_keys, manager, client_of
):
    browser = client_of(manager)
    page = browser.post(reverse("matcher_new"), {"name": "Old", "purpose": "Alerts", "by_revisions": "yes"})
    assert "/legacy/" in page.content.decode()
    assert "One-time code" not in page.content.decode()
    body = {"name": "Older", "purpose": "Alerts", "by_revisions": True}
    made = browser.post(reverse("api_matcher_list"), body, "application/json").json()
    assert made["matcher"]["source_id"]
    for matcher in Matcher.objects.all():
        assert matcher.machine.scopes == "legacy"
        with pytest.raises(Refused):
            actions.renew_code(matcher, by=manager)
    browser.post(reverse("matcher_new"), {"name": "New", "purpose": "Alerts", "by_revisions": ""})
    assert Matcher.objects.get(name="New").machine.scopes == "matcher"


def test_as_many_queries_for_many_rows_as_for_few(door, hotlist, approved_entry):
    counts = []
    for names in ([], [f"AB01CE{letter}" for letter in "ABCDEFGH"]):
        for vrm in names:
            approved_entry(vrm_entered=vrm)
        publish(hotlist)
        door.number()
        with CaptureQueriesContext(connection) as queries:
            door.update()
        counts.append(len(queries))
    assert counts[0] == counts[1]
