"""How entries end, are doubted, are handed over and are asked for again; and that others' interests go on."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.verbs import Verb
from hotlists import actions
from hotlists.models import Entry, EntryVersion, Suspension
from hotlists.waiting import questions
from matchers.models import PublishedRow
from portal.errors import Refused, Stranger, TooLate, Unfit
from tests.cast import approve
from tests.publishing import publish
from tests.test_entries import in_force

pytestmark = pytest.mark.django_db
REFUSED_BY_DATABASE = (IntegrityError, InternalError)
HOUR = dt.timedelta(hours=1)


def test_removal_says_how_long_it_took_from_what_happened(approved_entry, supervisor, client_of):
    entry = approved_entry()
    now = timezone.now()
    with pytest.raises(Unfit) as refusal:
        actions.withdraw(entry, by=supervisor, reason="recovered", happened_at=now + HOUR)
    assert "happened_at" in refusal.value.fields
    actions.withdraw(entry, by=supervisor, reason="recovered", happened_at=now - 60 * HOUR)
    entry.refresh_from_db()
    assert 60 * HOUR <= entry.removal_latency < 61 * HOUR
    page = client_of(supervisor).get(reverse("entry_detail", args=[entry.pk])).content.decode()
    assert "It took 2 days from what happened to the end of this entry, longer than the 12 hours" in page


def test_what_happened_lies_before_the_end_in_the_database_too(approved_entry):
    entry = approved_entry()
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(happened_at=timezone.now())


def test_ended_entry_comes_back_only_as_a_new_request_of_somebodys_own(
    approved_entry, supervisor, inspector, client_of
):
    entry = approved_entry()
    with pytest.raises(TooLate, match="has not ended"):
        actions.ask_again(entry, by=supervisor)
    actions.withdraw(entry, by=supervisor, reason="located")
    page = client_of(supervisor).post(reverse("entry_ask_again", args=[entry.pk]), follow=True)
    version = EntryVersion.objects.exclude(entry=entry).get()
    assert page.redirect_chain[-1][0] == reverse("entry_edit", args=[version.entry_id])
    assert (version.status, version.written_by, version.entry.owner) == ("draft", supervisor, supervisor)
    assert (version.reason, version.vrm, version.no_conflict) == (entry.versions.get().reason, "AB01CDE", False)
    assert version.entry.follows == entry.pk
    assert version.expires_at > timezone.now()
    assert not in_force(entry)
    assert "asked for again" in client_of(supervisor).get(reverse("entry_detail", args=[entry.pk])).content.decode()
    actions.edit_draft(version, by=supervisor, no_conflict=True)
    actions.submit(version, by=supervisor)
    with pytest.raises(Refused, match="somebody else"):
        approve(version, by=supervisor)
    approve(version, by=inspector)
    assert in_force(version.entry)


def test_expired_entry_may_be_asked_for_again_over_the_api_once_a_key(approved_entry, submitter, outsider, client_of):
    entry = approved_entry()
    address = reverse("api_entry_ask_again", args=[entry.pk])
    assert client_of(submitter).post(address, content_type="application/json").status_code == 409
    with time_machine.travel(entry.terms.get().expires_at, tick=False):
        assert client_of(outsider).post(address, content_type="application/json").status_code == 404
        client = client_of(submitter)
        told = [
            client.post(address, content_type="application/json", headers={"Idempotency-Key": "again"})
            for _ in range(2)
        ]
        assert [answer.status_code for answer in told] == [201, 201]
        assert told[0].json()["id"] == told[1].json()["id"]
        assert told[0].json()["follows"] == str(entry.pk)


def test_data_protection_officer_disputes_and_another_lifts(
    approved_entry, dpo, supervisor, submitter, auditor, client_of
):
    entry = approved_entry()
    with pytest.raises(Refused, match="role"):
        actions.dispute(entry, by=auditor, reason="Doubt.")
    page = client_of(dpo).post(
        reverse("entry_dispute", args=[entry.pk]), {"reason": "The keeper says it was sold."}, follow=True
    )
    assert "Disputed" in page.content.decode()
    assert not in_force(entry)
    assert Event.objects.newest_first().filter(verb=Verb.ENTRY_DISPUTED).count() == 1
    with pytest.raises(TooLate, match="disputed already"):
        actions.dispute(entry, by=submitter, reason="Doubt.")
    actions.resume(entry, by=supervisor, reason="The log says it was not.")
    assert in_force(entry)


def test_dispute_over_the_api_answers_as_the_page_does(approved_entry, dpo, outsider, auditor, client_of):
    entry = approved_entry()
    address = reverse("api_entry_dispute", args=[entry.pk])
    codes = [
        client_of(user).post(address, {"reason": "Doubt."}, content_type="application/json").status_code
        for user in (outsider, auditor, dpo, dpo)
    ]
    assert codes == [404, 403, 200, 409]


def test_suspension_is_lifted_by_another_and_once_in_the_database_too(approved_entry, supervisor, inspector):
    held = actions.suspend(approved_entry(), by=supervisor, reason="May be misread.")
    rows = Suspension.objects.filter(pk=held.pk)
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
        rows.update(to_at=timezone.now(), to_by=supervisor)
    with pytest.raises(Exception, match="permission denied|only its end"), transaction.atomic():
        rows.update(reason="Other words.")
    rows.update(to_at=timezone.now(), to_by=inspector, lifted_because="Checked.")
    with pytest.raises(REFUSED_BY_DATABASE, match="only its end"), transaction.atomic():
        rows.update(to_at=None, to_by=None)


def test_owner_hands_over_to_who_sees_the_list_and_writes(
    approved_entry, submitter, supervisor, inspector, outsider, operator, manager, client_of
):
    entry = approved_entry()
    for stranger in (outsider, operator):
        with pytest.raises(Unfit) as refusal:
            actions.pass_on(entry, by=submitter, owner=stranger, reason="Moved.")
        assert "owner" in refusal.value.fields
    with pytest.raises(Refused):
        actions.pass_on(entry, by=supervisor, owner=supervisor, reason="Mine now.")
    with pytest.raises(Unfit, match="another person"):
        actions.pass_on(entry, by=submitter, owner=supervisor, deputy=supervisor, reason="Moved.")
    page = client_of(submitter).post(
        reverse("entry_pass_on", args=[entry.pk]),
        {"owner": supervisor.pk, "deputy": inspector.pk, "reason": "Moved to another unit."}, follow=True,
    )  # fmt: skip
    assert page.status_code == 200
    entry.refresh_from_db()
    assert (entry.owner, entry.deputy) == (supervisor, inspector)
    told = client_of(manager).post(
        reverse("api_entry_pass_on", args=[entry.pk]), {"owner": submitter.username, "reason": "Back from leave."},
        content_type="application/json",
    )  # fmt: skip
    assert told.status_code == 200, told.content
    assert told.json()["deputy"] is None


def test_vehicle_is_published_until_the_last_interest_in_it_ends(
    matcher, hotlist, approved_entry, submitted_entry, draft_entry, submitter, supervisor, inspector, client_of
):
    first = approved_entry()
    other = actions.submit(draft_entry(by=supervisor), by=supervisor)
    approve(other, by=inspector)
    second = other.entry
    publish(hotlist)
    rows = PublishedRow.objects.current().filter(hotlist=hotlist, vrm="AB01CDE")
    assert set(rows.values_list("ref", flat=True)) == {str(first.pk), str(second.pk)}
    page = client_of(submitter).get(reverse("entry_detail", args=[first.pk])).content.decode()
    assert "Others have an interest in this vehicle too" in page
    titles = {item.title for item in questions(submitter, timezone.now())}
    assert "Somebody else has an interest in your vehicle too" in titles
    actions.withdraw(first, by=submitter, reason="located")
    publish(hotlist)
    assert [row.ref for row in rows.all()] == [str(second.pk)], "owner B's interest goes on"
    assert "Another interest in your vehicle ended; yours goes on" in {
        item.title for item in questions(supervisor, timezone.now())
    }
    actions.withdraw(second, by=supervisor, reason="located")
    publish(hotlist)
    assert not rows.all().exists()


def test_interest_on_a_list_one_may_not_see_is_not_even_hinted_at(approved_entry, outsider, submitter, client_of):
    entry = approved_entry()
    with pytest.raises(Stranger):
        actions.dispute(entry, by=outsider, reason="Doubt.")
    assert not Entry.objects.other_interests_in(entry.versions.get(), outsider).exists()
    page = client_of(submitter).get(reverse("entry_detail", args=[entry.pk])).content.decode()
    assert "Nobody else whose lists you see" in page
