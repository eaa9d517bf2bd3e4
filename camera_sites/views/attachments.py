"""Files of an assessment: attached to a draft, taken off it, opened."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from camera_sites import actions, policies
from camera_sites.forms.attachments import AttachForm
from camera_sites.models import Dpia, DpiaAttachment, DpiaVersion
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from portal.scanning import scanner
from standards.models import StandardsProfile


@require_http_methods(["GET", "POST"])
def dpia_attachments(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The files of the latest version, and while it is a draft a form for another."""
    require(policies.may_open_registry(request.user))
    dpia = get_object_or_404(Dpia.objects.visible_to(request.user), pk=pk)
    version = dpia.versions.select_related("dpia").latest("number")
    largest = StandardsProfile.objects.in_force(timezone.now()).number("dpia.attachment.size")
    is_sent = request.method == "POST"
    form = AttachForm(request.POST, request.FILES) if is_sent else AttachForm()
    form.fields["file"].help_text += f" At most {largest} megabytes."
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > largest << 20:
                raise Unfit("The file is too large.", {"file": [f"At most {largest} megabytes are taken."]})
            made = actions.attach(version, by=request.user, name=file.name, content=file.read())
            messages.success(request, f"{made.name} is attached. {made.get_status_display()}.")
            return redirect("dpia_attachments", pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    is_draft = version.status == DpiaVersion.Status.DRAFT
    files = list(version.attachments.select_related("attached_by"))
    context = {
        "dpia": dpia, "version": version, "form": form, "files": files,
        "is_waiting": any(file.status == DpiaAttachment.Status.WAITING for file in files),
        "may_edit": policies.may_edit_version(request.user, version) if is_draft else None, "has_scanner": scanner() is not None,
    }  # fmt: skip
    return render(request, "camera_sites/dpia_attachments.html", context, status=422 if form.errors else 200)


@require_POST
def dpia_detach(request: HttpRequest, pk: uuid.UUID, file: uuid.UUID) -> HttpResponse:
    """Takes a file off the draft."""
    attachment = _attachment(request, pk, file)
    actions.detach(attachment, by=request.user)
    messages.success(request, f"{attachment.name} is no longer attached.")
    return redirect("dpia_attachments", pk)


@require_GET
def dpia_attachment(request: HttpRequest, pk: uuid.UUID, file: uuid.UUID) -> HttpResponse:
    """What a file holds, to be taken away and never shown in the page."""
    return handed_out(_attachment(request, pk, file), request.user)


def handed_out(attachment: DpiaAttachment, by: object) -> HttpResponse:
    """The answer that hands it out."""
    content = actions.open_attachment(attachment, by=by)  # type: ignore[arg-type]
    answer = HttpResponse(content, attachment.media_type, headers={"Cache-Control": "no-store"})
    answer.headers["Content-Disposition"] = f'attachment; filename="{attachment.name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _attachment(request: HttpRequest, pk: uuid.UUID, file: uuid.UUID) -> DpiaAttachment:
    dpia = get_object_or_404(Dpia.objects.visible_to(request.user), pk=pk)
    return get_object_or_404(DpiaAttachment.objects.select_related("version__dpia"), pk=file, version__dpia=dpia)
