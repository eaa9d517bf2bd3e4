"""Many entries at once become drafts, one by one, and never more than drafts; beyond a day's number the manager releases."""

import csv
import datetime as dt
import io
import re
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import SystemJob
from audit.actions import plate_hash
from audit.models import Event
from hotlists import actions
from hotlists.bulk.columns import COLUMNS
from hotlists.models import Bulk, Entry, EntryVersion, Release
from portal.errors import Refused, Stranger, TooLate, Unfit
from standards import actions as standards
from standards.models import Number, StandardsProfile
from tests.cast import entry_facts, person
from tests.feed_cast import plate

pytestmark = pytest.mark.django_db

JOB = SystemJob("bulk drafts")


def row(number: int, **over) -> dict[str, str]:
    """What an author types for one vehicle: the facts of the standard entry, in the file's words."""
    facts = entry_facts()
    made = {
        "plate": plate(number),
        "country": "GB",
        "contact": facts["contact_24h"],
        "no_conflict": "yes",
        "protected_activity": "no",
    }
    for name in ("make", "model", "colour", "category", "purpose", "basis", "subject", "action", "priority", "source_system",
                 "source_ref", "action_text"):  # fmt: skip
        made[name] = facts[name]
    made["reason"] = (
        f"Getaway vehicle of the shop burglary number {number} in Northdale on Monday; its plate is on the CCTV."
    )
    return made | _answers() | over


def _answers() -> dict[str, str]:
    """What is asked of the tests' plates, which were never issued."""
    facts = entry_facts()
    kept = ("plate_confirmed_because", "attributes_source", "force", "area", "intel_date", "crime_ref")
    return {name: str(facts[name]) for name in kept if facts.get(name)}


def file_of(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(dict.fromkeys(name for one in rows for name in one)))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@pytest.fixture
def uploaded(hotlist, submitter):
    """uploaded([row, …]): a checked file."""

    def make(rows, **over) -> Bulk:
        content = rows if isinstance(rows, bytes) else file_of(rows)
        return actions.upload_entries(hotlist, by=submitter, content=content, file_name="burglaries.csv", **over)

    return make


@pytest.fixture
def daily(superintendent, asset_owner):
    """daily(2): an edition under which one author submits so many a day."""

    def make(number: int) -> None:
        now = timezone.now()
        made = standards.propose_profile(
            StandardsProfile.objects.in_force(now), by=superintendent, name=f"{number} a day", source="Circular 3",
            effective_from=now, numbers={"entry.daily": number},
        )  # fmt: skip
        standards.adopt_profile(made, by=asset_owner)

    return make


def problems_of(bulk: Bulk) -> dict[int, list]:
    return {row.number: [column for column, _ in row.problems] for row in bulk.rows.all() if row.problems}


def test_good_rows_become_drafts_of_their_author_and_nothing_is_submitted(uploaded, submitter):
    bulk = uploaded([row(1), row(2), row(3, plate="€€€€€")])
    assert problems_of(bulk) == {4: ["plate"]}
    assert not Entry.objects.exists(), "checking writes nothing"
    actions.start_drafts(bulk, by=submitter)
    actions.write_drafts(bulk, by=JOB)
    bulk.refresh_from_db()
    assert bulk.status == "done"
    drafts = EntryVersion.objects.all()
    assert {draft.status for draft in drafts} == {"draft"}
    assert {(draft.vrm, draft.written_by_id) for draft in drafts} == {
        (plate(1), submitter.pk),
        (plate(2), submitter.pk),
    }
    assert all(one.written == {} for one in bulk.rows.all()), "what was typed goes once it is a draft"
    assert Event.objects.filter(verb="entries.drafted", count=2).count() == 1
    assert Event.objects.filter(verb="entry.drafted", plate_hash=plate_hash("GB", plate(1))).exists()
    actions.submit(drafts.first(), by=submitter)


def test_drafts_are_written_once_however_often_it_is_tried(uploaded, submitter):
    bulk = uploaded([row(1), row(2)])
    actions.start_drafts(bulk, by=submitter)
    actions.write_drafts(bulk, by=JOB)
    assert actions.write_drafts(bulk, by=JOB) is None
    assert EntryVersion.objects.count() == 2
    with pytest.raises(TooLate):
        actions.start_drafts(bulk, by=submitter)


