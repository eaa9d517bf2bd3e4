"""Pages of legal holds."""

import uuid
from collections.abc import Callable

from django.apps import apps
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Actor
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from retention import actions, policies
from retention.forms import HoldForm, HoldReasonForm
from retention.models import LegalHold
from retention.schedule import BY_LABEL

PAGE = 50


@require_GET
def hold_list(request: HttpRequest) -> HttpResponse:
    """Holds, newest first."""
    require(policies.may_see_holds(request.user))
    show = request.GET.get("show", "open")
    holds = LegalHold.objects.as_placed().select_related("owner", "placed_by")
    holds = holds.exclude(released_at=None) if show == "released" else holds.open()
    page = Paginator(holds, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "show": show, "now": timezone.now(), "sees_runs": policies.may_see_runs(request.user),
        "may_place": policies.may_hold_many(request.user),
    }  # fmt: skip
    return render(request, "retention/hold_list.html", context)


@require_http_methods(["GET", "POST"])
def hold_place(request: HttpRequest, label: str, pk: uuid.UUID) -> HttpResponse:
    """Holding one record."""
    thing = _thing(request, label, pk)
    may = policies.may_place_hold(request.user, thing)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            hold = actions.place_hold(thing, by=request.user, **form.cleaned_data)
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, "Held. Nothing erases it until the hold is released.")
            return redirect("hold_detail", hold.pk)
    return render(request, "retention/hold_place.html", {"thing": thing, "form": form, "may": may})


@require_http_methods(["GET", "POST"])
def hold_case(request: HttpRequest) -> HttpResponse:
    """Holding all that names a case, now and later."""
    may = policies.may_hold_many(request.user)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            hold = actions.hold_case(by=request.user, **form.cleaned_data)
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, "Held. What names this case later is held as it comes.")
            return redirect("hold_detail", hold.pk)
    return render(request, "retention/hold_case.html", {"form": form, "may": may})


@require_GET
def hold_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One hold."""
    require(policies.may_see_holds(request.user))
    found = LegalHold.objects.select_related("owner", "placed_by", "released_by", "under")
    hold = get_object_or_404(found, pk=pk)
    records = Paginator(reachable(hold, request.user), PAGE).get_page(request.GET.get("page"))
    context = {
        "records": records,
        "hold": hold, "now": timezone.now(), "may_review": policies.may_review_hold(request.user, hold),
        "may_release": policies.may_release_hold(request.user, hold),
    }  # fmt: skip
    return render(request, "retention/hold_detail.html", context)


@require_http_methods(["GET", "POST"])
def hold_review(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Saying that it is still needed."""
    words = {
        "title": "Review this hold", "button": "It is still needed", "kind": "",
        "explain": "A hold is looked at again at least every six months.", "done": "Reviewed.",
    }  # fmt: skip
    return _act(request, pk, act=actions.review_hold, may=policies.may_review_hold, words=words)


@require_http_methods(["GET", "POST"])
def hold_release(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Letting the record go."""
    words = {
        "title": "Release this hold", "button": "Release the hold", "kind": "warning",
        "explain": "If the record is past its period and nothing else holds it, the next deletion run erases it.",
        "done": "Released.",
    }  # fmt: skip
    return _act(request, pk, act=actions.release_hold, may=policies.may_release_hold, words=words)


def reachable(hold: LegalHold, user: Actor) -> models.QuerySet[LegalHold]:
    """What is held together, as far as this person may know of it."""
    seen = models.Q(pk__in=[])
    for label in hold.records.order_by().values_list("label", flat=True).distinct():
        found = apps.get_model(label)._default_manager.all()
        if hasattr(found, "visible_to"):
            found = found.visible_to(user)
        seen |= models.Q(label=label, object_id__in=found.values("pk"))
    return hold.records.filter(seen).order_by("label", "object_id")


def _act(
    request: HttpRequest,
    pk: uuid.UUID,
    *,
    act: Callable[..., object],
    may: Callable[..., object],
    words: dict[str, str],
) -> HttpResponse:
    require(policies.may_see_holds(request.user))
    hold = get_object_or_404(LegalHold, pk=pk)
    form = HoldReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(hold, by=request.user, reason=form.cleaned_data["reason"])
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, words["done"])
            return redirect("hold_detail", hold.pk)
    context = {"hold": hold, "form": form, "may": may(request.user, hold), **words}
    return render(request, "retention/hold_act.html", context)


def thing_to_hold(label: str, pk: uuid.UUID, actor: object) -> models.Model | None:
    """A record that can be held, if it is there for whoever asks."""
    rule = BY_LABEL.get(label)
    if rule is None or not rule.may_be_held:
        return None
    found = apps.get_model(label)._default_manager.all()
    if hasattr(found, "visible_to"):
        found = found.visible_to(actor)
    return found.filter(pk=pk).first()


def _thing(request: HttpRequest, label: str, pk: uuid.UUID) -> models.Model:
    thing = thing_to_hold(label, pk, request.user)
    if thing is None:
        raise Http404
    return thing
