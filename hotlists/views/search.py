"""The page on which the lists are searched for plates."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.reasons import standing
from hotlists import actions, policies
from hotlists.forms import SearchForm
from hotlists.models import Entry, SavedFilter
from hotlists.views.filters import chosen_in, filter_opened, saved_filters
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from retention import policies as retention


@require_http_methods(["GET", "POST"])
def plate_search(request: HttpRequest) -> HttpResponse:
    """Searching the lists: asks for a reason, and is recorded. The plate never stands in the address."""
    require(policies.may_search(request.user))
    initial = filter_opened(request, SavedFilter.Page.SEARCH)
    form, found = SearchForm(request.POST or None, initial=initial, stands=standing(request.user)), None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            found = actions.search_plate(
                data["plate"],
                by=request.user,
                reason=data["reason"],
                country=data["country"],
                likeness=data["likeness"],
            )
        except Unfit as refusal:
            put_problems(form, refusal)
    may_export, may_hold = policies.may_export(request.user), retention.may_hold_many(request.user, Entry)
    context = {
        "form": form, "found": found, "now": timezone.now(), "may_export": may_export, "may_hold": may_hold,
        "saved": saved_filters(request, SavedFilter.Page.SEARCH, chosen_in(form) if found is not None else {}),
    }  # fmt: skip
    return render(request, "hotlists/search.html", context)
