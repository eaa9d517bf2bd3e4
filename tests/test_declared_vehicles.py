"""Nobody lists, decides or removes a vehicle connected with them; what they tried is reported though it was undone (R-032)."""

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.actions import plate_hash
from audit.models import Event
from audit.verbs import Verb
from hotlists import actions, policies
from hotlists.actions.conflicts import Conflicted
from hotlists.bulk.columns import COLUMNS
from hotlists.models import (
    Bulk,
    BulkRow,
    ConflictReport,
    DeclaredVehicle,
    Entry,
    EntryVersion,
    FeedException,
    Review,
    Suspension,
)
from hotlists.waiting import questions
from portal.database.roles import APP
from portal.errors import Refused, TooLate, Unfit
from tests.cast import GROUNDS, JOB, approve, entry_facts
from tests.feed_cast import *  # noqa: F403 - fixtures
from tests.feed_cast import plate, voi

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def declare():
    """declare(user, plate): a vehicle of theirs."""

    def made(by: User, vrm_entered: str = "AB01 CDE", **over) -> DeclaredVehicle:
        return actions.declare_vehicle(by=by, vrm_entered=vrm_entered, **{"connection": "own", **over})

    return made


def of_unit(user: User, unit: str) -> User:
    User.objects.filter(pk=user.pk).update(unit=unit)
    user.unit = unit
    return user


def test_what_is_declared_bars_its_declarer_and_the_attempt_is_reported(hotlist, submitter, declare, client_of):
    declare(submitter)
    facts = entry_facts()
    body = {**facts, "hotlist": hotlist.slug, "starts_at": facts["starts_at"].isoformat()}
    answer = client_of(submitter).post(
        reverse("api_entry_list"), body, content_type="application/json", headers={"Idempotency-Key": "one"}
    )
    assert answer.status_code == 403
    assert "Professional standards are told" in answer.json()["detail"]
    assert not Entry.objects.exists(), "what was tried is undone"
    report = ConflictReport.objects.get()
    assert (report.act, report.link, report.attempted_by, report.vrm) == ("write", "self", submitter, "AB01CDE")
    assert report.hotlist == hotlist
    event = Event.objects.get(verb=Verb.CONFLICT_REPORTED)
    assert event.plate_hash == plate_hash("GB", "AB01CDE")


@pytest.mark.django_db(transaction=True)
def test_report_outlives_the_transaction_that_it_undoes(hotlist, submitter, declare, client_of):
    declare(submitter)
    answer = client_of(submitter).post(
        reverse("entry_new", args=[hotlist.slug]),
        {"vrm_entered": "AB01 CDE", "country": "GB", "make": "Ford", "model": "Focus", "colour": "Blue"},
    )  # fmt: skip
    assert answer.status_code == 403
    assert ConflictReport.objects.count() == 1
    assert not Entry.objects.exists()


@pytest.mark.parametrize("typed", ["AB01CDE", "ab 01 cde", "AB-01-CDE", "ABO1 CDE", "AB0I CDE", "ＡＢ０１ＣＤＥ"])
@pytest.mark.parametrize("country", ["GB", "FR", "IE"])
def test_neither_spelling_spacing_nor_country_gets_round_it(draft_entry, submitter, declare, typed, country):
    declare(submitter, "AB01 CDE")
    with pytest.raises(Conflicted):
        draft_entry(vrm_entered=typed, country=country)


def test_other_plates_and_other_people_are_not_barred(draft_entry, declare, submitter, supervisor):
    declare(supervisor)
    draft_entry()
    draft_entry(vrm_entered="AB01 CDF", by=supervisor)


def test_draft_written_before_it_was_declared_is_not_submitted(draft_entry, submitter, supervisor, declare):
    draft = draft_entry()
    declare(submitter)
    with pytest.raises(Conflicted):
        actions.submit(draft, by=submitter)
    with pytest.raises(Conflicted):  # nor by somebody else in their place: a hand of theirs is in it
        actions.submit(draft, by=supervisor)


def test_changing_the_plate_away_and_back_is_refused_too(draft_entry, submitter, declare):
    draft = draft_entry(vrm_entered="XY50 ZZZ")
    declare(submitter)
    with pytest.raises(Conflicted):
        actions.edit_draft(draft, by=submitter, vrm_entered="AB01CDE")
    assert EntryVersion.objects.get(pk=draft.pk).vrm == "XY50ZZZ"


