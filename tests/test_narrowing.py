"""What narrows takes effect at once by one person; what widens is another's decision."""

import datetime as dt

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.verbs import Verb
from hotlists import actions
from hotlists.actions.entries import WRITTEN
from hotlists.models import Entry, Narrowing, Review, Term
from hotlists.widening import NARROWABLE, RULES, Effect, effect_of
from matchers.models import PublishedRow
from portal.errors import Refused, Stranger, TooLate, Unfit
from standards.models import Action
from tests.cast import approve
from tests.publishing import publish

REFUSED_BY_DATABASE = (IntegrityError, InternalError)
DAY = dt.timedelta(days=1)
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)

# For every field two values, the second of which does to the first what the word says; written down here a second time.
EXAMPLES = {
    "vrm_entered": ("AB01 CDE", "XY50 ZZZ", "widens"),
    "country": ("GB", "FR", "widens"),
    "make": ("Ford", "Audi", "may widen"),
    "model": ("Focus", "A4", "may widen"),
    "colour": ("Blue", "Red", "may widen"),
    "body": ("", "Van", "may widen"),
    "category": ("CRM", "OCG", "widens"),
    "reason": ("Used in a burglary.", "Used in two burglaries.", "may widen"),
    "purpose": ("volume", "serious", "may widen"),
    "basis": ("FACT", "ASSESSMENT", "may widen"),
    "subject": ("suspect", "victim", "may widen"),
    "person_confirmed": ("unknown", "yes", "may widen"),
    "missing_risk": ("HIGH", "LOW", "may widen"),
    "grading": ("1AP", "2BP", "may widen"),
    "action": ("STOP", "ASSESS", "narrows"),
    "priority": ("HIGH", "LOW", "may widen"),
    "action_text": ("Stop and search.", "Stop.", "may widen"),
    "markers": (["FI", "VI"], ["VI"], "narrows"),
    "marker_source": ("Crime log", "", "may widen"),
    "source_system": ("crime", "incident", "may widen"),
    "source_ref": ("CR/1/26", "CR/2/26", "may widen"),
    "area": ("Northdale", "", "may widen"),
    "attributes_source": ("none", "dvla", "may widen"),
    "distinguishing_features": ("", "Roof box", "may widen"),
    "plate_confirmed_because": ("", "Read twice", "may widen"),
    "gsc": ("OFFICIAL", "OFFICIAL-SENSITIVE", "may widen"),
    "crime_ref": ("", "CR/1/26", "may widen"),
    "pnc_id": ("", "01/1A", "may widen"),
    "cad_ref": ("", "1 of today", "may widen"),
    "discriminators": ("", "A dent", "may widen"),
    "keeper_contacted": ("unknown", "yes", "may widen"),
    "marker_grade": ("1AP", "2BP", "may widen"),
    "risk_override": ("", "Found by phone", "may widen"),
    "stop_justification": ("", "She is held", "may widen"),
    "force": ("99", "10", "may widen"),
    "protected_kinds": ([], ["protest"], "may widen"),
    "ripa_considered": (None, True, "may widen"),
    "intel_date": (NOON.date(), (NOON + DAY).date(), "may widen"),
    "marker_date": (NOON.date(), (NOON + DAY).date(), "may widen"),
    "contact_24h": ("Control room", "Sgt Test", "may widen"),
    "no_conflict": (True, False, "may widen"),
    "protected_activity": (True, False, "may widen"),
    "ripa_ref": ("", "DSA/1", "may widen"),
    "scope": ({"sites": ["a", "b"]}, {"sites": ["a"], "days": [1]}, "narrows"),
    "response": ("IMMEDIATE", "RECORD_ONLY", "may widen"),
    "starts_at": (NOON, NOON + DAY, "narrows"),
    "review_by": (NOON + DAY, NOON, "narrows"),
    "expires_at": (NOON + DAY, NOON, "narrows"),
    "last_verified_at": (NOON, NOON + DAY, "may widen"),
}


def test_table_says_of_every_written_field_what_a_change_of_it_does():
    assert set(RULES) == set(WRITTEN), "say in hotlists/widening.py what a change of each written field does"
    assert all(rule.why for rule in RULES.values())


@pytest.mark.parametrize("name", sorted(RULES))
def test_change_of_each_field_does_what_was_written_down_twice(name):
    before, after, word = EXAMPLES[name]
    assert effect_of(name, before, after).value == word
    assert effect_of(name, before, before) == Effect.NOTHING
    if word == "narrows":
        assert effect_of(name, after, before) == Effect.WIDENS, "the way back asks for more"
    else:
        assert effect_of(name, after, before) in (Effect.WIDENS, Effect.EITHER)


def test_silent_is_never_a_step_down_nor_back():
    for action in Action:
        if action != Action.SILENT:
            assert effect_of("action", action, "SILENT") == effect_of("action", "SILENT", action) == Effect.EITHER
    assert effect_of("markers", ["FI"], ["VI"]) == Effect.WIDENS, "another marker is not fewer"
    assert effect_of("markers", ["FI", "VI"], ["VI", "FI"]) == Effect.NOTHING


