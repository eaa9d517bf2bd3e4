"""The scope of an entry, as it is written: by form, by API, by going round both; and shown in words."""

import pytest
from django.db import IntegrityError, InternalError, transaction

from hotlists import actions as entries
from hotlists import quality
from hotlists.forms import ScopeForm
from hotlists.models import EntryVersion, Term
from portal.errors import Unfit
from tests.hit_cast import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db
COMMUTE = {"sites": ["ring-north"], "directions": ["N"], "days": [1, 2, 3, 4, 5], "hours": ["07:00", "19:00"]}
TYPED = {"sites": ["ring-north"], "directions": ["N"], "days": ["1", "2", "3", "4", "5"], "hours_from": "07:00",
         "hours_until": "19:00", "response": "WHEN_FREE"}  # fmt: skip


def test_an_entry_without_scope_is_looked_for_everywhere(draft_entry):
    version = draft_entry()
    assert (version.scope, version.response) == ({}, "")


def test_a_scope_is_kept_spelled_in_one_way(draft_entry, site):
    version = draft_entry(scope={**COMMUTE, "areas": [], "days": [5, 4, 3, 2, 1, 1]})
    version.refresh_from_db()
    assert version.scope == COMMUTE


@pytest.mark.parametrize("broken", [{"site": ["x"]}, {"hours": ["9:00", "10:00"]}, [], {"days": [8]}])
def test_what_is_no_scope_is_refused_by_the_action_and_by_the_database(draft_entry, broken):
    with pytest.raises(Unfit) as refusal:
        draft_entry(scope=broken)
    assert "scope" in refusal.value.fields
    version = draft_entry()
    with pytest.raises(IntegrityError, match="scope_is_sound"), transaction.atomic():
        EntryVersion.objects.filter(pk=version.pk).update(scope=broken)


def test_a_place_that_there_is_not_cannot_be_submitted(draft_entry, submitter, site):
    version = draft_entry(scope={"sites": ["ring-nowhere", "ring-north"], "areas": ["Southdale"]})
    with pytest.raises(Unfit) as refusal:
        entries.submit(version, by=submitter)
    assert refusal.value.fields["scope"] == [
        "No camera site is called ring-nowhere, or it was taken down.", "No camera site lies in Southdale."
    ]  # fmt: skip
    entries.submit(entries.edit_draft(version, by=submitter, scope={"areas": ["Northdale"]}), by=submitter)


def test_a_stop_for_which_nobody_is_sent_is_refused_by_words_and_by_the_database(draft_entry, submitter):
    version = draft_entry(action="STOP", response="RECORD_ONLY")
    with pytest.raises(Unfit) as refusal:
        entries.submit(version, by=submitter)
    assert "response" in refusal.value.fields
    assert not quality.problems(entries.edit_draft(version, by=submitter, action="ASSESS"), at=version.starts_at)
    facts = {"status": "submitted", "submitted_by": submitter, "submitted_at": version.starts_at, "action": "STOP"}
    with pytest.raises(IntegrityError, match="record_only"), transaction.atomic():
        EntryVersion.objects.filter(pk=version.pk).update(**facts)


def test_the_form_gives_what_the_action_takes_and_shows_it_again(draft_entry, submitter, site):
    form = ScopeForm(TYPED, user=submitter)
    assert form.is_valid(), form.errors
    assert form.facts == {"scope": {**COMMUTE, "areas": []}, "response": "WHEN_FREE"}
    version = draft_entry(**form.facts)
    again = ScopeForm(user=submitter, of=version)
    shown = {name: again[name].value() for name in again.fields}
    assert shown["sites"] == ["ring-north"]
    assert shown["days"] == [1, 2, 3, 4, 5]
    assert (str(shown["hours_from"]), shown["response"]) == ("07:00:00", "WHEN_FREE")


def test_an_empty_form_limits_nothing(submitter, site):
    form = ScopeForm({"response": "PRIORITY"}, user=submitter)
    assert form.is_valid()
    assert not any(form.facts["scope"].values())
    assert form.facts["response"] == ""


@pytest.mark.parametrize(
    ("hours", "field"),
    [(("07:00", ""), "hours_until"), (("", "07:00"), "hours_from"), (("07:00", "07:00"), "hours_until")],
)
def test_hours_come_in_pairs(submitter, hours, field):
    form = ScopeForm({"hours_from": hours[0], "hours_until": hours[1]}, user=submitter)
    assert not form.is_valid()
    assert list(form.errors) == [field]


def test_sites_that_one_may_not_see_are_not_offered_and_not_lost(draft_entry, outsider, submitter, site):
    version = draft_entry(scope={"sites": ["ring-north"]})
    assert [ref for ref, _ in ScopeForm(user=submitter).fields["sites"].choices] == ["ring-north"]
    form = ScopeForm({"areas": ["Northdale"]}, user=outsider, of=version)
    assert not form.fields["sites"].choices
    assert form.is_valid()
    assert form.facts["scope"]["sites"] == ["ring-north"]


def test_the_page_tells_the_scope_in_words_and_names_the_sites_one_may_see(approved_entry, site, client_of, supervisor):
    entry = approved_entry(scope=COMMUTE, response="RECORD_ONLY")
    page = client_of(supervisor).get(f"/entries/{entry.pk}/").content.decode()
    assert "At 1 site, northbound, Monday to Friday 07:00–19:00" in page
    assert "Ring road, ring-north" in page
    assert "Record only: nobody is sent" in page


def test_a_decider_is_told_what_a_version_changes_of_the_scope(
    approved_entry, make_site, client_of, supervisor, submitter
):
    make_site("ring-north"), make_site("ring-south")
    entry = approved_entry(scope={"sites": ["ring-north"]})
    version = entries.begin_version(entry, by=submitter, scope={"sites": ["ring-south"]})
    entries.submit(version, by=submitter)
    page = client_of(supervisor).get(f"/entries/{entry.pk}/decide/").content.decode()
    assert "At ring-north" in page
    assert "At ring-south" in page


