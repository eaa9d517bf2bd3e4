"""The page on which what the list of hits shows is held for a case."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hits import actions
from hits.forms import PastHitsForm
from hits.models import Hit
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from retention import actions as retention
from retention import policies
from retention.forms import HoldForm
from standards.models import StandardsProfile


@require_http_methods(["GET", "POST"])
def hits_hold(request: HttpRequest) -> HttpResponse:
    """Holding the hits that the list shows when narrowed as this address says; those alone, not what comes later."""
    require(policies.may_hold_many(request.user, Hit))
    narrowing, form = PastHitsForm(request.GET or None, user=request.user), HoldForm(request.POST or None)
    most = int(StandardsProfile.objects.in_force(timezone.now()).number("export.most"))
    try:
        found = actions.past_hits(by=request.user, **asked_in(narrowing))
    except Unfit:
        return redirect(f"{reverse('hit_list')}?{request.GET.urlencode()}")  # which says what is wrong
    keys = list(found.order_by("-pk").values_list("pk", flat=True)[: most + 1])
    if request.method == "POST" and form.is_valid():
        try:
            hold = retention.hold_result(Hit, keys, by=request.user, **form.cleaned_data)
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, "Held. Nothing erases these hits until the hold is released.")
            return redirect("hold_detail", hold.pk)
    context = {"form": form, "is_narrowed": narrowing.has_changed(), "count": len(keys), "most": most}
    return render(request, "hits/hits_hold.html", context)


def asked_in(narrowing: PastHitsForm) -> dict[str, Any]:
    """What the address narrows by. Raises Unfit for one that cannot be understood."""
    if not narrowing.is_bound:
        return {}
    if not narrowing.is_valid():
        raise Unfit("The list cannot be narrowed so.")
    return narrowing.cleaned_data
