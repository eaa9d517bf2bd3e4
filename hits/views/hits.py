"""Pages on which a hit is read and answered, and the list of past ones."""

import uuid
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.reasons import standing
from audit.models import Event
from audit.sentences import tell
from camera_sites.sight import Sight
from hits import actions, policies
from hits.forms import OutcomeForm, PastHitsForm, VerifyForm
from hits.limits import Limits
from hits.models import Hit
from hits.story import Card, acts_on, scope_of
from hotlists.scope import POINTS
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from retention.policies import may_hold_many

PAGE = 50


@require_GET
def hit_list(request: HttpRequest) -> HttpResponse:
    """Past hits, newest first. Looking through them is recorded; looking for one plate needs a reason."""
    form = PastHitsForm(request.GET or None, user=request.user)
    found = Hit.objects.none()
    if not form.is_bound or form.is_valid():
        asked = form.cleaned_data if form.is_bound else {}
        try:
            found = actions.past_hits(by=request.user, **asked)
        except Unfit as refusal:
            put_problems(form, refusal)
    now = timezone.now()
    found = found.with_urgency(now, Limits.in_force(now)).with_story()
    page = Paginator(found.order_by("-id"), PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {"page": page, "form": form, "may_hold": may_hold_many(request.user, Hit), "query": query.urlencode()}
    return render(request, "hits/hit_list.html", context)


@require_GET
def hit_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One hit, told from top to bottom, with the next right act. Opening it is recorded."""
    hit = actions.open_hit(_hit(request, pk), by=request.user)
    now = timezone.now()
    limits = Limits.in_force(now)
    same = Hit.objects.of_same_vehicle(hit).select_related("site")
    sight = Sight.of(request.user)
    context = {
        "hit": hit, "reason": standing(request.user),
        "card": Card.of(hit, now, limits), "acts": acts_on(hit, request.user), "limits": limits,
        "sight": sight, "scope": scope_of(hit, sight=sight), "points": POINTS,
        "sightings": same.order_by("-pk")[:20],
        "also_listed": Hit.objects.visible_to(request.user).of_same_read(hit).select_related("hotlist"),
        "events": tell(Event.objects.about("hits.hit", hit.pk).outside_findings().newest_first()[:50]),
    }  # fmt: skip
    return render(request, "hits/hit_detail.html", context)


@require_POST
def hit_acknowledge(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Taking a hit on, with the vehicle's earlier sightings; from the board, by htmx, nothing is drawn: the stream does."""
    hit = _hit(request, pk)
    actions.acknowledge(hit, by=request.user, with_earlier=True)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    messages.success(request, "You have taken this hit on. Verify it next.")
    return redirect("hit_detail", pk)


@require_http_methods(["GET", "POST"])
def hit_verify(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Comparing the picture with the entry, and asking the source again."""
    hit = _hit(request, pk)
    form = VerifyForm(request.POST or None)
    return _answer(
        request, hit, form, lambda data: actions.verify(hit, by=request.user, **data),
        verdict=policies.may_verify(request.user, hit), template="hits/hit_verify.html", done="Verification recorded.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def hit_outcome(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Saying how a hit ended."""
    hit = _hit(request, pk)
    earlier = Hit.objects.of_same_vehicle(hit).open().filter(pk__lt=hit.pk).count()
    form = OutcomeForm(request.POST or None, earlier=earlier)
    return _answer(
        request, hit, form, lambda data: actions.record_outcome(hit, by=request.user, **data),
        verdict=policies.may_record_outcome(request.user, hit), template="hits/hit_outcome.html", done="Outcome recorded.",
        may_deploy=policies.may_deploy(hit),
    )  # fmt: skip


def _answer(
    request: HttpRequest, hit: Hit, form: forms.Form, act: Callable[[dict], object], *, template: str, done: str,
    **context: object,
) -> HttpResponse:  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, done)
            return redirect("hit_detail", hit.pk)
    now = timezone.now()
    card = Card.of(hit, now, Limits.in_force(now))
    return render(request, template, {"hit": hit, "card": card, "form": form, **context})


def _hit(request: HttpRequest, pk: uuid.UUID) -> Hit:
    require(policies.may_see(request.user))
    now = timezone.now()
    hits = Hit.objects.visible_to(request.user).with_urgency(now, Limits.in_force(now)).with_story()
    return get_object_or_404(hits, pk=pk)
