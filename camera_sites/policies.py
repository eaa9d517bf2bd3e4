"""Who may do what to assessments and sites, and why not."""

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import Actor, User
from accounts.policies import acts_in_own_session, holds, reads
from camera_sites.accuracy import untested
from camera_sites.case import lacking, likelihood_of
from camera_sites.models import (
    Camera,
    CameraSite,
    CodeGap,
    ConsultationOutcome,
    Coverage,
    Dpia,
    DpiaAdvice,
    DpiaVersion,
    SelfAssessment,
)
from portal.errors import Stranger
from portal.policies import Allowed, Denied, Verdict, first_denial
from standards.matrix import Likelihood
from standards.models import StandardsProfile
from standards.ranks import Rank


def require_sight_of_dpia(actor: Actor, dpia: Dpia) -> None:
    """Raises Stranger unless the assessment exists for the actor."""
    if not Dpia.objects.visible_to(actor).filter(pk=dpia.pk).exists():
        raise Stranger("There is no such assessment, or it is not yours to see.")


def require_sight_of_site(actor: Actor, site: CameraSite) -> None:
    """Raises Stranger unless the site exists for the actor."""
    if not CameraSite.objects.visible_to(actor).filter(pk=site.pk).exists():
        raise Stranger("There is no such camera site, or it is not yours to see.")


def may_open_registry(user: Actor) -> Verdict:
    """Who may open the registry of sites and assessments."""
    return reads(user, "camera_sites.view_sites")


def may_open_site(user: Actor, site: CameraSite) -> Verdict:
    """Who may see where a site stands (R-120)."""
    return may_open_registry(user)


def may_write_dpia(user: Actor) -> Verdict:
    """Who may begin an assessment."""
    return holds(user, "camera_sites.write_dpia")


def may_edit_version(user: Actor, version: DpiaVersion) -> Verdict:
    """Who may change a draft."""
    return may_write_dpia(user)


def may_submit(user: Actor, version: DpiaVersion) -> Verdict:
    """Who may hand a draft over for advice and decision."""
    return may_write_dpia(user)


def may_advise(user: Actor, version: DpiaVersion) -> Verdict:
    """The data protection officer, in their own session, about what they did not write."""
    return first_denial(
        holds(user, "camera_sites.advise_dpia"), acts_in_own_session(user), _has_no_hand_in(user, version)
    )


def may_decide(user: Actor, version: DpiaVersion) -> Verdict:
    """The controller, after somebody else's advice, about what they did not write."""
    if not (denied := first_denial(
        holds(user, "camera_sites.decide_dpia"), acts_in_own_session(user), _has_no_hand_in(user, version)
    )):  # fmt: skip
        return denied
    advice = DpiaAdvice.objects.filter(version=version).first()
    if advice is None:
        return Denied("The data protection officer has not advised on this version yet.")
    if isinstance(user, User) and advice.advised_by_id == user.pk:
        return Denied("You advised on this version, so somebody else has to decide it.")
    return Allowed()


def may_approve(user: Actor, version: DpiaVersion) -> Verdict:
    """As `may_decide`; and while a high risk remains, not before the Commissioner was consulted and did not object (R-115)."""
    return first_denial(_commissioner_was_consulted(version), may_decide(user, version))


def may_consult_commissioner(user: Actor, version: DpiaVersion) -> Verdict:
    """The data protection officer, through whom the Commissioner is reached, about what they did not write."""
    return first_denial(
        holds(user, "camera_sites.advise_dpia"), acts_in_own_session(user), _has_no_hand_in(user, version)
    )


def may_propose(user: Actor) -> Verdict:
    """Who may propose a site."""
    return holds(user, "camera_sites.propose_site")


def may_load_roads(user: Actor) -> Verdict:
    """Who may have sites judged by other roads: whoever may propose one."""
    return may_propose(user)


def may_edit_site(user: Actor, site: CameraSite) -> Verdict:
    """Who may change what is said of a site."""
    if site.status == CameraSite.Status.DECOMMISSIONED:
        return Denied("This site is decommissioned. It comes back only as a new proposal.")
    return may_propose(user)


def may_add_camera(user: Actor, site: CameraSite) -> Verdict:
    """Cameras belong to what is decided, so they are added while the site is proposed (R-117)."""
    if site.status != CameraSite.Status.PROPOSED:
        return Denied(
            "What was decided on were these cameras. For more, propose a site of their own, so that somebody else decides."
        )
    return may_propose(user)


