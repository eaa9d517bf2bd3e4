"""Pages of assessments: written, advised on, decided."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from camera_sites import actions, policies
from camera_sites.actions.dpias import latest_review_due, missing
from camera_sites.as_read import Overtaken
from camera_sites.dpia_contents import differences, section_name
from camera_sites.forms import AdviceForm, DecideForm, DpiaForm, VersionForm
from camera_sites.forms.as_read import put_overtaken
from camera_sites.models import CameraSite, Dpia, DpiaDecision, DpiaVersion
from camera_sites.story import (
    acts_on_dpia,
    consultation_of,
    left_over_of,
    log_of,
    registers_of,
    sections_of,
    state_of,
    state_of_dpia,
)
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require

PAGE = 50


@require_GET
def dpia_list(request: HttpRequest) -> HttpResponse:
    """All assessments, each with how it stands."""
    require(policies.may_open_registry(request.user))
    now = timezone.now()
    dpias = Dpia.objects.visible_to(request.user).with_standing(now).select_related("created_by")
    show = request.GET.get("show", "")
    if show == "open":
        dpias = dpias.filter(latest_status__in=[DpiaVersion.Status.DRAFT, DpiaVersion.Status.SUBMITTED])
    elif show == "lapsed":
        dpias = dpias.filter(ends_at__lte=now)
    page = Paginator(dpias.order_by("ref"), PAGE).get_page(request.GET.get("page"))
    rows = [(dpia, state_of_dpia(dpia, now)) for dpia in page.object_list]
    context = {"page": page, "rows": rows, "show": show, "may_write": policies.may_write_dpia(request.user)}
    return render(request, "camera_sites/dpia_list.html", context)


@require_GET
def dpia_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One assessment: what governs, what waits, by whose authority, what it covers."""
    now = timezone.now()
    dpia = _dpia(request, pk)
    require(policies.may_open_registry(request.user))
    versions = list(_versions(dpia).order_by("-number"))
    latest = versions[0]
    governing = next((v for v in versions if v.status == DpiaVersion.Status.APPROVED), None)
    shown = governing or latest
    covered = CameraSite.objects.visible_to(request.user).filter(dpia=dpia).with_standing(now).order_by("ref")
    context = {
        "dpia": dpia, "state": state_of_dpia(dpia, now), "latest": latest, "governing": governing, "shown": shown,
        "pending": latest if latest is not shown and latest.status in ("draft", "submitted") else None,
        "versions": versions, "acts": acts_on_dpia(dpia, latest, request.user),
        "missing": _missing(latest), "may_submit": policies.may_submit(request.user, latest),
        "sites": [(site, state_of(site, now)) for site in covered[:PAGE]], "site_count": covered.count(),
        "events": log_of("camera_sites.dpia", dpia.pk, request.user),
        "sections": sections_of(shown), "registers": registers_of(shown, now), "consultation": consultation_of(latest),
    }  # fmt: skip
    return render(request, "camera_sites/dpia_detail.html", context)


@require_http_methods(["GET", "POST"])
def dpia_new(request: HttpRequest) -> HttpResponse:
    """Beginning an assessment."""
    require(policies.may_write_dpia(request.user))
    form = DpiaForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _saved(request, actions.begin_dpia(by=request.user, **form.facts))
        except Unfit as refusal:
            put_problems(form, refusal)
    return render(request, "camera_sites/dpia_form.html", {"form": form, "dpia": None}, status=_status(form))


@require_http_methods(["GET", "POST"])
def dpia_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Editing the draft; where the latest version was decided, a new version begins on saving."""
    dpia = _dpia(request, pk)
    version = _latest(dpia)
    require(policies.may_edit_version(request.user, version))
    form = VersionForm(request.POST or None, instance=version)
    if request.method == "POST" and form.is_valid():
        try:
            if version.status == DpiaVersion.Status.DRAFT:
                version = actions.edit_version(version, by=request.user, **form.facts)
            else:
                version = actions.begin_version(dpia, by=request.user, **form.facts)
            return _saved(request, version)
        except Overtaken as late:
            put_overtaken(form, late)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"form": form, "dpia": dpia, "version": version}
    return render(request, "camera_sites/dpia_form.html", context, status=_status(form))


def _saved(request: HttpRequest, version: DpiaVersion) -> HttpResponse:
    if "submit" not in request.POST:
        messages.success(request, "Draft saved.")
        return redirect("dpia_detail", version.dpia_id)
    return _submit(request, version)


def _submit(request: HttpRequest, version: DpiaVersion) -> HttpResponse:
    """Saved as a draft in any case: what is missing is shown above the form."""
    try:
        actions.submit(version, by=request.user)
    except Unfit as refusal:
        lacking = [(name, section_name(name), line) for name, lines in refusal.fields.items() for line in lines]
        context = {"form": VersionForm(instance=version), "dpia": version.dpia, "version": version, "lacking": lacking}
        return render(request, "camera_sites/dpia_form.html", context, status=422)
    messages.success(request, "Submitted. The data protection officer advises next, then the controller decides.")
    return redirect("dpia_detail", version.dpia_id)


@require_POST
def dpia_submit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Handing the draft over for advice and decision."""
    return _submit(request, _latest(_dpia(request, pk)))