def test_the_api_takes_and_gives_a_scope(hotlist, submitter, client_of, site):
    client = client_of(submitter)
    body = {
        "hotlist": hotlist.slug, "vrm_entered": "AB01 CDE", "country": "GB", "make": "Ford", "model": "Focus",
        "colour": "Blue", "category": "CRM", "purpose": "volume", "basis": "FACT", "subject": "suspect",
        "action": "ASSESS", "priority": "MEDIUM", "source_system": "crime", "source_ref": "CR/1/26", "reason": "x" * 60,
        "action_text": "Assess.", "contact_24h": "Sgt Test, 01632 960001", "no_conflict": True,
        "starts_at": "2026-12-01T00:00:00Z", "review_by": "2026-12-08T00:00:00Z", "expires_at": "2026-12-08T00:00:00Z",
        "last_verified_at": "2026-11-20T00:00:00Z", "scope": {**COMMUTE, "areas": []}, "response": "WHEN_FREE",
    }  # fmt: skip
    made = client.post("/api/v1/entries/", body, content_type="application/json", headers={"Idempotency-Key": "one"})
    assert made.status_code == 201, made.content
    version = made.json()["versions"][0]
    assert (version["scope"], version["response"]) == (COMMUTE, "WHEN_FREE")
    address = f"/api/v1/entries/{made.json()['id']}/"
    tag = client.get(address, headers={"X-Reason": "test"}).headers["ETag"]
    broken = client.patch(
        address, {"scope": {"sites": ["ring-north"], "weekdays": [1]}}, content_type="application/json",
        headers={"If-Match": tag},
    )  # fmt: skip
    assert broken.status_code == 400
    assert "weekdays" in str(broken.json())
    changed = client.patch(address, {"scope": {}}, content_type="application/json", headers={"If-Match": tag})
    assert changed.json()["versions"][0]["scope"] == {}


def governing(entry):
    return entry.terms.get(until_at=None)


def test_a_scope_is_narrowed_at_once_and_never_widened(approved_entry, supervisor, site):
    entry = approved_entry(scope={"sites": ["ring-north"], "days": [1, 2, 3]})
    entries.narrow(entry, by=supervisor, scope={"sites": ["ring-north"], "days": [2]}, reason="Only on market days.")
    assert governing(entry).scope == {"sites": ["ring-north"], "days": [2]}
    assert governing(entry).version.scope["days"] == [1, 2, 3], "what was approved stands as it was"
    for wider in ({}, {"sites": ["ring-north"], "days": [1, 2]}, {"areas": ["Northdale"], "days": [2]}):
        with pytest.raises(Unfit) as refusal:
            entries.narrow(entry, by=supervisor, scope=wider, reason="More.")
        assert "new version" in refusal.value.fields["scope"][0]
    entries.review(entry, by=supervisor, still_necessary="Still wanted there.", source_checked="Crime log, unchanged")
    assert governing(entry).scope["days"] == [2], "a review brings nothing back"


@pytest.mark.parametrize("wider", [{}, {"days": [1, 2]}, {"days": [1], "hours": ["23:00", "01:00"]}])
def test_the_database_refuses_a_term_of_wider_scope_than_was_approved(approved_entry, wider):
    entry = approved_entry(scope={"days": [1]})
    term = governing(entry)
    facts = {
        field.attname: getattr(term, field.attname) for field in Term._meta.fields
        if field.name not in ("id", "lapses_at", "until_at")
    }  # fmt: skip
    Term.objects.filter(pk=term.pk).update(until_at=term.from_at)
    with pytest.raises((IntegrityError, InternalError), match="less far"), transaction.atomic():
        Term.objects.create(**facts | {"scope": wider})
    Term.objects.create(**facts | {"scope": {"days": [1], "hours": ["23:00", "00:00"]}})


def test_the_page_narrows_the_scope(approved_entry, client_of, supervisor, site):
    entry = approved_entry(scope={"sites": ["ring-north"]}, response="WHEN_FREE")
    client = client_of(supervisor)
    page = client.get(f"/entries/{entry.pk}/narrow/").content.decode()
    assert "Look for it in fewer places or at fewer times" in page
    typed = {"action": "ASSESS", "sites": ["ring-north"], "days": ["1"], "reason": "Only on Mondays."}
    assert client.post(f"/entries/{entry.pk}/narrow/", typed).status_code == 302
    assert governing(entry).scope == {"sites": ["ring-north"], "days": [1]}
    wider = client.post(f"/entries/{entry.pk}/narrow/", typed | {"days": []})
    assert "not less than what holds now" in wider.content.decode()


def test_the_api_narrows_the_scope(approved_entry, client_of, supervisor, site):
    entry = approved_entry()
    body = {"reason": "Only there.", "scope": {"sites": ["ring-north"]}}
    told = client_of(supervisor).post(f"/api/v1/entries/{entry.pk}/narrow/", body, content_type="application/json")
    assert told.status_code == 200, told.content
    assert governing(entry).scope == {"sites": ["ring-north"]}


def test_the_review_page_tells_the_scope_that_is_judged(approved_entry, site, client_of, supervisor):
    page = client_of(supervisor).get(f"/entries/{approved_entry(scope=COMMUTE).pk}/review/").content.decode()
    assert "Monday to Friday" in page and "Ring road, ring-north" in page
    bare = approved_entry(vrm_entered="XY50 ZZZ")
    page = client_of(supervisor).get(f"/entries/{bare.pk}/review/").content.decode()
    assert "Everywhere, at any time" in page
