"""What follows from accuracy tests and lapses: whether a site goes live, what is found, and what the code's principles know."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from camera_sites import actions
from camera_sites.code_principles import known_of
from camera_sites.models import CameraSite, SiteDecision
from camera_sites.narrowing import narrowed
from camera_sites.policies import may_set_live
from scrutiny.actions import CLOCK, report_accuracy, report_lapses, retest
from scrutiny.models import Finding
from standards.models import Number, StandardsProfile
from tests.site_cast import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
GOOD = {
    "tester": "Northdale Surveys",
    "method": "footage",
    "light": "day",
    "visible": 2000,
    "captured": 1990,
    "read_right": 1950,
}
BAD = {**GOOD, "captured": 1500, "read_right": 1100}


@pytest.fixture
def tested(infrastructure_lead):
    """tested(site, **counted): a test of its first camera today."""

    def make(site, **counted):
        facts = {"tested_on": timezone.localdate(), **GOOD, **counted}
        return actions.record_test(site, site.cameras.first(), by=infrastructure_lead, **facts)

    return make


def test_the_delivered_standards_ask_for_no_test_before_live(proposed_site, superintendent):
    assert may_set_live(superintendent, proposed_site())


def test_where_the_standards_demand_it_a_site_goes_live_only_with_a_passed_test_in_date_of_each_camera(
    proposed_site, tested, superintendent, infrastructure_lead
):
    Number.objects.filter(key="site.accuracy.before").update(value=1)
    site = proposed_site()
    verdict = may_set_live(superintendent, site)
    assert not verdict and "ring-north-1" in verdict.reason
    tested(site, **BAD)
    assert not may_set_live(superintendent, site)
    tested(site)
    assert may_set_live(superintendent, site)
    actions.add_camera(site, by=infrastructure_lead, ref="ring-north-2")
    verdict = may_set_live(superintendent, site)
    assert not verdict and "Without: ring-north-2." in verdict.reason
    actions.record_test(
        site, site.cameras.get(ref="ring-north-2"), by=infrastructure_lead, tested_on=timezone.localdate(), **GOOD
    )
    assert actions.set_live(site, by=superintendent).status == "live"


def test_a_test_that_is_too_old_does_not_bring_a_site_live(proposed_site, tested, superintendent):
    Number.objects.filter(key="site.accuracy.before").update(value=1)
    days = Number.objects.get(key="site.accuracy.test", profile__is_delivered=True).value
    site = proposed_site()
    with time_machine.travel(timezone.now() - (days + 2) * DAY):
        old = timezone.localdate()
    tested(site, tested_on=old)
    assert not may_set_live(superintendent, site)


def test_a_failing_camera_is_one_open_finding_that_is_answered_as_it_passes_again(
    live_site, tested, dpo, infrastructure_lead
):
    site = live_site()
    bad = tested(site, tested_on=timezone.localdate() - 2 * DAY, **BAD)
    finding = report_accuracy(bad, by=CLOCK)
    assert (finding.kind, finding.owner, finding.status) == ("accuracy", site.owner, "open")
    assert report_accuracy(tested(site, tested_on=timezone.localdate() - DAY, **BAD), by=CLOCK) == finding
    night = tested(site, light="night")
    assert report_accuracy(night, by=CLOCK).status == "open", "by day it is still short"
    good = tested(site)
    report_accuracy(good, by=CLOCK)
    finding.refresh_from_db()
    assert (finding.status, finding.closed_by) == ("closed", infrastructure_lead)
    assert retest(finding, by=dpo, holds=True, words="Looked at the counts.").status == "settled"
    assert report_accuracy(good, by=CLOCK) is None
    assert Finding.objects.count() == 1


def test_a_finding_names_no_covert_site(proposed_site, tested):
    site = proposed_site(deployment="covert", deployed_until=timezone.now() + DAY, authority_ref="URN 7")
    finding = report_accuracy(tested(site, **BAD), by=CLOCK)
    assert site.ref not in finding.title + finding.words


def test_a_matcher_and_a_system_whose_assessment_lapsed_are_found_once_and_told_on_their_pages(
    matcher, dpia, infrastructure_lead, manager, client_of
):
    actions.cover(dpia, by=infrastructure_lead, kind="system", name="Back office 7", words="A year of reads.")
    actions.cover(dpia, by=manager, kind="matcher", subject=matcher.matcher.pk, words="What it holds.")
    assert report_lapses(by=CLOCK) == []
    with time_machine.travel(timezone.now() + 366 * DAY):
        found = report_lapses(by=CLOCK)
        assert {one.kind for one in found} == {"lapse"} and len(found) == 2
        assert any("Back office 7" in one.title for one in found)
        assert report_lapses(by=CLOCK) == []
        page = client_of(manager).get(f"/matchers/{matcher.matcher.pk}/").content.decode()
    assert "is not in date" in page and "Nothing is stopped by that alone" in page


def test_what_is_wanting_narrows_beside_the_state(live_site, tested):
    site, now = live_site(), timezone.now()
    tested(site, **BAD)
    seen = CameraSite.objects.all()
    assert list(narrowed(seen, {"show": "in", "wanting": "failing"}, now)) == [site]
    assert list(narrowed(seen, {"show": "suspended", "wanting": "failing"}, now)) == []
    assert list(narrowed(seen, {"wanting": "need"}, now)) == []


def test_the_portal_knows_of_policies_of_access_and_of_security(live_site, operator):
    live_site()
    now = timezone.now()
    for principle in (5, 7, 9):
        assert known_of(principle, now) and all(fact.is_well for fact in known_of(principle, now))
    operator.vetted_until = operator.trained_until = timezone.localdate() - DAY
    operator.save()
    assert not all(fact.is_well for fact in known_of(5, now))
    assert not all(fact.is_well for fact in known_of(9, now))


def goes_live(site, by) -> None:
    """By a decision, and by SQL of the application's own role, round the action."""
    now = timezone.now()
    SiteDecision.objects.create(
        site=site, profile=StandardsProfile.objects.in_force(now), location_type=site.location_type, basis=site.basis,
        likelihood="V", decided_by=by, decided_at=now, sign_in=by.sign_in,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE camera_sites_camerasite SET status = 'live', live_by_id = %s, live_at = %s, moved_by_id = %s, moved_at = %s"
            " WHERE id = %s", [by.pk, now, by.pk, now, site.pk],
        )  # fmt: skip


