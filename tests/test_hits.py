"""Hits: taken in once and only of rows that were given, answered once by named people, urgent by the clock."""

import datetime as dt
import threading
import uuid

import pytest
import time_machine
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from accounts.models import SystemJob
from audit.actions import plate_hash
from audit.models import Event, EventDetail
from audit.verbs import Verb
from hits import actions, policies
from hits.actions.reports import Report
from hits.board import Viewer
from hits.limits import Limits
from hits.models import Acknowledgement, Hit, HitKey, Outcome, Verification
from hits.story import Card, card_id
from hits.waiting import questions
from hotlists import actions as hotlists
from hotlists.models import Entry, FeedException, FeedRow
from matchers import actions as matchers
from matchers.models import ListRole, PublishedRow
from portal.errors import Refused, Stranger, TooLate, Unfit
from tests.feed_cast import *  # noqa: F403 - fixtures
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.hit_cast import CONFIRMED, fresh, published, seen
from tests.publishing import publish

pytestmark = pytest.mark.django_db
REFUSED_BY_DATABASE = (IntegrityError, InternalError)


def urgent(hit: Hit, at: dt.datetime | None = None) -> Hit:
    at = at or timezone.now()
    return Hit.objects.with_urgency(at, Limits.in_force(at)).with_story().get(pk=hit.pk)


def last_event() -> Event:
    return Event.objects.newest_first().first()


# --- Taking in --------------------------------------------------------------------------------------


def test_hit_copies_the_row_that_was_published(listed, report, site):
    entry = listed(action="STOP", priority="HIGH", markers=["VI"], marker_source="PNC")
    hit = report(entry)
    assert (hit.entry, hit.version, hit.site) == (entry, entry.terms.get().version, site)
    assert (hit.plate, hit.action, hit.priority, hit.markers) == (("GB", "AB01CDE"), "STOP", "HIGH", ["VI"])
    assert hit.action_text == "Vehicle linked; driver not identified. Assess; stop only if safe. Do not approach alone."
    assert hit.contact == "Sgt Test, 01632 960001"
    event = last_event()
    assert (event.verb, event.operation, event.actor_kind) == (Verb.HIT_REPORTED, "collection", "machine")
    assert "AB01CDE" not in str(EventDetail.objects.get(pk=event.pk).body)


def test_same_reference_twice_is_one_hit(listed, matcher):
    told = seen(listed())
    first, is_new = actions.report(told, by=matcher.matcher.machine)
    again, is_new_again = actions.report(told, by=matcher.matcher.machine)
    assert (first.pk, is_new, is_new_again) == (again.pk, True, False)
    assert Hit.objects.count() == HitKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_same_reference_at_the_same_instant_is_one_hit(listed, matcher):
    told = seen(listed())
    machine = matcher.matcher.machine
    start, found = threading.Barrier(2), []

    def send():
        start.wait()
        found.append(actions.report(told, by=machine))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(is_new for _, is_new in found) == [False, True]
    assert len({hit.pk for hit, _ in found}) == Hit.objects.count() == 1


def test_row_that_was_never_given_is_refused(listed, matcher, add_matcher, approved_entry):
    entry = listed()
    machine = matcher.matcher.machine
    stranger = add_matcher("Another force").matcher.machine
    told = seen(entry)
    for other in (
        {"role": "r00000000"}, {"revision": told.revision + 1}, {"vrm": "XY50ZZZ"}, {"country": "FR"}, {"ref": "x"},
        {"version": "x"}, {"revision": 0},
    ):  # fmt: skip
        with pytest.raises(Unfit, match="No such row"):
            actions.report(seen(entry, **other), by=machine)
    with pytest.raises(Unfit, match="No such row"):
        actions.report(told, by=stranger)
    assert not Hit.objects.exists() and not HitKey.objects.exists()


def test_machine_that_is_no_matcher_and_people_report_nothing(listed, operator):
    told = seen(listed())
    with pytest.raises(Refused, match="Only a matcher"):
        actions.report(told, by=operator)


