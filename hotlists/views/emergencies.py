"""Pages of emergency verbal authority: writing it down, and what became of each."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import holds
from hotlists import actions, policies
from hotlists.forms import EmergencyForm
from hotlists.models import EmergencyAuthority, Hotlist
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from portal.typed import keeps_typed, restored, signature

PAGE = 25


@keeps_typed
@require_http_methods(["GET", "POST"])
def emergency_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Writing down what an authoriser said. Refused, nothing typed is lost."""
    hotlist = get_object_or_404(Hotlist.objects.visible_to(request.user), slug=slug)
    require(policies.may_record_emergency(request.user, hotlist))
    form = EmergencyForm(request.POST or restored(request), hotlist=hotlist, recorder=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            authority = actions.record_emergency(hotlist, by=request.user, **form.authority, **form.facts)
            words = "In force for hours only. It lapses by itself unless it is approved in writing before."
            messages.success(request, words)
            return redirect("entry_detail", authority.entry_id)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"form": form, "hotlist": hotlist, "typed_by": signature(request)}
    return render(request, "hotlists/emergency_new.html", context)


@require_GET
def emergency_list(request: HttpRequest) -> HttpResponse:
    """Every emergency of the lists one may see: which wait to be confirmed, which were, which dropped off."""
    require(holds(request.user, "hotlists.view_entries"))
    now = timezone.now()
    own = EmergencyAuthority.objects.visible_to(request.user)
    show = request.GET.get("show", "")
    found = {"waiting": own.to_confirm(now), "unconfirmed": own.unconfirmed(now)}.get(show, own.with_confirmation())
    found = found.select_related("entry__hotlist", "version", "given_by", "recorded_by")
    counts = {"waiting": own.to_confirm(now).count(), "unconfirmed": own.unconfirmed(now).count()}
    page = Paginator(found.order_by("-given_at"), PAGE).get_page(request.GET.get("page"))
    actions.look_at_entries([one.version for one in page], by=request.user, where="emergencies")
    return render(request, "hotlists/emergency_list.html", {"page": page, "show": show, "counts": counts, "now": now})
