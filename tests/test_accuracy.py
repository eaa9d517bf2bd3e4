"""How well cameras read: counts, the intervals that follow from them, and what the standards in force make of these (R-090, R-094)."""

import datetime as dt
import math

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Event
from audit.sentences import tell
from audit.verbs import Verb
from camera_sites import actions
from camera_sites.accuracy import Verdict, judge, records_of
from camera_sites.accuracy_files import COLUMNS
from camera_sites.limits import AccuracyLimits
from camera_sites.models import AccuracyTest, Camera
from camera_sites.waiting import questions
from portal.errors import Refused, Stranger, Unfit
from standards.models import Number
from tests.site_cast import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db
REFUSED_BY_DATABASE = (IntegrityError, InternalError, ProgrammingError)
TODAY = dt.date(2026, 6, 1)
GOOD = {
    "tester": "Northdale Surveys",
    "method": "footage",
    "light": "day",
    "visible": 2000,
    "captured": 1990,
    "read_right": 1950,
}


@pytest.fixture
def tested(infrastructure_lead):
    """tested(site, **over): a test of the site's first camera, good unless said otherwise, of today."""

    def make(site, **over) -> AccuracyTest:
        counted = {"tested_on": timezone.localdate(), **GOOD, **over}
        return actions.record_test(site, site.cameras.first(), by=infrastructure_lead, **counted)

    return make


def limits() -> AccuracyLimits:
    return AccuracyLimits.at(timezone.now())


def waits_for(user) -> dict[str, int]:
    return {item.title: item.count for item in questions(user, timezone.now()) if item.count}


# (part, whole, low, high) at 95 %, as published: Newcombe 1998, table I, method 3
@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_are_those_that_were_published(tested, live_site, part, whole, low, high):
    test = tested(live_site(), visible=whole, captured=part, read_right=part)
    assert (round(test.capture_low, 4), round(test.capture_high, 4)) == (low, high)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_ends_of_an_interval_are_the_shares_that_the_count_only_just_allows(tested, live_site, camera_of_all, data):
    """The oracle: a share p lies at an end where the count is z deviations of p away from what p would give."""
    whole = data.draw(st.integers(1, 100_000))
    part = data.draw(st.integers(0, whole))
    test = tested(camera_of_all, visible=whole, captured=part, read_right=0)
    for p in (test.capture_low, test.capture_high):
        assert 0 <= p <= 1
        away = abs(part / whole - p)
        assert math.isclose(away, test.z * math.sqrt(p * (1 - p) / whole), rel_tol=1e-6, abs_tol=1e-7)
    assert test.capture_low <= part / whole + 1e-12
    assert test.capture_high >= part / whole - 1e-12


@pytest.fixture
def camera_of_all(live_site):
    """One site whose camera every example tests."""
    return live_site()


@pytest.mark.parametrize(
    ("counted", "verdict"),
    [
        ({}, Verdict.PASS),
        ({"visible": 100, "captured": 99, "read_right": 98}, Verdict.UNSURE),  # good, but of a hundred only
        ({"captured": 1900, "read_right": 1890}, Verdict.FAIL),
        ({"read_right": 1700}, Verdict.FAIL),
        ({"captured": 0, "read_right": 0}, Verdict.FAIL),
        ({"clock_offset_ms": -1001}, Verdict.FAIL),
        ({"clock_offset_ms": 1000, "latency_p95_ms": 5000}, Verdict.PASS),
        ({"latency_p95_ms": 5001}, Verdict.FAIL),
    ],
)
def test_a_test_says_pass_or_fail_only_when_its_interval_does(tested, live_site, counted, verdict):
    site = live_site()
    test = tested(site, **counted)
    assert judge(test, limits()) == verdict
    assert AccuracyTest.objects.newest().failing(limits()).exists() == (verdict == Verdict.FAIL), "rows and words agree"
    assert records_of(site, timezone.now(), limits())[0].verdict == verdict


def test_another_edition_of_the_standards_judges_the_same_counts_otherwise(tested, live_site):
    test = tested(live_site())
    Number.objects.filter(key="site.capture.target").update(value=100)
    assert judge(test, limits()) == Verdict.FAIL


