"""The terms of feeds: agreements that end, the life of a stolen report, import profiles, exceptions that the source hears of."""

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actions import add_machine
from accounts.models import SystemJob
from audit.models import Event
from hotlists import actions
from hotlists.feeds import samples
from hotlists.feeds.layouts import PRESETS
from hotlists.models import Departure, FeedException, FeedRow, Hotlist, ImportProfile, Load, Recovery, SourceAgreement
from portal.errors import Refused, Stranger, TooLate, Unfit
from standards.models import Number
from tests.cast import person
from tests.feed_cast import *  # noqa: F403 - fixtures
from tests.feed_cast import JOB, plate, terms, voi

pytestmark = pytest.mark.django_db

STOLEN = {
    "names": ["plate", "reported", "confirmed", "recovered", "reference"],
    "columns": {"vrm": 1, "reported_at": 2, "confirmed_at": 3, "recovered_at": 4, "ref": 5},
}


def in_force() -> set[str]:
    """Plates that matchers are to look for now."""
    return set(FeedRow.objects.in_force(timezone.now()).values_list("vrm", flat=True))


def report(number: int, *, days: int, confirmed: str = "", recovered: str = "") -> str:
    """A row that was reported so many days ago."""
    return f"{plate(number)},{ago(days)},{confirmed},{recovered},R{number}"


def ago(days: int) -> str:
    """A day that has passed."""
    return (timezone.localdate() - dt.timedelta(days=days)).strftime("%d/%m/%Y")


@pytest.fixture
def machine():
    """The source's machine."""
    return add_machine("insurance database", by=SystemJob("tests"), scopes=["write"])[0]


@pytest.fixture
def approved_profile(feed, manager, second_manager):
    """approved_profile(layout): files of the feed are read by this from now on."""

    def make(layout) -> ImportProfile:
        profile = actions.begin_profile(feed, by=manager, layout=layout, why="The source's own layout.")
        return actions.approve_profile(actions.propose_profile(profile, by=manager), by=second_manager)

    return make


@pytest.fixture
def stolen(feed, agreement, manager, second_manager, approved_profile):
    """The feed, filled under the rule of lost and stolen vehicles."""
    approved_profile(STOLEN)
    over = {"life_cycle": "lost-or-stolen", "max_staleness_hours": 2000}
    actions.agree(actions.propose_agreement(feed, by=manager, **terms(**over)), by=second_manager)
    return feed


# --- Agreements ------------------------------------------------------------------------------------------


def test_an_agreement_ended_early_takes_its_list_out_of_force_at_once(feed, agreement, loaded, asset_owner, submitter):
    loaded([voi(1)])
    assert in_force() == {plate(1)}
    with pytest.raises(Refused):
        actions.end_agreement(agreement, by=submitter, reason="No.")
    with pytest.raises(Unfit):
        actions.end_agreement(agreement, by=asset_owner, reason=" ")
    before = timezone.now()
    ended = actions.end_agreement(agreement, by=asset_owner, reason="The source lost its accreditation.")
    assert in_force() == set()
    assert Hotlist.objects.in_force(before).filter(pk=feed.pk).exists()  # as it was, and will always have been
    assert Hotlist.objects.with_lapse(before).get(pk=feed.pk).lapses_at == ended.ended_at
    with pytest.raises(TooLate):
        actions.end_agreement(agreement, by=asset_owner, reason="Twice.")
    assert Event.objects.filter(verb="agreement.ended").count() == 1


def test_nothing_is_loaded_under_an_agreement_that_has_ended(feed, agreement, checked_load, manager, asset_owner):
    load = checked_load([voi(1)])
    actions.end_agreement(agreement, by=asset_owner, reason="Over.")
    with pytest.raises(Refused, match="has ended"):
        actions.accept(load, by=asset_owner)
    with pytest.raises(Refused, match="No agreement"):
        actions.receive(feed, by=manager, chunks=[b"x"], file_name="x.csv", mode="complete")


