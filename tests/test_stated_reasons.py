"""Looking is an act: why is said once for a purpose and case, stands for some hours, and goes with every look (R-062)."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import state_reason
from accounts.models import StatedReason
from accounts.reasons import Unexplained, standing
from accounts.sign_in import SESSION_KEY
from audit.models import Event, EventDetail
from audit.sentences import tell
from audit.verbs import Verb
from hotlists import actions
from matcher_client import vrm
from portal.errors import Unfit

pytestmark = pytest.mark.django_db

CASE = {"purpose": "rights", "case_ref": "SAR/2026/7", "words": "Subject access request, checked against the list."}


def browser(user) -> Client:
    """Plain, so that it is asked."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[SESSION_KEY] = str(user.sign_in.pk)
    session.save()
    return client


def words_of(event: Event) -> dict:
    return EventDetail.objects.get(pk=event.pk).body


def test_who_has_no_work_with_an_entry_is_asked_once_and_gets_what_they_asked_for(approved_entry, dpo):
    first, second = approved_entry(), approved_entry(vrm_entered="XY50 ZZZ")
    client, here = browser(dpo), reverse("entry_detail", args=[first.pk]) + "?tab=log"
    asked = client.get(here)
    assert asked.status_code == 302
    assert not Event.objects.filter(verb=Verb.ENTRY_OPENED).exists()
    page = client.get(asked.url)
    assert "Say why you look" in page.content.decode()
    done = client.post(asked.url, {**CASE, "next": here})
    assert done.url == here
    assert client.get(here).status_code == 200
    assert client.get(reverse("entry_detail", args=[second.pk])).status_code == 200
    stated = StatedReason.objects.get()
    looks = Event.objects.filter(verb=Verb.ENTRY_OPENED)
    assert looks.count() == 2
    for look in looks:
        assert words_of(look)["stated_reason"] == str(stated.pk)
        assert words_of(look)["case_ref"] == "SAR/2026/7"
    assert set(looks) <= set(Event.objects.about("accounts.statedreason", stated.pk))


def test_reason_lapses_by_the_standards_and_is_asked_again(approved_entry, dpo):
    entry = approved_entry()
    state_reason(by=dpo, **CASE)
    actions.open_entry(entry, by=dpo)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=8, minutes=1)):
        assert standing(dpo) is None
        with pytest.raises(Unexplained):
            actions.open_entry(entry, by=dpo)


def test_another_case_is_stated_anew_and_goes_with_the_looks_after_it(approved_entry, dpo):
    entry = approved_entry()
    state_reason(by=dpo, **CASE)
    actions.open_entry(entry, by=dpo)
    state_reason(by=dpo, **{**CASE, "case_ref": "COM/2026/3"})
    actions.open_entry(entry, by=dpo)
    looks = Event.objects.filter(verb=Verb.ENTRY_OPENED).order_by("id")
    assert [words_of(look)["case_ref"] for look in looks] == ["SAR/2026/7", "COM/2026/3"]
    page = browser(dpo).get(reverse("reason_state")).content.decode()
    assert "SAR/2026/7" in page
    assert "Go on with this" in page


def test_whose_work_an_entry_is_opens_it_without_being_asked(
    approved_entry, submitted_entry, submitter, supervisor, manager
):
    entry = approved_entry()
    for user in (submitter, supervisor, manager):
        assert browser(user).get(reverse("entry_detail", args=[entry.pk])).status_code == 200
    assert {words_of(look)["justification"] for look in Event.objects.filter(verb=Verb.ENTRY_OPENED)} == {
        "Their own work"
    }
    waiting = submitted_entry(vrm_entered="XY50 ZZZ")
    assert browser(supervisor).get(reverse("entry_detail", args=[waiting.entry_id])).status_code == 200


