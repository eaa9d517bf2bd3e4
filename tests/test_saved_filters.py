"""Filters that people save: one's own alone, opened with one click; what was typed is kept only where that was said."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import SystemJob
from audit.models import Event, EventDetail
from audit.verbs import Verb
from hotlists import actions
from hotlists.listing import FIELDS, QUEUE_FIELDS
from hotlists.models import SavedFilter, filters
from portal.errors import Refused, Stranger, Unfit
from retention.schedule import BY_LABEL

pytestmark = pytest.mark.django_db
IN_FORCE = {"state": "in-force"}


@pytest.fixture
def save(submitter):
    """save(**over): a filter of entries by the submitter."""

    def make(page: str = "entries", *, by=None, **over) -> SavedFilter:
        facts = {"name": "In force", "asked": IN_FORCE} | over
        return actions.save_filter(page, by=by or submitter, **facts)

    return make


def test_what_a_page_is_narrowed_by_is_what_its_filters_hold():
    assert filters.FIELDS["entries"] == FIELDS
    assert filters.FIELDS["decisions"] == QUEUE_FIELDS
    assert set(filters.FIELDS) == set(SavedFilter.Page.values)


def test_a_filter_is_saved_under_a_name_and_opened_with_one_click(submitter, client_of, approved_entry, draft_entry):
    approved_entry(vrm_entered="AB01AAA")
    draft_entry(vrm_entered="AB01BBB")
    client = client_of(submitter)
    assert "Save this filter" not in client.get("/entries/").content.decode()
    page = client.get("/entries/?state=in-force").content.decode()
    assert "Save this filter" in page and 'name="asked-state"' in page
    body = {"name": " Standing  now ", "asked-state": "in-force", "asked-made_up": "x"}
    opened = client.post(reverse("filter_new", args=["entries"]), body, follow=True)
    assert opened.request["QUERY_STRING"] == "state=in-force"
    page = opened.content.decode()
    assert "AB01 AAA" in page and "AB01 BBB" not in page
    assert 'aria-current="page">Standing now' in page
    assert "Save this filter" not in page
    assert SavedFilter.objects.get().asked == IN_FORCE


def test_what_was_typed_is_kept_only_when_that_is_said_and_for_a_shorter_time(save):
    now = timezone.now()
    silent = save(asked=IN_FORCE | {"ref": "CR/1/26"})
    assert (silent.asked, silent.keeps_words) == (IN_FORCE, False)
    said = save(name="Case", asked=IN_FORCE | {"ref": "CR/1/26"}, keeps_words=True)
    assert said.asked == IN_FORCE | {"ref": "CR/1/26"}
    assert (said.ends_at - now).days in (27, 28) and (silent.ends_at - now).days in (364, 365)
    with pytest.raises(Unfit) as refusal:
        save("search", name="Plate", asked={"plate": "AB01*"})
    assert "keeps_words" in refusal.value.fields
    assert save("search", name="Near", asked={"plate": "AB01*", "likeness": "font"}).asked == {"likeness": "font"}


def test_neither_name_nor_what_was_typed_stands_in_the_log(save):
    saved = save("search", name="AB01 CDE again", asked={"plate": "AB01CDE"}, keeps_words=True)
    event = Event.objects.newest_first().first()
    assert (event.verb, event.subject_id) == (Verb.FILTER_SAVED, str(saved.pk))
    assert "AB01" not in str(EventDetail.objects.get(pk=event.pk).body)


@pytest.mark.parametrize(
    ("over", "field"), [({"name": "  "}, "name"), ({"name": "IN  force"}, "name"), ({"asked": {}}, "asked"),
                        ({"name": "Long", "asked": {"list": "x" * 151}}, "asked")],
)  # fmt: skip
def test_what_is_no_filter_is_refused_with_the_field_that_is_wrong(save, over, field):
    save()
    with pytest.raises(Unfit) as refusal:
        save(**over)
    assert field in refusal.value.fields


def test_one_person_saves_so_many_of_a_page_and_no_more(save):
    for n in range(20):
        save(name=f"Filter {n}")
    with pytest.raises(Unfit, match="20 filters"):
        save(name="One more")
    save("reviews", asked={"whose": "mine"})


def test_a_page_opens_with_the_default_and_there_is_one(save, submitter, client_of):
    save(is_default=True)
    client = client_of(submitter)
    assert client.get("/entries/").url == "/entries/?state=in-force"
    assert client.get("/entries/?all=1").status_code == 200
    mine = save(name="Mine", asked={"owner": "me"}, is_default=True)
    assert client.get("/entries/").url == "/entries/?owner=me"
    actions.change_filter(mine, by=submitter, is_default=False)
    assert client.get("/entries/").status_code == 200


def test_each_page_that_is_narrowed_opens_with_its_default(save, supervisor, client_of):
    client = client_of(supervisor)
    save("decisions", by=supervisor, asked={"priority": "HIGH"}, is_default=True)
    save("reviews", by=supervisor, asked={"whose": "mine"}, is_default=True)
    search = save("search", by=supervisor, asked={"plate": "AB01*", "country": "GB"}, keeps_words=True, is_default=True)
    assert client.get("/decisions/").url == "/decisions/?priority=HIGH"
    assert client.get("/reviews/").url == "/reviews/?whose=mine"
    assert 'value="AB01*"' in client.get("/search/").content.decode()
    assert 'value="AB01*"' not in client.get("/search/?all=1").content.decode()
    assert "AB01" not in client.get("/filters/").content.decode()  # a plate stands in no address
    assert 'value="AB01*"' in client.get(f"/search/?filter={search.pk}").content.decode()
    for made_up in ("?filter=nonsense", "?filter=01900000-0000-7000-8000-000000000000"):
        assert client.get(f"/search/{made_up}").status_code == 404


def test_a_search_is_saved_without_its_plate_unless_that_is_said(supervisor, client_of, approved_entry):
    approved_entry()
    client = client_of(supervisor)
    found = client.post("/search/", {"plate": "AB01*", "likeness": "font", "reason": "Case 1"}).content.decode()
    assert "Save this search" in found and "Keep the plate that you typed too" in found
    body = {"name": "Near", "asked-plate": "AB01*", "asked-likeness": "font"}
    client.post(reverse("filter_new", args=["search"]), body)
    client.post(reverse("filter_new", args=["search"]), body | {"name": "Plate", "keeps_words": "on"})
    assert {one.name: one.asked for one in SavedFilter.objects.all()} == {
        "Near": {"likeness": "font"},
        "Plate": {"likeness": "font", "plate": "AB01*"},
    }


def test_nothing_typed_is_lost_when_a_filter_is_refused(save, submitter, client_of):
    save()
    body = {"name": "In force", "asked-state": "draft", "asked-ref": "CR/9"}
    answer = client_of(submitter).post(reverse("filter_new", args=["entries"]), body)
    page = answer.content.decode()
    assert answer.status_code == 422 and "You have a filter of this name" in page
    assert 'value="draft"' in page and 'value="CR/9"' in page


def test_filters_are_renamed_and_deleted_by_their_owner_and_exist_for_nobody_else(
    save, submitter, supervisor, client_of
):
    saved, client = save(), client_of(submitter)
    edit, delete = (reverse(name, args=[saved.pk]) for name in ("filter_edit", "filter_delete"))
    client.post(edit, {"name": "Standing"})
    assert SavedFilter.objects.get().name == "Standing"
    assert "Standing" in client.get(reverse("filter_list")).content.decode()
    stranger = client_of(supervisor)
    assert [stranger.get(edit).status_code, stranger.post(delete).status_code] == [404, 404]
    assert "Standing" not in stranger.get(reverse("filter_list")).content.decode()
    with pytest.raises(Stranger):
        actions.change_filter(saved, by=supervisor, name="Taken")
    client.post(delete)
    assert not SavedFilter.objects.exists()
    with pytest.raises(Stranger):
        actions.drop_filter(saved, by=submitter)
    verbs = [event.verb for event in Event.objects.about("hotlists.savedfilter", saved.pk).newest_first()]
    assert verbs == [Verb.FILTER_DROPPED, Verb.FILTER_CHANGED, Verb.FILTER_SAVED]


def test_who_may_not_open_a_page_saves_no_filter_of_it(save, submitter, client_of):
    with pytest.raises(Refused):
        save("decisions", asked={"priority": "HIGH"})
    with pytest.raises(Refused):
        save(by=SystemJob("tests"))
    assert client_of(submitter).post(reverse("filter_new", args=["decisions"]), {"name": "x"}).status_code == 403
    assert client_of(submitter).post(reverse("filter_new", args=["secrets"]), {"name": "x"}).status_code == 404


def test_a_filter_is_gone_the_moment_it_ends_and_its_name_is_free_again(save, submitter):
    saved = save()
    with time_machine.travel(saved.ends_at + dt.timedelta(seconds=1), tick=False):
        assert not SavedFilter.objects.of(submitter, timezone.now())
        assert save().pk != saved.pk
    assert BY_LABEL["hotlists.SavedFilter"].since == "ends_at"


@pytest.mark.parametrize(
    "over",
    [{"asked": {"ref": "CR/1"}}, {"asked": {"plate": "AB01CDE"}}, {"asked": {"secret": "x"}}, {"name": " "},
     {"is_default": True, "name": "Other"}, {"name": "in FORCE"}],
)  # fmt: skip
def test_the_database_refuses_filters_that_go_round_the_action(save, submitter, over):
    saved = save(is_default=True)
    facts = {"page": "entries", "name": "New", "asked": IN_FORCE, "saved_by": submitter, "saved_at": saved.saved_at,
             "ends_at": saved.ends_at} | over  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedFilter.objects.create(**facts)
    SavedFilter.objects.create(**facts | {"name": "New", "asked": IN_FORCE, "is_default": False})


def test_the_api_saves_lists_renames_and_deletes(submitter, supervisor, client_of):
    client, every = client_of(submitter), reverse("api_filter_list")
    body = {"page": "entries", "name": "Mine", "asked": {"owner": "me", "ref": "CR/1"}}
    made = client.post(every, body, content_type="application/json", headers={"Idempotency-Key": "k1"})
    assert made.status_code == 201 and made.json()["asked"] == {"owner": "me"}
    again = client.post(every, body, content_type="application/json", headers={"Idempotency-Key": "k1"})
    assert again.json()["id"] == made.json()["id"] and SavedFilter.objects.count() == 1
    one = reverse("api_filter_detail", args=[made.json()["id"]])
    tag = client.get(one).headers["ETag"]
    change = {"data": {"name": "My own", "is_default": True}, "content_type": "application/json"}
    assert client.patch(one, **change).status_code == 428
    assert client.patch(one, headers={"If-Match": tag}, **change).json()["name"] == "My own"
    assert client.patch(one, headers={"If-Match": tag}, **change).status_code == 412
    assert client_of(supervisor).get(one).status_code == 404 and client_of(supervisor).get(every).json() == []
    wrong = client.post(every, body | {"asked": {"whose": "mine"}}, content_type="application/json")
    assert wrong.status_code == 400
    assert (
        client.post(every, body | {"page": "decisions", "asked": {}}, content_type="application/json").status_code
        == 403
    )
    assert client.delete(one).status_code == 204 and client.get(every).json() == []
