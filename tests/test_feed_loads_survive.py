"""Loads when things go wrong or happen at once: killed, doubled, large. Real processes, real locks."""

import os
import random
import signal
import threading
import time
import tracemalloc
from collections.abc import Callable

import pytest
from django.conf import settings as portal_settings
from django.db import connection, connections

from hotlists import actions
from hotlists.feeds import files
from hotlists.models import FeedRow, Load, LoadProblem, StagedGone, StagedRepeat, StagedRow
from portal.database.throwaway import admin_connection
from portal.errors import TooLate
from portal.partitions import drop_part_aside
from tests.feed_cast import *  # noqa: F403 - fixtures
from tests.feed_cast import JOB, plate, voi, voi_file

pytestmark = pytest.mark.django_db(transaction=True)


def killed_while_waiting_for(table: str, act: Callable[[], object]) -> None:
    """Runs `act` in a process of its own, and kills that at the moment it comes to need `table`."""
    connections.close_all()
    with admin_connection(portal_settings.DATABASES["default"]["NAME"]) as admin:
        admin.autocommit = False
        admin.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        child = os.fork()
        if child == 0:
            try:
                act()
            finally:
                os._exit(1)
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
        deadline = time.monotonic() + 60
        while admin.execute(waits, [table]).fetchone()[0] == 0:
            assert time.monotonic() < deadline, "it never came to that table"
            time.sleep(0.02)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        admin.rollback()


