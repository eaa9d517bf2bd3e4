"""Sites and assessments told from top to bottom: how they stand, and what may be done next."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Event
from audit.sentences import Told, tell
from camera_sites import policies
from camera_sites.actions.dpias import REQUIRED
from camera_sites.dpia_contents import COLUMNS, LEVELS, SECTIONS, cell, matrix, section_name
from camera_sites.models import CameraSite, ConsultationOutcome, Dpia, DpiaVersion
from portal.policies import Verdict
from standards.models import StandardsProfile

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
    if site.status == CameraSite.Status.SUSPENDED:
        return State("Suspended", "stopped", "Somebody else than whoever suspended it may return it to service.")
    if _has_ended(site, at):
        return State("Out of service", "stopped", "Its deployment has ended, so matchers do not match its reads.")
    if site.in_service_until is None:
        return State(
            "Out of service",
            "stopped",
            f"{next(iter(_lapsed(site)), 'Its DPIA')} has lapsed, so matchers do not match its reads.",
        )
    if site.in_service_until - at < SOON and site.in_service_until == site.deployed_until:
        return State("In service, ending", "lapsing", "Its deployment ends, and it is out of service by itself then.")
    if site.in_service_until - at < SOON:
        return State("In service, DPIA lapsing", "lapsing", "Out of service by itself unless the DPIA is renewed.")
    return State("In service", "in-force")


def _lapsed(site: Any) -> list[str]:
    """Which of the assessments of a live site out of service are not in date."""
    return [
        name
        for name, is_lapsed in (
            ("Its DPIA", site.dpia_ends_at is None),
            ("The DPIA of the town as a whole", bool(site.encircles) and site.town_ends_at is None),
            ("Another DPIA that covers it", site.is_uncovered),
        )
        if is_lapsed
    ]


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that ends a live site's service, or did; without a moment where another section tells it."""

    label: str
    at: dt.datetime | None


def endings_of(site: Any, at: dt.datetime) -> list[Ending]:
    """What ends the service of a live site at the moment at which it ends; of one out of service, all that keep it out."""
    due = {"Its DPIA": site.dpia_due_at}
    if site.encircles and site.town_dpia_id:
        town = Dpia.objects.filter(pk=site.town_dpia_id).with_standing(at).values_list("ends_at", flat=True)
        due["The DPIA of the town as a whole"] = town.first()
    due["Another DPIA that covers it"] = site.further_ends_at
    if site.in_service_until is None:
        ended = [Ending("Its deployment", site.deployed_until)] if _has_ended(site, at) else []
        return ended + [Ending(name, due.get(name)) for name in _lapsed(site)]
    due["Its deployment"] = site.deployed_until
    return [Ending(name, when) for name, when in due.items() if when == site.in_service_until]


def _has_ended(site: Any, at: dt.datetime) -> bool:
    return site.deployed_until is not None and site.deployed_until <= at


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
    has_ended = _has_ended(site, timezone.now())
    if site.status == CameraSite.Status.LIVE and site.in_service_until is None and not has_ended:
        acts += _renewals(site, user)
    if site.status == CameraSite.Status.LIVE:
        suspend = policies.may_suspend_site(user, site)
        acts.append(Act("Suspend", reverse("site_suspend", args=[site.pk]), suspend))
    if site.status == CameraSite.Status.SUSPENDED:
        back = policies.may_return_site(user, site)
        acts.append(Act("Return to service", reverse("site_return", args=[site.pk]), back, is_next=True))
    if site.status != CameraSite.Status.DECOMMISSIONED:
        end = "Decommission" if site.live_at else "Withdraw the proposal"
        acts += [
            Act("Edit", reverse("site_edit", args=[site.pk]), policies.may_edit_site(user, site)),
            Act("Give access", reverse("site_access", args=[site.pk]), policies.may_give_access(user, site)),
            Act("Take access", reverse("site_access_end", args=[site.pk]), policies.may_give_access(user, site)),
            Act(
                end, reverse("site_decommission", args=[site.pk]), policies.may_decommission(user, site),
                is_next=has_ended and bool(site.live_at),
            ),
        ]  # fmt: skip
    return acts


def _renewals(site: Any, user: User) -> list[Act]:
    """Going to those of its own assessments that are not in date."""
    may = policies.may_open_registry(user)
    acts = []
    if site.dpia_ends_at is None:
        acts.append(Act("Renew the DPIA", reverse("dpia_detail", args=[site.dpia_id]), may, is_next=True))
    if site.encircles and site.town_ends_at is None and site.town_dpia_id:
        town = reverse("dpia_detail", args=[site.town_dpia_id])
        acts.append(Act("Renew the DPIA of the town", town, may, is_next=True))
    return acts


def acts_on_evidence(site: Any, user: User) -> list[Act]:
    """What may be written down about a site."""
    may = policies.may_keep_evidence(user, site)
    names = {
        "site_consult": "Log a consultation", "site_share": "Add a sharing agreement",
        "site_share_end": "End a sharing agreement", "site_signs": "Inspect the signs",
        "site_position": "Check a camera’s position", "site_test": "Write down an accuracy test",
    }  # fmt: skip
    return [Act(words, reverse(name, args=[site.pk]), may) for name, words in names.items()]


