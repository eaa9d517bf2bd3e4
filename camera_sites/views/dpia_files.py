"""Pages on which an assessment comes in as a file or is taken away as one."""

import json
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from camera_sites import actions, policies
from camera_sites.dpia_contents import section_name
from camera_sites.dpia_exchange import document, parsed, schema_text
from camera_sites.forms import ImportForm
from camera_sites.models import Dpia
from camera_sites.papers import printed
from camera_sites.text_documents import written
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from standards.models import StandardsProfile


@require_http_methods(["GET", "POST"])
def dpia_import(request: HttpRequest) -> HttpResponse:
    """A new draft from a document."""
    require(policies.may_write_dpia(request.user))
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        file = facts.pop("file")
        try:
            largest = StandardsProfile.objects.in_force(timezone.now()).number("dpia.attachment.size")
            if file.size > largest << 20:
                raise Unfit("The file is too large.", {"file": [f"At most {largest} megabytes are taken."]})
            version = actions.import_dpia(by=request.user, document=parsed(file.read()), **facts)
            told = (
                f" {len(version.left_over)} parts have no section here and are kept below." if version.left_over else ""
            )
            messages.success(request, f"Saved as a draft.{told}")
            return redirect("dpia_detail", version.dpia_id)
        except Unfit as refusal:
            put_problems(form, _in_the_file(refusal, form))
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "camera_sites/dpia_import.html", {"form": form}, status=status)


def _in_the_file(refusal: Unfit, form: ImportForm) -> Unfit:
    """What is wrong with a section or a register, told of the file that it stands in."""
    told: dict[str, list[str]] = {}
    for name, lines in refusal.fields.items():
        is_inside = name not in form.fields
        words = [f"{section_name(name)}: {line}" for line in lines] if is_inside else lines
        told.setdefault("file" if is_inside else name, []).extend(words)
    return Unfit(str(refusal), told)


@require_GET
def dpia_document(request: HttpRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """One version as a JSON document, to be taken away."""
    require(policies.may_open_registry(request.user))
    dpia = get_object_or_404(Dpia.objects.visible_to(request.user), pk=pk)
    version = get_object_or_404(dpia.versions.select_related("dpia"), number=number)
    text = json.dumps(document(version), indent=2, ensure_ascii=False)
    named = f"{dpia.ref}-{number}.json"
    return HttpResponse(text, "application/json", headers={"Content-Disposition": f'attachment; filename="{named}"'})


@require_GET
def dpia_pdf(request: HttpRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """One version on paper: whole, or with `?for=public` as the public may read it. 503 where no PDF can be made."""
    require(policies.may_open_registry(request.user))
    dpia = get_object_or_404(Dpia.objects.visible_to(request.user), pk=pk)
    version = get_object_or_404(dpia.versions.select_related("dpia"), number=number)
    return printed(version, request.GET.get("for") == "public")


@require_GET
def dpia_odt(request: HttpRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """As `dpia_pdf`, as an OpenDocument text."""
    require(policies.may_open_registry(request.user))
    dpia = get_object_or_404(Dpia.objects.visible_to(request.user), pk=pk)
    version = get_object_or_404(dpia.versions.select_related("dpia"), number=number)
    return written(version, request.GET.get("for") == "public")


@require_GET
def dpia_schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of such documents."""
    return HttpResponse(schema_text(), "application/schema+json")
