"""Feeds: agreements, loads from upload to merge, rows held back, and when a feed is in force."""

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from hotlists import actions
from hotlists.feeds import files
from hotlists.feeds.layouts import PRESETS
from hotlists.models import (
    FeedException,
    FeedRow,
    Hotlist,
    ImportProfile,
    Load,
    LoadProblem,
    SourceAgreement,
    StagedGone,
    StagedRow,
)
from portal.errors import Refused, Stranger, TooLate, Unfit
from portal.partitions import drop_part_aside, ensure_list_partition
from tests.cast import person
from tests.feed_cast import *  # noqa: F403 - fixtures
from tests.feed_cast import JOB, plate, terms, voi, voi_file, weed_date

pytestmark = pytest.mark.django_db


def in_force() -> set[str]:
    """Plates that matchers are to look for now."""
    return set(FeedRow.objects.in_force(timezone.now()).values_list("vrm", flat=True))


def test_a_checked_and_accepted_file_is_in_force_with_its_weed_date_and_its_source(feed, loaded):
    load = loaded([voi(1), voi(2, markers="FI", nim="A11", gpms="")])
    assert (load.status, load.added, load.rows, load.problems) == ("loaded", 2, 2, 0)
    assert in_force() == {plate(1), plate(2)}
    row = FeedRow.objects.get(vrm=plate(2))
    assert (row.country, row.ref, row.action, row.priority, row.category) == ("GB", "26/00000002", "STOP", "LOW", "INS")
    assert (row.grading, row.marking, row.markers, row.basis) == ("1AP", "OFFICIAL-SENSITIVE", ["FI"], "FACT")
    assert row.expires_at.astimezone(timezone.get_default_timezone()).strftime("%H:%M") == "00:00"
    assert timezone.localtime(row.expires_at - dt.timedelta(seconds=1)).strftime("%d/%m/%Y") == weed_date()
    assert list(Event.objects.filter(verb__startswith="load").order_by("id").values_list("verb", flat=True)) == [
        "load.received", "load.checked", "load.accepted", "load.merged",
    ]  # fmt: skip


def test_a_row_is_out_of_force_the_second_it_is_weeded(loaded):
    loaded([voi(1, weed=weed_date(1)), voi(2, weed=weed_date(3))])
    ends = FeedRow.objects.get(vrm=plate(1)).expires_at
    with time_machine.travel(ends - dt.timedelta(seconds=1), tick=False):
        assert in_force() == {plate(1), plate(2)}
    with time_machine.travel(ends, tick=False):
        assert in_force() == {plate(2)}


def test_a_complete_file_adds_changes_and_removes_and_leaves_the_rest_untouched(loaded):
    loaded([voi(1), voi(2), voi(3)])
    before = FeedRow.objects.get(vrm=plate(1))
    load = loaded([voi(1), voi(2, colour="Red"), voi(4)])
    assert (load.added, load.changed, load.removed, load.unchanged) == (1, 1, 1, 1)
    assert in_force() == {plate(1), plate(2), plate(4)}
    after = FeedRow.objects.get(vrm=plate(1))
    assert (after.load_id, after.last_verified_at) == (before.load_id, before.last_verified_at)
    changed = FeedRow.objects.get(vrm=plate(2))
    assert changed.colour == "Red"
    assert changed.load_id == load.pk


def test_a_file_of_additions_removes_nothing(loaded):
    loaded([voi(1), voi(2)])
    load = loaded([voi(3)], mode=Load.Mode.ADD)
    assert (load.added, load.removed) == (1, 0)
    assert in_force() == {plate(1), plate(2), plate(3)}


def test_a_file_of_removals_needs_no_more_than_plates_and_references(loaded, checked_load):
    loaded([voi(1), voi(2), voi(3)])
    gone = voi(2, action="?", weed="", nim="", gpms="whatever")
    load = checked_load([gone, voi(9)], mode=Load.Mode.REMOVE)
    assert (load.problems, load.removed, load.unchanged) == (0, 1, 1)
    assert load.notices == ["Nothing to remove: the list does not hold 1 row of the file."]
    actions.refuse(load, by=load.uploaded_by, reason="Once more.")
    load = loaded([gone], mode=Load.Mode.REMOVE)
    assert load.removed == 1
    assert in_force() == {plate(1), plate(3)}


