"""A second interest in a vehicle that is listed: a draft of one's own, the vehicle described, all else open (R-021)."""

import pytest
from django.urls import reverse

from hotlists import actions
from hotlists.models import Entry, EntryVersion
from portal.errors import Refused, Stranger, TooLate
from tests.test_entries import in_force

pytestmark = pytest.mark.django_db


def test_the_vehicle_is_described_and_reason_owner_and_end_are_ones_own(approved_entry, manager, submitter):
    entry = approved_entry(distinguishing_features="Roof box", markers=["FI"], grading="1AP")
    version = actions.link_interest(entry, by=manager)
    old = entry.versions.get()
    assert (version.plate, version.make, version.distinguishing_features) == (old.plate, "Ford", "Roof box")
    assert (version.entry.owner, version.entry.hotlist, version.status) == (manager, entry.hotlist, "draft")
    assert (version.reason, version.source_ref, version.markers, version.steps_done) == ("", "", [], ["vehicle"])
    assert version.no_conflict is False and in_force(entry)


def test_it_may_stand_on_another_list_that_one_writes_for(approved_entry, hotlist, manager, dpia, team):
    facts = {name: getattr(hotlist, name) for name in ("kind", "purpose", "controller", "legal_basis", "categories", "actions",
                                                       "markers", "sunset_at")}  # fmt: skip
    other = actions.create_hotlist(by=manager, slug="other", title="Other", owner=manager, dpia=dpia, **facts)
    entry = approved_entry()
    with pytest.raises(Stranger):  # of a list that one does not see
        actions.link_interest(entry, by=entry.owner, hotlist=other)
    actions.give_access(other, team, by=manager)
    assert actions.link_interest(entry, by=entry.owner, hotlist=other).entry.hotlist == other


def test_strangers_colleagues_and_the_late_link_nothing(approved_entry, outsider, operator, submitter):
    entry = approved_entry()
    with pytest.raises(Stranger):
        actions.link_interest(entry, by=outsider)
    with pytest.raises(Refused):
        actions.link_interest(entry, by=operator)
    actions.withdraw(entry, by=submitter, reason="located")
    with pytest.raises(TooLate):
        actions.link_interest(entry, by=submitter)


def test_the_entrys_page_leads_to_a_draft_for_who_may_write(approved_entry, manager, operator, client_of):
    entry = approved_entry()
    detail, link = (reverse(name, args=[entry.pk]) for name in ("entry_detail", "entry_link"))
    assert "Add as linked interest" not in client_of(operator).get(detail).content.decode()
    assert client_of(operator).post(link, {"hotlist": entry.hotlist.slug}).status_code == 403
    client = client_of(manager)
    assert link in client.get(detail).content.decode()
    assert "Northdale crime" in client.get(link).content.decode()
    page = client.post(link, {"hotlist": entry.hotlist.slug}, follow=True).content.decode()
    assert "Say why you look for it" in page
    assert Entry.objects.exclude(pk=entry.pk).get().owner == manager


def test_while_one_writes_the_description_is_taken_over_where_nothing_was_typed(approved_entry, manager, client_of):
    entry = approved_entry(distinguishing_features="Roof box")
    client, new = client_of(manager), reverse("entry_new", args=[entry.hotlist.slug])
    typed = {"vrm_entered": "AB01 CDE", "country": "GB", "make": "", "model": "", "colour": "Green", "body": "",
             "distinguishing_features": "", "plate_confirmed_because": "", "attributes_source": ""}  # fmt: skip
    looked = client.post(reverse("entry_plate", args=[entry.hotlist.slug]), typed).content.decode()
    assert f'name="link" value="{entry.pk}"' in looked
    client.post(new, typed | {"link": str(entry.pk)})
    draft = EntryVersion.objects.get(status="draft")
    assert (draft.make, draft.colour, draft.distinguishing_features) == ("Ford", "Green", "Roof box")
    for made_up in ("nonsense", "01900000-0000-7000-8000-000000000000"):
        assert client.post(new, typed | {"link": made_up}).status_code == 404


def test_the_api_links_as_the_page_does(approved_entry, manager, outsider, client_of):
    entry = approved_entry()
    link = reverse("api_entry_link", args=[entry.pk])
    made = client_of(manager).post(link, {}, content_type="application/json")
    assert made.status_code == 201
    assert (made.json()["vrm"], made.json()["status"], made.json()["hotlist"]) == (
        "AB01CDE",
        "draft",
        entry.hotlist.slug,
    )
    assert client_of(outsider).post(link, {}, content_type="application/json").status_code == 404
