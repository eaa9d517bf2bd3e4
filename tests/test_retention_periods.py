"""Periods of the schedule: shorter by one office, longer by both, for one list only shorter; each a version of its rule."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from accounts.models import SystemJob
from audit.models import Event
from audit.verbs import Verb
from hotlists import actions as lists
from hotlists.models import Entry
from portal.errors import Refused, Stranger, TooLate, Unfit
from retention import actions
from retention.models import PeriodChange
from retention.periods import rule_at, schedule_at
from retention.schedule import SCHEDULE
from tests.cast import person
from tests.test_retention import months_later

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "retention"])

CLOCK = SystemJob("tests")
ENTRY = "hotlists.Entry"


@pytest.fixture
def closed_entry(approved_entry, supervisor) -> Entry:
    """Withdrawn, so that its twelve months run."""
    return lists.withdraw(approved_entry(vrm_entered="AB01CDE"), by=supervisor, reason="located")


def longer(by, **over) -> PeriodChange:
    return actions.change_period(
        ENTRY, by=by, **{"months": 18, "reason": "A review of convictions is under way."} | over
    )


def test_shorter_period_holds_at_once_and_erases_earlier(closed_entry, dpo):
    change = actions.change_period(ENTRY, by=dpo, months=6, reason="Nothing asks for more.")
    assert (change.status, change.version, change.months_before) == ("in_force", 2, 12)
    with months_later(6, days=3):
        certificate = actions.apply(by=CLOCK)
    line = next(line for line in certificate.lines if line["label"] == ENTRY)
    assert (line["version"], line["months"]) == (2, 6)
    assert not Entry.objects.filter(pk=closed_entry.pk).exists()
    assert Event.objects.filter(verb=Verb.PERIOD_SHORTENED).count() == 1


def test_longer_period_waits_for_the_other_office(closed_entry, dpo, asset_owner):
    change = longer(dpo)
    assert change.status == "proposed"
    assert rule_at(ENTRY, timezone.now()).months == 12
    with pytest.raises(Refused, match="You proposed"):
        actions.agree_period(change, by=dpo)
    with pytest.raises(Refused, match="own office"):
        actions.agree_period(change, by=person("second_dpo", ["DPO"]))
    assert actions.agree_period(change, by=asset_owner).version == 2
    with pytest.raises(TooLate):
        actions.agree_period(change, by=asset_owner)
    with months_later(14):
        actions.apply(by=CLOCK)
        assert Entry.objects.filter(pk=closed_entry.pk).exists()
    with months_later(18, days=8):
        actions.apply(by=CLOCK)
    assert not Entry.objects.filter(pk=closed_entry.pk).exists()


def test_declined_period_changes_nothing(dpo, asset_owner):
    change = longer(asset_owner)
    with pytest.raises(Unfit, match="Say why"):
        actions.decline_period(change, by=dpo, reason=" ")
    actions.decline_period(change, by=dpo, reason="Twelve months have been enough.")
    assert rule_at(ENTRY, timezone.now()).version == 1
    with pytest.raises(TooLate):
        actions.agree_period(change, by=dpo)


def test_one_list_keeps_for_a_shorter_time_and_never_longer(closed_entry, hotlist, dpo, outsider):
    with pytest.raises(Unfit, match="like this") as refusal:
        longer(dpo, list_id=hotlist.pk)
    assert "nothing longer than all" in str(refusal.value.fields)
    with pytest.raises(Unfit):
        actions.change_period("audit.Event", by=dpo, months=60, reason="Enough.", list_id=hotlist.pk)
    actions.change_period(ENTRY, by=dpo, months=3, reason="Its purpose ends sooner.", list_id=hotlist.pk)
    rule = rule_at(ENTRY, timezone.now())
    assert (rule.months, rule.shorter, rule.version) == (12, ((hotlist.pk, 3),), 2)
    with months_later(3, days=3):
        certificate = actions.apply(by=CLOCK)
    line = next(line for line in certificate.lines if line["label"] == ENTRY)
    assert line["lists"] == [{"list": str(hotlist.pk), "months": 3}]
    assert not Entry.objects.exists()


def test_shorter_period_of_another_list_leaves_this_one_alone(closed_entry, dpo, dpia, manager):
    other = lists.create_hotlist(
        by=manager, slug="other", title="Other", kind="managed", purpose="Others", controller="Northdale Police",
        legal_basis="DPA 2018 Part 3", owner=manager, dpia=dpia, categories=["CRM"], actions=["STOP"], markers=[],
        sunset_at=timezone.now() + dt.timedelta(days=365),
    )  # fmt: skip
    lists.give_access(other, dpo, by=manager)
    actions.change_period(ENTRY, by=dpo, months=3, reason="Its purpose ends sooner.", list_id=other.pk)
    with months_later(4):
        actions.apply(by=CLOCK)
    assert Entry.objects.filter(pk=closed_entry.pk).exists()


def test_who_may_change_a_period_and_of_what(dpo, asset_owner, auditor, manager, hotlist):
    for somebody in (auditor, manager):
        with pytest.raises(Refused, match="data protection officer"):
            longer(somebody)
    with pytest.raises(Stranger):
        actions.change_period("hotlists.Nothing", by=dpo, months=3, reason="Why not.")
    with pytest.raises(Unfit):
        actions.change_period("accounts.User", by=dpo, months=3, reason="Why not.")
    with pytest.raises(Unfit):
        longer(dpo, months=12)
    with pytest.raises(Unfit):
        longer(dpo, reason=" ")
    longer(dpo)
    with pytest.raises(TooLate, match="waits already"):
        longer(asset_owner)


def test_what_was_counted_under_another_schedule_is_not_started(closed_entry, dpo):
    run = actions.preview(by=dpo)
    actions.change_period(ENTRY, by=dpo, months=6, reason="Nothing asks for more.")
    with pytest.raises(Refused, match="schedule was changed"):
        actions.start(run, by=dpo)


def test_schedule_can_be_asked_as_it_stood(dpo):
    before = timezone.now()
    actions.change_period(ENTRY, by=dpo, months=6, reason="Nothing asks for more.")
    assert schedule_at(before) == SCHEDULE
    assert rule_at(ENTRY, timezone.now()).words.startswith("6 months")


@pytest.mark.parametrize(
    "change",
    [
        "status = 'in_force', version = 2, decided_by_id = proposed_by_id, decided_as = 'owner', decided_at = now()",
        "status = 'in_force', version = 2, decided_by_id = {other}, decided_as = 'dpo', decided_at = now()",
        "status = 'in_force', version = 9, decided_by_id = {other}, decided_as = 'owner', decided_at = now()",
        "status = 'in_force', version = 2, decided_as = 'owner', decided_at = now()",
        "months = 1",
        "reason = 'Another'",
    ],
)
def test_database_lets_nobody_lengthen_alone_nor_write_a_decision_over(dpo, asset_owner, change):
    longer(dpo)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE retention_periodchange SET {change}".format(other=asset_owner.pk))
    assert PeriodChange.objects.get().status == "proposed"


@pytest.mark.parametrize(
    ("label", "of_list", "before", "months"),
    [
        (ENTRY, False, 60, 48),  # said to be shorter than it never was
        (ENTRY, True, 60, 48),  # so for one list, longer than all
        (ENTRY, True, 13, 12),
        ("accounts.User", False, 60, 48),  # which the schedule gives no period
        ("hotlists.Nothing", False, 12, 6),
    ],
)
def test_database_holds_the_first_change_against_what_the_schedule_came_with(
    dpo, hotlist, label, of_list, before, months
):
    facts = {
        "label": label, "list_id": hotlist.pk if of_list else None, "months": months, "months_before": before, "version": 2,
        "status": "in_force", "reason": "Said falsely.", "proposed_by": dpo, "proposed_as": "dpo", "decided_by": dpo,
        "decided_as": "dpo", "proposed_at": timezone.now(), "decided_at": timezone.now(),
    }  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        PeriodChange.objects.create(**facts)
    PeriodChange.objects.create(**facts | {"label": ENTRY, "months_before": 12, "months": 6})


def test_database_knows_every_period_that_can_be_changed():
    with connection.cursor() as cursor:
        for rule in SCHEDULE:
            cursor.execute("SELECT public.retention_delivered_months(%s)", [rule.label])
            assert cursor.fetchone()[0] == (rule.months if rule.can_change else None), rule.label


@pytest.mark.parametrize("alias", ["default", "retention"])
def test_nobody_but_the_owner_tells_the_database_another_period(alias):
    with pytest.raises(DatabaseError), transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION public.retention_delivered_months(p_label text) RETURNS integer"
            " LANGUAGE sql IMMUTABLE AS $$ SELECT 1200 $$"
        )


def test_office_that_was_given_no_list_still_shortens_one(client_of, hotlist):
    officer = person("officer_without_lists", ["DPO"])
    browser, at = client_of(officer), f"/retention/schedule/{ENTRY}/"
    assert hotlist.title in browser.get(at).content.decode()
    told = browser.post(at, {"months": 3, "reason": "Its purpose ends sooner.", "list_id": str(hotlist.pk)})
    assert told.status_code == 302
    assert rule_at(ENTRY, timezone.now()).shorter == ((hotlist.pk, 3),)
    with pytest.raises(Stranger):
        actions.change_period(ENTRY, by=officer, months=3, reason="None such.", list_id=officer.sign_in.pk)


def test_decided_period_can_be_neither_changed_nor_deleted(dpo):
    actions.change_period(ENTRY, by=dpo, months=6, reason="Nothing asks for more.")
    for statement in ("UPDATE retention_periodchange SET version = 3", "DELETE FROM retention_periodchange"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_pages_and_api_change_a_period_with_two_people(client_of, dpo, asset_owner, auditor):
    officer, owner = client_of(dpo), client_of(asset_owner)
    at = f"/retention/schedule/{ENTRY}/"
    assert officer.post(at, {"months": 24, "reason": "A review of convictions."}).status_code == 302
    second = officer.post(at, {"months": 30, "reason": "Still more."}).content.decode()
    assert "waits already" in second
    assert "Still more." in second
    change = PeriodChange.objects.get()
    assert "waits for the other office" in owner.get("/retention/schedule/").content.decode()
    assert "Longer retention periods to decide" in owner.get("/").content.decode()
    assert "own office" not in owner.get(f"/retention/periods/{change.pk}/").content.decode()
    assert officer.post(f"/retention/periods/{change.pk}/agree/").status_code == 403
    assert (
        owner.post(f"/api/v1/retention/periods/{change.pk}/agree/", content_type="application/json").json()["version"]
        == 2
    )
    assert (
        owner.post(f"/api/v1/retention/periods/{change.pk}/agree/", content_type="application/json").status_code == 409
    )
    assert "24 months" in officer.get(at).content.decode()
    told = officer.post("/api/v1/retention/periods/", {"label": ENTRY, "months": 12, "reason": "The review ended."},
                        content_type="application/json")  # fmt: skip
    assert (told.status_code, told.json()["version"]) == (201, 3)
    again = officer.post(at, {"months": 12, "reason": "Typed."})
    assert "12 months already" in again.content.decode()
    assert "Typed." in again.content.decode()
    reader = client_of(auditor)
    assert "Change the period" not in reader.get(at).content.decode()
    assert len(reader.get("/api/v1/retention/periods/").json()["results"]) == 2
    assert officer.get("/retention/schedule/accounts.User/").status_code == 404
