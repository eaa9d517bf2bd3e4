"""Several entries passed on at once: looked at first, done in one go and on record, given back as they were."""

import pytest
from django.urls import reverse

from audit.models import Event
from audit.verbs import Verb
from hotlists import actions
from hotlists.models import Bulk, Entry
from portal.errors import Refused, Stranger, TooLate, Unfit
from tests.cast import person
from tests.feed_cast import plate

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(team):
    """Somebody else who writes entries for the list."""
    user = person("colleague", ["SUB"], first_name="Colleague", last_name="Test")
    team.user_set.add(user)
    return user


@pytest.fixture
def planned(approved_entry, hotlist, manager, colleague):
    """planned(count, by=manager): a plan to pass so many entries on to the colleague."""

    def make(count: int = 2, *, by=manager, **over) -> Bulk:
        keys = [approved_entry(vrm_entered=plate(n)).pk for n in range(count)]
        bulk = actions.choose_entries(hotlist, by=by, add=keys)
        return actions.plan_passing_on(bulk, by=by, **{"owner": colleague, "reason": "Left the team."} | over)

    return make


def owners() -> set:
    return {entry.owner for entry in Entry.objects.all()}


def test_nothing_changes_before_it_is_started_and_then_all_of_it_with_one_record(
    planned, manager, submitter, colleague
):
    bulk = planned()
    assert (bulk.status, bulk.kind, owners()) == ("checked", "owner", {submitter})
    before = Event.objects.count()
    done = actions.start_drafts(bulk, by=manager)
    assert (done.status, owners()) == ("done", {colleague})
    assert Event.objects.count() == before + 1
    event = Event.objects.newest_first().first()
    assert event.verb == Verb.ENTRIES_PASSED_ON
    for entry in Entry.objects.all():  # the story of each entry tells it
        assert Event.objects.about("hotlists.entry", entry.pk).newest_first().first() == event


def test_undo_gives_back_what_nobody_passed_on_again_and_what_has_not_ended(
    planned, manager, submitter, colleague, supervisor
):
    bulk = actions.start_drafts(planned(3), by=manager)
    kept, ended, free = Entry.objects.order_by("pk")
    actions.pass_on(kept, by=manager, owner=supervisor, reason="On leave.")
    actions.withdraw(ended, by=colleague, reason="located")
    actions.undo_bulk(bulk, by=manager)
    assert [Entry.objects.get(pk=one.pk).owner for one in (kept, ended, free)] == [supervisor, colleague, submitter]
    with pytest.raises(TooLate):
        actions.undo_bulk(bulk, by=manager)


def test_an_owner_passes_their_own_on_and_takes_them_back(planned, submitter, colleague):
    bulk = actions.start_drafts(planned(by=submitter, deputy=submitter), by=submitter)
    assert owners() == {colleague} and Entry.objects.first().deputy == submitter
    actions.undo_bulk(bulk, by=submitter)
    assert owners() == {submitter} and Entry.objects.first().deputy is None


def test_what_one_may_not_pass_on_is_told_and_left_out(
    approved_entry, planned, supervisor, manager, hotlist, colleague
):
    mine, theirs = approved_entry(vrm_entered=plate(8)), approved_entry(vrm_entered=plate(9))
    actions.pass_on(mine, by=manager, owner=supervisor, reason="Took over.")
    bulk = actions.choose_entries(hotlist, by=supervisor, add=[mine.pk, theirs.pk])
    bulk = actions.plan_passing_on(bulk, by=supervisor, owner=colleague, reason="Shift ends.")
    assert {row.entry_id: bool(row.problems) for row in bulk.rows.all()} == {mine.pk: False, theirs.pk: True}
    actions.start_drafts(bulk, by=supervisor)
    assert Entry.objects.get(pk=mine.pk).owner == colleague != Entry.objects.get(pk=theirs.pk).owner


def test_what_came_to_be_wrong_since_the_plan_is_left_out(planned, manager, submitter, colleague):
    bulk = planned()
    gone = Entry.objects.order_by("pk").first()
    actions.withdraw(gone, by=submitter, reason="located")
    actions.start_drafts(bulk, by=manager)
    assert Entry.objects.get(pk=gone.pk).owner == submitter
    assert "withdrawn" in str(bulk.rows.get(entry_id=gone.pk).problems)


@pytest.mark.parametrize(("over", "field"), [("outsider", "owner"), ("same", "deputy"), ("silent", "reason")])
def test_who_could_not_answer_for_them_is_refused(planned, outsider, colleague, over, field):
    facts = {"outsider": {"owner": outsider}, "same": {"deputy": colleague}, "silent": {"reason": " "}}[over]
    with pytest.raises(Unfit) as refusal:
        planned(**facts)
    assert field in refusal.value.fields


