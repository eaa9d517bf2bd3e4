"""Who may do what to lists and entries, and why not."""

from accounts.models import Actor
from accounts.policies import holds, reads
from hotlists.models import Entry, EntryVersion, Hotlist
from portal.errors import Stranger
from portal.policies import Allowed, Denied, Late, Verdict, first_denial


def sees(actor: Actor, hotlist: Hotlist) -> bool:
    """Whether this list exists for the actor."""
    return Hotlist.objects.visible_to(actor).filter(pk=hotlist.pk).exists()


def require_sight(actor: Actor, hotlist: Hotlist) -> None:
    """Raises Stranger unless the list exists for the actor."""
    if not sees(actor, hotlist):
        raise Stranger("There is no such list or entry, or it is not yours to see.")


def may_open(user: Actor, entry: Entry) -> Verdict:
    """Who may read an entry."""
    return reads(user, "hotlists.view_entries")


def may_look_at_entries(user: Actor) -> Verdict:
    """Who may read lists and queues of entries."""
    return reads(user, "hotlists.view_entries")


def may_search(user: Actor) -> Verdict:
    """Who may search the lists for a plate."""
    return holds(user, "hotlists.search_plate")


def may_export(user: Actor) -> Verdict:
    """Who may take away as a file what a list or a search shows them."""
    return first_denial(holds(user, "hotlists.view_entries"), holds(user, "hotlists.export_entries"))


def may_write(user: Actor, hotlist: Hotlist) -> Verdict:
    """Who may write an entry for this list."""
    if hotlist.kind == Hotlist.Kind.FEED:
        return Denied("This list is loaded from its source; entries are not written by hand.")
    may = holds(user, "hotlists.write_entry")
    return Late("This list was closed, so nothing is written for it any more.") if may and hotlist.closed_at else may


def may_edit(user: Actor, version: EntryVersion) -> Verdict:
    """Who may change a draft."""
    return first_denial(may_write(user, version.entry.hotlist), is_not_withdrawn(version.entry))


may_submit = may_edit


def is_not_withdrawn(entry: Entry) -> Verdict:
    if entry.withdrawn_at:
        return Late("This entry was withdrawn. It comes back only as a new request.")
    return Allowed()
