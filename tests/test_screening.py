"""Signs of misuse: what brings each about, what does not, and who judges them (R-070)."""

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.actions import record
from audit.models import Event
from audit.verbs import Verb
from hotlists import actions as lists
from hotlists.models import Entry
from portal.errors import Refused, TooLate, Unfit
from scrutiny import actions
from scrutiny.indicators import BY_ID, INDICATORS
from scrutiny.indicators.hours import unusual
from scrutiny.indicators.indicator import MOST_KEPT
from scrutiny.models import Signal
from standards.models import StandardsProfile
from tests.cast import JOB, approve, person
from tests.misuse_cast import planted

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def numbers(django_db_setup, django_db_blocker) -> dict[str, int]:
    """What the delivered standards say."""
    with django_db_blocker.unblock():
        found = StandardsProfile.objects.in_force(timezone.now()).numbers_under("indicator.")
        return {key: number.value for key, number in found.items()}


def searches(user, plate: str = "XY50ZZZ", *, times: int = 1, ago: dt.timedelta = dt.timedelta(hours=1)) -> None:
    """This person's searches for one plate, a minute apart, the last of them `ago`."""
    profile = StandardsProfile.objects.in_force(timezone.now())
    for n in reversed(range(times)):
        with time_machine.travel(timezone.now() - ago - dt.timedelta(minutes=n), tick=False):
            record(Verb.PLATE_SEARCHED, target=profile, by=user, plate=("GB", plate), count=0, reason="Case 12")


def found(indicator: str) -> list[Signal]:
    """What a look now brings of this indicator."""
    return [signal for signal in actions.screen(by=JOB) if signal.indicator == indicator]


def test_one_plate_searched_again_and_again_is_a_sign(submitter, supervisor, numbers):
    searches(submitter, times=numbers["indicator.plate.looks"])
    searches(supervisor, times=numbers["indicator.plate.looks"] - 1)
    (signal,) = found("one_plate_again")
    assert (signal.who, signal.count) == (submitter, numbers["indicator.plate.looks"])
    assert signal.plate_hash
    assert "XY50ZZZ" not in str(vars(signal))


def test_of_very_many_acts_the_newest_are_kept_with_the_signal_and_all_are_counted(submitter):
    searches(submitter, times=MOST_KEPT + 3)
    (signal,) = found("one_plate_again")
    assert signal.count == MOST_KEPT + 3
    newest = Event.objects.filter(verb=Verb.PLATE_SEARCHED).newest_first().values_list("pk", flat=True)
    assert signal.acts == list(newest[:MOST_KEPT])


def test_many_searches_for_many_plates_are_none(submitter, numbers):
    for n in range(numbers["indicator.plate.looks"] * 2):
        searches(submitter, f"XY50ZZ{chr(65 + n)}")
    assert found("one_plate_again") == []


def test_searches_of_long_ago_are_none(submitter, numbers):
    searches(submitter, times=30, ago=dt.timedelta(days=numbers["indicator.window"]))
    assert found("one_plate_again") == []


def test_far_more_searches_than_peers_is_a_sign(submitter, numbers):
    for n in range(numbers["indicator.peers.people"]):
        searches(person(f"peer{n}", ["SUB"]), times=12)
    searches(submitter, times=numbers["indicator.peers.times"] * 12)
    (signal,) = found("far_from_peers")
    assert signal.who == submitter


def test_as_many_searches_as_everybody_makes_is_none(submitter, numbers):
    for n in range(numbers["indicator.peers.people"]):
        searches(person(f"peer{n}", ["SUB"]), times=20)
    searches(submitter, times=numbers["indicator.peers.times"] * 20 - 1)
    assert found("far_from_peers") == []


def test_search_right_after_listing_is_a_sign_once_it_is_a_habit(submitter, submitted_entry, numbers):
    count = numbers["indicator.listed.searches"]
    for n in range(count):
        submitted_entry(vrm_entered=f"AB01 CD{chr(65 + n)}")
        searches(submitter, f"AB01CD{chr(65 + n)}", ago=dt.timedelta(seconds=-5))
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1)):
        (signal,) = found("listed_then_searched")
    assert (signal.who, signal.count) == (submitter, count)


def test_search_before_listing_is_none(submitter, submitted_entry, numbers):
    for n in range(numbers["indicator.listed.searches"]):
        searches(submitter, f"AB01CD{chr(65 + n)}")
        submitted_entry(vrm_entered=f"AB01 CD{chr(65 + n)}")
    assert found("listed_then_searched") == []


