"""Sites and assessments told from top to bottom: how they stand, and what may be done next."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import User
from audit.models import Event
from audit.sentences import Told, tell
from camera_sites import policies
from camera_sites.actions.dpias import WRITTEN
from camera_sites.models import CameraSite, Dpia, DpiaVersion
from portal.policies import Verdict

SOON = dt.timedelta(days=60)  # how long before its review date a DPIA is said to be lapsing


@dataclass(frozen=True, slots=True)
class State:
    """How a thing stands: one word, one tone of the status tags, and why."""

    word: str
    tone: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may be done, or not and why."""

    label: str
    url: str
    verdict: Verdict
    is_next: bool = False


def state_of(site: Any, at: dt.datetime) -> State:
    """How a site of `CameraSite.objects.with_service_end(at)` stands at that moment."""
    if site.status == CameraSite.Status.DECOMMISSIONED:
        return State("Decommissioned" if site.live_at else "Withdrawn", "none", "It comes back only as a new proposal.")
    if site.status == CameraSite.Status.PROPOSED:
        if site.dpia_id is None:
            return State("Proposed", "waiting", "No DPIA covers it yet.")
        if site.dpia_ends_at is None:
            return State("Proposed", "waiting", "Its DPIA is not approved, or is past its review date.")
        return State("Proposed", "waiting", "Its DPIA governs; somebody else may set it live.")
    if site.in_service_until is None:
        return State("Out of service", "stopped", "Its DPIA has lapsed, so matchers do not match its reads.")
    if site.in_service_until - at < SOON:
        return State("In service, DPIA lapsing", "lapsing", "Out of service by itself unless the DPIA is renewed.")
    return State("In service", "in-force")


def state_of_dpia(dpia: Any, at: dt.datetime) -> State:
    """How an assessment of `Dpia.objects.with_standing(at)` stands at that moment."""
    waits_for = "the controller’s decision" if dpia.is_advised else "the data protection officer’s advice"
    pending = {
        DpiaVersion.Status.DRAFT: f"Version {dpia.latest_number} is being written.",
        DpiaVersion.Status.SUBMITTED: f"Version {dpia.latest_number} waits for {waits_for}.",
        DpiaVersion.Status.REJECTED: f"Version {dpia.latest_number} was rejected.",
    }.get(dpia.latest_status, "")
    if dpia.ends_at is None:
        is_submitted = dpia.latest_status == DpiaVersion.Status.SUBMITTED
        word = "Waiting" if is_submitted else str(DpiaVersion.Status(dpia.latest_status).label)
        return State(word, "stopped" if dpia.latest_status == DpiaVersion.Status.REJECTED else "waiting", pending)
    if dpia.ends_at <= at:
        return State("Lapsed", "stopped", pending or "What it covers is out of force until a new version is approved.")
    if dpia.ends_at - at < SOON:
        return State("Governs, lapsing", "lapsing", pending)
    return State("Governs", "in-force", pending)


def acts_on_site(site: Any, user: User) -> list[Act]:
    """What may follow, in the order in which it is likely; what cannot be done says why."""
    acts = []
    if site.status == CameraSite.Status.PROPOSED:
        camera = policies.may_add_camera(user, site)
        acts += [
            Act("Set live", reverse("site_live", args=[site.pk]), policies.may_set_live(user, site), is_next=True),
            Act("Add a camera", reverse("camera_new", args=[site.pk]), camera, is_next=not site.camera_count),
        ]
        if site.dpia_id and site.dpia_ends_at is None:
            assess = reverse("dpia_detail", args=[site.dpia_id])
            acts.append(Act("Go to its DPIA", assess, policies.may_open_registry(user), is_next=True))
    if site.status == CameraSite.Status.LIVE and site.in_service_until is None:
        renew = reverse("dpia_detail", args=[site.dpia_id])
        acts.append(Act("Renew the DPIA", renew, policies.may_open_registry(user), is_next=True))
    if site.status != CameraSite.Status.DECOMMISSIONED:
        end = "Decommission" if site.live_at else "Withdraw the proposal"
        acts += [
            Act("Edit", reverse("site_edit", args=[site.pk]), policies.may_edit_site(user, site)),
            Act("Give access", reverse("site_access", args=[site.pk]), policies.may_give_access(user, site)),
            Act(end, reverse("site_decommission", args=[site.pk]), policies.may_decommission(user, site)),
        ]
    return acts


def acts_on_dpia(dpia: Dpia, latest: DpiaVersion, user: User) -> list[Act]:
    """As `acts_on_site`, for an assessment and its latest version."""
    edit = reverse("dpia_edit", args=[dpia.pk])
    if latest.status == DpiaVersion.Status.DRAFT:
        return [Act("Edit the draft", edit, policies.may_edit_version(user, latest))]
    if latest.status == DpiaVersion.Status.SUBMITTED:
        advise = Act("Advise", reverse("dpia_advise", args=[dpia.pk]), policies.may_advise(user, latest), is_next=True)
        decide = Act("Decide", reverse("dpia_decide", args=[dpia.pk]), policies.may_decide(user, latest), is_next=True)
        return [decide] if hasattr(latest, "advice") else [advise, decide]
    return [Act("Write a new version", edit, policies.may_write_dpia(user))]


def differences(old: DpiaVersion, new: DpiaVersion) -> list[tuple[str, Any, Any]]:
    """(section, before, after) for every section that differs."""
    return [
        (section_name(name), _shown(old, name), _shown(new, name))
        for name in WRITTEN
        if getattr(old, name) != getattr(new, name)
    ]


def section_name(name: str) -> str:
    """What a section is called on pages."""
    return {
        "need": "The need", "description": "The processing", "risks": "Risks to people", "measures": "Measures",
        "safeguards": "Safeguards", "consultation": "Consultation", "residual_risk_high": "A high risk remains",
        "public_summary": "Summary for the public",
    }[name]  # fmt: skip


def log_of(kind: str, pk: object) -> list[Told]:
    """Who did what and who looked, newest first."""
    return tell(Event.objects.about(kind, pk).newest_first()[:50])


def purposes_of(site: CameraSite) -> list[str]:
    """The purposes in words, the weightiest first: that one is the basis of the decision (R-112)."""
    return [str(purpose.label) for purpose in CameraSite.Purpose if purpose.value in site.purposes]


def map_points(sites: Iterable[Any], at: dt.datetime) -> list[dict[str, Any]]:
    """What a map draws: only for those who may see where sites stand, and recorded by who calls this."""
    points = []
    for site in sites:
        state = state_of(site, at)
        points.append({
            "lat": site.latitude, "lon": site.longitude, "title": str(site), "text": state.word, "tone": state.tone,
            "href": reverse("site_detail", args=[site.pk]),
        })  # fmt: skip
    return points


def _shown(version: DpiaVersion, name: str) -> Any:
    value = getattr(version, name)
    return ("yes" if value else "no") if isinstance(value, bool) else value
