"""Emergency verbal authority: in force at once, over within four hours, never twice a day for the same plate and purpose."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import IntegrityError, close_old_connections, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.verbs import Verb
from hotlists import actions
from hotlists.models import EmergencyAuthority, Entry, EntryVersion, Term
from hotlists.waiting import questions
from portal.errors import Refused, Stranger, TooLate, Unfit
from portal.moments import hours_and_minutes
from tests.cast import GROUNDS, approve, entry_facts

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


def in_force(entry: Entry, at: dt.datetime | None = None) -> bool:
    return Entry.objects.in_force(at or timezone.now()).filter(pk=entry.pk).exists()


def emergency_facts(**over) -> dict:
    """What is asked in an emergency, and nothing else."""
    return {
        "vrm_entered": "AB01 CDE", "country": "GB", "plate_confirmed_because": "Read out twice by the officer behind it.",
        "category": "CRM", "purpose": "serious", "action_text": "Stop with two cars; he is believed to be armed.",
        "reason": "A man forced a woman into the car at Quay Street four minutes ago and drove north.",
        "contact_24h": "Control room, 01632 960001", "no_conflict": True, "protected_activity": False, **over,
    }  # fmt: skip


@pytest.fixture
def emergency(hotlist, submitter, inspector):
    """emergency(**over): one that the inspector gave a moment ago, recorded by the submitter."""

    def made(**over) -> EmergencyAuthority:
        by = over.pop("by", submitter)
        said = {"given_by": inspector, "given_at": timezone.now(), "words": "Yes, put it on at once.", **over}
        return actions.record_emergency(hotlist, by=by, **emergency_facts(**said))

    return made


def test_an_emergency_is_in_force_at_once_and_lapses_four_hours_after_it_was_given(emergency):
    given_at = timezone.now() - 90 * MINUTE
    authority = emergency(given_at=given_at)
    assert in_force(authority.entry)
    assert in_force(authority.entry, given_at + 4 * HOUR - dt.timedelta(seconds=1))
    assert not in_force(authority.entry, given_at + 4 * HOUR)
    assert Event.objects.newest_first().first().verb == Verb.EMERGENCY_RECORDED


def test_the_control_room_records_emergencies_and_writes_nothing_else(hotlist, operator, inspector, emergency):
    assert in_force(emergency(by=operator).entry)
    with pytest.raises(Refused):
        actions.begin_entry(hotlist, by=operator, **entry_facts())


def test_strangers_and_colleagues_without_the_right_record_none(emergency, outsider, auditor):
    with pytest.raises(Stranger):
        emergency(by=outsider)
    with pytest.raises(Refused):
        emergency(by=auditor)
    assert not EmergencyAuthority.objects.exists()


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"words": " "}, "words"), ({"reason": "of interest"}, "reason"), ({"no_conflict": False}, "no_conflict"),
        ({"contact_24h": ""}, "contact_24h"), ({"category": ""}, "category"), ({"vrm_entered": ""}, "vrm_entered"),
        ({"given_at": dt.timedelta(minutes=5)}, "given_at"), ({"given_at": -dt.timedelta(hours=4)}, "given_at"),
    ],
)  # fmt: skip
def test_what_an_emergency_lacks_is_named_and_nothing_is_left_behind(emergency, over, field):
    if "given_at" in over:
        over = {"given_at": timezone.now() + over["given_at"]}
    with pytest.raises(Unfit) as refusal:
        emergency(**over)
    assert field in refusal.value.fields
    assert not Entry.objects.exists()


def test_who_may_be_named(hotlist, emergency, inspector, supervisor, superintendent, outsider):
    for over, why in (
        ({"given_by": supervisor}, "may not give"),
        ({"given_by": outsider}, "may not give"),
        ({"given_by": inspector, "by": inspector}, "somebody else"),
        ({"given_by": inspector, "protected_activity": True, "protected_kinds": ["protest"]}, "superintendent"),
    ):
        with pytest.raises(Unfit) as refusal:
            emergency(**over)
        assert why in refusal.value.fields["given_by"][0]
    emergency(given_by=superintendent, protected_activity=True, protected_kinds=["protest"])


# --- Confirmed, completed, refused, dropped ---------------------------------------------------------------


def completed(authority: EmergencyAuthority, by) -> EntryVersion:
    """Version 2, which says all that every entry says."""
    facts = entry_facts(vrm_entered="AB01 CDE", purpose="serious")
    return actions.submit(actions.begin_version(authority.entry, by=by, **facts), by=by)


def test_one_that_is_not_whole_is_completed_and_then_approved_by_the_authoriser(emergency, submitter, inspector):
    authority = emergency()
    with pytest.raises(Unfit) as refusal:
        approve(authority.version, by=inspector)
    assert "completes it" in refusal.value.fields["verdict"][0]
    version = completed(authority, submitter)
    approve(version, by=inspector)
    assert in_force(authority.entry, authority.ends_at + HOUR)
    assert EmergencyAuthority.objects.with_confirmation().get().is_confirmed


def test_one_that_is_whole_is_approved_as_it_stands_and_runs_on(emergency, superintendent):
    authority = emergency(
        basis="FACT", subject="suspect", source_system="crime", source_ref="CR/2211/26", area="Northdale crime team"
    )
    approve(authority.version, by=superintendent)
    assert in_force(authority.entry, authority.ends_at + HOUR)
    assert authority.entry.terms.get(until_at=None).emergency_ends_at is None


def test_neither_recorder_nor_author_approves_what_an_emergency_became(emergency, inspector, superintendent, submitter):
    authority = emergency(by=inspector, given_by=superintendent)
    version = completed(authority, submitter)
    with pytest.raises(Refused, match="recorded emergency authority"):
        approve(version, by=inspector)
    approve(version, by=superintendent)


def test_refusing_it_ends_it_at_once_and_sending_it_back_does_not(emergency, inspector, submitter):
    refused = emergency()
    actions.decide(refused.version, by=inspector, verdict="reject", rationale="I never said so.")
    assert not in_force(refused.entry)
    returned = emergency(vrm_entered="XY50 ZZZ")
    actions.decide(returned.version, by=inspector, verdict="return", rationale="Add the crime number.")
    assert in_force(returned.entry)
    actions.narrow(returned.entry, by=inspector, reason="Two cars are enough.", action="OBSERVE_REPORT")
    assert not in_force(returned.entry, returned.ends_at)
    version = actions.submit(
        actions.begin_version(returned.entry, by=submitter, **entry_facts(vrm_entered="XY50 ZZZ")), by=submitter
    )
    actions.decide(version, by=inspector, verdict="reject", rationale="It was a misunderstanding.")
    assert not in_force(returned.entry), "refused in its completed form too"


def test_what_nobody_confirmed_is_counted(emergency, inspector, dpo):
    authority = emergency()
    assert [item.count for item in questions(dpo, timezone.now()) if "dropped off" in item.title] == [0]
    assert any("You authorised AB01CDE by word of mouth" in item.title for item in questions(inspector, timezone.now()))
    with time_machine.travel(authority.ends_at + MINUTE, tick=False):
        now = timezone.now()
        assert list(EmergencyAuthority.objects.unconfirmed(now)) == [authority]
        assert [item.count for item in questions(dpo, now) if "dropped off" in item.title] == [1]
        assert not any("word of mouth" in item.title for item in questions(inspector, now))


def test_protected_activity_given_by_word_of_mouth_is_confirmed_by_two_who_are_blind(
    hotlist, emergency, submitter, superintendent, second_superintendent
):
    authority = emergency(given_by=superintendent, protected_activity=True, protected_kinds=["protest"])
    facts = entry_facts(vrm_entered="AB01 CDE", protected_activity=True, purpose="serious")
    version = actions.submit(actions.begin_version(authority.entry, by=submitter, **facts), by=submitter)
    approve(version, by=superintendent)
    assert not in_force(authority.entry, authority.ends_at), "one alone confirms nothing"
    approve(version, by=second_superintendent)
    assert in_force(authority.entry, authority.ends_at)


# --- Never twice a day -------------------------------------------------------------------------------------


def test_no_second_emergency_for_the_same_plate_and_purpose_within_a_day(emergency):
    emergency()
    with pytest.raises(TooLate, match="within the last day"):
        emergency()
    emergency(purpose="safeguarding")
    emergency(country="FR")


def test_the_database_keeps_the_day_between_two_whoever_asks(emergency, draft_entry, inspector, submitter):
    first = emergency()
    draft = draft_entry(vrm_entered="AB01 CDE", purpose="serious")
    with pytest.raises(IntegrityError, match="once_a_plate_and_purpose"), transaction.atomic():
        forged(draft, first).save(force_insert=True)


@pytest.mark.parametrize(
    ("over", "complaint"),
    [
        ({"ends_at": 5 * HOUR}, "four_hours_at_most"), ({"no_other_until": 23 * HOUR}, "a_day_apart"),
        ({"given_by": "submitter"}, "does not authorise|by_another"), ({"rank": 70}, "needs rank"), ({"key": "x"}, "names the plate"),
        ({"words": " "}, "says_what"),
    ],
)  # fmt: skip
def test_the_database_refuses_forged_emergencies(draft_entry, submitter, inspector, emergency, over, complaint):
    authority = forged(draft_entry(vrm_entered="XY50 ZZZ", purpose="serious"), emergency())
    for name, value in over.items():
        value = authority.given_at + value if isinstance(value, dt.timedelta) else value
        setattr(authority, name, submitter if value == "submitter" else "GB AB01CDE x" if name == "key" else value)
    with pytest.raises(IntegrityError, match=complaint), transaction.atomic():
        authority.save(force_insert=True)


def forged(draft: EntryVersion, like: EmergencyAuthority) -> EmergencyAuthority:
    """A row for this draft, made by hand."""
    return EmergencyAuthority(
        entry=draft.entry, version=draft, given_by=like.given_by, given_at=like.given_at, rank=like.rank, words="Yes.",
        recorded_by=like.recorded_by, recorded_at=timezone.now(), sign_in=like.sign_in, ends_at=like.ends_at,
        key=EmergencyAuthority.key_of(draft), no_other_until=like.no_other_until, profile=like.profile,
    )  # fmt: skip


def test_the_database_lets_no_draft_govern_without_authority(draft_entry):
    draft = draft_entry()
    with pytest.raises(IntegrityError), transaction.atomic():
        EntryVersion.objects.filter(pk=draft.pk).update(
            status="emergency", submitted_by=draft.written_by, submitted_at=timezone.now()
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Term.objects.create(
            entry=draft.entry, version=draft, from_at=timezone.now(), starts_at=draft.starts_at, action=draft.action,
            review_by=draft.review_by, expires_at=draft.expires_at, emergency_ends_at=timezone.now() + HOUR,
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_recorded(emergency, submitter, operator):
    barrier, told = threading.Barrier(2), []

    def attempt(by):
        try:
            barrier.wait(10)
            emergency(by=by)
            told.append("recorded")
        except TooLate:
            told.append("too late")
        finally:
            close_old_connections()
            from django.db import connection

            connection.close()

    threads = [threading.Thread(target=attempt, args=[user]) for user in (submitter, operator)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == ["recorded", "too late"]
    assert EmergencyAuthority.objects.count() == 1


# --- Pages and API -----------------------------------------------------------------------------------------


def form_data(inspector, **over) -> dict:
    facts = emergency_facts(given_by=inspector.username, words="Yes, at once.", **over)
    given = timezone.localtime(timezone.now() - MINUTE).strftime("%Y-%m-%dT%H:%M")
    return {**facts, "given_at": given, "protected_activity": "no", "no_conflict": "on"}


def test_page_records_it_tells_the_story_and_lists_it(hotlist, operator, inspector, client_of):
    client = client_of(operator)
    assert "Record emergency authority" in client.get(reverse("hotlist_detail", args=[hotlist.slug])).content.decode()
    answer = client.post(reverse("emergency_new", args=[hotlist.slug]), form_data(inspector), follow=True)
    page = answer.content.decode()
    assert "In force by word of mouth" in page, page[:3000]
    assert "Authorised by word of mouth" in page
    listed = client_of(inspector).get(reverse("emergency_list") + "?show=waiting").content.decode()
    assert "To confirm" in listed
    assert "within 3 h 5" in listed
    queue = client_of(inspector).get(reverse("decision_queue")).content.decode()
    assert "AB01" in queue and "decide within 3 h 5" in queue
    assert "within 3 h 5" in client_of(inspector).get(reverse("home")).content.decode()
    assert "Lapses within 3 h 5" in page


def test_hours_and_minutes_are_never_more_than_are_left():
    said = {seconds: hours_and_minutes(seconds) for seconds in (0, 59, 60, 3599, 3600, 7859, 14400)}
    assert list(said.values()) == ["0 min", "0 min", "1 min", "59 min", "1 h 00 min", "2 h 10 min", "4 h 00 min"]


def test_page_refused_keeps_what_was_typed(hotlist, operator, inspector, client_of):
    body = form_data(inspector) | {"reason": "of interest"}
    page = client_of(operator).post(reverse("emergency_new", args=[hotlist.slug]), body).content.decode()
    assert "There is a problem" in page
    assert "Read out twice by the officer" in page
    assert not Entry.objects.exists()


def test_api_records_and_lists_it_and_a_machine_records_none(hotlist, operator, inspector, client_of):
    client = client_of(operator)
    body = emergency_facts(
        hotlist=hotlist.slug, given_by=inspector.username, given_at=timezone.now().isoformat(), words="Yes."
    )
    answer = client.post(reverse("api_emergency_list"), body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    assert client.get(reverse("api_emergency_list")).json()["results"][0]["holds"] is True
    again = client.post(reverse("api_emergency_list"), body, content_type="application/json")
    assert again.status_code == 409
    assert again.headers["Content-Type"] == "application/problem+json"
    decided = client_of(inspector).post(
        reverse("api_entry_decide", args=[answer.json()["entry"]]), {"verdict": "approve", **GROUNDS},
        content_type="application/json",
    )  # fmt: skip
    assert decided.status_code == 422


def test_a_draft_that_would_complete_it_keeps_nobody_from_refusing_it(emergency, inspector, submitter):
    refused = emergency()
    actions.begin_version(refused.entry, by=submitter)  # a draft, which its author may leave for ever
    actions.decide(refused.version, by=inspector, verdict="reject", rationale="I never said so.")
    assert not in_force(refused.entry)
    other = emergency(vrm_entered="XY50 ZZZ")
    facts = entry_facts(vrm_entered="XY50 ZZZ", purpose="serious")
    actions.submit(actions.begin_version(other.entry, by=submitter, **facts), by=submitter)
    with pytest.raises(TooLate, match="later version completes"):
        actions.decide(other.version, by=inspector, verdict="reject", rationale="I never said so.")


def test_an_interest_by_word_of_mouth_is_told_to_others_with_one_in_the_vehicle(
    emergency, draft_entry, supervisor, inspector, client_of
):
    theirs = emergency().entry
    mine = draft_entry(by=supervisor, vrm_entered="AB01 CDE")
    assert list(Entry.objects.other_interests_in(mine, supervisor)) == [theirs]
    page = client_of(supervisor).get(reverse("entry_detail", args=[mine.entry_id])).content.decode()
    assert "Nobody else whose lists you see" not in page
    actions.decide(theirs.versions.get(), by=inspector, verdict="return", rationale="Add the crime number.")
    assert list(Entry.objects.other_interests_in(mine, supervisor)) == [theirs]
