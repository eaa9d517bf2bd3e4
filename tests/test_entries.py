"""Entries: written, submitted, decided by another, in force to the second, narrowed at once."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.utils import DataError
from django.utils import timezone

from audit.actions import plate_hash
from audit.models import Event
from audit.verbs import Verb
from hotlists import actions
from hotlists.models import Decision, Entry, EntryVersion, Term
from portal.errors import Refused, Stranger, TooLate, Unfit
from tests.cast import GROUNDS, entry_facts

pytestmark = pytest.mark.django_db
REFUSED_BY_DATABASE = (IntegrityError, InternalError, DataError)


def in_force(entry: Entry, at: dt.datetime | None = None) -> bool:
    return Entry.objects.in_force(at or timezone.now()).filter(pk=entry.pk).exists()


def approve(version, by):
    return actions.decide(version, by=by, verdict="approve", **GROUNDS)


def test_entry_approved_by_supervisor_is_in_force(submitted_entry, supervisor):
    version = submitted_entry()
    assert not in_force(version.entry)
    approve(version, supervisor)
    assert in_force(version.entry)
    event = Event.objects.newest_first().first()
    assert (event.verb, event.subject_id) == (Verb.ENTRY_APPROVED, str(version.entry_id))


def test_plate_is_normalised_and_the_log_holds_no_plate(draft_entry):
    version = draft_entry(vrm_entered=" ab01-cde ")
    assert (version.vrm, version.vrm_skeleton) == ("AB01CDE", "AB01CDE".replace("O", "0").replace("I", "1"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(e::text || d::text, '') FROM audit_event e JOIN audit_eventdetail d USING (id)"
        )
        assert "AB01CDE" not in cursor.fetchone()[0]


def test_approve_by_author_is_denied(hotlist, supervisor):
    version = actions.submit(actions.begin_entry(hotlist, by=supervisor, **entry_facts()), by=supervisor)
    with pytest.raises(Refused, match="somebody else"):
        approve(version, supervisor)


def test_approve_by_somebody_who_edited_is_denied(draft_entry, submitter, supervisor):
    version = draft_entry()
    actions.edit_draft(version, by=supervisor, colour="Red")
    actions.submit(version, by=submitter)
    with pytest.raises(Refused, match="wrote, edited or submitted"):
        approve(version, supervisor)


def test_approve_below_the_category_rank_is_denied(submitted_entry, supervisor, inspector):
    now = timezone.now()
    version = submitted_entry(
        category="FIR", review_by=now + dt.timedelta(hours=20), expires_at=now + dt.timedelta(days=2)
    )
    with pytest.raises(Refused, match="inspector or above"):
        approve(version, supervisor)
    approve(version, inspector)
    assert in_force(version.entry)


def test_approve_without_a_session_is_denied(submitted_entry, supervisor):
    supervisor.sign_in = None
    with pytest.raises(Refused, match="signed in"):
        approve(submitted_entry(), supervisor)


def test_protected_activity_needs_two_superintendents(submitted_entry, superintendent, second_superintendent):
    version = submitted_entry(protected_activity=True)
    approve(version, superintendent)
    version.refresh_from_db()
    assert version.status == EntryVersion.Status.SUBMITTED
    assert not in_force(version.entry)
    with pytest.raises(Refused, match="already"):
        approve(version, superintendent)
    approve(version, second_superintendent)
    assert in_force(version.entry)


def test_stranger_finds_no_entry(submitted_entry, outsider):
    version = submitted_entry()
    with pytest.raises(Stranger):
        approve(version, outsider)
    assert not Entry.objects.visible_to(outsider).exists()


def test_colleague_without_the_role_is_refused_with_the_reason(submitted_entry, operator):
    with pytest.raises(Refused, match="role"):
        approve(submitted_entry(), operator)


def test_deciding_twice_is_too_late(submitted_entry, supervisor, inspector):
    version = submitted_entry()
    approve(version, supervisor)
    with pytest.raises(TooLate):
        approve(version, inspector)


def test_edit_is_a_new_version_and_the_approved_one_stays_in_force(approved_entry, submitter, inspector):
    entry = approved_entry()
    second = actions.begin_version(entry, by=submitter, colour="Black")
    actions.submit(second, by=submitter)
    assert in_force(entry)
    assert entry.terms.get(until_at=None).version.colour == "Blue"
    approve(second, inspector)
    assert entry.terms.get(until_at=None).version.colour == "Black"
    assert in_force(entry)


def test_entry_lapses_at_the_second_its_expiry_passes(approved_entry):
    entry = approved_entry()
    lapse = entry.terms.get().lapses_at
    assert in_force(entry, lapse - dt.timedelta(seconds=1))
    assert not in_force(entry, lapse)


def test_overdue_review_lapses_and_a_review_brings_it_back(approved_entry, supervisor):
    entry = approved_entry()
    due = entry.terms.get().review_by
    with time_machine.travel(due + dt.timedelta(days=2), tick=False):
        assert not in_force(entry)
        actions.review(entry, by=supervisor, still_necessary="Still outstanding.", source_checked="Crime log, 10:00")
        assert in_force(entry)
        assert not in_force(entry, due + dt.timedelta(days=1)), "it was out of force in between"
        assert in_force(entry, due - dt.timedelta(days=1))


def test_list_without_dpia_in_date_is_not_in_force(approved_entry, hotlist, manager):
    entry = approved_entry()
    assert not in_force(entry, timezone.now() + dt.timedelta(days=366))
    before = timezone.now()
    actions.change_hotlist(hotlist, by=manager, dpia=None)
    assert not in_force(entry)
    assert in_force(entry, before), "it was in force while the list had its assessment"


def test_suspension_takes_force_at_once_and_another_person_lifts_it(approved_entry, supervisor, inspector):
    entry = approved_entry()
    actions.suspend(entry, by=supervisor, reason="Plate may be misread.")
    assert not in_force(entry)
    with pytest.raises(Refused, match="somebody else"):
        actions.resume(entry, by=supervisor, reason="Checked.")
    actions.resume(entry, by=inspector, reason="Checked with source.")
    assert in_force(entry)


def test_nobody_who_held_an_entry_back_lifts_anything_while_both_are_open(
    approved_entry, supervisor, inspector, superintendent
):
    entry = approved_entry()
    actions.suspend(entry, by=supervisor, reason="Plate may be misread.")
    actions.suspend(entry, by=inspector, reason="The keeper disputes it.", kind="dispute")
    for maker in (supervisor, inspector):
        with pytest.raises(Refused, match="somebody else"):
            actions.resume(entry, by=maker, reason="Checked.")
    actions.resume(entry, by=superintendent, reason="Checked.")
    assert not in_force(entry), "the dispute still holds it back"
    actions.resume(entry, by=superintendent, reason="Checked.")
    assert in_force(entry)


def test_what_widens_is_done_in_a_session_of_ones_own(approved_entry, supervisor, inspector):
    entry = approved_entry()
    actions.suspend(entry, by=supervisor, reason="Plate may be misread.")
    inspector.sign_in = None
    with pytest.raises(Refused, match="signed in"):
        actions.resume(entry, by=inspector, reason="Checked.")
    with pytest.raises(Refused, match="signed in"):
        actions.review(entry, by=inspector, still_necessary="Still outstanding.", source_checked="Crime log, 10:00")


def test_colleague_without_the_right_does_not_learn_that_it_is_too_late(approved_entry, operator, auditor, supervisor):
    entry = approved_entry()
    with pytest.raises(TooLate, match="nothing to decide"):
        approve(entry.versions.get(), supervisor)
    with pytest.raises(TooLate, match="not suspended"):
        actions.resume(entry, by=supervisor, reason="Checked.")
    actions.withdraw(entry, by=supervisor, reason="recovered")
    for act in (
        lambda: approve(entry.versions.get(), operator),
        lambda: actions.resume(entry, by=operator, reason="Checked."),
        lambda: actions.withdraw(entry, by=auditor, reason="recovered"),
        lambda: actions.suspend(entry, by=auditor, reason="Checked."),
        lambda: actions.review(entry, by=auditor, still_necessary="Yes.", source_checked="Crime log"),
        lambda: actions.begin_version(entry, by=operator),
    ):
        with pytest.raises(Refused, match="role"):
            act()
    with pytest.raises(TooLate, match="withdrawn"):
        actions.suspend(entry, by=supervisor, reason="Checked.")


def test_withdrawn_entry_never_comes_back(approved_entry, supervisor, submitter):
    entry = approved_entry()
    actions.withdraw(entry, by=supervisor, reason="recovered", words="Recovered on Mill Lane.")
    assert not in_force(entry)
    with pytest.raises(TooLate):
        actions.withdraw(entry, by=supervisor, reason="recovered")
    with pytest.raises(TooLate, match="new request"):
        actions.begin_version(entry, by=submitter)
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(withdrawn_at=None, withdrawn_by=None, withdrawal_reason="")


@pytest.mark.parametrize(
    ("field", "value", "complains_of"),
    [
        ("reason", "Of interest to Public Order Unit, Sussex police", "reason"),
        ("reason", "Burglary.", "reason"),
        ("expires_at", dt.timedelta(days=57), "expires_at"),
        ("review_by", dt.timedelta(days=29), "review_by"),
        ("contact_24h", "", "contact_24h"),
        ("source_ref", " ", "source_ref"),
        ("country", "xx", "country"),
        ("category", "CT?", "category"),
        ("no_conflict", False, "no_conflict"),
        ("grading", "9ZZ", "grading"),
        ("ripa_ref", "", "ripa_ref"),
    ],
)
def test_submitting_an_unfit_draft_names_the_field(draft_entry, submitter, field, value, complains_of):
    if isinstance(value, dt.timedelta):
        value = timezone.now() + value
    over = {field: value}
    if field == "review_by":
        over["expires_at"] = value + dt.timedelta(days=1)
    if field == "ripa_ref":
        over["action"] = "SILENT"
    version = draft_entry(**over)
    with pytest.raises(Unfit) as refusal:
        actions.submit(version, by=submitter)
    assert complains_of in refusal.value.fields


def test_missing_person_of_medium_risk_is_not_circulated_low(draft_entry, submitter):
    now = timezone.now()
    version = draft_entry(
        category="MIS-M", missing_risk="MEDIUM", priority="LOW", action="STOP", subject="missing",
        review_by=now + dt.timedelta(days=2), expires_at=now + dt.timedelta(days=10),
    )  # fmt: skip
    with pytest.raises(Unfit) as refusal:
        actions.submit(version, by=submitter)
    assert set(refusal.value.fields) == {"priority"}


@pytest.mark.parametrize(
    ("given", "listed", "logged"),
    [(None, ["FR"], "FR"), (None, ["FR", "GB"], "GB"), (None, [], "GB"), ("DE", ["FR"], "DE")],
)
def test_search_is_logged_under_the_country_of_what_it_found(approved_entry, submitter, given, listed, logged):
    for country in listed:
        approved_entry(vrm_entered="XY50ZZZ", country=country)
    actions.search_plate("XY50 ZZZ", by=submitter, reason="CR/2211/26", country=given)
    assert Event.objects.newest_first().first().plate_hash == plate_hash(logged, "XY50ZZZ")


def test_search_asks_for_a_reason_and_is_recorded(approved_entry, submitter, outsider):
    entry = approved_entry()
    with pytest.raises(Unfit):
        actions.search_plate("AB01CDE", by=submitter, reason=" ")
    assert actions.search_plate("ab01 cde", by=submitter, reason="CR/2211/26 enquiry").entries == [entry]
    assert Event.objects.newest_first().first().count == 1
    assert actions.search_plate("AB01CDE", by=outsider, reason="Looking").entries == []


# --- Round the actions: the database holds it (R-040) ---------------------------------------------


def test_status_cannot_be_set_to_approved_without_decisions(submitted_entry):
    version = submitted_entry()
    version.status = EntryVersion.Status.APPROVED
    attacks = [
        lambda: version.save(),
        lambda: EntryVersion.objects.filter(pk=version.pk).update(status="approved"),
        lambda: EntryVersion.objects.bulk_update([version], ["status"]),
        lambda: _sql("UPDATE hotlists_entryversion SET status = 'approved' WHERE id = %s", [version.pk]),
    ]
    for attack in attacks:
        with pytest.raises(REFUSED_BY_DATABASE, match="0 of 1 decisions"), transaction.atomic():
            attack()


def test_submitted_version_cannot_be_altered_nor_deleted(submitted_entry):
    version = submitted_entry()
    for attack in (
        lambda: EntryVersion.objects.filter(pk=version.pk).update(vrm="XY50ZZZ"),
        lambda: EntryVersion.objects.filter(pk=version.pk).update(status="draft"),
        lambda: _sql("UPDATE hotlists_entryversion SET reason = 'another' WHERE id = %s", [version.pk]),
        lambda: _sql("DELETE FROM hotlists_entryversion WHERE id = %s", [version.pk]),
        lambda: _sql("DELETE FROM hotlists_contribution WHERE version_id = %s", [version.pk]),
    ):
        with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
            attack()


def test_version_cannot_be_born_approved(approved_entry):
    version = approved_entry().versions.get()
    version.pk, version.number, version._state.adding = None, 2, True
    from portal.ids import new_id

    version.pk = new_id()
    with pytest.raises(REFUSED_BY_DATABASE, match="begins as a draft"), transaction.atomic():
        version.save(force_insert=True)


def _decision(version, by, *, rank=None, sign_in=None) -> Decision:
    return Decision(
        version=version, verdict="approve", decided_by=by, decided_at=timezone.now(),
        rank=by.rank if rank is None else rank, sign_in=sign_in or by.sign_in, profile=version.profile, **GROUNDS,
    )  # fmt: skip


def test_forged_decisions_are_refused(submitted_entry, draft_entry, submitter, supervisor, inspector, operator):
    version = submitted_entry()
    draft = draft_entry(vrm_entered="XY50 ZZZ")
    forged = {
        "by the author": _decision(version, submitter),
        "in another's session": _decision(version, supervisor, sign_in=inspector.sign_in),
        "with a rank never held": _decision(version, supervisor, rank=70),
        "below the rank needed": _decision(version, operator),
        "of a draft": _decision(draft, supervisor),
    }
    for words, decision in forged.items():
        for attack in (
            lambda d=decision: d.save(force_insert=True),
            lambda d=decision: Decision.objects.bulk_create([d]),
        ):
            with transaction.atomic(), pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
                attack()
                pytest.fail(f"a decision {words} was accepted")


def test_decision_cannot_be_changed_or_removed(submitted_entry, supervisor):
    version = submitted_entry()
    decision = actions.decide(version, by=supervisor, verdict="reject", rationale="No necessity shown.")
    for statement in (
        "UPDATE hotlists_decision SET verdict = 'approve' WHERE id = %s",
        "DELETE FROM hotlists_decision WHERE id = %s",
    ):
        with pytest.raises(Exception, match="permission denied|append-only"), transaction.atomic():
            _sql(statement, [decision.pk])
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        _sql("TRUNCATE hotlists_decision CASCADE", [])


def test_superuser_flag_opens_nothing(submitted_entry, submitter):
    submitter.is_superuser = True
    submitter.save()
    version = submitted_entry()
    with pytest.raises(Refused):
        approve(version, submitter)
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
        _decision(version, submitter).save(force_insert=True)


def test_term_needs_an_approved_version_and_lies_within_it(submitted_entry, approved_entry):
    version = submitted_entry(vrm_entered="XY50 ZZZ")
    dates = {"starts_at": version.starts_at, "review_by": version.review_by, "expires_at": version.expires_at,
             "action": version.action}  # fmt: skip
    with pytest.raises(REFUSED_BY_DATABASE, match="approved version"), transaction.atomic():
        Term.objects.create(entry=version.entry, version=version, from_at=timezone.now(), **dates)
    term = approved_entry().terms.get()
    with pytest.raises(Exception, match="permission denied|only its end"), transaction.atomic():
        Term.objects.filter(pk=term.pk).update(expires_at=term.expires_at + dt.timedelta(days=100))


def test_entry_without_an_end_cannot_be_stored(draft_entry):
    version = draft_entry()
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
        _sql("UPDATE hotlists_entryversion SET expires_at = NULL WHERE id = %s", [version.pk])


def _sql(statement: str, parameters: list) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
