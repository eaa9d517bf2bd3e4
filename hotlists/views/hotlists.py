"""Pages of the lists themselves."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policies import holds
from hotlists import policies
from hotlists.models import Entry, Hotlist
from portal.policies import require


@require_GET
def hotlist_list(request: HttpRequest) -> HttpResponse:
    """The lists one may see, each with how it stands."""
    require(holds(request.user, "hotlists.view_entries"))
    now = timezone.now()
    in_force = Entry.objects.in_force(now).values("pk")
    hotlists = (
        Hotlist.objects.visible_to(request.user)
        .with_lapse(now)
        .select_related("owner")
        .annotate(entries_in_force=Count("entries", filter=Q(entries__in=in_force)))
    )
    return render(request, "hotlists/hotlist_list.html", {"hotlists": hotlists, "now": now})


@require_GET
def hotlist_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One list: its purpose and limits, whether it is in force, its newest entries."""
    require(holds(request.user, "hotlists.view_entries"))
    now = timezone.now()
    found = Hotlist.objects.visible_to(request.user).with_lapse(now).select_related("owner", "deputy", "dpia")
    hotlist = get_object_or_404(found, slug=slug)
    entries = Entry.objects.filter(hotlist=hotlist).with_latest_version().with_force(now).order_by("-id")[:20]
    context = {
        "hotlist": hotlist, "now": now, "entries": entries, "may_write": policies.may_write(request.user, hotlist),
    }  # fmt: skip
    return render(request, "hotlists/hotlist_detail.html", context)
