"""The pages of a list and of its justification, as a browser draws them at both widths."""

import pytest
from django.urls import reverse

from hotlists import actions
from tests.browser import faults, says_why, sign_in
from tests.cast import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def look(page, live_server, addresses: list[str], shots=None) -> None:
    """At each address, at both widths: nothing that a program finds, nothing that spills over."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for address in addresses:
            page.goto(live_server.url + address, wait_until="networkidle")
            says_why(page)
            assert faults(page) == [], (address, width)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (address, width)
            if shots is not None:
                page.screenshot(path=shots / f"{address.strip('/').replace('/', '-')}-{width}.png", full_page=True)
    assert page.complaints == []


@pytest.fixture
def shots(request, tmp_path_factory):
    """Where pictures are put for who runs it with --basetemp; a test needs none."""
    return tmp_path_factory.mktemp("shots")


def test_pages_of_a_list_are_readable_at_both_widths(page, live_server, hotlist, manager, approved_entry, shots):
    approved_entry()
    actions.change_hotlist(hotlist, by=manager, max_size=10, categories=["WNT"], misfits_known=True)
    waiting = actions.propose_justification(hotlist, by=manager, words="It found nine of ten cars of burglars.")
    sign_in(page, live_server, manager.username, PASSWORD)
    of_list = [
        reverse(name, args=[hotlist.slug])
        for name in ("hotlist_detail", "hotlist_edit", "hotlist_hand_over", "hotlist_close", "hotlist_access")
    ]
    others = [reverse("hotlist_list"), reverse("hotlist_new"), reverse("justification_decide", args=[waiting.pk])]
    look(page, live_server, [*of_list, *others], shots)
