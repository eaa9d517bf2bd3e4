"""Pages of what stands beside an assessment's sections: its registers, its versions compared, the Commissioner consulted."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from camera_sites import actions, policies
from camera_sites.actions.dpias import digest_of
from camera_sites.actions.prior_consultations import answer_due
from camera_sites.as_read import Overtaken, print_of
from camera_sites.dpia_contents import REGISTERS, differences, section_name
from camera_sites.forms import AnswerForm, SentForm, register_forms
from camera_sites.models import Dpia, DpiaVersion
from camera_sites.story import consultation_of, left_over_of, registers_of, sections_of
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require


@require_http_methods(["GET", "POST"])
def dpia_registers(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Risks, measures and those consulted, a row each. Where the latest version was decided, a new one begins on saving."""
    dpia = _dpia(request, pk)
    version = dpia.versions.select_related("dpia").latest("number")
    require(policies.may_edit_version(request.user, version))
    registers = register_forms(version, request.POST or None)
    problems: list[str] = []
    as_read = request.POST.get("as_read", "") if request.method == "POST" else print_of(version, REGISTERS)
    if request.method == "POST" and _valid(registers):
        facts = {name: rows.rows for name, rows in registers.items()}
        try:
            if version.status == DpiaVersion.Status.DRAFT:
                actions.edit_version(version, by=request.user, as_read=as_read, **facts)
            else:
                actions.begin_version(dpia, by=request.user, as_read=as_read, **facts)
            messages.success(request, "Draft saved.")
            return redirect(reverse("dpia_registers" if "more" in request.POST else "dpia_detail", args=[pk]))
        except Overtaken as late:
            problems, as_read = [str(late)], late.standing
        except Unfit as refusal:
            problems = [line for lines in refusal.fields.values() for line in lines]
    context = {
        "dpia": dpia, "version": version, "registers": registers, "names": REGISTERS, "problems_told": problems, "as_read": as_read
    }  # fmt: skip
    wrong = problems or (request.method == "POST" and not _valid(registers))
    return render(request, "camera_sites/dpia_registers.html", context, status=422 if wrong else 200)


@require_GET
def dpia_version(request: HttpRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """One version as it was written, whether it stands as it was submitted, and what it changed."""
    dpia = _dpia(request, pk)
    require(policies.may_open_registry(request.user))
    versions = {version.number: version for version in dpia.versions.select_related("dpia").order_by("-number")}
    if number not in versions:
        raise Http404
    asked = request.GET.get("from", "")
    before = versions.get(int(asked) if asked.isdigit() and len(asked) < 9 else number - 1)
    version = versions[number]
    context = {
        "dpia": dpia, "version": version, "before": before, "numbers": list(versions),
        "changes": differences(before, version) if before else [], "sections": sections_of(version),
        "is_as_submitted": version.digest == digest_of(version), "registers": registers_of(version, timezone.now()),
        "files": version.attachments.select_related("attached_by"), "left_over": left_over_of(version),
        "published": [section_name(name) for name in version.published_sections],
    }  # fmt: skip
    return render(request, "camera_sites/dpia_version.html", context)


@require_http_methods(["GET", "POST"])
def dpia_consult(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Recording that the latest version went to the Commissioner, then what came of it (R-115)."""
    dpia = _dpia(request, pk)
    version = dpia.versions.select_related("dpia", "prior_consultation__sent_by").latest("number")
    sent = getattr(version, "prior_consultation", None)
    may = policies.may_consult_commissioner(request.user, version)
    form: forms.Form = (SentForm if sent is None else AnswerForm)(request.POST or None)
    if request.method == "POST":
        require(may)
        if form.is_valid():
            try:
                verb: Any = actions.send_to_commissioner if sent is None else actions.record_answer
                verb(version, by=request.user, **form.cleaned_data)
                messages.success(request, "Recorded." if sent is None else "The Commissioner’s answer is recorded.")
                return redirect("dpia_detail", pk)
            except Unfit as refusal:
                put_problems(form, refusal)
    context = {
        "dpia": dpia, "version": version, "form": form, "may": may, "sent": sent,
        "due": answer_due(sent, at=timezone.now()) if sent else None, "consultation": consultation_of(version),
    }  # fmt: skip
    return render(request, "camera_sites/dpia_consult.html", context, status=422 if form.errors else 200)


def _valid(registers: dict[str, Any]) -> bool:
    """Whether all are, each one asked, so that every fault is shown at once."""
    return not [rows for rows in registers.values() if not rows.is_valid()]


def _dpia(request: HttpRequest, pk: uuid.UUID) -> Dpia:
    return get_object_or_404(Dpia.objects.visible_to(request.user), pk=pk)