@pytest.mark.parametrize(
    ("over", "columns"),
    [
        ({"country": "Atlantis"}, ["country"]),
        ({"priority": "URGENT"}, ["priority"]),
        ({"expires_at": "the thirty-first"}, ["expires_at"]),
        ({"no_conflict": "perhaps"}, ["no_conflict"]),
        ({"reason": "Of interest"}, ["reason"]),
        ({"category": "INS"}, ["category"]),
        ({"no_conflict": "no"}, ["no_conflict"]),
        ({"make": "F" * 51}, ["make"]),
    ],
)
def test_each_fault_is_told_by_row_and_column_in_words(uploaded, over, columns):
    assert problems_of(uploaded([row(1), row(2, **over)])) == {3: columns}


def test_same_vehicle_twice_in_a_file_is_a_fault_of_the_second(uploaded):
    bulk = uploaded([row(1), row(2, plate=plate(1).lower())])
    assert bulk.rows.get(number=3).problems == [["plate", "Row 2 of this file names the same vehicle."]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"plate,category,reason\r\n", "no rows"),
        (b"plate,category\r\nAB01CDE,CRM\r\n", "missing: reason"),
        (b"plate,category,reason,colour of sky\r\nAB01CDE,CRM,x,y\r\n", "Not a column"),
        (b"plate,plate,category,reason\r\nAB01CDE,AB01CDE,CRM,x\r\n", "twice"),
        (b"plate,category,reason\r\n" + b"AB01CDE,CRM,x\r\n" * 501, "At most 500 rows"),
        (b"\x00\xff\xfe", "no text"),
    ],
)
def test_file_that_is_none_is_refused_in_words(uploaded, content, words):
    with pytest.raises(Unfit) as refusal:
        uploaded(content)
    assert re.search(words, refusal.value.fields["file"][0])


def test_headings_and_dates_are_read_as_people_write_them(uploaded, submitter):
    text = file_of([row(1)]).decode().replace("source_ref", "Source Ref").replace(",", ";")
    bulk = uploaded(("\ufeff" + text).encode())
    assert problems_of(bulk) == {} or "reason" in str(problems_of(bulk)), problems_of(bulk)


def test_problems_are_downloaded_as_the_file_with_a_column_more(uploaded, submitter, client_of):
    bulk = uploaded([row(1), row(2, priority="URGENT", make="=1+1")])
    answer = client_of(submitter).get(reverse("bulk_problems", args=[bulk.pk]))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert rows[0]["problems"] == ""
    assert rows[1]["problems"].startswith("priority: Write one of")
    assert rows[1]["make"] == "'=1+1", "a spreadsheet runs no formula of ours"
    assert Event.objects.filter(verb="entries.problems_taken").exists()


def test_undo_deletes_the_drafts_that_nobody_touched(uploaded, submitter, supervisor):
    bulk = uploaded([row(1), row(2), row(3)])
    actions.start_drafts(bulk, by=submitter)
    actions.write_drafts(bulk, by=JOB)
    first, second, third = EntryVersion.objects.order_by("vrm")
    actions.submit(first, by=submitter)
    actions.edit_draft(second, by=supervisor, colour="Green")
    actions.undo_bulk(bulk, by=submitter)
    assert set(EntryVersion.objects.values_list("pk", flat=True)) == {first.pk, second.pk}
    assert not Entry.objects.filter(pk=third.entry_id).exists()
    assert Event.objects.filter(verb="entries.undone", count=1).exists()
    with pytest.raises(TooLate):
        actions.undo_bulk(bulk, by=submitter)


def test_others_neither_see_nor_go_on_with_it(uploaded, submitter, supervisor, outsider, manager, hotlist, client_of):
    bulk = uploaded([row(1)])
    with pytest.raises(Refused, match="Somebody else began"):
        actions.start_drafts(bulk, by=supervisor)
    with pytest.raises(Stranger):
        actions.upload_entries(hotlist, by=outsider, content=file_of([row(1)]), file_name="x.csv")
    assert client_of(supervisor).get(reverse("bulk_detail", args=[bulk.pk])).status_code == 404
    assert client_of(outsider).get(reverse("entries_upload", args=[hotlist.slug])).status_code == 404
    actions.discard_bulk(bulk, by=submitter)
    assert all(one.written == {} for one in bulk.rows.all())
    with pytest.raises(TooLate):
        actions.start_drafts(bulk, by=submitter)


