"""The demo's certified year, whichever day the demo is made on."""

import datetime as dt

import pytest
import time_machine

from oversight.demo import lists, people, scrutiny, sites
from scrutiny.models import Area, Certificate, Finding, Sample

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("today", ["2027-01-01", "2027-03-01", "2027-12-31"])
def test_the_year_before_is_sampled_mended_and_signed_on_whatever_day(today):
    with time_machine.travel(dt.datetime.fromisoformat(f"{today}T10:00:00+00:00")):
        staff = people.add_people()
        team = people.add_team("Northdale crime and control", "Northdale", list(staff.values()))
        dpia = sites.add_assessment(staff, "dpia-lists", "Hotlists", about="Alerts on vehicles of interest.")
        scrutiny.add_signed_year(staff, lists.add_hotlists(staff, team, dpia))
    sample = Sample.objects.get()
    assert (sample.month, sample.items.unanswered().count()) == (dt.date(2026, 11, 1), 0)
    assert [finding.status for finding in Finding.objects.all()] == [Finding.Status.SETTLED]
    signed = Certificate.objects.filter(year=2026, signed_by=staff["iao.stone"])
    assert {one.area for one in signed} == set(Area.values)
    figures = signed.get(area=Area.AUTHORITY).figures
    assert (figures["sampled"], figures["bad"], figures["mended"]) == (8, 1, 1)
