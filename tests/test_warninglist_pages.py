"""Pages of warninglists, and what an author sees of them while they write."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.verbs import Verb
from hotlists import actions
from hotlists.models import EntryVersion, Warninglist, WarninglistEdition
from tests.cast import entry_facts
from tests.test_warninglists import WORDS
from tests.warninglist_cast import FLEET, SAYS

pytestmark = pytest.mark.django_db


def test_list_is_begun_loaded_accepted_brought_back_and_retired_on_pages(
    client_of, manager, asset_owner, superintendent
):
    keeper, second = client_of(manager), client_of(asset_owner)
    begun = keeper.post(
        reverse("warninglist_new"),
        {"name": "Fleet", "kind": "emergency", "source": "Fleet desk", "licence": "Agreement"},
    )
    warninglist = Warninglist.objects.get()
    load = reverse("warninglist_load", args=[warninglist.pk])
    assert begun.url == load
    for content in (FLEET, b"plate\nXY50ZZX\n"):
        sent = keeper.post(load, {"file": SimpleUploadedFile("f.csv", content), **SAYS})
        edition = WarninglistEdition.objects.latest("number")
        assert sent.url == reverse("warninglist_edition", args=[edition.pk])
        assert "You loaded this edition" in keeper.get(sent.url).content.decode()
        assert keeper.post(reverse("edition_accept", args=[edition.pk])).status_code == 403
        assert second.post(reverse("edition_accept", args=[edition.pk])).status_code == 302
    first = WarninglistEdition.objects.get(number=1)
    back = reverse("edition_bring_back", args=[first.pk])
    third = client_of(superintendent)
    assert third.get(back).status_code == 200
    assert third.post(back, {"reason": "The new file lacked the engines."}).status_code == 302
    page = keeper.get(reverse("warninglist_detail", args=[warninglist.pk])).content.decode()
    assert "Was in use" in page
    assert keeper.post(reverse("warninglist_retire", args=[warninglist.pk]), {"reason": "Replaced."}).status_code == 302
    assert "Retired" in keeper.get(reverse("warninglist_list")).content.decode()


def test_file_that_cannot_be_taken_is_told_and_nothing_typed_is_lost(client_of, manager, warninglist):
    said = SAYS | {"meaning": "A vehicle of the fire service.", "file": SimpleUploadedFile("f.csv", b"number\n1\n")}
    answer = client_of(manager).post(reverse("warninglist_load", args=[warninglist.pk]), said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The first line has to name the columns" in page
    assert "A vehicle of the fire service." in page


def test_edition_shows_rows_left_out_and_gives_them_as_a_harmless_file(client_of, asset_owner, loaded):
    edition = loaded(b"plate,note\nXY50ZZZ,\n=1+1?*,formula\n")
    client = client_of(asset_owner)
    page = client.get(reverse("warninglist_edition", args=[edition.pk])).content.decode()
    assert "1 row left out" in page
    file = client.get(reverse("edition_problems", args=[edition.pk]))
    assert "'=1+1?*" in file.content.decode()
    assert {Verb.WARNINGLIST_OPENED, Verb.WARNINGLIST_PROBLEMS_TAKEN} <= {event.verb for event in Event.objects.all()}


@pytest.mark.parametrize("name", ["warninglist_edition", "edition_problems", "edition_accept", "edition_discard"])
def test_people_without_the_role_see_no_plates_and_decide_nothing(client_of, submitter, administrator, loaded, name):
    address = reverse(name, args=[loaded().pk])
    for who in (submitter, administrator):
        client = client_of(who)
        answer = client.post(address) if name in ("edition_accept", "edition_discard") else client.get(address)
        assert answer.status_code == 403
    assert not Event.objects.filter(verb=Verb.WARNINGLIST_OPENED).exists()


def test_plate_is_checked_without_standing_in_an_address(client_of, submitter, in_use):
    in_use()
    client = client_of(submitter)
    page = client.post(reverse("warninglist_check"), {"plate": "xy50 zzz", "country": "GB"}).content.decode()
    assert WORDS in page
    assert "Nothing warns of this plate" in client.post(
        reverse("warninglist_check"), {"plate": "XY50ZZZ", "country": "DE"}
    ).content.decode()  # fmt: skip
    assert client.post(reverse("warninglist_check"), {"plate": "!!", "country": "GB"}).status_code == 422


def test_first_step_warns_by_name_and_the_answer_counts_for_what_it_showed(
    client_of, submitter, hotlist, in_use, manager
):
    in_use()
    client = client_of(submitter)
    part = client.post(reverse("entry_plate", args=[hotlist.slug]), {"vrm_entered": "XY50ZZZ", "country": "GB"})
    assert WORDS in part.content.decode()
    shown = [
        line.split('value="')[1].split('"')[0]
        for line in part.content.decode().split("<input")[1:]
        if "answered" in line
    ]
    assert len(shown) == 2
    more = actions.begin_warninglist(by=manager, name="Clones", kind="clone", source="s", licence="l")
    in_use(of=more)  # after the page was shown
    given = {
        "vrm_entered": "XY50ZZZ",
        "country": "GB",
        "plate_confirmed_because": "Read twice.",
        "shown": "1",
        "go": "stay",
    }
    client.post(reverse("entry_new", args=[hotlist.slug]), given | {"answered": shown})
    version = EntryVersion.objects.get()
    assert sorted(version.plate_warnings)[0] == WORDS
    step = client.get(reverse("entry_step", args=[version.entry_id, "vehicle"])).content.decode()
    assert "Still to do here" in step
    assert "On the warninglist Clones" in step


def test_upload_of_entries_names_the_warninglist(client_of, submitter, hotlist, in_use):
    in_use()
    facts = entry_facts()
    row = {"plate": "XY50ZZZ", "category": "CRM", "reason": facts["reason"]}
    content = (",".join(row) + "\n" + ",".join(f'"{cell}"' for cell in row.values()) + "\n").encode()
    bulk = actions.upload_entries(hotlist, by=submitter, content=content, file_name="e.csv")
    assert any(WORDS in words for _, words in bulk.rows.get().problems)


def test_superintendent_lets_a_refused_plate_through_from_the_entrys_page(
    client_of, submitter, superintendent, supervisor, in_use, draft_entry
):
    edition = in_use(effect="refuse")
    version = draft_entry(vrm_entered="XY50 ZZZ")
    page = client_of(submitter).get(reverse("entry_detail", args=[version.entry_id])).content.decode()
    assert "somebody else has to answer for its plate" in page
    client = client_of(superintendent)
    answer = reverse("refusal_answer", args=[version.entry_id, edition.warninglist_id])
    assert answer in client.get(reverse("entry_detail", args=[version.entry_id])).content.decode()
    opened = Event.objects.filter(verb=Verb.ENTRY_OPENED)
    before = opened.count()
    assert WORDS in client.get(answer).content.decode()
    assert opened.count() == before + 1
    assert client.post(answer, {"words": "The engine was stolen."}).status_code == 302
    assert (
        "Let through: Northdale fleet" in client.get(reverse("entry_detail", args=[version.entry_id])).content.decode()
    )
    assert client.get(answer).status_code == 409
    actions.submit(version, by=submitter)
    decide = client_of(supervisor).get(reverse("entry_decide", args=[version.entry_id])).content.decode()
    assert "let through by superintendent Superintendent Test" in decide


def test_extension_that_a_new_warning_stops_says_so_on_its_page(client_of, submitter, approved_entry, in_use):
    entry = approved_entry(vrm_entered="XY50 ZZZ")
    in_use()
    later = timezone.localtime() + dt.timedelta(days=40)
    said = {
        "expires_at": later.strftime("%Y-%m-%dT%H:%M"), "no_conflict": "on", "still_necessary": "Not found yet.",
        "source_checked": "Crime system: still open.", "source_system": "crime",
    }  # fmt: skip
    page = client_of(submitter).post(reverse("entry_extend", args=[entry.pk]), said).content.decode()
    assert WORDS in page
    assert "Not found yet." in page
    assert entry.versions.count() == 1


def test_pages_ask_as_much_with_one_row_as_with_ten(
    client_of, manager, in_use, django_assert_max_num_queries, asset_owner
):
    in_use()
    client = client_of(manager)
    listing = reverse("warninglist_list")
    detail = reverse("warninglist_detail", args=[Warninglist.objects.get().pk])

    def counted(address: str) -> int:
        with django_assert_max_num_queries(100) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    counted(listing)
    before = counted(listing), counted(detail)
    for n in range(9):
        in_use()
        in_use(of=actions.begin_warninglist(by=manager, name=f"List {n}", kind="other", source="s", licence="l"))
    assert (counted(listing), counted(detail)) == before


def test_what_waits_is_on_the_home_page_of_who_may_accept_it(client_of, manager, asset_owner, loaded):
    loaded()
    words = "An edition of the warninglist Northdale fleet waits"
    assert words in client_of(asset_owner).get("/").content.decode()
    assert words not in client_of(manager).get("/").content.decode()