def test_every_problem_is_shown_with_its_row_and_column_before_anything_changes(checked_load):
    load = checked_load([
        "VRM,make,model,colour,action,markers,reason,nim,information,force,weed,pnc,gpms,cad,s1,s2",
        voi(1),
        voi(2, vrm=""),
        voi(3, vrm="ABCDEFGHIJKLMNOPQ"),
        voi(4, vrm="AB0?CDE"),
        voi(5, action="CHASE"),
        voi(6, action="SILENT"),
        voi(7, markers="ZZ"),
        voi(8, markers="WE"),
        voi(9, weed="31/02/2027"),
        voi(10, weed="01/02/2020"),
        voi(11, weed=""),
        voi(12, weed=weed_date(4000)),
        voi(13, gpms="SECRET"),
        voi(14, nim="B51"),
        voi(15, nim="D11"),
        voi(16, make="F" * 51),
        voi(17) + ",",
        voi(18, reason='"unclosed'),
        voi(19, reason="bell\x07"),
        voi(1),
        voi(20, spare1="x"),
    ])  # fmt: skip
    problems = {(row, column) for row, column in LoadProblem.objects.values_list("row", "column")}
    assert problems == {
        (3, "VRM"), (4, "VRM"), (5, "VRM"), (6, "action"), (7, "action"), (8, "warning markers"), (9, "warning markers"),
        (10, "weed date"), (11, "weed date"), (12, "weed date"), (13, "weed date"), (14, "GPMS marking"),
        (15, "NIM code"), (16, "NIM code"), (17, "make"), (18, "row"), (19, "row"), (20, "reason"), (21, "VRM"),
    }  # fmt: skip
    assert LoadProblem.objects.get(row=21).words.startswith("Row 2 of this file names the same vehicle")
    assert (load.rows, load.good_rows, load.problems, load.bad_rows) == (21, 2, 19, 19)
    assert load.notices == ["Not kept: what stands in the spare columns of 1 row."]
    assert not FeedRow.objects.exists()
    assert not any(
        plate(n) in words for n in range(1, 20) for words in LoadProblem.objects.values_list("words", flat=True)
    )


def test_rows_with_problems_keep_the_whole_file_out_unless_a_person_chooses_otherwise(checked_load, second_manager):
    load = checked_load([voi(1), voi(2, action="CHASE")])
    with pytest.raises(Unfit):
        actions.accept(load, by=second_manager)
    actions.accept(load, by=second_manager, without_bad_rows=True)
    load = actions.merge(load, by=JOB)
    assert (load.rows_left_out, in_force()) == (1, {plate(1)})


def test_a_file_in_the_wrong_encoding_says_so_and_is_read_in_the_right_one(checked_load, second_manager, manager):
    content = voi_file([voi(1), voi(2, make="Citroën")]).decode().encode("windows-1252")
    load = checked_load(content)
    problem = LoadProblem.objects.get()
    assert (problem.row, problem.column) == (2, "make")
    assert "Windows-1252" in problem.words
    actions.refuse(load, by=manager, reason="Wrong encoding.")
    load = checked_load(content, encoding="windows-1252")
    actions.accept(load, by=second_manager)
    actions.merge(load, by=JOB)
    assert FeedRow.objects.get(vrm=plate(2)).make == "Citroën"


@pytest.mark.parametrize("start", ["\ufeff".encode("utf-16"), b"PK\x03\x04"])
def test_a_file_that_is_no_text_is_said_to_be_none(checked_load, start):
    load = checked_load(start + b"x" * 100)
    assert (load.good_rows, load.problems) == (0, 1)
    assert LoadProblem.objects.get().column == "file"


