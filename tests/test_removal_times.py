"""How long lists took to let go (R-024): by list and month, for who answers for lists and who watches them, and no vehicle named."""

import datetime as dt
import statistics

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from hotlists import actions
from hotlists.latency import all_removals, removals
from tests.feed_cast import plate

pytestmark = pytest.mark.django_db
AIM, HOUR = dt.timedelta(hours=12), dt.timedelta(hours=1)


@pytest.fixture
def removed(approved_entry, submitter):
    """removed(hours, …): entries that ended so many hours after what ended them."""

    def make(*took: float) -> None:
        for hours in took:
            entry = approved_entry(vrm_entered=plate(make.number))
            make.number += 1
            happened = timezone.now() - hours * HOUR
            actions.withdraw(entry, by=submitter, reason="located", happened_at=happened)

    make.number = 1
    return make


def test_median_95th_percentile_and_worst_are_those_of_the_removals(removed, approved_entry, submitter, manager):
    took = [1, 2, 3, 5, 30]
    removed(*took)
    actions.withdraw(
        approved_entry(vrm_entered=plate(9)), by=submitter, reason="located"
    )  # when it happened is not known
    (row,) = removals(manager, timezone.now(), AIM)
    said = [round(one / HOUR, 2) for one in (row.median, row.ninety_fifth, row.worst)]
    assert said == [statistics.median(took), statistics.quantiles(took, n=20, method="inclusive")[-1], 30]
    assert (row.count, row.late, row.slug, row.month) == (5, 1, "northdale-crime", timezone.localdate().replace(day=1))


def test_months_stand_apart_and_what_is_older_than_a_year_is_left_out(removed, manager):
    removed(4)
    now = timezone.now()
    with time_machine.travel(now + dt.timedelta(days=40), tick=False):
        assert [row.count for row in removals(manager, timezone.now(), AIM)] == [1]
    assert removals(manager, now + dt.timedelta(days=400), AIM) == []
    assert all_removals(manager, now + dt.timedelta(days=400), AIM) is None


def test_page_and_api_tell_it_to_who_answers_for_lists_and_to_who_watches(removed, manager, dpo, submitter, client_of):
    at = reverse("removal_list")
    assert "Nothing to measure" in client_of(manager).get(at).content.decode()
    removed(2, 30)
    for user in (manager, dpo):
        page = client_of(user).get(at).content.decode()
        assert "16 h 00 min" in page and "30 h 00 min" in page and "AB01" not in page
        told = client_of(user).get(reverse("api_removal_list")).json()
        assert [(row["count"], row["late"], row["median_seconds"] // 3600) for row in told] == [(2, 1, 16)]
    assert client_of(manager).get(at + "?list=elsewhere").status_code == 200
    assert "Nothing to measure" in client_of(manager).get(at + "?list=elsewhere").content.decode()
    assert (
        client_of(submitter).get(at).status_code
        == client_of(submitter).get(reverse("api_removal_list")).status_code
        == 403
    )
    assert at in client_of(manager).get(reverse("hotlist_list")).content.decode()
    assert at not in client_of(submitter).get(reverse("hotlist_list")).content.decode()


def test_nothing_is_told_of_lists_that_one_does_not_see(removed, dpo, team):
    removed(2)
    team.user_set.remove(dpo)
    assert removals(dpo, timezone.now(), AIM) == []


def test_it_asks_the_same_number_of_queries_at_one_removal_and_at_ten(removed, manager, django_assert_num_queries):
    for count in (1, 3):
        removed(*[2] * count)
        with django_assert_num_queries(1):
            list(removals(manager, timezone.now(), AIM))
