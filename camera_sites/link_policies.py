"""Who may say what an assessment covers, demand that it be reviewed, answer that, and say that a measure was taken."""

from typing import Any

from accounts.models import Actor, User
from accounts.policies import acts_in_own_session, holds
from camera_sites.covered import kind_of
from camera_sites.measures import measures_of
from camera_sites.models import Coverage, Dpia, DpiaVersion, ReviewDemand
from portal.policies import Allowed, Denied, Verdict, first_denial


def may_cover(user: Actor, kind: str, subject: Any | None) -> Verdict:
    """Whoever writes assessments, and whoever keeps the thing: one more assessment only narrows."""
    known = kind_of(kind)
    writes = holds(user, "camera_sites.write_dpia")
    return writes if writes or known is None or subject is None else known.may_keep(user, subject)


def may_uncover(user: Actor, coverage: Coverage) -> Verdict:
    """The controller, and another than whoever said that it covers: with one assessment fewer more may be in force."""
    if isinstance(user, User) and user.pk == coverage.covered_by_id:
        return Denied("You said that this DPIA covers it, so somebody else has to end that.")
    return first_denial(holds(user, "camera_sites.decide_dpia"), acts_in_own_session(user))


def may_demand(user: Actor, dpia: Dpia) -> Verdict:
    """Whoever writes, advises on or decides assessments or sites may ask that one be looked at again (R-116)."""
    asked = [
        holds(user, f"camera_sites.{codename}")
        for codename in ("write_dpia", "advise_dpia", "decide_dpia", "decide_site")
    ]
    return next((verdict for verdict in asked if verdict), asked[0])


def may_answer(user: Actor, demand: ReviewDemand) -> Verdict:
    """Whoever writes assessments, and the data protection officer; for what a person asked for, another than that person."""
    if isinstance(user, User) and demand.is_by_hand and user.pk == demand.raised_by_id:
        return Denied("You asked for this review, so somebody else has to say that nothing needs to change.")
    return holds(user, "camera_sites.write_dpia") or holds(user, "camera_sites.advise_dpia")


def may_take_measure(user: Actor, version: DpiaVersion, key: str) -> Verdict:
    """Whom the register names for it, whoever wrote the version, and who may write assessments (R-114)."""
    if not (denied := holds(user, "camera_sites.view_sites")):
        return denied
    if isinstance(user, User) and any(one.key == key and one.is_for(user) for one in measures_of(version, {})):
        return Allowed()
    if not holds(user, "camera_sites.write_dpia"):
        return Denied(
            "The register names somebody else for this measure. They say that it is in place, or who writes DPIAs."
        )
    return Allowed()