def test_row_of_an_older_revision_is_kept_with_a_caution(listed, report, approved_entry, supervisor):
    entry = listed()
    told = seen(entry)
    hotlists.withdraw(entry, by=supervisor, reason="recovered")
    published(entry)
    hit = report(entry, revision=told.revision)
    assert "not_in_force_now" in hit.cautions
    with pytest.raises(Unfit):
        report(entry, revision=told.revision + 1)


def test_read_while_allocated_is_taken_after_the_list_was_revoked(listed, report, matcher, manager):
    entry = listed()
    told = seen(entry)
    matchers.revoke(matcher.matcher.allocations.get(), by=manager, reason="Agreement ended.")
    assert report(entry, revision=told.revision, captured_at=told.captured_at)
    later = timezone.now() + dt.timedelta(seconds=1)
    with pytest.raises(Unfit):
        report(entry, revision=told.revision, captured_at=later)


def test_hit_from_a_stopped_matcher_is_kept_and_marked(listed, report, matcher, manager):
    entry = listed()
    matchers.stop_matcher(matcher.matcher, by=manager, reason="Stolen from the car.")
    hit = report(entry)
    assert "matcher_stopped" in hit.cautions


def test_capture_in_the_future_is_refused(listed, report):
    with pytest.raises(Unfit, match="future"):
        report(listed(), captured_at=timezone.now() + dt.timedelta(hours=1))


@pytest.mark.parametrize(
    ("over", "caution"),
    [
        ({"country_read": ""}, "country_assumed"),
        ({"country_read": "FR"}, "country_differs"),
        ({"vrm_read": "AB0ICDE"}, "plate_differs"),
        ({"confidence": 0.5}, "low_confidence"),
        ({"site": "nowhere"}, "site_unknown"),
        ({}, "driver_not_identified"),
    ],
)
def test_caution_is_kept_with_the_hit(listed, report, over, caution):
    assert caution in report(listed(), **over).cautions


def test_plain_hit_has_no_caution(listed, report):
    assert report(listed(person_confirmed="yes")).cautions == []


def test_entry_not_checked_lately_is_a_caution(listed, report):
    entry = listed(last_verified_at=timezone.now() - dt.timedelta(hours=73), person_confirmed="yes")
    assert report(entry).cautions == ["entry_stale"]


def test_hit_from_a_site_not_in_service_is_kept_marked_and_reported(
    listed, report, make_site, infrastructure_lead, django_capture_on_commit_callbacks
):
    make_site("waiting", is_live=False)
    entry = listed(person_confirmed="yes")
    with django_capture_on_commit_callbacks() as told:
        hit = report(entry, site="waiting")
    assert hit.cautions == ["site_not_in_service"]
    assert len(told) == 2, "scrutiny is asked to look into it, and boards are told"
    words = [item.title for item in questions(infrastructure_lead, timezone.now())]
    assert any("not in service" in title for title in words)


@pytest.fixture
def feed_hit(loaded, feed, matcher, allocate, site) -> Hit:
    """A hit on a row of a list loaded from its source."""
    loaded([voi(1), voi(2)])  # noqa: F405
    allocate(matcher, feed)
    publish(feed)
    row = PublishedRow.objects.filter(hotlist=feed).first()
    told = Report(
        reference="feed-1", role=ListRole.objects.get(hotlist=feed).name, revision=1, country=row.country, vrm=row.vrm,
        ref=row.ref, version=row.version, vrm_read=row.vrm, country_read="GB", site="ring-north", camera="c",
        captured_at=timezone.now(), confidence=1.0,
    )  # fmt: skip
    return actions.report(told, by=matcher.matcher.machine)[0]


def test_feed_row_is_copied_and_not_pointed_at(feed_hit):
    hit = feed_hit
    assert (hit.entry, hit.version, hit.category, hit.contact) == (None, None, "INS", "Insurance desk, 01632 960002")
    card = Card.of(urgent(hit), timezone.now(), Limits.in_force(timezone.now()))
    assert "Motor insurance database" in card.authority.who
    assert card.category == "No insurance"