def test_a_camera_that_reads_badly_at_night_is_below_though_it_reads_well_by_day(tested, live_site):
    site = live_site()
    tested(site, light="night", captured=1500, read_right=1400)
    tested(site)
    assert records_of(site, timezone.now(), limits())[0].verdict == Verdict.FAIL
    tested(site, light="night")
    assert records_of(site, timezone.now(), limits())[0].verdict == Verdict.PASS, "the newest by night counts"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"captured": 2001}, "captured"), ({"read_right": 1991}, "read_right"), ({"visible": 0}, "visible"),
        ({"tester": " "}, "tester"), ({"tested_on": dt.date(2999, 1, 1)}, "tested_on"),
        ({"clock_offset_ms": 10**9}, "clock_offset_ms"), ({"latency_p95_ms": -1}, "latency_p95_ms"),
    ],
)  # fmt: skip
def test_counts_that_cannot_be_are_refused_by_field(tested, live_site, wrong, field):
    with pytest.raises(Unfit) as refusal:
        tested(live_site(), **wrong)
    assert field in refusal.value.fields
    assert not AccuracyTest.objects.exists()


def test_a_test_is_never_altered_and_the_database_holds_its_counts(tested, live_site):
    test = tested(live_site())
    for sql in ("SET captured = 2000", "SET capture_low = 1"):
        with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE camera_sites_accuracytest {sql}")
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
        test.delete()
    row = {name: getattr(test, name) for name in ("camera", "tested_on", "tester", "method", "light", "visible", "z", "profile",
                                                  "recorded_by", "recorded_at")}  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        AccuracyTest.objects.create(**row, captured=2001, read_right=1)


def test_who_may_not_keep_sites_writes_no_test_down(tested, live_site, operator, second_superintendent, dpo):
    site = live_site()
    camera = site.cameras.get()
    for who in (operator, dpo):
        with pytest.raises(Refused):
            actions.record_test(site, camera, by=who, tested_on=TODAY, **GOOD)
    with pytest.raises(Stranger):
        actions.record_test(site, camera, by=second_superintendent, tested_on=TODAY, **GOOD)


def test_what_was_counted_is_recorded_in_a_sentence(tested, live_site):
    tested(live_site())
    (told,) = tell(Event.objects.newest_first()[:1])
    assert told.event.verb == Verb.CAMERA_TESTED
    assert told.sentence.endswith("by day, of 2000 plates: meets the standard")


def test_owner_is_told_of_cameras_that_fail_and_of_tests_that_are_overdue(tested, live_site, infrastructure_lead):
    site = live_site()
    assert waits_for(infrastructure_lead)["Cameras of your sites have no accuracy test in date"] == 1
    tested(site)
    assert not [title for title in waits_for(infrastructure_lead) if title.startswith("Cameras")]
    tested(site, captured=1500, read_right=1400)
    assert waits_for(infrastructure_lead)["Cameras of your sites are below the accuracy standard"] == 1
    later = timezone.now() + dt.timedelta(days=365)
    assert Camera.objects.overdue_for_test(later, limits()).count() == 1
    assert Camera.objects.overdue_for_test(later - dt.timedelta(days=1), limits()).count() == 0


def test_registry_shows_and_finds_what_fails_and_what_is_overdue(tested, live_site, infrastructure_lead, client_of):
    failing, good, _ = (live_site(ref=ref) for ref in ("failing", "good", "untested"))
    tested(failing, captured=1500, read_right=1400)
    tested(good)
    client = client_of(infrastructure_lead)
    for show in ("failing", "untested"):
        page = client.get("/camera-sites/", {"wanting": show}).content.decode()
        assert [ref for ref in ("failing", "good", "untested") if f"<td>{ref}</td>" in page] == [show]
    page = client.get("/camera-sites/").content.decode()
    assert "1 below the standard" in page
    assert "1 to be tested" in page


def test_registry_asks_as_often_for_one_site_as_for_ten(tested, live_site, infrastructure_lead, client_of):
    client = client_of(infrastructure_lead)
    tested(live_site(ref="first"))

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/camera-sites/").status_code == 200
        return len(asked)

    count()
    once = count()
    for number in range(9):
        tested(live_site(ref=f"site-{number}"), captured=1500, read_right=1400)
    assert count() == once


def test_page_of_a_site_draws_its_tests_with_a_table_beside(tested, live_site, infrastructure_lead, client_of):
    site = live_site()
    with time_machine.travel(timezone.now() - dt.timedelta(days=200)):
        tested(site)
    tested(site, light="night", captured=1500, read_right=1400, clock_offset_ms=40, latency_p95_ms=900)
    page = client_of(infrastructure_lead).get(f"/camera-sites/{site.pk}/").content.decode()
    assert page.count('<svg class="app-chart__drawing"') == 2
    assert page.count("app-chart__interval") == 4
    assert "Tests of ring-north-1" in page
    assert "captures fewer than 98 % of plates" in page
    assert "99.5 %" in page


