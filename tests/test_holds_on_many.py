"""Holds on all that names a case and on what a search found; and what belongs to what is held, whoever deletes."""

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.utils import timezone

from accounts.models import SystemJob
from audit.models import ColumnChange, Event, EventDetail
from audit.verbs import Verb
from hits.models import Hit
from hotlists import actions as lists
from hotlists.models import Entry
from portal.errors import Refused, Stranger, TooLate, Unfit
from retention import actions as retention
from retention import erasure, guards
from retention.models import LegalHold
from retention.schedule import BY_LABEL, children_of
from retention.waiting import questions
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.months_cast import *  # noqa: F403 - fixtures
from tests.test_retention import months_later

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "retention", "owner"])

CLOCK = SystemJob("tests")
CASE = "CR/2211/26"  # what entries of the cast are about
FACTS = {"basis": "cpia", "reason": "Trial in May."}
HELD = {"case_ref": "R v Smith 26/114", **FACTS}


def deleted(table: str, alias: str, column: str, pk: object) -> None:
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(f'DELETE FROM "{table}" WHERE {column} = %s', [pk])


def test_hold_on_a_case_keeps_each_entry_that_names_it_and_no_other(approved_entry, supervisor, inspector):
    named, other = (
        lists.withdraw(approved_entry(vrm_entered=plate, crime_ref=crime, source_ref=source), by=supervisor, reason="located")
        for plate, crime, source in (("AB01 CDE", CASE.lower(), "S-1"), ("AB01 CDF", "CR/9/26", "S-2"))
    )  # fmt: skip
    hold = retention.hold_case(by=inspector, case_ref=CASE, **FACTS)
    assert [held.object_id for held in hold.records.all()] == [named.pk]
    with months_later(13):
        retention.apply(by=CLOCK)
        assert list(Entry.objects.all()) == [named]
        retention.release_hold(hold, by=inspector, reason="Acquitted.")
        retention.apply(by=CLOCK)
    assert not Entry.objects.filter(pk__in=[named.pk, other.pk]).exists()


def test_entry_that_names_the_case_later_is_held_as_it_comes(draft_entry, inspector):
    hold = retention.hold_case(by=inspector, case_ref="CR/7/26", **FACTS)
    assert not hold.records.exists()
    version = draft_entry(crime_ref="CR/7/26", vrm_entered="AB01 CDE")
    held = hold.records.get()
    assert (held.label, held.object_id, held.review_due_at) == ("hotlists.Entry", version.entry_id, hold.review_due_at)
    with pytest.raises(IntegrityError, match="under a legal hold"):
        deleted("hotlists_entry", "owner", "id", version.entry_id)


def test_draft_that_comes_to_name_the_case_is_held_from_then_on(draft_entry, inspector):
    version = draft_entry(vrm_entered="AB01 CDE")
    hold = retention.hold_case(by=inspector, case_ref="CAD 77", **FACTS)
    type(version).objects.filter(pk=version.pk).update(cad_ref="cad 77")
    assert hold.records.get().object_id == version.entry_id
    type(version).objects.filter(pk=version.pk).update(cad_ref="")
    assert hold.records.open().exists(), "what was once of the case stays held until somebody releases it"


def test_hold_on_a_result_keeps_what_was_found_and_its_digest(
    closed_entry, approved_entry, supervisor, inspector, outsider
):
    later = lists.withdraw(approved_entry(vrm_entered="AB01 CDF"), by=supervisor, reason="located")
    hold = retention.hold_result(Entry, [closed_entry.pk], by=inspector, **HELD)
    assert hold.digest == erasure.digest([f"hotlists.Entry:{closed_entry.pk}"])
    with months_later(13):
        retention.apply(by=CLOCK)
    assert Entry.objects.filter(pk=closed_entry.pk).exists()
    assert not Entry.objects.filter(pk=later.pk).exists()
    event = Event.objects.filter(verb=Verb.HOLD_PLACED).get()
    assert (event.subject_id, event.count) == (str(hold.pk), 1)
    with pytest.raises(Unfit, match="nothing"):
        retention.hold_result(Entry, [], by=inspector, **HELD)
    with pytest.raises(Stranger):
        retention.hold_result(Entry, [hold.pk], by=inspector, **HELD)
    with pytest.raises(Refused, match="entry or a hit"):
        retention.hold_result(LegalHold, [hold.pk], by=inspector, **HELD)


