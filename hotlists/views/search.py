"""The page on which the lists are searched for a plate."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hotlists import actions, policies
from hotlists.forms import SearchForm
from hotlists.models import Entry
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require


@require_http_methods(["GET", "POST"])
def plate_search(request: HttpRequest) -> HttpResponse:
    """Searching the lists for a plate: asks for a reason, and is recorded."""
    require(policies.may_search(request.user))
    form, found, rows = SearchForm(request.POST or None), None, []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            found, rows = actions.search_plate(
                data["plate"], by=request.user, reason=data["reason"], country=data["country"] or None
            )
        except Unfit as refusal:
            put_problems(form, refusal)
    if found is not None:
        keys = [entry.pk for entry in found]
        found = Entry.objects.filter(pk__in=keys).with_latest_version().with_force(timezone.now()).order_by("-id")
    return render(request, "hotlists/search.html", {"form": form, "found": found, "rows": rows, "now": timezone.now()})