def acts_on_need(site: Any, user: User) -> list[Act]:
    """Asking whether a site is still needed, and judging it (R-116)."""
    is_due = site.need_due_at is not None and site.need_due_at <= timezone.now()
    review = policies.may_review_need(user, site)
    return [
        Act("Review the need", reverse("site_review", args=[site.pk]), review, is_next=is_due),
        Act("Ask for a review", reverse("site_question", args=[site.pk]), policies.may_ask_for_review(user, site)),
    ]


def acts_on_dpia(dpia: Dpia, latest: DpiaVersion, user: User) -> list[Act]:
    """As `acts_on_site`, for an assessment and its latest version."""
    edit = reverse("dpia_edit", args=[dpia.pk])
    if latest.status == DpiaVersion.Status.DRAFT:
        may = policies.may_edit_version(user, latest)
        registers = reverse("dpia_registers", args=[dpia.pk])
        return [
            Act("Edit the draft", edit, may),
            Act("Risks, measures and those consulted", registers, may),
            Act("Files", reverse("dpia_attachments", args=[dpia.pk]), may),
        ]
    if latest.status == DpiaVersion.Status.SUBMITTED:
        advise = Act("Advise", reverse("dpia_advise", args=[dpia.pk]), policies.may_advise(user, latest), is_next=True)
        decide = Act("Decide", reverse("dpia_decide", args=[dpia.pk]), policies.may_decide(user, latest), is_next=True)
        return [*_consulting(dpia, latest, user), *([decide] if hasattr(latest, "advice") else [advise, decide])]
    return [Act("Write a new version", edit, policies.may_write_dpia(user))]


def _consulting(dpia: Dpia, latest: DpiaVersion, user: User) -> list[Act]:
    """Consulting the Commissioner, where a high risk remains and no outcome stands yet (R-115)."""
    sent = getattr(latest, "prior_consultation", None)
    if not latest.residual_risk_high or hasattr(sent, "outcome"):
        return []
    label = "Record the Commissioner’s answer" if sent else "Record that it went to the Commissioner"
    may = policies.may_consult_commissioner(user, latest)
    return [Act(label, reverse("dpia_consult", args=[dpia.pk]), may, is_next=True)] if may else []


def sections_of(version: DpiaVersion) -> list[tuple[str, str]]:
    """(title, text) of every section that was written, and of those that have to be."""
    return [
        (section_name(name), getattr(version, name)) for name in SECTIONS if getattr(version, name) or name in REQUIRED
    ]


def registers_of(version: DpiaVersion, at: dt.datetime) -> dict[str, Any]:
    """The registers of a version as pages draw them: the rows in words, and the risks as two matrices."""
    standards = StandardsProfile.objects.in_force(at)
    high, medium = standards.number("dpia.risk.high"), standards.number("dpia.risk.medium")
    tables = []
    for register, columns in COLUMNS.items():
        rows = [
            (row["key"], [cell(column, row.get(name)) for name, column in columns.items()])
            for row in getattr(version, register)
        ]
        tables.append((section_name(register), [column.title for column in columns.values()], rows))
    return {
        "tables": tables,
        "matrices": [(when, matrix(version.risk_register, when, high=high, medium=medium)) for when in ("before", "after")]
        if version.risk_register else [],
        "levels": LEVELS, "high": high, "medium": medium,
    }  # fmt: skip


def left_over_of(version: DpiaVersion) -> list[tuple[str, str]]:
    """(where it stood in the file, what stood there) of what has no section here."""
    return [
        (item["at"], item["value"] if isinstance(item["value"], str) else json.dumps(item["value"], ensure_ascii=False))
        for item in version.left_over
    ]


def consultation_of(version: DpiaVersion) -> list[dict[str, Any]]:
    """The prior consultation of a version as items of a timeline; nothing where none was begun."""
    sent = getattr(version, "prior_consultation", None)
    if sent is None:
        return []
    items = [{"title": f"Sent to the Commissioner as {sent.reference}", "at": sent.sent_at, "by": sent.sent_by.actor_label,
              "text": f"Received on {sent.sent_on:%d %B %Y}. {sent.words}", "tone": "waiting"}]  # fmt: skip
    if answer := getattr(sent, "outcome", None):
        tone = "stopped" if answer.outcome == ConsultationOutcome.Outcome.INFRINGES else "in-force"
        items.append({"title": f"The Commissioner: {answer.get_outcome_display()}", "at": answer.recorded_at,
                      "by": answer.recorded_by.actor_label,
                      "text": f"Answered on {answer.answered_on:%d %B %Y}. {answer.words}", "tone": tone})  # fmt: skip
    return items


def log_of(kind: str, pk: object, by: User) -> list[Told]:
    """Who did what and who looked, newest first, as far as this reader may be told."""
    return tell(Event.objects.about(kind, pk).newest_first()[:50], by)


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
