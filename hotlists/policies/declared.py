"""Who may declare vehicles, read what was declared, and answer what was reported or told; and whom a vehicle bars."""

from django.utils import timezone

from accounts.models import Actor, User
from accounts.policies import holds
from hotlists.models import ConflictReport, DeclaredVehicle, EntryVersion, Notice
from portal.policies import Allowed, Denied, Late, Verdict, first_denial

_KNOWN = "_skeletons_that_bar"


def may_declare(user: Actor) -> Verdict:
    """Everybody who works here, whatever their role."""
    if not isinstance(user, User) or not user.is_active:
        return Denied("Only people who work here declare vehicles.")
    return Allowed()


def may_withdraw_declaration(user: Actor, declared: DeclaredVehicle) -> Verdict:
    """Who declared it, and nobody else."""
    if not isinstance(user, User) or user.pk != declared.declared_by_id:
        return Denied("Only who declared a vehicle withdraws it.")
    return first_denial(
        may_declare(user), Late("You withdrew this already.") if declared.withdrawn_at is not None else Allowed()
    )


def may_view_declared(user: Actor) -> Verdict:
    """Professional standards. One's own one always sees."""
    return holds(user, "hotlists.view_declared")


def may_see_conflicts(user: Actor) -> Verdict:
    """Professional standards."""
    return holds(user, "hotlists.answer_conflict")


def may_answer_conflict(user: Actor, report: ConflictReport) -> Verdict:
    """Professional standards, and of them not who is reported."""
    if isinstance(user, User) and user.pk == report.attempted_by_id:
        return Denied("This report is about you, so somebody else has to answer it.")
    answered = hasattr(report, "answer")
    return first_denial(may_see_conflicts(user), Late("This was acknowledged already.") if answered else Allowed())


def may_see_notices(user: Actor) -> Verdict:
    """The data protection officer, of whatever list: that is what they are told for."""
    return holds(user, "hotlists.answer_notice")


def may_answer_notice(user: Actor, notice: Notice) -> Verdict:
    """The data protection officer, once."""
    answered = hasattr(notice, "answer")
    return first_denial(may_see_notices(user), Late("This was acknowledged already.") if answered else Allowed())


def has_no_interest(user: Actor, version: EntryVersion) -> Verdict:
    """Whether nobody declared the vehicle as connected with this person or with somebody of their unit (R-032). For what is
    shown, one query a person and request; the action asks afresh."""
    if not isinstance(user, User):
        return Allowed()
    if version.vrm_skeleton in barred_to(user):
        return Denied(
            "This vehicle is declared as connected with you or with somebody of your unit. Somebody else decides."
        )
    return Allowed()


def barred_to(person: User) -> frozenset[str]:
    """Skeletons of the plates that are declared as connected with this person or their unit; asked once a person and request."""
    known: frozenset[str] | None = vars(person).get(_KNOWN)
    if known is None:
        touching = DeclaredVehicle.objects.touching(person, timezone.now())
        known = vars(person)[_KNOWN] = frozenset(touching.values_list("vrm_skeleton", flat=True))
    return known
