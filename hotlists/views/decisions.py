"""Pages on which entries are decided."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import holds
from hotlists import actions, policies
from hotlists.forms import DecideForm
from hotlists.models import Entry, EntryVersion
from hotlists.story import differences
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require


@require_GET
def decision_queue(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, oldest first, and what this person may decide of it."""
    require(holds(request.user, "hotlists.decide_entry"))
    waiting = EntryVersion.objects.awaiting_decision().visible_to(request.user).with_hands()
    waiting = waiting.select_related("entry__hotlist", "written_by")
    rows = [(version, policies.may_decide(request.user, version)) for version in waiting[:200]]
    return render(request, "hotlists/decision_queue.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def entry_decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Deciding the submitted version, beside the one in force."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).select_related("hotlist"), pk=pk)
    version = entry.versions.latest("number")
    may = policies.may_decide(request.user, version)
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide(version, by=request.user, **form.cleaned_data)
            messages.success(request, "Decision recorded.")
            return redirect("entry_detail", entry.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    if request.method == "GET":
        actions.open_entry(entry, by=request.user, justification="decision")
    governing = entry.terms.governing(timezone.now()).select_related("version").first()
    context = {
        "entry": entry, "version": version, "form": form, "may": may, "governing": governing,
        "changes": differences(governing.version, version) if governing else [],
        "rank_needed": policies.rank_needed(version).label,
    }  # fmt: skip
    return render(request, "hotlists/entry_decide.html", context)