# --- One change of several entries ------------------------------------------------------------------------


def test_one_change_becomes_a_draft_of_each_entry_and_what_is_in_force_stays(
    approved_entry, submitted_entry, hotlist, submitter
):
    first, second = approved_entry(vrm_entered=plate(1)), approved_entry(vrm_entered=plate(2))
    waiting = submitted_entry(vrm_entered=plate(3)).entry
    bulk = actions.choose_entries(hotlist, by=submitter, add=[first.pk, waiting.pk])
    bulk = actions.choose_entries(hotlist, by=submitter, add=[second.pk])  # chosen on another page
    actions.plan_change(bulk, by=submitter, changes={"contact_24h": "Night desk, 01632 960009", "area": ""})
    assert [row.problems != [] for row in bulk.rows.order_by("number")].count(True) == 1
    actions.start_drafts(bulk, by=submitter)
    actions.write_drafts(bulk, by=JOB)
    for entry in (first, second):
        latest = entry.versions.latest("number")
        assert (latest.status, latest.contact_24h) == ("draft", "Night desk, 01632 960009")
        assert Entry.objects.in_force(timezone.now()).filter(pk=entry.pk).exists()
    assert waiting.versions.count() == 1
    actions.undo_bulk(bulk, by=submitter)
    assert first.versions.count() == 1
    assert Entry.objects.filter(pk=first.pk).exists()


def test_change_beyond_the_caps_is_told_before_anything_is_written(approved_entry, hotlist, submitter):
    entry = approved_entry()
    bulk = actions.choose_entries(hotlist, by=submitter, add=[entry.pk])
    late = timezone.now() + dt.timedelta(days=200)
    actions.plan_change(bulk, by=submitter, changes={"expires_at": late})
    assert [column for column, _ in bulk.rows.get().problems] == ["expires_at"]
    with pytest.raises(Unfit, match="Every row"):
        actions.start_drafts(bulk, by=submitter)
    with pytest.raises(Unfit):
        actions.plan_change(bulk, by=submitter, changes={})
    with pytest.raises(Unfit):
        actions.plan_change(bulk, by=submitter, changes={"category": "WNT"})


def test_author_deletes_a_draft_and_nobody_else_does_nor_a_submitted_one(
    draft_entry, submitter, supervisor, submitted_entry
):
    version = draft_entry()
    with pytest.raises(Refused, match="author"):
        actions.discard_draft(version, by=supervisor)
    actions.discard_draft(version, by=submitter)
    assert not Entry.objects.exists()
    with pytest.raises(TooLate):
        actions.discard_draft(submitted_entry(), by=submitter)


# --- The daily number (R-030) ------------------------------------------------------------------------------


def test_beyond_the_daily_number_only_what_the_manager_released_is_submitted(
    daily, draft_entry, submitted_entry, submitter, manager
):
    daily(1)
    submitted_entry(vrm_entered=plate(1))
    second, third = draft_entry(vrm_entered=plate(2)), draft_entry(vrm_entered=plate(3))
    with pytest.raises(Unfit, match="as many as one person may"):
        actions.submit(second, by=submitter)
    with pytest.raises(Refused):
        actions.answer_releases(
            actions.ask_release([second, third], by=submitter, reason="Forty burglaries."),
            by=submitter,
            answer="released",
        )
    actions.answer_releases(Release.objects.filter(version=second), by=manager, answer="released")
    actions.answer_releases(Release.objects.filter(version=third), by=manager, answer="refused", words="Tomorrow.")
    actions.submit(second, by=submitter)
    with pytest.raises(Unfit, match="as many as one person may"):
        actions.submit(third, by=submitter)
    with pytest.raises(TooLate):
        actions.answer_releases(Release.objects.filter(version=third), by=manager, answer="released")
    assert Event.objects.filter(verb="release.asked", count=2).exists()