def test_colleague_of_the_list_who_has_no_hand_in_it_is_asked(approved_entry, inspector, operator):
    entry = approved_entry()
    for user in (inspector, operator):
        assert browser(user).get(reverse("entry_detail", args=[entry.pk])).status_code == 302
        assert browser(user).get(reverse("api_entry_detail", args=[entry.pk])).status_code == 403


def test_api_asks_the_same_and_takes_a_word_with_the_call(approved_entry, dpo):
    entry = approved_entry()
    client, here = browser(dpo), reverse("api_entry_detail", args=[entry.pk])
    refused = client.get(here)
    assert refused.status_code == 403
    assert "Say for which purpose" in refused.json()["detail"]
    assert client.get(here + "?reason=Complaint COM/2026/3").status_code == 200
    assert client.get(here).status_code == 403  # said with one call, it stands for that call
    made = client.post(reverse("api_reason_list"), CASE, content_type="application/json")
    assert made.status_code == 201, made.content
    assert client.get(here).status_code == 200
    assert [one["id"] for one in client.get(reverse("api_reason_list")).json()["results"]] == [made.json()["id"]]


def test_nobody_reads_the_reasons_of_another_there(dpo, auditor):
    state_reason(by=dpo, **CASE)
    assert browser(auditor).get(reverse("api_reason_list")).json()["results"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"purpose": "curiosity"}, "purpose"),
        ({"words": "  "}, "words"),
        ({"case_ref": ""}, "case_ref"),
        ({"words": "Who drives AB01 CDE?"}, "words"),
        ({"case_ref": "xy50zzz"}, "case_ref"),
    ],
)
def test_reason_that_says_too_little_or_names_a_plate_is_not_taken(dpo, wrong, field):
    with pytest.raises(Unfit) as refused:
        state_reason(by=dpo, **{**CASE, **wrong})
    assert list(refused.value.fields) == [field]
    answer = browser(dpo).post(reverse("reason_state"), {**CASE, **wrong, "next": "/entries/"})
    assert answer.status_code == 422
    assert 'value="/entries/"' in answer.content.decode()
    assert not StatedReason.objects.exists()


@pytest.mark.parametrize(
    "text", ["The A12 and the B1234 near Quay Street", "ND/2026/12", "CR/2211/26", "PC 4412 asked"]
)
def test_roads_and_references_are_taken_for_no_plate(text):
    assert not vrm.named_in(text)


def test_strange_address_to_go_back_to_is_not_followed(dpo):
    done = browser(dpo).post(reverse("reason_state"), {**CASE, "next": "https://elsewhere.example/"})
    assert done.url == reverse("reason_state")


def test_search_goes_by_what_was_stated_and_asks_where_nothing_stands(approved_entry, dpo):
    approved_entry()
    with pytest.raises(Unfit):
        actions.search_plate("AB01CDE", by=dpo)
    stated = state_reason(by=dpo, **CASE)
    actions.search_plate("AB01CDE", by=dpo)
    (told,) = tell(Event.objects.filter(verb=Verb.PLATE_SEARCHED))
    assert told.words["stated_reason"] == str(stated.pk)
    assert "SAR/2026/7" in told.sentence
    page = browser(dpo).post(reverse("plate_search"), {"plate": "AB01CDE", "reason": ""})
    assert "There is a problem" not in page.content.decode()


def test_reason_is_recorded_in_words_and_never_changed(dpo):
    stated = state_reason(by=dpo, **CASE)
    (told,) = tell(Event.objects.filter(verb=Verb.REASON_STATED))
    assert "SAR/2026/7" in told.sentence
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_statedreason SET words = 'other' WHERE id = %s", [stated.pk])
    with pytest.raises(IntegrityError, match="accounts_reason_names_its_case"), transaction.atomic():
        StatedReason.objects.create(
            purpose="crime", words="x", stated_by=dpo, stated_at=timezone.now(),
            stands_until=timezone.now() + dt.timedelta(hours=1),
        )  # fmt: skip
