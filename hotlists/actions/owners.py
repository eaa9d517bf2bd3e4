"""Passing an entry on: who answers for it."""

from django.db import transaction

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.terms import locked, plate_of, require_words
from hotlists.models import Entry
from portal.errors import Unfit
from portal.policies import require


@transaction.atomic
def pass_on(entry: Entry, *, by: User, owner: User, deputy: User | None = None, reason: str) -> Entry:
    """Another owner, and a deputy or none, from now on. Raises Unfit for who could not answer for it."""
    entry = locked(entry, by=by)
    require(policies.may_pass_on(by, entry))
    require_words("reason", reason, "Say why.")
    for field, person in (("owner", owner), ("deputy", deputy)):
        if person is not None and not policies.may_own(person, entry):
            raise Unfit("Choose somebody else.", {field: [policies.may_own(person, entry).reason]})
    if deputy is not None and deputy == owner:
        raise Unfit("A deputy is another person.", {"deputy": ["Choose another person than the owner."]})
    if (owner.pk, deputy and deputy.pk) == (entry.owner_id, entry.deputy_id):
        raise Unfit("Nothing would change.", {"owner": ["This is who answers for it already."]})
    entry.owner, entry.deputy = owner, deputy
    entry.save(update_fields=["owner", "deputy"])
    record(
        Verb.ENTRY_PASSED_ON, target=entry, by=by, plate=plate_of(entry), owner=str(owner), deputy=str(deputy or "nobody"),
        reason=reason,
    )  # fmt: skip
    return entry
