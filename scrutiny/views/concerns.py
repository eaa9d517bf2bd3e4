"""Pages of complaints, of requests of people about their data, and of breaches."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from audit.policies import may_read_log
from hotlists.policies import may_search
from portal.errors import Stranger, Unfit
from portal.forms import put_problems
from portal.policies import Verdict, require
from retention.policies import may_place_hold
from retention.schedule import BY_LABEL
from scrutiny import actions, policies
from scrutiny.actions.concerns import SUBJECTS, subject
from scrutiny.forms.concerns import AnswerForm, ConcernForm, ConcernWordsForm
from scrutiny.models import Concern

PAGE = 50
PAGES = {
    "hotlists.Hotlist": ("hotlist_detail", "slug"), "hotlists.Entry": ("entry_detail", "pk"), "hits.Hit": ("hit_detail", "pk"),
    "camera_sites.CameraSite": ("site_detail", "pk"), "camera_sites.Dpia": ("dpia_detail", "pk"),
}  # fmt: skip


@require_GET
def concern_list(request: HttpRequest) -> HttpResponse:
    """What waits, the most urgent first; answered ones, the newest first. Without the role, what one wrote down oneself."""
    show, now = request.GET.get("show", "open"), timezone.now()
    sees_all = bool(policies.may_see_concerns(request.user))
    may_record = policies.may_record_concern(request.user)
    if not may_record:
        require(policies.may_see_concerns(request.user))
    found = Concern.objects.visible_to(request.user, sees_all=sees_all).select_related("recorded_by")
    narrowed = {"open": found.open().order_by("due_at"), "overdue": found.overdue(now).order_by("due_at"), "all": found}
    narrowed |= {f"{kind.value}": found.filter(kind=kind) for kind in Concern.Kind}
    page = Paginator(narrowed.get(show, narrowed["open"]), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "show": show, "now": now, "may_record": may_record, "sees_all": sees_all, "kinds": Concern.Kind,
    }  # fmt: skip
    return render(request, "scrutiny/concern_list.html", context)


@require_http_methods(["GET", "POST"])
def concern_new(request: HttpRequest) -> HttpResponse:
    """Writing one down; `about` and `id` name the record whose page led here."""
    require(policies.may_record_concern(request.user))
    about = {"source_label": request.GET.get("about", ""), "source_id": request.GET.get("id", "")}
    try:
        thing = subject(about["source_label"], about["source_id"], by=request.user)
    except (Stranger, Unfit) as refusal:
        raise Http404 from refusal
    form = ConcernForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            concern = actions.record_concern(by=request.user, **form.cleaned_data, **(about if thing else {}))
            messages.success(request, "Written down. The clock runs from when the force first knew of it.")
            return redirect("concern_detail", concern.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"form": form, "thing": thing, "kind": thing._meta.verbose_name if thing else ""}
    return render(request, "scrutiny/concern_new.html", context)


@require_GET
def concern_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One concern, what it is about and the work on it. Opening it is recorded."""
    user = request.user
    concern = actions.open_concern(_concern(request, pk), by=user)
    context = {
        "concern": concern, "now": timezone.now(), "notes": concern.notes.select_related("noted_by"),
        "may_note": policies.may_note_concern(user, concern), "may_answer": policies.may_answer_concern(user, concern),
        "may_read_log": may_read_log(user), "may_search": may_search(user), **_about(concern, request),
    }  # fmt: skip
    return render(request, "scrutiny/concern_detail.html", context)


@require_http_methods(["GET", "POST"])
def concern_note(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Writing down what was found out."""
    words = {"title": "Note what was found out", "button": "Write it down", "done": "Noted."}
    concern = _concern(request, pk)
    return _act(request, concern, ConcernWordsForm(request.POST or None), actions.note_concern,
                policies.may_note_concern(request.user, concern), words)  # fmt: skip


@require_http_methods(["GET", "POST"])
def concern_answer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Answering it."""
    concern = _concern(request, pk)
    words = {"title": f"Answer this {concern.get_kind_display().lower()}", "button": "Answer", "done": "Answered."}
    return _act(request, concern, AnswerForm(request.POST or None, concern=concern), actions.answer_concern,
                policies.may_answer_concern(request.user, concern), words)  # fmt: skip


@require_http_methods(["GET", "POST"])
def concern_reopen(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Taking it up again."""
    concern = _concern(request, pk)
    done = "It waits for an answer again; the clock starts anew."
    words = {"title": "Take it up again", "button": "Take it up again", "done": done}
    return _act(request, concern, ConcernWordsForm(request.POST or None), actions.reopen_concern,
                policies.may_answer_concern(request.user, concern), words)  # fmt: skip


def _act(
    request: HttpRequest, concern: Concern, form: forms.Form, act: Callable[..., object], may: Verdict, words: dict[str, str]
) -> HttpResponse:  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            act(concern, by=request.user, **form.cleaned_data)
            messages.success(request, words["done"])
            return redirect("concern_detail", concern.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    return render(request, "scrutiny/concern_act.html", {"concern": concern, "form": form, "may": may, **words})


def _about(concern: Concern, request: HttpRequest) -> dict[str, Any]:
    """What it is about, as far as this person may see it, where its page is, and whether they may hold it."""
    if not concern.source_label:
        return {}
    try:
        thing = subject(concern.source_label, concern.source_id, by=request.user)
    except Stranger:
        return {"is_gone": not SUBJECTS[concern.source_label]._base_manager.filter(pk=concern.source_id).exists()}
    name, key = PAGES[concern.source_label]
    can_be_held = BY_LABEL[concern.source_label].may_be_held
    return {
        "thing": thing, "kind": thing._meta.verbose_name, "page": reverse(name, args=[getattr(thing, key)]),
        "may_hold": bool(can_be_held and may_place_hold(request.user, thing)),
    }  # fmt: skip


def _concern(request: HttpRequest, pk: uuid.UUID) -> Concern:
    """Raises 404 for one that is not theirs to see."""
    concern = get_object_or_404(Concern.objects.select_related("recorded_by", "answered_by"), pk=pk)
    if not policies.may_see_concern(request.user, concern):
        raise Http404
    return concern