def test_stale_feed_row_is_held_back_at_once(feed_hit, operator, answers):
    answers.verified(feed_hit, operator, source="not_wanted", result="STALE")
    held = FeedException.objects.get()
    assert (held.plate, held.from_by, held.cause) == (feed_hit.plate, operator, "stale")
    assert list(FeedException.objects.untold()) == [held]  # its source has to hear of it
    assert not FeedRow.objects.in_force(timezone.now()).filter(vrm=feed_hit.vrm).exists()


# --- Answering --------------------------------------------------------------------------------------


def test_acknowledge_verify_and_outcome_are_recorded_by_name(listed, report, operator):
    hit = report(listed(action="STOP", priority="HIGH"))
    actions.acknowledge(hit, by=operator)
    actions.verify(hit, by=operator, **CONFIRMED)
    actions.record_outcome(
        hit, by=operator, decision="DEPLOY", was_stopped=True, result="arrest", words="On Mill Lane."
    )
    hit = fresh(hit)
    assert hit.acknowledgement.acknowledged_by == hit.verification.verified_by == hit.outcome.recorded_by == operator
    assert hit.closed_at == hit.outcome.recorded_at
    verbs = list(Event.objects.newest_first().values_list("verb", flat=True)[:3])
    assert verbs == [Verb.HIT_CLOSED, Verb.HIT_VERIFIED, Verb.HIT_ACKNOWLEDGED]


def test_stranger_finds_no_hit(hit, outsider):
    for act in (
        lambda: actions.open_hit(hit, by=outsider),
        lambda: actions.acknowledge(hit, by=outsider),
        lambda: actions.verify(hit, by=outsider, **CONFIRMED),
        lambda: actions.record_outcome(hit, by=outsider, decision="NO_ACTION"),
    ):
        with pytest.raises(Stranger):
            act()
    assert not Hit.objects.visible_to(outsider).exists()


def test_colleague_who_may_only_watch_is_refused_with_the_reason(hit, submitter, dpo, answers, operator):
    with pytest.raises(Refused, match="role"):
        actions.acknowledge(hit, by=submitter)
    with pytest.raises(Refused, match="role"):
        actions.open_hit(hit, by=dpo)
    hit = answers.taken(hit, operator)
    with pytest.raises(Refused, match="role"):
        actions.verify(hit, by=submitter, **CONFIRMED)
    with pytest.raises(Refused, match="role"):
        actions.record_outcome(hit, by=submitter, decision="NO_ACTION")


def test_answer_outside_a_session_of_ones_own_is_refused(hit, operator):
    operator.sign_in = None
    with pytest.raises(Refused, match="signed in"):
        actions.acknowledge(hit, by=operator)


def test_answering_twice_is_too_late(hit, operator, manager, answers):
    hit = answers.verified(hit, operator)
    with pytest.raises(TooLate):
        actions.acknowledge(hit, by=manager)
    with pytest.raises(TooLate):
        actions.verify(hit, by=manager, **CONFIRMED)
    actions.record_outcome(hit, by=operator, decision="NO_ACTION")
    with pytest.raises(TooLate):
        actions.record_outcome(hit, by=manager, decision="NO_ACTION")
    with pytest.raises(TooLate):
        actions.verify(hit, by=manager, **CONFIRMED)


def test_colleague_who_may_not_answer_is_refused_though_it_is_too_late_too(hit, operator, submitter, answers):
    hit = answers.ended(hit, operator)
    for act in (
        lambda: actions.acknowledge(hit, by=submitter),
        lambda: actions.verify(hit, by=submitter, **CONFIRMED),
        lambda: actions.record_outcome(hit, by=submitter, decision="NO_ACTION"),
    ):
        with pytest.raises(Refused, match="role"):
            act()


def test_verifying_comes_after_taking_on(hit, operator):
    with pytest.raises(Refused, match="Acknowledge"):
        actions.verify(hit, by=operator, **CONFIRMED)
    with pytest.raises(Refused, match="Acknowledge"):
        actions.record_outcome(hit, by=operator, decision="NO_ACTION")


