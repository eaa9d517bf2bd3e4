"""Two years of records under the clock: at no moment is anything older than its limit but under hold, and the log stays proved."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from accounts.models import SystemJob
from audit import sealing
from audit.models import Event, EventDetail
from audit.verification import verify
from hits.models import Hit
from portal.partitions import ensure_partitions, month_start, partitions_of
from retention import actions as retention
from retention import erasure
from retention.models import Certificate
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.months_cast import *  # noqa: F403 - fixtures
from tests.test_retention import everything_that_mentions

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention", "sealer"])

CLOCK = SystemJob("retention")
PLATE = "AB01CDE"
BEHIND, AHEAD = 10, 14  # months of hits that are there already, and months that pass


@pytest.fixture
def key(settings, tmp_path):
    """The log is sealed as it grows."""
    settings.SEAL_DIR = tmp_path / "seal"
    return sealing.make_key()


def too_old() -> list[str]:
    """Kinds of which something is past its limit that neither a hold nor what points at it keeps."""
    now = timezone.now()
    return [rule.label for rule in erasure.classes(now) if not rule.asks and erasure.due(rule, now).exists()]


def nights(number: int):
    """The clock on the first night of each month to come, and what it does on it."""
    begin = timezone.now()
    for months in range(1, number + 1):
        with time_machine.travel(month_start(begin, months_later=months) + dt.timedelta(hours=3), tick=True):
            certificate = retention.apply(by=CLOCK)
            while sealing.seal():
                pass
            assert certificate.run.problems == []
            yield months


def test_two_years_pass_and_nothing_outlives_its_limit(ended_hit, old_hits, inspector, key):
    now = timezone.now()
    ensure_partitions(months_ahead=AHEAD + 3)  # as the clock does each night
    months = [month_start(now, months_later=-n) for n in range(1, BEHIND + 1)]
    of_month = {month: old_hits(ended_hit, 40, month) for month in months}
    held = Hit.objects.get(pk=of_month[months[3]][7])
    hold = retention.place_hold(held, by=inspector, case_ref="R v Smith 26/114", basis="cpia", reason="Trial.")
    left = []
    for _ in nights(AHEAD):
        assert too_old() == []
        oldest = Hit.objects.exclude(pk=held.pk).order_by("captured_at").first()
        assert oldest is None or oldest.captured_at >= timezone.now() - dt.timedelta(days=366, hours=1)
        assert Hit.objects.filter(pk=held.pk).exists()
        left.append(Hit.objects.count())
    assert left == sorted(left, reverse=True)
    assert left[-1] == 1, "what is held, and nothing else"
    assert set(everything_that_mentions(PLATE)) >= {"hits_hit", "audit_eventdetail"}
    retention.release_hold(hold, by=inspector, reason="The appeal ended.")
    with time_machine.travel(month_start(now, months_later=AHEAD + 1), tick=True):
        retention.apply(by=CLOCK)
        while sealing.seal():
            pass
        report = verify(key)
        assert everything_that_mentions(PLATE) == []
        assert too_old() == []
    assert (report.problems, report.events) == ([], Event.objects.count())
    assert not EventDetail.objects.filter(body__has_key="old").exists()
    assert (
        sum(line["erased"] for c in Certificate.objects.all() for line in c.lines if line["label"] == "hits.Hit") == 401
    )
    over = {f"hits_hit_y{month:%Y}m{month:%m}" for month in months}
    assert not over & {part.removeprefix("public.") for part in partitions_of("hits_hit")}, (
        "their tables are gone as well"
    )
