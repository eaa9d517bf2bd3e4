"""Pages on which something is written down about a site."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from camera_sites import actions, policies
from camera_sites.forms.evidence import ConsultationForm, EndSharingForm, PositionForm, SharingForm, SignsForm
from camera_sites.models import Camera, CameraSite, SharingAgreement
from camera_sites.views.sites import act_on_site


@require_http_methods(["GET", "POST"])
def site_consult(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Logging a consultation."""
    words = {
        "title": "Log a consultation", "button": "Log it", "done": "Logged.",
        "explain": "Who was asked about this site, what they said, and what came of it. It is kept as it is written.",
    }  # fmt: skip
    return act_on_site(request, pk, ConsultationForm, actions.log_consultation, policies.may_keep_evidence, words)


@require_http_methods(["GET", "POST"])
def site_share(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Writing down a sharing agreement."""
    words = {
        "title": "Add a sharing agreement", "button": "Add it", "done": "Added. A new recipient is a reason to review the DPIA.",
        "explain": "With whom else what is read here is shared, and for what.",
    }  # fmt: skip
    return act_on_site(request, pk, SharingForm, actions.share_site, policies.may_keep_evidence, words)


@require_http_methods(["GET", "POST"])
def site_share_end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ending a sharing agreement."""
    words = {
        "title": "End a sharing agreement", "button": "End it", "kind": "warning", "done": "Ended.",
        "explain": "From now on nothing read here is shared under it.",
    }  # fmt: skip

    def act(site: CameraSite, *, by: Any, agreement: SharingAgreement) -> None:
        actions.end_sharing(site, agreement, by=by)

    return act_on_site(request, pk, EndSharingForm, act, policies.may_keep_evidence, words)


@require_http_methods(["GET", "POST"])
def site_signs(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Writing down an inspection of the signs."""
    words = {
        "title": "Inspect the signs", "button": "Write it down", "done": "Written down.",
        "explain": "Drivers are told that plates are read here, and whom to ask.",
    }  # fmt: skip
    return act_on_site(request, pk, SignsForm, actions.inspect_signs, policies.may_keep_evidence, words)


@require_http_methods(["GET", "POST"])
def site_position(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Comparing where a camera says that it stands with where it was surveyed."""
    words = {
        "title": "Check a camera’s position", "button": "Compare", "done": "Compared.",
        "explain": "Where the camera says that it stands, against where it was surveyed. Too far apart opens a finding.",
    }  # fmt: skip

    def act(site: CameraSite, *, by: Any, camera: Camera, **places: float | None) -> None:
        actions.check_position(site, camera, by=by, **places)  # type: ignore[arg-type]  # the form asks for both reported

    return act_on_site(request, pk, PositionForm, act, policies.may_keep_evidence, words)
