"""Pages on which a list is justified for another year: putting it forward, and deciding."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policies import holds
from hotlists import actions, policies
from hotlists.actions.justifications import since_last
from hotlists.forms.hotlists import JudgeForm, JustifyForm
from hotlists.models import Hotlist, Justification
from hotlists.worth import worth_of
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require


@require_http_methods(["GET", "POST"])
def hotlist_justify(request: HttpRequest, slug: str) -> HttpResponse:
    """Putting forward that a list is still worth its intrusion, beside what it held and led to."""
    hotlist = get_object_or_404(Hotlist.objects.visible_to(request.user), slug=slug)
    require(policies.may_justify(request.user, hotlist))
    form = JustifyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.propose_justification(hotlist, by=request.user, **form.cleaned_data)
            messages.success(request, "Put forward. Somebody else decides now.")
            return redirect("hotlist_detail", slug)
        except Unfit as refusal:
            put_problems(form, refusal)
    since = since_last(hotlist)
    context = {"form": form, "hotlist": hotlist, "since": since, "worth": worth_of(hotlist, since, timezone.now())}
    return render(request, "hotlists/hotlist_justify.html", context)


@require_http_methods(["GET", "POST"])
def justification_decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One justification, and the second person's word on it."""
    require(holds(request.user, "hotlists.view_entries"))
    found = Justification.objects.filter(hotlist__in=Hotlist.objects.visible_to(request.user))
    justification = get_object_or_404(
        found.select_related("hotlist__owner", "hotlist__dpia", "proposed_by", "decided_by"), pk=pk
    )
    may = policies.may_judge(request.user, justification)
    form = JudgeForm(request.POST or None)
    if request.method == "POST":
        require(may)
        if form.is_valid():
            try:
                actions.decide_justification(justification, by=request.user, **form.cleaned_data)
                messages.success(request, "Decided.")
                return redirect("hotlist_detail", justification.hotlist.slug)
            except Unfit as refusal:
                put_problems(form, refusal)
    context = {"form": form, "justification": justification, "hotlist": justification.hotlist, "may": may}
    return render(request, "hotlists/justification_decide.html", context)
