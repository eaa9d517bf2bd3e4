"""Pages that end or prolong what a matcher has: the kill switch, starting again, another end of an allocation."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import User
from hotlists.models import Hotlist
from matchers import actions, policies
from matchers.forms import ProlongForm, RevokeForm
from matchers.models import Allocation, Matcher
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import Verdict, require


def matcher_stop(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The kill switch."""
    done = "{} was stopped. It has to prove that every list is gone."
    return _act(request, pk, actions.stop_matcher, policies.may_stop, "matchers/matcher_stop.html", done)


def matcher_restart(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A second person gives it its lists back."""
    done = "{} was started again. Its lists are published to it within seconds."
    return _act(request, pk, actions.restart_matcher, policies.may_restart, "matchers/matcher_restart.html", done)


@require_http_methods(["GET", "POST"])
def allocation_prolong(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A later end, with why."""
    require(policies.may_view(request.user))
    seen = Allocation.objects.filter(hotlist__in=Hotlist.objects.visible_to(request.user))
    allocation = get_object_or_404(seen.select_related("matcher__machine", "hotlist"), pk=pk)
    form = ProlongForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.prolong(allocation, by=request.user, **form.cleaned_data)
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, f"{allocation.matcher} has {allocation.hotlist} until the new end.")
            return redirect("matcher_detail", allocation.matcher_id)
    context = {"form": form, "allocation": allocation, "may": policies.may_prolong(request.user, allocation)}
    return render(request, "matchers/allocation_prolong.html", context)


@require_http_methods(["GET", "POST"])
def _act(
    request: HttpRequest, pk: uuid.UUID, act: Callable[..., object], may: Callable[[User, Matcher], Verdict],
    template: str, done: str,
) -> HttpResponse:  # fmt: skip
    """Does one thing to a matcher, for a reason."""
    require(policies.may_view(request.user))
    matcher = get_object_or_404(Matcher.objects.select_related("machine"), pk=pk)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(matcher, by=request.user, **form.cleaned_data)
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, done.format(matcher))
            return redirect("matcher_detail", matcher.pk)
    context = {"form": form, "matcher": matcher, "stoppage": matcher.stoppage, "may": may(request.user, matcher)}
    return render(request, template, context)
