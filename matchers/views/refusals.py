"""The page of what a list holds and does not publish, and why (R-016)."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from hotlists.models import Hotlist
from matchers import actions, policies
from matchers.models import Refusal
from portal.policies import require

PAGE = 50


@require_GET
def refusal_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Refusals that hold now, all or for one reason. Looking is recorded."""
    hotlist = get_object_or_404(Hotlist.objects.visible_to(request.user), slug=slug)
    require(policies.may_look_at_refusals(request.user, hotlist))
    standing = Refusal.objects.filter(hotlist=hotlist).standing()
    refused = standing.by_reason()
    reason = next((each for each, _, _ in refused if each == request.GET.get("reason")), "")
    found = standing.filter(reason=reason) if reason else standing
    page = Paginator(found.order_by("-since_at", "-id"), PAGE).get_page(request.GET.get("page"))
    actions.look_at_refusals(hotlist, page.object_list, by=request.user)
    context = {"hotlist": hotlist, "page": page, "reason": reason, "refused": refused,
               "is_feed": hotlist.kind == Hotlist.Kind.FEED}  # fmt: skip
    return render(request, "matchers/refusal_list.html", context)
