"""The scope of an entry on its way: into what is published, and into what is made of a hit."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from hits import actions
from hits.actions.reports import Report
from hits.board import Viewer
from hits.models import Hit
from hits.waiting import questions
from hotlists import actions as entries
from matcher_client.rows import fields_of
from matchers import actions as matchers
from matchers.models import ListRole, PublishedRow, Recall, SiteTable
from tests.feed_cast import *  # noqa: F403 - fixtures
from tests.feed_cast import voi
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.publishing import PUBLISHER, publish

pytestmark = pytest.mark.django_db
SCOPE = {"directions": ["N"], "hours": ["00:00", "12:00"], "sites": ["ring-north"]}
MORNING = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def morning():
    """A moment within the scope, on which everything happens."""
    with time_machine.travel(MORNING, tick=False):
        yield


def row_of(hotlist) -> dict:
    return fields_of(PublishedRow.objects.current().get(hotlist=hotlist).canonical)


def test_scope_and_response_are_published_with_the_row(listed, hotlist):
    listed(scope=SCOPE, response="WHEN_FREE")
    row = row_of(hotlist)
    assert row["scope"] == '{"directions":["N"],"hours":["00:00","12:00"],"sites":["ring-north"]}'
    assert row["response"] == "WHEN_FREE"


def test_a_narrowed_scope_goes_out_at_once_and_is_recalled_like_any_correction(listed, hotlist, supervisor, matcher):
    entry = listed(scope=SCOPE)
    entries.narrow(entry, by=supervisor, scope={**SCOPE, "days": [1]}, reason="Only on Mondays.")
    matcher.matcher.last_seen_at = timezone.now()
    matcher.matcher.save()
    publish(hotlist)
    assert '"days":[1]' in row_of(hotlist)["scope"]
    assert Recall.objects.get().reason == Recall.Reason.CORRECTED


def test_rows_carry_what_their_recipient_needs_to_judge_them(listed, hotlist):
    listed(grading="1AP")
    row = row_of(hotlist)
    for name in ("grading", "last_verified_at", "review_by", "expires_at", "basis", "source_type"):
        assert row[name], name


def test_the_table_of_sites_tells_areas_and_directions(matcher, site):
    table = matchers.publish_sites(by=PUBLISHER)
    assert table.areas == {"ring-north": "Northdale"}
    assert table.cameras == {"ring-north-1": "N"}
    assert matchers.publish_sites(by=PUBLISHER) is None
    assert SiteTable.objects.count() == 1


def test_a_hit_within_its_scope_shows_it(listed, report, client_of, operator, team):
    hit = report(listed(scope=SCOPE, response="WHEN_FREE"))
    assert (hit.scope, hit.response, hit.direction) == (SCOPE, "WHEN_FREE", "N")
    assert "outside_scope" not in hit.cautions
    page = client_of(operator).get(f"/hits/{hit.pk}/").content.decode()
    assert "At ring-north, northbound, 00:00–12:00" in page
    assert "Send somebody when a unit is free" in page
    assert "Northbound" in page


@pytest.mark.parametrize(
    "over",
    [{"direction": "S"}, {"captured_at": MORNING - dt.timedelta(hours=10)}, {"site": "ring-south", "camera": "x"}],
    ids=str,
)
def test_a_hit_from_outside_its_scope_is_kept_marked_and_told_to_the_owner(listed, report, submitter, make_site, over):
    make_site("ring-south")
    hit = report(listed(scope=SCOPE), **over)
    assert "outside_scope" in hit.cautions
    assert Hit.objects.filter(pk=hit.pk).exists()
    told = [item.title for item in questions(submitter, timezone.now())]
    assert "A matcher reported your entry's vehicle outside the scope that was authorised" in told


def test_a_hit_of_which_only_a_record_was_authorised_raises_no_alarm(listed, report, operator, team, client_of):
    entry = listed(response="RECORD_ONLY")
    hit = report(entry)
    assert Viewer.of(operator).cards() == []
    later = timezone.now() + dt.timedelta(days=2)
    counts = [item.count for item in questions(operator, later) if item.title.startswith("Hits ")]
    assert set(counts) <= {0}
    page = client_of(operator).get("/hits/").content.decode()
    assert "On record" in page
    assert "It is on record; nobody is asked to act." in client_of(operator).get(f"/hits/{hit.pk}/").content.decode()


def test_a_daily_load_confirms_rows_without_publishing_them_anew(loaded, feed, matcher, allocate, operator, team):
    loaded([voi(1, weed="01/12/2026")])
    allocate(matcher, feed)
    [first] = publish(feed)
    row = PublishedRow.objects.current().get(hotlist=feed)
    with time_machine.travel(MORNING + dt.timedelta(days=1), tick=False):
        loaded([voi(1, weed="01/12/2026")])
        [second] = publish(feed)
        confirmed = int(timezone.now().timestamp())
    assert PublishedRow.objects.current().get(hotlist=feed) == row
    assert (first.sha256, first.root) == (second.sha256, second.root)
    assert second.manifest["rows_verified_at"] == confirmed > first.manifest["rows_verified_at"]


def test_a_hit_on_a_row_confirmed_today_is_not_stale(loaded, feed, matcher, allocate, site, team):
    loaded([voi(1, weed="01/12/2026")])
    allocate(matcher, feed)
    publish(feed)
    row = PublishedRow.objects.current().get(hotlist=feed)
    later = MORNING + dt.timedelta(hours=47)
    with time_machine.travel(later, tick=False):
        loaded([voi(1, weed="01/12/2026")])
        publish(feed)
        told = Report(
            reference="one", role=ListRole.objects.get(hotlist=feed).name, revision=row.since_revision, country=row.country,
            vrm=row.vrm, ref=row.ref, version="", vrm_read=row.vrm, country_read="GB", site="ring-north",
            camera="ring-north-1", captured_at=later, confidence=0.97,
        )  # fmt: skip
        hit, _ = actions.report(told, by=matcher.matcher.machine)
    assert hit.last_verified_at == later
    assert "entry_stale" not in hit.cautions
