"""What a list may hold: changes that touch no entry, limits within the category's, and no more vehicles than it may."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from camera_sites import actions as sites
from hotlists import actions, quality
from hotlists.forms.hotlists import HotlistEditForm
from hotlists.forms.writing import StepForm
from hotlists.models import Entry, EntryVersion, Hotlist, Term
from hotlists.standing import state_of
from hotlists.steps import BY_SLUG
from portal.errors import Refused, Stranger, TooLate, Unfit
from standards.models import Category
from tests.cast import GROUNDS, entry_facts
from tests.feed_cast import *  # noqa: F403 - the feed's fixtures

pytestmark = pytest.mark.django_db


def test_change_of_what_a_list_allows_touches_no_entry_and_says_which_no_longer_fit(
    approved_entry, hotlist, manager, submitter
):
    entry = approved_entry(category="CRM")
    allowed = [code for code in hotlist.categories if code != "CRM"]
    with pytest.raises(Unfit, match="1 entry would no longer fit"):
        actions.change_hotlist(hotlist, by=manager, categories=allowed)
    hotlist.refresh_from_db()
    assert "CRM" in hotlist.categories, "nothing was saved"
    changed = actions.change_hotlist(hotlist, by=manager, categories=allowed, misfits_known=True)
    assert Entry.objects.in_force(timezone.now()).filter(pk=entry.pk).exists(), "the entry stays as it was decided"
    assert list(Entry.objects.not_fitting(changed, timezone.now())) == [entry]
    assert Event.objects.filter(verb="hotlist.changed", count=1).exists()
    with pytest.raises(Unfit, match="submitted"):
        actions.submit(actions.begin_version(entry, by=submitter), by=submitter)


@pytest.mark.parametrize(
    ("over", "fits"),
    [
        ({}, True),
        ({"action": "STOP"}, False),
        ({"markers": ["FI"], "marker_source": "Incident 3"}, False),
        ({"category": "OCG"}, False),
    ],
)
def test_entry_fits_when_the_list_allows_its_category_its_action_and_all_its_markers(draft_entry, hotlist, over, fits):
    entry = draft_entry(**over).entry
    hotlist.categories, hotlist.actions, hotlist.markers = ["CRM"], ["ASSESS"], ["WE"]
    assert Entry.objects.not_fitting(hotlist, timezone.now()).filter(pk=entry.pk).exists() is not fits


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"categories": []}, "categories"),
        ({"categories": ["NONE"]}, "categories"),
        ({"categories": ["INS"]}, "categories"),
        ({"categories": ["SUP"]}, "categories"),
        ({"actions": []}, "actions"),
        ({"joint_controllers": "Southdale Police"}, "joint_arrangement"),
        ({"max_expiry_hours": 24 * 1000}, "max_expiry_hours"),
        ({"review_hours": 24 * 1000}, "review_hours"),
        ({"max_expiry_hours": 24, "review_hours": 48}, "review_hours"),
    ],
)
def test_list_that_cannot_be_is_unfit(hotlist, manager, facts, field):
    with pytest.raises(Unfit) as refusal:
        actions.change_hotlist(hotlist, by=manager, **facts)
    assert list(refusal.value.fields) == [field]


def test_assessment_that_is_not_in_date_cannot_be_chosen(hotlist, manager, infrastructure_lead):
    draft = sites.begin_dpia(
        by=infrastructure_lead, ref="dpia-new", title="New", need="n", description="d", risks="r", measures="m",
        safeguards="s", consultation="c",
    )  # fmt: skip
    with pytest.raises(Unfit) as refusal:
        actions.change_hotlist(hotlist, by=manager, dpia=draft.dpia)
    assert "not in date" in refusal.value.fields["dpia"][0]


def test_life_and_review_are_within_the_list_and_never_beyond_the_category(hotlist, manager, draft_entry):
    hotlist = actions.change_hotlist(hotlist, by=manager, max_expiry_hours=24 * 60, review_hours=24 * 5)
    crm = Category.objects.filter(code="CRM").first()
    assert (hotlist.longest_life(crm), hotlist.review_interval(crm)) == (24 * 56, 24 * 5)
    found = quality.problems(EntryVersion.objects.get(pk=draft_entry().pk), at=timezone.now())
    assert "at least every 5 days on this list" in found["review_by"][0]
    form = StepForm({"category": "CRM"}, step=BY_SLUG["why"], hotlist=hotlist)
    assert form.is_valid()
    assert form.facts(timezone.now())["review_by"] <= timezone.now() + dt.timedelta(days=5, minutes=1)


def test_usual_priority_of_the_list_comes_before_the_category_s(hotlist, manager):
    hotlist = actions.change_hotlist(hotlist, by=manager, default_priority="HIGH")
    form = StepForm({"category": "CRM"}, step=BY_SLUG["why"], hotlist=hotlist)
    assert form.is_valid()
    assert form.facts(timezone.now())["priority"] == "HIGH"


def test_database_keeps_a_list_in_order(hotlist, manager):
    for wrong in (
        {"max_size": 0}, {"review_hours": 48, "max_expiry_hours": 24}, {"joint_controllers": "Southdale"},
        {"deputy_id": hotlist.owner_id}, {"closed_at": timezone.now()},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Hotlist.objects.filter(pk=hotlist.pk).update(**wrong)


def test_closed_list_is_out_of_force_from_that_second_and_stays_closed(hotlist, manager, approved_entry, submitter):
    entry = approved_entry()
    before = timezone.now()
    actions.close_hotlist(hotlist, by=manager, reason="The operation ended.")
    assert not Entry.objects.in_force(timezone.now()).filter(pk=entry.pk).exists()
    assert Entry.objects.in_force(before).filter(pk=entry.pk).exists(), "what was in force then was"
    hotlist.refresh_from_db()
    for act in (
        lambda: actions.close_hotlist(hotlist, by=manager, reason="Again."),
        lambda: actions.change_hotlist(hotlist, by=manager, title="Other"),
        lambda: actions.begin_entry(hotlist, by=submitter, **entry_facts(vrm_entered="XY50ZZZ")),
    ):
        with pytest.raises(TooLate):
            act()
    with pytest.raises(IntegrityError), transaction.atomic():
        Hotlist.objects.filter(pk=hotlist.pk).update(closed_at=None, closed_by=None, closed_because="")


def test_owner_hands_the_list_over_and_the_new_ones_see_it(hotlist, manager, outsider, submitter, supervisor):
    assert not Hotlist.objects.visible_to(outsider).exists()
    actions.hand_over(hotlist, by=manager, owner=outsider, deputy=supervisor, reason="Moves on.")
    assert Hotlist.objects.visible_to(outsider).filter(owner=outsider, deputy=supervisor).exists()
    with pytest.raises(Refused):
        actions.hand_over(hotlist, by=submitter, owner=submitter, reason="Mine.")
    with pytest.raises(Unfit) as refusal:
        actions.hand_over(hotlist, by=outsider, owner=outsider, deputy=outsider, reason="Both.")
    assert "another person" in refusal.value.fields["deputy"][0]


def test_access_is_given_and_taken_and_who_answers_is_not_cut_off(hotlist, manager, outsider, team, submitter):
    actions.give_access(hotlist, outsider, by=manager)
    assert Hotlist.objects.visible_to(outsider).exists()
    actions.take_access(hotlist, outsider, by=manager)
    assert not Hotlist.objects.visible_to(outsider).exists()
    with pytest.raises(TooLate):
        actions.take_access(hotlist, outsider, by=manager)
    with pytest.raises(Unfit, match="Hand the list over"):
        actions.take_access(hotlist, manager, by=manager)
    actions.take_access(hotlist, team, by=manager)
    assert not Hotlist.objects.visible_to(submitter).exists()
    assert [event.verb for event in Event.objects.filter(verb="access.revoked")] == ["access.revoked"] * 2
    with pytest.raises(Stranger):
        actions.give_access(hotlist, outsider, by=submitter)


# --- Size ------------------------------------------------------------------------------------------------


def test_full_list_takes_no_more_and_a_withdrawn_entry_makes_room(
    hotlist, manager, submitted_entry, draft_entry, submitter, supervisor
):
    actions.change_hotlist(hotlist, by=manager, max_size=1)
    first = submitted_entry(vrm_entered="AB01 CDE")
    with pytest.raises(Unfit, match="as many as it may"):
        submitted_entry(vrm_entered="XY50 ZZZ")
    actions.decide(first, by=supervisor, verdict="approve", **GROUNDS)
    with pytest.raises(Unfit, match="as many as it may"):
        submitted_entry(vrm_entered="XY50 ZZZ")
    actions.submit(actions.begin_version(first.entry, by=submitter), by=submitter)  # it has its place already
    actions.withdraw(first.entry, by=supervisor, reason="located")
    submitted_entry(vrm_entered="XY50 ZZZ")


def test_approval_beyond_the_size_is_refused_by_action_and_by_the_database(
    hotlist, manager, submitted_entry, supervisor, approved_entry
):
    first, second = submitted_entry(vrm_entered="AB01 CDE"), submitted_entry(vrm_entered="XY50 ZZZ")
    actions.decide(first, by=supervisor, verdict="approve", **GROUNDS)
    hotlist.refresh_from_db()
    actions.change_hotlist(hotlist, by=manager, max_size=1)
    with pytest.raises(Unfit, match="as many as it may"):
        actions.decide(second, by=supervisor, verdict="approve", **GROUNDS)
    actions.change_hotlist(hotlist, by=manager, max_size=2)
    actions.decide(second, by=supervisor, verdict="approve", **GROUNDS)
    actions.change_hotlist(hotlist, by=manager, max_size=1)
    again = Term.objects.get(entry=second.entry_id)
    with pytest.raises(IntegrityError, match="as many as it may"), transaction.atomic():
        Term.objects.filter(pk=again.pk).update(until_at=timezone.now())
        Term.objects.create(
            entry_id=again.entry_id, version_id=again.version_id, from_at=timezone.now(), starts_at=again.starts_at,
            review_by=again.review_by, expires_at=again.expires_at, action=again.action, markers=again.markers,
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_two_approvals_at_once_only_one_takes_the_last_place(
    hotlist, manager, submitted_entry, supervisor, inspector
):
    versions = [submitted_entry(vrm_entered="AB01 CDE"), submitted_entry(vrm_entered="XY50 ZZZ")]
    actions.change_hotlist(hotlist, by=manager, max_size=1)
    barrier, refused = threading.Barrier(2), []

    def approve(version, by) -> None:
        try:
            barrier.wait(10)
            actions.decide(version, by=by, verdict="approve", **GROUNDS)
        except Unfit as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=approve, args=pair) for pair in zip(versions, (supervisor, inspector), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(refused) == 1
    assert Entry.objects.in_force(timezone.now()).count() == 1


def test_load_that_would_overfill_its_list_is_refused_in_words(feed, checked_load, manager, second_manager):
    actions.change_hotlist(feed, by=manager, max_size=2)
    load = checked_load([voi(1), voi(2), voi(3)])  # noqa: F405
    with pytest.raises(Unfit, match="would hold 3 rows, more than the 2"):
        actions.accept(load, by=second_manager)
    actions.refuse(load, by=second_manager, reason="Too many.")
    actions.accept(checked_load([voi(1), voi(2)]), by=second_manager)  # noqa: F405


# --- Pages and API ---------------------------------------------------------------------------------------


def edit_form(hotlist: Hotlist, client, **over) -> dict:
    """The page's fields as a browser sends them."""
    form = HotlistEditForm(instance=hotlist, initial={"state": state_of(hotlist)})
    sent = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    return {**sent, "dpia": str(hotlist.dpia_id), **over}