def test_nobody_is_sent_to_stop_a_vehicle_on_an_unverified_hit(listed, report, operator, answers):
    hit = answers.taken(report(listed(action="STOP")), operator)
    with pytest.raises(Refused, match="Verify the hit"):
        actions.record_outcome(hit, by=operator, decision="DEPLOY")
    actions.verify(hit, by=operator, **{**CONFIRMED, "vehicle": "unseen", "plate": "differs", "result": "MISREAD"})
    with pytest.raises(Refused, match="did not confirm"):
        actions.record_outcome(hit, by=operator, decision="DEPLOY")
    actions.record_outcome(hit, by=operator, decision="NOT_DEPLOYED", reason="not_confirmed")


def test_somebody_may_be_sent_to_assess_an_unverified_hit(hit, operator, answers):
    assert answers.ended(hit, operator, decision="DEPLOY").outcome.decision == "DEPLOY"


@pytest.mark.parametrize("differs", ["plate", "country", "vehicle"])
def test_hit_is_confirmed_only_when_everything_agrees(hit, operator, answers, differs):
    hit = answers.taken(hit, operator)
    with pytest.raises(Unfit) as refusal:
        actions.verify(hit, by=operator, **{**CONFIRMED, differs: "unseen"})
    assert set(refusal.value.fields) == {differs}


def test_result_that_nothing_shows_is_refused(hit, operator, answers):
    hit = answers.taken(hit, operator)
    for result in ("MISREAD", "WRONG_VEHICLE", "STALE"):
        with pytest.raises(Unfit, match="Nothing that you compared"):
            actions.verify(hit, by=operator, **{**CONFIRMED, "result": result})


def test_not_deployed_needs_its_reason(hit, operator, answers):
    hit = answers.taken(hit, operator)
    with pytest.raises(Unfit, match="why nobody was sent"):
        actions.record_outcome(hit, by=operator, decision="NOT_DEPLOYED")
    with pytest.raises(Unfit):
        actions.record_outcome(hit, by=operator, decision="BROADCAST", reason="no_unit")


@pytest.mark.parametrize(
    ("result", "over"),
    [("STALE", {"source": "not_wanted"}), ("WRONG_VEHICLE", {"vehicle": "differs"})],
)
def test_verification_that_proves_the_entry_wrong_suspends_it(hit, operator, answers, result, over):
    answers.verified(hit, operator, **over, result=result)
    assert not Entry.objects.in_force(timezone.now()).exists()
    assert hit.entry.suspensions.get().from_by == operator


def test_misread_leaves_the_entry_in_force(hit, operator, answers):
    answers.verified(hit, operator, plate="differs", result="MISREAD")
    assert Entry.objects.in_force(timezone.now()).exists()


def test_outcomes_of_earlier_sightings_are_shared_when_asked(listed, report, operator):
    entry = listed()
    first, second = report(entry), report(entry)
    third = report(entry)
    actions.acknowledge(third, by=operator, with_earlier=True)
    assert Acknowledgement.objects.count() == 3
    actions.record_outcome(third, by=operator, decision="NOT_DEPLOYED", reason="no_unit", with_earlier=True)
    assert not Hit.objects.open().exists()
    assert {fresh(one).outcome.settled_with for one in (first, second)} == {third.pk}
    assert last_event().count == 3


def test_opening_a_hit_is_recorded(hit, operator):
    actions.open_hit(hit, by=operator)
    event = last_event()
    assert (event.verb, event.operation, event.subject_id) == (Verb.HIT_OPENED, "consultation", str(hit.pk))


def test_looking_for_one_plate_needs_a_reason_and_is_recorded(hit, operator, outsider):
    with pytest.raises(Unfit, match="why"):
        actions.past_hits(by=operator, plate="AB01 CDE")
    assert list(actions.past_hits(by=operator, plate="ab01 cde", reason="CR/2211/26")) == [hit]
    assert (last_event().verb, last_event().count) == (Verb.HITS_SEARCHED, 1)
    assert not actions.past_hits(by=outsider, plate="AB01CDE", reason="Looking").exists()


def test_looking_for_a_plate_is_logged_under_the_country_of_its_hits(listed, report, operator):
    report(listed(vrm_entered="XY50ZZZ", country="FR"))
    actions.past_hits(by=operator, plate="XY50 ZZZ", reason="CR/2211/26")
    assert last_event().plate_hash == plate_hash("FR", "XY50ZZZ")


