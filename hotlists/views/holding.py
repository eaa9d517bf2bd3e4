"""The page on which what the list of entries shows is held for a case."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from hotlists.actions import search_plate
from hotlists.forms import EntryFilterForm, SearchHoldForm
from hotlists.listing import MOST_LISTED, first_keys, listed
from hotlists.models import Entry
from hotlists.views.entry_list import given
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from retention import actions as retention
from retention import policies
from retention.forms import HoldForm


@require_http_methods(["GET", "POST"])
def entries_hold(request: HttpRequest) -> HttpResponse:
    """Holding the entries that the list shows when narrowed as this address says; those alone, not what comes later."""
    require(policies.may_hold_many(request.user))
    asked = EntryFilterForm(given(request.GET) or None, by=request.user).asked
    keys = first_keys(listed(asked, by=request.user, at=timezone.now()))
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            hold = retention.hold_result(Entry, keys, by=request.user, **form.cleaned_data)
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, "Held. Nothing erases these entries until the hold is released.")
            return redirect("hold_detail", hold.pk)
    context = {"form": form, "asked": asked, "count": len(keys), "most": MOST_LISTED}
    return render(request, "hotlists/entries_hold.html", context)


@require_POST
def search_hold(request: HttpRequest) -> HttpResponse:
    """Holding the entries that a search found; the search is made again, for this case. The plate never stands in the address."""
    require(policies.may_hold_many(request.user, Entry))
    is_sent = "case_ref" in request.POST
    form = SearchHoldForm(request.POST if is_sent else None, initial=request.POST.dict())
    if is_sent and form.is_valid():
        facts = dict(form.cleaned_data)
        asked = {name: facts.pop(name) for name in ("plate", "likeness", "country")}
        try:
            found = search_plate(asked.pop("plate"), by=request.user, reason=f"Hold for {facts['case_ref']}", **asked)
            if found.has_more_entries:
                raise Unfit("More entries fit than one search shows. Search for more of the plate first.")
            hold = retention.hold_result(Entry, [entry.pk for entry in found.entries], by=request.user, **facts)
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, "Held. Nothing erases these entries until the hold is released.")
            return redirect("hold_detail", hold.pk)
    return render(request, "hotlists/search_hold.html", {"form": form, "plate": request.POST.get("plate", "")})
