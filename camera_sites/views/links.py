"""Pages of what assessments cover, of reviews that are asked for, and of measures taken: each does one thing."""

import uuid
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from camera_sites import actions
from camera_sites import link_policies as policies
from camera_sites.covered import kind_of, seen
from camera_sites.forms.links import CoverForm, DemandForm, EndForm, SystemForm, TakenForm, UnchangedForm, for_user
from camera_sites.models import Coverage, Dpia, DpiaVersion, ReviewDemand
from camera_sites.panels import address_of
from camera_sites.policies import may_open_registry
from camera_sites.story import state_of_dpia
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import Verdict, require

PAGE = 50


@require_http_methods(["GET", "POST"])
def coverage_new(request: HttpRequest, kind: str, subject: uuid.UUID) -> HttpResponse:
    """One more assessment of a site, a list or a matcher."""
    require(may_open_registry(request.user))
    thing, known = seen(request.user, kind, subject), kind_of(kind)
    if thing is None or known is None:
        raise Http404
    return _act(
        request, CoverForm, lambda **given: actions.cover(by=request.user, kind=kind, subject=subject, **given),
        policies.may_cover(request.user, kind, thing), back=address_of(known, thing), caption=str(thing),
        title="Add an impact assessment", button="Add it", done="Added.",
        explain="It is then in force only while this assessment is in date too, besides those it has."
        if known.ends_with_it else "",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def system_new(request: HttpRequest) -> HttpResponse:
    """A system, and an assessment that covers it."""
    require(may_open_registry(request.user))
    return _act(
        request, SystemForm, lambda **given: actions.cover(by=request.user, kind=Coverage.Kind.SYSTEM, **given),
        policies.may_cover(request.user, Coverage.Kind.SYSTEM, None), back=reverse("system_list"), caption="Systems",
        title="Add a system", button="Add it", done="Added.",
        explain="For several DPIAs of one system, give the same name again.",
    )  # fmt: skip


@require_GET
def system_list(request: HttpRequest) -> HttpResponse:
    """Every system that was named, with the assessments that cover it."""
    require(may_open_registry(request.user))
    now = timezone.now()
    known = Dpia.objects.visible_to(request.user).values("pk")
    found = Coverage.objects.filter(kind=Coverage.Kind.SYSTEM, ended_at=None, dpia__in=known).order_by(
        "name", "covered_at"
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    dpias = Dpia.objects.with_standing(now).in_bulk([one.dpia_id for one in page.object_list])
    rows = [(one, dpias[one.dpia_id], state_of_dpia(dpias[one.dpia_id], now)) for one in page.object_list]
    may = policies.may_cover(request.user, Coverage.Kind.SYSTEM, None)
    return render(request, "camera_sites/system_list.html", {"rows": rows, "page": page, "may": may})


@require_http_methods(["GET", "POST"])
def coverage_end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """An assessment covers something no longer."""
    require(may_open_registry(request.user))
    coverage = get_object_or_404(Coverage.objects.select_related("dpia"), pk=pk)
    _dpia(request, coverage.dpia_id)
    known = kind_of(coverage.kind)
    thing = seen(request.user, coverage.kind, coverage.subject) if known and coverage.subject else coverage.name
    if thing is None:
        raise Http404
    return _act(
        request, EndForm, lambda **given: actions.uncover(coverage, by=request.user, **given),
        policies.may_uncover(request.user, coverage), back=reverse("dpia_detail", args=[coverage.dpia_id]),
        caption=str(coverage.dpia), title=f"End that this DPIA covers {thing}", button="End it", kind="warning", done="Ended.",
        explain="It is then in force without this assessment, as long as its others are in date.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def dpia_demand(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asking that an assessment be looked at again, for what happened outside the portal."""
    require(may_open_registry(request.user))
    dpia = _dpia(request, pk)
    return _act(
        request, DemandForm, lambda **given: actions.demand_review(dpia, by=request.user, **given),
        policies.may_demand(request.user, dpia), back=reverse("dpia_detail", args=[pk]), caption=str(dpia),
        title="Ask for a review of this DPIA", button="Ask for it", done="Asked. It stands on the home page of who wrote it.",
        explain="A complaint, a breach, crime that has changed. What happens in the portal asks by itself.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def demand_answer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Saying that nothing needs to change."""
    require(may_open_registry(request.user))
    demand = get_object_or_404(ReviewDemand.objects.select_related("dpia"), pk=pk)
    _dpia(request, demand.dpia_id)
    return _act(
        request, UnchangedForm, lambda **given: actions.answer_review(demand, by=request.user, **given),
        policies.may_answer(request.user, demand), back=reverse("dpia_detail", args=[demand.dpia_id]),
        caption=str(demand.dpia), title="No change needed", button="Record the review", done="Reviewed.",
        explain=f"{demand.get_trigger_display()}: {demand.words} Where something does need to change, write a new version.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def measure_take(request: HttpRequest, pk: uuid.UUID, key: str) -> HttpResponse:
    """Saying that a measure is in place."""
    require(may_open_registry(request.user))
    dpia = _dpia(request, pk)
    governing = dpia.versions.filter(status=DpiaVersion.Status.APPROVED).order_by("-number").first()
    row = next((row for row in governing.measure_register if row["key"] == key), None) if governing else None
    if governing is None or row is None:
        raise Http404
    return _act(
        request, TakenForm, lambda **given: actions.take_measure(governing, by=request.user, key=key, **given),
        policies.may_take_measure(request.user, governing, key), back=reverse("dpia_detail", args=[pk]), caption=str(dpia),
        title=f"{key} is in place", button="It is in place", done="Written down.",
        explain=f"{row['measure']}. The version stays as it was approved; this is told beside it.",
    )  # fmt: skip


def _act(
    request: HttpRequest, form_class: type[forms.Form], act: Callable[..., object], may: Verdict, *, back: str, done: str,
    **words: str,
) -> HttpResponse:  # fmt: skip
    """A page that does one thing; nothing typed is lost when it is refused."""
    form = for_user(form_class(request.POST if request.method == "POST" else None), request.user)
    if request.method == "POST" and form.is_valid():
        try:
            act(**form.cleaned_data)
            messages.success(request, done)
            return redirect(back)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"form": form, "may": may, "back": back, **words}
    return render(request, "camera_sites/link_act.html", context, status=422 if form.errors else 200)


def _dpia(request: HttpRequest, pk: uuid.UUID) -> Dpia:
    return get_object_or_404(Dpia.objects.visible_to(request.user), pk=pk)
