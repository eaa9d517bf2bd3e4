"""Who may agree with a source, load its files, release them, and hold a row back."""

from django.utils import timezone

from accounts.models import Actor, MachineClient, User
from accounts.policies import acts_in_own_session, holds
from hotlists.feeds.layouts import Layout
from hotlists.models import FeedException, Hotlist, ImportProfile, Load, SourceAgreement, layout_of
from hotlists.policies.entries import require_sight
from hotlists.policies.hotlists import is_open
from portal.errors import Stranger
from portal.policies import Allowed, Denied, Late, Verdict, first_denial


def require_sight_of_feed(actor: Actor, hotlist: Hotlist) -> None:
    """Raises Stranger unless the list exists for the actor; for a machine, those whose source it speaks for."""
    if not isinstance(actor, MachineClient):
        require_sight(actor, hotlist)
    elif not hotlist.agreements.filter(machine=actor).exists():
        raise Stranger("There is no such list.")


def may_propose(user: Actor, hotlist: Hotlist) -> Verdict:
    """Who may write down the terms on which a source fills a list."""
    return first_denial(_is_feed(hotlist), holds(user, "hotlists.manage_hotlist"), is_open(hotlist))


def may_agree(user: Actor, agreement: SourceAgreement) -> Verdict:
    """Another person than the proposer, in a session of their own."""
    if isinstance(user, User) and user.pk == agreement.proposed_by_id:
        return Denied("You proposed this agreement, so somebody else has to agree to it.")
    return first_denial(
        holds(user, "hotlists.agree_source"),
        acts_in_own_session(user),
        is_open(agreement.hotlist),
        Late("This agreement is made already.") if agreement.agreed_at else Allowed(),
        Late("This proposal was turned down.") if agreement.ended_at else Allowed(),
    )


def may_end_agreement(user: Actor, agreement: SourceAgreement) -> Verdict:
    """Ending narrows, so one person who keeps lists or agrees to sources may; of a closed list too."""
    may_keep = holds(user, "hotlists.manage_hotlist")
    has_ended = agreement.ended_at or agreement.until_at <= timezone.now()
    return first_denial(
        may_keep if may_keep else holds(user, "hotlists.agree_source"),
        Late("This agreement has ended already.") if has_ended else Allowed(),
    )


def may_write_profile(user: Actor, hotlist: Hotlist) -> Verdict:
    """Who may write down how a source's files are read."""
    return first_denial(_is_feed(hotlist), holds(user, "hotlists.manage_hotlist"), is_open(hotlist))


def may_edit_profile(user: Actor, profile: ImportProfile) -> Verdict:
    """Who may write import profiles, while it is a draft."""
    return first_denial(
        may_write_profile(user, profile.hotlist),
        Allowed() if profile.is_draft else Late("This import profile is no draft any more. Begin another from it."),
    )


def may_end_profile(user: Actor, profile: ImportProfile) -> Verdict:
    """Who may write import profiles throws a draft away or turns a proposal down; of a closed list too."""
    is_over = profile.approved_at or profile.ended_at
    return first_denial(
        holds(user, "hotlists.manage_hotlist"),
        Late("This import profile does not wait for anybody.") if is_over else Allowed(),
    )


def may_approve_profile(user: Actor, profile: ImportProfile) -> Verdict:
    """Somebody whose hand was not in it, in a session of their own: what a column means decides who is stopped."""
    hands = {profile.proposed_by_id, profile.begun_by_id, *(hand.user_id for hand in profile.contributions.all())}
    if isinstance(user, User) and user.pk in hands:
        return Denied("You wrote or edited this import profile, so somebody else has to approve it.")
    return first_denial(
        holds(user, "hotlists.agree_source"),
        acts_in_own_session(user),
        is_open(profile.hotlist),
        Late("This import profile does not wait for approval.")
        if profile.approved_at or profile.ended_at or not profile.proposed_at
        else Allowed(),
    )


def may_tell_source(actor: Actor, hotlist: Hotlist) -> Verdict:
    """Who may take what the source has to be told, and say that it knows: who loads its files, or its machine."""
    if isinstance(actor, MachineClient):
        return may_answer_for_source(actor, hotlist)
    return first_denial(_is_feed(hotlist), holds(actor, "hotlists.load_feed"))


def may_answer_for_source(actor: Actor, hotlist: Hotlist) -> Verdict:
    """The machine that the agreement in date names."""
    agreement = SourceAgreement.objects.governing(timezone.now()).filter(hotlist=hotlist).order_by("-from_at").first()
    if not isinstance(actor, MachineClient) or agreement is None:
        return Denied("Only the machine that the source's agreement names answers for the source.")
    return _speaks_for_source(actor, agreement)


def may_record_recovery(actor: Actor, hotlist: Hotlist) -> Verdict:
    """Whoever may hold a row back, or the source's machine: a recovery holds its row back at once (F-02, R-023)."""
    if isinstance(actor, MachineClient):
        return may_answer_for_source(actor, hotlist)
    return may_suspend_row(actor, hotlist)