def test_who_may_hold_a_case_and_once(submitter, inspector):
    with pytest.raises(Refused, match="role"):
        retention.hold_case(by=submitter, case_ref=CASE, **FACTS)
    with pytest.raises(Unfit, match="case"):
        retention.hold_case(by=inspector, case_ref=" ", **FACTS)
    hold = retention.hold_case(by=inspector, case_ref=CASE, **FACTS)
    with pytest.raises(TooLate, match="already"):
        retention.hold_case(by=inspector, case_ref=CASE.lower(), **FACTS)
    retention.release_hold(hold, by=inspector, reason="Ended.")
    retention.hold_case(by=inspector, case_ref=CASE, **FACTS)


def test_record_of_a_case_is_reviewed_and_released_with_the_case_alone(closed_entry, inspector):
    hold = retention.hold_case(by=inspector, case_ref=CASE, **FACTS)
    one = hold.records.get()
    with pytest.raises(Refused, match="together"):
        retention.release_hold(one, by=inspector, reason="Only this one.")
    with pytest.raises(IntegrityError, match="released with them"):
        LegalHold.objects.filter(pk=one.pk).update(
            released_at=timezone.now(), released_by=inspector, release_reason="Round the action."
        )
    with months_later(7):
        now = timezone.now()
        due = [item for item in questions(inspector, now) if item.title == "Legal holds to review"]
        assert [item.count for item in due] == [1], "a case is one hold to look at, not one for each of its records"
        retention.review_hold(hold, by=inspector, reason="The trial moved.")
        assert not LegalHold.objects.due_for_review(now).exists()
    retention.release_hold(hold, by=inspector, reason="Ended.")
    assert not LegalHold.objects.open().exists()


@pytest.mark.parametrize("alias", ["default", "retention", "owner"])
def test_open_hold_is_not_deleted_whoever_deletes(closed_entry, inspector, alias):
    hold = retention.place_hold(closed_entry, by=inspector, **HELD)
    with pytest.raises(DatabaseError, match="never deleted while it is open"):
        deleted("retention_legalhold", alias, "id", hold.pk)


def kinds_with(label: str) -> list[str]:
    return [child.label for child in children_of(BY_LABEL[label])]


def test_what_belongs_to_a_held_entry_is_kept_by_the_database(closed_entry, inspector):
    retention.hold_case(by=inspector, case_ref=CASE, **FACTS)
    tried = set()
    for child in children_of(BY_LABEL["hotlists.Entry"]):
        for row in erasure.rows(child.label, "retention").filter(**{child.path: closed_entry.pk}):
            tried.add(child.label)
            with pytest.raises(DatabaseError, match="under a legal hold"), transaction.atomic(using="retention"):
                erasure._delete(erasure.rows(child.label, "retention").filter(pk=row.pk))
    assert {"hotlists.EntryVersion", "hotlists.Decision", "hotlists.Term", "hotlists.Contribution"} <= tried


@pytest.mark.parametrize("held", ["the hit", "its entry"])
def test_what_people_made_of_a_held_hit_is_kept_by_the_database(ended_hit, inspector, held):
    thing = ended_hit if held == "the hit" else ended_hit.entry
    retention.hold_result(type(thing), [thing.pk], by=inspector, **HELD)
    made = [label for label in kinds_with("hits.Hit") if erasure.rows(label).filter(pk=ended_hit.pk).exists()]
    assert {"hits.Outcome", "hits.Acknowledgement"} <= set(made)
    for label in made:
        with pytest.raises(DatabaseError, match="under a legal hold"):
            deleted(erasure.rows(label).model._meta.db_table, "retention", "hit_id", ended_hit.pk)


