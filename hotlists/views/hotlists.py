"""Pages of the lists themselves."""

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policies import holds
from hotlists import actions, policies
from hotlists.actions.hotlists import CHANGEABLE
from hotlists.forms import ReasonForm
from hotlists.forms.hotlists import AccessForm, HandOverForm, HotlistEditForm, HotlistForm
from hotlists.models import Entry, Hotlist, HotlistGroupAccess, HotlistUserAccess, Load
from hotlists.standing import state_of
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require

SHOWN = 20


@require_GET
def hotlist_list(request: HttpRequest) -> HttpResponse:
    """The lists one may see, each with how it stands."""
    require(holds(request.user, "hotlists.view_entries"))
    now = timezone.now()
    in_force = Entry.objects.in_force(now).filter(hotlist=OuterRef("pk")).order_by().values("hotlist")
    last_load = Load.objects.loaded_by(now).filter(hotlist=OuterRef("pk")).order_by("-loaded_at")
    hotlists = (
        Hotlist.objects.visible_to(request.user)
        .with_lapse(now)
        .select_related("owner")
        .annotate(
            entries_in_force=Coalesce(Subquery(in_force.annotate(count=Count("pk")).values("count")), 0),
            rows_at_last_load=Subquery(last_load.with_rows_after().values("rows_after")[:1]),
        )
    )
    return render(
        request,
        "hotlists/hotlist_list.html",
        {
            "hotlists": hotlists,
            "now": now,
            "may_see_removals": policies.may_see_removals(request.user),
            "may_manage": policies.may_manage(request.user),
        },
    )


@require_GET
def hotlist_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One list: its purpose and limits, whether it is in force, its newest entries."""
    require(holds(request.user, "hotlists.view_entries"))
    now = timezone.now()
    found = (
        Hotlist.objects.visible_to(request.user)
        .with_lapse(now)
        .select_related("owner", "deputy", "dpia", "closed_by")
        .prefetch_related("justifications__proposed_by", "justifications__decided_by")
    )
    hotlist = get_object_or_404(found, slug=slug)
    entries = Entry.objects.filter(hotlist=hotlist).with_latest_version().with_force(now).order_by("-id")[:20]
    context = {
        "hotlist": hotlist, "now": now, "entries": entries, "may_write": policies.may_write(request.user, hotlist),
        "may_record": policies.may_record_emergency(request.user, hotlist),
        "may_manage": policies.may_manage(request.user), "may_change": policies.may_change(request.user, hotlist),
        "may_hand_over": policies.may_hand_over(request.user, hotlist),
        "may_justify": policies.may_justify(request.user, hotlist),
        "misfits": Entry.objects.not_fitting(hotlist, now).count(),
        "places": Entry.objects.filter(hotlist=hotlist).taking_a_place(now).count(),
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
def hotlist_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Changing what a list says and allows. Of two who edit it at once, the second is told and loses nothing typed."""
    hotlist = _mine(request, slug)
    require(policies.may_change(request.user, hotlist))
    state, title = state_of(hotlist), hotlist.title
    form = HotlistEditForm(request.POST or None, instance=hotlist, initial={"state": state})
    misfits = None
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in CHANGEABLE}
        try:
            if form.cleaned_data["state"] != state:
                form.data = form.data.copy()
                form.data["state"] = state
                raise Unfit(
                    "Somebody changed this list since you opened it. Look at what it says now, then save again."
                )
            actions.change_hotlist(hotlist, by=request.user, misfits_known=form.cleaned_data["misfits_known"], **facts)
            messages.success(request, "Saved. No entry was touched.")
            return redirect("hotlist_detail", slug)
        except Unfit as refusal:
            put_problems(form, refusal)
            if "misfits_known" in refusal.fields:
                for name, value in facts.items():
                    setattr(hotlist, name, value)  # as it would be; not saved
                misfits = Entry.objects.not_fitting(hotlist, timezone.now()).with_latest_version()[:SHOWN]
    actions.look_at_entries(misfits or [], by=request.user, where="entries that a list does not allow")
    context = {"form": form, "hotlist": hotlist, "title": title, "misfits": misfits, "changeable": CHANGEABLE}
    return render(request, "hotlists/hotlist_edit.html", context)


@require_http_methods(["GET", "POST"])
def hotlist_hand_over(request: HttpRequest, slug: str) -> HttpResponse:
    """Another owner, another deputy."""
    hotlist = _mine(request, slug)
    require(policies.may_hand_over(request.user, hotlist))
    form = HandOverForm(request.POST or None, initial={"owner": hotlist.owner_id, "deputy": hotlist.deputy_id})
    if request.method == "POST" and form.is_valid():
        try:
            actions.hand_over(hotlist, by=request.user, **form.cleaned_data)
            messages.success(request, f"{hotlist.title} is in other hands now.")
            return redirect("hotlist_detail", slug)
        except Unfit as refusal:
            put_problems(form, refusal)
    return render(request, "hotlists/hotlist_hand_over.html", {"form": form, "hotlist": hotlist})


@require_http_methods(["GET", "POST"])
def hotlist_close(request: HttpRequest, slug: str) -> HttpResponse:
    """Ending a list for good."""
    hotlist = _mine(request, slug)
    require(policies.may_change(request.user, hotlist))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.close_hotlist(hotlist, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, "Closed. Matchers are told to forget it.")
        return redirect("hotlist_detail", slug)
    return render(request, "hotlists/hotlist_close.html", {"form": form, "hotlist": hotlist})


@require_http_methods(["GET", "POST"])
def hotlist_access(request: HttpRequest, slug: str) -> HttpResponse:
    """Who may see a list, and giving more people access."""
    require(policies.may_manage(request.user))
    hotlist = _mine(request, slug)
    form = AccessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        grantee = form.cleaned_data["team"] or form.cleaned_data["person"]
        actions.give_access(hotlist, grantee, by=request.user)
        messages.success(request, f"{grantee} may see {hotlist} now.")
        return redirect("hotlist_access", slug)
    return _access_page(request, hotlist, form)


@require_POST
def hotlist_access_take(request: HttpRequest, slug: str) -> HttpResponse:
    """Taking access from a team or a person."""
    hotlist = _mine(request, slug)
    form = AccessForm(request.POST)
    if not form.is_valid():
        return _access_page(request, hotlist, AccessForm(), status=422)
    grantee = form.cleaned_data["team"] or form.cleaned_data["person"]
    try:
        actions.take_access(hotlist, grantee, by=request.user)
        messages.success(request, f"{grantee} does not see {hotlist} any more, unless in another way.")
    except Unfit as refusal:
        messages.error(request, "; ".join(words for lines in refusal.fields.values() for words in lines))
    if not policies.sees(request.user, hotlist):
        return redirect("hotlist_list")
    return redirect("hotlist_access", slug)


def _access_page(request: HttpRequest, hotlist: Hotlist, form: AccessForm, status: int = 200) -> HttpResponse:
    context = {
        "hotlist": hotlist, "form": form,
        "teams": HotlistGroupAccess.objects.filter(content_object=hotlist).select_related("group"),
        "people": HotlistUserAccess.objects.filter(content_object=hotlist).select_related("user"),
    }  # fmt: skip
    return render(request, "hotlists/hotlist_access.html", context, status=status)


def _mine(request: HttpRequest, slug: str) -> Hotlist:
    return get_object_or_404(
        Hotlist.objects.visible_to(request.user).select_related("owner", "deputy", "dpia"), slug=slug
    )
