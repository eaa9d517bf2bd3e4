"""Pages on which entries are decided."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import holds
from hotlists import actions, alerts, policies
from hotlists.forms import DecideForm, DecisionQueueForm
from hotlists.models import Decision, Entry, EntryVersion, SavedFilter
from hotlists.story import compared
from hotlists.views.filters import chosen_in, opens_with, saved_filters
from portal.errors import Unfit
from portal.policies import require
from portal.typed import keeps_typed, restored, signature

PAGE = 50


@require_GET
def decision_queue(request: HttpRequest) -> HttpResponse:
    """What waits for this person's decision, the most urgent first; or for others', and why it is theirs."""
    require(holds(request.user, "hotlists.decide_entry"))
    if away := opens_with(request, SavedFilter.Page.DECISIONS):
        return redirect(away)
    form = DecisionQueueForm(request.GET or None, user=request.user)
    keys = list(form.found().values_list("pk", flat=True))  # all are put in order, only a page of them is read
    page = Paginator(keys, PAGE).get_page(request.GET.get("page"))
    found = EntryVersion.objects.filter(pk__in=page.object_list).with_hands()
    versions = found.select_related("entry__hotlist", "written_by", "emergency").in_bulk()
    shown = [versions[key] for key in page.object_list if key in versions]
    actions.look_at_entries(shown, by=request.user, where="the decision queue")
    rows = [(version, policies.may_decide(request.user, version)) for version in shown]
    saved = saved_filters(request, SavedFilter.Page.DECISIONS, chosen_in(form))
    return render(request, "hotlists/decision_queue.html", {"form": form, "page": page, "rows": rows, "saved": saved})


@keeps_typed
@require_http_methods(["GET", "POST"])
def entry_decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Deciding the submitted version, beside the one in force. What is decided is the version that was read."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).select_related("hotlist"), pk=pk)
    version = entry.versions.latest("number")
    form = DecideForm(request.POST or restored(request), deciding=version)
    if request.method == "POST" and form.is_valid():
        read = get_object_or_404(entry.versions, pk=form.cleaned_data["version"])
        try:
            actions.decide(read, by=request.user, **form.decision)
            messages.success(request, _done(read))
            return redirect("entry_detail", entry.pk)
        except Unfit as refusal:
            for name, lines in (refusal.fields or {"": [str(refusal)]}).items():
                field = form.field_of(name)
                for line in lines:
                    form.add_error(field if field in form.fields else None, line)
    if request.method == "GET":
        actions.open_entry(entry, by=request.user, justification="decision")
    governing = entry.terms.governing(timezone.now()).select_related("version").first()
    context = {
        "entry": entry, "version": version, "alert_text": alerts.text(version), "form": form,
        "may": policies.may_decide(request.user, version), "typed_by": signature(request),
        "let_through": entry.warninglist_answers.filter(vrm=version.vrm, country=version.country).select_related("given_by"),
        "protected": [EntryVersion.ProtectedKind(kind).label for kind in version.protected_kinds],
        "governing": governing, "compared": compared(governing, version) if governing else [],
        "rank_needed": policies.rank_needed(version).label, "deciders_needed": policies.deciders_needed(version),
    }  # fmt: skip
    return render(request, "hotlists/entry_decide.html", context)


def conditions_panel(request: HttpRequest, hit: Any) -> str:
    """On a hit's page: on what conditions the vehicle may be looked for. Nothing where there are none."""
    if hit.version_id is None:
        return ""
    decisions = Decision.objects.filter(version=hit.version_id).open_to(request.user).exclude(conditions="")
    if not decisions:
        return ""
    return render_to_string("hotlists/_conditions.html", {"decisions": decisions}, request)


def _done(version: EntryVersion) -> str:
    """What the decision came to, for who made it."""
    status = EntryVersion.objects.values_list("status", flat=True).get(pk=version.pk)
    if status in EntryVersion.UNDECIDED:
        return "Decision recorded. Nobody reads it until the other person has decided too."
    if status == EntryVersion.Status.APPROVED:
        return "Approved. Matchers are told within seconds."
    return f"Decision recorded: {EntryVersion.Status(status).label.lower()}."
