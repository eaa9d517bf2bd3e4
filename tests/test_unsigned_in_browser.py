"""The pages of unsigned files and of matchers without signatures, as a browser draws them at both widths."""

import pytest
from django.urls import reverse

from hotlists import actions as lists
from matchers import actions
from matchers.models import Disclosure
from tests.browser import sign_in
from tests.cast import PASSWORD
from tests.publishing import publish
from tests.test_lists_in_browser import look, shots  # noqa: F401 - a fixture

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_pages_of_unsigned_files_are_readable_at_both_widths(
    page, live_server, matcher, hotlist, manager, supervisor, approved_entry, allocate, shots  # noqa: F811
):  # fmt: skip
    old = actions.add_matcher("Old back office", by=manager, purpose="Its maker is gone", by_revisions=True)
    allocate(old, hotlist)
    entry = approved_entry()
    approved_entry(vrm_entered="AB01CDF", scope={"days": [1]})
    publish(hotlist)
    taken = actions.export_list(
        hotlist, by=manager, form=Disclosure.Form.VOI, recipient="J. Bloggs, Westmere Council", reason="ISA 12/2026"
    )
    assert list(taken.parts)
    update = actions.fetch_update(old.matcher.door.source_id, by=old.matcher.machine, held=-1)
    assert list(update.file.parts)
    actions.note_held(old.matcher.door.source_id, by=old.matcher.machine, number=1)
    lists.withdraw(entry, by=supervisor, reason="recovered")
    publish(hotlist)
    sign_in(page, live_server, manager.username, PASSWORD)
    addresses = [
        reverse("list_export", args=[hotlist.slug]), reverse("disclosure_list"),
        reverse("disclosure_detail", args=[taken.disclosure.pk]), reverse("hotlist_detail", args=[hotlist.slug]),
        reverse("publication_list", args=[hotlist.slug]), reverse("matcher_list"), reverse("matcher_new"),
        reverse("matcher_detail", args=[old.matcher.pk]), reverse("entry_detail", args=[entry.pk]),
    ]  # fmt: skip
    look(page, live_server, addresses, shots)