def again(act: Callable[[], object]) -> object:
    """What a worker does that takes the task up: tries until the killed one's locks are gone."""
    deadline = time.monotonic() + 60
    while (done := act()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return done


def test_killed_in_the_middle_of_a_merge_the_list_is_as_before_and_the_next_try_completes_it(
    loaded, checked_load, second_manager
):
    loaded([voi(n) for n in range(50)])
    load = checked_load([voi(n, colour="Red") for n in range(25, 75)])
    actions.accept(load, by=second_manager)
    before = list(FeedRow.objects.order_by("pk").values_list("vrm", "colour", "load_id"))
    killed_while_waiting_for("hotlists_feedexception", lambda: actions.merge(load, by=JOB))  # rows are written by then
    done = again(lambda: actions.merge(load, by=JOB) or None if still_as(before) else None)
    assert (done.added, done.changed, done.removed) == (25, 25, 25)
    assert set(FeedRow.objects.values_list("vrm", "colour")) == {(plate(n), "Red") for n in range(25, 75)}
    assert not StagedRow.objects.exists()


def still_as(before: list) -> bool:
    """Whether the list is what it was."""
    assert list(FeedRow.objects.order_by("pk").values_list("vrm", "colour", "load_id")) == before
    return True


def test_killed_while_checking_the_file_is_read_again_and_no_row_is_staged_twice(
    feed, agreement, manager, second_manager, settings, tmp_path
):
    settings.UPLOADS_DIR = tmp_path
    content = voi_file([voi(n) for n in range(50)] + [voi(1)])
    load = actions.receive(feed, by=manager, chunks=[content], file_name="voi.csv", mode="complete")
    killed_while_waiting_for("hotlists_loadproblem", lambda: actions.check(load, by=JOB))  # rows are staged by then
    assert Load.objects.get().status == "checking"
    assert actions.resume_unfinished(by=JOB) in ([], [load.pk])
    load = again(lambda: actions.check(load, by=JOB))
    assert (load.status, load.rows, load.good_rows, load.problems) == ("checked", 51, 50, 1)
    assert StagedRepeat.objects.count() == LoadProblem.objects.count() == 1
    actions.accept(load, by=second_manager, without_bad_rows=True)
    actions.merge(load, by=JOB)
    assert set(FeedRow.objects.values_list("vrm", flat=True)) == {plate(n) for n in range(50)}


FIRST, LATER = "first", "later"
STEPS = [  # what is being done, and the table that it comes to need there
    ("check", FIRST, "hotlists_stagedrow"),  # nothing is read yet
    ("check", FIRST, "hotlists_stagedrepeat"),
    ("check", FIRST, "hotlists_feedrow"),  # the part is filled and indexed
    ("check", FIRST, "hotlists_loadproblem"),
    ("check", FIRST, "audit_event"),
    ("check", LATER, "hotlists_stagedgone"),
    ("check", LATER, "hotlists_feedrow"),  # the file is read, and to be compared
    ("check", LATER, "hotlists_loadproblem"),
    ("check", LATER, "audit_event"),
    ("merge", FIRST, "hotlists_feedrow"),  # the part is to be attached
    ("merge", FIRST, "hotlists_feedexception"),
    ("merge", FIRST, "audit_event"),
    ("merge", LATER, "hotlists_stagedgone"),
    ("merge", LATER, "hotlists_feedrow"),  # what goes is to be deleted
    ("merge", LATER, "hotlists_stagedrow"),  # what goes is deleted, what changes is not written yet
    ("merge", LATER, "hotlists_feedexception"),
    ("merge", LATER, "audit_event"),
]


def the_list() -> set[tuple]:
    """What is listed, and since which load."""
    return set(FeedRow.objects.values_list("vrm", "colour", "load_id"))


@pytest.mark.parametrize(("doing", "which", "table"), STEPS)
def test_killed_at_any_step_a_load_leaves_the_list_as_it_was_and_is_completed_by_the_next_try(
    feed, agreement, loaded, manager, second_manager, settings, tmp_path, doing, which, table
):
    settings.UPLOADS_DIR = tmp_path
    rows = [voi(n, colour="Red") for n in range(25, 75)] + [voi(30)]
    if which == LATER:
        loaded([voi(n) for n in range(50)])
    load = actions.receive(feed, by=manager, chunks=[voi_file(rows)], file_name="voi.csv", mode="complete")
    acts = {"check": lambda: actions.check(load, by=JOB), "merge": lambda: actions.merge(load, by=JOB)}
    if doing == "merge":
        acts["check"]()
        actions.accept(load, by=second_manager, without_bad_rows=True)
    before = the_list()
    killed_while_waiting_for(table, acts[doing])
    assert the_list() == before
    done = again(acts[doing])
    if doing == "check":
        assert (done.rows, done.good_rows, done.problems) == (51, 50, 1)
        assert the_list() == before
        actions.accept(load, by=second_manager, without_bad_rows=True)
        done = actions.merge(load, by=JOB)
    assert (done.added, done.changed, done.removed) == ((50, 0, 0) if which == FIRST else (25, 25, 25))
    assert the_list() == {(plate(n), "Red", load.pk) for n in range(25, 75)}
    assert_nothing_waits(feed)


def assert_nothing_waits(feed) -> None:
    """No staged row, no part beside the table, no file."""
    assert not any(model.objects.exists() for model in (StagedRow, StagedGone, StagedRepeat))
    assert not drop_part_aside(FeedRow._meta.db_table, feed.pk)
    for left in files.stored():  # by one that was killed between its commit and the deletion; an hour later it goes
        os.utime(files.path_of(left), (0, 0))
    actions.resume_unfinished(by=JOB)
    assert not files.stored()


def test_killed_at_twenty_random_moments_every_load_is_all_there_or_not_at_all_and_ends_complete(
    feed, agreement, manager, second_manager, settings, tmp_path
):
    settings.UPLOADS_DIR = tmp_path
    dice, longest, listed = random.Random(20), 0.5, set()
    for attempt in range(20):
        size, colour = dice.randrange(1000, 4000), dice.choice(["Red", "Blue", "Green"])
        content = voi_file(
            [voi(n, colour=colour if n % 3 else "White") for n in range(attempt * 50, attempt * 50 + size)]
        )
        load = actions.receive(feed, by=manager, chunks=[content], file_name="voi.csv", mode="complete")
        before, wanted = {row[:2] for row in the_list()}, {
            (plate(n), colour if n % 3 else "White") for n in range(attempt * 50, attempt * 50 + size)
        }  # fmt: skip
        assert before == listed
        began = time.monotonic()
        killed_after(dice.uniform(0, longest), lambda load=load: worked_off(load, second_manager))
        assert {row[:2] for row in the_list()} in (before, wanted)
        actions.resume_unfinished(by=JOB)
        worked_off(load, second_manager)
        longest = max(longest, min(2.0, time.monotonic() - began))
        listed = wanted
        assert {row[:2] for row in the_list()} == wanted
        assert_nothing_waits(feed)
    assert Load.objects.filter(status="loaded").count() == 20


def worked_off(load: Load, accepter) -> bool:
    """What workers and a manager do with a load until it is in its list."""

    def step() -> bool | None:
        load.refresh_from_db()
        if load.status == "loaded":
            return True
        if load.status in ("received", "checking"):
            actions.check(load, by=JOB)
        elif load.status == "checked":
            actions.accept(load, by=accepter)
        else:
            actions.merge(load, by=JOB)
        return None

    return bool(again(step))


def killed_after(seconds: float, act: Callable[[], object]) -> None:
    """Runs `act` in a process of its own, and kills that after so long, wherever it is."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Runs each in a thread, all let go at one moment; what they returned or raised."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            results[number] = act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_of_two_who_accept_at_once_one_is_too_late(checked_load, second_manager, asset_owner):
    load = checked_load([voi(1)])
    results = at_once(lambda: actions.accept(load, by=second_manager), lambda: actions.accept(load, by=asset_owner))
    assert sorted(type(result).__name__ for result in results) == ["Load", "TooLate"]


def test_of_two_workers_at_one_load_only_one_merges_it(checked_load, second_manager):
    load = checked_load([voi(n) for n in range(500)])
    actions.accept(load, by=second_manager)
    results = at_once(*[lambda: actions.merge(load, by=JOB)] * 3)
    assert [type(result) for result in results if result is not None] == [Load]
    assert FeedRow.objects.count() == 500


def test_of_two_uploads_at_once_one_waits_its_turn(feed, agreement, manager, second_manager, settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path
    content = voi_file([voi(1)])
    results = at_once(*[
        lambda by=by: actions.receive(feed, by=by, chunks=[content], file_name="x.csv", mode="complete")
        for by in (manager, second_manager)
    ])  # fmt: skip
    assert sorted(type(result).__name__ for result in results) == ["Load", "TooLate"]
    assert len(files.stored()) == Load.objects.count() == 1


def test_a_row_can_be_held_back_while_a_load_is_being_merged(feed, loaded, checked_load, second_manager, operator):
    loaded([voi(1), voi(2)])
    load = checked_load([voi(1, colour="Red"), voi(2)])
    actions.accept(load, by=second_manager)
    with admin_connection(portal_settings.DATABASES["default"]["NAME"]) as admin:
        admin.autocommit = False
        admin.execute("LOCK TABLE audit_event IN SHARE MODE")  # the merge waits at its last step, all else written
        merging = threading.Thread(target=lambda: (actions.merge(load, by=JOB), connection.close()))
        merging.start()
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'audit_event'::regclass"
        while admin.execute(waits).fetchone()[0] == 0:
            time.sleep(0.02)
        holding = threading.Thread(target=lambda: (
            actions.suspend_row(feed, by=operator, country="GB", vrm=plate(1), reason="Recovered."), connection.close(),
        ))  # fmt: skip
        holding.start()
        deadline = time.monotonic() + 10
        while admin.execute(waits).fetchone()[0] < 2:  # both have come to the log: the list's lock kept nobody out
            assert time.monotonic() < deadline
            time.sleep(0.02)
        admin.rollback()
    merging.join(20)
    holding.join(20)
    assert feed.feed_exceptions.count() == 1


def peak_of(act: Callable[[], object]) -> int:
    """Bytes of Python memory that `act` needed at its worst."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file(feed, agreement, manager, second_manager, settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path

    def load(rows: int, every: int) -> None:
        """Every n-th row has a problem."""
        lines = (
            voi(n, action="CHASE" if n % every == 0 else "STOP", make=f"M{n}").encode() + b"\n" for n in range(rows)
        )
        received = actions.receive(feed, by=manager, chunks=lines, file_name="large.csv", mode="complete")
        actions.check(received, by=JOB)
        for _ in actions.take_problems(received, by=manager):
            pass
        actions.accept(received, by=second_manager, without_bad_rows=True)
        actions.merge(received, by=JOB)

    load(100, 10)  # what is loaded once and stays
    small = peak_of(lambda: load(20_000, 10))  # of several blocks
    large = peak_of(lambda: load(50_000, 10))
    assert FeedRow.objects.count() == 45_000
    assert Load.objects.latest("uploaded_at").problems == 5_000
    assert LoadProblem.objects.filter(load=Load.objects.latest("uploaded_at")).count() == 1_000
    assert large < small * 1.25 + 1_000_000, (small, large)
    assert large < 12_000_000


def test_too_late_is_told_apart_from_not_there(loaded, second_manager):
    load = loaded([voi(1)])
    with pytest.raises(TooLate):
        actions.refuse(load, by=second_manager, reason="Too late.")
