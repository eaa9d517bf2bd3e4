"""Pages of the lists themselves."""

from django.contrib import messages
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import holds
from hotlists import actions, policies
from hotlists.forms.hotlists import AccessForm, HotlistForm
from hotlists.models import Entry, Hotlist, HotlistGroupAccess, HotlistUserAccess, Load
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require


@require_GET
def hotlist_list(request: HttpRequest) -> HttpResponse:
    """The lists one may see, each with how it stands."""
    require(holds(request.user, "hotlists.view_entries"))
    now = timezone.now()
    in_force = Entry.objects.in_force(now).values("pk")
    last_load = Load.objects.loaded_by(now).filter(hotlist=OuterRef("pk")).order_by("-loaded_at")
    hotlists = (
        Hotlist.objects.visible_to(request.user)
        .with_lapse(now)
        .select_related("owner")
        .annotate(
            entries_in_force=Count("entries", filter=Q(entries__in=in_force)),
            rows_at_last_load=Subquery(last_load.with_rows_after().values("rows_after")[:1]),
        )
    )
    return render(
        request,
        "hotlists/hotlist_list.html",
        {"hotlists": hotlists, "now": now, "may_manage": policies.may_manage(request.user)},
    )


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
        "may_manage": policies.may_manage(request.user),
    }  # fmt: skip
    return render(request, "hotlists/hotlist_detail.html", context)


@require_http_methods(["GET", "POST"])
def hotlist_new(request: HttpRequest) -> HttpResponse:
    """A new list."""
    require(policies.may_manage(request.user))
    form = HotlistForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            hotlist = actions.create_hotlist(by=request.user, **form.cleaned_data)
            messages.success(request, "Created. Give a team access, and matchers an allocation.")
            return redirect("hotlist_detail", hotlist.slug)
        except Unfit as refusal:
            put_problems(form, refusal)
    return render(request, "hotlists/hotlist_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
def hotlist_access(request: HttpRequest, slug: str) -> HttpResponse:
    """Who may see a list, and giving more people access."""
    require(policies.may_manage(request.user))
    hotlist = get_object_or_404(Hotlist.objects.visible_to(request.user), slug=slug)
    form = AccessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        grantee = form.cleaned_data["team"] or form.cleaned_data["person"]
        actions.give_access(hotlist, grantee, by=request.user)
        messages.success(request, f"{grantee} may see {hotlist} now.")
        return redirect("hotlist_access", slug)
    context = {
        "hotlist": hotlist, "form": form,
        "teams": HotlistGroupAccess.objects.filter(content_object=hotlist).select_related("group"),
        "people": HotlistUserAccess.objects.filter(content_object=hotlist).select_related("user"),
    }  # fmt: skip
    return render(request, "hotlists/hotlist_access.html", context)