def test_a_byte_order_mark_and_backslashes_are_read_as_they_are_meant(loaded):
    loaded("\ufeff".encode() + voi_file([voi(1, make="Back\\slash", model="\\N")]))
    row = FeedRow.objects.get()
    assert (row.vrm, row.make, row.model) == (plate(1), "Back\\slash", "\\N")


def test_a_load_beyond_the_change_limit_waits_for_a_second_person(checked_load, loaded, manager, second_manager):
    first = checked_load([voi(n) for n in range(20)])
    assert first.is_over_limit  # the first load of all changes everything
    with pytest.raises(Refused, match="somebody else"):
        actions.accept(first, by=manager)
    actions.accept(first, by=second_manager)
    actions.merge(first, by=JOB)
    small = checked_load([voi(n) for n in range(21)])
    assert not small.is_over_limit
    actions.accept(small, by=manager)
    actions.merge(small, by=JOB)
    shrunk = checked_load([voi(n) for n in range(10)])
    assert (shrunk.is_over_limit, shrunk.removed) == (True, 11)
    with pytest.raises(Refused):
        actions.accept(shrunk, by=manager)


def test_the_database_refuses_a_large_load_accepted_by_its_uploader(checked_load, manager):
    load = checked_load([voi(1)])
    with pytest.raises(IntegrityError, match="released_by_another"), transaction.atomic():
        Load.objects.filter(pk=load.pk).update(status="accepted", decided_by=manager, decided_at=timezone.now())


def test_loads_are_seen_by_those_who_see_the_list(checked_load, outsider, submitter):
    load = checked_load([voi(1)])
    with pytest.raises(Stranger):
        actions.accept(load, by=outsider)
    with pytest.raises(Refused):
        actions.accept(load, by=submitter)
    with pytest.raises(Stranger):
        actions.receive(load.hotlist, by=outsider, chunks=[b"x"], file_name="x", mode="add")


def test_accepting_twice_is_too_late(loaded, second_manager):
    load = loaded([voi(1)])
    with pytest.raises(TooLate):
        actions.accept(load, by=second_manager)
    assert actions.merge(load, by=JOB) is None
    assert FeedRow.objects.count() == 1


def test_a_second_upload_waits_until_the_first_is_decided_and_the_same_file_is_noticed(
    feed, checked_load, manager, second_manager
):
    load = checked_load([voi(1)])
    with pytest.raises(TooLate, match="still open"):
        actions.receive(feed, by=manager, chunks=[voi_file([voi(1)])], file_name="again.csv", mode="complete")
    assert files.stored() == [load.pk]
    actions.accept(load, by=second_manager)
    actions.merge(load, by=JOB)
    again = checked_load([voi(1)])
    assert "byte for byte" in again.notices[0]
    assert (again.added, again.changed, again.removed, again.unchanged) == (0, 0, 0, 1)


def test_file_and_staged_rows_go_when_the_load_is_decided(
    checked_load, loaded, manager, django_capture_on_commit_callbacks
):
    load = checked_load([voi(1)])
    assert files.path_of(load.pk).exists()
    with django_capture_on_commit_callbacks(execute=True):
        actions.refuse(load, by=manager, reason="Wrong list.")
    assert not files.path_of(load.pk).exists()
    with django_capture_on_commit_callbacks(execute=True):
        load = loaded([voi(1)])
    assert not files.path_of(load.pk).exists()
    assert not StagedRow.objects.exists()


