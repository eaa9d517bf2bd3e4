"""Pages of revisions that wait for a second person: what each would change, and the word on it (R-103)."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from matchers import actions, policies
from matchers.forms import HaltForm
from matchers.models import Halt, HeldChange
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require

SAMPLE = 10  # of each kind of change
PAST = 50


@require_GET
def halt_list(request: HttpRequest) -> HttpResponse:
    """Revisions that wait, and those that did."""
    require(policies.may_see_halts(request.user))
    found = Halt.objects.visible_to(request.user).select_related("hotlist", "decided_by")
    context = {"standing": found.standing(), "past": found.exclude(ended_at=None)[:PAST]}
    return render(request, "matchers/halt_list.html", context)


@require_GET
def halt_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One: how much it would change, where that comes from, and some of its rows for who may decide."""
    return _page(request, _halt(request, pk))


@require_http_methods(["GET", "POST"])
def halt_release(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Lets it go out."""
    halt = _halt(request, pk)
    form = HaltForm(request.POST or None, prefix="release")
    if form.is_valid():
        try:
            actions.release_revision(halt, by=request.user, **form.cleaned_data)
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            messages.success(
                request, f"The next revision of {halt.hotlist} was released. It is published within seconds."
            )
            return redirect("halt_detail", halt.pk)
    return _page(request, halt, release=form)


@require_http_methods(["GET", "POST"])
def halt_refuse(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Says that it must not."""
    halt = _halt(request, pk)
    form = HaltForm(request.POST or None, prefix="refuse")
    if form.is_valid():
        try:
            actions.refuse_revision(halt, by=request.user, **form.cleaned_data)
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, f"The next revision of {halt.hotlist} was refused. Put the list right now.")
            return redirect("halt_detail", halt.pk)
    return _page(request, halt, refuse=form)


def _page(
    request: HttpRequest, halt: Halt, *, release: HaltForm | None = None, refuse: HaltForm | None = None
) -> HttpResponse:
    may = policies.may_decide_halt(request.user, halt)
    samples = [
        (kind.label, list(halt.changes.filter(change=kind).order_by("country", "vrm")[:SAMPLE]), getattr(halt, kind))
        for kind in HeldChange.Change
    ]
    shown = sum(len(rows) for _, rows, _ in samples) if may else 0
    if shown:
        actions.look_at_halt(halt, by=request.user, shown=shown)
    context = {
        "halt": halt, "may": may, "samples": samples if may else [], "hidden": not may,
        "release": release or HaltForm(prefix="release", initial={"digest": halt.digest}),
        "refuse": refuse or HaltForm(prefix="refuse", initial={"digest": halt.digest}),
    }  # fmt: skip
    return render(request, "matchers/halt_detail.html", context)


def _halt(request: HttpRequest, pk: uuid.UUID) -> Halt:
    require(policies.may_see_halts(request.user))
    return get_object_or_404(Halt.objects.visible_to(request.user).select_related("hotlist", "decided_by"), pk=pk)