def test_page_changes_a_list_and_asks_again_where_entries_would_not_fit(
    hotlist, manager, approved_entry, client_of, submitter
):
    approved_entry()
    client, address = client_of(manager), reverse("hotlist_edit", args=[hotlist.slug])
    assert client_of(submitter).get(address).status_code == 403
    sent = edit_form(hotlist, client, circulation="REGIONAL", categories=["WNT"])
    page = client.post(address, sent).content.decode()
    assert "1 entry would no longer fit" in page
    assert "AB01 CDE" in page
    assert client.post(address, sent | {"misfits_known": "on"}).status_code == 302
    hotlist.refresh_from_db()
    assert (hotlist.circulation, hotlist.categories) == ("REGIONAL", ["WNT"])
    assert "no longer fit" in client.get(reverse("hotlist_detail", args=[hotlist.slug])).content.decode()


def test_page_opened_before_somebody_else_saved_loses_nothing_and_overwrites_nothing(hotlist, manager, client_of):
    client, address = client_of(manager), reverse("hotlist_edit", args=[hotlist.slug])
    sent = edit_form(hotlist, client, purpose="Mine, typed slowly")
    actions.change_hotlist(hotlist, by=manager, controller="Somebody else's word")
    page = client.post(address, sent).content.decode()
    assert "Somebody changed this list since you opened it" in page
    assert "Mine, typed slowly" in page
    hotlist.refresh_from_db()
    assert hotlist.controller == "Somebody else's word"


