"""Deleted on time, held when the law says, certified without content; killed anywhere and run again."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from accounts.models import SystemJob
from audit.models import Event, EventDetail
from audit.verbs import Verb
from hotlists import actions as lists
from hotlists.models import Entry, EntryVersion
from portal.errors import Refused, Stranger, TooLate, Unfit
from retention import actions, checks, erasure
from retention.models import Certificate, DeletionRun, ErasedBatch, LegalHold
from retention.rules import months_before
from retention.schedule import BY_LABEL
from tests.months_cast import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "retention", "owner"])

CLOCK = SystemJob("tests")
PLATE = "AB01CDE"


def months_later(months: int, days: int = 1):
    return time_machine.travel(timezone.now() + dt.timedelta(days=31 * months + days), tick=True)


def everything_that_mentions(text: str) -> list[str]:
    """Every table of ours a row of which holds the text, bytes and JSON included: as a dump would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
            " AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        )
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM public."{table}" t WHERE t::text ILIKE %s', [f"%{text}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_closed_entry_is_erased_after_twelve_months_and_not_before(closed_entry):
    with months_later(11):
        actions.apply(by=CLOCK)
        assert Entry.objects.filter(pk=closed_entry.pk).exists()
    with months_later(12, days=3):
        certificate = actions.apply(by=CLOCK)
    assert not Entry.objects.filter(pk=closed_entry.pk).exists()
    assert not EntryVersion.objects.exists()
    line = next(line for line in certificate.lines if line["label"] == "hotlists.Entry")
    assert line["erased"] == 1
    assert line["with_them"]["hotlists.EntryVersion"] == 1
    assert line["with_them"]["hotlists.Decision"] == 1
    assert line["with_them"]["audit.EventDetail"] >= 4


def test_entry_in_force_is_never_due(approved_entry):
    entry = approved_entry()
    assert not erasure.due(BY_LABEL["hotlists.Entry"], timezone.now() + dt.timedelta(days=365)).exists()
    with months_later(14):  # it expired after 28 days, and twelve months have passed
        assert erasure.due(BY_LABEL["hotlists.Entry"], timezone.now()).get() == entry


def test_no_table_mentions_an_erased_plate(closed_entry, submitter):
    lists.search_plate(PLATE, by=submitter, reason="Checking what is known of it before the briefing.")
    assert "hotlists_entryversion" in everything_that_mentions(PLATE)
    with months_later(12, days=3):
        actions.apply(by=CLOCK)
    assert everything_that_mentions(PLATE) == []
    assert everything_that_mentions("Mill Lane") == []  # what was said of it neither
    assert everything_that_mentions("AB01 CDE") == []


def test_event_outlives_its_words(closed_entry):
    event = Event.objects.filter(verb=Verb.ENTRY_WITHDRAWN).get()
    commitment = bytes(event.commitment)
    with months_later(12, days=3):
        actions.apply(by=CLOCK)
    event = Event.objects.get(pk=event.pk)
    assert bytes(event.commitment) == commitment
    assert not EventDetail.objects.filter(pk=event.pk).exists()


def test_hold_stops_erasure_until_it_is_released(closed_entry, inspector):
    hold = actions.place_hold(
        closed_entry, by=inspector, case_ref="R v Smith 26/114", basis="cpia", reason="Trial in May."
    )
    with months_later(13):
        run = actions.preview(by=CLOCK)
        line = next(line for line in run.counted if line["label"] == "hotlists.Entry")
        assert (line["due"], line["held"]) == (0, 1)
        actions.apply(by=CLOCK)
        assert Entry.objects.filter(pk=closed_entry.pk).exists()
        assert EventDetail.objects.filter(subjects__contains=[f"hotlists.entry:{closed_entry.pk}"]).exists()
        inspector.trained_until = inspector.vetted_until = None
        actions.release_hold(hold, by=inspector, reason="The appeal ended.")
        actions.apply(by=CLOCK)
    assert not Entry.objects.filter(pk=closed_entry.pk).exists()


