"""The public pages: counts from the latest release, as a page, as CSV and as JSON. Nobody needs to sign in."""

import csv
import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from camera_sites.papers import for_the_public
from camera_sites.public import hider, newest
from oversight.models import TransparencyRelease
from portal.printing import paper
from scrutiny.public import certified

TOO_SMALL = "fewer than 5"


@login_not_required
@require_GET
def transparency(request: HttpRequest) -> HttpResponse:
    """The public page."""
    release = TransparencyRelease.objects.order_by("-released_at").first()
    found = newest()
    open_ones = [version for version in found if not version.names_a_place]
    hide = hider() if open_ones else str
    told = [(version, hide(version.dpia.title), hide(version.public_summary)) for version in open_ones]
    context = {
        "release": release, "summaries": told, "withheld": len(found) - len(told), "certified": certified(timezone.now()),
    }  # fmt: skip
    return render(request, "oversight/transparency.html", context)


@login_not_required
@require_GET
def assessment_pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """An assessment as its author lets the public read it; 404 for one whose summary is not shown either."""
    version = next((version for version in newest() if version.pk == pk and not version.names_a_place), None)
    if version is None:
        raise Http404
    return paper(for_the_public(version), f"assessment-{version.number}")


@login_not_required
@require_GET
def transparency_json(request: HttpRequest) -> HttpResponse:
    """All figures of the latest release."""
    release = _latest()
    told = {"released_at": release.released_at.isoformat(), "figures": release.figures}
    return JsonResponse({**told, "certificates": certified(timezone.now())})


@login_not_required
@require_GET
def transparency_csv(request: HttpRequest, key: str) -> HttpResponse:
    """One figure, as a spreadsheet reads it."""
    release = _latest()
    figure = next((figure for figure in release.figures if figure["key"] == key), None)
    if figure is None:
        raise Http404
    response = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{key}.csv"'}
    )
    writer = csv.writer(response)
    writer.writerow([figure["title"], "count", "released_at"])
    writer.writerows(
        [label, TOO_SMALL if count is None else count, release.released_at.isoformat()]
        for label, count in figure["rows"]
    )
    return response


def _latest() -> TransparencyRelease:
    release = TransparencyRelease.objects.order_by("-released_at").first()
    if release is None:
        raise Http404
    return release