def test_a_new_owner_who_left_meanwhile_gets_nothing(planned, manager, submitter, colleague):
    bulk = planned()
    type(colleague).objects.filter(pk=colleague.pk).update(is_active=False)
    with pytest.raises(Refused):
        actions.start_drafts(bulk, by=manager)
    assert owners() == {submitter}


def test_strangers_and_others_do_not_go_on_with_it(planned, outsider, supervisor, colleague):
    bulk = planned()
    with pytest.raises(Stranger):
        actions.plan_passing_on(bulk, by=outsider, owner=colleague, reason="Mine.")
    with pytest.raises(Refused):
        actions.start_drafts(bulk, by=supervisor)


def test_pages_choose_look_pass_on_and_undo(approved_entry, hotlist, manager, colleague, submitter, client_of):
    entries, client = [approved_entry(vrm_entered=plate(n)) for n in range(2)], client_of(manager)
    choose = reverse("entries_choose", args=[hotlist.slug])
    keys = [str(entry.pk) for entry in entries]
    to = client.post(choose, {"shown": keys, "entry": keys, "act": "owner"}).url
    form = client.get(to).content.decode()
    assert "2 entries of Northdale crime" in form and "Colleague Test" in form
    assert "There is a problem" in client.post(to, {"owner": colleague.pk, "reason": ""}).content.decode()
    page = client.post(to, {"owner": colleague.pk, "reason": "Left the team."}, follow=True).content.decode()
    assert "New owner" in page and "Colleague Test" in page and "Left the team." in page
    assert "Pass 2 entries on" in page and "Now Submitter Test" in page and owners() == {submitter}
    bulk = Bulk.objects.get()
    page = client.post(reverse("bulk_start", args=[bulk.pk]), follow=True).content.decode()
    assert "Passed on" in page and "2 entries passed on" in page and owners() == {colleague}
    page = client.post(reverse("bulk_undo", args=[bulk.pk]), follow=True).content.decode()
    assert "Given back" in page and owners() == {submitter}


def test_the_api_passes_on_what_it_names_and_nothing_that_is_being_chosen_on_the_page(
    approved_entry, hotlist, manager, colleague, submitter, client_of
):
    chosen, named = (approved_entry(vrm_entered=plate(n)) for n in range(2))
    actions.choose_entries(hotlist, by=manager, add=[chosen.pk])
    client, at = client_of(manager), reverse("api_entries_pass_on", args=[hotlist.slug])
    body = {"entries": [str(named.pk)], "owner": colleague.username, "reason": "Left the team."}
    made = client.post(at, body, content_type="application/json").json()
    client.post(reverse("api_bulk_start", args=[made["id"]]), content_type="application/json")
    assert {entry.pk: entry.owner for entry in Entry.objects.all()} == {chosen.pk: submitter, named.pk: colleague}
    strange = client.post(at, body | {"entries": [str(named.pk), str(hotlist.pk)]}, content_type="application/json")
    assert (strange.status_code, strange.json()["errors"][0]["pointer"]) == (422, "/entries")


def test_nobody_comes_to_answer_for_a_vehicle_of_their_own(approved_entry, hotlist, manager, colleague):
    entry = approved_entry(vrm_entered=plate(1))
    actions.declare_vehicle(by=colleague, vrm_entered=plate(1), connection="own")
    with pytest.raises(Unfit, match="Choose somebody else"):
        actions.pass_on(entry, by=manager, owner=colleague, reason="Left the team.")
    bulk = actions.pass_several_on(hotlist, by=manager, entries=[entry.pk], owner=colleague, reason="Left the team.")
    assert "cannot answer for this entry" in str(bulk.rows.get().problems)


def test_the_api_plans_passes_on_and_gives_back(approved_entry, hotlist, manager, colleague, submitter, client_of):
    keys = [str(approved_entry(vrm_entered=plate(n)).pk) for n in range(2)]
    client, at = client_of(manager), reverse("api_entries_pass_on", args=[hotlist.slug])
    body = {"entries": keys, "owner": colleague.username, "reason": "Left the team."}
    assert (
        client.post(
            at, body | {"reason": " x", "deputy": colleague.username}, content_type="application/json"
        ).status_code
        == 422
    )
    assert not Bulk.objects.exists()
    made = client.post(at, body, content_type="application/json", headers={"Idempotency-Key": "k"}).json()
    assert (made["kind"], made["status"]) == ("owner", "checked")
    again = client.post(at, body, content_type="application/json", headers={"Idempotency-Key": "k"}).json()
    assert again["id"] == made["id"]
    assert (
        client.post(reverse("api_bulk_start", args=[made["id"]]), content_type="application/json").json()["status"]
        == "done"
    )
    assert owners() == {colleague}
    assert (
        client.post(reverse("api_bulk_undo", args=[made["id"]]), content_type="application/json").json()["status"]
        == "undone"
    )
    assert owners() == {submitter}