def decided(submitted_entry, by, count: int, *, after: int = 60) -> None:
    """Approvals of so many entries, each so many seconds after it was submitted."""
    for n in range(count):
        version = submitted_entry(vrm_entered=f"AB01 C{chr(65 + n // 20)}{chr(65 + n % 20)}")
        with time_machine.travel(version.submitted_at + dt.timedelta(seconds=after)):
            approve(version, by=by)


def look_later() -> list[Signal]:
    """A look an hour from now."""
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1)):
        return actions.screen(by=JOB)


def indicators(signals: list[Signal]) -> set[str]:
    return {signal.indicator for signal in signals}


def test_one_pair_that_approves_nearly_everything_is_a_sign(submitted_entry, supervisor, submitter, numbers):
    decided(submitted_entry, supervisor, numbers["indicator.pair.approvals"])
    (signal,) = look_later()
    assert (signal.indicator, signal.who, signal.other) == ("same_pair", supervisor, submitter)


def test_deciders_who_take_turns_are_none(submitted_entry, supervisor, inspector, numbers):
    for by in (supervisor, inspector):
        decided(submitted_entry, by, numbers["indicator.pair.approvals"])
    assert look_later() == []


def test_approvals_within_seconds_are_a_sign(submitted_entry, supervisor, numbers):
    decided(submitted_entry, supervisor, numbers["indicator.swift.approvals"], after=5)
    (signal,) = look_later()
    assert (signal.indicator, signal.who) == ("approved_in_seconds", supervisor)


def test_approvals_after_a_minute_are_none(submitted_entry, supervisor, numbers):
    decided(submitted_entry, supervisor, numbers["indicator.swift.approvals"], after=60)
    assert look_later() == []


def at_work(user, hour: int, *, days: range) -> None:
    """A search at this hour in London on each of these days before today."""
    noon = timezone.localtime().replace(hour=hour, minute=30)
    planted(
        (noon - dt.timedelta(days=day), user.pk, Verb.PLATE_SEARCHED, f"XY50Z{chr(65 + day % 20)}Z") for day in days
    )


def test_acts_at_hours_of_no_duty_are_a_sign(submitter, supervisor, numbers):
    window = numbers["indicator.window"]
    for user in (submitter, supervisor):
        at_work(user, 10, days=range(window, window + numbers["indicator.hours.known"] + 1))
    at_work(submitter, 3, days=range(1, numbers["indicator.hours.acts"] + 1))
    at_work(supervisor, 11, days=range(1, numbers["indicator.hours.acts"] + 1))
    (signal,) = found("out_of_shift")
    assert signal.who == submitter


def test_night_shift_has_its_own_usual_hours():
    usual = {("7", 23): 60, ("7", 0): 60, ("7", 3): 60, ("8", 10): 5}
    everything = {(who, hour): usual.get((who, hour), 0) for who in "78" for hour in range(24)}
    odd = unusual([("7", 1), ("7", 2), ("7", 12), ("8", 3)], everything, known=100, share=1)
    assert odd == ["7 12"]


def refused(submitted_entry, by, **over) -> Entry:
    version = submitted_entry(**over)
    lists.decide(version, by=by, verdict="reject", rationale="No necessity is shown.")
    return version.entry


def test_asking_again_after_a_refusal_is_a_sign(submitted_entry, supervisor, submitter):
    refused(submitted_entry, supervisor)
    again = submitted_entry()
    (signal,) = look_later()
    assert (signal.indicator, signal.who, signal.about_id) == ("readded_after_refusal", submitter, str(again.entry_id))


def test_another_vehicle_after_a_refusal_is_none(submitted_entry, supervisor):
    refused(submitted_entry, supervisor)
    submitted_entry(vrm_entered="XY50 ZZZ")
    assert look_later() == []


def test_listing_under_a_case_that_is_over_is_a_sign(approved_entry, submitted_entry, supervisor, submitter):
    lists.withdraw(approved_entry(), by=supervisor, reason="recovered", words="Found at the station.")
    submitted_entry(vrm_entered="XY50 ZZZ")
    (signal,) = look_later()
    assert (signal.indicator, signal.who) == ("case_over", submitter)


def test_second_vehicle_of_a_case_that_runs_is_none(approved_entry, submitted_entry):
    approved_entry()
    submitted_entry(vrm_entered="XY50 ZZZ")
    assert look_later() == []