def test_a_proposal_that_was_turned_down_cannot_be_agreed_to(feed, manager, second_manager):
    proposed = actions.propose_agreement(feed, by=manager, **terms())
    actions.end_agreement(proposed, by=second_manager, reason="The basis does not hold.")
    with pytest.raises(TooLate, match="turned down"):
        actions.agree(proposed, by=second_manager)


def test_a_renewal_carries_the_terms_on_from_where_they_end_and_needs_two_people(
    feed, agreement, manager, second_manager, loaded
):
    loaded([voi(1, weed=ago(-13))])
    until = agreement.until_at + dt.timedelta(days=300)
    renewal = actions.renew_agreement(agreement, by=manager, until_at=until, max_staleness_hours=24)
    assert (renewal.from_at, renewal.source, renewal.renews) == (agreement.until_at, agreement.source, agreement)
    with pytest.raises(TooLate, match="waits"):
        actions.renew_agreement(agreement, by=manager, until_at=until)
    with pytest.raises(Refused):
        actions.agree(renewal, by=manager)
    actions.agree(renewal, by=second_manager)
    with pytest.raises(TooLate, match="Nobody has agreed"):
        proposal = actions.propose_agreement(feed, by=manager, **terms())
        actions.renew_agreement(proposal, by=manager, until_at=until)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"refresh_hours": 49}, "refresh_hours"), ({"category": "CT"}, "category"), ({"action": "SILENT"}, "action"),
        ({"interface": "api"}, "machine"), ({"max_staleness_hours": 0}, "max_staleness_hours"),
    ],
)  # fmt: skip
def test_terms_that_do_not_hold_say_which(feed, manager, wrong, field):
    with pytest.raises(Unfit) as refused:
        actions.propose_agreement(feed, by=manager, **terms(**wrong))
    assert field in refused.value.fields
    assert not SourceAgreement.objects.exists()


def test_the_database_keeps_the_terms_that_were_agreed(agreement, manager):
    with pytest.raises(DatabaseError), transaction.atomic():
        SourceAgreement.objects.filter(pk=agreement.pk).update(until_at=timezone.now() + dt.timedelta(days=900))
    with pytest.raises(IntegrityError, match="says_why"), transaction.atomic():
        SourceAgreement.objects.filter(pk=agreement.pk).update(ended_at=timezone.now(), ended_by=manager)


# --- The life of a stolen report (R-022, R-023) ----------------------------------------------------------


def test_a_report_that_nobody_confirms_is_weeded_on_day_42_and_not_recovered(stolen, loaded):
    loaded([report(1, days=0), report(2, days=0, confirmed="Y")])
    assert in_force() == {plate(1), plate(2)}
    row = FeedRow.objects.get(vrm=plate(1))
    assert row.expires_at - row.reported_at == dt.timedelta(days=42)
    assert FeedRow.objects.get(vrm=plate(2)).expires_at.year == row.reported_at.year + 6
    with time_machine.travel(row.expires_at, tick=False):
        assert in_force() == {plate(2)}
        assert actions.weed(by=JOB) == 1
        assert actions.weed(by=JOB) == 0
        left = Departure.objects.get()
        assert (left.vrm, left.why, left.was_confirmed, left.left_at) == (plate(1), "weeded", False, row.expires_at)
        assert Event.objects.filter(verb="feed.weeded").count() == 1
        load = loaded([report(1, days=42), report(2, days=42, confirmed="Y")])
        assert (load.problems, load.added) == (0, 0)
        assert "R-022" in load.notices[0]
        assert in_force() == {plate(2)}


def test_the_numbers_of_the_life_cycle_are_the_standards_numbers(stolen, loaded):
    Number.objects.filter(key="stolen.unconfirmed").update(value=7)
    loaded([report(1, days=3)])
    row = FeedRow.objects.get()
    assert row.expires_at - row.reported_at == dt.timedelta(days=7)