def may_take_camera_down(user: Actor, site: CameraSite) -> Verdict:
    """Fewer cameras narrow what was decided: whoever keeps the site, or may end it."""
    return may_keep_evidence(user, site) or may_decommission(user, site)


def may_touch_camera(camera: Camera) -> Verdict:
    """A camera that was taken down stays as it was then."""
    return Allowed() if camera.decommissioned_at is None else Denied("This camera was taken down.")


def may_set_live(user: Actor, site: CameraSite) -> Verdict:
    """Another person than whoever proposed or edited it, while its assessment governs (R-113)."""
    return first_denial(
        holds(user, "camera_sites.decide_site"),
        acts_in_own_session(user),
        _proposed_none_of(user, site),
        _is_assessed(site),
        _has_cameras(site),
        _is_tested(site),
        _is_argued(site),
        _may_sign_off(user, site),
    )


def may_export_sites(user: Actor) -> Verdict:
    """Who may take away where sites stand (R-120)."""
    return holds(user, "camera_sites.export_sites")


def may_keep_evidence(user: Actor, site: CameraSite) -> Verdict:
    """Who writes down consultations, sharing, signs and positions: whoever proposes and keeps sites."""
    if site.status == CameraSite.Status.DECOMMISSIONED:
        return Denied("This site is decommissioned: what is kept about it stays as it is.")
    return may_propose(user)


def may_ask_for_review(user: Actor, site: CameraSite) -> Verdict:
    """Whoever keeps, decides or advises on sites may ask whether one is still needed (R-116)."""
    if site.status not in (CameraSite.Status.LIVE, CameraSite.Status.SUSPENDED):
        return Denied("Only the need of a site that was set live is reviewed.")
    advises = holds(user, "camera_sites.advise_dpia")
    return advises or may_propose(user) or holds(user, "camera_sites.decide_site")


def may_review_need(user: Actor, site: CameraSite) -> Verdict:
    """Whoever decides sites, in their own session, about what they did not propose (R-116)."""
    if site.status not in (CameraSite.Status.LIVE, CameraSite.Status.SUSPENDED):
        return Denied("Only the need of a site that was set live is reviewed.")
    if isinstance(user, User) and site.contributions.filter(user=user).exists():
        return Denied("You proposed or edited this site, so somebody else has to review its need.")
    return first_denial(holds(user, "camera_sites.decide_site"), acts_in_own_session(user))


def may_suspend_site(user: Actor, site: CameraSite) -> Verdict:
    """Suspending narrows: its owner, or who decides sites."""
    return may_decommission(user, site)


def may_return_site(user: Actor, site: CameraSite) -> Verdict:
    """Another than whoever suspended it, and than whoever proposed it; as long as its assessment governs."""
    denied = first_denial(
        holds(user, "camera_sites.decide_site"), acts_in_own_session(user), _proposed_none_of(user, site), _is_assessed(site)
    )  # fmt: skip
    if not denied:
        return denied
    if isinstance(user, User) and site.moved_by_id == user.pk:
        return Denied("You suspended this site, so somebody else has to return it to service.")
    if over := [words for words in lacking(site, timezone.now()) if words.startswith(("A DPIA", "A deployment"))]:
        return Denied(f"It lacks this: {over[0]}")
    return Allowed()


def may_decommission(user: Actor, site: CameraSite) -> Verdict:
    """Ending narrows: its owner, or who decides sites."""
    if isinstance(user, User) and user.pk == site.owner_id:
        return holds(user, "camera_sites.view_sites")
    return holds(user, "camera_sites.decide_site")


def may_give_access(user: Actor, site: CameraSite) -> Verdict:
    """Who may let others see a site."""
    return may_propose(user) or holds(user, "camera_sites.decide_site")


def may_take_access(user: Actor, site: CameraSite, grantee: User | Group) -> Verdict:
    """As giving; whoever answers for a site goes on seeing it."""
    if isinstance(grantee, User) and grantee.pk == site.owner_id:
        return Denied("Whoever answers for a site sees it. Name another owner first.")
    return may_give_access(user, site)


def require_sight_of_code(actor: Actor) -> None:
    """Raises Stranger unless self-assessments exist for the actor."""
    if not may_open_registry(actor):
        raise Stranger("There is no such self-assessment, or it is not yours to see.")


