"""Everything about one record or case as the log tells it, from its first request to its deletion (R-063, R-065)."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import state_reason
from accounts.models import SystemJob
from audit.models import Event, EventDetail
from audit.verbs import Verb
from hotlists import actions as lists
from hotlists.models import Entry
from retention import actions as retention

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "retention", "owner"])

ENTRY = "hotlists.entry"
PLATE = "AB01CDE"


@pytest.fixture
def reader(client_of, dpo):
    """The data protection officer, who said why the log is read."""
    client = client_of(dpo)
    client.post(reverse("log_purpose"), {"purpose": "lawfulness"})
    return client


def story(client, kind: str, ref: object, **query) -> str:
    answer = client.get(reverse("story", args=[kind, ref]), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_story_asks_for_the_purpose_first_and_is_itself_on_record(approved_entry, client_of, dpo):
    entry = approved_entry()
    client, here = client_of(dpo), reverse("story", args=[ENTRY, entry.pk])
    asked = client.get(here)
    assert asked.url.startswith(reverse("log_purpose"))
    assert client.post(asked.url, {"purpose": "lawfulness"}).url == here
    client.get(here)
    (event,) = Event.objects.filter(verb=Verb.LOG_CONSULTED)
    assert EventDetail.objects.get(pk=event.pk).body["what"] == f"the story of {ENTRY}:{entry.pk}"


def test_story_of_an_entry_tells_who_asked_who_decided_who_looked_in_that_order(approved_entry, reader, dpo):
    entry = approved_entry()
    state_reason(by=dpo, purpose="oversight", words="Monthly look.")
    lists.open_entry(entry, by=dpo)
    page = story(reader, ENTRY, entry.pk)
    places = [
        page.index(words) for words in ("wrote a draft of", "submitted version 1", "approved version 1", "opened entry")
    ]
    assert places == sorted(places)
    assert "opened entry" not in story(reader, ENTRY, entry.pk, looks="no")


def test_story_outlives_the_entry_without_its_plate_and_names_the_certificate(
    approved_entry, supervisor, client_of, dpo
):
    entry = approved_entry()
    lists.withdraw(entry, by=supervisor, reason=Entry.WithdrawalReason.LOCATED, words="Found in Mill Lane.")
    with time_machine.travel(timezone.now() + dt.timedelta(days=31 * 12 + 3), tick=True):
        retention.apply(by=SystemJob("tests"))
        client = client_of(dpo)
        client.post(reverse("log_purpose"), {"purpose": "lawfulness"})
        page = story(client, ENTRY, entry.pk)
        api = client.get(reverse("api_story", args=[ENTRY, entry.pk]), {"purpose": "lawfulness"})
    assert not Entry.objects.filter(pk=entry.pk).exists()
    assert "The record was erased" in page
    assert "issued" in page
    assert "Supervisor Test approved version" in page
    for said in (PLATE, "AB01 CDE", "Mill Lane"):
        assert said not in page
    verbs = [one["verb"] for one in api.json()["results"]]
    assert verbs[0] == "entry.drafted"
    assert verbs[-1] == "entry.withdrawn"
    assert all(one["words"] == {} for one in api.json()["results"])


def test_story_of_a_case_joins_what_was_listed_and_looked_at_under_its_reference(approved_entry, reader, dpo):
    entry = approved_entry(source_ref="CR/7/26")
    other = approved_entry(vrm_entered="XY50 ZZZ", source_ref="CR/8/26")
    state_reason(by=dpo, purpose="rights", case_ref="CR/7/26", words="The keeper complains.")
    lists.open_entry(other, by=dpo)
    page = story(reader, "case", "CR/7/26")
    assert "approved version 1 of entry " + str(entry.pk)[-8:] in page
    assert "opened entry " + str(other.pk)[-8:] in page
    assert "approved version 1 of entry " + str(other.pk)[-8:] not in page


def test_unknown_kinds_records_and_cases_are_not_found(reader):
    for kind, ref in (("no.such", "1"), ("hotlists", "1"), (ENTRY, "nonsense"), (ENTRY, "0190a000-0000-7000-8000-000000000000"),
                      ("case", "CR/none/26")):  # fmt: skip
        assert reader.get(reverse("story", args=[kind, ref])).status_code == 404, kind


def test_only_who_may_read_the_log_is_told(approved_entry, client_of, submitter, supervisor, outsider):
    entry = approved_entry()
    for user in (submitter, supervisor, outsider):
        assert client_of(user).get(reverse("story", args=[ENTRY, entry.pk])).status_code == 403
        address = reverse("api_story", args=[ENTRY, entry.pk])
        assert client_of(user).get(address, {"purpose": "lawfulness"}).status_code == 403
    assert "Its whole story" not in client_of(submitter).get(reverse("entry_detail", args=[entry.pk])).content.decode()


def test_api_tells_it_for_one_of_the_four_purposes_only(approved_entry, client_of, dpo):
    address = reverse("api_story", args=[ENTRY, approved_entry().pk])
    assert client_of(dpo).get(address, {"purpose": "curiosity"}).status_code == 422
    assert client_of(dpo).get(address, {"purpose": "lawfulness"}).json()["results"][0]["verb"] == "entry.drafted"


def test_pages_lead_to_it(approved_entry, reader, dpo):
    entry = approved_entry()
    assert (
        reverse("story", args=[ENTRY, entry.pk])
        in reader.get(reverse("entry_detail", args=[entry.pk])).content.decode()
    )
    assert reverse("story", args=[ENTRY, entry.pk]) in reader.get(reverse("event_list")).content.decode()


def test_long_story_costs_as_many_queries_as_a_short_one(approved_entry, reader, submitter):
    entry = approved_entry()
    here = reverse("story", args=[ENTRY, entry.pk])
    reader.get(here)
    with CaptureQueriesContext(connection) as few:
        reader.get(here)
    for _ in range(30):
        lists.open_entry(entry, by=submitter)
    with CaptureQueriesContext(connection) as many:
        reader.get(here)
    assert len(many) == len(few)
