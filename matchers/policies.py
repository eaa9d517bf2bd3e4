"""Who may give lists to matchers, and look at who holds them; and what a matcher itself may do."""

import datetime as dt

from django.utils import timezone

from accounts.models import Actor, MachineClient, SystemJob, User
from accounts.policies import acts_in_own_session, holds, reads
from hotlists.models import Hotlist
from hotlists.policies import may_look_at_departures, may_look_at_entries
from matchers.models import Allocation, Disclosure, Halt, Matcher
from portal.policies import Allowed, Denied, Late, Verdict, first_denial

LONGEST_ALLOCATION = dt.timedelta(days=366)


def may_manage(user: Actor) -> Verdict:
    """Who adds matchers and gives them lists."""
    return Allowed() if isinstance(user, SystemJob) else holds(user, "matchers.manage_matcher")


def may_view(user: Actor) -> Verdict:
    """Who sees what was published and who holds it; a machine that may read, too."""
    return reads(user, "matchers.view_publications")


def may_renew_code(user: Actor, matcher: Matcher) -> Verdict:
    """Who makes a code for enrolment; there is nothing to enrol where no receipt is ever signed."""
    is_unsigned = hasattr(matcher, "door")
    return first_denial(
        may_manage(user),
        Denied("This matcher fetches unsigned files: it has no key to enrol.") if is_unsigned else Allowed(),
    )


def may_allocate(user: Actor, matcher: Matcher, hotlist: Hotlist) -> Verdict:
    """Who gives this list to this matcher. A suppression list goes nowhere (decision 19)."""
    return first_denial(
        may_manage(user),
        Denied("A suppression list is never published.") if hotlist.kind == Hotlist.Kind.SUPPRESSION else Allowed(),
        Allowed() if matcher.machine.is_active else Denied("This matcher was switched off."),
        Denied("This matcher was stopped. Somebody has to start it again first.") if matcher.stoppage else Allowed(),
        _is_not_allocated(matcher, hotlist),
    )


def may_revoke(user: Actor, allocation: Allocation) -> Verdict:
    """Who takes a list away from a matcher: narrowing, so one person is enough."""
    over = allocation.revoked_at is not None or allocation.until_at <= timezone.now()
    return first_denial(
        holds(user, "matchers.manage_matcher"), Denied("This allocation is over already.") if over else Allowed()
    )


def may_prolong(user: Actor, allocation: Allocation) -> Verdict:
    """Who moves the end of an allocation: who may give the list, while it is given."""
    over = allocation.revoked_at is not None or allocation.until_at <= timezone.now()
    return first_denial(
        holds(user, "matchers.manage_matcher"),
        Denied("This allocation is over already. Give the list anew.") if over else Allowed(),
    )


def may_stop(user: Actor, matcher: Matcher) -> Verdict:
    """Who takes everything from a matcher: narrowing, so one person is enough (R-105)."""
    return first_denial(
        holds(user, "matchers.manage_matcher"), Denied("It is stopped already.") if matcher.stoppage else Allowed()
    )


def may_rotate(actor: Actor, matcher: Matcher) -> Verdict:
    """Who has another secret issued: who keeps matchers, or the matcher itself; not for one that was stopped."""
    is_itself = isinstance(actor, MachineClient) and actor.pk == matcher.machine_id
    return first_denial(
        Allowed() if is_itself else holds(actor, "matchers.manage_matcher"),
        Denied("This matcher was stopped. It gets no other secret.") if matcher.stoppage else Allowed(),
        Allowed() if matcher.machine.is_active else Denied("This matcher was switched off."),
    )


def may_restart(user: Actor, matcher: Matcher) -> Verdict:
    """Another person than who stopped it."""
    stoppage = matcher.stoppage
    is_own = stoppage is not None and isinstance(user, User) and stoppage.from_by_id == user.pk
    return first_denial(
        holds(user, "matchers.manage_matcher"),
        Denied("You stopped it, so somebody else has to start it again.") if is_own else Allowed(),
        acts_in_own_session(user),
    )


def may_view_root(user: Actor) -> Verdict:
    """Who sees the root of trust."""
    return reads(user, "matchers.view_root")


def may_see_halts(user: Actor) -> Verdict:
    """Who sees revisions that wait: who sees what was published, and who decides on them."""
    return may_view(user) or holds(user, "matchers.release_revision")


def may_decide_halt(user: Actor, halt: Halt) -> Verdict:
    """Another person than those whose doing it is (R-103)."""
    had_a_hand = isinstance(user, User) and user.pk in halt.caused_by
    return first_denial(
        holds(user, "matchers.release_revision"),
        Denied("You had a hand in what it comes from, so somebody else has to decide.") if had_a_hand else Allowed(),
        Denied("It is over already.") if halt.ended_at is not None else Allowed(),
        acts_in_own_session(user),
    )


def may_enrol(machine: Actor, matcher: Matcher) -> Verdict:
    """Only the machine itself, and only once for each code it is given."""
    if not isinstance(machine, MachineClient) or machine.pk != matcher.machine_id:
        return Denied("A matcher enrols itself.")
    return Allowed()


def may_look_at_refusals(actor: Actor, hotlist: Hotlist) -> Verdict:
    """Who sees which of its plates a list does not publish: who sees them where they stand."""
    return may_look_at_departures(actor) if hotlist.kind == Hotlist.Kind.FEED else may_look_at_entries(actor)


def may_export_list(user: Actor, hotlist: Hotlist) -> Verdict:
    """Who takes a list away as an unsigned file. A suppression list goes nowhere (decision 19)."""
    return first_denial(
        holds(user, "matchers.export_list"),
        Denied("A suppression list is never published.") if hotlist.kind == Hotlist.Kind.SUPPRESSION else Allowed(),
    )


def may_tell(user: Actor, disclosure: Disclosure) -> Verdict:
    """Who tells the recipient of a file what was taken back since."""
    is_over = disclosure.tellings.filter(is_destroyed=True).exists()
    return first_denial(
        holds(user, "matchers.export_list"),
        Late("Its recipient said that no copy is left.") if is_over else Allowed(),
    )


def _is_not_allocated(matcher: Matcher, hotlist: Hotlist) -> Verdict:
    if Allocation.objects.running(timezone.now()).filter(matcher=matcher, hotlist=hotlist).exists():
        return Denied("This matcher has this list already.")
    return Allowed()