def test_api_changes_a_list_with_if_match(hotlist, manager, submitter, outsider, client_of):
    client, address = client_of(manager), reverse("api_hotlist_detail", args=[hotlist.slug])
    tag = client.get(address).headers["ETag"]

    def patch(client, body: dict, **headers):
        return client.patch(address, body, content_type="application/json", headers=headers)

    assert patch(client, {"max_size": 9}).status_code == 428
    done = patch(client, {"max_size": 9}, **{"If-Match": tag})
    assert (done.status_code, done.json()["max_size"]) == (200, 9)
    assert patch(client, {"max_size": 8}, **{"If-Match": tag}).status_code == 412
    fresh = {"If-Match": done.headers["ETag"]}
    assert patch(client, {"categories": []}, **fresh).status_code in (400, 422)
    assert patch(client_of(submitter), {"max_size": 8}, **fresh).status_code == 403
    assert patch(client_of(outsider), {"max_size": 8}, **fresh).status_code == 404


def test_api_hands_over_closes_gives_and_takes_access_and_tells_misfits(
    hotlist, manager, supervisor, submitter, approved_entry, outsider, client_of
):
    approved_entry()
    client = client_of(manager)

    def post(name: str, body: dict, who=client):
        return who.post(reverse(name, args=[hotlist.slug]), body, content_type="application/json")

    assert post("api_hotlist_access", {"person": outsider.username}).status_code == 204
    assert outsider.username in client.get(reverse("api_hotlist_access", args=[hotlist.slug])).json()["people"]
    assert post("api_hotlist_access_take", {"person": outsider.username}).status_code == 204
    assert post("api_hotlist_access_take", {"person": outsider.username}).status_code == 409
    handed = post(
        "api_hotlist_hand_over", {"owner": manager.username, "deputy": supervisor.username, "reason": "Moves on."}
    )
    assert handed.json()["deputy"] == str(supervisor)
    actions.change_hotlist(hotlist, by=manager, categories=["WNT"], misfits_known=True)
    misfits = client.get(reverse("api_hotlist_misfits", args=[hotlist.slug])).json()["results"]
    assert [one["vrm"] for one in misfits] == ["AB01CDE"]
    assert post("api_hotlist_close", {"reason": "Over."}, client_of(submitter)).status_code == 403
    assert post("api_hotlist_close", {"reason": "Over."}).json()["is_in_force"] is False
    assert post("api_hotlist_close", {"reason": "Over."}).status_code == 409


