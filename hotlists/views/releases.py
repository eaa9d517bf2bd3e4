"""What goes beyond one author's daily number: asking for it, and the list manager's page of what waits (R-030)."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from hotlists import actions, policies
from hotlists.actions.limits import daily_number, submitted_today
from hotlists.forms.bulk import AnswerReleaseForm, AskReleaseForm
from hotlists.models import Entry, EntryVersion, Release
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require

PAGE = 50


@require_http_methods(["GET", "POST"])
def release_list(request: HttpRequest) -> HttpResponse:
    """Drafts that wait for the list manager; several are answered at once."""
    require(policies.may_answer_releases(request.user))
    form = AnswerReleaseForm(request.POST or None)
    waiting = Release.objects.visible_to(request.user).waiting()
    ticked = request.POST.getlist("release")
    if request.method == "POST" and form.is_valid():
        try:
            chosen = waiting.filter(pk__in=_keys(ticked))
            done = actions.answer_releases(chosen, by=request.user, **form.cleaned_data)
            messages.success(request, f"{len(done)} answered.")
            return redirect("release_list")
        except Unfit as refusal:
            put_problems(form, refusal)
    shown = waiting.select_related("version__entry__hotlist", "asked_by", "version__written_by").prefetch_related(
        "version__contributions"
    )
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    shown = [release.version for release in page.object_list]
    actions.look_at_entries(shown, by=request.user, where="what waits for release")
    rows = [(release, policies.may_release(request.user, release)) for release in page.object_list]
    context = {"page": page, "rows": rows, "form": form, "ticked": set(ticked)}
    return render(request, "hotlists/release_list.html", context)


@require_POST
def entry_ask_release(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asking the list manager to release one draft."""
    entry = _entry(request, pk)
    form = AskReleaseForm(request.POST)
    if form.is_valid():
        actions.ask_release([entry.versions.latest("number")], by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, "The list manager is asked.")
    else:
        messages.error(request, "Say why so many are needed today.")
    return redirect("entry_detail", pk)


@require_POST
def entry_discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Deleting a draft that nobody needs."""
    entry = _entry(request, pk)
    actions.discard_draft(entry.versions.latest("number"), by=request.user)
    messages.success(request, "The draft is deleted.")
    return redirect("entry_detail", pk) if Entry.objects.filter(pk=pk).exists() else redirect("entry_list")


def draft_panel(request: HttpRequest, entry: Entry) -> str:
    """On the page of a draft: what stands of its release, and deleting it."""
    version = entry.latest_version
    if version.status != EntryVersion.Status.DRAFT:
        return ""
    now = timezone.now()
    release, most = getattr(version, "release", None), daily_number(now)
    is_over = submitted_today(request.user, now, but=entry) >= most
    context = {
        "entry": entry, "release": release, "most": most,
        "is_over": is_over and (release is None or release.lapsed_at is not None),
        "form": AskReleaseForm(), "may_submit": policies.may_submit(request.user, version),
        "may_discard": policies.may_discard(request.user, version),
    }  # fmt: skip
    return render_to_string("hotlists/_draft_panel.html", context, request=request)


def _entry(request: HttpRequest, pk: uuid.UUID) -> Entry:
    return get_object_or_404(Entry.objects.visible_to(request.user).select_related("hotlist"), pk=pk)


def _keys(given: list[str]) -> list[uuid.UUID]:
    found = []
    for text in given:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found
