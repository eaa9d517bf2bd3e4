"""Pages of matchers: who holds what and how fresh, adding a matcher, giving and taking lists."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.credentials import is_overdue
from hotlists.models import Hotlist
from matchers import actions, keys, policies
from matchers.disclosed import of_list
from matchers.forms import AllocationForm, MatcherForm, RevokeForm
from matchers.freshness import copies, is_silent, proved_gone
from matchers.models import Allocation, Disclosure, Halt, Matcher, Publication, Receipt, Refusal, RevisionDoor
from matchers.models.refusals import WHY
from matchers.wellness import root_to_renew
from portal.errors import Stranger, Unfit
from portal.forms import put_problems
from portal.policies import require

RECEIPTS = 20
PUBLICATIONS = 50


@require_GET
def matcher_list(request: HttpRequest) -> HttpResponse:
    """The freshness board: every copy of every list that one may see (R-104)."""
    require(policies.may_view(request.user))
    now = timezone.now()
    found = copies(Hotlist.objects.visible_to(request.user), now)
    holding = {copy.matcher.pk for copy in found}
    context = {
        "copies": found,
        "without": [matcher for matcher in Matcher.objects.all() if matcher.pk not in holding],
        "red": sum(copy.tone == "stopped" for copy in found),
        "open_recalls": sum(copy.open_recalls for copy in found),
        "may_manage": policies.may_manage(request.user),
        "keys_note": keys.note(), "root_ends_at": root_to_renew(now),
        "files": Disclosure.objects.visible_to(request.user).count(),
        "halts": Halt.objects.holding().visible_to(request.user).select_related("hotlist"),
    }  # fmt: skip
    return render(request, "matchers/matcher_list.html", context)


@require_GET
def matcher_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One matcher: what it holds, what it proved, what it was given and why."""
    require(policies.may_view(request.user))
    matcher = _matcher(pk)
    now = timezone.now()
    lists = Hotlist.objects.visible_to(request.user)
    allocations = matcher.allocations.filter(hotlist__in=lists).select_related("hotlist", "allocated_by", "revoked_by")
    door = RevisionDoor.objects.filter(matcher=matcher).first()
    context = {
        "door": door, "numbers": door.lists.filter(hotlist__in=lists).select_related("hotlist") if door else [],
        "matcher": matcher, "is_silent": is_silent(matcher, now), "copies": copies(lists, now, of=matcher), "now": now,
        "allocations": [(each, policies.may_revoke(request.user, each)) for each in allocations],
        "receipts": Receipt.objects.filter(matcher=matcher, hotlist__in=lists).select_related("hotlist")[:RECEIPTS],
        "may_manage": policies.may_manage(request.user), "stoppage": matcher.stoppage,
        "may_rotate": policies.may_rotate(request.user, matcher), "is_overdue": is_overdue(matcher.machine, now),
        "may_stop": policies.may_stop(request.user, matcher), "may_restart": policies.may_restart(request.user, matcher),
        "proved_gone": proved_gone(matcher, lists),
        "addresses": _addresses(request, matcher), "keys_note": keys.note(),
    }  # fmt: skip
    return render(request, "matchers/matcher_detail.html", context)


@require_http_methods(["GET", "POST"])
def matcher_new(request: HttpRequest) -> HttpResponse:
    """Adding a matcher. Its secrets are shown once, on the page that answers."""
    require(policies.may_manage(request.user))
    form = MatcherForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add_matcher(by=request.user, **form.cleaned_data)
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            return _secrets(request, added.matcher, added.enrol_code, added.client_id, added.client_secret)
    return render(request, "matchers/matcher_form.html", {"form": form})


