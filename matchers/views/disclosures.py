"""Pages of unsigned files: taking a list away as one, and telling its recipient what was taken back since."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from hotlists.models import Hotlist
from matchers import actions, policies
from matchers.actions.disclosures import Taken
from matchers.disclosed import files_of
from matchers.forms import ListExportForm, TellForm
from matchers.models import Disclosure, Publication
from matchers.unsigned.carrying import REASONS
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from portal.streaming import stream

A_PAGE = 25


@require_http_methods(["GET", "POST"])
def list_export(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Taking what was last published of a list away as an unsigned file."""
    hotlist = get_object_or_404(Hotlist.objects.visible_to(request.user), slug=slug)
    require(policies.may_export_list(request.user, hotlist))
    form = ListExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return sent(request, actions.export_list(hotlist, by=request.user, **form.cleaned_data))
        except Unfit as refusal:
            put_problems(form, refusal)
    newest = Publication.objects.current().filter(hotlist=hotlist).first()
    context = {"form": form, "hotlist": hotlist, "newest": newest, "reasons": REASONS}
    return render(request, "matchers/list_export.html", context)


@require_GET
def disclosure_list(request: HttpRequest) -> HttpResponse:
    """Every unsigned file that was taken of lists that one may see, newest first."""
    require(policies.may_view(request.user))
    found = Disclosure.objects.visible_to(request.user).select_related("hotlist", "taken_by")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "matchers/disclosure_list.html", {"page": page, "files": files_of(list(page.object_list))})


@require_http_methods(["GET", "POST"])
def disclosure_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One file: what it held, for whom, what was taken back since; and telling them so."""
    require(policies.may_view(request.user))
    seen = Disclosure.objects.visible_to(request.user).select_related("hotlist", "taken_by")
    disclosure = get_object_or_404(seen, pk=pk)
    form = TellForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            told = actions.tell_recipient(disclosure, by=request.user, **form.cleaned_data)
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, f"Noted: {disclosure.recipient} was told of {told.rows} rows.")
            return redirect("disclosure_detail", disclosure.pk)
    [file] = files_of([disclosure])
    context = {
        "file": file, "disclosure": disclosure, "form": form, "may_tell": policies.may_tell(request.user, disclosure),
        "taken_back": actions.open_disclosure(disclosure, by=request.user), "reasons": REASONS,
        "tellings": disclosure.tellings.select_related("told_by"),
    }  # fmt: skip
    return render(request, "matchers/disclosure_detail.html", context)


def sent(request: HttpRequest, taken: Taken) -> HttpResponseBase:
    """The file, in parts as they are read."""
    response = stream(request, taken.parts, content_type=taken.media_type)
    response["Content-Disposition"] = f'attachment; filename="{taken.file_name}"'
    response["Content-Length"] = str(taken.disclosure.length)
    response["Cache-Control"] = "no-store"
    response["X-Disclosure"] = str(taken.disclosure.pk)
    return response
