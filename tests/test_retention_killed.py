"""Deletion killed outright at each step and at random moments, and run again: nothing twice, nothing half, no certificate lost."""

import os
import random
import signal
import time

import pytest
from django.db import connections

from accounts.models import SystemJob
from audit.models import EventDetail
from hits.models import Acknowledgement, Hit, Outcome
from hotlists.models import Entry, EntryVersion
from retention import actions as retention
from retention import erasure, months
from retention.models import Certificate, DeletionRun, DroppedMonth, ErasedBatch
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.months_cast import *  # noqa: F403 - fixtures
from tests.test_retention import months_later
from tests.test_retention_months import line_of, tables

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "retention", "owner"])

CLOCK = SystemJob("retention")
# As the work comes to them, each killed as it begins; what the first ones prepared, the later ones find.
STEPS = [
    (months, "_keep_aside"), (months, "retention_keep_aside"), (months, "_take_out"), (months, "retention_take_out"),
    (months, "retention_put_in"), (months, "_quieten"), (months, "retention_free"), (months, "_put_back"),
    (erasure, "erase_traces"), (months, "_drop"), (months, "retention_drop"), (erasure, "erase_batch"), (erasure, "_delete"),
    (erasure, "digest"),
]  # fmt: skip


def killed(run: DeletionRun, module=None, step: str = "", *, after: float = 0) -> None:
    """Carries the run out in a process of its own, which is killed as it begins that step, or after so many seconds."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            if step in months.FUNCTIONS:
                real = months._call
                months._call = lambda function, *rest: _die() if function == step else real(function, *rest)
            elif step:
                setattr(module, step, _die)
            retention.carry_out(run, by=CLOCK, batch=2)
        finally:
            os._exit(1)
    if after:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert not step or os.WIFSIGNALED(status), f"it never came to {step}"


def _die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)


def carried_out(run: DeletionRun) -> Certificate:
    """What the worker does that finds it unfinished: tries until the killed one's connection is gone."""
    deadline = time.monotonic() + 60
    while (certificate := retention.carry_out(run, by=CLOCK)) is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return certificate


def is_whole(keys: list) -> None:
    """A hit has its answers, or is gone with them, at every moment."""
    there = set(Hit.objects.filter(pk__in=keys).values_list("pk", flat=True))
    assert len(there) in (0, len(keys)), "a month goes whole"
    for kind in (Acknowledgement, Outcome):
        assert set(kind.objects.filter(pk__in=keys).values_list("pk", flat=True)) == there


def test_killed_at_each_step_it_goes_on_where_it_was(ended_hit, old_hits):
    keys = old_hits(ended_hit, 5)
    with in_a_year():
        run = retention.start(retention.preview(by=CLOCK), by=CLOCK)
        for module, step in STEPS:
            killed(run, module, step)
            is_whole(keys)
            assert not Certificate.objects.exists()
        certificate = carried_out(run)
        assert retention.resume(by=CLOCK) == 0
    assert certificate.run.problems == []
    assert line_of(certificate)["erased"] == 5
    assert line_of(certificate)["with_them"] == {"audit.EventDetail": 5, "hits.Acknowledgement": 5, "hits.Outcome": 5}
    assert line_of(certificate)["digest"] == erasure.digest(f"hits.Hit:{key}" for key in keys)
    assert tables() == []
    everything_is_gone()


def test_killed_at_twenty_random_moments_it_ends_complete(ended_hit, old_hits):
    keys = old_hits(ended_hit, 200)
    dice = random.Random(20)
    with in_a_year():
        run = retention.start(retention.preview(by=CLOCK), by=CLOCK)
        for _ in range(20):
            killed(run, after=dice.uniform(0.02, 0.5))
            is_whole(keys)
            assert Certificate.objects.count() <= 1
        if not Certificate.objects.exists():
            carried_out(run)
    certificate = Certificate.objects.get()
    assert line_of(certificate)["erased"] == 200
    assert line_of(certificate)["digest"] == erasure.digest(f"hits.Hit:{key}" for key in keys)
    everything_is_gone()


def in_a_year():
    """When the entry, the hit on it and what was published are past their twelve months."""
    return months_later(12, days=3)


def everything_is_gone() -> None:
    """Of the old month, and of what was past its period beside it."""
    assert not Hit.objects.exists()
    assert not Entry.objects.exists()
    assert not EntryVersion.objects.exists()
    assert not EventDetail.objects.filter(body__has_key="old").exists()
    assert not ErasedBatch.objects.exists()
    assert set(DroppedMonth.objects.values_list("step", flat=True)) == {"certified"}
