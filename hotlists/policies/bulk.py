"""Who may work on many entries at once, and who lets more than the daily number through (R-030)."""

from accounts.models import Actor, User
from accounts.policies import acts_in_own_session, holds
from hotlists.models import Bulk, EntryVersion, Release
from hotlists.policies.entries import may_edit, may_write
from portal.policies import Allowed, Denied, Late, Verdict, first_denial


def may_work_on(user: Actor, bulk: Bulk) -> Verdict:
    """Its author, and nobody else: drafts are written in their name."""
    if not isinstance(user, User) or user.pk != bulk.made_by_id:
        return Denied("Somebody else began this. Only they go on with it.")
    return may_write(user, bulk.hotlist)


def may_discard(user: Actor, version: EntryVersion) -> Verdict:
    """Who wrote a draft deletes it."""
    return first_denial(
        Allowed()
        if isinstance(user, User) and user.pk == version.written_by_id
        else Denied("Only its author deletes a draft."),
        may_edit(user, version),
        Allowed() if version.status == EntryVersion.Status.DRAFT else Late("This version was submitted, so it stays."),
    )


def may_answer_releases(user: Actor) -> Verdict:
    """List managers."""
    return first_denial(holds(user, "hotlists.manage_hotlist"), acts_in_own_session(user))


def may_release(user: Actor, release: Release) -> Verdict:
    """A list manager other than who asks, or whoever had a hand in the draft."""
    version = release.version
    hands = {release.asked_by_id, version.written_by_id, *(hand.user_id for hand in version.contributions.all())}
    if isinstance(user, User) and user.pk in hands:
        return Denied("You wrote or edited this draft or asked for its release, so somebody else has to release it.")
    return first_denial(
        may_answer_releases(user),
        Late("This was answered already.") if release.answer else Allowed(),
        Late("The draft was changed since this was asked. Its author asks anew.") if release.lapsed_at else Allowed(),
    )