def test_what_left_says_why_and_only_a_recovery_is_recovered(stolen, loaded, operator):
    loaded([report(n, days=40 - 4 * n) for n in range(4)])
    occurred = timezone.now() - dt.timedelta(minutes=5)
    actions.record_recovery(stolen, by=operator, country="GB", vrm=plate(1), occurred=occurred, reference="CR/1/26")
    assert in_force() == {plate(0), plate(2), plate(3)}
    with time_machine.travel(timezone.now() + dt.timedelta(days=3), tick=False):  # the first is weeded by now
        loaded([report(3, days=31)])
        assert dict(Departure.objects.values_list("vrm", "why")) == {
            plate(0): "weeded", plate(1): "recovered", plate(2): "dropped",
        }  # fmt: skip
        assert not FeedException.objects.filter(to_at=None).exists()


def test_a_file_that_calls_a_vehicle_recovered_takes_it_out_of_force(stolen, loaded):
    loaded([report(1, days=9), report(2, days=9), report(3, days=9)])
    load = loaded([report(1, days=9, recovered=ago(1))], mode=Load.Mode.ADD)
    assert "Recovered, as the source says" in load.notices[0]
    assert in_force() == {plate(2), plate(3)}
    held = FeedException.objects.get()
    assert (held.cause, held.from_load, held.holder) == ("recovered", load, "The source, in its file")
    loaded([report(1, days=9, recovered=ago(1)), report(2, days=9, recovered=ago(0)), report(3, days=9)])
    assert dict(Departure.objects.values_list("vrm", "why")) == {plate(1): "recovered", plate(2): "recovered"}
    assert Recovery.objects.exclude(load=None).count() == 3
    assert in_force() == {plate(3)}
    loaded([report(3, days=9, recovered=ago(0))], mode=Load.Mode.REMOVE)
    assert Departure.objects.get(vrm=plate(3)).why == "recovered"


def test_who_uploaded_the_file_that_held_a_row_back_does_not_end_that_by_another_file(stolen, loaded, manager):
    loaded([report(n, days=9) for n in range(1, 4)], by=manager)
    loaded([report(1, days=9, recovered=ago(1))], mode=Load.Mode.ADD, by=manager)
    held = FeedException.objects.get()
    load = loaded([report(1, days=9)], mode=Load.Mode.REMOVE, by=manager)
    held.refresh_from_db()
    assert held.to_at is None and any("Still held back" in notice for notice in load.notices)
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedException.objects.filter(pk=held.pk).update(to_at=timezone.now(), dropped_by=load)
    loaded([report(1, days=9)], mode=Load.Mode.ADD, by=manager)
    assert in_force() == {plate(2), plate(3)}


def test_a_list_with_a_life_cycle_needs_files_that_say_when_rows_were_reported(feed, manager, second_manager):
    over = {"life_cycle": "lost-or-stolen"}
    actions.agree(actions.propose_agreement(feed, by=manager, **terms(**over)), by=second_manager)
    with pytest.raises(Refused, match="when that was"):
        actions.receive(feed, by=manager, chunks=[b"x"], file_name="x.csv", mode="complete")


def test_departures_are_never_changed(stolen, loaded):
    loaded([report(1, days=1), report(2, days=1)])
    loaded([report(2, days=1)])
    with pytest.raises(DatabaseError), transaction.atomic():
        Departure.objects.update(why="recovered")
    with pytest.raises(DatabaseError), transaction.atomic():
        Departure.objects.all().delete()


# --- Exceptions ------------------------------------------------------------------------------------------


def test_a_row_held_back_is_in_force_again_when_its_source_confirms_it_afterwards(stolen, loaded, operator):
    loaded([report(1, days=9), report(2, days=9)])
    held = actions.suspend_row(stolen, by=operator, country="GB", vrm=plate(1), reason="Keeper says it is back.")
    loaded([report(1, days=9, confirmed=ago(1)), report(2, days=9)])
    assert in_force() == {plate(2)}  # confirmed before it was held back: nothing new
    with time_machine.travel(timezone.now() + dt.timedelta(days=2), tick=False):
        load = loaded([report(1, days=11, confirmed=ago(1)), report(2, days=11)])
        held.refresh_from_db()
        assert (held.reconfirmed_by, held.dropped_by, held.to_by) == (load, None, None)
        assert in_force() == {plate(1), plate(2)}