def test_hold_placed_between_preview_and_run_is_kept(closed_entry, inspector):
    with months_later(13):
        run = actions.preview(by=CLOCK)
        actions.place_hold(closed_entry, by=inspector, case_ref="26/114", basis="cpia", reason="Trial.")
        certificate = actions.carry_out(actions.start(run, by=CLOCK), by=CLOCK)
    assert Entry.objects.filter(pk=closed_entry.pk).exists()
    assert not [line for line in certificate.lines if line["label"] == "hotlists.Entry"]


@pytest.mark.parametrize("alias", ["default", "retention", "owner"])
def test_database_keeps_a_held_entry_whoever_deletes(draft_entry, inspector, alias):
    entry = draft_entry().entry
    actions.place_hold(entry, by=inspector, case_ref="26/114", basis="cpia", reason="Trial.")
    with (
        pytest.raises(IntegrityError, match="under a legal hold"),
        transaction.atomic(using=alias),
        connections[alias].cursor() as cursor,
    ):
        cursor.execute("DELETE FROM hotlists_entry WHERE id = %s", [entry.pk])


def test_certificate_holds_counts_and_no_content(closed_entry):
    with months_later(12, days=3):
        certificate = actions.apply(by=CLOCK)
    text = str(certificate.lines) + certificate.digest
    for content in (PLATE, "CR/2211/26", "Mill Lane", "burglaries", str(closed_entry.pk)):
        assert content not in text
    assert certificate.run.status == DeletionRun.Status.DONE
    assert not ErasedBatch.objects.exists()
    event = Event.objects.get(verb=Verb.RECORDS_ERASED)
    assert (event.operation, event.count) == ("erasure", certificate.erased)


def test_digest_is_recomputed_from_the_ids_alone(closed_entry):
    pk = str(closed_entry.pk)
    with months_later(12, days=3):
        certificate = actions.apply(by=CLOCK)
    line = next(line for line in certificate.lines if line["label"] == "hotlists.Entry")
    assert line["digest"] == erasure.digest([f"hotlists.Entry:{pk}"])


class Killed(BaseException):
    """As if the worker had been killed: nothing catches it."""


@pytest.mark.parametrize("at", ["between batches", "inside a batch", "before the certificate"])
def test_killed_run_goes_on_and_loses_no_certificate(approved_entry, supervisor, monkeypatch, at):
    keys = []
    for number in range(3):
        entry = approved_entry(vrm_entered=f"AB01 CD{'EFG'[number]}")
        keys.append(str(lists.withdraw(entry, by=supervisor, reason="located").pk))
    with months_later(12, days=3):
        run = actions.start(actions.preview(by=CLOCK), by=CLOCK)
        kill(monkeypatch, at)
        with pytest.raises(Killed):
            actions.carry_out(run, by=CLOCK, batch=1)
        monkeypatch.undo()
        assert not Certificate.objects.exists()
        assert actions.resume(by=CLOCK) == 1
        assert actions.resume(by=CLOCK) == 0
    certificate = Certificate.objects.get()
    line = next(line for line in certificate.lines if line["label"] == "hotlists.Entry")
    assert line["erased"] == 3
    assert line["digest"] == erasure.digest(f"hotlists.Entry:{key}" for key in keys)
    assert not Entry.objects.exists()


def kill(monkeypatch, at: str) -> None:
    """The work's own steps run; then it dies."""
    if at == "before the certificate":
        monkeypatch.setattr(erasure, "digest", _dies)
        return
    step, calls = ("erase_batch", []) if at == "between batches" else ("_delete", [])
    real = getattr(erasure, step)

    def dying(*args, **kwargs):
        queryset_or_rule = args[0]
        done = real(*args, **kwargs)
        label = getattr(queryset_or_rule, "label", None) or queryset_or_rule.model._meta.label
        calls.append(label)
        if calls.count("hotlists.Entry") == 2:
            raise Killed
        return done

    monkeypatch.setattr(erasure, step, dying)


def _dies(*args):
    raise Killed


