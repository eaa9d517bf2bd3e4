"""The monthly sample: drawn by a lot that can be drawn again, worked by people who had no hand in it (R-068, R-069)."""

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from audit.models import Event
from audit.verbs import Verb
from hotlists import actions as lists
from portal.errors import Refused, TooLate, Unfit
from scrutiny import actions, drawing
from scrutiny.models import Area, Finding, Sample, SampleAnswer, SampleItem
from standards.models import StandardsProfile
from tests.cast import JOB
from tests.misuse_cast import planted
from tests.test_emergencies import emergency_facts

pytestmark = pytest.mark.django_db

GOOD = {"has_authority": "yes", "is_reasoned": "yes", "is_proportionate": "yes", "has_outcome": "none"}


def last_month() -> dt.date:
    return (timezone.localdate().replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def a_months_searches(people: list, count: int = 60) -> None:
    """Last month's searches, the first person's far more than the others'."""
    begin = drawing.span_of(last_month())[0]
    who = [people[0].pk] * (count - len(people) + 1) + [person.pk for person in people[1:]]
    planted(
        (begin + dt.timedelta(hours=3 * n), one, Verb.PLATE_SEARCHED, f"XY50Z{chr(65 + n % 20)}Z")
        for n, one in enumerate(who)
    )


@pytest.fixture
def sample(submitter, supervisor, inspector, operator, dpo) -> Sample:
    """Last month's, of the searches of five people."""
    a_months_searches([submitter, supervisor, inspector, operator, dpo])
    return actions.draw_sample(by=JOB, month=last_month())


def test_same_seed_and_month_draw_the_same_items(sample):
    drawn = drawing.draw(sample.month, sample.seed, sample.profile)
    assert [act.id for act, _ in drawn.acts] == list(sample.items.values_list("subject_id", flat=True))
    other = drawing.draw(sample.month, "0" * 32, sample.profile)
    assert [act.id for act, _ in other.acts] != [act.id for act, _ in drawn.acts]


def test_sample_is_the_larger_of_the_least_and_the_share(sample, submitter):
    assert (sample.items.count(), sample.population["search"]) == (10, 60)
    month = sample.month
    planted(
        (drawing.span_of(month)[0] + dt.timedelta(minutes=n), submitter.pk, Verb.PLATE_SEARCHED, "XY50ZZZ")
        for n in range(240)
    )
    lot = drawing.draw(month, sample.seed, sample.profile)
    assert (lot.population["search"], len(lot.acts)) == (300, 15)


def test_every_person_is_met_before_anybody_is_met_twice(sample, submitter, supervisor, inspector, operator, dpo):
    first = [item.hands[0] for item in sample.items.all()[:5]]
    assert set(first) == {user.pk for user in (submitter, supervisor, inspector, operator, dpo)}


def test_what_was_approved_is_drawn_with_all_who_had_a_hand_in_it(approved_entry, submitter, supervisor):
    approved_entry()
    with time_machine.travel(timezone.now() + dt.timedelta(days=32)):
        sample = actions.draw_sample(by=JOB, month=last_month())
    item = sample.items.get(area=Area.AUTHORITY)
    assert set(item.hands) == {submitter.pk, supervisor.pk}
    assert "list northdale-crime" in item.why


def test_every_emergency_is_drawn_whatever_the_lot_says(hotlist, inspector, operator):
    given = {"given_by": inspector, "given_at": timezone.now(), "words": "Yes, four hours."}
    lists.record_emergency(hotlist, by=operator, **emergency_facts(**given))
    with time_machine.travel(timezone.now() + dt.timedelta(days=32)):
        sample = actions.draw_sample(by=JOB, month=last_month())
    item = sample.items.get(area=Area.AUTHORITY)
    assert (item.why, set(item.hands)) == ("All emergencies", {operator.pk, inspector.pk})


def test_month_that_runs_is_not_drawn_and_none_twice(sample, dpo):
    with pytest.raises(Unfit, match="not over"):
        actions.draw_sample(by=dpo, month=timezone.localdate())
    with pytest.raises(TooLate):
        actions.draw_sample(by=dpo, month=sample.month)
    assert actions.draw_when_due(by=JOB) is None


def test_clock_draws_last_month_once(dpo):
    made = actions.draw_when_due(by=JOB)
    assert made.month == last_month()
    assert Event.objects.filter(verb=Verb.SAMPLE_DRAWN).count() == 1


def test_bad_answer_opens_a_finding_with_owner_and_day(sample, dpo, manager):
    item = sample.items.exclude(hands__contains=[dpo.pk]).first()
    with pytest.raises(Unfit, match="puts it right"):
        actions.answer_item(item, by=dpo, **{**GOOD, "is_reasoned": "no"}, words="It says “check”.")
    answer = actions.answer_item(item, by=dpo, **{**GOOD, "is_reasoned": "no"}, words="It says “check”.", owner=manager)
    assert (answer.finding.kind, answer.finding.owner) == ("sample", manager)
    assert answer.finding.due_at > timezone.now()
    again = actions.answer_item(item, by=dpo, **{**GOOD, "is_reasoned": "no"}, words="Still so.")
    assert again.finding == answer.finding
    assert Finding.objects.count() == 1


def test_good_answers_open_none_and_count_as_progress(sample, auditor):
    for item in sample.items.all()[:4]:
        actions.answer_item(item, by=auditor, **GOOD, words="The reason names the case.")
    told = Sample.objects.with_progress().get()
    assert (told.size, told.answered, Finding.objects.count()) == (10, 4, 0)


def test_nobody_works_an_act_of_their_own(sample, dpo):
    own = SampleItem.objects.filter(hands__contains=[dpo.pk]).first()
    with pytest.raises(Refused, match="hand in this act"):
        actions.answer_item(own, by=dpo, **GOOD, words="Fine.")
    with pytest.raises(IntegrityError), transaction.atomic():
        SampleAnswer.objects.create(item=own, **GOOD, words="Fine.", answered_by=dpo, answered_at=timezone.now())


def test_answers_stay_as_they_were_given(sample, auditor):
    answer = actions.answer_item(sample.items.first(), by=auditor, **GOOD, words="Fine.")
    with pytest.raises(DatabaseError), transaction.atomic():
        SampleAnswer.objects.filter(pk=answer.pk).update(words="Other.")
    with pytest.raises(DatabaseError), transaction.atomic():
        answer.delete()


def test_bad_answer_without_a_finding_is_refused_by_the_database(sample, auditor):
    facts = {**GOOD, "has_authority": "no"}
    with pytest.raises(IntegrityError), transaction.atomic():
        SampleAnswer.objects.create(
            item=sample.items.first(), **facts, words="None.", answered_by=auditor, answered_at=timezone.now()
        )


def test_others_neither_draw_nor_work(sample, manager, asset_owner):
    for user in (manager, asset_owner):
        with pytest.raises(Refused):
            actions.draw_sample(by=user, month=last_month())
        with pytest.raises(Refused):
            actions.answer_item(sample.items.first(), by=user, **GOOD, words="Fine.")


def test_numbers_come_from_the_standards():
    profile = StandardsProfile.objects.in_force(timezone.now())
    assert (profile.number("sample.least"), profile.number("sample.share")) == (10, 5)
