"""Pages of deletion runs and of their certificates."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from audit.exports import TYPE
from portal.policies import require
from portal.printing import paper
from retention import actions, policies
from retention.models import Certificate, DeletionRun
from retention.names import name_of
from retention.papers import outstanding, printed, proved, sealed_event, told

PAGE = 30
SILENT = dt.timedelta(
    minutes=10
)  # without a batch: twice as long as the clock takes to look for runs whose worker died
# What the database refused, in words.
SAID = {
    "OperationalError": "the database was away, or a lock was not to be had for long",
    "IntegrityError": "something that stays still points at a record, or a hold came meanwhile",
    "ProgrammingError": "the portal's role may not do it, or a table is not as it should be",
}


@require_GET
def run_list(request: HttpRequest) -> HttpResponse:
    """Runs, newest first, and the button that counts what is due."""
    require(policies.may_see_runs(request.user))
    page = Paginator(DeletionRun.objects.select_related("certificate"), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "may_preview": policies.may_preview(request.user)}
    return render(request, "retention/run_list.html", context)


@require_POST
def run_preview(request: HttpRequest) -> HttpResponse:
    """Counting what is past its period; nothing is erased."""
    return redirect("run_detail", actions.preview(by=request.user).pk)


@require_GET
def run_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One run: what it counted, how far it is, what it erased. Asked again by the page itself while it runs."""
    require(policies.may_see_runs(request.user))
    run = get_object_or_404(DeletionRun.objects.select_related("certificate"), pk=pk)
    erased, now = run.erased_so_far, timezone.now()
    is_running = run.status == DeletionRun.Status.RUNNING
    seen = run.last_seen_at if is_running else None
    certificate = getattr(run, "certificate", None)
    context = {
        "run": run, "erased": erased, "certificate": certificate, "may_start": policies.may_start(request.user, run),
        "counted": [{**line, "name": name_of(line["label"]), "with_it": _named(line["with_it"])} for line in run.counted],
        "problems": [{**problem, "name": name_of(problem["label"]), "said": SAID.get(problem["words"], problem["words"])}
                     for problem in run.problems],
        "may_release": policies.may_release(request.user), "seen": seen, "is_silent": bool(seen and seen < now - SILENT),
        "asks": [{**line, "name": name_of(line["label"])} for line in run.counted if line.get("asks") and line["due"]],
        "months": [{"month": each, "name": name_of(each.label)} for each in run.months.all()],
        "may_pause": policies.may_pause(request.user, run), "may_go_on": policies.may_go_on(request.user, run),
    }  # fmt: skip
    part = request.headers.get("HX-Request") == "true"
    return render(request, "retention/_run.html" if part else "retention/run_detail.html", context)


@require_GET
def run_sample(request: HttpRequest, pk: uuid.UUID, label: str) -> HttpResponse:
    """A few of what would go, and of what stays. That it was looked at is recorded."""
    run = get_object_or_404(DeletionRun, pk=pk)
    sample = actions.look_at_sample(run, label, by=request.user)
    line = next(line for line in run.counted if line["label"] == label)
    context = {"run": run, "sample": sample, "line": line, "with_it": _named(line["with_it"])}
    return render(request, "retention/run_sample.html", context)


@require_POST
def run_start(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Erasing what was counted."""
    run = get_object_or_404(DeletionRun, pk=pk)
    actions.start(run, by=request.user, release=request.POST.getlist("release"))
    messages.success(request, "Started. The certificate follows when it has ended.")
    return redirect("run_detail", pk)


@require_POST
def run_pause(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Stopping between two batches."""
    actions.pause(get_object_or_404(DeletionRun, pk=pk), by=request.user)
    messages.success(request, "Paused. What is erased by now stays erased; the rest waits.")
    return redirect("run_detail", pk)


@require_POST
def run_go_on(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Erasing the rest."""
    actions.go_on(get_object_or_404(DeletionRun, pk=pk), by=request.user)
    messages.success(request, "Going on. The certificate follows when it has ended.")
    return redirect("run_detail", pk)


@require_GET
def certificate_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """That so much was erased, and by which rule."""
    require(policies.may_see_runs(request.user))
    certificate = get_object_or_404(Certificate.objects.select_related("run"), pk=pk)
    lines = [{**l, "name": name_of(l["label"]), "with_them": _named(l["with_them"])} for l in certificate.lines]  # noqa: E741
    context = {"certificate": certificate, "lines": lines, "event": sealed_event(certificate)}
    context["outstanding"] = outstanding(certificate)
    return render(request, "retention/certificate_detail.html", context)


@require_GET
def certificate_json(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The same, for other tools."""
    require(policies.may_see_runs(request.user))
    certificate = get_object_or_404(Certificate, pk=pk)
    event = sealed_event(certificate)
    content = {"event": str(event.pk) if event else None, **told(certificate)}
    answer = JsonResponse(content, json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="certificate-{certificate.pk}.json"'
    return answer


@require_GET
def certificate_proof(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The certificate with its proof, to be checked without the portal."""
    require(policies.may_see_runs(request.user))
    certificate = get_object_or_404(Certificate, pk=pk)
    return proof_answer(certificate, proved(certificate, by=request.user))


def proof_answer(certificate: Certificate, lines: bytes) -> HttpResponse:
    """The file, which says who took it, so it is not kept on the way."""
    name = f"certificate-{certificate.pk}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(lines, content_type=TYPE, headers=headers)


@require_GET
def certificate_pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The same on paper."""
    require(policies.may_see_runs(request.user))
    certificate = get_object_or_404(Certificate, pk=pk)
    return paper(printed(certificate), f"certificate-{certificate.pk}")


def _named(counts: dict[str, int]) -> Iterable[tuple[str, int]]:
    return [(name_of(label), number) for label, number in counts.items() if number]