@pytest.mark.parametrize(
    ("counted", "stands"),
    [
        ([], False), ([GOOD], True), ([BAD], False), ([GOOD, BAD | {"light": "night"}], False),
        ([BAD, GOOD], True), ([GOOD, BAD], False), ([GOOD | {"clock_offset_ms": -60_000}], False),
        ([GOOD | {"latency_p95_ms": 3_600_000}], False), ([GOOD | {"visible": 30, "captured": 30, "read_right": 30}], False),
        ([GOOD | {"ago": 1000}], False), ([GOOD | {"ago": 1000}, GOOD], True),
    ],
)  # fmt: skip
def test_the_database_holds_what_the_action_asks_of_accuracy(proposed_site, tested, superintendent, counted, stands):
    Number.objects.filter(key="site.accuracy.before").update(value=1)
    site = proposed_site()
    for given in counted:
        facts = {name: value for name, value in given.items() if name != "ago"}
        tested(site, **facts, tested_on=timezone.localdate() - given.get("ago", 0) * DAY)
    assert bool(may_set_live(superintendent, site)) is stands
    if stands:
        goes_live(site, superintendent)
    else:
        with pytest.raises(IntegrityError, match="accuracy tests"), transaction.atomic():
            goes_live(site, superintendent)


def test_the_database_asks_for_as_many_tests_as_the_edition_does(proposed_site, tested, superintendent):
    Number.objects.filter(key="site.accuracy.before").update(value=2)
    site = proposed_site()
    tested(site, tested_on=timezone.localdate() - DAY)
    with pytest.raises(IntegrityError, match="ring-north-1"), transaction.atomic():
        goes_live(site, superintendent)
    tested(site)
    goes_live(site, superintendent)
