"""The log read by those who may, for one of four purposes, and that they read it is in the log."""

import datetime as dt
import html
import json
import re

import pytest
import time_machine
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from audit.models import ColumnChange, Event, EventDetail
from audit.registry import TRACKED, UNTRACKED
from audit.seal.canonical import commitment
from audit.sentences import tell
from audit.verbs import Verb
from hotlists import actions
from portal.errors import Refused, Unfit

pytestmark = pytest.mark.django_db
LOG = "/audit/"


@pytest.fixture
def reader(client_of, dpo):
    """A browser in which the data protection officer has said why they read the log."""
    client = client_of(dpo)
    client.post("/audit/purpose/", {"purpose": "lawfulness"})
    return client


def text(response) -> str:
    return response.content.decode()


def test_log_asks_for_a_purpose_before_it_opens(client_of, dpo):
    client = client_of(dpo)
    assert client.get(LOG).url.startswith("/audit/purpose/")
    assert client.post("/audit/purpose/", {"purpose": "curiosity"}).status_code == 200
    assert client.get(LOG).status_code == 302
    assert client.post("/audit/purpose/", {"purpose": "proceedings", "next": "/audit/?verb=entry.opened"}).url == (
        "/audit/?verb=entry.opened"
    )
    assert client.get(LOG).status_code == 200


def test_purpose_holds_for_an_hour(reader):
    assert reader.get(LOG).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61)):
        assert reader.get(LOG).status_code == 302


def test_next_page_after_the_purpose_is_one_of_ours(client_of, dpo):
    answer = client_of(dpo).post("/audit/purpose/", {"purpose": "lawfulness", "next": "https://elsewhere.example/"})
    assert answer.url == LOG


def test_reading_the_log_is_in_the_log(reader, dpo):
    reader.get(LOG, {"plate": "AB01 CDE"})
    (told, *_) = tell(Event.objects.filter(verb=Verb.LOG_CONSULTED).newest_first())
    assert told.sentence == "Dpo Test read the audit log to verify that processing was lawful: one plate"
    assert told.event.operation == "consultation"
    assert told.event.plate_hash


def test_log_tells_what_was_done_in_sentences(reader, approved_entry, supervisor):
    actions.withdraw(approved_entry(), by=supervisor, reason="located", words="Found in Mill Lane.")
    page = text(reader.get(LOG))
    assert "Sergeant Supervisor Test withdrew entry" in page
    assert "Located. Found in Mill Lane." in page


@pytest.mark.parametrize("person", ["submitter", "manager", "operator", "administrator", "outsider"])
def test_others_do_not_read_the_log(cast, client_of, person):
    client = client_of(cast[person])
    assert client.get(LOG).status_code == 403
    assert client.get("/audit/purpose/").status_code == 403
    assert client.get("/api/v1/events/", {"purpose": "lawfulness"}).status_code == 403


def test_superuser_flag_opens_no_log(client_of, submitter):
    submitter.is_superuser = True
    submitter.save()
    assert client_of(submitter).get(LOG).status_code == 403


def found(reader, **asked) -> list[str]:
    page = text(reader.get(LOG, asked))
    told = reader.get("/api/v1/events/", {"purpose": "lawfulness", **asked}).json()["results"]
    told = [event for event in told if event["verb"] != "log.consulted"]  # reading itself is what is newest
    assert {event["id"] for event in told[:20]} <= set(ids_on(page))
    return [event["verb"] for event in told]


def ids_on(page: str) -> list[str]:
    """The events that a page of the log shows, in their order."""
    return re.findall(r'app-event__link" href="/audit/events/([0-9a-f-]{36})/', page)


def test_log_is_narrowed_by_person_act_thing_plate_and_day(reader, approved_entry, supervisor, submitter):
    entry = approved_entry(vrm_entered="AB01CDE")
    other = approved_entry(vrm_entered="XY50ZZZ")
    assert set(found(reader, who="supervisor")) == {"entry.approved", "sign_in.opened"}
    assert found(reader, verb="entry.approved") == ["entry.approved"] * 2
    assert set(found(reader, about=f"hotlists.entry:{entry.pk}")) == {
        "entry.approved", "entry.submitted", "entry.drafted"
    }  # fmt: skip
    assert len(found(reader, about="hotlists.entry")) >= 6
    assert set(found(reader, plate="xy 50 zzz", verb="entry.approved")) == {"entry.approved"}
    assert len(found(reader, plate="XY50ZZZ", verb="entry.approved")) == 1
    assert found(reader, operation="erasure") == []
    today = timezone.localdate()
    assert "entry.approved" in found(reader, since=today.isoformat(), until=today.isoformat())
    assert found(reader, until=(today - dt.timedelta(days=1)).isoformat()) == []
    assert set(found(reader, about=f"hotlists.entry:{other.pk}")) == set(
        found(reader, about=f"hotlists.entry:{entry.pk}")
    )
    assert found(reader, who="nobody") == []


