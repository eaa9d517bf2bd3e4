"""Warninglists: loaded by one person, brought into use by another, and what they do to who lists a plate."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from audit.models import Event
from audit.verbs import Verb
from hotlists import actions, quality, warnings
from hotlists.models import (
    Contribution,
    EntryVersion,
    WarninglistAnswer,
    WarninglistEdition,
    WarninglistItem,
    WarninglistUse,
)
from hotlists.models.warninglists import key_of, keys_of
from hotlists.warninglists.files import BadRow, File, Row
from oversight.demo.warninglists import add_warninglist
from portal.errors import Refused, Stranger, TooLate, Unfit
from tests.cast import approve, entry_facts, person
from tests.warninglist_cast import FLEET, SAYS

pytestmark = pytest.mark.django_db
WORDS = "On the warninglist Northdale fleet: An emergency vehicle. Fire engine of Northdale. Ring the fleet desk before you go on."


def warned(vrm: str, country: str = "GB") -> list[str]:
    return [one.words for one in warnings.of(vrm, country, timezone.now()) if one.edition]


def asks(version: EntryVersion) -> list[str]:
    found = quality.problems(EntryVersion.objects.get(pk=version.pk), at=timezone.now())
    return found.get("plate_confirmed_because", [])


# --- What is loaded ------------------------------------------------------------------------------------------------------


def test_edition_warns_only_from_when_a_second_person_accepts_it(loaded, asset_owner):
    edition = loaded()
    assert (edition.count, edition.patterns, edition.added, edition.removed, edition.bad_rows) == (3, 1, 3, 0, 0)
    assert warned("XY50ZZZ") == []
    actions.accept_edition(edition, by=asset_owner)
    assert warned("XY50ZZZ") == [WORDS]
    events = Event.objects.filter(subject_kind="hotlists.warninglistedition").order_by("pk")
    assert [(event.verb, event.count) for event in events] == [
        (Verb.WARNINGLIST_LOADED, 3), (Verb.WARNINGLIST_ACCEPTED, 3),
    ]  # fmt: skip


def test_country_is_part_of_what_is_warned_of_and_patterns_stand_for_many(in_use):
    in_use()
    assert warned("XY50ZZY") == []
    assert len(warned("XY50ZZY", "FR")) == 1
    assert len(warned("AB50AAA")) == 1
    assert warned("AC50AAA") == []


@pytest.mark.parametrize(
    ("pattern", "fits", "others"),
    [
        ("AB5*", ["AB50AAA", "AB5"], ["AA50AAA", "XAB5"]), ("*0ZZZ", ["XY50ZZZ", "0ZZZ"], ["XY50ZZY"]),
        ("A?50?ZZ", ["AB50XZZ"], ["AB50ZZ", "BA50XZZ"]), ("?B50*", ["XB50AAA"], ["XC50AAA", "B50AAA"]),
        ("*B50?", ["AB50X"], ["AB50", "AB50XX"]), ("AB*ZZ?", ["AB50ZZZ", "ABZZA"], ["AB50ZZ"]),
    ],
)  # fmt: skip
def test_pattern_warns_of_what_it_stands_for_and_of_nothing_else(in_use, pattern, fits, others):
    in_use(f"plate\n{pattern}\n".encode())
    assert [vrm for vrm in [*fits, *others] if warned(vrm)] == fits
    assert key_of(pattern) in keys_of(fits[0])


def test_check_is_one_query_with_one_list_and_with_three(in_use, manager, django_assert_num_queries):
    in_use()
    with django_assert_num_queries(1):
        warnings.of("XY50ZZZ", "GB", timezone.now())
    for name in ("Two", "Three"):
        more = actions.begin_warninglist(by=manager, name=name, kind="other", source="s", licence="l")
        in_use(of=more)
    with django_assert_num_queries(1):
        found = warnings.of("XY50ZZZ", "GB", timezone.now())
    assert [one.words.split(":")[0] for one in found if one.edition] == [
        "On the warninglist Northdale fleet", "On the warninglist Three", "On the warninglist Two",
    ]  # fmt: skip


def test_rows_that_cannot_be_read_are_left_out_told_and_kept_harmless(loaded, manager):
    content = (
        "\ufeffVRM;note;country\nXY50ZZZ;ok;GB\n;empty;GB\nXY50ZZY;;Atlantis\n=A?*;two known;GB\nXY 50 ZZZ;again;UK\n"
    )
    edition = loaded(content.encode())
    assert (edition.count, edition.bad_rows) == (1, 4)
    rows = actions.take_edition_problems(edition, by=manager)
    assert [(row[0], row[1]) for row in rows[1:]] == [("3", "plate"), ("4", "country"), ("5", "plate"), ("6", "plate")]
    assert rows[3][3] == "'=A?*"
    assert rows[4][2] == "Row 2 names this plate already."
    assert Event.objects.filter(verb=Verb.WARNINGLIST_PROBLEMS_TAKEN, count=4).exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The first line has to name the columns"), (b"number,note\n1,2\n", "The first line has to name"),
        (b"plate,vrm\nXY50ZZZ,XY50ZZY\n", "A column is there twice"), (b"plate\n", "headings and no rows"),
        (b"plate\n;;\n!!\n", "names no plate that can be read"), (b"plate\nXY50ZZZ\xff\n", "no text in UTF-8"),
        (b"plate\nXY50\x00ZZZ\n", "no text in UTF-8"),
        (b'plate,note\nXY50ZZZ,"%s"\n' % (b"x\n" * 70_000), "hardly the right file"), (b"plate\n" + b"A" * 70_000, "too long"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_plates_is_refused_whole(loaded, content, words):
    with pytest.raises(Unfit) as refusal:
        loaded(content)
    assert words in refusal.value.fields["file"][0]
    assert not WarninglistEdition.objects.exists()


def test_file_in_any_chunks_reads_alike(warninglist, manager):
    chunks = [FLEET[n : n + 1] for n in range(len(FLEET))]
    edition = actions.load_warninglist(warninglist, by=manager, chunks=chunks, file_name="f.csv", **SAYS)
    assert edition.count == 3
    assert edition.items.get(plate="XY50ZZZ").note == "Fire engine of Northdale"


def test_next_edition_says_what_it_adds_removes_and_changes(in_use, loaded, asset_owner):
    in_use()
    edition = loaded(b"plate,note\nXY50ZZZ,Ladder\nXY50ZZX,\n")
    assert (edition.added, edition.removed, edition.changed) == (1, 2, 1)
    shown = actions.open_edition(edition, by=asset_owner)
    assert [row[1] for row in shown["added"]] == ["XY50ZZX"]
    assert [row[:2] for row in shown["removed"]] == [("FR", "XY50ZZY"), ("GB", "AB50*")]
    assert Event.objects.filter(verb=Verb.WARNINGLIST_OPENED).exists()


# --- Who does what -------------------------------------------------------------------------------------------------------


def test_whoever_loaded_an_edition_neither_accepts_nor_brings_it_back(loaded, in_use, manager, asset_owner):
    first = in_use()
    second = loaded(b"plate\nXY50ZZX\n")
    with pytest.raises(Refused, match="You loaded this edition"):
        actions.accept_edition(second, by=manager)
    actions.accept_edition(second, by=asset_owner)
    with pytest.raises(Refused, match="You loaded this edition"):
        actions.bring_back_edition(first, by=manager, reason="Wrong file")


def test_people_without_the_role_keep_and_accept_nothing(loaded, submitter, operator):
    edition = loaded()
    with pytest.raises(Refused):
        actions.begin_warninglist(by=submitter, name="N", kind="other", source="s", licence="l")
    with pytest.raises(Refused):
        actions.accept_edition(edition, by=operator)
    with pytest.raises(Refused):
        actions.open_edition(edition, by=submitter)
    with pytest.raises(Refused):
        actions.retire_warninglist(edition.warninglist, by=submitter, reason="No")


def test_one_edition_waits_at_a_time_and_what_was_decided_is_late(loaded, in_use, asset_owner):
    edition = loaded()
    with pytest.raises(TooLate, match="waits already"):
        loaded()
    actions.accept_edition(edition, by=asset_owner)
    with pytest.raises(TooLate, match="accepted already"):
        actions.accept_edition(edition, by=asset_owner)
    with pytest.raises(TooLate, match="accepted already"):
        actions.discard_edition(edition, by=asset_owner)


def test_discarding_deletes_the_plates(loaded, asset_owner):
    edition = actions.discard_edition(loaded(), by=asset_owner)
    assert not edition.items.exists()
    with pytest.raises(TooLate, match="was discarded"):
        actions.accept_edition(edition, by=asset_owner)


def test_edition_before_comes_back_with_a_reason_and_the_later_one_rests(in_use, asset_owner):
    first = in_use()
    second = in_use(b"plate\nXY50ZZX\n")
    first.refresh_from_db()
    assert first.idle_since is not None
    assert warned("XY50ZZZ") == []
    with pytest.raises(Unfit):
        actions.bring_back_edition(first, by=asset_owner, reason=" ")
    actions.bring_back_edition(first, by=asset_owner, reason="The new file lacked the engines.")
    assert warned("XY50ZZZ") == [WORDS]
    assert warned("XY50ZZX") == []
    second.refresh_from_db()
    assert second.idle_since is not None
    with pytest.raises(TooLate, match="in use already"):
        actions.bring_back_edition(first, by=asset_owner, reason="Again")
    assert WarninglistUse.objects.filter(to_at=None).count() == 1


def test_edition_compared_with_what_is_no_longer_in_use_is_not_accepted(in_use, loaded, superintendent, asset_owner):
    first = in_use()
    in_use(b"plate\nXY50ZZX\n")
    third = loaded(b"plate\nXY50ZZW\n")
    actions.bring_back_edition(first, by=superintendent, reason="The second was wrong.")
    with pytest.raises(TooLate, match="Another edition came into use"):
        actions.accept_edition(third, by=asset_owner)


def test_retired_list_warns_of_nothing_and_takes_nothing(in_use, loaded, manager, asset_owner):
    edition = in_use()
    loaded(b"plate\nXY50ZZX\n")
    actions.retire_warninglist(edition.warninglist, by=manager, reason="Replaced by the national one.")
    assert warned("XY50ZZZ") == []
    assert not WarninglistEdition.objects.waiting().exists()
    with pytest.raises(TooLate, match="retired"):
        loaded(b"plate\nXY50ZZX\n")
    with pytest.raises(TooLate, match="retired"):
        actions.bring_back_edition(edition, by=asset_owner, reason="Undo")


def test_checking_a_plate_is_recorded(in_use, submitter, administrator):
    in_use()
    plate, found = actions.check_plate("xy50 zzz", "GB", by=submitter)
    assert plate == ("GB", "XY50ZZZ")
    assert WORDS in [one.words for one in found]
    event = Event.objects.newest_first().first()
    assert (event.verb, event.count) == (Verb.PLATE_CHECKED, 2)
    assert event.plate_hash
    with pytest.raises(Refused):
        actions.check_plate("XY50ZZZ", "GB", by=administrator)
    with pytest.raises(Unfit):
        actions.check_plate("!!", "GB", by=submitter)


# --- What an author answers ----------------------------------------------------------------------------------------------


def test_answer_for_one_plate_does_not_pass_for_another(draft_entry, submitter):
    version = draft_entry(vrm_entered="AB01 CDE")
    assert asks(version) == []
    actions.edit_draft(version, by=submitter, vrm_entered="101D234")
    assert "written before this warning, or for another plate" in asks(version)[0]


def test_answer_to_old_warnings_does_not_pass_for_a_new_one(draft_entry, in_use, submitter):
    version = draft_entry(vrm_entered="XY50 ZZZ")
    in_use()
    (ask,) = asks(version)
    assert ask.startswith(WORDS)
    assert "never issued" not in ask
    with pytest.raises(Unfit):
        actions.submit(version, by=submitter)
    version = actions.edit_draft(version, by=submitter, plate_confirmed_because="The fleet desk says it was stolen.")
    assert actions.submit(version, by=submitter).plate_warnings[-1] == WORDS


def test_the_same_words_answer_a_new_warning_only_when_it_was_shown(draft_entry, in_use, submitter):
    version = draft_entry(vrm_entered="XY50 ZZZ")
    in_use()
    same = {"plate_confirmed_because": version.plate_confirmed_because}
    actions.edit_draft(version, by=submitter, **same)
    assert asks(version)
    found = warnings.of("XY50ZZZ", "GB", timezone.now())
    actions.edit_draft(version, by=submitter, answered=[found[0].fingerprint(("GB", "XY50ZZZ"))], **same)
    assert asks(version)
    actions.edit_draft(version, by=submitter, answered=[one.fingerprint(("GB", "XY50ZZZ")) for one in found], **same)
    assert asks(version) == []


def test_words_that_were_written_before_a_warning_was_shown_do_not_answer_it(hotlist, in_use, submitter):
    in_use()
    version = actions.begin_entry(hotlist, by=submitter, answered=[], **entry_facts(vrm_entered="XY50 ZZZ"))
    assert asks(version)


def test_extension_asks_anew_when_warnings_differ_and_not_when_they_do_not(
    approved_entry, in_use, submitter, supervisor, inspector
):
    entry = approved_entry(vrm_entered="XY50 ZZZ")
    asked = {"no_conflict": True, "source_checked": "Crime system: still open."}
    later = timezone.now() + dt.timedelta(days=40)
    version = actions.extend(entry, by=submitter, expires_at=later, still_necessary="Not found yet.", **asked)
    approve(version, by=supervisor)
    in_use()
    with pytest.raises(Unfit) as refusal:
        actions.extend(
            entry, by=inspector, expires_at=later + dt.timedelta(days=5), still_necessary="Seen last week.", **asked
        )
    assert WORDS in refusal.value.fields["plate_confirmed_because"][0]


def test_asking_again_keeps_the_answer_to_what_was_answered_and_to_nothing_else(approved_entry, in_use, supervisor):
    entry = approved_entry(vrm_entered="XY50 ZZZ")
    actions.withdraw(entry, by=supervisor, reason="unjustified", words="No ground was left for it.")
    assert asks(actions.ask_again(entry, by=supervisor)) == []
    in_use()
    assert WORDS in asks(actions.ask_again(entry, by=supervisor))[0]


def test_new_edition_that_says_the_same_of_a_plate_asks_nobody_again(draft_entry, in_use):
    in_use()
    version = draft_entry(vrm_entered="XY50 ZZZ")
    in_use(FLEET + b"XY50ZZX,GB,\n")
    assert asks(version) == []


# --- What a list refuses -------------------------------------------------------------------------------------------------


@pytest.fixture
def refused(in_use, draft_entry) -> EntryVersion:
    """A draft whose plate a warninglist refuses."""
    in_use(effect="refuse")
    return draft_entry(vrm_entered="XY50 ZZZ")


def test_refused_plate_is_submitted_only_when_somebody_of_rank_answered(refused, superintendent, inspector, submitter):
    with pytest.raises(Unfit) as refusal:
        actions.submit(refused, by=submitter)
    assert "superintendent or above" in refusal.value.fields["vrm_entered"][0]
    fleet = WarninglistEdition.objects.get().warninglist
    with pytest.raises(Refused, match="superintendent or above"):
        actions.answer_refusal(refused, fleet, by=inspector, words="It was stolen.")
    actions.answer_refusal(refused, fleet, by=superintendent, words="The engine was stolen from its station.")
    with pytest.raises(TooLate, match="answered already"):
        actions.answer_refusal(refused, fleet, by=superintendent, words="Twice.")
    assert actions.submit(refused, by=submitter).status == EntryVersion.Status.SUBMITTED
    assert Event.objects.filter(verb=Verb.REFUSAL_ANSWERED).exists()


@pytest.mark.parametrize(
    ("content", "good", "bad"),
    [
        (b"plate\rQA01ZZZ\rQB01ZZZ\r", ["QA01ZZZ", "QB01ZZZ"], []),
        (b"plate,note\r\nQA01ZZZ,x\r\n\r\nQB01ZZZ,y", ["QA01ZZZ", "QB01ZZZ"], []),
        (b'plate,note\nQA01ZZZ,"fire engine\nQB01ZZZ,x\nQC01ZZZ,"y"\n', ["QB01ZZZ", "QC01ZZZ"], [2]),
        (b'plate\n"QA01ZZZ\nQB01ZZZ\n=cmd()\nQ\xe2\x80\xa8A01\n', ["QB01ZZZ"], [2, 4, 5]),
    ],
)
def test_a_row_is_a_line_and_none_is_swallowed_by_another(content, good, bad):
    for size in (1, 7, len(content)):
        chunks = [content[n : n + size] for n in range(0, len(content), size)]
        rows = list(File(chunks, least_known=3).rows())
        assert [row.plate for row in rows if isinstance(row, Row)] == good
        assert [row.number for row in rows if isinstance(row, BadRow)] == bad


def test_heading_that_is_none_is_refused_in_words():
    for content in (b'"plate\nQA01ZZZ\n', b"p" * 140_000 + b"\nQA01ZZZ\n", b""):
        with pytest.raises(Unfit):
            list(File([content], least_known=3).rows())


def test_who_let_a_plate_through_has_no_hand_in_the_entry_afterwards(refused, superintendent, submitter):
    fleet = WarninglistEdition.objects.get().warninglist
    actions.answer_refusal(refused, fleet, by=superintendent, words="The engine was stolen from its station.")
    with pytest.raises(Refused, match="somebody else writes"):
        actions.edit_draft(refused, by=superintendent, contact_24h="Mine, 01632 960003")
    with pytest.raises(Refused, match="somebody else writes"):
        actions.submit(refused, by=superintendent)
    Contribution.objects.create(version=refused, user=superintendent, contributed_at=timezone.now())
    with pytest.raises(IntegrityError, match="nobody of rank has answered"), transaction.atomic():
        EntryVersion.objects.filter(pk=refused.pk).update(
            status="submitted", submitted_by=submitter, submitted_at=timezone.now()
        )


def test_nobody_lets_the_plate_of_their_own_vehicle_through(refused, superintendent):
    actions.declare_vehicle(by=superintendent, vrm_entered="XY50ZZZ", connection="own")
    with pytest.raises(Refused, match="declared as connected with you"):
        actions.answer_refusal(
            refused, WarninglistEdition.objects.get().warninglist, by=superintendent, words="It is my own car."
        )


def test_whoever_wrote_an_entry_does_not_answer_for_its_plate(in_use, draft_entry, superintendent, outsider):
    edition = in_use(effect="refuse")
    mine = draft_entry(by=superintendent, vrm_entered="XY50 ZZZ")
    with pytest.raises(Refused, match="somebody else"):
        actions.answer_refusal(mine, edition.warninglist, by=superintendent, words="Mine.")
    with pytest.raises(Stranger):
        actions.answer_refusal(mine, edition.warninglist, by=outsider, words="Mine.")


def test_answer_for_one_plate_lets_no_other_through(refused, superintendent, submitter):
    fleet = WarninglistEdition.objects.get().warninglist
    actions.answer_refusal(refused, fleet, by=superintendent, words="The engine was stolen from its station.")
    version = actions.edit_draft(refused, by=submitter, vrm_entered="AB50 AAA", plate_confirmed_because="Seen there.")
    with pytest.raises(Unfit) as refusal:
        actions.submit(version, by=submitter)
    assert "cannot be listed" in refusal.value.fields["vrm_entered"][0]


# --- What the database holds ---------------------------------------------------------------------------------------------


def test_database_refuses_to_submit_what_a_warninglist_refuses(refused, submitter):
    EntryVersion.objects.filter(pk=refused.pk).update(plate_warnings=["answered"])
    with pytest.raises(IntegrityError, match="nobody of rank has answered"), transaction.atomic():
        EntryVersion.objects.filter(pk=refused.pk).update(
            status="submitted", submitted_by=submitter, submitted_at=timezone.now()
        )


def test_database_refuses_the_loaders_own_yes_and_one_without_a_session(loaded, manager, asset_owner):
    edition = loaded()
    now = timezone.now()
    rows = WarninglistEdition.objects.filter(pk=edition.pk)
    with pytest.raises(IntegrityError, match="accepted_by_another"), transaction.atomic():
        rows.update(accepted_by=manager, accepted_at=now, sign_in=manager.sign_in)
    with pytest.raises(IntegrityError, match="open session"), transaction.atomic():
        rows.update(accepted_by=asset_owner, accepted_at=now, sign_in=manager.sign_in)


def test_database_keeps_an_edition_and_its_plates_as_they_were_accepted(in_use):
    edition = in_use()
    for change in ({"effect": "refuse"}, {"count": 9}, {"accepted_at": timezone.now()}):
        with pytest.raises(DatabaseError), transaction.atomic():
            WarninglistEdition.objects.filter(pk=edition.pk).update(**change)
    for go_round in (
        lambda: WarninglistItem.objects.filter(edition=edition).update(note="x"),
        lambda: WarninglistItem.objects.filter(edition=edition).delete(),
        lambda: WarninglistItem.objects.create(edition=edition, country="GB", plate="XY50AAA", key="XY50AAA"),
        lambda: WarninglistEdition.objects.filter(pk=edition.pk).delete(),
        lambda: WarninglistUse.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            go_round()


def test_database_accepts_no_edition_whose_plates_are_not_those_that_were_loaded(loaded, asset_owner):
    edition = loaded()
    WarninglistItem.objects.filter(edition=edition, plate="XY50ZZZ").delete()
    with pytest.raises(IntegrityError, match="plates that were loaded"), transaction.atomic():
        actions.accept_edition(edition, by=asset_owner)


def test_database_brings_no_unaccepted_edition_into_use(loaded, manager):
    edition = loaded()
    with pytest.raises(IntegrityError, match="in use comes an accepted edition"), transaction.atomic():
        WarninglistUse.objects.create(
            warninglist=edition.warninglist, edition=edition, from_at=timezone.now(), from_by=manager
        )


def test_database_takes_no_answer_of_lesser_rank_or_of_an_author(refused, inspector, submitter):
    fleet = WarninglistEdition.objects.get().warninglist
    for who in (inspector, submitter):
        with pytest.raises(IntegrityError), transaction.atomic():
            WarninglistAnswer.objects.create(
                entry=refused.entry, version=refused, warninglist=fleet, country="GB", vrm="XY50ZZZ", warning="w", words="w",
                given_by=who, given_at=timezone.now(), rank=who.rank, sign_in=who.sign_in,
            )  # fmt: skip


def test_check_finds_its_plates_by_the_index_among_many(warninglist, manager, asset_owner):
    lines = b"plate\n" + b"".join(
        b"AA50%c%c%c\n" % (a, b, c) for a in range(65, 91) for b in range(65, 91) for c in range(65, 81)
    )
    edition = actions.load_warninglist(warninglist, by=manager, chunks=[lines], file_name="f.csv", **SAYS)
    actions.accept_edition(edition, by=asset_owner)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = WarninglistItem.objects.in_use(timezone.now()).fitting("AA50ABC", "GB").explain()
    assert "Seq Scan on hotlists_warninglistitem " not in plan, plan
    assert len(warned("AA50ABC")) == 1


def test_demonstrations_warninglist_is_in_use_and_its_next_edition_waits(manager):
    add_warninglist({"manager.dunn": manager, "manager.pike": person("pike", ["MGR"])})
    assert "Pumping engine 1" in warnings.of("YY50FRA", "GB", timezone.now())[-1].words
    waiting = WarninglistEdition.objects.waiting().get()
    assert (waiting.added, waiting.removed, waiting.bad_rows) == (2, 1, 1)
