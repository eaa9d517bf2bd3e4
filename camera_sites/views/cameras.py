"""Pages of one camera: what it is, and taking it down."""

import uuid
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from camera_sites import actions, policies
from camera_sites.as_read import Overtaken
from camera_sites.forms import ParticularsForm, ReasonForm
from camera_sites.forms.as_read import put_overtaken
from camera_sites.models import Camera, CameraSite
from camera_sites.story import state_of
from camera_sites.views.sites import site_of
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import Verdict


@require_http_methods(["GET", "POST"])
def camera_describe(request: HttpRequest, pk: uuid.UUID, camera: uuid.UUID) -> HttpResponse:
    """Make, model, serial, firmware and pictures of a camera."""
    site = site_of(request, pk)
    found = get_object_or_404(site.cameras, pk=camera)
    form = ParticularsForm(request.POST if request.method == "POST" else None, instance=found)
    return _page(
        request, site, form, lambda **given: actions.describe_camera(site, found, by=request.user, **given),
        _may(found, policies.may_keep_evidence(request.user, site)),
        title=f"What camera {found.ref} is", button="Save", done="Saved.",
        explain="What was decided on, its place, lane and direction, stays as it was decided.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def camera_down(request: HttpRequest, pk: uuid.UUID, camera: uuid.UUID) -> HttpResponse:
    """Takes a camera down, for good."""
    site = site_of(request, pk)
    found = get_object_or_404(site.cameras, pk=camera)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    return _page(
        request, site, form, lambda **given: actions.take_camera_down(site, found, by=request.user, **given),
        _may(found, policies.may_take_camera_down(request.user, site)),
        title=f"Take camera {found.ref} down", button="Take it down", kind="warning", done="Taken down.",
        explain="It stands no more: nobody has to test it, and it is not counted. It comes back only as a proposal.",
    )  # fmt: skip


def _may(camera: Camera, verdict: Verdict) -> Verdict:
    return policies.may_touch_camera(camera) if verdict else verdict


def _page(
    request: HttpRequest, site: CameraSite, form: forms.BaseForm, act: Callable[..., object], may: Verdict, **words: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act(**form.cleaned_data)
            messages.success(request, words["done"])
            return redirect("site_detail", site.pk)
        except Overtaken as late:
            put_overtaken(form, late)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"site": site, "form": form, "may": may, "state": state_of(site, timezone.now()), **words}
    return render(request, "camera_sites/site_act.html", context, status=422 if form.errors else 200)
