"""Pages on which entries are written and read."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.models import Event
from audit.sentences import tell
from hotlists import actions, policies, quality
from hotlists.forms import EntryForm
from hotlists.models import Entry, EntryVersion, Hotlist
from hotlists.story import story_of
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require


@require_http_methods(["GET", "POST"])
def entry_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Writing a new entry."""
    hotlist = get_object_or_404(Hotlist.objects.visible_to(request.user), slug=slug)
    require(policies.may_write(request.user, hotlist))
    form = EntryForm(request.POST or None, hotlist=hotlist)
    if request.method == "POST" and form.is_valid():
        try:
            version = actions.begin_entry(hotlist, by=request.user, **form.facts)
            return _saved(request, version)
        except Unfit as refusal:
            put_problems(form, refusal)
    return render(request, "hotlists/entry_form.html", {"form": form, "hotlist": hotlist, "version": None})


@require_http_methods(["GET", "POST"])
def entry_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Editing the draft of an entry; where the latest version was decided, a new version begins on saving."""
    entry = _entry(request, pk)
    version = entry.versions.latest("number")
    require(policies.may_edit(request.user, version))
    form = EntryForm(request.POST or None, instance=version, hotlist=entry.hotlist)
    if request.method == "POST" and form.is_valid():
        try:
            if version.status == EntryVersion.Status.DRAFT:
                version = actions.edit_draft(version, by=request.user, **form.facts)
            else:
                version = actions.begin_version(entry, by=request.user, **form.facts)
            return _saved(request, version)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"form": form, "hotlist": entry.hotlist, "version": version, "entry": entry}
    return render(request, "hotlists/entry_form.html", context)


def _saved(request: HttpRequest, version: EntryVersion) -> HttpResponse:
    """After saving: on to a decision when that was asked for and nothing is missing, else back to what is missing."""
    if "submit" not in request.POST:
        messages.success(request, "Draft saved.")
        return redirect("entry_detail", version.entry_id)
    return _submit(request, version)


def _submit(request: HttpRequest, version: EntryVersion) -> HttpResponse:
    try:
        actions.submit(version, by=request.user)
    except Unfit as refusal:
        form = EntryForm(instance=version, hotlist=version.entry.hotlist)
        context = {
            "form": form, "hotlist": version.entry.hotlist, "version": version, "entry": version.entry,
            "lacking": _labelled(form, refusal.fields), "refusal": refusal,
        }  # fmt: skip
        return render(request, "hotlists/entry_form.html", context, status=422)
    messages.success(request, "Submitted. Somebody else decides now; you will see it on your home page.")
    return redirect("entry_detail", version.entry_id)


@require_POST
def entry_submit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Handing the draft over for a decision."""
    return _submit(request, _entry(request, pk).versions.latest("number"))


@require_GET
def entry_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One entry, told from top to bottom. Opening it is recorded."""
    entry = actions.open_entry(_entry(request, pk), by=request.user)
    context = story_of(entry, request.user, timezone.now())
    context["events"] = tell(Event.objects.about("hotlists.entry", entry.pk).outside_findings().newest_first()[:50])
    version = context["latest"]
    if version.status == EntryVersion.Status.DRAFT:
        form = EntryForm(instance=version, hotlist=entry.hotlist)
        context["missing"] = _labelled(form, quality.problems(version, at=timezone.now()))
    return render(request, "hotlists/entry_detail.html", context)


def _entry(request: HttpRequest, pk: uuid.UUID) -> Entry:
    return get_object_or_404(Entry.objects.visible_to(request.user).select_related("hotlist", "owner"), pk=pk)


def _labelled(form: EntryForm, problems: quality.Problems) -> list[tuple[str, str, str]]:
    """(field, its label, what is wrong) for each problem."""
    return [
        (field, str(form.fields[field].label or field) if field in form.fields else field, line)
        for field, lines in problems.items()
        for line in lines
    ]