def test_manager_does_not_release_their_own_and_the_database_holds_it(daily, hotlist, manager, submitter):
    daily(0)
    mine = actions.begin_entry(hotlist, by=manager, **entry_facts())
    [release] = actions.ask_release([mine], by=manager, reason="Mine.")
    with pytest.raises(Refused, match="somebody else"):
        actions.answer_releases([release], by=manager, answer="released")
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(
            answer="released", answered_by=manager, answered_at=timezone.now(), sign_in=manager.sign_in
        )


@pytest.fixture
def one_a_day(transactional_db):
    """The delivered number, and back: editions outlive a test that commits."""
    number = Number.objects.get(profile=StandardsProfile.objects.in_force(timezone.now()), key="entry.daily")
    Number.objects.filter(pk=number.pk).update(value=1)
    yield
    Number.objects.filter(pk=number.pk).update(value=number.value)


@pytest.mark.django_db(transaction=True)
def test_of_two_submissions_at_once_only_one_takes_the_last_of_the_day(one_a_day, draft_entry, submitter):
    versions = [draft_entry(vrm_entered=plate(1)), draft_entry(vrm_entered=plate(2))]
    barrier, refused = threading.Barrier(2), []

    def submit(version) -> None:
        try:
            barrier.wait(10)
            actions.submit(version, by=submitter)
        except Unfit as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=submit, args=[version]) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(refused) == 1
    assert EntryVersion.objects.filter(status="submitted").count() == 1


# --- Pages and API -------------------------------------------------------------------------------------------


def test_pages_upload_look_write_and_undo(hotlist, submitter, client_of):
    client = client_of(submitter)
    assert client.get(reverse("entries_template")).content.decode().startswith(",".join(list(COLUMNS)[:2]))
    address = reverse("entries_upload", args=[hotlist.slug])
    assert (
        "missing: category"
        in client.post(address, {"file": SimpleUploadedFile("x.csv", b"plate\r\nx\r\n")}).content.decode()
    )
    sent = SimpleUploadedFile("burglaries.csv", file_of([row(1), row(2, priority="URGENT")]))
    page = client.post(address, {"file": sent}, follow=True).content.decode()
    assert "would become drafts" in page
    assert "Write one of" in page
    bulk = Bulk.objects.get()
    client.post(reverse("bulk_start", args=[bulk.pk]))
    assert "0 of 1 drafts are written" in client.get(reverse("bulk_progress", args=[bulk.pk])).content.decode()
    actions.write_drafts(bulk, by=JOB)
    assert "Nothing was submitted" in client.get(reverse("bulk_detail", args=[bulk.pk])).content.decode()
    client.post(reverse("bulk_undo", args=[bulk.pk]))
    assert not Entry.objects.exists()


def test_pages_choose_across_pages_and_change(approved_entry, hotlist, submitter, client_of):
    first, second = approved_entry(vrm_entered=plate(1)), approved_entry(vrm_entered=plate(2))
    client, address = client_of(submitter), reverse("entries_choose", args=[hotlist.slug])
    client.post(address, {"shown": [first.pk], "entry": [first.pk], "act": "keep"})
    client.post(address, {"shown": [second.pk], "entry": [second.pk], "act": "keep"})
    assert "<strong>2</strong> of 2 entries chosen" in client.get(address).content.decode()
    client.post(address, {"shown": [second.pk], "entry": [], "act": "keep"})
    answer = client.post(address, {"shown": [], "act": "next"})
    bulk = Bulk.objects.get()
    assert (answer.url, bulk.rows.count()) == (reverse("bulk_change", args=[bulk.pk]), 1)
    page = client.post(answer.url, {"contact_24h": "Night desk, 01632 960009"}, follow=True).content.decode()
    assert "would become drafts" in page
    client.post(reverse("bulk_discard", args=[bulk.pk]))
    assert "Discarded" in client.get(reverse("bulk_detail", args=[bulk.pk])).content.decode()


