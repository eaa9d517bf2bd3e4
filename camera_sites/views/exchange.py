"""Pages of files of sites: reading one, looking at what it would propose, taking sites away."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from camera_sites import actions, policies
from camera_sites.exchange import COLUMNS, LARGEST, NEEDED
from camera_sites.forms.exchange import SitesExportForm, SitesFileForm
from camera_sites.models import SiteImport
from camera_sites.views.sites import narrowed
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require

PAGE = 50


@require_GET
def sites_template(request: HttpRequest) -> HttpResponse:
    """The headings of a file of sites."""
    response = HttpResponse(",".join(COLUMNS) + "\r\n", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="camera-sites-template.csv"'
    return response


@require_http_methods(["GET", "POST"])
def sites_import(request: HttpRequest) -> HttpResponse:
    """A file of sites: every problem is shown before anything is proposed."""
    require(policies.may_propose(request.user))
    form = SitesFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = actions.read_import(by=request.user, content=file.read(LARGEST + 1), file_name=file.name)
            return redirect("sites_import_detail", made.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"form": form, "columns": COLUMNS, "needed": NEEDED}
    return render(request, "camera_sites/sites_import.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def sites_import_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What a file would propose and change; POST does it."""
    require(policies.may_propose(request.user))
    made = get_object_or_404(SiteImport, pk=pk, made_by=request.user)
    trouble: list[str] = []
    if request.method == "POST":
        try:
            actions.apply_import(made, by=request.user)
            messages.success(
                request, f"Done: {_told(made)}. Give teams access to what is new; somebody else decides each."
            )
            return redirect("site_list")
        except Unfit as refusal:
            trouble = [line for lines in refusal.fields.values() for line in lines] or [str(refusal)]
    page = Paginator(made.numbered, PAGE).get_page(request.GET.get("page"))
    rows = [
        (number, row, made.problems.get(str(number), {}), made.changes.get(str(number)))
        for number, row in page.object_list
    ]
    context = {
        "made": made, "page": page, "rows": rows, "trouble": trouble, "count": len(made.numbered), "told": _told(made),
        "does_something": len(made.changes) < len(made.numbered) or any(one["columns"] for one in made.changes.values()),
    }  # fmt: skip
    return render(request, "camera_sites/sites_import_detail.html", context, status=422 if trouble else 200)


def _told(made: SiteImport) -> str:
    """How many sites it proposes and how many it changes, in words."""
    changed = sum(bool(one["columns"]) for one in made.changes.values())
    parts = ((len(made.numbered) - len(made.changes), "proposed"), (changed, "changed"))
    return ", ".join(f"{number:,} {'site' if number == 1 else 'sites'} {done}" for number, done in parts if number)


@require_http_methods(["GET", "POST"])
def sites_export(request: HttpRequest) -> HttpResponse:
    """The sites that the registry shows, narrowed as it was, as a file; it asks why."""
    require(policies.may_export_sites(request.user))
    _, sites = narrowed(request, timezone.now())
    form = SitesExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind = form.cleaned_data["form"]
        try:
            facts = {name: form.cleaned_data[name] for name in ("reason", "recipient")}
            text = actions.export_sites(sites, by=request.user, form=kind, **facts)
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            media = "application/geo+json" if kind == "geojson" else "text/csv; charset=utf-8"
            response = HttpResponse(text, content_type=media)
            response["Content-Disposition"] = f'attachment; filename="camera-sites.{kind}"'
            return response
    context = {"form": form, "count": sites.count()}
    return render(request, "camera_sites/sites_export.html", context, status=422 if form.errors else 200)