def test_colleague_of_the_same_unit_is_barred_and_another_unit_is_not(
    draft_entry, submitter, supervisor, declare, hotlist
):
    of_unit(submitter, "Burglary team")
    declare(of_unit(supervisor, "burglary team"))
    with pytest.raises(Conflicted) as refused:
        draft_entry()
    refused.value.aftermath()
    refused.value.aftermath()
    assert [one.link for one in ConflictReport.objects.all()] == ["colleague"]
    of_unit(submitter, "Traffic")
    draft_entry()


def test_decider_with_an_interest_does_not_decide(submitted_entry, supervisor, inspector, declare, client_of):
    version = submitted_entry()
    assert version in EntryVersion.objects.decidable_by(supervisor)
    declare(supervisor)
    assert version not in EntryVersion.objects.decidable_by(supervisor)
    fresh = User.objects.get(pk=supervisor.pk)
    fresh.sign_in = supervisor.sign_in
    may = policies.may_decide(fresh, version)
    assert not may
    assert "declared as connected with you" in may.reason
    page = client_of(supervisor).get(reverse("decision_queue") + "?show=others")
    assert "declared as connected with you" in page.content.decode()
    answer = client_of(supervisor).post(
        reverse("api_entry_decide", args=[version.entry_id]), {"verdict": "approve", **GROUNDS},
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 403
    report = ConflictReport.objects.get()
    assert (report.act, report.entry_id) == ("decide", version.entry_id)
    approve(version, by=inspector)


@pytest.mark.parametrize(
    ("act", "tried"),
    [
        (
            "review",
            lambda entry, by: actions.review(entry, by=by, still_necessary="Seen.", source_checked="Crime log."),
        ),
        ("narrow", lambda entry, by: actions.narrow(entry, by=by, reason="Less.", action="SILENT")),
        ("suspend", lambda entry, by: actions.suspend(entry, by=by, reason="Doubtful.")),
        ("suspend", lambda entry, by: actions.dispute(entry, by=by, reason="Doubtful.")),
        ("withdraw", lambda entry, by: actions.withdraw(entry, by=by, reason="recovered")),
        ("resume", lambda entry, by: actions.resume(entry, by=by, reason="Fine.")),
        ("write", lambda entry, by: actions.begin_version(entry, by=by)),
    ],
)
def test_nothing_is_done_to_an_entry_by_who_has_an_interest(approved_entry, inspector, declare, act, tried):
    entry = approved_entry()
    declare(inspector)
    with pytest.raises(Conflicted) as refused:
        tried(entry, inspector)
    assert refused.value.act == act
    assert not Suspension.objects.exists()
    assert Entry.objects.get(pk=entry.pk).withdrawn_at is None


def test_row_of_a_file_is_refused_and_reported(hotlist, submitter, declare):
    declare(submitter)
    row = dict.fromkeys(COLUMNS, "") | {"plate": "AB-O1 CDE"}
    content = f"{','.join(row)}\r\n{','.join(row.values())}\r\n".encode()
    bulk = actions.upload_entries(hotlist, by=submitter, content=content, file_name="mine.csv")
    (told,) = BulkRow.objects.filter(bulk=bulk)
    assert any("declared as connected" in words for _, words in told.problems)
    assert [one.act for one in ConflictReport.objects.all()] == ["upload"]


def test_drafts_of_a_file_that_was_checked_before_are_refused_and_reported(hotlist, submitter, declare):
    bulk = Bulk.objects.create(
        hotlist=hotlist, kind="upload", status="working", made_by=submitter, made_at=timezone.now(), file_name="a.csv",
        sha256="0" * 64, headings=["plate", "category"],
    )  # fmt: skip
    BulkRow.objects.create(bulk=bulk, number=2, written={"plate": "AB01 CDE", "category": "CRM"})
    declare(submitter)
    actions.write_drafts(bulk, by=JOB)
    assert not EntryVersion.objects.exists()
    assert [one.act for one in ConflictReport.objects.all()] == ["write"]


def test_search_is_done_and_reported(approved_entry, submitter, declare):
    approved_entry()
    declare(submitter)
    found = actions.search_plate("ABO1CDE", by=submitter, reason="To see whether it is listed.")
    assert found.entries == []
    actions.search_plate("AB01*", by=submitter, reason="To see what is listed.")
    assert [one.act for one in ConflictReport.objects.all()] == ["search", "search"]
    actions.search_plate("XY50ZZZ", by=submitter, reason="Another.")
    assert ConflictReport.objects.count() == 2


def test_emergency_for_ones_own_vehicle_is_refused(hotlist, operator, inspector, declare):
    declare(operator)
    with pytest.raises(Conflicted):
        actions.record_emergency(
            hotlist, by=operator, given_by=inspector, given_at=timezone.now(), words="Yes.", vrm_entered="AB01CDE",
            country="GB", category="CRM",
        )  # fmt: skip


def test_whose_vehicle_it_is_gives_no_emergency_authority_for_it(hotlist, operator, inspector, declare):
    declare(inspector)
    with pytest.raises(Unfit) as unfit:
        actions.record_emergency(
            hotlist, by=operator, given_by=inspector, given_at=timezone.now(), words="Yes.", vrm_entered="AB01CDE",
            country="GB", category="CRM",
        )  # fmt: skip
    assert "may not give emergency authority for this vehicle" in unfit.value.fields["given_by"][0]


def test_row_of_a_feed_is_not_held_back_by_who_has_an_interest(feed, loaded, manager, operator, declare):
    loaded([voi(1)])
    declare(operator, plate(1))
    declare(manager, plate(1))
    with pytest.raises(Conflicted) as refused:
        actions.suspend_row(feed, by=operator, country="GB", vrm=plate(1), reason="Sold.")
    assert refused.value.act == "feed"
    with pytest.raises(Conflicted):
        actions.record_recovery(
            feed, by=operator, country="GB", vrm=plate(1), occurred=timezone.now() - DAY, reference="RC/1"
        )
    assert not FeedException.objects.exists()


def test_quality_says_it_to_who_asks_and_to_nobody_else(draft_entry, submitter, supervisor, declare, client_of):
    draft = draft_entry()
    declare(submitter)
    page = client_of(submitter).get(reverse("entry_check", args=[draft.entry_id])).content.decode()
    assert "declared as connected with you" in page
    page = client_of(supervisor).get(reverse("entry_check", args=[draft.entry_id])).content.decode()
    assert "declared as connected with you" not in page


def test_withdrawn_it_bars_for_a_while_yet(draft_entry, submitter, supervisor, declare):
    declared = declare(submitter)
    with pytest.raises(Refused):
        actions.withdraw_declaration(declared, by=supervisor)
    actions.withdraw_declaration(declared, by=submitter)
    with pytest.raises(TooLate):
        actions.withdraw_declaration(declared, by=submitter)
    with pytest.raises(Conflicted):
        draft_entry()
    with time_machine.travel(timezone.now() + 366 * DAY):
        draft_entry()


def test_declaring_twice_is_late_and_nonsense_is_told_field_by_field(submitter, supervisor, declare):
    declare(submitter)
    with pytest.raises(TooLate):
        declare(submitter, "ab01cde")
    declare(supervisor)
    for over, field in (
        ({"vrm_entered": "?"}, "vrm_entered"), ({"country": "QQ"}, "country"), ({"connection": "cousin"}, "connection"),
    ):  # fmt: skip
        with pytest.raises(Unfit) as unfit:
            declare(submitter, **{"vrm_entered": "XY50ZZZ", **over})
        assert list(unfit.value.fields) == [field]


# --- Whatever goes round the actions -----------------------------------------------------------------------------------


def as_app(sql: str, params: list) -> None:
    """The statement as the application's own role sends it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {APP}")
        cursor.execute(sql, params)


def test_database_lists_nothing_of_who_declared_it(draft_entry, submitter, supervisor, declare):
    draft = draft_entry()
    declare(submitter)
    changes = {"status": "submitted", "submitted_at": timezone.now()}
    for by in (submitter, supervisor):
        with pytest.raises(IntegrityError, match="does not list it"), transaction.atomic():
            EntryVersion.objects.filter(pk=draft.pk).update(submitted_by=by, **changes)
    with pytest.raises(DatabaseError, match="does not list it"):
        as_app(
            "UPDATE hotlists_entryversion SET status = 'submitted', submitted_by_id = %s, submitted_at = now(),"
            " vrm_skeleton = 'X' WHERE id = %s",
            [submitter.pk, draft.pk],
        )


def test_database_lets_nobody_decide_or_review_their_own(approved_entry, submitted_entry, supervisor, declare):
    version = submitted_entry(vrm_entered="XY50 ZZZ")
    entry = approved_entry()
    decision = entry.versions.get().decisions.get()
    declare(supervisor)
    declare(supervisor, "XY50 ZZZ")
    decision.pk, decision.version, decision._state.adding = None, version, True
    decision.id = DeclaredVehicle().pk
    with pytest.raises(IntegrityError, match="does not decide"), transaction.atomic():
        decision.save(force_insert=True)
    now = timezone.now()
    with pytest.raises(IntegrityError, match="does not review"), transaction.atomic():
        Review.objects.create(
            entry=entry, version=entry.versions.get(), due_at=now, reviewed_by=supervisor, reviewed_at=now, decision="renew",
            is_necessary=True, is_accurate=True, is_proportionate=True, still_necessary="Seen again.", source_as_of=now,
            source_checked="Crime log, open.", review_by=now + DAY,
        )  # fmt: skip


def test_declaration_is_neither_altered_nor_deleted_nor_withdrawn_by_another(submitter, supervisor, declare):
    declared = declare(submitter)
    now = timezone.now()
    for change in ({"vrm": "XY50ZZZ", "vrm_skeleton": "XY50ZZZ"}, {"declared_by": supervisor}):
        with pytest.raises(DatabaseError), transaction.atomic():
            DeclaredVehicle.objects.filter(pk=declared.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        declared.delete()
    with pytest.raises(IntegrityError, match="withdrawn_by_its_declarer"), transaction.atomic():
        DeclaredVehicle.objects.filter(pk=declared.pk).update(
            withdrawn_by=supervisor, withdrawn_at=now, barred_until=now + DAY
        )
    with pytest.raises(IntegrityError, match="skeleton"), transaction.atomic():
        DeclaredVehicle.objects.create(
            vrm_entered="XY5O", vrm="XY5O", vrm_skeleton="XY5O", country="GB", connection="own", declared_by=submitter,
            declared_at=now,
        )  # fmt: skip
    with pytest.raises(DatabaseError):
        as_app("UPDATE hotlists_declaredvehicle SET vrm = 'A' WHERE id = %s", [declared.pk])


def test_report_is_never_altered(submitter, declare):
    report = actions.report_conflict("write", by=submitter, plate=("GB", "AB01CDE"), link="self")
    with pytest.raises(DatabaseError), transaction.atomic():
        ConflictReport.objects.filter(pk=report.pk).update(vrm="XY50ZZZ")
    with pytest.raises(DatabaseError), transaction.atomic():
        report.delete()


# --- Professional standards --------------------------------------------------------------------------------------------


@pytest.fixture
def report(submitter, hotlist) -> ConflictReport:
    """An attempt of the submitter's."""
    return actions.report_conflict("submit", by=submitter, plate=("GB", "AB01CDE"), link="self", hotlist=hotlist)


def test_professional_standards_are_told_at_home_and_answer_once(report, auditor, submitter, dpo):
    now = timezone.now()
    assert "waits for your answer" in " ".join(item.title for item in questions(auditor, now) if item.count)
    assert not [item for item in questions(dpo, now) if "conflict" in item.title]
    for stranger in (submitter, dpo):
        with pytest.raises(Refused):
            actions.answer_conflict(report, by=stranger, words="Fine.")
    with pytest.raises(Unfit):
        actions.answer_conflict(report, by=auditor, words=" ")
    actions.answer_conflict(report, by=auditor, words="Spoken to; nothing follows.")
    with pytest.raises(TooLate):
        actions.answer_conflict(report, by=auditor, words="Again.")
    assert not ConflictReport.objects.waiting().exists()
    assert Event.objects.filter(verb=Verb.CONFLICT_ANSWERED).count() == 1


def test_who_is_reported_does_not_answer_it(auditor):
    report = actions.report_conflict("search", by=auditor, plate=("GB", "AB01CDE"), link="self")
    with pytest.raises(Refused, match="about you"):
        actions.answer_conflict(report, by=auditor, words="Fine.")


def test_report_that_waits_too_long_is_marked_at_home(report, auditor):
    with time_machine.travel(timezone.now() + 4 * DAY):
        (item,) = [item for item in questions(auditor, timezone.now()) if "conflict" in item.title.lower()]
        assert item.tone == "stopped"


# --- Pages and API -----------------------------------------------------------------------------------------------------


def test_one_declares_and_withdraws_on_ones_own_page(client_of, submitter, supervisor, declare):
    declare(supervisor, "XY50 ZZZ")
    client = client_of(submitter)
    page = client.post(
        reverse("my_vehicles"), {"vrm_entered": "AB01 CDE", "country": "GB", "connection": "family"}, follow=True
    )
    assert "AB01 CDE" in page.content.decode()
    assert "XY50 ZZZ" not in page.content.decode()
    page = client.post(reverse("my_vehicles"), {"vrm_entered": "?", "country": "GB", "connection": "family"})
    assert "There is a problem" in page.content.decode()
    mine = DeclaredVehicle.objects.get(declared_by=submitter)
    theirs = DeclaredVehicle.objects.get(declared_by=supervisor)
    assert client.post(reverse("my_vehicle_withdraw", args=[theirs.pk])).status_code == 404
    client.post(reverse("my_vehicle_withdraw", args=[mine.pk]))
    assert DeclaredVehicle.objects.get(pk=mine.pk).withdrawn_at


def test_register_is_read_by_professional_standards_alone_and_reading_is_recorded(client_of, cast, declare):
    declare(cast["submitter"])
    for name, user in cast.items():
        answers = [client_of(user).get(reverse(page)) for page in ("declared_list", "conflict_list", "api_declared_register",
                                                                   "api_conflict_list")]  # fmt: skip
        expected = 200 if name == "auditor" else 403
        assert [answer.status_code for answer in answers] == [expected] * 4, name
    shown = Event.objects.filter(verb=Verb.DECLARED_SHOWN)
    assert shown.count() == 2
    assert str(cast["auditor"].pk) in {event.actor_id for event in shown}


def test_reports_are_answered_on_the_page_and_over_the_api(client_of, auditor, submitter, hotlist, report):
    client = client_of(auditor)
    assert "AB01 CDE" in client.get(reverse("conflict_list")).content.decode()
    assert "Submit an entry" in client.get(reverse("conflict_detail", args=[report.pk])).content.decode()
    page = client.post(reverse("conflict_detail", args=[report.pk]), {"words": ""})
    assert "There is a problem" in page.content.decode()
    client.post(reverse("conflict_detail", args=[report.pk]), {"words": "Spoken to."})
    assert report.answer.words == "Spoken to."
    other = actions.report_conflict("decide", by=submitter, plate=("GB", "AB01CDE"), link="self")
    answer = client.post(
        reverse("api_conflict_answer", args=[other.pk]), {"words": "Seen."}, content_type="application/json"
    )
    assert answer.json()["answer"]["words"] == "Seen."
    late = client.post(
        reverse("api_conflict_answer", args=[other.pk]), {"words": "Seen."}, content_type="application/json"
    )
    assert late.status_code == 409
    assert client_of(submitter).get(reverse("conflict_detail", args=[report.pk])).status_code == 403


def test_one_declares_over_the_api_once_a_key(client_of, submitter, supervisor):
    client = client_of(submitter)
    body = {"vrm_entered": "AB01 CDE", "country": "GB", "connection": "own"}
    for _ in range(2):
        answer = client.post(
            reverse("api_declared_list"), body, content_type="application/json", headers={"Idempotency-Key": "a"}
        )
        assert answer.status_code == 201
    assert DeclaredVehicle.objects.count() == 1
    assert client_of(supervisor).get(reverse("api_declared_list")).json()["results"] == []
    pk = answer.json()["id"]
    withdraw = reverse("api_declared_withdraw", args=[pk])
    assert client_of(supervisor).post(withdraw, content_type="application/json").status_code == 404
    assert client.post(withdraw, content_type="application/json").json()["withdrawn_at"]


@pytest.mark.parametrize(
    "page", ["declared_list", "conflict_list", "my_vehicles", "api_declared_register", "api_conflict_list"]
)
def test_lists_ask_as_often_for_ten_as_for_one(client_of, auditor, submitter, declare, page, django_assert_num_queries):

    counts = []
    for n in range(10):
        declare(submitter, f"AB01 ZZ{chr(65 + n)}")
        declare(auditor, f"XY50 ZZ{chr(65 + n)}")
        actions.report_conflict("write", by=submitter, plate=("GB", "AB01CDE"), link="self")
        if n in (0, 9):
            client = client_of(auditor)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(reverse(page)).status_code == 200
            counts.append(len(asked))
    assert counts[0] == counts[1]