def test_words_and_differences_of_what_is_held_are_kept_by_the_database(closed_entry, inspector):
    retention.place_hold(closed_entry, by=inspector, **HELD)
    words = EventDetail.objects.filter(subjects__contains=[f"hotlists.entry:{closed_entry.pk}"]).first()
    with pytest.raises(DatabaseError, match="under a legal hold"):
        deleted("audit_eventdetail", "retention", "id", words.pk)
    with pytest.raises(DatabaseError, match="under a legal hold"):
        deleted(ColumnChange._meta.db_table, "retention", "object_pk", str(closed_entry.pk))


def test_month_that_goes_whole_leaves_what_a_case_holds(ended_hit, old_hits, inspector):
    keys = old_hits(ended_hit, 5)
    hold = retention.hold_result(Hit, keys[:2], by=inspector, **HELD)
    retention.apply(by=CLOCK)
    assert set(Hit.objects.filter(pk__in=keys).values_list("pk", flat=True)) == set(keys[:2])
    assert erasure.rows("hits.Outcome").filter(pk__in=keys).count() == 2
    retention.release_hold(hold, by=inspector, reason="Ended.")
    retention.apply(by=CLOCK)
    assert not Hit.objects.filter(pk__in=keys).exists()


def test_every_kind_that_goes_with_what_can_be_held_has_its_trigger():
    with connections["owner"].cursor() as cursor:
        cursor.execute(guards.STANDING)
        standing = {(table, name) for table, name, _ in cursor.fetchall()}
    assert standing == set(guards.wanted())
    for rule in guards.holdable():
        for kind in (rule, *children_of(rule)):
            assert (guards._table(kind.label), "retention_not_held") in standing


def test_page_and_api_hold_a_case_and_what_the_list_shows(client_of, inspector, submitter, closed_entry):
    browser, path = client_of(inspector), "/api/v1/retention/holds/"
    asked = {"case_ref": CASE, **FACTS}
    assert "/entries/hold/?state=withdrawn" in browser.get("/entries/?state=withdrawn").content.decode()
    shown = browser.post("/entries/hold/?state=withdrawn", {**HELD})
    at = LegalHold.objects.as_placed().get()
    assert shown.url == f"/retention/holds/{at.pk}/"
    assert f"/entries/{closed_entry.pk}/" in browser.get(shown.url).content.decode()
    assert b"Held</strong>" in browser.get("/entries/?state=withdrawn").content
    nothing = browser.post("/entries/hold/?state=draft", {**HELD})
    assert "Nothing was found" in nothing.content.decode()
    assert client_of(submitter).post("/entries/hold/", {**HELD}).status_code == 403
    assert browser.post("/retention/holds/case/", {**asked, "case_ref": " "}).status_code == 200
    case = browser.post("/retention/holds/case/", asked)
    assert "all that names the case" in browser.get(case.url).content.decode()
    assert "with all that names the case" in browser.get(f"/entries/{closed_entry.pk}/").content.decode()
    assert browser.post("/retention/holds/case/", asked).status_code == 409
    assert client_of(submitter).post("/retention/holds/case/", asked).status_code == 403
    over = [
        ({"scope": "case", **asked}, 409),
        ({"scope": "case", "case_ref": "CR/8/26", **FACTS}, 201),
        ({"scope": "case", "label": "hotlists.Entry", **asked}, 400),
        ({"scope": "result", "label": "hotlists.Entry", **asked}, 400),
        ({"scope": "result", "label": "hotlists.Entry", "object_ids": [str(closed_entry.pk)], **asked}, 201),
        ({"scope": "result", "label": "hotlists.Entry", "object_ids": [str(at.pk)], **asked}, 404),
        ({"scope": "result", "label": "accounts.User", "object_ids": [str(at.pk)], **asked}, 403),
    ]
    for body, status in over:
        answer = browser.post(path, body, "application/json")
        assert answer.status_code == status, answer.content
    assert client_of(submitter).post(path, {"scope": "case", **asked}, "application/json").status_code == 403
    listed = browser.get(path).json()
    assert {hold["scope"] for hold in listed.get("results", listed)} == {"case", "result"}
