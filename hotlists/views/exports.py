"""Pages on which what a list or a search shows is taken away as a file."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from hotlists import actions, policies
from hotlists.actions.exports import Export
from hotlists.forms import EntryFilterForm, ExportForm, SearchExportForm
from hotlists.listing import MOST_LISTED, first_keys, listed
from hotlists.views.entry_list import given
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from portal.streaming import stream


@require_http_methods(["GET", "POST"])
def entry_export(request: HttpRequest) -> HttpResponseBase:
    """Taking away the entries that the list shows when narrowed as this address says."""
    require(policies.may_export(request.user))
    asked = EntryFilterForm(given(request.GET) or None, by=request.user).asked
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return sent(request, actions.export_entries(asked, by=request.user, **form.cleaned_data))
        except Unfit as refusal:
            put_problems(form, refusal)
    count = len(first_keys(listed(asked, by=request.user, at=timezone.now())))
    context = {"form": form, "asked": asked, "count": count, "most": MOST_LISTED}
    return render(request, "hotlists/entry_export.html", context)


@require_POST
def search_export(request: HttpRequest) -> HttpResponseBase:
    """Taking away what a search found; the search is made again. The plate never stands in the address."""
    require(policies.may_search(request.user))
    require(policies.may_export(request.user))
    is_sent = "reason" in request.POST
    form = SearchExportForm(request.POST if is_sent else None, initial=request.POST.dict())
    if is_sent and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            return sent(request, actions.export_search(data.pop("plate"), by=request.user, **data))
        except Unfit as refusal:
            put_problems(form, refusal)
    return render(request, "hotlists/search_export.html", {"form": form, "plate": request.POST.get("plate", "")})


def sent(request: HttpRequest, export: Export) -> HttpResponseBase:
    """The file, in parts as they are made."""
    response = stream(request, export.parts, content_type=export.media_type)
    response["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
    return response
