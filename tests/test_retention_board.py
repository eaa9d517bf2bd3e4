"""How old everything is against its limit: taken by the clock, shown to those who watch, told aloud when something is late."""

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import SystemJob
from audit.models import Event
from audit.verbs import Verb
from portal import health, home
from portal.errors import Refused
from retention import actions, board, stock
from retention.models import Stocktake
from retention.schedule import BY_LABEL
from tests.months_cast import *  # noqa: F403 - fixtures
from tests.test_retention import months_later

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention"])

CLOCK = SystemJob("tests")
ENTRY = "hotlists.Entry"


def line_of(taken: Stocktake, label: str = ENTRY) -> dict:
    return next(line for line in taken.lines if line["label"] == label)


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def waiting_for(user) -> list[str]:
    return [item.title for item in home.items_for(user, timezone.now())]


def test_oldest_record_stands_against_its_limit(closed_entry):
    with months_later(6):
        taken = actions.take_stock(by=CLOCK)
    line = line_of(taken)
    assert dt.datetime.fromisoformat(line["oldest"]) == closed_entry.withdrawn_at
    assert (dt.datetime.fromisoformat(line["ends"]) - closed_entry.withdrawn_at).days in (365, 366)
    assert (line["due"], line["late"], line["soon"], line["rows"], line["is_estimate"]) == (0, 0, 0, 1, False)
    one = next(one for one in board.standings(taken) if one.label == ENTRY)
    assert 0.5 < one.share < 0.55
    assert (one.word, one.past) == ("Within its limit", 0)
    assert Event.objects.filter(verb=Verb.STOCK_TAKEN).count() == 1


def test_what_falls_due_within_thirty_days_is_told_ahead(closed_entry):
    with months_later(11, days=10):
        assert line_of(actions.take_stock(by=CLOCK))["soon"] == 1
    with months_later(10):
        assert line_of(actions.take_stock(by=CLOCK))["soon"] == 0


def test_entry_in_force_has_no_age_yet(approved_entry):
    approved_entry()
    taken = actions.take_stock(by=CLOCK)
    assert line_of(taken)["oldest"] is None
    assert "Entries" in board.without_age(taken)


def test_late_is_what_is_past_its_limit_for_more_than_a_day(closed_entry, dpo):
    over = BY_LABEL[ENTRY].cut_off(timezone.now())
    passes = timezone.now() + (closed_entry.withdrawn_at - over)
    with time_machine.travel(passes - dt.timedelta(hours=1), tick=True):
        actions.apply(by=CLOCK)  # all else is where it should be
    for later, late in ((dt.timedelta(hours=2), 0), (dt.timedelta(hours=25), 1)):
        with time_machine.travel(passes + later, tick=True):
            taken = actions.take_stock(by=CLOCK)
            assert (line_of(taken)["due"], line_of(taken)["late"], taken.late) == (1, late, late)
            assert ("Records kept past their limit" in waiting_for(dpo)) == bool(late)
            assert health.report()["retention_limits"].startswith("ok, but records") == bool(late)
            one = next(one for one in board.standings(taken) if one.label == ENTRY)
            assert one.word == ("Late" if late else "Goes next")
    with time_machine.travel(passes + dt.timedelta(hours=26), tick=True):
        actions.apply(by=CLOCK)
        assert line_of(actions.take_stock(by=CLOCK))["oldest"] is None
        assert "Records kept past their limit" not in waiting_for(dpo)
        assert health.report()["retention_limits"] == "ok"


def test_held_record_is_never_late_and_is_told_with_its_reason(closed_entry, inspector, dpo, client_of):
    actions.place_hold(closed_entry, by=inspector, case_ref="R v Smith 26/114", basis="cpia", reason="Trial.")
    with months_later(14):
        actions.take_stock(by=CLOCK)
        line = line_of(Stocktake.objects.get())
        assert (line["late"], line["held"], line["oldest"]) == (0, 1, None)
        page = text(client_of(dpo).get("/retention/"))
    assert "R v Smith 26/114" in page
    assert "Relevant to a criminal investigation" in page