def may_look_at_loads(user: Actor) -> Verdict:
    """Who may see what was loaded, and how it went; the pages show no plates."""
    return Allowed() if isinstance(user, MachineClient) else holds(user, "hotlists.view_entries")


def may_load(actor: Actor, hotlist: Hotlist) -> Verdict:
    """Who may send a file for this list: while an agreement runs, a person whose role says so, or the source's machine."""
    if not (may := first_denial(_is_feed(hotlist), _holds_unless_machine(actor), is_open(hotlist))):
        return may
    agreement = SourceAgreement.objects.governing(timezone.now()).filter(hotlist=hotlist).order_by("-from_at").first()
    if agreement is None:
        return Denied("No agreement with the source is in date, so nothing can be loaded.")
    if not (may := _speaks_for_source(actor, agreement)):
        return may
    if agreement.life_cycle != SourceAgreement.LifeCycle.NONE and not _layout(hotlist).has("reported_at"):
        return Denied(
            "Rows of this list end a set time after they were reported (R-022). Its import profile names no column that says "
            "when that was."
        )
    return Allowed()


def may_accept(actor: Actor, load: Load) -> Verdict:
    """Within the change limit whoever may load; beyond it another person than who uploaded (R-103)."""
    runs = SourceAgreement.objects.governing(timezone.now()).filter(pk=load.agreement_id).exists()
    return first_denial(
        _may_take_responsibility(actor, load),
        is_open(load.hotlist),
        Allowed() if runs else Denied("The agreement that this was loaded under has ended."),
    )


def _may_take_responsibility(actor: Actor, load: Load) -> Verdict:
    if not load.is_over_limit:
        if isinstance(actor, MachineClient) and load.bad_rows:
            return Denied("Some rows have problems. A person decides whether the others are loaded without them.")
        return _speaks_for_source(actor, load.agreement)
    if isinstance(actor, User) and actor.pk == load.uploaded_by_id:
        together = (
            "Together with the loads before it that nobody else accepted, this" if load.changed_lately else "This"
        )
        return Denied(
            f"{together} changes more than {load.change_limit} % of the list, so somebody else has to release it."
        )
    return first_denial(holds(actor, "hotlists.release_load"), acts_in_own_session(actor))


def may_refuse(actor: Actor, load: Load) -> Verdict:
    """Whoever may load or release, or the machine that sent it."""
    if isinstance(actor, MachineClient):
        return _speaks_for_source(actor, load.agreement)
    may_release = holds(actor, "hotlists.release_load")
    return may_release if may_release else holds(actor, "hotlists.load_feed")


def may_look_at_departures(actor: Actor) -> Verdict:
    """Who may see which plates left a feed: who may look for plates, or a machine that may read."""
    return Allowed() if isinstance(actor, MachineClient) else may_search_rows(actor)


def may_search_rows(user: Actor) -> Verdict:
    """Who may look for a plate in a feed."""
    return holds(user, "hotlists.search_plate")


def may_suspend_row(user: Actor, hotlist: Hotlist) -> Verdict:
    """Narrowing takes effect at once, by one entitled person (F-02)."""
    return first_denial(_is_feed(hotlist), holds(user, "hotlists.suspend_entry"))


def may_lift(user: Actor, exception: FeedException) -> Verdict:
    """Lifting an exception widens, so another person than who made it, or loaded the file that did, lifts it."""
    if isinstance(user, User) and user.pk == exception.from_by_id:
        return Denied("You held this row back, so somebody else has to let it go.")
    if isinstance(user, User) and exception.from_load and user.pk == exception.from_load.uploaded_by_id:
        return Denied("You uploaded the file that held this row back, so somebody else has to let it go.")
    may_widen = holds(user, "hotlists.decide_entry")
    return first_denial(may_widen if may_widen else holds(user, "hotlists.release_load"), acts_in_own_session(user))


def _layout(hotlist: Hotlist) -> Layout:
    return layout_of(ImportProfile.objects.governing(timezone.now()).filter(hotlist=hotlist).first())


def _is_feed(hotlist: Hotlist) -> Verdict:
    if hotlist.kind != Hotlist.Kind.FEED:
        return Denied("This list is not loaded from a source; its entries are decided one by one.")
    return Allowed()


def _holds_unless_machine(actor: Actor) -> Verdict:
    return Allowed() if isinstance(actor, MachineClient) else holds(actor, "hotlists.load_feed")


def _speaks_for_source(actor: Actor, agreement: SourceAgreement) -> Verdict:
    if isinstance(actor, MachineClient):
        if agreement.machine_id != actor.pk or not actor.has_scope("write"):
            return Denied("The agreement with the source does not name this machine, or it may not write.")
        return Allowed()
    return holds(actor, "hotlists.load_feed")