def test_pages_write_a_test_down_and_lose_nothing_that_was_typed(live_site, infrastructure_lead, client_of):
    site = live_site()
    client, address = client_of(infrastructure_lead), f"/camera-sites/{site.pk}/tests/"
    typed = {"camera": site.cameras.get().pk, "tested_on": "2026-01-15", **GOOD, "words": "Drizzle, Monday"}
    wrong = client.post(address, typed | {"captured": "3000"})
    assert wrong.status_code == 422
    assert b"Drizzle, Monday" in wrong.content
    assert client.post(address, typed).status_code == 302
    assert AccuracyTest.objects.get().words == "Drizzle, Monday"
    again = client.post(address, typed)
    assert (again.status_code, b"written down already" in again.content) == (422, True)


def test_api_writes_a_test_down_once_and_tells_it_to_machines_that_may_read(
    live_site, infrastructure_lead, operator, second_superintendent, client_of, client
):
    site = live_site()
    address = reverse("api_site_tests", args=[site.pk])
    body = {"camera": "ring-north-1", "tested_on": "2026-01-15", **GOOD}
    once = {"content_type": "application/json", "headers": {"Idempotency-Key": "count-1"}}
    first = client_of(infrastructure_lead).post(address, body, **once)
    assert (first.status_code, first.json()["judgement"]) == (201, "pass")
    assert client_of(infrastructure_lead).post(address, body, **once).json() == first.json()
    assert AccuracyTest.objects.count() == 1
    wrong = client_of(infrastructure_lead).post(address, body | {"captured": 3000}, content_type="application/json")
    assert (wrong.status_code, wrong.headers["Content-Type"]) == (422, "application/problem+json")
    assert client_of(operator).post(address, body, content_type="application/json").status_code == 403
    assert client_of(second_superintendent).post(address, body, content_type="application/json").status_code == 404
    told = client_of(operator).get(address).json()
    assert [(one["camera"], one["judgement"], len(one["tests"])) for one in told] == [("ring-north-1", "pass", 1)]
    assert "54.6" not in str(told)
    assert client.get(address).status_code == 401


def a_file(*rows: dict) -> bytes:
    lines = [",".join(COLUMNS), *(",".join(str(row.get(name, "")) for name in COLUMNS) for row in rows)]
    return "\r\n".join(lines).encode()


def test_a_file_of_tests_is_taken_whole_or_not_at_all(live_site, infrastructure_lead, client_of):
    live_site()
    row = {"camera": "ring-north-1", "tested_on": "2026-01-15", **GOOD}
    bad = a_file(
        row, row | {"captured": 2001}, row | {"light": "dusk"}, row | {"camera": "elsewhere-1"}, row | {"visible": "x"}
    )
    with pytest.raises(Unfit) as refusal:
        actions.import_tests(by=infrastructure_lead, content=bad)
    assert [words.split(":")[0] for words in refusal.value.fields["file"]] == [
        "Row 2, captured", "Row 3, light", "Row 4, camera", "Row 5, visible",
    ]  # fmt: skip
    assert not AccuracyTest.objects.exists()
    assert len(actions.import_tests(by=infrastructure_lead, content=a_file(row, row | {"light": "night"}))) == 2
    answer = client_of(infrastructure_lead).post(
        reverse("api_tests_import"),
        {"content": a_file(row | {"tested_on": "2026-01-16"}).decode()},
        content_type="application/json",
    )
    assert answer.status_code == 201
    page = client_of(infrastructure_lead).post(
        reverse("tests_import"), {"file": _upload(a_file(row | {"tested_on": "2026-01-17"}))}
    )
    assert page.status_code == 302
    with pytest.raises(Unfit, match="Some rows") as refusal:  # one count does not stand for two
        actions.import_tests(by=infrastructure_lead, content=a_file(row | {"tested_on": "2026-01-18"}, row))
    assert "Row 2, tested_on: This test of this camera was written down already." in refusal.value.fields["file"]
    page = client_of(infrastructure_lead).post(reverse("tests_import"), {"file": _upload(bad)})
    assert (page.status_code, b"Row 4, camera" in page.content) == (422, True)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"camera,colour\r\na,b", b"camera\r\na", ",".join(COLUMNS).encode()]
)
def test_what_is_no_file_of_tests_is_refused(infrastructure_lead, content):
    with pytest.raises(Unfit):
        actions.import_tests(by=infrastructure_lead, content=content)


def _upload(content: bytes):
    return SimpleUploadedFile("tests.csv", content)