def test_manager_s_page_shows_what_waits_and_releases_several(daily, draft_entry, submitter, manager, client_of):
    daily(0)
    versions = [draft_entry(vrm_entered=plate(n)) for n in (1, 2)]
    panel = client_of(submitter).get(reverse("entry_detail", args=[versions[0].entry_id])).content.decode()
    assert "Ask for its release" in panel
    for version in versions:
        client_of(submitter).post(
            reverse("entry_ask_release", args=[version.entry_id]), {"reason": "Forty burglaries."}
        )
    assert client_of(submitter).get(reverse("release_list")).status_code == 403
    client = client_of(manager)
    assert "Forty burglaries." in client.get(reverse("release_list")).content.decode()
    assert "beyond the daily number" in client.get("/").content.decode()
    keys = [str(key) for key in Release.objects.values_list("pk", flat=True)]
    refused = client.post(reverse("release_list"), {"release": keys, "answer": "refused", "words": ""})
    assert "Say why you refuse" in refused.content.decode()
    client.post(reverse("release_list"), {"release": keys, "answer": "released", "words": ""})
    assert set(Release.objects.values_list("answer", flat=True)) == {"released"}
    assert (
        "released this draft"
        in client_of(submitter).get(reverse("entry_detail", args=[versions[0].entry_id])).content.decode()
    )


def test_api_uploads_changes_starts_undoes_asks_and_answers(
    approved_entry, hotlist, submitter, supervisor, manager, outsider, daily, client_of
):
    client = client_of(submitter)
    upload = reverse("api_entries_upload", args=[hotlist.slug])
    made = client.post(upload, {"file": SimpleUploadedFile("x.csv", file_of([row(1), row(2, priority="URGENT")]))})
    assert made.status_code == 201, made.content
    assert made.json()["rows"][1]["problems"][0][0] == "priority"
    verb = lambda name: reverse(name, args=[made.json()["id"]])  # noqa: E731
    assert client_of(supervisor).post(verb("api_bulk_start"), content_type="application/json").status_code == 404
    assert client.post(verb("api_bulk_start"), content_type="application/json").json()["status"] == "working"
    actions.write_drafts(Bulk.objects.get(), by=JOB)
    assert client.get(verb("api_bulk_detail")).json()["status"] == "done"
    daily(0)
    entry = client.get(verb("api_bulk_detail")).json()["rows"][0]["entry_id"]
    refused = client.post(reverse("api_entry_submit", args=[entry]), content_type="application/json")
    assert refused.status_code == 422
    assert "daily" in refused.json()["errors"][0]["pointer"]
    asked = client.post(
        reverse("api_release_list"), {"entries": [entry], "reason": "x"}, content_type="application/json"
    )
    assert asked.status_code == 201, asked.content
    answer = {"releases": [asked.json()[0]["id"]], "answer": "released"}
    post = reverse("api_release_answer")
    assert client.post(post, answer, content_type="application/json").status_code == 403
    assert client_of(manager).get(reverse("api_release_list")).json()["results"]
    assert client_of(manager).post(post, answer, content_type="application/json").status_code == 200
    assert client_of(manager).post(post, answer, content_type="application/json").status_code == 409
    assert client.post(verb("api_bulk_undo"), content_type="application/json").json()["status"] == "undone"
    change = reverse("api_entries_change", args=[hotlist.slug])
    daily(50)
    body = {"entries": [str(approved_entry(vrm_entered=plate(9)).pk)], "contact_24h": "Night desk"}
    planned = client.post(change, body, content_type="application/json")
    assert (planned.status_code, planned.json()["status"]) == (201, "checked")
    assert client_of(outsider).post(change, body, content_type="application/json").status_code == 404


def test_api_takes_an_upload_once_for_a_key_and_another_file_needs_another(hotlist, submitter, client_of):
    client, url = client_of(submitter), f"/api/v1/hotlists/{hotlist.slug}/entries/upload/"

    def send(content: bytes):
        file = SimpleUploadedFile("entries.csv", content, "text/csv")
        return client.post(url, {"file": file}, headers={"Idempotency-Key": "one"})

    first = send(b"plate,category,reason\nAB01CDE,CRM,Seen near the scene of the theft\n")
    again = send(b"plate,category,reason\nAB01CDE,CRM,Seen near the scene of the theft\n")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"] and Bulk.objects.count() == 1
    assert send(b"plate,category,reason\nAB50CDE,CRM,Seen near the scene of the theft\n").status_code == 422


