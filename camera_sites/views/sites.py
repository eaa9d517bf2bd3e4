"""Pages of the registry and of one site."""

import datetime as dt
import uuid
from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from camera_sites import actions, narrowing, policies
from camera_sites.accuracy import SHOWN, marks_of, records_of
from camera_sites.as_read import Overtaken
from camera_sites.case import lacking, likelihood_of
from camera_sites.encirclement import closed_by
from camera_sites.forms import RegistryFilter, SiteForm
from camera_sites.forms.as_read import put_overtaken
from camera_sites.limits import AccuracyLimits, need_days
from camera_sites.models import CameraSite, PositionCheck, SiteGroupAccess
from camera_sites.models.sites import CameraSiteQuerySet
from camera_sites.neighbours import neighbours
from camera_sites.places import summary
from camera_sites.ring import ring_of
from camera_sites.story import (
    acts_on_evidence,
    acts_on_need,
    acts_on_site,
    endings_of,
    log_of,
    map_points,
    purposes_of,
    state_of,
)
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from standards.models import StandardsProfile

PAGE = 50


@require_GET
def site_list(request: HttpRequest) -> HttpResponse:
    """The sites one may see, without where they stand."""
    require(policies.may_open_registry(request.user))
    now = timezone.now()
    form, sites = narrowed(request, now)
    page, shown = paged(request, sites, now)
    marks = marks_of(shown, now, AccuracyLimits.at(now))
    rows = [(site, state_of(site, now), marks[site.pk]) for site in shown]
    context = {"form": form, "page": page, "rows": rows, "may_propose": policies.may_propose(request.user),
               "may_export": policies.may_export_sites(request.user)}  # fmt: skip
    return render(request, "camera_sites/site_list.html", context)


@require_GET
def site_map(request: HttpRequest) -> HttpResponse:
    """The same sites on a map, and beneath it as a list. Looking at where they stand is recorded (R-120)."""
    require(policies.may_open_registry(request.user))
    now = timezone.now()
    form, sites = narrowed(request, now)
    count, words, frame = summary(sites, now)
    page, shown = paged(request, sites, now)
    actions.open_locations(shown, by=request.user)
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "form": form, "page": page, "rows": [(site, state_of(site, now)) for site in shown], "count": count,
        "words": words, "frame": frame, "places": f"{reverse('api_site_places')}?{asked.urlencode()}",
    }  # fmt: skip
    return render(request, "camera_sites/site_map.html", context)


@require_GET
def site_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One site, told from top to bottom. Opening it is recorded."""
    now = timezone.now()
    site = actions.open_site(site_of(request, pk), by=request.user)
    limits = AccuracyLimits.at(now)
    context = {
        "records": records_of(site, now, limits), "limits": limits, "shown": SHOWN, "about_need": acts_on_need(site, request.user),
        "needs": site.need_reviews.select_related("reviewed_by"), "questions": site.need_questions.select_related("raised_by"),
        "site": site, "state": state_of(site, now), "endings": endings_of(site, now) if site.status == CameraSite.Status.LIVE else [],
        "acts": acts_on_site(site, request.user),
        "purposes": purposes_of(site), "cameras": site.cameras.select_related("commissioned_by", "decommissioned_by"),
        "points": map_points([site], now), "events": log_of("camera_sites.camerasite", site.pk, request.user),
        "near": neighbours(site, by=request.user), "ring": ring_of(site, by=request.user),
        "closed": closed_by(site, by=request.user) if site.status == CameraSite.Status.PROPOSED else None,
        "likelihood": likelihood_of(site, now),
        "lacking": lacking(site, now) if site.status == CameraSite.Status.PROPOSED else [],
        "may_keep": policies.may_keep_evidence(request.user, site),
        "kept": acts_on_evidence(site, request.user), "consultations": site.consultations.all(),
        "sharing": site.sharing.all(), "inspections": site.inspections.select_related("recorded_by"),
        "positions": PositionCheck.objects.filter(camera__site=site).select_related("camera"), "now": now,
        "today": timezone.localdate(now),
        "near_words": [CameraSite.Proximity(code).label for code in site.proximity],
        "decision": getattr(site, "decision", None), "spells": site.spells.select_related("began_by", "ended_by"),
        "teams": SiteGroupAccess.objects.filter(content_object=site).select_related("group").order_by("group__name"),
    }  # fmt: skip
    return render(request, "camera_sites/site_detail.html", context)


@require_http_methods(["GET", "POST"])
def site_new(request: HttpRequest) -> HttpResponse:
    """Proposing a site."""
    require(policies.may_propose(request.user))
    form = SiteForm(request.POST or None, initial={"owner": request.user.pk}, by=request.user)
    return _written(request, form, None, actions.propose_site, "Proposed. Add its cameras next.", "camera_new")


@require_http_methods(["GET", "POST"])
def site_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Changing a proposal, or what may change of a live site."""
    site = site_of(request, pk)
    require(policies.may_edit_site(request.user, site))
    form = SiteForm(request.POST or None, instance=site, by=request.user)
    return _written(request, form, site, partial(actions.edit_site, site), "Saved.", "site_detail")


def _written(
    request: HttpRequest, form: SiteForm, site: CameraSite | None, act: Callable[..., CameraSite], done: str, then: str
) -> HttpResponse:
    """The form of a site; nothing typed is lost when what was written is refused."""
    if request.method == "POST" and form.is_valid():
        try:
            written = act(by=request.user, **form.facts)
            messages.success(request, done)
            ring, closed = ring_of(written, by=request.user), closed_by(written, by=request.user)
            if closed and not written.encircles:
                messages.warning(request, f"This closes the last way into a place. {closed.words}")
            elif ring.is_likely and not written.encircles:
                messages.warning(request, f"This may close a ring around a town. {ring.words}")
            return redirect(then, written.pk)
        except Overtaken as late:
            put_overtaken(form, late)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"form": form, "site": site}
    return render(request, "camera_sites/site_form.html", context, status=422 if form.errors else 200)


def narrowed(request: HttpRequest, at: dt.datetime) -> tuple[RegistryFilter, CameraSiteQuerySet]:
    """What narrows the registry, and the sites that are left of those one may see."""
    form = RegistryFilter(request.GET or None, by=request.user)
    sites = CameraSite.objects.visible_to(request.user)
    if not (form.is_bound and form.is_valid()):
        return form, sites
    return form, narrowing.narrowed(sites, form.cleaned_data, at)


def paged(request: HttpRequest, sites: CameraSiteQuerySet, at: dt.datetime) -> tuple[Page, list[CameraSite]]:
    """The page that is asked for, and its sites with how they stand: worked out for these alone, not for all before them."""
    page = Paginator(sites.order_by("ref").values_list("pk", flat=True), PAGE).get_page(request.GET.get("page"))
    return page, list(CameraSite.objects.filter(pk__in=list(page.object_list)).with_standing(at).order_by("ref"))


def site_of(request: HttpRequest, pk: uuid.UUID) -> CameraSite:
    """The site and how it stands, where it is theirs to see; 404 otherwise."""
    now = timezone.now()
    days = StandardsProfile.objects.in_force(now).number("site.signs")
    found = CameraSite.objects.visible_to(request.user).with_standing(now).with_signs_due(days)
    found = found.with_need_review(now, need_days(now))
    people = ("proposed_by", "live_by", "moved_by", "decommissioned_by", "owner", "decision__decided_by")
    found = found.select_related(*people, "dpia", "town_dpia")
    return get_object_or_404(found, pk=pk)