@pytest.fixture
def keeper(team):
    """A list manager who may hold rows back too."""
    user = person("keeper", ["MGR", "CTL"], first_name="Keeper", last_name="Test")
    team.user_set.add(user)
    return user


def confirmed_anew(number: int = 1) -> str:
    """The report, confirmed after it was held back."""
    return report(number, days=11, confirmed=ago(0))


def in_two_days():
    """Two days from now, within the staleness that the source was granted."""
    return time_machine.travel(timezone.now() + dt.timedelta(days=2), tick=False)


@pytest.mark.parametrize("hand", ["uploads", "accepts"])
@pytest.mark.parametrize("mode", [Load.Mode.COMPLETE, Load.Mode.ADD])
def test_who_held_a_row_back_does_not_end_that_by_a_file_of_theirs(
    stolen, loaded, checked_load, manager, second_manager, keeper, client_of, hand, mode
):
    loaded([report(1, days=9), report(2, days=9)])
    held = actions.suspend_row(stolen, by=keeper, country="GB", vrm=plate(1), reason="Keeper says it is back.")
    uploads, accepts = (keeper, second_manager) if hand == "uploads" else (manager, keeper)
    with in_two_days():
        load = checked_load([confirmed_anew(), report(2, days=11)], by=uploads, mode=mode)
        actions.accept(load, by=accepts)
        load = actions.merge(load, by=JOB)
        held.refresh_from_db()
        assert held.to_at is None
        assert in_force() == {plate(2)}
        assert "Still held back: 1 plate" in load.notices[-1]
        page = client_of(second_manager).get(reverse("exception_list", args=[stolen.slug])).content.decode()
        assert "Its source has confirmed it since, in a file that Keeper Test" in page
        ours = client_of(second_manager).get(reverse("api_exception_list", args=[stolen.slug])).json()["results"]
        assert [one["is_confirmed_since"] for one in ours] == [True]
        with pytest.raises(IntegrityError), transaction.atomic():
            FeedException.objects.update(to_at=timezone.now(), reconfirmed_by=load)
        # a file of others that says nothing of this row ends nothing; one that names it does
        loaded([report(3, days=11)], mode=Load.Mode.ADD)
        held.refresh_from_db()
        assert held.to_at is None
        again = loaded([confirmed_anew(), report(2, days=11), report(3, days=11)])
        held.refresh_from_db()
        assert held.reconfirmed_by == again


def test_who_held_a_row_back_does_not_drop_it_and_load_it_again(stolen, loaded, operator, keeper, second_manager):
    loaded([report(1, days=9), report(2, days=9), report(3, days=9)])
    held = actions.suspend_row(stolen, by=keeper, country="GB", vrm=plate(1), reason="Keeper says it is back.")
    loaded([report(1, days=9)], by=keeper, mode=Load.Mode.REMOVE)
    loaded([report(1, days=9)], by=keeper, mode=Load.Mode.ADD)
    held.refresh_from_db()
    assert held.to_at is None
    assert in_force() == {plate(2), plate(3)}
    load = loaded([report(1, days=9)], mode=Load.Mode.REMOVE)
    held.refresh_from_db()
    assert held.dropped_by == load


def test_who_uploaded_the_file_that_held_a_row_back_does_not_let_it_go(stolen, loaded, manager, second_manager):
    loaded([report(1, days=9), report(2, days=9)])
    loaded([report(1, days=9, recovered=ago(1))], mode=Load.Mode.ADD)
    held = FeedException.objects.get()
    with pytest.raises(Refused, match="uploaded the file"):
        actions.lift(held, by=manager, reason="Mine.")
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedException.objects.update(to_at=timezone.now(), to_by=manager)
    actions.lift(held, by=second_manager, reason="The source was wrong.")
    assert in_force() == {plate(1), plate(2)}