def test_application_may_not_delete_what_only_retention_may(closed_entry):
    with (
        pytest.raises(Exception, match="permission denied|append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM hotlists_decision")


def test_class_that_the_database_refuses_keeps_no_other_and_is_reported(closed_entry, monkeypatch):
    real = erasure._delete

    def refusing(queryset):
        if queryset.model is Entry:
            raise IntegrityError("something points at it")
        return real(queryset)

    monkeypatch.setattr(erasure, "_delete", refusing)
    with months_later(12, days=3):
        certificate = actions.apply(by=CLOCK)
    assert certificate.run.problems == [{"label": "hotlists.Entry", "words": "IntegrityError"}]
    assert Entry.objects.filter(pk=closed_entry.pk).exists()
    assert EntryVersion.objects.exists()  # nothing partly
    assert DeletionRun.objects.get().status == DeletionRun.Status.FAILED


def test_preview_counts_what_the_run_then_erases(closed_entry):
    with months_later(12, days=3):
        run = actions.preview(by=CLOCK)
        counted = {line["label"]: line for line in run.counted}
        certificate = actions.carry_out(actions.start(run, by=CLOCK), by=CLOCK)
    erased = {line["label"]: line for line in certificate.lines}
    assert counted["hotlists.Entry"]["due"] == erased["hotlists.Entry"]["erased"] == 1
    for label, number in counted["hotlists.Entry"]["with_it"].items():
        assert erased["hotlists.Entry"]["with_them"].get(label, 0) == number


def test_who_may_preview_start_hold_and_release(closed_entry, dpo, submitter, inspector, outsider, auditor):
    with pytest.raises(Refused):
        actions.preview(by=submitter)
    with pytest.raises(Refused):
        actions.preview(by=auditor)
    run = actions.preview(by=dpo)
    with pytest.raises(Refused):
        actions.start(run, by=submitter)
    actions.start(run, by=dpo)
    with pytest.raises(TooLate):
        actions.start(run, by=dpo)
    facts = {"case_ref": "26/114", "basis": "cpia", "reason": "Trial."}
    with pytest.raises(Stranger):
        actions.place_hold(closed_entry, by=outsider, **facts)
    with pytest.raises(Refused, match="role"):
        actions.place_hold(closed_entry, by=submitter, **facts)
    with pytest.raises(Unfit, match="case"):
        actions.place_hold(closed_entry, by=inspector, **(facts | {"case_ref": " "}))
    with pytest.raises(Refused, match="entry or a hit"):
        actions.place_hold(closed_entry.hotlist, by=inspector, **facts)
    hold = actions.place_hold(closed_entry, by=inspector, **facts)
    with pytest.raises(TooLate):
        actions.place_hold(closed_entry, by=inspector, **facts)
    with pytest.raises(Refused):
        actions.release_hold(hold, by=submitter, reason="Done.")
    actions.release_hold(hold, by=inspector, reason="Done.")
    with pytest.raises(TooLate):
        actions.release_hold(hold, by=inspector, reason="Done.")


def test_stale_preview_is_not_started(dpo):
    run = actions.preview(by=dpo)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)), pytest.raises(Refused, match="more than a day"):
        actions.start(run, by=dpo)


def test_hold_without_a_case_or_an_end_cannot_be_stored(closed_entry, inspector):
    hold = actions.place_hold(closed_entry, by=inspector, case_ref="26/114", basis="cpia", reason="Trial.")
    for change in ("case_ref = ''", "released_at = now()", "object_id = gen_random_uuid()"):
        with (
            pytest.raises(Exception, match="violates|permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE retention_legalhold SET {change}")
    hold.refresh_from_db()
    assert hold.review_due_at - hold.placed_at == dt.timedelta(days=183)
    assert LegalHold.objects.due_for_review(hold.review_due_at).get() == hold


def test_every_model_and_relation_stands_in_the_schedule():
    assert checks.problems() == []


@pytest.mark.parametrize(
    ("moment", "months", "before"),
    [((2026, 3, 31), 1, (2026, 2, 28)), ((2024, 2, 29), 12, (2023, 2, 28)), ((2026, 1, 15), 72, (2020, 1, 15)),
     ((2026, 12, 1), 0, (2026, 12, 1)), ((2026, 5, 31), 3, (2026, 2, 28))],
)  # fmt: skip
def test_months_are_counted_back_by_the_calendar(moment, months, before):
    assert months_before(dt.datetime(*moment, 9, 30, tzinfo=dt.UTC), months) == dt.datetime(
        *before, 9, 30, tzinfo=dt.UTC
    )