@require_POST
def matcher_code(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Another one-time code for enrolment, shown once."""
    matcher = _matcher(pk)
    return _secrets(request, matcher, actions.renew_code(matcher, by=request.user))


@require_POST
def matcher_secret(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Another secret, shown once; the old one works until it is used."""
    require(policies.may_view(request.user))
    matcher = _matcher(pk)
    secret = actions.rotate_secret(matcher, by=request.user)
    return _secrets(request, matcher, "", matcher.machine.application.client_id, secret)


@require_http_methods(["GET", "POST"])
def matcher_allocate(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Giving a list to a matcher."""
    require(policies.may_manage(request.user))
    matcher = _matcher(pk)
    running = Allocation.objects.running(timezone.now()).filter(matcher=matcher).values("hotlist")
    lists = Hotlist.objects.visible_to(request.user).exclude(kind=Hotlist.Kind.SUPPRESSION).exclude(pk__in=running)
    form = AllocationForm(request.POST or None, hotlists=lists)
    if request.method == "POST" and form.is_valid():
        try:
            allocation = actions.allocate(matcher, by=request.user, **form.cleaned_data)
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, f"{allocation.hotlist} was given to {matcher}. It is published within seconds.")
            return redirect("matcher_detail", matcher.pk)
    context = {"form": form, "matcher": matcher, "has_lists": lists.exists()}
    return render(request, "matchers/matcher_allocate.html", context)


@require_http_methods(["GET", "POST"])
def allocation_revoke(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Taking a list away from a matcher."""
    seen = Allocation.objects.filter(hotlist__in=Hotlist.objects.visible_to(request.user))
    allocation = get_object_or_404(seen.select_related("matcher__machine", "hotlist"), pk=pk)
    require(policies.may_view(request.user))
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.revoke(allocation, by=request.user, **form.cleaned_data)
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            messages.success(
                request, f"{allocation.hotlist} was taken away. {allocation.matcher} has to prove that it is gone."
            )
            return redirect("matcher_detail", allocation.matcher_id)
    context = {"form": form, "allocation": allocation, "may": policies.may_revoke(request.user, allocation)}
    return render(request, "matchers/allocation_revoke.html", context)


@require_GET
def publication_list(request: HttpRequest, slug: str) -> HttpResponse:
    """What was published of one list, newest first, and who holds it."""
    require(policies.may_view(request.user))
    hotlist = get_object_or_404(Hotlist.objects.visible_to(request.user), slug=slug)
    publications = Publication.objects.filter(hotlist=hotlist).select_related("feed__matcher")
    context = {
        "hotlist": hotlist,
        "publications": publications.order_by("-revision")[:PUBLICATIONS],
        "copies": copies(Hotlist.objects.filter(pk=hotlist.pk), timezone.now()),
        "files": of_list(hotlist, PUBLICATIONS),
        "may_export": policies.may_export_list(request.user, hotlist),
        "halts": Halt.objects.holding().filter(hotlist=hotlist).select_related("hotlist"),
        "refused": Refusal.objects.filter(hotlist=hotlist).standing().by_reason(),
        "why": WHY,
        "may_see_refused": policies.may_look_at_refusals(request.user, hotlist),
    }
    return render(request, "matchers/publication_list.html", context)


@require_GET
def publication_root(request: HttpRequest) -> HttpResponseBase:
    """The root of trust, to be carried to a matcher by hand."""
    require(policies.may_view(request.user))
    try:
        content = keys.root_bytes()
    except FileNotFoundError as error:
        raise Stranger("The keys of the publication have not been made yet.") from error
    headers = {"Content-Disposition": 'attachment; filename="root.json"'}
    return HttpResponse(content, content_type="application/json", headers=headers)


def _secrets(
    request: HttpRequest, matcher: Matcher, enrol_code: str, client_id: str = "", client_secret: str = ""
) -> HttpResponse:
    context = {
        "matcher": matcher, "enrol_code": enrol_code, "client_id": client_id, "client_secret": client_secret,
        "addresses": _addresses(request, matcher), "keys_note": keys.note(),
    }  # fmt: skip
    response = render(request, "matchers/matcher_secrets.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _addresses(request: HttpRequest, matcher: Matcher) -> dict[str, str]:
    root = request.build_absolute_uri("/")
    door = RevisionDoor.objects.filter(matcher=matcher).first()
    if door is not None:
        return {"door": f"{root}legacy/{door.source_id}/", "taxii": f"{root}taxii2/"}
    return {
        "metadata": f"{root}publication/{matcher.feed_id}/metadata/",
        "targets": f"{root}publication/targets/",
    }


def _matcher(pk: uuid.UUID) -> Matcher:
    return get_object_or_404(Matcher.objects.select_related("machine__application", "added_by", "feed"), pk=pk)
