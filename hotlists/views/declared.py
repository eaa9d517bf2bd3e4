"""Pages of declared vehicles: one's own, the register, and what was tried on them all the same (R-032)."""

import datetime as dt
import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hotlists import actions, policies
from hotlists.forms.declared import AnswerForm, DeclareForm
from hotlists.models import ConflictReport, DeclaredVehicle
from portal.errors import TooLate, Unfit
from portal.forms import put_problems
from portal.policies import require
from standards.models import StandardsProfile

PAGE = 50


@require_http_methods(["GET", "POST"])
def my_vehicles(request: HttpRequest) -> HttpResponse:
    """Vehicles connected with oneself; declaring another."""
    require(policies.may_declare(request.user))
    form = DeclareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.declare_vehicle(by=request.user, **form.cleaned_data)
            messages.success(request, "Declared. You are kept from acting on this vehicle from now on.")
            return redirect("my_vehicles")
        except Unfit as refusal:
            put_problems(form, refusal)
        except TooLate as refusal:
            form.add_error("vrm_entered", str(refusal))
    own = DeclaredVehicle.objects.filter(declared_by=request.user).barring(timezone.now())
    page = Paginator(own.order_by("withdrawn_at", "-id"), PAGE).get_page(request.GET.get("page"))
    actions.look_at_declared(list(page), by=request.user)
    days = StandardsProfile.objects.in_force(timezone.now()).number("declared.after")
    return render(request, "hotlists/my_vehicles.html", {"form": form, "page": page, "days": days})


@require_POST
def my_vehicle_withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Saying that a vehicle is no longer connected with oneself."""
    declared = get_object_or_404(DeclaredVehicle, pk=pk, declared_by=request.user)
    actions.withdraw_declaration(declared, by=request.user)
    messages.success(request, "Withdrawn. It keeps you from acting on this vehicle for a while yet.")
    return redirect("my_vehicles")


@require_GET
def declared_list(request: HttpRequest) -> HttpResponse:
    """The register, for professional standards. Reading it is recorded."""
    require(policies.may_view_declared(request.user))
    found = DeclaredVehicle.objects.barring(timezone.now()).select_related("declared_by")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    actions.look_at_declared(list(page), by=request.user)
    return render(request, "hotlists/declared_list.html", {"page": page})


@require_GET
def conflict_list(request: HttpRequest) -> HttpResponse:
    """What was tried on declared vehicles, for professional standards. Reading it is recorded."""
    require(policies.may_see_conflicts(request.user))
    show, now = request.GET.get("show", "waiting"), timezone.now()
    found = ConflictReport.objects.select_related("attempted_by", "answer__answered_by")
    waiting = found.waiting()
    page = Paginator(found if show == "all" else waiting, PAGE).get_page(request.GET.get("page"))
    actions.look_at_conflicts(list(page), by=request.user)
    context = {"page": page, "show": show, "count": waiting.count(), "late_since": _late_since(now)}
    return render(request, "hotlists/conflict_list.html", context)


@require_http_methods(["GET", "POST"])
def conflict_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One report, and the answer to it."""
    require(policies.may_see_conflicts(request.user))
    found = ConflictReport.objects.select_related("attempted_by", "hotlist", "answer__answered_by")
    report = get_object_or_404(found, pk=pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_conflict(report, by=request.user, **form.cleaned_data)
            messages.success(request, "Acknowledged.")
            return redirect("conflict_list")
        except Unfit as refusal:
            put_problems(form, refusal)
    actions.look_at_conflicts([report], by=request.user)
    context = {
        "report": report, "form": form, "may": policies.may_answer_conflict(request.user, report),
        "earlier": ConflictReport.objects.filter(attempted_by=report.attempted_by).exclude(pk=pk).count(),
    }  # fmt: skip
    return render(request, "hotlists/conflict_detail.html", context)


def _late_since(now: dt.datetime) -> dt.datetime:
    days = StandardsProfile.objects.in_force(now).number("conflict.answer")
    return now - dt.timedelta(days=days)
