"""Pages of agreements with sources, of looking for a plate in a feed, and of holding it back."""

import datetime as dt
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from hotlists import actions, policies
from hotlists.forms import AgreementForm, HoldBackForm, ReasonForm, RowSearchForm
from hotlists.models import FeedException, Hotlist, Load, SourceAgreement
from hotlists.views.loads import feed_of, may_upload, put_problems
from portal.errors import Unfit
from portal.policies import require


@require_http_methods(["GET", "POST"])
def agreement_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Writing down the terms with a source."""
    hotlist = feed_of(request, slug)
    require(policies.may_propose(request.user, hotlist))
    form = AgreementForm(request.POST or None, hotlist=hotlist)
    if request.method == "POST" and form.is_valid():
        try:
            actions.propose_agreement(hotlist, by=request.user, **form.terms)
            messages.success(request, "Proposed. Somebody else has to agree before anything can be loaded.")
            return redirect("load_list", slug)
        except Unfit as refusal:
            put_problems(form, refusal)
    return render(request, "hotlists/agreement_form.html", {"form": form, "hotlist": hotlist})


@require_POST
def agreement_agree(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The second person's yes."""
    agreement = get_object_or_404(
        SourceAgreement.objects.filter(hotlist__in=Hotlist.objects.visible_to(request.user)), pk=pk
    )
    actions.agree(agreement, by=request.user)
    messages.success(request, "Agreed. Files may be loaded from its date on.")
    return redirect("load_list", agreement.hotlist.slug)


@require_http_methods(["GET", "POST"])
def feed_search(request: HttpRequest, slug: str) -> HttpResponse:
    """Looking for a plate among the rows of a feed; asks why, and is recorded. The plate never stands in the address."""
    hotlist = feed_of(request, slug)
    require(policies.may_search_rows(request.user))
    form = RowSearchForm(request.POST or None)
    context: dict[str, object] = {"form": form, "hotlist": hotlist, "found": None}
    if request.method == "POST" and form.is_valid():
        try:
            vrm, rows = actions.search_rows(
                hotlist, form.cleaned_data["plate"], by=request.user, reason=form.cleaned_data["reason"]
            )
            context |= _found(request, hotlist, vrm, rows)
        except Unfit as refusal:
            put_problems(form, refusal)
    return render(request, "hotlists/feed_search.html", context)


@require_POST
def feed_hold_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Holding a plate back, at once."""
    hotlist = feed_of(request, slug)
    form = HoldBackForm(request.POST)
    if form.is_valid():
        actions.suspend_row(hotlist, by=request.user, **form.cleaned_data)
        messages.success(request, "Held back. Matchers stop looking for it within seconds.")
        return redirect("load_list", slug)
    context = {"form": RowSearchForm(), "hotlist": hotlist, "found": None, "hold_back": form}
    return render(request, "hotlists/feed_search.html", context, status=422)


@require_http_methods(["GET", "POST"])
def exception_lift(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Letting a row go again."""
    exceptions = FeedException.objects.filter(hotlist__in=Hotlist.objects.visible_to(request.user))
    exception = get_object_or_404(exceptions.select_related("hotlist", "from_by"), pk=pk)
    may = policies.may_lift(request.user, exception)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.lift(exception, by=request.user, **form.cleaned_data)
        messages.success(request, "Let go. Matchers look for it again within seconds.")
        return redirect("load_list", exception.hotlist.slug)
    return render(request, "hotlists/exception_lift.html", {"form": form, "exception": exception, "may": may})


def feed_panel(request: HttpRequest, hotlist: Hotlist) -> str:
    """On a feed's page: on what terms it is filled, and how fresh it is."""
    if hotlist.kind != Hotlist.Kind.FEED:
        return ""
    now = timezone.now()
    agreement = hotlist.agreements.governing(now).order_by("-from_at").first()
    last = hotlist.loads.loaded_by(now).order_by("-loaded_at").first()
    context = {
        "hotlist": hotlist,
        "agreement": agreement,
        "last": last,
        "stale_at": last.loaded_at + dt.timedelta(hours=agreement.max_staleness_hours) if last and agreement else None,
        "open": hotlist.loads.exclude(pk__in=Load.objects.decided()).first(),
        "held_back": hotlist.feed_exceptions.open_at(now).count(),
        "may_load": may_upload(request, hotlist),
        "may_search": policies.may_search_rows(request.user),
    }
    return render_to_string("hotlists/_feed_panel.html", context, request)


def _found(request: HttpRequest, hotlist: Hotlist, vrm: str, rows: list) -> dict[str, object]:
    held_back = {
        exception.country: exception
        for exception in FeedException.objects.filter(hotlist=hotlist, vrm=vrm, to_at=None).select_related("from_by")
    }
    first = rows[0] if rows else None
    return {
        "vrm": vrm,
        "found": [(row, held_back.get(row.country)) for row in rows],
        "may_suspend": policies.may_suspend_row(request.user, hotlist),
        "now": timezone.now(),
        "hold_back": HoldBackForm(initial={"country": first.country, "vrm": first.vrm})
        if first is not None and first.country not in held_back
        else None,
    }