# --- By the clock -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("priority", "minutes"), [("HIGH", 15), ("MEDIUM", 60), ("LOW", 240)])
def test_hit_is_overdue_the_second_its_time_passes(listed, report, priority, minutes):
    hit = report(listed(priority=priority))
    due = hit.received_at + dt.timedelta(minutes=minutes)
    assert not urgent(hit, due - dt.timedelta(seconds=1)).is_overdue
    assert urgent(hit, due).is_overdue


def test_hit_taken_on_is_overdue_when_a_day_passes_without_an_outcome(hit, operator, answers):
    hit = answers.taken(hit, operator)
    assert not urgent(hit, hit.received_at + dt.timedelta(hours=23, minutes=59)).is_overdue
    assert urgent(hit, hit.received_at + dt.timedelta(hours=24)).is_overdue
    actions.record_outcome(hit, by=operator, decision="NO_ACTION")
    assert not urgent(hit, hit.received_at + dt.timedelta(hours=25)).is_overdue


def test_sixteen_unanswered_hits_escalate_and_reach_the_owner_at_the_third(listed, report, submitter):
    """F-01: sixteen hits in four days on a medium entry, and nobody told."""
    entry = listed(priority="MEDIUM")
    hits = [report(entry) for _ in range(2)]
    assert not urgent(hits[-1]).is_escalated
    assert not list(questions(submitter, timezone.now()))
    hits.append(report(entry))
    shown = urgent(hits[-1])
    assert (shown.is_escalated, shown.sightings, shown.urgency) == (True, 3, 1)
    assert shown.answer_due_at - shown.received_at == dt.timedelta(minutes=15), "it is as urgent as a high one"
    item = next(iter(questions(submitter, timezone.now())))
    assert "Seen 3 times" in item.title


def test_owner_who_may_no_longer_see_the_list_is_told_nothing(listed, report, submitter, team):
    entry = listed(priority="MEDIUM")
    for _ in range(3):
        report(entry)
    team.user_set.remove(submitter)
    assert not list(questions(submitter, timezone.now()))


def test_board_left_alone_for_long_asks_for_a_day_and_no_more(hit, operator):
    viewer = Viewer.of(operator)
    long_ago = uuid.UUID(int=1)
    assert viewer.changed_since(long_ago) == {card_id(hit)}
    with time_machine.travel(hit.received_at + dt.timedelta(hours=25), tick=False):
        assert not viewer.changed_since(long_ago)


def test_answered_and_old_sightings_do_not_escalate(listed, report, operator, answers):
    entry = listed()
    hits = [report(entry) for _ in range(3)]
    answers.ended(hits[0], operator)
    assert not urgent(hits[2]).is_escalated
    assert urgent(hits[2], timezone.now()).sightings == 2
    tomorrow = hits[1].received_at + dt.timedelta(hours=25)
    assert urgent(hits[2], tomorrow).sightings == 0


def test_numbers_are_the_profiles_and_not_the_codes(hit, operator):
    from standards.models import Number

    Number.objects.filter(key="hit.acknowledge.medium").update(value=5)
    assert urgent(hit, hit.received_at + dt.timedelta(minutes=5)).is_overdue


def test_home_page_says_what_waits_and_what_is_overdue(hit, operator, submitter):
    titles = [item.title for item in questions(operator, timezone.now()) if item.count]
    assert titles == ["Hits wait to be taken on"]
    late = hit.received_at + dt.timedelta(hours=2)
    titles = [item.title for item in questions(operator, late) if item.count]
    assert titles == ["Hits are overdue"]


def test_owner_is_told_when_a_hit_proved_the_entry_wrong_and_nobody_could_suspend_it(
    hit, operator, answers, submitter, supervisor
):
    from django.contrib.auth.models import Group, Permission

    Group.objects.get(name="Control room").permissions.remove(Permission.objects.get(codename="suspend_entry"))
    operator.__dict__.pop("roles", None)  # held for a request, and this is another
    answers.verified(hit, operator, source="not_wanted", result="STALE")
    assert Entry.objects.in_force(timezone.now()).exists()
    assert any("verified as no longer wanted" in item.title for item in questions(submitter, timezone.now()))