def test_every_indicator_says_what_it_suggests_and_how_else_it_comes_about(numbers):
    assert len(BY_ID) == len(INDICATORS) >= 10
    for indicator in INDICATORS:
        assert len(indicator.suggests) > 30 < len(indicator.innocent), indicator.id
        assert {indicator.least, *indicator.numbers} <= numbers.keys()
        assert indicator.acts.__doc__, indicator.id


# --- Judging ---------------------------------------------------------------------------------------------


@pytest.fixture
def signal(submitter, numbers) -> Signal:
    """One plate looked up again and again by the submitter."""
    searches(submitter, times=numbers["indicator.plate.looks"])
    (made,) = found("one_plate_again")
    return made


def test_same_facts_do_not_come_back_and_new_ones_do(signal, submitter, dpo, numbers):
    actions.dismiss(signal, by=dpo, words="His own case; the sergeant confirms it.")
    assert found("one_plate_again") == []
    searches(submitter, times=numbers["indicator.plate.looks"] - 1, ago=dt.timedelta())
    assert found("one_plate_again") == []
    searches(submitter, ago=dt.timedelta(seconds=-1))
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2)):
        (again,) = found("one_plate_again")
    assert (again.pk != signal.pk, again.count) == (True, numbers["indicator.plate.looks"])


def test_signal_that_waits_grows_and_is_not_doubled(signal, submitter, numbers):
    searches(submitter, times=3, ago=dt.timedelta(seconds=1))
    assert found("one_plate_again") == []
    signal.refresh_from_db()
    assert signal.count == numbers["indicator.plate.looks"] + 3


def test_taking_it_up_opens_a_finding_for_somebody_without_a_part(signal, dpo, manager, submitter):
    with pytest.raises(Unfit, match="no part"):
        actions.take_up(signal, by=dpo, words="Ask him.", owner=submitter)
    taken = actions.take_up(signal, by=dpo, words="Nothing links him with this case.", owner=manager)
    assert (taken.finding.kind, taken.finding.owner, taken.finding.status) == ("signal", manager, "open")
    with pytest.raises(TooLate):
        actions.dismiss(signal, by=dpo, words="Never mind.")
    assert Event.objects.filter(verb=Verb.SIGNAL_TAKEN_UP).count() == 1


def test_nobody_judges_or_sees_signals_about_themselves(dpo, auditor, client_of, numbers):
    searches(dpo, times=numbers["indicator.plate.looks"])
    (signal,) = found("one_plate_again")
    with pytest.raises(Refused, match="your own"):
        actions.dismiss(signal, by=dpo, words="That was me.")
    facts = {"status": "dismissed", "judged_by": dpo, "judged_at": timezone.now(), "judged_words": "That was me."}
    with pytest.raises(IntegrityError), transaction.atomic():
        Signal.objects.update(**facts)
    assert list(Signal.objects.visible_to(dpo)) == []
    assert actions.dismiss(signal, by=auditor, words="Answering subject access.").status == "dismissed"


def test_what_was_judged_stands_whoever_writes(signal, dpo, manager):
    with pytest.raises(DatabaseError), transaction.atomic():
        Signal.objects.update(who=manager)
    actions.dismiss(signal, by=dpo, words="His own case.")
    for change in (
        {"judged_words": "Other words."},
        {"status": "open", "judged_by": None, "judged_at": None, "judged_words": ""},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Signal.objects.update(**change)


def test_only_those_whose_work_it_is_judge(signal, manager, asset_owner, submitter):
    for user in (manager, asset_owner, submitter):
        with pytest.raises(Refused):
            actions.dismiss(signal, by=user, words="No.")
        with pytest.raises(Refused):
            actions.screen(by=user)


def test_dismissal_gives_its_reason(signal, dpo):
    with pytest.raises(Unfit):
        actions.dismiss(signal, by=dpo, words="  ")


def test_looking_takes_as_many_queries_for_one_signal_as_for_ten(submitter, numbers):
    counted = []
    for round_ in (1, 9):
        for n in range(round_):
            searches(submitter, f"XY50{chr(65 + n)}Z{chr(70 + round_)}", times=numbers["indicator.plate.looks"])
        with CaptureQueriesContext(connection) as queries:
            assert len(found("one_plate_again")) == round_
        counted.append(len(queries))
    assert counted[1] <= counted[0] + 1  # the ones that wait are locked and, when they grow, written


def test_looking_is_one_event(submitter, numbers):
    searches(submitter, times=numbers["indicator.plate.looks"])
    actions.screen(by=JOB)
    assert Event.objects.get(verb=Verb.SIGNALS_LOOKED_FOR).count == 1
