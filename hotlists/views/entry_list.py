"""The page that lists entries."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policies import holds
from hotlists import actions, policies
from hotlists.forms import EntryFilterForm
from hotlists.listing import FIELDS, MOST_LISTED, as_shown, first_keys, listed
from hotlists.models import SavedFilter
from hotlists.views.filters import opens_with, saved_filters
from portal.policies import require
from retention import policies as retention

PAGE = 50


@require_GET
def entry_list(request: HttpRequest) -> HttpResponse:
    """Entries of the lists one may see, narrowed and in order."""
    require(holds(request.user, "hotlists.view_entries"))
    now = timezone.now()
    if away := opens_with(request, SavedFilter.Page.ENTRIES):
        return redirect(away)
    form = EntryFilterForm(given(request.GET) or None, by=request.user)
    keys = first_keys(listed(form.asked, by=request.user, at=now))
    page = Paginator(keys[:MOST_LISTED], PAGE).get_page(request.GET.get("page"))
    entries = as_shown(page.object_list, now)
    actions.look_at_entries(entries, by=request.user, where="the list of entries")
    context = {
        "form": form, "asked": form.asked, "page": page, "entries": entries,
        "count": len(keys), "most": MOST_LISTED, "asked_query": urlencode(form.asked),
        "may_export": policies.may_export(request.user), "may_hold": retention.may_hold_many(request.user),
        "saved": saved_filters(request, SavedFilter.Page.ENTRIES, form.asked),
    }  # fmt: skip
    return render(request, "hotlists/entry_list.html", context)


def given(query: QueryDict) -> dict[str, str]:
    """What the address narrows by."""
    return {name: query[name] for name in FIELDS if query.get(name)}