def test_pages_hand_over_close_and_take_access(hotlist, manager, supervisor, outsider, client_of, submitter):
    client = client_of(manager)
    actions.give_access(hotlist, outsider, by=manager)
    page = client.get(reverse("hotlist_access", args=[hotlist.slug])).content.decode()
    assert "Take access" in page
    client.post(reverse("hotlist_access_take", args=[hotlist.slug]), {"person": outsider.pk})
    assert not Hotlist.objects.visible_to(outsider).exists()
    client.post(
        reverse("hotlist_hand_over", args=[hotlist.slug]), {"owner": supervisor.pk, "deputy": manager.pk, "reason": "x"}
    )
    assert Hotlist.objects.get(pk=hotlist.pk).owner == supervisor
    assert client_of(submitter).get(reverse("hotlist_close", args=[hotlist.slug])).status_code == 403
    client.post(reverse("hotlist_close", args=[hotlist.slug]), {"reason": "The operation ended."})
    page = client.get(reverse("hotlist_detail", args=[hotlist.slug])).content.decode()
    assert "Closed for good" in page
    assert client.get(reverse("hotlist_list")).status_code == 200


def test_owner_hands_the_list_only_to_people_who_see_it_and_says_why(hotlist, manager, outsider, submitter, supervisor):
    actions.hand_over(hotlist, by=manager, owner=submitter, reason="Moves to the crime team.")
    with pytest.raises(Unfit) as refusal:
        actions.hand_over(hotlist, by=submitter, owner=outsider, deputy=supervisor, reason=" ")
    assert "sees this list" in refusal.value.fields["owner"][0]
    assert set(refusal.value.fields) == {"owner", "reason"}
    assert not Hotlist.objects.visible_to(outsider).exists()
    actions.hand_over(hotlist, by=submitter, owner=supervisor, reason="Leaves the unit.")