def test_api_changes_what_it_names_and_leaves_alone_what_is_being_chosen_on_the_page(
    approved_entry, hotlist, submitter, client_of
):
    chosen, named = approved_entry(), approved_entry(vrm_entered="AB50 CDE")
    actions.choose_entries(hotlist, by=submitter, add=[chosen.pk])
    client, url = client_of(submitter), f"/api/v1/hotlists/{hotlist.slug}/entries/change/"
    body = {"entries": [str(named.pk)], "contact_24h": "Duty desk, 01632 960009"}
    answer = client.post(url, body, content_type="application/json")
    assert answer.status_code == 201
    assert [row["entry_id"] for row in answer.json()["rows"]] == [str(named.pk)]
    assert [row.entry_id for row in Bulk.objects.get(status="choosing").rows.all()] == [chosen.pk]

    strange = client.post(url, body | {"entries": [str(named.pk), str(hotlist.pk)]}, content_type="application/json")
    assert (strange.status_code, strange.json()["errors"][0]["pointer"]) == (422, "/entries")
    nothing = client.post(url, {"entries": [str(named.pk)]}, content_type="application/json")
    assert nothing.status_code == 422
    assert Bulk.objects.count() == 2  # what was refused left nothing


def test_pages_of_bulk_work_ask_as_much_at_one_row_as_at_ten(uploaded, hotlist, submitter, client_of):
    client = client_of(submitter)
    small, large = uploaded([row(1)]), uploaded([row(n) for n in range(2, 12)])
    counts = []
    for bulk in (small, large):
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("bulk_detail", args=[bulk.pk]))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_release_is_of_what_the_draft_said_and_a_change_asks_anew(daily, draft_entry, submitter, manager, client_of):
    daily(0)
    draft = draft_entry(vrm_entered=plate(1))
    asked = actions.ask_release([draft], by=submitter, reason="Forty burglaries.")
    actions.answer_releases(asked, by=manager, answer="released")
    actions.edit_draft(draft, by=submitter, vrm_entered=plate(1))  # nothing changed
    assert Release.objects.given().exists()
    actions.edit_draft(draft, by=submitter, make="Vauxhall", model="Corsa", colour="Green")
    with pytest.raises(Unfit, match="as many as one person may"):
        actions.submit(draft, by=submitter)
    page = client_of(submitter).get(reverse("entry_detail", args=[draft.entry_id])).content.decode()
    assert "that release no longer counts" in page
    assert "Ask for its release" in page
    actions.answer_releases(
        actions.ask_release([draft], by=submitter, reason="Forty-one."), by=manager, answer="released"
    )
    actions.submit(draft, by=submitter)


def test_what_was_changed_after_it_was_asked_for_is_not_released_nor_by_the_back_door(
    daily, draft_entry, submitter, manager
):
    daily(0)
    first, second = draft_entry(vrm_entered=plate(1)), draft_entry(vrm_entered=plate(2))
    asked = actions.ask_release([first, second], by=submitter, reason="Forty burglaries.")
    actions.edit_draft(first, by=submitter, reason="Another reason altogether, seen on Quay Street at 04:10 today.")
    with pytest.raises(TooLate, match="asks anew"):
        actions.answer_releases(asked[:1], by=manager, answer="released")
    assert list(Release.objects.waiting()) == asked[1:]
    EntryVersion.objects.filter(pk=second.pk).update(country="IE")  # round the action
    with pytest.raises(TooLate, match="asks anew"):
        actions.answer_releases(asked[1:], by=manager, answer="released")


def test_whoever_had_a_hand_in_a_draft_does_not_release_it(daily, draft_entry, submitter, manager, team):
    daily(0)
    writer_and_manager = person("writer_and_manager", ["SUB", "MGR"])
    team.user_set.add(writer_and_manager)
    draft = draft_entry(vrm_entered=plate(1))
    actions.edit_draft(draft, by=writer_and_manager, colour="Red")
    [release] = actions.ask_release([draft], by=submitter, reason="Forty burglaries.")
    with pytest.raises(Refused, match="somebody else"):
        actions.answer_releases([release], by=writer_and_manager, answer="released")
    with pytest.raises(IntegrityError, match="had a hand"), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(
            answer="released", answered_by=writer_and_manager, answered_at=timezone.now(),
            sign_in=writer_and_manager.sign_in,
        )  # fmt: skip
    actions.answer_releases([release], by=manager, answer="released")
