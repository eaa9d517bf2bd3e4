"""Pages of the log, for those who may read it and say why (R-063)."""

import datetime as dt
import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from audit import policies
from audit.actions import ask_to_verify, consult
from audit.asking import ask_purpose, keep_purpose, purpose_of
from audit.exports import Asked, as_id, asked_for, exported, newest
from audit.forms import ExportForm, LogForm, PurposeForm
from audit.models import Checkpoint, Event, Verification, WitnessWord
from audit.reading import in_words, narrowed, page_of, shown
from portal.policies import require

MOST_VERIFICATIONS = 60  # on a page: two months of nights
BREATH = dt.timedelta(minutes=10)  # what one request or task may last


@require_http_methods(["GET", "POST"])
def log_purpose(request: HttpRequest) -> HttpResponse:
    """For which of the four lawful purposes; asked again once it lapsed."""
    require(policies.may_read_log(request.user))
    form = PurposeForm(request.POST or None)
    to = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        to = reverse("event_list")
    if request.method == "POST" and form.is_valid():
        keep_purpose(request, form.cleaned_data["purpose"])
        return redirect(to)
    return render(request, "audit/log_purpose.html", {"form": form, "next": to})


@require_GET
def event_list(request: HttpRequest) -> HttpResponse:
    """The log as sentences, narrowed as asked; every look is an event itself."""
    require(policies.may_read_log(request.user))
    purpose = purpose_of(request)
    if purpose is None:
        return ask_purpose(request)
    given = {name: value for name, value in request.GET.items() if name != "before"}
    form = LogForm(given or None)
    if form.is_bound and not form.is_valid():
        return render(request, "audit/event_list.html", {"form": form, "rows": [], "purpose": purpose}, status=422)
    asked = form.cleaned_data if form.is_bound else {}
    before = _cursor(request)
    plate = (asked["country"], asked["plate"]) if asked.get("plate") else None
    consult(by=request.user, purpose=purpose.value, what=in_words(asked), plate=plate)
    events, older = page_of(narrowed(asked, form.span if form.is_bound else (None, None)), before)
    query = request.GET.copy()
    if older:
        query["before"] = str(older)
    context = {
        "form": form, "rows": shown(events, request.user), "purpose": purpose, "older": query.urlencode() if older else "",
        "is_first": before is None, "looked": Verification.objects.first(), "asked": urlencode(given),
    }  # fmt: skip
    return render(request, "audit/event_list.html", context)


@require_GET
def event_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One event with its facts, the columns that changed, and what else was done in the same breath."""
    require(policies.may_read_log(request.user))
    purpose = purpose_of(request)
    if purpose is None:
        return ask_purpose(request)
    event = get_object_or_404(Event, pk=pk)
    consult(by=request.user, purpose=purpose.value, what=f"the event {event.pk}")
    beside = Event.objects.filter(correlation_id=event.correlation_id).exclude(pk=event.pk)
    near = beside.between(event.at - BREATH, event.at + BREATH).newest_first()[:20]
    (row,) = shown([event], request.user)
    return render(
        request, "audit/event_detail.html", {"row": row, "beside": shown(near, request.user), "purpose": purpose}
    )


@require_http_methods(["GET", "POST"])
def verification_list(request: HttpRequest) -> HttpResponse:
    """Whether the log is what was sealed, each time that somebody looked; and a button to look now (R-066)."""
    require(policies.may_read_log(request.user))
    if request.method == "POST":
        ask_to_verify(by=request.user, whole="whole" in request.POST)
        messages.success(request, "The log is being looked through. The outcome stands here when it is known.")
        return redirect("verification_list")
    return render(request, "audit/verification_list.html", {
        "rows": Verification.objects.all()[:MOST_VERIFICATIONS], "newest": Checkpoint.objects.first(),
        "witnesses": WitnessWord.objects.order_by("witness", "-id").distinct("witness"),
    })  # fmt: skip


@require_http_methods(["GET", "POST"])
def log_export(request: HttpRequest) -> HttpResponseBase:
    """What the log was narrowed to, or one event, as a file with its proofs; for whom is asked first (R-064, R-072)."""
    require(policies.may_read_log(request.user))
    purpose = purpose_of(request)
    if purpose is None:
        return ask_purpose(request)
    narrow = LogForm({name: value for name, value in request.GET.items() if name in LogForm.base_fields})
    if not narrow.is_valid():
        return redirect(f"{reverse('event_list')}?{request.GET.urlencode()}")
    events, what = asked_for(narrow, request.GET.get("event", ""))
    form = ExportForm(request.POST or None)
    context = {"form": form, "purpose": purpose, "what": what, "checkpoint": newest()}
    if request.method != "POST" or not form.is_valid():
        return render(request, "audit/log_export.html", context, status=422 if form.errors else 200)
    return exported(request, events, narrow, Asked(what, purpose.value, form.cleaned_data["recipient"], request.user))


def _cursor(request: HttpRequest) -> uuid.UUID | None:
    return as_id(request.GET.get("before", ""))
