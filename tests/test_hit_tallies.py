"""What matchers report of an entry, and how it ended, is told to whoever reviews it."""

import pytest

from hits import actions
from hotlists.models import HitTally
from hotlists.tallies import since_last_review
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.test_reviews import look

pytestmark = pytest.mark.django_db


def test_hits_and_their_outcomes_are_pushed_down_to_the_entry(listed, report, operator, supervisor):
    entry = listed()
    report(entry)
    last = report(entry)
    actions.acknowledge(last, by=operator, with_earlier=True)
    actions.record_outcome(last, by=operator, decision="NO_ACTION", with_earlier=True)
    assert HitTally.objects.get().hits == 2
    since = since_last_review(entry)
    assert (since.hits, since.outcomes, since.quiet_periods) == (2, {"NO_ACTION": 2}, 0)
    done = look(entry, supervisor)
    assert (done.hits_since_last, done.outcomes_since_last) == (2, {"NO_ACTION": 2})
    assert since_last_review(entry).hits == 0


def test_the_same_report_sent_again_is_counted_once(listed, report):
    entry = listed()
    report(entry, reference="again-1")
    report(entry, reference="again-1")
    assert HitTally.objects.get().hits == 1
