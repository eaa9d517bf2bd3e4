"""Looking at lists and queues of entries, which is an act: each page that shows plates is on record once (R-062)."""

from collections.abc import Iterable
from typing import cast

from django.db import models, transaction

from accounts.models import Actor
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.models import Entry, EntryVersion
from portal.policies import require


@transaction.atomic
def look_at_entries(shown: Iterable[Entry | EntryVersion], *, by: Actor, where: str) -> None:
    """Shows a page of entries, or of versions, to somebody who sees their lists; `where` says which page. Entries carry the
    plate of `with_latest_version`. Their own stories do not name it: those tell who opened them."""
    require(policies.may_look_at_entries(by))
    shown = list(shown)
    if shown:
        plates = [(one.country, one.vrm) for one in shown if one.vrm]  # type: ignore[union-attr]
        target = cast(models.Model, by)  # people and machines are rows
        record(Verb.ENTRIES_SHOWN, target=target, by=by, count=len(shown), plates=plates, where=where)