# --- Round the actions: the database holds it ---------------------------------------------------------


def _acknowledgement(hit, by, sign_in=None) -> Acknowledgement:
    return Acknowledgement(hit=hit, acknowledged_by=by, acknowledged_at=timezone.now(), sign_in=sign_in or by.sign_in)


def _outcome(hit, by, **over) -> Outcome:
    facts = {"decision": "NO_ACTION", "recorded_by": by, "recorded_at": timezone.now(), "sign_in": by.sign_in}
    return Outcome(hit=hit, **{**facts, **over})


def _verification(hit, by, **over) -> Verification:
    facts = {**CONFIRMED, "verified_by": by, "verified_at": timezone.now(), "sign_in": by.sign_in}
    return Verification(hit=hit, **{**facts, **over})


def _refused(act, match: str) -> None:
    with pytest.raises(Exception, match=match), transaction.atomic():
        act()
        pytest.fail("the database accepted it")


def test_hit_cannot_be_changed_or_removed(hit):
    for change in ({"vrm": "XY50ZZZ"}, {"priority": "LOW"}, {"cautions": []}, {"entry": None, "version": None}):
        _refused(lambda c=change: Hit.objects.filter(pk=hit.pk).update(**c), "permission denied|append-only")
    _refused(lambda: _sql("DELETE FROM hits_hit WHERE id = %s", hit.pk), "permission denied|append-only")


def test_hit_cannot_be_marked_answered_without_the_answer(hit, operator, answers):
    now = timezone.now()
    _refused(lambda: Hit.objects.filter(pk=hit.pk).update(acknowledged_at=now), "acknowledged by a person")
    hit = answers.taken(hit, operator)
    _refused(lambda: Hit.objects.filter(pk=hit.pk).update(closed_at=now), "closed by its outcome")
    _refused(lambda: Hit.objects.filter(pk=hit.pk).update(acknowledged_at=None), "acknowledged by a person")


def test_answer_in_anothers_session_or_before_taking_on_is_refused(hit, operator, manager):
    _refused(lambda: _acknowledgement(hit, operator, manager.sign_in).save(force_insert=True), "session of their own")
    _refused(lambda: Acknowledgement.objects.bulk_create([_acknowledgement(hit, operator, manager.sign_in)]), "session")
    _refused(lambda: _verification(hit, operator).save(force_insert=True), "takes a hit on")
    _refused(lambda: _outcome(hit, operator).save(force_insert=True), "takes a hit on")


def test_second_answer_is_refused(hit, operator, manager, answers):
    hit = answers.verified(hit, operator)
    _refused(lambda: _acknowledgement(hit, manager).save(force_insert=True), "unique|duplicate")
    _refused(lambda: _verification(hit, manager).save(force_insert=True), "unique|duplicate")


def test_stop_without_a_confirmed_verification_cannot_be_stored(listed, report, operator, answers):
    entry = listed(action="STOP")
    earlier, hit = report(entry), report(entry)
    hit = answers.taken(hit, operator)
    earlier = answers.taken(earlier, operator)
    _refused(lambda: _outcome(hit, operator, decision="DEPLOY").save(force_insert=True), "no named person confirmed")
    _refused(
        lambda: _outcome(earlier, operator, decision="DEPLOY", settled_with=hit.pk).save(force_insert=True),
        "settled with a later sighting",
    )


def test_false_confirmation_and_reasonless_refusal_cannot_be_stored(hit, operator, answers):
    hit = answers.taken(hit, operator)
    _refused(lambda: _verification(hit, operator, plate="unseen").save(force_insert=True), "confirmed_when_all_agrees")
    _refused(lambda: _verification(hit, operator, result="STALE").save(force_insert=True), "result_follows")
    _refused(lambda: _outcome(hit, operator, decision="NOT_DEPLOYED").save(force_insert=True), "says_why")


def test_only_a_person_answers(hit, answers):
    with pytest.raises((Refused, Stranger)):
        actions.acknowledge(hit, by=SystemJob("tests"))
    assert not policies.may_answer(SystemJob("tests"))


def _sql(statement: str, *parameters) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
