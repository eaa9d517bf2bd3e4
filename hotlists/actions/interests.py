"""Another interest in a vehicle that is listed already: a draft of one's own, with the vehicle described (R-021)."""

from django.db import transaction

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.entries import begin_entry
from hotlists.actions.terms import locked
from hotlists.models import Entry, EntryVersion, Hotlist
from hotlists.steps import STEPS
from portal.policies import require

# What the vehicle looks like is the same whoever asks; why it is wanted, by whom and until when is not.
OF_THE_VEHICLE = tuple(name for name in STEPS[0].fields if name != "plate_confirmed_because")


@transaction.atomic
def link_interest(entry: Entry, *, by: User, hotlist: Hotlist | None = None) -> EntryVersion:
    """A draft of a new entry for the same vehicle, on the same list or another, with an owner, reason and end of its own."""
    entry = locked(entry, by=by)
    require(policies.may_link(by, entry, hotlist or entry.hotlist))
    shown = shown_of(entry)
    facts = {name: getattr(shown, name) for name in OF_THE_VEHICLE}
    draft = begin_entry(hotlist or entry.hotlist, by=by, step=STEPS[0].slug, **facts)
    record(
        Verb.INTEREST_LINKED, target=draft.entry, by=by, plate=(shown.country, shown.vrm), also=[draft, entry],
        source=str(entry),
    )  # fmt: skip
    return draft


def shown_of(entry: Entry) -> EntryVersion:
    """The version that governs, else the latest: what others read of the vehicle."""
    term = entry.terms.filter(until_at=None).select_related("version").first()
    return term.version if term else entry.versions.latest("number")
