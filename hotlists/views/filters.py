"""Pages of saved filters, and what the pages that they narrow show of them."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hotlists import actions, policies
from hotlists.forms.filters import FilterForm
from hotlists.models import SavedFilter
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from standards.models import StandardsProfile

Page = SavedFilter.Page
OPENS = {
    Page.ENTRIES: "entry_list",
    Page.DECISIONS: "decision_queue",
    Page.REVIEWS: "review_queue",
    Page.SEARCH: "plate_search",
}


@require_GET
def filter_list(request: HttpRequest) -> HttpResponse:
    """One's own filters."""
    now = timezone.now()
    profile = StandardsProfile.objects.in_force(now)
    found = [_with_address(one) for one in SavedFilter.objects.of(request.user, now)]
    lead = (
        f"Only you see them. Each is kept for {profile.number('filter.kept')} days after you last saved it; one that holds"
        f" what you typed, such as a plate, for {profile.number('filter.words.kept')}."
    )
    return render(request, "hotlists/filter_list.html", {"filters": found, "lead": lead})


@require_POST
def filter_new(request: HttpRequest, page: str) -> HttpResponse:
    """Saving what a page is narrowed by."""
    if page not in Page.values:
        raise Http404
    require(policies.may_save_filter(request.user, page))
    form = FilterForm(request.POST, page=page)
    if form.is_valid():
        try:
            saved = actions.save_filter(page, by=request.user, asked=form.asked, **form.facts)
            messages.success(request, f"Saved. “{saved.name}” opens this with one click.")
            return redirect(address_of(saved))
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"form": form, "title": "Save this filter", "caption": Page(page).label}
    return render(request, "hotlists/filter_form.html", context, status=422)


@require_http_methods(["GET", "POST"])
def filter_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Another name, and whether its page opens with it."""
    saved = _own(request, pk)
    initial = {"name": saved.name, "is_default": saved.is_default}
    form = FilterForm(request.POST or None, page=saved.page, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_filter(saved, by=request.user, **form.facts)
            messages.success(request, "Saved.")
            return redirect("filter_list")
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"form": form, "filter": saved, "title": "Change a filter", "caption": saved.get_page_display()}
    return render(request, "hotlists/filter_form.html", context, status=422 if form.errors else 200)


@require_POST
def filter_delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Deleting it."""
    actions.drop_filter(_own(request, pk), by=request.user)
    messages.success(request, "Deleted.")
    return redirect("filter_list")


def address_of(saved: SavedFilter) -> str:
    """Where it is opened."""
    return f"{reverse(OPENS[Page(saved.page)])}?{urlencode(saved.query)}"


def opens_with(request: HttpRequest, page: str) -> str:
    """Where whoever opens a page without more is sent: to their default. Empty without one."""
    if request.GET:
        return ""
    saved = SavedFilter.objects.of(request.user, timezone.now()).filter(page=page, is_default=True).first()
    return address_of(saved) if saved else ""


def filter_opened(request: HttpRequest, page: str) -> dict[str, str]:
    """What a filter that the address names, or one's default, narrows by."""
    own = SavedFilter.objects.of(request.user, timezone.now()).filter(page=page)
    named = request.GET.get("filter", "")
    if named:
        try:
            return get_object_or_404(own, pk=uuid.UUID(named)).asked
        except ValueError as error:
            raise Http404 from error
    saved = None if request.GET or request.method == "POST" else own.filter(is_default=True).first()
    return saved.asked if saved else {}


def chosen_in(form: forms.Form) -> dict[str, str]:
    """What was chosen in a form that narrows, as it stands in the address."""
    if not form.is_bound:
        return {}
    form.is_valid()
    return {name: form.data[name] for name in form.fields if form.data.get(name) and name not in form.errors}


def saved_filters(request: HttpRequest, page: str, asked: dict[str, str]) -> dict[str, Any]:
    """For a page that can be narrowed: one's own filters, and the form that saves what it is narrowed by now."""
    own = [_with_address(one) for one in SavedFilter.objects.of(request.user, timezone.now()).filter(page=page)]
    opened = request.GET.get("filter", "")
    for one in own:
        one.is_current = one.asked == asked if asked else str(one.pk) == opened
    form = FilterForm(page=page, asked=asked)
    is_saved = any(one.asked == form.asked for one in own)
    return {"own": own, "asked": form.asked, "form": form, "page": page, "is_saved": is_saved, "opened": opened}


def _with_address(saved: SavedFilter) -> SavedFilter:
    saved.address = address_of(saved)
    return saved


def _own(request: HttpRequest, pk: uuid.UUID) -> SavedFilter:
    return get_object_or_404(SavedFilter.objects.of(request.user, timezone.now()), pk=pk)