def test_looking_at_what_is_held_back_is_recorded_once_a_page(stolen, loaded, operator, manager, client_of):
    loaded([report(1, days=9), report(2, days=9)])
    held = [actions.suspend_row(stolen, by=operator, country="GB", vrm=plate(n), reason="Doubted.") for n in (1, 2)]
    looks = Event.objects.filter(verb="exceptions.shown")
    client = client_of(manager)
    client.get(reverse("exception_list", args=[stolen.slug]))
    client.get(reverse("api_exception_list", args=[stolen.slug]))
    client.get(reverse("exception_lift", args=[held[0].pk]))
    assert [event.count for event in looks.order_by("id")] == [2, 2, 1]
    assert all(looks.about("hotlists.feedexception", held[0].pk).values_list("operation", flat=True))
    assert looks.about("hotlists.feedexception", held[1].pk).count() == 2


def test_the_source_is_told_of_what_is_held_back_and_may_confirm_it(
    feed, manager, second_manager, loaded, operator, machine
):
    actions.agree(actions.propose_agreement(feed, by=manager, **terms(machine=machine)), by=second_manager)
    loaded([voi(1), voi(2), voi(3)])
    first, second = (
        actions.suspend_row(
            feed, by=operator, country="GB", vrm=plate(n), reason="Wrong vehicle.", cause="wrong-vehicle"
        )
        for n in (1, 2)
    )
    assert actions.take_untold(feed, by=machine) == [first, second]
    assert Event.objects.get(verb="exceptions.taken").operation == "disclosure"
    assert actions.mark_told(feed, [first.pk], by=machine) == [first]
    assert actions.take_untold(feed, by=manager) == [second]
    with pytest.raises(TooLate):
        actions.mark_told(feed, [first.pk], by=manager)
    with pytest.raises(Refused):
        actions.take_untold(feed, by=operator)
    with pytest.raises(Refused, match="Only the machine"):
        actions.reconfirm(second, by=manager, reason="I am sure.")
    actions.reconfirm(second, by=machine, reason="Checked against the register.")
    second.refresh_from_db()
    assert (second.to_machine, second.told_machine) == (machine, machine)
    assert in_force() == {plate(2), plate(3)}


def test_a_machine_of_another_source_sees_nothing_of_the_list(feed, loaded, agreement, operator, machine):
    loaded([voi(1)])
    held = actions.suspend_row(feed, by=operator, country="GB", vrm=plate(1), reason="Recovered.")
    for act in (
        lambda: actions.take_untold(feed, by=machine),
        lambda: actions.reconfirm(held, by=machine, reason="x"),
        lambda: actions.mark_told(feed, [held.pk], by=machine),
        lambda: actions.record_recovery(
            feed, by=machine, country="GB", vrm=plate(1), occurred=timezone.now(), reference="x"
        ),
    ):
        with pytest.raises(Stranger):
            act()


def test_a_recovery_needs_a_record_and_a_moment_that_has_passed(feed, agreement, loaded, operator, auditor):
    loaded([voi(1)])
    given = {"country": "GB", "vrm": plate(1), "occurred": timezone.now(), "reference": "CR/7/26"}
    for wrong, refusal in (
        ({"reference": " "}, Unfit), ({"occurred": timezone.now() + dt.timedelta(hours=1)}, Unfit), ({"vrm": plate(9)}, TooLate),
    ):  # fmt: skip
        with pytest.raises(refusal):
            actions.record_recovery(feed, by=operator, **given | wrong)
    with pytest.raises(Refused):
        actions.record_recovery(feed, by=auditor, **given)
    actions.record_recovery(feed, by=operator, **given)
    actions.record_recovery(feed, by=operator, **given)  # said twice, held back once
    assert FeedException.objects.count() == 1
    assert in_force() == set()


