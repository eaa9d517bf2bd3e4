"""The page that lists entries."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policies import holds
from hotlists.models import Entry
from portal.policies import require

PAGE = 50


@require_GET
def entry_list(request: HttpRequest) -> HttpResponse:
    """Entries of the lists one may see, newest first."""
    require(holds(request.user, "hotlists.view_entries"))
    entries = Entry.objects.visible_to(request.user).with_latest_version().with_force(timezone.now())
    show = request.GET.get("show", "")
    if show == "mine":
        entries = entries.filter(owner=request.user)
    elif show == "in-force":
        entries = entries.filter(is_in_force=True)
    page = Paginator(entries.order_by("-id"), PAGE).get_page(request.GET.get("page"))
    return render(request, "hotlists/entry_list.html", {"page": page, "show": show})
