"""What the schedule delivers by class, held against the reference in other words; and the check that lets nothing be forgotten."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone
from psycopg import errors

from accounts.models import SystemJob
from audit.actions import record
from audit.models import Event, EventDetail
from audit.verbs import Verb
from camera_sites import actions as camera_sites
from hotlists import actions as lists
from hotlists.models import Entry
from portal.database.throwaway import admin_connection
from portal.errors import Unfit
from portal.partitions import month_start
from retention import actions as retention
from retention import checks, erasure, schedule
from retention.rules import Fate
from retention.schedule import BY_LABEL
from standards.models import StandardsProfile
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.test_retention import months_later

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention"])

JOB = SystemJob("tests")

# Section 6 of the reference, by class: months, and from when.
REFERENCE = {
    "hits.Hit": (12, "captured_at"),
    "hotlists.Entry": (12, None),
    "matchers.PublishedRow": (12, None),
    "matchers.Publication": (72, None),
    "audit.Event": (72, None),
    "camera_sites.CameraSite": (72, "decommissioned_at"),
    "camera_sites.SelfAssessment": (72, "signed_at"),
    "scrutiny.Concern": (24, "answered_at"),
    "hotlists.Recovery": (12, "recorded_at"),
    "hotlists.Departure": (12, "left_at"),
}
KEPT = ("retention.Certificate", "camera_sites.Dpia", "accounts.User", "matchers.Matcher", "hotlists.FeedRow")


@pytest.mark.parametrize("label", REFERENCE)
def test_period_is_the_references(label):
    months, since = REFERENCE[label]
    rule = BY_LABEL[label]
    assert (rule.fate, rule.months) == (Fate.ERASE, months)
    assert since is None or rule.since == since


@pytest.mark.parametrize("label", KEPT)
def test_what_the_reference_keeps_is_kept_for_a_reason(label):
    assert BY_LABEL[label].fate == Fate.KEEP
    assert BY_LABEL[label].basis


def test_what_is_said_of_months_is_what_is_done():
    """The words a person reads name the number that counts."""
    for rule in erasure.classes(timezone.now()):
        years, rest = divmod(rule.months, 12)
        said = {f"{rule.months} month", f"{years} years" if years > 1 and not rest else f"{rule.months} month"}
        if rule.months:
            assert any(words in rule.words for words in said) or "month" in rule.words, rule.label


@pytest.mark.parametrize(("label", "model"), [("audit.Event", Event), ("audit.EventDetail", EventDetail)])
def test_log_goes_six_years_after_the_end_of_its_month_and_not_before(label, model):
    now = timezone.now()
    event = record(Verb.PROFILE_ADOPTED, target=StandardsProfile.objects.order_by("pk").first(), by=JOB)
    due = month_start(now, months_later=72 + 1)
    rule = BY_LABEL[label]
    assert not erasure.due(rule, due - dt.timedelta(seconds=1)).filter(pk=event.pk).exists()
    assert erasure.due(rule, due).filter(pk=event.pk).exists()


def test_receipt_goes_twelve_months_after_the_end_of_its_month(listed):
    rule = BY_LABEL["matchers.Receipt"]
    assert rule.cut_off(dt.datetime(2027, 3, 1, tzinfo=dt.UTC)) == dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    assert rule.cut_off(dt.datetime(2027, 2, 28, 23, 59, tzinfo=dt.UTC)) == dt.datetime(2026, 2, 1, tzinfo=dt.UTC)


def test_hit_goes_on_the_day_and_not_the_day_before(listed, report):
    hit = report(listed())
    rule = BY_LABEL["hits.Hit"]
    limit = hit.captured_at.replace(year=hit.captured_at.year + 1)
    assert not erasure.due(rule, limit).exists()
    assert erasure.due(rule, limit + dt.timedelta(seconds=1)).get() == hit


@pytest.mark.parametrize("why", ["had_force", "had_complaint"])
def test_hit_with_force_or_complaint_stays_six_years_after_its_outcome(listed, report, answers, operator, why):
    hit = answers.ended(report(listed()), operator, decision="BROADCAST", **{why: True})
    plain = answers.ended(report(hit.entry), operator)
    rule, told = BY_LABEL["hits.Hit"], hit.outcome.recorded_at
    assert erasure.due(rule, told + dt.timedelta(days=380)).get() == plain
    limit = told.replace(year=told.year + 6)
    assert hit not in erasure.due(rule, limit)
    assert hit in erasure.due(rule, limit + dt.timedelta(seconds=1))


def test_force_without_anybody_sent_is_no_outcome(listed, report, answers, operator):
    hit = report(listed())
    with pytest.raises(Unfit, match="nobody used force"):
        answers.ended(hit, operator, decision="NO_ACTION", had_force=True)
    outcome = answers.ended(report(hit.entry), operator, decision="NO_ACTION").outcome
    with (
        pytest.raises(errors.CheckViolation, match="force_by_somebody_sent"),
        admin_connection(connection.settings_dict["NAME"], options="-c session_replication_role=replica") as admin,
    ):
        admin.execute("UPDATE hits_outcome SET had_force = true WHERE hit_id = %s", [outcome.pk])


def test_what_a_person_has_to_start_is_left_by_the_clock_and_counted(site, superintendent, dpo):
    site = camera_sites.decommission(site, by=superintendent, reason="The road was rerouted.")
    with admin_connection(connection.settings_dict["NAME"], options="-c session_replication_role=replica") as admin:
        admin.execute("UPDATE camera_sites_camerasite SET decommissioned_at = now() - interval '7 years'")
    run = retention.preview(by=retention.CLOCK)
    assert next(line for line in run.counted if line["label"] == "camera_sites.CameraSite")["due"] == 1
    retention.carry_out(retention.start(run, by=retention.CLOCK), by=retention.CLOCK)
    assert type(site).objects.filter(pk=site.pk).exists()
    certificate = retention.carry_out(
        retention.start(retention.preview(by=dpo), by=dpo, release=["camera_sites.CameraSite"]), by=retention.CLOCK
    )
    assert certificate.run.problems == []
    assert not type(site).objects.filter(pk=site.pk).exists()


@pytest.mark.parametrize(
    ("forgotten", "said"),
    [("hotlists.Departure", "hotlists.Departure has no rule"), ("hits.Outcome", "hits.Outcome has no rule")],
)
def test_model_that_the_schedule_forgets_fails_the_check(monkeypatch, forgotten, said):
    left = [rule for rule in schedule.SCHEDULE if rule.label != forgotten]
    monkeypatch.setattr(checks, "SCHEDULE", left)
    monkeypatch.setattr(checks, "BY_LABEL", {rule.label: rule for rule in left})
    assert any(said in words for _, words in checks.problems())
    assert any(said in each.msg for each in checks.schedule_is_complete(None))


def test_relation_that_the_schedule_forgets_fails_the_check(monkeypatch):
    kept = {label: rule for label, rule in BY_LABEL.items() if label != "hits.Outcome"}
    monkeypatch.setattr(checks, "BY_LABEL", kept)
    found = [words for number, words in checks.problems() if number == 3]
    assert any("hits.Outcome.hit points at hits.Hit" in words for words in found)


def test_who_decided_an_entry_stays_six_years_without_its_plate_and_words(approved_entry, supervisor):
    """Section 6, authority and review: with the entry; then as what the log keeps of it."""
    entry = approved_entry()
    decided = Event.objects.get(verb=Verb.ENTRY_APPROVED, correlation_id__isnull=False, plate_hash__gt="")
    lists.withdraw(entry, by=supervisor, reason="located")
    with months_later(13):
        retention.apply(by=JOB)
    assert not Entry.objects.exists()
    kept = Event.objects.get(pk=decided.pk)
    assert (kept.verb, kept.actor_id, kept.subject_id) == (Verb.ENTRY_APPROVED, str(supervisor.pk), decided.subject_id)
    assert not EventDetail.objects.filter(pk=kept.pk).exists()
    rule = BY_LABEL["audit.Event"]
    six_years = month_start(kept.at, months_later=73)
    assert not erasure.due(rule, six_years - dt.timedelta(seconds=1)).filter(pk=kept.pk).exists()
    assert erasure.due(rule, six_years).filter(pk=kept.pk).exists()