def test_the_database_wants_one_who_held_back_and_one_who_let_go(feed, agreement, loaded, operator, inspector, machine):
    load = loaded([voi(1)])
    held = actions.suspend_row(feed, by=operator, country="GB", vrm=plate(1), reason="Recovered.")
    rows = FeedException.objects.filter(pk=held.pk)
    now = timezone.now()
    for wrong in (
        {"to_at": now}, {"to_by": inspector}, {"to_at": now, "to_by": inspector, "dropped_by": load},
        {"to_at": now, "to_by": operator}, {"told_at": now}, {"told_at": now, "told_by": operator, "told_machine": machine},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(reason="Something else.")


# --- Import profiles -------------------------------------------------------------------------------------


def test_files_are_read_by_the_profile_that_two_people_made_and_the_load_says_which(
    feed, agreement, manager, second_manager, approved_profile, checked_load, loaded
):
    first = loaded([voi(1)])
    profile = actions.begin_profile(feed, by=manager, layout=PRESETS["plain"][1].as_data())
    with pytest.raises(Unfit, match="what it is for"):
        actions.propose_profile(profile, by=manager)
    profile = actions.propose_profile(profile, by=manager, why="They send less.")
    with pytest.raises(Refused, match="somebody else"):
        actions.approve_profile(profile, by=manager)
    assert checked_load([voi(1)]).profile is None  # not approved yet
    actions.refuse(Load.objects.undecided().get(), by=manager, reason="Later.")
    actions.approve_profile(profile, by=second_manager)
    load = loaded(f"{plate(2)},IE,{ago(-3)}\n".encode())
    assert (first.profile, load.profile) == (None, profile)
    assert FeedRow.objects.get().plate == ("IE", plate(2))
    with pytest.raises(TooLate):
        actions.approve_profile(profile, by=second_manager)


def test_a_load_is_read_to_its_end_by_the_profile_that_it_arrived_under(
    agreement, approved_profile, checked_load, second_manager
):
    load = checked_load([voi(1)])
    approved_profile(PRESETS["plain"][1].as_data())
    Load.objects.filter(pk=load.pk).update(status="received")
    load = actions.check(load, by=JOB)
    assert (load.profile, load.problems) == (None, 0)


def test_a_profile_changes_only_while_it_is_a_draft(feed, manager, second_manager):
    profile = actions.begin_profile(feed, by=manager, layout=PRESETS["plain"][1].as_data(), why="x")
    with pytest.raises(Unfit):
        actions.edit_profile(profile, by=manager, layout={"names": ["a"], "columns": {"vrm": 1}})
    actions.edit_profile(profile, by=manager, layout=PRESETS["tabs"][1].as_data())
    actions.propose_profile(profile, by=manager)
    with pytest.raises(TooLate, match="no draft"):
        actions.edit_profile(profile, by=manager, why="y")
    for change in ({"layout": {}}, {"why": "y"}, {"proposed_by": second_manager}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ImportProfile.objects.filter(pk=profile.pk).update(**change)
    with pytest.raises(IntegrityError, match="approve"), transaction.atomic():
        ImportProfile.objects.filter(pk=profile.pk).update(approved_by=manager, approved_at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        ImportProfile.objects.filter(pk=profile.pk).delete()
    actions.end_profile(profile, by=manager)
    with pytest.raises(TooLate):
        actions.approve_profile(profile, by=second_manager)


def test_people_without_the_list_or_the_role_write_no_profile(feed, submitter, outsider, manager):
    layout = PRESETS["plain"][1].as_data()
    with pytest.raises(Refused):
        actions.begin_profile(feed, by=submitter, layout=layout)
    with pytest.raises(Stranger):
        actions.begin_profile(feed, by=outsider, layout=layout)
    profile = actions.propose_profile(actions.begin_profile(feed, by=manager, layout=layout, why="x"), by=manager)
    with pytest.raises(Refused):
        actions.approve_profile(profile, by=submitter)


def test_a_sample_lies_here_only_while_its_draft_does(
    feed, manager, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.UPLOADS_DIR = tmp_path
    layout = PRESETS["plain"][1].as_data()
    kept = actions.begin_profile(feed, by=manager, layout=layout, why="x", sample=b"AB01CDE,GB,\n" * 9000)
    assert len(samples.of(kept.pk)) <= samples.HEAD
    assert samples.of(kept.pk).endswith(b"\n")
    with django_capture_on_commit_callbacks(execute=True):
        actions.propose_profile(kept, by=manager)
    assert samples.of(kept.pk) == b""
    thrown = actions.begin_profile(feed, by=manager, layout=layout, sample=b"x\n")
    with django_capture_on_commit_callbacks(execute=True):
        actions.end_profile(thrown, by=manager)
    assert samples.of(thrown.pk) == b""
    forgotten = actions.begin_profile(feed, by=manager, layout=layout, sample=b"x\n")
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        actions.resume_unfinished(by=JOB)
    assert samples.of(forgotten.pk) == b""


def test_whoever_edited_an_import_profile_does_not_approve_it(feed, manager, second_manager, keeper, client_of):
    layout = PRESETS["plain"][1].as_data()
    profile = actions.begin_profile(feed, by=manager, layout=layout, why="x")
    actions.edit_profile(profile, by=keeper, layout=PRESETS["tabs"][1].as_data())
    profile = actions.propose_profile(profile, by=manager)
    with pytest.raises(Refused, match="wrote or edited"):
        actions.approve_profile(profile, by=keeper)
    page = client_of(keeper).get(reverse("import_profile_detail", args=[profile.pk])).content.decode()
    assert "You wrote or edited this import profile" in page
    with pytest.raises(IntegrityError, match="does not approve it"), transaction.atomic():
        ImportProfile.objects.filter(pk=profile.pk).update(approved_by=keeper, approved_at=timezone.now())
    with pytest.raises(IntegrityError, match="never taken back"), transaction.atomic():
        profile.contributions.all().delete()
    actions.approve_profile(profile, by=second_manager)


# --- What a source has to be reminded of -------------------------------------------------------------------


def test_what_the_source_had_to_confirm_is_listed_the_oldest_first_and_taken_on_record(
    stolen, loaded, manager, client_of
):
    loaded([report(1, days=20), report(2, days=1), report(3, days=5), report(4, days=30, confirmed="Y")])
    client = client_of(manager)
    page = client.get(reverse("reminder_list", args=[stolen.slug])).content.decode()
    assert "2 reports to confirm" in page
    assert page.index(">R1<") < page.index(">R3<") and ">R2<" not in page and ">R4<" not in page
    assert "Remind now" in page.split(">R3<")[0] and "Overdue" in page.split(">R3<")[1]
    event = Event.objects.newest_first().first()
    assert (event.verb, event.subject_id) == ("reminders.shown", str(stolen.pk))
    sent = client.get(reverse("reminder_file", args=[stolen.slug]))
    lines = b"".join(sent.streaming_content).decode().splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == [plate(1), plate(3)]
    assert Event.objects.newest_first().first().verb == "reminders.taken"
    api = client.get(reverse("api_reminder_list", args=[stolen.slug])).json()["results"]
    assert [row["ref"] for row in api] == ["R1", "R3"]


def test_a_list_whose_source_confirms_nothing_has_nothing_to_be_reminded_of(
    feed, agreement, loaded, manager, client_of
):
    loaded([voi(1)])
    page = client_of(manager).get(reverse("reminder_list", args=[feed.slug])).content.decode()
    assert "Its agreement asks the source to confirm none" in page
    assert not Event.objects.filter(verb="reminders.shown").exists()


def test_a_load_that_is_late_or_a_list_that_is_stale_is_told(feed, agreement, loaded, manager, client_of):
    loaded([voi(1)])
    stale = timezone.now() + dt.timedelta(hours=49)
    with time_machine.travel(stale, tick=False):
        manager.sign_in = None
        page = client_of(manager).get(reverse("reminder_list", args=[feed.slug])).content.decode()
    assert "No load came in time" in page


def test_strangers_and_colleagues_take_no_reminders(stolen, outsider, submitter, client_of):
    for name in ("reminder_list", "reminder_file", "api_reminder_list"):
        at = reverse(name, args=[stolen.slug])
        assert client_of(outsider).get(at).status_code == 404, name
        assert client_of(submitter).get(at).status_code == 403, name