@pytest.fixture
def stop_entry(approved_entry):
    """An entry in force that asks for a stop and warns of two things."""
    return approved_entry(action="STOP", markers=["FI", "VI"], marker_source="Crime log 2211, graded 1AP")


def governing(entry: Entry) -> Term:
    return entry.terms.get(until_at=None)


@pytest.mark.django_db
def test_one_person_narrows_and_matchers_are_given_less_at_once(matcher, stop_entry, submitter, hotlist):
    publish(hotlist)
    before = governing(stop_entry)
    ends = before.expires_at - DAY
    actions.narrow(
        stop_entry, by=submitter, action="ASSESS", markers=["VI"], expires_at=ends, reason="No firearm seen."
    )
    term = governing(stop_entry)
    assert (term.version, term.action, term.markers, term.expires_at) == (before.version, "ASSESS", ["VI"], ends)
    assert before.version.action == "STOP", "what was approved stands as it was"
    publish(hotlist)
    row = PublishedRow.objects.current().get(hotlist=hotlist)
    assert row.canonical.split("\x1f")[5] == "ASSESS"
    assert "\x1fVI\x1f" in row.canonical
    assert "FI" not in row.canonical.split("\x1f")
    event = Event.objects.newest_first().filter(verb=Verb.ENTRY_NARROWED).get()
    assert event.subject_id == str(stop_entry.pk)
    done = Narrowing.objects.get()
    assert done.what.startswith("Action: Stop → Assess; Markers: FI, VI → VI; Ends: ")
    assert (done.narrowed_by, done.reason) == (submitter, "No firearm seen.")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("action", "SILENT"),
        ("markers", ["FI", "VI", "WE"]),
        ("markers", ["WE"]),
        ("starts_at", -DAY),
        ("review_by", DAY),
        ("expires_at", DAY),
    ],
)
def test_what_widens_is_refused_with_its_field(stop_entry, supervisor, field, value):
    term = governing(stop_entry)
    if isinstance(value, dt.timedelta):
        value = getattr(term, field) + value
    with pytest.raises(Unfit) as refusal:
        actions.narrow(stop_entry, by=supervisor, reason="More.", **{field: value})
    assert "new version" in refusal.value.fields[field][0]
    assert governing(stop_entry) == term


@pytest.mark.django_db
def test_narrowing_asks_for_something_less_and_for_a_reason(stop_entry, supervisor):
    now = timezone.now()
    for asked, field in (
        ({}, ""), ({"action": "STOP"}, ""), ({"expires_at": now - DAY}, "expires_at"), ({"review_by": now}, "review_by"),
        ({"starts_at": now + 400 * DAY}, "starts_at"),
    ):  # fmt: skip
        with pytest.raises(Unfit) as refusal:
            actions.narrow(stop_entry, by=supervisor, reason="Less.", **asked)
        assert field in refusal.value.fields
    with pytest.raises(Unfit, match="why"):
        actions.narrow(stop_entry, by=supervisor, reason=" ", action="ASSESS")


@pytest.mark.django_db
def test_strangers_colleagues_and_the_late_do_not_narrow(stop_entry, outsider, auditor, supervisor, draft_entry):
    with pytest.raises(Stranger):
        actions.narrow(stop_entry, by=outsider, reason="Less.", action="ASSESS")
    with pytest.raises(Refused, match="role"):
        actions.narrow(stop_entry, by=auditor, reason="Less.", action="ASSESS")
    with pytest.raises(TooLate, match="not approved"):
        actions.narrow(draft_entry(vrm_entered="XY50 ZZZ").entry, by=supervisor, reason="Less.", action="ASSESS")
    actions.withdraw(stop_entry, by=supervisor, reason="located")
    with pytest.raises(TooLate, match="withdrawn"):
        actions.narrow(stop_entry, by=supervisor, reason="Less.", action="ASSESS")


@pytest.mark.django_db
def test_end_before_the_review_brings_the_review_with_it(stop_entry, supervisor):
    ends = governing(stop_entry).review_by - dt.timedelta(hours=1)
    actions.narrow(stop_entry, by=supervisor, reason="Trial ends.", expires_at=ends)
    assert governing(stop_entry).review_by == governing(stop_entry).lapses_at == ends


@pytest.mark.django_db
def test_what_was_narrowed_stays_so_through_reviews_and_new_versions(stop_entry, submitter, supervisor):
    actions.narrow(stop_entry, by=supervisor, reason="No firearm seen.", action="ASSESS", markers=["VI"])
    actions.review(stop_entry, by=submitter, still_necessary="Still out.", source_checked="Crime log: open")
    assert (governing(stop_entry).action, governing(stop_entry).markers) == ("ASSESS", ["VI"])
    draft = actions.begin_version(stop_entry, by=submitter, colour="Black")
    assert (draft.action, draft.markers) == ("ASSESS", ["VI"]), "a change of colour does not ask for the stop again"


