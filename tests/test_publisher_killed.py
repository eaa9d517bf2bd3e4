"""The publisher killed outright, at each step and at random moments: matchers find the old revision or the new, never half."""

import datetime as dt
import os
import random
import signal
import time
from collections.abc import Callable

import pytest
import time_machine
from django.db import connections, transaction
from django.utils import timezone

from matchers import actions, files, metadata
from matchers.actions import publishing
from matchers.locks import lock_list
from matchers.models import Feed, Metadata, Publication, PublishedRow
from tests.cast import *  # noqa: F403 - fixtures
from tests.publishing import *  # noqa: F403 - fixtures
from tests.publishing import PUBLISHER, followed, publish, rows_of

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW = "XY50 ZZY", "XY50 ZZZ"
MOMENTS = 20


def killed(act: Callable[[], object], module=None, step: str = "", *, after: float = 0.0) -> None:
    """Does it in a process of its own, which is killed as it begins that step, or after so many seconds."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            if step:
                setattr(module, step, lambda *args, **kwargs: os.kill(os.getpid(), signal.SIGKILL))
            act()
        finally:
            os._exit(0)
    if not step:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert not step or os.WIFSIGNALED(status), f"it never came to {step}"


def is_whole(hotlist) -> set[str]:
    """What a matcher would make of what is published agrees with the rows, and with what is signed. Returns the plates."""
    newest = Publication.objects.current().get(hotlist=hotlist)
    plates = {row.vrm for row in rows_of(followed(hotlist))}
    open_rows = PublishedRow.objects.filter(hotlist=hotlist, until_revision=None)
    assert plates == set(open_rows.values_list("vrm", flat=True))
    assert len(plates) == newest.rows
    feed = Feed.objects.get()
    for role, version in (("snapshot", feed.snapshot_version), ("timestamp", feed.timestamp_version)):
        assert Metadata.objects.filter(role=role).order_by("-version").first().version == version
    return plates


@pytest.mark.parametrize(
    ("module", "step"),
    [(files, "write_delta"), (metadata, "list_role"), (metadata, "snapshot"), (metadata, "timestamp"),
     (publishing, "wake_after_commit")],
)  # fmt: skip
def test_killed_at_a_step_the_old_revision_stands_and_the_next_run_makes_the_new(
    matcher, hotlist, approved_entry, module, step
):
    approved_entry(vrm_entered=OLD)
    publish(hotlist)
    approved_entry(vrm_entered=NEW)
    killed(lambda: publish(hotlist), module, step)
    assert len(is_whole(hotlist)) == 1
    [made] = publish(hotlist)
    assert (made.revision, len(is_whole(hotlist))) == (2, 2)


def test_killed_at_twenty_random_moments_each_leaves_the_old_revision_or_the_new(matcher, hotlist, approved_entry):
    approved_entry(vrm_entered=OLD)
    publish(hotlist)
    draw, began = random.Random(1), time.monotonic()
    publish(hotlist)
    longest = max(0.3, 4 * (time.monotonic() - began))
    ends = set()
    for number in range(MOMENTS):
        before = is_whole(hotlist)
        new = f"XY50ZA{chr(65 + number)}"
        approved_entry(vrm_entered=new)
        killed(lambda: publish(hotlist), after=draw.uniform(0, longest))
        with transaction.atomic():
            lock_list(hotlist.pk)  # waits for what the killed one's connection still holds
            assert is_whole(hotlist) in (before, before | {new})
        publish(hotlist)
        assert is_whole(hotlist) == before | {new}
        ends.add(Publication.objects.current().get(hotlist=hotlist).revision)
    assert len(ends) == MOMENTS, "each was published once"


@pytest.mark.parametrize(
    ("module", "step"), [(files, "write_rows"), (publishing, "publish_whole_file"), (metadata, "timestamp")]
)
def test_killed_while_a_whole_file_is_made_anew_the_deltas_stand(matcher, hotlist, approved_entry, module, step):
    approved_entry(vrm_entered=OLD)
    publish(hotlist)
    approved_entry(vrm_entered=NEW)
    publish(hotlist)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2), tick=True):
        killed(lambda: actions.renew_whole_file(hotlist.pk, by=PUBLISHER), module, step)
        assert len(is_whole(hotlist)) == 2
        assert actions.renew_whole_file(hotlist.pk, by=PUBLISHER)
        assert len(is_whole(hotlist)) == 2