@require_http_methods(["GET", "POST"])
def dpia_advise(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The data protection officer's advice on the latest version."""
    dpia = _dpia(request, pk)
    version = _latest(dpia)
    form = AdviceForm(request.POST or None, initial={"digest": version.digest})
    if request.method == "POST" and form.is_valid():
        try:
            actions.advise(version, by=request.user, **form.cleaned_data)
            messages.success(request, "Advice recorded. The controller decides next.")
            return redirect("dpia_detail", dpia.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    may = policies.may_advise(request.user, version)
    words = {"title": f"Advise on version {version.number}", "button": "Record my advice", "advice": None}
    return _judge(request, version, form=form, may=may, **words)


@require_http_methods(["GET", "POST"])
def dpia_decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The controller's decision of the latest version."""
    dpia = _dpia(request, pk)
    version = _latest(dpia)
    form = DecideForm(request.POST or None, initial={"digest": version.digest})
    form.fields["review_due_at"].help_text += f" At the latest {latest_review_due(timezone.now()):%d %B %Y}."
    if not policies.may_approve(request.user, version) and policies.may_decide(request.user, version):
        form.fields["verdict"].choices = [(DpiaDecision.Verdict.REJECT.value, DpiaDecision.Verdict.REJECT.label)]
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide(version, by=request.user, **form.cleaned_data)
            messages.success(request, "Decision recorded.")
            return redirect("dpia_detail", dpia.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    advice = getattr(version, "advice", None)
    may = policies.may_decide(request.user, version)
    words = {"title": f"Decide version {version.number}", "button": "Record my decision", "advice": advice,
             "barred": policies.may_approve(request.user, version) if may else None}  # fmt: skip
    return _judge(request, version, form=form, may=may, **words)


def _judge(request: HttpRequest, version: DpiaVersion, *, form: forms.Form, **words: Any) -> HttpResponse:
    """What is judged, beside what governs, with the form beneath."""
    dpia = version.dpia
    governing = dpia.versions.filter(status=DpiaVersion.Status.APPROVED).order_by("-number").first()
    context = {
        "dpia": dpia, "version": version, "form": form, "sections": sections_of(version),
        "registers": registers_of(version, timezone.now()), "consultation": consultation_of(version),
        "is_open": version.status == DpiaVersion.Status.SUBMITTED,
        "changes": differences(governing, version) if governing and governing.pk != version.pk else [],
        "governing": governing, "files": version.attachments.select_related("attached_by"),
        "left_over": left_over_of(version), **words,
    }  # fmt: skip
    return render(request, "camera_sites/dpia_judge.html", context, status=_status(form))


def _dpia(request: HttpRequest, pk: uuid.UUID) -> Dpia:
    found = Dpia.objects.visible_to(request.user).with_standing(timezone.now())
    return get_object_or_404(found.select_related("created_by"), pk=pk)


def _versions(dpia: Dpia) -> Any:
    people = ("written_by", "submitted_by", "advice__advised_by", "decision__decided_by", "dpia",
              "prior_consultation__sent_by", "prior_consultation__outcome__recorded_by")  # fmt: skip
    return dpia.versions.select_related(*people)


def _latest(dpia: Dpia) -> DpiaVersion:
    return _versions(dpia).latest("number")


def _missing(version: DpiaVersion) -> list[tuple[str, str]]:
    if version.status != DpiaVersion.Status.DRAFT:
        return []
    return [(section_name(name), lines[0]) for name, lines in missing(version).items()]


def _status(form: forms.BaseForm) -> int:
    return 422 if form.is_bound and form.errors else 200