def test_class_that_asks_for_a_person_waits_and_is_not_called_late():
    taken = Stocktake(taken_at=timezone.now(), lines=[])
    assert board.standings(taken) == []
    begun = timezone.now() - dt.timedelta(days=73 * 31)
    facts = {"label": "scrutiny.Finding", "months": 72, "asks": True, "oldest": begun.isoformat(), "due": 1, "late": 1, "held": 0,
             "ends": stock.ends_at(BY_LABEL["scrutiny.Finding"], begun).isoformat()}  # fmt: skip
    taken.lines = [facts]
    assert board.standings(taken)[0].word == "Waits for a person"


def test_month_that_goes_whole_ends_when_its_last_day_does():
    rule = BY_LABEL["audit.Event"]
    assert stock.ends_at(rule, dt.datetime(2026, 3, 4, tzinfo=dt.UTC)) == dt.datetime(2032, 4, 1, tzinfo=dt.UTC)


def test_nobody_looking_is_told_after_a_day_and_a_half(dpo):
    assert health.report()["retention_limits"] == "ok"
    actions.take_stock(by=CLOCK)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=37), tick=True):
        assert "Nobody looked for records past their limit since" in waiting_for(dpo)
        assert "nobody looked" in health.report()["retention_limits"]


def test_question_that_takes_too_long_is_left_open_and_said_so(closed_entry, monkeypatch, dpo, client_of):
    monkeypatch.setattr(stock, "SECONDS", 0.3)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("LOCK TABLE hotlists_bulk")
        taken = actions.take_stock(by=CLOCK)
    assert board.unanswered(taken) == ["Files of many entries"]
    assert "Not counted in time" in text(client_of(dpo).get("/retention/"))


def test_large_table_is_told_by_the_catalogues_estimate(closed_entry, monkeypatch):
    monkeypatch.setattr(stock, "SCANNED", -1)
    assert line_of(actions.take_stock(by=CLOCK))["is_estimate"]


def test_disk_is_drawn_over_the_days(closed_entry):
    for days in range(3):
        with time_machine.travel(timezone.now() + dt.timedelta(days=days), tick=True):
            taken = actions.take_stock(by=CLOCK)
    lines = board.disk(taken)
    assert len(lines[0]["points"].split()) == 3
    assert lines[-1]["name"] == "The whole database"
    assert lines[-1]["bytes"] == taken.bytes


def test_page_asks_the_database_the_same_at_one_stocktake_and_ten(client_of, dpo, closed_entry):
    browser = client_of(dpo)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            text(browser.get("/retention/"))
        return len(queries)

    actions.take_stock(by=CLOCK)
    actions.preview(by=CLOCK)
    text(browser.get("/retention/"))
    before = asked()
    for _ in range(9):
        actions.take_stock(by=CLOCK)
        actions.preview(by=CLOCK)
    assert asked() == before


def test_first_look_finds_words_and_not_an_empty_table(client_of, dpo, auditor, submitter):
    page = text(client_of(dpo).get("/retention/"))
    assert "Nobody has looked yet" in page
    assert "Look again now" in page
    assert "Look again now" not in text(client_of(auditor).get("/retention/"))
    assert client_of(submitter).get("/retention/").status_code == 403
    assert client_of(auditor).post("/retention/stock/").status_code == 403
    with pytest.raises(Refused):
        actions.take_stock(by=auditor)
    assert client_of(dpo).post("/retention/stock/").status_code == 302
    assert Stocktake.objects.get().taken_by == "Dpo Test"


def test_api_tells_and_takes_the_same(client_of, dpo, auditor, submitter, closed_entry):
    officer, at = client_of(dpo), "/api/v1/retention/board/"
    assert officer.get(at).status_code == 404
    told = officer.post(at, {}, "application/json")
    assert told.status_code == 201, told.content
    assert line_of(Stocktake.objects.get())["oldest"][:19] in str(told.json()["lines"])
    assert client_of(auditor).get(at).json()["id"] == told.json()["id"]
    assert client_of(auditor).post(at, {}, "application/json").status_code == 403
    assert client_of(submitter).get(at).status_code == 403


def test_stocktake_is_never_changed_and_ends_after_two_years(dpo):
    taken = actions.take_stock(by=CLOCK)
    with pytest.raises(DatabaseError), transaction.atomic():
        Stocktake.objects.filter(pk=taken.pk).update(late=5)
    with months_later(25):
        actions.apply(by=CLOCK)
    assert not Stocktake.objects.exists()