def may_write_self_assessment(user: Actor) -> Verdict:
    """Who writes the self-assessment under the camera code."""
    return holds(user, "camera_sites.write_self_assessment")


def may_sign_self_assessment(user: Actor, assessment: SelfAssessment) -> Verdict:
    """Another than whoever wrote or answered any of it, in their own session (R-119)."""
    if isinstance(user, User) and assessment.hands.filter(user=user).exists():
        return Denied("You wrote some of this self-assessment, so somebody else has to sign it.")
    return first_denial(holds(user, "camera_sites.sign_self_assessment"), acts_in_own_session(user))


def may_publish_self_assessment(user: Actor, assessment: SelfAssessment) -> Verdict:
    """Whoever may sign."""
    return holds(user, "camera_sites.sign_self_assessment")


def may_close_gap(user: Actor, gap: CodeGap) -> Verdict:
    """Whoever it was given to, and who writes self-assessments."""
    if isinstance(user, User) and user.is_active and gap.owner_id == user.pk:
        return may_open_registry(user)
    return may_write_self_assessment(user)


def _has_no_hand_in(user: Actor, version: DpiaVersion) -> Verdict:
    hands = {version.written_by_id, version.submitted_by_id, *version.contributions.values_list("user_id", flat=True)}
    if isinstance(user, User) and user.pk in hands:
        return Denied("You wrote, edited or submitted this version, so somebody else has to judge it.")
    return Allowed()


def _commissioner_was_consulted(version: DpiaVersion) -> Verdict:
    if not version.residual_risk_high:
        return Allowed()
    answer = ConsultationOutcome.objects.filter(consultation__version=version).first()
    if answer is None:
        return Denied(
            "This version says that a high risk remains. The Commissioner is consulted before such processing, and no "
            "outcome of that is recorded yet. Until then it can only be rejected."
        )
    if answer.outcome == ConsultationOutcome.Outcome.INFRINGES:
        return Denied(
            "The Commissioner answered that this processing would infringe the law. Reject it, so that a version with "
            "further measures can be written."
        )
    return Allowed()


def _proposed_none_of(user: Actor, site: CameraSite) -> Verdict:
    if isinstance(user, User) and site.contributions.filter(user=user).exists():
        return Denied("You proposed or edited this site, so somebody else has to set it live.")
    return Allowed()


def _is_assessed(site: CameraSite) -> Verdict:
    if site.dpia_id is None:
        return Denied("No DPIA covers this site yet. Without one in date it cannot go live.")
    if not Dpia.objects.governing(timezone.now()).filter(pk=site.dpia_id).exists():
        return Denied("Its DPIA is not approved, or is past its review date. Without one in date it cannot go live.")
    lapsed = Coverage.objects.filter(kind=Coverage.Kind.SITE, subject=site.pk).lapsed(timezone.now())
    if first := lapsed.select_related("dpia").first():
        return Denied(f"{first.dpia} covers it too, and is past its review date. Without it in date it cannot go live.")
    return Allowed()


def _has_cameras(site: CameraSite) -> Verdict:
    if not site.cameras.standing().exists():
        return Denied("No camera stands in this proposal yet.")
    return Allowed()


def _is_tested(site: CameraSite) -> Verdict:
    """Where the standards in force demand it: so many tests in date of each camera, none of its newest short of them (R-090)."""
    now = timezone.now()
    least = StandardsProfile.objects.in_force(now).number("site.accuracy.before")
    if least <= 0:
        return Allowed()
    if without := untested(site, now, least=least):
        return Denied(
            f"The standards in force ask for a passed accuracy test in date of each camera first. Without: {without}."
        )
    return Allowed()


def _is_argued(site: CameraSite) -> Verdict:
    if missing := lacking(site, timezone.now()):
        return Denied(f"Its case is not made yet. It lacks: {' '.join(missing)}")
    return Allowed()


def _may_sign_off(user: Actor, site: CameraSite) -> Verdict:
    """What the national matrix justifies only exceptionally is signed off by a superintendent (R-112)."""
    now = timezone.now()
    if likelihood_of(site, now) != Likelihood.EXCEPTIONAL:
        return Allowed()
    least = StandardsProfile.objects.in_force(now).number("site.exceptional.rank")
    if not isinstance(user, User) or user.rank < least:
        return Denied(
            f"The national matrix justifies this only exceptionally: a {Rank(least).label.lower()} decides it."
        )
    return Allowed()
