"""Pages of findings."""

import uuid
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from audit.policies import may_read_log
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import Verdict, require
from scrutiny import actions, policies
from scrutiny.forms.findings import FindingForm, NoteForm, RetestForm
from scrutiny.models import Finding

PAGE = 50


@require_GET
def finding_list(request: HttpRequest) -> HttpResponse:
    """Findings, newest first; without the role, one's own."""
    show, now = request.GET.get("show", "open"), timezone.now()
    found = Finding.objects.select_related("owner")
    if not policies.may_see_findings(request.user):
        show, found = "mine", found.filter(owner=request.user)
        if not found.exists():
            require(policies.may_see_findings(request.user))
    narrowed = {
        "open": found.open(), "mine": found.filter(owner=request.user), "overdue": found.overdue(now),
        "answered": found.awaiting_retest(), "all": found,
    }  # fmt: skip
    page = Paginator(narrowed.get(show, found), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "show": show, "now": now, "may_open": policies.may_open(request.user)}
    return render(request, "scrutiny/finding_list.html", context)


@require_http_methods(["GET", "POST"])
def finding_new(request: HttpRequest) -> HttpResponse:
    """Opening one by hand."""
    require(policies.may_open(request.user))
    form = FindingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            finding = actions.open_finding(by=request.user, **form.cleaned_data)
            messages.success(request, "Opened. Its owner sees it on their home page.")
            return redirect("finding_detail", finding.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    return render(request, "scrutiny/finding_new.html", {"form": form})


@require_GET
def finding_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One finding and the work on it."""
    finding = _finding(request, pk)
    is_told = finding.source_label and may_read_log(request.user)
    context = {
        "finding": finding, "now": timezone.now(), "notes": finding.notes.select_related("noted_by"),
        "story_kind": finding.source_label.lower() if is_told else "",
        "may_work": policies.may_work(request.user, finding), "may_retest": policies.may_retest(request.user, finding),
    }  # fmt: skip
    return render(request, "scrutiny/finding_detail.html", context)


@require_http_methods(["GET", "POST"])
def finding_note(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Writing down what was found out."""
    words = {"title": "Note what was found out", "button": "Write it down", "done": "Noted."}
    return _act(request, pk, form_class=NoteForm, act=actions.note, may=policies.may_work, words=words)


@require_http_methods(["GET", "POST"])
def finding_close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Answering it."""
    words = {
        "title": "Answer this finding",
        "button": "Answer",
        "done": "Answered. Somebody else tests whether it holds.",
    }
    return _act(request, pk, form_class=NoteForm, act=actions.close_finding, may=policies.may_work, words=words)


@require_http_methods(["GET", "POST"])
def finding_retest(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Testing the answer."""
    words = {"title": "Test the answer", "button": "Write down the test", "done": "Tested."}
    return _act(request, pk, form_class=RetestForm, act=actions.retest, may=policies.may_retest, words=words)


def _act(
    request: HttpRequest,
    pk: uuid.UUID,
    *,
    form_class: type[forms.Form],
    act: Callable[..., object],
    may: Callable[..., Verdict],
    words: dict[str, str],
) -> HttpResponse:
    finding = _finding(request, pk)
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(finding, by=request.user, **form.cleaned_data)
            messages.success(request, words["done"])
            return redirect("finding_detail", finding.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"finding": finding, "form": form, "may": may(request.user, finding), **words}
    return render(request, "scrutiny/finding_act.html", context)


def _finding(request: HttpRequest, pk: uuid.UUID) -> Finding:
    """Raises 404 for a finding of others to those who may not see findings."""
    finding = get_object_or_404(Finding.objects.select_related("owner", "closed_by", "settled_by"), pk=pk)
    if not policies.may_see(request.user, finding):
        raise Http404
    return finding
