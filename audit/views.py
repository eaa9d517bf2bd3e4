"""Pages of the log, for those who may read it and say why (R-063)."""

import datetime as dt
import uuid
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from audit import policies
from audit.actions import consult
from audit.forms import LogForm, PurposeForm
from audit.models import Event
from audit.purposes import Purpose
from audit.reading import in_words, narrowed, page_of, shown
from portal.policies import require

PURPOSE_LIFE = 3600  # seconds; then it is asked again
KEY = "log_purpose"
BREATH = dt.timedelta(minutes=10)  # what one request or task may last


@require_http_methods(["GET", "POST"])
def log_purpose(request: HttpRequest) -> HttpResponse:
    """For which of the four lawful purposes; asked again after an hour."""
    require(policies.may_read_log(request.user))
    form = PurposeForm(request.POST or None)
    to = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        to = reverse("event_list")
    if request.method == "POST" and form.is_valid():
        request.session[KEY] = [form.cleaned_data["purpose"], timezone.now().timestamp() + PURPOSE_LIFE]
        return redirect(to)
    return render(request, "audit/log_purpose.html", {"form": form, "next": to})


@require_GET
def event_list(request: HttpRequest) -> HttpResponse:
    """The log as sentences, narrowed as asked; every look is an event itself."""
    require(policies.may_read_log(request.user))
    purpose = _purpose(request)
    if purpose is None:
        return _ask(request)
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
        "form": form, "rows": shown(events), "purpose": purpose, "older": query.urlencode() if older else "",
        "is_first": before is None,
    }  # fmt: skip
    return render(request, "audit/event_list.html", context)


@require_GET
def event_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One event with its facts, the columns that changed, and what else was done in the same breath."""
    require(policies.may_read_log(request.user))
    purpose = _purpose(request)
    if purpose is None:
        return _ask(request)
    event = get_object_or_404(Event, pk=pk)
    consult(by=request.user, purpose=purpose.value, what=f"the event {event.pk}")
    beside = Event.objects.filter(correlation_id=event.correlation_id).exclude(pk=event.pk)
    near = beside.between(event.at - BREATH, event.at + BREATH).newest_first()[:20]
    (row,) = shown([event])
    return render(request, "audit/event_detail.html", {"row": row, "beside": shown(near), "purpose": purpose})


def _purpose(request: HttpRequest) -> Purpose | None:
    """What was chosen, while it holds."""
    chosen, until = request.session.get(KEY, ("", 0))
    return Purpose(chosen) if chosen in Purpose.values and until > timezone.now().timestamp() else None


def _ask(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('log_purpose')}?{urlencode({'next': request.get_full_path()})}")


def _cursor(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get("before", ""))
    except ValueError:
        return None
