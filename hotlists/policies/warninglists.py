"""Who may keep warninglists, bring an edition into use, and answer for a plate that one refuses."""

from accounts.models import Actor, User
from accounts.policies import acts_in_own_session, holds, reads
from hotlists.models import EntryVersion, Warninglist, WarninglistEdition
from portal.policies import Allowed, Denied, Late, Verdict, first_denial
from standards.ranks import Rank


def may_see_warninglists(actor: Actor) -> Verdict:
    """Who may read which warninglists there are; their plates are another matter."""
    return reads(actor, "hotlists.view_entries")


def may_check_plate(actor: Actor) -> Verdict:
    """Who may ask whether a warninglist warns of a plate."""
    return reads(actor, "hotlists.search_plate")


def may_begin_warninglist(user: Actor) -> Verdict:
    """Who may begin one."""
    return holds(user, "hotlists.keep_warninglist")


def may_load_warninglist(user: Actor, warninglist: Warninglist) -> Verdict:
    """Who may send a file for it; what it holds comes in use only when somebody else accepts it."""
    return first_denial(holds(user, "hotlists.keep_warninglist"), _is_kept(warninglist))


def may_retire_warninglist(user: Actor, warninglist: Warninglist) -> Verdict:
    """Retiring ends what protects its plates: somebody who keeps warninglists, in a session of their own."""
    return first_denial(holds(user, "hotlists.keep_warninglist"), acts_in_own_session(user), _is_kept(warninglist))


def may_open_edition(user: Actor) -> Verdict:
    """Who may look at some of its plates: who keeps warninglists, and who accepts them."""
    may_keep = holds(user, "hotlists.keep_warninglist")
    return may_keep if may_keep else holds(user, "hotlists.accept_warninglist")


def may_accept_edition(user: Actor, edition: WarninglistEdition) -> Verdict:
    """Another person than who loaded it, in a session of their own."""
    if isinstance(user, User) and user.pk == edition.loaded_by_id:
        return Denied("You loaded this edition, so somebody else has to accept it.")
    return first_denial(
        holds(user, "hotlists.accept_warninglist"), acts_in_own_session(user), _waits(edition),
        _is_kept(edition.warninglist),
    )  # fmt: skip


def may_discard_edition(user: Actor, edition: WarninglistEdition) -> Verdict:
    """Who keeps or accepts warninglists may throw away what waits."""
    return first_denial(may_open_edition(user), _waits(edition))


def may_bring_back(user: Actor, edition: WarninglistEdition) -> Verdict:
    """Undoing: an edition that two people stood for comes back, by one who may accept and did not load it."""
    if isinstance(user, User) and user.pk == edition.loaded_by_id:
        return Denied("You loaded this edition, so somebody else has to bring it back.")
    first = first_denial(
        holds(user, "hotlists.accept_warninglist"), acts_in_own_session(user), _is_kept(edition.warninglist)
    )
    if not first:
        return first
    if edition.accepted_at is None:
        return Late("Only an edition that was accepted can come back.")
    if edition.idle_since is None:
        return Late("This edition is in use already.")
    return Allowed()


def may_answer_refusal(user: Actor, version: EntryVersion, edition: WarninglistEdition) -> Verdict:
    """Who may let a plate through that this edition refuses: somebody of its rank who decides entries and did not write this."""
    hands = {version.written_by_id, *(hand.user_id for hand in version.contributions.all())}
    if isinstance(user, User) and user.pk in hands:
        return Denied("You wrote or edited this version, so somebody else has to answer for its plate.")
    first = first_denial(holds(user, "hotlists.decide_entry"), acts_in_own_session(user))
    if not first:
        return first
    if not isinstance(user, User) or user.rank < edition.answer_rank:
        return Denied(f"This warninglist is answered by {Rank(edition.answer_rank).label.lower()} or above.")
    if version.status != EntryVersion.Status.DRAFT:
        return Late("This version was submitted already, so there is nothing to answer.")
    return Allowed()


def let_nothing_through(user: Actor, version: EntryVersion) -> Verdict:
    """Who let the plate of an entry through has no hand in it afterwards: two people, not one in turn."""
    if isinstance(user, User) and version.entry.warninglist_answers.filter(given_by=user).exists():
        return Denied("You let this plate through though a warninglist refuses it, so somebody else writes the entry.")
    return Allowed()


def _waits(edition: WarninglistEdition) -> Verdict:
    if edition.accepted_at:
        return Late("This edition was accepted already.")
    return Late("This edition was discarded.") if edition.discarded_at else Allowed()


def _is_kept(warninglist: Warninglist) -> Verdict:
    return Late("This warninglist was retired. Begin another one.") if warninglist.retired_at else Allowed()
