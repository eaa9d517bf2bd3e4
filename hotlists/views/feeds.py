"""Pages of looking for a plate in a feed, and of holding it back; what a feed shows on its list's page."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from hotlists import actions, policies
from hotlists.forms import HoldBackForm, RowSearchForm
from hotlists.models import FeedException, Hotlist, Load
from hotlists.views.exceptions import reports
from hotlists.views.loads import feed_of, may_upload
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require


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
        return redirect("exception_list", slug)
    context = {"form": RowSearchForm(), "hotlist": hotlist, "found": None, "hold_back": form}
    return render(request, "hotlists/feed_search.html", context, status=422)


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
        "late_since": _late_since(agreement, last, now),
        "reports": reports(hotlist, agreement),
        "open": hotlist.loads.exclude(pk__in=Load.objects.decided()).first(),
        "held_back": hotlist.feed_exceptions.open_at(now).count(),
        "may_load": may_upload(request, hotlist),
        "may_search": policies.may_search_rows(request.user),
    }
    return render_to_string("hotlists/_feed_panel.html", context, request)


def _late_since(agreement, last, now: dt.datetime) -> dt.datetime | None:
    """Since when the source owes a load, though the list is not stale yet."""
    if agreement is None or last is None or agreement.refresh_hours is None:
        return None
    due = last.loaded_at + dt.timedelta(hours=agreement.refresh_hours)
    return due if due < now else None


def _found(request: HttpRequest, hotlist: Hotlist, vrm: str, rows: list) -> dict[str, object]:
    held_back = {
        exception.country: exception
        for exception in FeedException.objects.filter(hotlist=hotlist, vrm=vrm, to_at=None).select_related(
            "from_by", "from_machine"
        )
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
