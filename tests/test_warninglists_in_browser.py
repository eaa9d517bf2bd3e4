"""Warninglists as a browser draws them, and their warning as an author meets it."""

import pytest
from django.urls import reverse

from tests.browser import sign_in
from tests.cast import PASSWORD
from tests.test_lists_in_browser import look

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shots(tmp_path_factory):
    """Where pictures are put for who runs it with --basetemp; a test needs none."""
    return tmp_path_factory.mktemp("shots")


def test_pages_of_warninglists_are_readable_at_both_widths(
    page, live_server, asset_owner, manager, in_use, loaded, shots
):
    first = in_use()
    second = loaded(b"plate,note\nXY50ZZZ,Ladder\nXY50ZZX,\n!!,nothing\n", effect="refuse")
    pk = first.warninglist_id
    sign_in(page, live_server, manager.username, PASSWORD)
    pages = [reverse(name, args=[pk]) for name in ("warninglist_detail", "warninglist_load", "warninglist_retire")]
    pages += [reverse("warninglist_edition", args=[one.pk]) for one in (first, second)]
    pages += [reverse(name) for name in ("warninglist_list", "warninglist_new", "warninglist_check")]
    look(page, live_server, pages, shots)


def test_author_is_warned_as_they_type_and_a_superintendent_lets_the_plate_through(
    page, live_server, superintendent, hotlist, in_use, draft_entry, shots
):
    edition = in_use(effect="refuse")
    version = draft_entry(vrm_entered="XY50 ZZZ")
    sign_in(page, live_server, superintendent.username, PASSWORD)
    answer = reverse("refusal_answer", args=[version.entry_id, edition.warninglist_id])
    look(page, live_server, [answer, reverse("entry_detail", args=[version.entry_id])], shots)
    page.goto(live_server.url + reverse("entry_new", args=[hotlist.slug]))
    page.fill("[name=vrm_entered]", "XY50 ZZZ")
    page.locator("[name=country]").focus()
    page.get_by_text("On the warninglist Northdale fleet").wait_for()
    assert page.locator("[name=answered]").count() == 1
