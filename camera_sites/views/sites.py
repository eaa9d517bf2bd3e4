"""Pages of the registry and of one site."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from camera_sites import actions, policies
from camera_sites.case import lacking, likelihood_of
from camera_sites.forms import AccessForm, CameraForm, LiveForm, ReasonForm, RegistryFilter, SiteForm
from camera_sites.forms.evidence import of_site
from camera_sites.models import CameraSite, PositionCheck, SiteGroupAccess
from camera_sites.neighbours import neighbours
from camera_sites.story import SOON, acts_on_evidence, acts_on_site, log_of, map_points, purposes_of, state_of
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import Verdict, require

PAGE = 50
ON_A_MAP = 2_000  # pins; beyond that the list is narrowed first


@require_GET
def site_list(request: HttpRequest) -> HttpResponse:
    """The sites one may see, without where they stand."""
    require(policies.may_open_registry(request.user))
    now = timezone.now()
    form, sites = narrowed(request, now)
    page = Paginator(sites.with_standing(now).order_by("ref"), PAGE).get_page(request.GET.get("page"))
    rows = [(site, state_of(site, now)) for site in page.object_list]
    context = {"form": form, "page": page, "rows": rows, "may_propose": policies.may_propose(request.user),
               "may_export": policies.may_export_sites(request.user)}  # fmt: skip
    return render(request, "camera_sites/site_list.html", context)


@require_GET
def site_map(request: HttpRequest) -> HttpResponse:
    """The same sites on a map, and beside it as a list. Looking at where they stand is recorded (R-120)."""
    require(policies.may_open_registry(request.user))
    now = timezone.now()
    form, sites = narrowed(request, now)
    shown = list(sites.with_standing(now).order_by("ref")[: ON_A_MAP + 1])
    is_cut = len(shown) > ON_A_MAP
    shown = shown[:ON_A_MAP]
    actions.open_locations(shown, by=request.user)
    context = {
        "form": form, "points": map_points(shown, now), "rows": [(site, state_of(site, now)) for site in shown],
        "is_cut": is_cut, "limit": ON_A_MAP,
    }  # fmt: skip
    return render(request, "camera_sites/site_map.html", context)


@require_GET
def site_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One site, told from top to bottom. Opening it is recorded."""
    now = timezone.now()
    site = actions.open_site(_site(request, pk), by=request.user)
    context = {
        "site": site, "state": state_of(site, now), "acts": acts_on_site(site, request.user),
        "purposes": purposes_of(site), "cameras": site.cameras.select_related("commissioned_by"),
        "points": map_points([site], now), "events": log_of("camera_sites.camerasite", site.pk),
        "near": neighbours(site, by=request.user), "likelihood": likelihood_of(site, now),
        "lacking": lacking(site, now) if site.status == CameraSite.Status.PROPOSED else [],
        "kept": acts_on_evidence(site, request.user), "consultations": site.consultations.all(),
        "sharing": site.sharing.all(), "inspections": site.inspections.select_related("recorded_by"),
        "positions": PositionCheck.objects.filter(camera__site=site).select_related("camera"), "now": now,
        "near_words": [CameraSite.Proximity(code).label for code in site.proximity],
        "decision": getattr(site, "decision", None), "spells": site.spells.select_related("began_by", "ended_by"),
        "teams": SiteGroupAccess.objects.filter(content_object=site).select_related("group").order_by("group__name"),
    }  # fmt: skip
    return render(request, "camera_sites/site_detail.html", context)


