"""Reviews: one entry at a time, by somebody else every second time, in new words, with what follows from the answers."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from audit.models import Event
from audit.verbs import Verb
from hotlists import actions
from hotlists.models import Entry, EntryVersion, HitTally, Narrowing, Review
from hotlists.tallies import since_last_review
from portal.errors import Refused, Stranger, TooLate, Unfit
from tests.cast import JOB, approve
from tests.test_entries import in_force

pytestmark = pytest.mark.django_db
REFUSED_BY_DATABASE = (IntegrityError, InternalError)
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)


def look(entry, by, why="Still outstanding.", **over):
    return actions.review(entry, by=by, still_necessary=why, source_checked="Crime log: open", **over)


def test_review_says_when_it_was_due_what_was_asked_and_what_was_found(approved_entry, supervisor):
    entry = approved_entry()
    due = entry.terms.get().review_by
    done = look(entry, supervisor, source_system="crime", source_as_of=timezone.now() - MINUTE)
    assert (done.due_at, done.decision, done.is_necessary, done.hits_since_last) == (due, "renew", True, 0)
    assert entry.terms.get(until_at=None).review_by == done.review_by >= due
    event = Event.objects.newest_first().first()
    assert (event.verb, event.subject_id) == (Verb.ENTRY_REVIEWED, str(entry.pk))


@pytest.mark.parametrize(
    ("answers", "decision"),
    [
        ({"is_necessary": False}, "renew"),
        ({"is_accurate": False}, "renew"),
        ({"is_proportionate": False}, "renew"),
        ({"is_necessary": False}, "amend"),
        ({"is_necessary": False}, "downgrade"),
        ({"is_accurate": False}, "downgrade"),
    ],
)
def test_decision_follows_from_the_answers(approved_entry, supervisor, answers, decision):
    entry = approved_entry()
    with pytest.raises(Unfit) as refusal:
        look(entry, supervisor, decision=decision, **answers)
    assert "After these answers" in refusal.value.fields["decision"][0]
    term = entry.terms.get()
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
        Review.objects.create(
            entry=entry, version=term.version, reviewed_by=supervisor, reviewed_at=timezone.now(), still_necessary="Round.",
            source_checked="x", decision=decision, review_by=term.review_by, **answers,
        )  # fmt: skip


def test_amending_begins_a_new_version_and_leaves_the_dates_as_they_are(approved_entry, supervisor):
    entry = approved_entry()
    term = entry.terms.get()
    look(entry, supervisor, decision="amend", is_accurate=False)
    assert entry.versions.latest("number").status == EntryVersion.Status.DRAFT
    assert entry.terms.get() == term


def test_downgrading_narrows_and_moves_the_review(approved_entry, supervisor):
    entry = approved_entry(action="STOP")
    with pytest.raises(Unfit, match="become less"):
        look(entry, supervisor, decision="downgrade", is_proportionate=False)
    done = look(entry, supervisor, decision="downgrade", is_proportionate=False, narrower={"action": "ASSESS"})
    term = entry.terms.get(until_at=None)
    assert (term.action, term.review_by) == ("ASSESS", done.review_by)
    assert Narrowing.objects.get().what == "Action: Stop → Assess"


def test_removing_ends_the_entry_for_a_reason(approved_entry, submitter):
    entry = approved_entry()
    with pytest.raises(Unfit) as refusal:
        look(entry, submitter, decision="remove", is_necessary=False)
    assert "removal_reason" in refusal.value.fields
    look(entry, submitter, decision="remove", is_necessary=False, removal_reason="unjustified")
    entry.refresh_from_db()
    assert entry.withdrawal_reason == "unjustified"
    assert not in_force(entry)


def test_author_does_not_review_twice_running_nor_another_author_after_them(approved_entry, submitter, supervisor):
    entry = approved_entry()
    look(entry, submitter, "First look.")
    with pytest.raises(Refused, match="did not write it"):
        look(entry, submitter, "Second look.")
    version = actions.submit(actions.begin_version(entry, by=supervisor, colour="Black"), by=supervisor)
    with pytest.raises(Refused, match="did not write it"):
        look(entry, supervisor, "By another author, of a version that waits.")
    term = entry.terms.get(until_at=None)
    with pytest.raises(REFUSED_BY_DATABASE, match="somebody else"), transaction.atomic():
        Review.objects.create(
            entry=entry, version=term.version, reviewed_by=submitter, reviewed_at=timezone.now(), still_necessary="Forged.",
            source_checked="x", review_by=term.review_by,
        )  # fmt: skip
    assert version.number == 2


def test_after_somebody_else_the_author_may_review_again(approved_entry, submitter, supervisor):
    entry = approved_entry()
    look(entry, submitter, "First look.")
    look(entry, supervisor, "Second look.")
    actions.count_hit(entry, by=JOB)
    look(entry, submitter, "Third look.")
    assert entry.reviews.count() == 3


def test_review_is_not_said_in_the_words_of_an_earlier_one(approved_entry, submitter, supervisor):
    entry = approved_entry()
    look(entry, submitter, "Still out, per the log.")
    with pytest.raises(Unfit, match="exactly this"):
        look(entry, supervisor, " STILL out,  per the log. ")
    term = entry.terms.get(until_at=None)
    with pytest.raises(REFUSED_BY_DATABASE, match="words of its own"), transaction.atomic():
        Review.objects.bulk_create([Review(
            entry=entry, version=term.version, reviewed_by=supervisor, reviewed_at=timezone.now(), source_checked="x",
            still_necessary="still OUT, per  the log.", review_by=term.review_by,
        )])  # fmt: skip


def test_after_three_periods_without_a_hit_a_supervisor_renews(approved_entry, submitter, supervisor, manager):
    entry = approved_entry()
    look(entry, supervisor, "One.")
    look(entry, submitter, "Two.")
    entry_of_others = actions.pass_on(entry, by=submitter, owner=manager, reason="Moved unit.")
    with pytest.raises(Refused, match="No hit in 3 periods"):
        second = supervisor_less(submitter)
        look(entry_of_others, second, "Three.")
    look(entry, supervisor, "Three, by a sergeant.")


def test_that_only_a_supervisor_keeps_it_is_said_before_and_held_by_the_database(
    approved_entry, submitter, supervisor, client_of
):
    entry = approved_entry()
    api = reverse("api_entry_detail", args=[entry.pk])
    assert client_of(submitter).get(api).json()["keeping"] == {"quiet_periods": 1, "least_rank": None}
    look(entry, supervisor, "One.")
    look(entry, submitter, "Two.")
    second = supervisor_less(submitter)
    for name in ("entry_review", "entry_extend"):
        page = client_of(second).get(reverse(name, args=[entry.pk])).content.decode()
        assert "No hit in 3 periods: sergeant or above keeps it now" in page, name
        assert "sergeant or above" not in client_of(supervisor).get(reverse(name, args=[entry.pk])).content.decode()
    assert client_of(second).get(api).json()["keeping"] == {"quiet_periods": 3, "least_rank": "Sergeant"}
    told = client_of(second).post(
        reverse("api_entry_review", args=[entry.pk]), {"still_necessary": "Three.", "source_checked": "Log"},
        content_type="application/json",
    )  # fmt: skip
    assert (told.status_code, "sergeant or above" in told.json()["detail"]) == (403, True)
    term = entry.terms.get(until_at=None)

    def forged(decision: str) -> None:
        Review.objects.bulk_create([Review(
            entry=entry, version=term.version, reviewed_by=second, reviewed_at=timezone.now(), source_checked="x",
            hits_since_last=7, still_necessary="Three.", review_by=term.review_by, decision=decision,
        )])  # fmt: skip

    with pytest.raises(REFUSED_BY_DATABASE, match="a supervisor keeps an entry"), transaction.atomic():
        forged("renew")
    actions.count_hit(entry, by=JOB)
    forged("renew")  # a hit ends the quiet


def test_who_may_not_extend_does_not_learn_whether_there_is_something_to_extend(draft_entry, operator):
    with pytest.raises(Refused):
        actions.extend(
            draft_entry().entry, by=operator, expires_at=timezone.now() + DAY, no_conflict=True, still_necessary="x",
            source_checked="x",
        )  # fmt: skip


def supervisor_less(submitter):
    """Somebody who may review, who wrote nothing, and who decides nothing."""
    from tests.cast import person

    made = person("second_submitter", ["SUB"], submitter.rank)
    made.groups.add(*submitter.groups.filter(name="Northdale crime team"))
    return made


def test_a_hit_ends_the_quiet_and_is_told_to_the_next_review(approved_entry, submitter, supervisor):
    entry = approved_entry()
    look(entry, supervisor, "One.")
    actions.count_hit(entry, by=JOB)
    actions.count_hit(entry, by=JOB)
    actions.count_outcomes(entry, "no_trace", by=JOB)
    done = look(entry, submitter, "Two.")
    assert (done.hits_since_last, done.outcomes_since_last) == (2, {"no_trace": 1})
    actions.count_hit(entry, by=JOB)
    actions.count_outcomes(entry, "no_trace", by=JOB, times=2)
    since = since_last_review(entry)
    assert (since.hits, since.outcomes, since.quiet_periods) == (1, {"no_trace": 2}, 0)
    assert HitTally.objects.get(entry=entry).hits == 3


def test_extension_is_a_review_and_a_new_version_that_another_decides(approved_entry, submitter, supervisor, inspector):
    entry = approved_entry()
    term = entry.terms.get()
    later = term.expires_at + DAY
    facts = {"still_necessary": "Trial moved to May.", "source_checked": "Court list: May", "no_conflict": True}
    with pytest.raises(Unfit, match="no extension"):
        actions.extend(entry, by=submitter, expires_at=term.expires_at, **facts)
    version = actions.extend(entry, by=submitter, expires_at=later, **facts)
    assert (version.status, version.expires_at) == (EntryVersion.Status.SUBMITTED, later)
    assert entry.reviews.get().still_necessary == "Trial moved to May."
    assert entry.terms.get(until_at=None).expires_at == term.expires_at, "until somebody else has decided"
    with pytest.raises(Refused):
        approve(version, by=submitter)
    approve(version, by=inspector)
    assert entry.terms.get(until_at=None).expires_at == later


def test_extension_that_is_refused_leaves_no_review_behind(approved_entry, submitter):
    entry = approved_entry()
    with pytest.raises(Unfit):
        actions.extend(
            entry, by=submitter, expires_at=timezone.now() + 4000 * DAY, no_conflict=True, still_necessary="Long.",
            source_checked="Log",
        )  # fmt: skip
    assert not entry.reviews.exists()
    assert entry.versions.count() == 1


def test_strangers_colleagues_and_the_late_do_not_review(approved_entry, outsider, operator, supervisor):
    entry = approved_entry()
    with pytest.raises(Stranger):
        look(entry, outsider)
    with pytest.raises(Refused, match="role"):
        look(entry, operator)
    with time_machine.travel(entry.terms.get().expires_at, tick=False), pytest.raises(TooLate, match="expired"):
        look(entry, supervisor)


# --- The queue ----------------------------------------------------------------------------------------


def test_queue_shows_the_longest_overdue_first_and_leads_from_one_to_the_next(approved_entry, supervisor, client_of):
    now = timezone.now()
    entries = [
        approved_entry(vrm_entered=f"XY50 ZZ{letter}", review_by=now + days * DAY, expires_at=now + 20 * DAY)
        for letter, days in (("A", 3), ("B", 1), ("C", 2), ("D", 15))
    ]
    with time_machine.travel(now + 1.5 * DAY, tick=False):
        client = client_of(supervisor)
        page = client.get(reverse("review_queue")).content.decode()
        places = [page.index(reverse("entry_detail", args=[entries[n].pk])) for n in (1, 2, 0)]
        assert places == sorted(places)
        assert str(entries[3].pk) not in page, "not due yet"
        assert "Overdue, out of force" in page
        only = client.get(reverse("review_queue") + "?show=overdue").content.decode()
        assert str(entries[1].pk) in only
        assert str(entries[2].pk) not in only
        answers = {
            "source_system": "crime", "source_checked": "Open", "is_necessary": "yes", "is_accurate": "yes",
            "is_proportionate": "yes", "still_necessary": "Still out.", "decision": "renew",
        }  # fmt: skip
        first = reverse("entry_review", args=[entries[1].pk]) + "?queue=1"
        assert "1 of 3" in client.get(first).content.decode()
        done = client.post(first, answers)
        assert done.status_code == 302
        assert done.url == reverse("entry_review", args=[entries[2].pk]) + "?queue=1"
        last = client.post(reverse("entry_review", args=[entries[0].pk]) + "?queue=1", answers)
        assert last.url.startswith(reverse("review_queue"))
        told = client.get(reverse("api_review_queue")).json()["results"]
        assert [row["id"] for row in told] == [str(entries[2].pk)]


def test_queue_asks_the_same_number_of_queries_at_one_row_and_at_ten(approved_entry, supervisor, client_of):
    now = timezone.now()
    due = {"review_by": now + DAY, "expires_at": now + 20 * DAY}
    client = client_of(supervisor)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("review_queue")).status_code == 200
        return len(found)

    look(approved_entry(**due), supervisor, review_by=now + 2 * DAY)
    at_one = queries()
    for number in range(9):
        look(approved_entry(vrm_entered=f"AB01 CD{chr(65 + number)}", **due), supervisor, review_by=now + 2 * DAY)
    assert queries() == at_one


def test_review_page_loses_nothing_that_was_typed(approved_entry, supervisor, client_of):
    entry = approved_entry()
    page = client_of(supervisor).post(
        reverse("entry_review", args=[entry.pk]),
        {
            "source_system": "crime", "source_checked": "Closed on Monday", "is_necessary": "no", "is_accurate": "yes",
            "is_proportionate": "yes", "still_necessary": "Solved.", "decision": "renew",
        },
    ).content.decode()  # fmt: skip
    assert "After these answers: remove" in page
    assert "Closed on Monday" in page
    assert not Review.objects.exists()


def test_there_is_no_way_to_renew_many_at_once():
    """Every address that reviews or extends names one entry, and what it takes names no other."""
    from drf_spectacular.generators import SchemaGenerator

    renewing = ("review", "renew", "extend")
    schema = SchemaGenerator().get_schema(request=None, public=True)
    found = 0
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            if (
                method == "get"
                or not any(word in path + told["operationId"] for word in renewing)
                or "entr" not in path
            ):
                continue
            found += 1
            assert path.count("{") == 1, path
            body = told["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            for name, field in schema["components"]["schemas"][body]["properties"].items():
                assert field.get("type") != "array" or name == "markers", f"{path} takes many {name}"
    assert found == 2
    pages = [
        (pattern.name, str(pattern.pattern))
        for pattern in get_resolver().url_patterns
        for pattern in getattr(pattern, "url_patterns", [pattern])
        if any(word in (getattr(pattern, "name", "") or "") for word in ("entry_review", "entry_renew", "entry_extend"))
    ]
    assert pages
    assert all(address.count("<") == 1 for _, address in pages)


def test_queue_itself_changes_nothing(approved_entry, supervisor, client_of):
    entry = approved_entry()
    assert client_of(supervisor).post(reverse("review_queue"), {"entries": [str(entry.pk)]}).status_code == 405
    assert Entry.objects.get(pk=entry.pk).reviews.count() == 0