def test_log_is_read_a_page_at_a_time(reader, dpo):
    for _ in range(60):
        reader.get(LOG, {"verb": "user.added"})
    answer = reader.get(LOG, {"verb": "log.consulted"})
    first = ids_on(text(answer))
    assert len(first) == 50
    (older,) = re.findall(r'rel="next" href="([^"]+)"', text(answer))
    second = ids_on(text(reader.get(LOG + html.unescape(older))))
    assert len(second) >= 10
    ids = [*first, *second]
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids, reverse=True)


def test_event_shows_its_facts_and_the_columns_that_changed(reader, client_of, draft_entry, submitter):
    version = draft_entry(colour="Blue")
    client_of(submitter).post(reverse("entry_step", args=[version.entry_id, "vehicle"]), form_of(version, colour="Red"))
    event = Event.objects.filter(verb=Verb.ENTRY_EDITED).get()
    page = text(reader.get(f"/audit/events/{event.pk}/"))
    assert "<del>Blue</del>" in page
    assert "<ins>Red</ins>" in page
    assert bytes(event.commitment).hex() in page


def form_of(version, **over) -> dict:
    """What the browser would send back of a draft."""
    names = ("vrm_entered", "country", "make", "model", "category", "purpose", "basis", "subject", "action", "priority",
             "source_system", "source_ref", "reason", "action_text", "contact_24h", "person_confirmed")  # fmt: skip
    return {name: getattr(version, name) for name in names} | {"no_conflict": "on"} | over


def test_commitment_is_over_the_words_as_they_stand(reader):
    event = Event.objects.newest_first().first()
    detail = EventDetail.objects.get(pk=event.pk)
    assert commitment(bytes(detail.salt), detail.body) == bytes(event.commitment)
    assert commitment(bytes(detail.salt), {**detail.body, "purpose": "another"}) != bytes(event.commitment)


def test_log_costs_as_many_queries_for_many_events_as_for_one(reader, approved_entry, django_assert_max_num_queries):
    reader.get(LOG)
    with django_assert_max_num_queries(20):
        reader.get(LOG)
    for _ in range(5):
        approved_entry()
    with django_assert_max_num_queries(20):
        reader.get(LOG)


def test_api_asks_for_the_purpose_and_tells_sentences(client_of, auditor, approved_entry):
    approved_entry()
    client = client_of(auditor)
    refused = client.get("/api/v1/events/")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/purpose"
    answer = client.get("/api/v1/events/", {"purpose": "integrity", "verb": "entry.approved"})
    assert answer.status_code == 200
    (event,) = answer.json()["results"]
    assert event["sentence"].startswith("Sergeant Supervisor Test approved version 1 of entry")
    assert event["operation"] == "alteration"
    assert client.get("/api/v1/events/", {"purpose": "integrity", "since": "yesterday"}).status_code == 400


def test_stranger_reads_nothing(client):
    assert client.get(LOG).status_code == 302
    assert client.get("/api/v1/events/", {"purpose": "integrity"}).status_code == 401


def test_every_model_is_watched_or_says_why_not():
    rooms = {"standards", "accounts", "audit", "retention", "camera_sites", "hotlists", "matchers", "hits", "scrutiny",
             "oversight"}  # fmt: skip
    changing = {
        m._meta.label for m in apps.get_models() if m._meta.app_label in rooms and not getattr(m, "append_only", 0)
    }
    assert changing - set(TRACKED) - set(UNTRACKED) == set()
    assert (set(TRACKED) | set(UNTRACKED)) - changing == set()
    assert not set(TRACKED) & set(UNTRACKED)


def test_passwords_are_never_among_the_changes(submitter):
    submitter.set_password("a very different password")
    submitter.save()
    assert "password" not in json.dumps(list(ColumnChange.objects.values_list("changes", flat=True)))


def test_consulting_without_a_lawful_purpose_is_refused(dpo, submitter):
    from audit.actions import consult

    with pytest.raises(Unfit):
        consult(by=dpo, purpose="curiosity", what="everything")
    with pytest.raises(Refused):
        consult(by=submitter, purpose="lawfulness", what="everything")