@require_http_methods(["GET", "POST"])
def site_new(request: HttpRequest) -> HttpResponse:
    """Proposing a site."""
    require(policies.may_propose(request.user))
    initial = {"owner": request.user.pk}
    form = SiteForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            site = actions.propose_site(by=request.user, **form.facts)
            messages.success(request, "Proposed. Add its cameras next.")
            return redirect("camera_new", site.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    return render(request, "camera_sites/site_form.html", {"form": form, "site": None}, status=_status(form))


@require_http_methods(["GET", "POST"])
def site_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Changing a proposal, or what may change of a live site."""
    site = _site(request, pk)
    require(policies.may_edit_site(request.user, site))
    form = SiteForm(request.POST or None, instance=site)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_site(site, by=request.user, **form.facts)
            messages.success(request, "Saved.")
            return redirect("site_detail", site.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    return render(request, "camera_sites/site_form.html", {"form": form, "site": site}, status=_status(form))


@require_http_methods(["GET", "POST"])
def camera_new(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Adding a camera to a proposal."""
    words = {
        "title": "Add a camera", "button": "Add this camera", "done": "Camera added.",
        "explain": "As few as the need asks for: what is decided on is this site with these cameras.",
    }  # fmt: skip
    return act_on_site(request, pk, CameraForm, actions.add_camera, policies.may_add_camera, words)


@require_http_methods(["GET", "POST"])
def site_live(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Setting a site live."""
    words = {
        "title": "Set this site live", "button": "Set it live",
        "explain": "Matchers match its reads from now until its DPIA’s review date, and not a second longer.",
        "done": "Live. Matchers are being told.",
    }  # fmt: skip
    return act_on_site(request, pk, LiveForm, actions.set_live, policies.may_set_live, words)


@require_http_methods(["GET", "POST"])
def site_suspend(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Suspending a site."""
    words = {
        "title": "Suspend this site", "button": "Suspend it now", "kind": "warning",
        "explain": "Matchers stop matching its reads within seconds. Somebody else than you returns it to service.",
        "done": "Suspended. Matchers are being told.",
    }  # fmt: skip
    return act_on_site(request, pk, ReasonForm, actions.suspend_site, policies.may_suspend_site, words)


@require_http_methods(["GET", "POST"])
def site_return(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Returning a suspended site to service."""
    words = {
        "title": "Return this site to service", "button": "Return it to service",
        "explain": "Matchers match its reads again from now until its DPIA’s review date.",
        "done": "Live again. Matchers are being told.",
    }  # fmt: skip
    return act_on_site(request, pk, ReasonForm, actions.return_site, policies.may_return_site, words)


@require_http_methods(["GET", "POST"])
def site_decommission(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ending a site."""
    words = {
        "title": "End this site", "button": "End it now", "kind": "warning",
        "explain": "Matchers stop matching its reads within seconds. It comes back only as a new proposal.",
        "done": "Ended. Matchers are being told.",
    }  # fmt: skip
    return act_on_site(request, pk, ReasonForm, actions.decommission, policies.may_decommission, words)


@require_http_methods(["GET", "POST"])
def site_access(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Letting a team see a site."""
    words = {
        "title": "Give a team access", "button": "Give access", "done": "The team can see this site.",
        "explain": "Its people then see the site with its precise location; each look is recorded.",
    }  # fmt: skip

    def act(site: CameraSite, *, by: Any, team: Any) -> None:
        actions.give_access(site, team, by=by)

    return act_on_site(request, pk, AccessForm, act, policies.may_give_access, words)


@require_http_methods(["GET", "POST"])
def site_access_end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Taking the sight of a site from a team."""
    words = {
        "title": "Take access from a team", "button": "Take access", "kind": "warning",
        "explain": "Its people no longer see this site, unless they see it in another way.",
        "done": "The team no longer sees this site.",
    }  # fmt: skip

    def act(site: CameraSite, *, by: Any, team: Any) -> None:
        actions.take_access(site, team, by=by)

    return act_on_site(request, pk, AccessForm, act, policies.may_give_access, words)


def act_on_site(
    request: HttpRequest,
    pk: uuid.UUID,
    form_class: type[forms.BaseForm],
    act: Callable[..., object],
    may: Callable[[Any, Any], Verdict],
    words: dict[str, str],
) -> HttpResponse:
    """A page that does one thing to a site; nothing typed is lost when it is refused."""
    site = _site(request, pk)
    form = of_site(form_class(request.POST if request.method == "POST" else None), site)
    if request.method == "POST" and form.is_valid():
        try:
            act(site, by=request.user, **form.cleaned_data)
            messages.success(request, words["done"])
            return redirect("site_detail", site.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {
        "site": site,
        "form": form,
        "may": may(request.user, site),
        "state": state_of(site, timezone.now()),
        **words,
    }
    return render(request, "camera_sites/site_act.html", context, status=_status(form))


def narrowed(request: HttpRequest, at: dt.datetime) -> tuple[RegistryFilter, Any]:
    """What narrows the registry, and the sites that are left of those one may see."""
    form = RegistryFilter(request.GET or None)
    sites = CameraSite.objects.visible_to(request.user)
    if not (form.is_bound and form.is_valid()):
        return form, sites
    asked = form.cleaned_data
    if text := asked["q"].strip():
        sites = sites.filter(Q(name__icontains=text) | Q(ref__icontains=text) | Q(area__icontains=text))
    Status = CameraSite.Status
    narrow: dict[str, Callable[[], Any]] = {
        "in": lambda: sites.in_service(at),
        "lapsing": lambda: sites.lapsing(at, SOON),
        "out": lambda: sites.out_of_service(at),
        "suspended": lambda: sites.filter(status=Status.SUSPENDED),
        "proposed": lambda: sites.filter(status=Status.PROPOSED),
        "ended": lambda: sites.filter(status=Status.DECOMMISSIONED),
    }
    return form, narrow[asked["show"]]() if asked["show"] else sites


def _site(request: HttpRequest, pk: uuid.UUID) -> CameraSite:
    found = CameraSite.objects.visible_to(request.user).with_standing(timezone.now())
    people = ("proposed_by", "live_by", "moved_by", "decommissioned_by", "owner", "decision__decided_by")
    found = found.select_related(*people, "dpia", "town_dpia")
    return get_object_or_404(found, pk=pk)


def _status(form: forms.BaseForm) -> int:
    return 422 if form.is_bound and form.errors else 200
