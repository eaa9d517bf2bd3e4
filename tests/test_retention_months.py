"""Months that are over leave their tables whole: what stays is never out of reach, and a kill anywhere loses nothing."""

import datetime as dt
import threading
import time

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from accounts.models import SystemJob
from audit.models import EventDetail
from hits.models import Acknowledgement, Hit, Outcome
from hotlists.models import Entry
from portal.database import apply_grants, grants_to_mend, throwaway
from retention import actions as retention
from retention import erasure, months
from retention.models import Certificate, DroppedMonth
from retention.schedule import BY_LABEL
from retention.workflow import Step
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.months_cast import *  # noqa: F403 - fixtures
from tests.months_cast import MONTH

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "retention", "owner"])

CLOCK = SystemJob("retention")
PARTS = [f"hits_{kind}_y2024m03" for kind in ("hit", "acknowledgement", "verification", "outcome")]


def tables(ending: str = "") -> list[str]:
    """Tables of that month there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE %s", [f"hits%y2024m03%{ending}"]
        )
        return sorted(name for (name,) in cursor.fetchall())


def line_of(certificate: Certificate) -> dict:
    """What the certificate says of the month."""
    return next(line for line in certificate.lines if line["label"] == "hits.Hit" and line.get("month") == "2024-03")


@pytest.fixture
def started(dpo):
    """started(): a run that may erase now."""
    return lambda: retention.start(retention.preview(by=dpo), by=dpo)


def test_month_goes_whole_with_its_children_and_its_words(ended_hit, old_hits, started):
    keys = old_hits(ended_hit, 7)
    certificate = retention.carry_out(started(), by=CLOCK)
    assert certificate.run.problems == []
    assert tables() == []
    assert list(Hit.objects.values_list("pk", flat=True)) == [ended_hit.pk]
    assert Outcome.objects.get().pk == ended_hit.pk
    assert not EventDetail.objects.filter(body__has_key="old").exists()
    line = line_of(certificate)
    assert line["erased"] == 7
    assert line["with_them"] == {"audit.EventDetail": 7, "hits.Acknowledgement": 7, "hits.Outcome": 7}
    assert line["digest"] == erasure.digest(f"hits.Hit:{key}" for key in keys)
    assert DroppedMonth.objects.get(label="hits.Hit", month=MONTH.date()).step == Step.CERTIFIED


def test_held_rows_stay_where_they_were_and_go_when_they_are_released(
    ended_hit, old_hits, started, inspector, operator
):
    keys = old_hits(ended_hit, 5)
    held = Hit.objects.get(pk=keys[2])
    hold = retention.place_hold(held, by=inspector, case_ref="26/114", basis="cpia", reason="Trial.")
    line = line_of(retention.carry_out(started(), by=CLOCK))
    assert (line["erased"], line["with_them"]["hits.Outcome"]) == (4, 4)
    assert Hit.objects.get(pk=keys[2]).outcome.recorded_by
    assert tables() == sorted(part for part in PARTS if "verification" not in part)
    assert EventDetail.objects.get(body__has_key="old").subjects == [f"hits.hit:{keys[2]}"]
    with pytest.raises(IntegrityError, match="legal hold|append-only"), transaction.atomic(using="retention"):
        Acknowledgement.objects.using("retention").filter(pk=keys[2])._raw_delete("retention")
        Outcome.objects.using("retention").filter(pk=keys[2])._raw_delete("retention")
        Hit.objects.using("retention").filter(pk=keys[2])._raw_delete("retention")
    retention.release_hold(hold, by=inspector, reason="Ended.")
    assert line_of(retention.carry_out(started(), by=CLOCK))["erased"] == 1
    assert tables() == []


@pytest.mark.parametrize("after", [Step.HELD_COPIED, Step.DETACHED, Step.QUIET])
def test_hold_on_the_entry_that_comes_on_the_way_is_kept(ended_hit, old_hits, started, inspector, after):
    keys = old_hits(ended_hit, 3)
    run = started()
    month = next(months.plan(BY_LABEL["hits.Hit"], run))
    while month.step != after:
        month = months.advance(month)
    retention.place_hold(Entry.objects.get(), by=inspector, case_ref="26/114", basis="cpia", reason="Trial.")
    certificate = retention.carry_out(run, by=CLOCK)
    assert certificate.run.problems == []
    assert Hit.objects.filter(pk__in=keys).count() == Outcome.objects.filter(pk__in=keys).count() == 3
    assert tables("aside") == []
    assert not [line for line in certificate.lines if line["label"] == "hits.Hit"]


def test_each_step_may_be_taken_again_though_its_row_forgot_it(ended_hit, old_hits, started):
    keys = old_hits(ended_hit, 3)
    run = started()
    month = next(months.plan(BY_LABEL["hits.Hit"], run))
    for step in (Step.HELD_COPIED, Step.DETACHED):
        month = months.advance(month)
        assert month.step == step
        DroppedMonth.objects.filter(pk=month.pk).update(step=Step.PLANNED)  # as if killed before it was written
        month.refresh_from_db()
        month = months.advance(month) if step == Step.HELD_COPIED else month
    month = months.advance(month)
    assert (month.step, month.erased) == (Step.QUIET, 3)
    assert months.advance(month).step == Step.DROPPED
    DroppedMonth.objects.filter(pk=month.pk).update(step=Step.QUIET, ended=None)
    month.refresh_from_db()
    assert months.advance(month).step == Step.DROPPED
    assert line_of(retention.carry_out(run, by=CLOCK))["digest"] == erasure.digest(f"hits.Hit:{key}" for key in keys)


def test_readers_hold_nobody_up_and_the_month_goes_when_they_are_through(ended_hit, old_hits, started, monkeypatch):
    old_hits(ended_hit, 3)
    monkeypatch.setattr(months, "PAUSE", 0.02)
    name = settings.DATABASES["default"]["NAME"]
    reader = throwaway.admin_connection(name)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM hits_hit")  # a report that takes its time, in a transaction of its own
    worst = []

    def others():
        with throwaway.admin_connection(name) as other:
            for _ in range(40):
                began = time.perf_counter()
                other.execute("SELECT count(*) FROM hits_hit")
                worst.append(time.perf_counter() - began)
                time.sleep(0.01)
        reader.close()

    looking = threading.Thread(target=others)
    looking.start()
    certificate = retention.carry_out(started(), by=CLOCK)
    looking.join()
    assert line_of(certificate)["erased"] == 3
    assert max(worst) < 0.5


def test_application_may_take_nothing_out_and_nobody_what_is_not_over(ended_hit, old_hits):
    old_hits(ended_hit, 1)
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("SELECT public.retention_take_out('hits_hit', '2024-03-01', '{}')")
    now = connections["retention"]
    with pytest.raises(DatabaseError, match="not a month that is over"), now.cursor() as cursor:
        cursor.execute("SELECT public.retention_take_out('hits_hit', date_trunc('month', now())::date, '{}')")
    with pytest.raises(DatabaseError, match="not a table partitioned"), now.cursor() as cursor:
        cursor.execute("SELECT public.retention_drop('hotlists_entry', '2024-03-01', '{}')")


@pytest.mark.parametrize("through", ["id", "entry_id"])
def test_database_lets_no_held_row_out(ended_hit, old_hits, inspector, through):
    [key] = old_hits(ended_hit, 1)
    thing = Hit.objects.get(pk=key) if through == "id" else ended_hit.entry
    retention.place_hold(thing, by=inspector, case_ref="26/114", basis="cpia", reason="Trial.")
    with pytest.raises(IntegrityError, match="legal hold"), connections["retention"].cursor() as cursor:
        cursor.execute("SELECT public.retention_take_out('hits_hit', '2024-03-01', '{entry_id}')")
    assert Hit.objects.filter(pk=key).exists()


def test_grants_of_a_month_on_its_way_out_are_as_they_should_be(ended_hit, old_hits, started):
    old_hits(ended_hit, 2)
    run = started()
    month = next(months.plan(BY_LABEL["hits.Hit"], run))
    while month.step != Step.DETACHED:
        month = months.advance(month)
        assert grants_to_mend(connections["owner"]) == {}
        assert apply_grants(connections["owner"]) == 0


def test_month_of_which_too_much_stays_is_erased_row_by_row(ended_hit, old_hits, started, inspector, monkeypatch):
    monkeypatch.setattr(months, "STAYS_AT_MOST", 1)
    keys = old_hits(ended_hit, 4)
    for key in keys[:2]:
        retention.place_hold(Hit.objects.get(pk=key), by=inspector, case_ref="26/114", basis="cpia", reason="Trial.")
    certificate = retention.carry_out(started(), by=CLOCK)
    line = next(line for line in certificate.lines if line["label"] == "hits.Hit")
    assert "month" not in line
    assert line["erased"] == 2
    assert Hit.objects.filter(pk__in=keys).count() == 2


def test_log_goes_by_whole_months_and_receipts_too():
    for label in ("audit.Event", "audit.EventDetail", "matchers.Receipt"):
        rule = BY_LABEL[label]
        as_of = dt.datetime(2030, 7, 19, tzinfo=dt.UTC)
        assert rule.cut_off(as_of).day == 1
        assert months.tables_of(rule)
    assert months.tables_of(BY_LABEL["hotlists.Entry"]) == []