def test_an_empty_file_is_refused_at_once(feed, agreement, manager, settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path
    with pytest.raises(Unfit, match="empty"):
        actions.receive(feed, by=manager, chunks=[b""], file_name="x.csv", mode="complete")
    assert not Load.objects.exists()
    assert not files.stored()


def test_a_file_without_a_good_row_cannot_empty_the_list(checked_load, second_manager):
    load = checked_load([voi(1, action="CHASE")])
    with pytest.raises(Unfit, match="No row"):
        actions.accept(load, by=second_manager, without_bad_rows=True)


def test_what_would_not_do_what_was_accepted_is_read_again_before_anything_is_merged(
    feed, loaded, checked_load, second_manager
):
    loaded([voi(1), voi(2), voi(3)])
    load = checked_load([voi(1), voi(2, colour="Red"), voi(4)])
    actions.accept(load, by=second_manager)
    before = set(FeedRow.objects.values_list("vrm", "colour"))
    tampered = [
        lambda: StagedRow.objects.filter(is_new=True).delete(),
        lambda: StagedRow.objects.filter(is_new=False).delete(),
        lambda: StagedGone.objects.update(vrm=plate(9)),
    ]
    for tamper in tampered:
        tamper()
        assert actions.merge(load, by=JOB).status == "received"
        load.refresh_from_db()
        assert (load.status, load.decided_by) == ("received", None)
        assert set(FeedRow.objects.values_list("vrm", "colour")) == before
        load = actions.check(load, by=JOB)
        assert (load.added, load.changed, load.removed, load.unchanged) == (1, 1, 1, 1)
        actions.accept(load, by=second_manager)
    assert actions.merge(load, by=JOB).added == 1
    assert in_force() == {plate(1), plate(2), plate(4)}


def test_a_first_load_is_read_again_when_its_part_is_gone_or_another_has_its_place(feed, checked_load, second_manager):
    load = checked_load([voi(1)])
    actions.accept(load, by=second_manager)
    assert drop_part_aside(FeedRow._meta.db_table, feed.pk)
    assert actions.merge(load, by=JOB).status == "received"
    load = actions.check(load, by=JOB)
    actions.accept(load, by=second_manager)
    ensure_list_partition(FeedRow._meta.db_table, feed.pk)
    assert actions.merge(load, by=JOB).status == "received"
    load = actions.check(load, by=JOB)
    actions.accept(load, by=second_manager)
    assert actions.merge(load, by=JOB).added == 1
    assert in_force() == {plate(1)}


def test_nobody_can_write_to_a_first_loads_part_before_it_is_attached_nor_after(feed, checked_load, second_manager):
    load = checked_load([voi(1)])
    part = f"hotlists_feedrow_{feed.pk.hex}"
    for table in (f"{part}_aside", part):
        for statement in (
            f"INSERT INTO {table} SELECT * FROM {table}",
            f"UPDATE {table} SET make = ''",
            f"DELETE FROM {table}",
        ):
            with (
                pytest.raises(DatabaseError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
        if table != part:
            actions.accept(load, by=second_manager)
            actions.merge(load, by=JOB)


def test_a_refused_first_load_leaves_no_part_behind(checked_load, manager, feed):
    load = checked_load([voi(1)])
    actions.refuse(load, by=manager, reason="Wrong list.")
    assert not drop_part_aside(FeedRow._meta.db_table, feed.pk)


def test_rows_that_name_a_vehicle_again_are_told_in_a_first_load_and_in_a_later_one(checked_load, second_manager):
    rows = [voi(1), voi(2), voi(1, colour="Red"), voi(3), voi(1, colour="Blue"), voi(2)]
    told = [(3, "Row 1"), (5, "Row 1"), (6, "Row 2")]
    for _ in range(2):
        load = checked_load(rows)
        assert (load.rows, load.good_rows, load.problems) == (6, 3, 3)
        assert [(row, words[:5]) for row, words in load.found_problems.values_list("row", "words")] == told
        actions.accept(load, by=second_manager, without_bad_rows=True)
        actions.merge(load, by=JOB)
        assert dict(FeedRow.objects.values_list("vrm", "colour")) == {
            plate(1): "Blue",
            plate(2): "Blue",
            plate(3): "Blue",
        }
    assert load.unchanged == 3


def test_what_the_agreement_says_of_every_row_changes_every_row(feed, loaded, agreement, manager, second_manager):
    loaded([voi(1), voi(2)])
    now = timezone.now()
    renewal = actions.renew_agreement(
        agreement, by=manager, from_at=now, until_at=agreement.until_at, contact="Night desk"
    )
    actions.agree(renewal, by=second_manager)
    load = loaded([voi(1), voi(2)])
    assert (load.changed, load.unchanged) == (2, 0)
    assert set(FeedRow.objects.values_list("contact", flat=True)) == {"Night desk"}


def test_a_row_of_another_fingerprint_that_says_the_same_is_not_changed(loaded):
    loaded([voi(1), voi(2)])
    FeedRow.objects.filter(vrm=plate(1)).update(fingerprint=0)
    load = loaded([voi(1), voi(2)])
    assert (load.changed, load.unchanged) == (0, 2)


def test_a_file_lost_before_checking_ends_the_load(checked_load, second_manager):
    load = checked_load([voi(1)])
    Load.objects.update(status="received")
    files.remove(load.pk)
    assert actions.check(load, by=JOB).status == "refused"


def test_a_row_held_back_stays_so_through_reloads_until_the_source_drops_it(feed, loaded, operator):
    loaded([voi(1), voi(2)])
    exception = actions.suspend_row(feed, by=operator, country="GB", vrm=plate(1), reason="Recovered this morning.")
    assert in_force() == {plate(2)}
    loaded([voi(1, colour="Green"), voi(2)])
    assert in_force() == {plate(2)}
    load = loaded([voi(2)])
    exception.refresh_from_db()
    assert (exception.dropped_by, exception.to_by) == (load, None)
    loaded([voi(1), voi(2)])
    assert in_force() == {plate(1), plate(2)}


def test_a_row_held_back_is_let_go_by_another(feed, loaded, supervisor, inspector):
    loaded([voi(1)])
    exception = actions.suspend_row(feed, by=supervisor, country="GB", vrm=plate(1), reason="Wrong vehicle.")
    with pytest.raises(TooLate, match="already"):
        actions.suspend_row(feed, by=inspector, country="GB", vrm=plate(1), reason="Again.")
    with pytest.raises(Refused, match="somebody else"):
        actions.lift(exception, by=supervisor, reason="Mine.")
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedException.objects.filter(pk=exception.pk).update(to_at=timezone.now(), to_by=supervisor)
    actions.lift(exception, by=inspector, reason="The source confirmed the row.")
    assert in_force() == {plate(1)}
    with pytest.raises(TooLate):
        actions.lift(exception, by=inspector, reason="Twice.")


def test_a_plate_that_is_not_listed_cannot_be_held_back(feed, loaded, operator):
    loaded([voi(1)])
    with pytest.raises(TooLate):
        actions.suspend_row(feed, by=operator, country="GB", vrm=plate(7), reason="x")


def test_a_feed_is_in_force_only_while_agreed_loaded_and_fresh(feed, loaded):
    assert not Hotlist.objects.in_force(timezone.now()).filter(pk=feed.pk).exists()
    load = loaded([voi(1, weed=weed_date(13))])
    stale_at = load.loaded_at + dt.timedelta(hours=48)
    listed = Hotlist.objects.with_lapse(timezone.now()).get(pk=feed.pk)
    assert listed.lapses_at == stale_at
    assert in_force() == {plate(1)}
    assert not Hotlist.objects.in_force(stale_at).filter(pk=feed.pk).exists()
    assert Hotlist.objects.in_force(stale_at - dt.timedelta(seconds=1)).filter(pk=feed.pk).exists()
    before = load.loaded_at - dt.timedelta(seconds=1)
    assert not Hotlist.objects.in_force(before).filter(pk=feed.pk).exists()


def test_a_feed_lapses_when_its_agreement_does(feed, manager, second_manager, loaded):
    ends = timezone.now() + dt.timedelta(hours=1)
    actions.agree(actions.propose_agreement(feed, by=manager, **terms(until_at=ends)), by=second_manager)
    loaded([voi(1)])
    assert Hotlist.objects.with_lapse(timezone.now()).get(pk=feed.pk).lapses_at == ends


def test_an_agreement_needs_two_people(feed, manager, asset_owner, submitter):
    proposed = actions.propose_agreement(feed, by=manager, **terms())
    with pytest.raises(Refused, match="somebody else"):
        actions.agree(proposed, by=manager)
    with pytest.raises(Refused):
        actions.agree(proposed, by=submitter)
    with pytest.raises(IntegrityError), transaction.atomic():
        SourceAgreement.objects.filter(pk=proposed.pk).update(agreed_by=manager, agreed_at=timezone.now())
    actions.agree(proposed, by=asset_owner)
    with pytest.raises(TooLate):
        actions.agree(proposed, by=asset_owner)


def test_without_an_agreement_nothing_is_loaded(feed, manager, hotlist):
    with pytest.raises(Refused, match="No agreement"):
        actions.receive(feed, by=manager, chunks=[b"x"], file_name="x.csv", mode="complete")
    with pytest.raises(Refused, match="not loaded from a source"):
        actions.receive(hotlist, by=manager, chunks=[b"x"], file_name="x.csv", mode="complete")


def test_looking_for_a_plate_in_a_feed_asks_why_and_is_recorded(feed, loaded, supervisor, outsider):
    loaded([voi(1)])
    with pytest.raises(Unfit):
        actions.search_rows(feed, plate(1), by=supervisor, reason=" ")
    vrm, rows = actions.search_rows(feed, f"{plate(1)[:4]} {plate(1)[4:]}", by=supervisor, reason="Stopped on the A1.")
    assert (vrm, [row.ref for row in rows]) == (plate(1), ["26/00000001"])
    assert Event.objects.filter(verb="plate.searched").exclude(plate_hash="").count() == 1
    with pytest.raises(Stranger):
        actions.search_rows(feed, plate(1), by=outsider, reason="x")


def test_the_file_can_be_taken_back_with_a_column_of_problems(checked_load, manager):
    load = checked_load([voi(1), voi(2, action='CH"ASE'.replace('"', "")), voi(1)])
    lines = b"".join(actions.take_problems(load, by=manager)).decode().splitlines()
    assert lines[0] == voi(1) + ',""'
    assert lines[1].startswith(voi(2, action="CHASE") + ',"action: “CHASE” is no action.')
    assert "Row 1 of this file names the same vehicle" in lines[2]
    assert Event.objects.filter(verb="load.problems_taken", operation="disclosure").exists()


# --- Several loads, one person ------------------------------------------------------------------------------


def test_loads_of_one_person_count_together_so_that_small_ones_do_not_replace_a_list(
    feed, loaded, checked_load, manager, second_manager, client_of
):
    loaded([voi(n) for n in range(100)])
    for begin in (100, 109):  # each adds 9 %, within the limit of 20 %
        small = checked_load([voi(n) for n in range(begin, begin + 9)], mode=Load.Mode.ADD)
        assert not small.is_over_limit
        actions.accept(small, by=manager)
        actions.merge(small, by=JOB)
    third = checked_load([voi(n) for n in range(118, 122)], mode=Load.Mode.ADD)
    assert (third.changed_lately, third.held_before, third.is_over_limit) == (18, 100, True)
    with pytest.raises(Refused, match="Together with the loads before it that nobody else accepted"):
        actions.accept(third, by=manager)
    page = client_of(manager).get(reverse("load_detail", args=[third.pk])).content.decode()
    assert "Loads before it that no second person accepted changed 18" in page
    actions.accept(third, by=second_manager)
    actions.merge(third, by=JOB)
    again = checked_load([voi(n) for n in range(122, 130)], mode=Load.Mode.ADD)
    assert (again.changed_lately, again.is_over_limit) == (0, False), "a second person's yes begins anew"


def test_loads_of_an_earlier_day_no_longer_count(loaded, checked_load, manager):
    loaded([voi(n) for n in range(100)])
    small = checked_load([voi(n) for n in range(100, 118)], mode=Load.Mode.ADD)
    actions.accept(small, by=manager)
    actions.merge(small, by=JOB)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25), tick=False):
        later = checked_load([voi(n) for n in range(118, 130)], mode=Load.Mode.ADD)
        assert (later.changed_lately, later.is_over_limit) == (0, False)


# --- Closed lists --------------------------------------------------------------------------------------------


def test_a_closed_list_takes_no_load_agreement_or_profile(feed, loaded, checked_load, manager, second_manager):
    loaded([voi(1)])
    waits = checked_load([voi(2)])
    proposed = actions.propose_agreement(feed, by=manager, **terms())
    layout = PRESETS["plain"][1].as_data()
    profile = actions.propose_profile(actions.begin_profile(feed, by=manager, layout=layout, why="x"), by=manager)
    closed = actions.close_hotlist(feed, by=manager, reason="Over.")
    for act in (
        lambda: actions.receive(closed, by=manager, chunks=[b"x"], file_name="x.csv", mode="add"),
        lambda: actions.accept(waits, by=second_manager),
        lambda: actions.propose_agreement(closed, by=manager, **terms()),
        lambda: actions.agree(proposed, by=second_manager),
        lambda: actions.begin_profile(closed, by=manager, layout=layout, why="x"),
        lambda: actions.approve_profile(profile, by=second_manager),
    ):
        with pytest.raises(TooLate, match="closed"):
            act()
    now = timezone.now()
    for rows, forged in (
        (Load.objects.filter(pk=waits.pk), {"status": "accepted", "decided_by": second_manager, "decided_at": now}),
        (SourceAgreement.objects.filter(pk=proposed.pk), {"agreed_by": second_manager, "agreed_at": now}),
        (ImportProfile.objects.filter(pk=profile.pk), {"approved_by": second_manager, "approved_at": now}),
    ):
        with pytest.raises(IntegrityError, match="closed list"), transaction.atomic():
            rows.update(**forged)
    actions.end_agreement(proposed, by=manager, reason="The list was closed.")
    actions.end_profile(profile, by=manager)
    actions.resume_unfinished(by=JOB)
    waits.refresh_from_db()
    assert (waits.status, waits.reason) == ("refused", "The list was closed. Nothing is loaded into it any more.")
    assert not StagedRow.objects.filter(load=waits.pk).exists()


def test_a_load_that_was_accepted_before_its_list_closed_is_not_merged(
    feed, loaded, checked_load, manager, second_manager
):
    loaded([voi(1)])
    load = checked_load([voi(1), voi(2)])
    actions.accept(load, by=second_manager)
    actions.close_hotlist(feed, by=manager, reason="Over.")
    actions.merge(load, by=JOB)
    actions.check(load, by=JOB)
    load.refresh_from_db()
    assert load.status == "refused"
    assert FeedRow.objects.count() == 1


# --- May they, before how it stands ---------------------------------------------------------------------------


def test_who_may_not_does_not_learn_how_a_thing_stands(feed, agreement, loaded, manager, second_manager, submitter):
    load = loaded([voi(1)])
    held = actions.suspend_row(feed, by=person_of_the_room(feed), country="GB", vrm=plate(1), reason="Doubted.")
    actions.lift(held, by=second_manager, reason="Right after all.")
    layout = PRESETS["plain"][1].as_data()
    profile = actions.propose_profile(actions.begin_profile(feed, by=manager, layout=layout, why="x"), by=manager)
    actions.approve_profile(profile, by=second_manager)
    for act in (
        lambda: actions.agree(agreement, by=submitter),
        lambda: actions.end_agreement(agreement, by=submitter, reason="x"),
        lambda: actions.approve_profile(profile, by=submitter),
        lambda: actions.edit_profile(profile, by=submitter, why="y"),
        lambda: actions.end_profile(profile, by=submitter),
        lambda: actions.accept(load, by=submitter),
        lambda: actions.refuse(load, by=submitter, reason="x"),
        lambda: actions.take_problems(load, by=submitter),
        lambda: actions.lift(held, by=submitter, reason="x"),
    ):
        with pytest.raises(Refused):
            act()


def person_of_the_room(feed: Hotlist):
    """Somebody of the control room who sees this list."""
    user = person("room", ["CTL"])
    actions.give_access(feed, user, by=JOB)
    return user