@pytest.mark.django_db
def test_database_refuses_a_term_wider_than_the_one_before(stop_entry, supervisor):
    actions.narrow(stop_entry, by=supervisor, reason="Less.", action="ASSESS", markers=["VI"],
                   expires_at=governing(stop_entry).expires_at - DAY)  # fmt: skip
    now, held = timezone.now(), governing(stop_entry)
    Term.objects.filter(pk=held.pk).update(until_at=now)
    facts = {
        name: getattr(held, name)
        for name in ("entry", "version", "action", "markers", "starts_at", "review_by", "expires_at")
    }
    for over in (
        {"action": "STOP"}, {"action": "SILENT"}, {"markers": ["FI", "VI"]}, {"markers": ["WE"]},
        {"expires_at": held.expires_at + DAY}, {"review_by": held.review_by + dt.timedelta(minutes=1)},
        {"starts_at": held.starts_at - DAY},
    ):  # fmt: skip
        with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
            Term.objects.create(from_at=now, **facts | over)
            pytest.fail(f"a wider term was accepted: {over}")
        with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
            Term.objects.bulk_create([Term(from_at=now, **facts | over)])
    Term.objects.create(from_at=now, **facts | {"action": "OBSERVE_REPORT", "markers": []})


@pytest.mark.django_db
def test_database_lets_no_older_version_and_no_older_review_come_back(stop_entry, submitter, supervisor, inspector):
    done = actions.review(stop_entry, by=supervisor, still_necessary="Out.", source_checked="Log")
    old = governing(stop_entry)
    second = actions.submit(actions.begin_version(stop_entry, by=submitter, colour="Black"), by=submitter)
    approve(second, by=inspector)
    now, new = timezone.now(), governing(stop_entry)
    Term.objects.filter(pk=new.pk).update(until_at=now)
    facts = {
        name: getattr(old, name)
        for name in ("entry", "version", "action", "markers", "starts_at", "review_by", "expires_at")
    }
    with pytest.raises(REFUSED_BY_DATABASE, match="does not come back"), transaction.atomic():
        Term.objects.create(from_at=now, **facts)
    assert Review.objects.get() == done


@pytest.mark.django_db
def test_narrowing_is_written_once(stop_entry, supervisor):
    done = actions.narrow(stop_entry, by=supervisor, reason="Less.", action="ASSESS")
    for statement in (
        "UPDATE hotlists_narrowing SET reason = 'x' WHERE id = %s",
        "DELETE FROM hotlists_narrowing WHERE id = %s",
    ):
        with (
            pytest.raises(Exception, match="permission denied|append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [done.pk])


@pytest.mark.django_db
def test_page_offers_only_what_is_less_and_keeps_what_was_typed(stop_entry, supervisor, auditor, client_of):
    address = reverse("entry_narrow", args=[stop_entry.pk])
    page = client_of(supervisor).get(address).content.decode()
    assert 'value="OBSERVE_REPORT"' in page
    assert 'value="SILENT"' not in page
    later = timezone.localtime(governing(stop_entry).expires_at + DAY).strftime("%Y-%m-%dT%H:%M")
    refused = client_of(supervisor).post(
        address, {"action": "STOP", "markers": ["FI", "VI"], "expires_at": later, "reason": "Needs longer."}
    )
    assert "new version" in refused.content.decode()
    assert "Needs longer." in refused.content.decode()
    assert (
        client_of(auditor).post(address, {"action": "ASSESS", "markers": ["VI"], "reason": "Less."}).status_code == 403
    )
    told = (
        client_of(supervisor).post(address, {"action": "ASSESS", "reason": "None seen."}, follow=True).content.decode()
    )
    assert "Action: Stop → Assess; Markers: FI, VI → none" in told
    assert governing(stop_entry).markers == []


@pytest.mark.django_db
def test_api_narrows_by_the_same_action(stop_entry, supervisor, outsider, client_of):
    address = reverse("api_entry_narrow", args=[stop_entry.pk])
    body = {"action": "ASSESS", "reason": "No firearm seen."}
    assert client_of(outsider).post(address, body, content_type="application/json").status_code == 404
    told = client_of(supervisor).post(address, body, content_type="application/json")
    assert told.status_code == 200, told.content
    assert (told.json()["term"]["action"], told.json()["term"]["markers"]) == ("ASSESS", ["FI", "VI"])
    again = client_of(supervisor).post(address, body, content_type="application/json")
    assert again.status_code == 422
    assert again.headers["Content-Type"] == "application/problem+json"


def test_what_can_be_narrowed_is_what_a_term_holds():
    assert set(NARROWABLE) <= {field.name for field in Term._meta.get_fields()}
