"""Pages on which an entry is written, step by step; each step saves the draft, and nothing typed is lost."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hotlists import actions, alerts, policies, quality
from hotlists.actions.entries import Overtaken, fingerprint
from hotlists.actions.interests import OF_THE_VEHICLE, shown_of
from hotlists.forms.scope import ScopeForm
from hotlists.forms.writing import StepForm
from hotlists.models import Entry, EntryVersion, Hotlist
from hotlists.plate_look import PlateLook
from hotlists.steps import BY_SLUG, LABELS, STEPS, Step, labelled, step_of
from hotlists.story import as_written
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from portal.typed import keeps_typed, restored, signature


@keeps_typed
@require_http_methods(["GET", "POST"])
def entry_new(request: HttpRequest, slug: str) -> HttpResponse:
    """The first step of a new entry; saving it makes the draft."""
    hotlist = get_object_or_404(Hotlist.objects.visible_to(request.user), slug=slug)
    require(policies.may_write(request.user, hotlist))
    step, typed = STEPS[0], request.POST or restored(request)
    typed = _with_linked(request, _with_other_plate(typed))
    form = StepForm(typed, step=step, hotlist=hotlist, instance=EntryVersion(country="GB"))
    if request.method == "POST" and form.is_valid():
        try:
            facts = form.facts(timezone.now())
            version = actions.begin_entry(
                hotlist, by=request.user, step=step.slug, answered=_answered(request), **facts
            )
            return _onwards(request, version, step)
        except Unfit as refusal:
            put_problems(form, refusal)
    return _page(request, form, hotlist=hotlist, step=step)


@require_GET
def entry_edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What is done of a draft and what is not: one line a step. From a decided version a new one begins on saving."""
    entry, version = _open(request, pk)
    problems = _problems(request, version)
    tasks = [(step, _state(version, step, problems), _of(step, problems)) for step in STEPS]
    context = {
        "entry": entry, "version": version, "hotlist": entry.hotlist, "tasks": tasks, "is_ready": not problems,
        "is_new": _is_decided(version), "done": sum(state in ("done", "optional") for _, state, _ in tasks),
    }  # fmt: skip
    return render(request, "hotlists/entry_tasks.html", context)


@keeps_typed
@require_http_methods(["GET", "POST"])
def entry_step(request: HttpRequest, pk: uuid.UUID, step: str) -> HttpResponse:
    """One step of a draft."""
    if step not in BY_SLUG:
        raise Http404
    entry, version = _open(request, pk)
    this, typed = BY_SLUG[step], _with_linked(request, _with_other_plate(request.POST or restored(request)))
    form: StepForm | ScopeForm
    if step == "scope":
        form = ScopeForm(typed, user=request.user, of=version)
    else:
        form = StepForm(typed, step=this, hotlist=entry.hotlist, instance=version)
    overtaken: list[tuple[str, Any, Any]] = []
    state = fingerprint(version)
    if request.method == "POST" and form.is_valid():
        facts = form.facts if isinstance(form, ScopeForm) else form.facts(timezone.now())
        try:
            if _is_decided(version) and request.POST.get("state", state) == state:
                version = actions.begin_version(entry, by=request.user, step=step, answered=_answered(request), **facts)
            else:
                expecting = request.POST.get("state", state)
                version = actions.edit_draft(
                    version, by=request.user, step=step, expecting=expecting, answered=_answered(request), **facts
                )
            return _onwards(request, version, this)
        except Overtaken as late:
            version, state = late.version, fingerprint(late.version)
            overtaken = _compared(version, facts, this)
        except Unfit as refusal:
            put_problems(form, refusal)
    return _page(
        request, form, hotlist=entry.hotlist, step=this, entry=entry, version=version, state=state, overtaken=overtaken,
        missing=_of(this, _problems(request, version)) if step in version.steps_done and not form.is_bound else [],
        look=_look(request, entry.hotlist, version) if step == STEPS[0].slug and not form.is_bound else None,
    )  # fmt: skip


@require_POST
def entry_plate(request: HttpRequest, slug: str) -> HttpResponse:
    """What is known of the plate as it is typed: a part of the first step."""
    hotlist = get_object_or_404(Hotlist.objects.visible_to(request.user), slug=slug)
    require(policies.may_write(request.user, hotlist))
    form = StepForm(request.POST, step=STEPS[0], hotlist=hotlist, instance=EntryVersion(country="GB"))
    form.is_valid()
    typed = form.cleaned_data
    version = EntryVersion(vrm=typed.get("vrm_entered", ""), country=typed.get("country", "") or "GB")
    return render(request, "hotlists/_plate_look.html", {"look": _look(request, hotlist, version)})


@require_GET
def entry_check(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """All answers on one page, before they are submitted."""
    entry, version = _open(request, pk)
    return _checked(request, entry, version)


@require_POST
def entry_submit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Handing the draft over for a decision."""
    entry, version = _open(request, pk)
    try:
        actions.submit(version, by=request.user)
    except Unfit as refusal:
        return _checked(request, entry, version, refusal)
    messages.success(request, "Submitted. Somebody else decides now; you will see it on your home page.")
    return redirect("entry_detail", entry.pk)


def _look(request: HttpRequest, hotlist: Hotlist, version: EntryVersion) -> PlateLook | None:
    """None for what can be no plate, and to those who may not search; that it is none is told on saving."""
    if not version.vrm.strip() or not policies.may_search(request.user):
        return None
    try:
        return actions.look_up_plate(version.vrm, version.country, hotlist, by=request.user)
    except Unfit:
        return None


def _answered(request: HttpRequest) -> list[str] | None:
    """Which warnings of the plate the page showed beside the author's answer; None where it showed none yet."""
    return request.POST.getlist("answered") if "shown" in request.POST else None


def _with_other_plate(typed: QueryDict | None) -> QueryDict | None:
    """What was typed, with the plate that its author took in place of their own."""
    if not typed or not typed.get("use"):
        return typed
    changed = typed.copy()
    changed["vrm_entered"] = typed["use"]
    return changed


def _with_linked(request: HttpRequest, typed: QueryDict | None) -> QueryDict | None:
    """What was typed; where nothing was, how another interest in the vehicle describes it (R-021)."""
    if not typed or not typed.get("link"):
        return typed
    try:
        other = get_object_or_404(Entry.objects.visible_to(request.user), pk=uuid.UUID(typed["link"]))
    except ValueError as error:
        raise Http404 from error
    require(policies.may_open(request.user, other))
    shown, changed = shown_of(other), typed.copy()
    for name in OF_THE_VEHICLE:
        if name in changed and not changed[name].strip():
            changed[name] = getattr(shown, name)
    return changed


def _open(request: HttpRequest, pk: uuid.UUID) -> tuple[Entry, EntryVersion]:
    entry = get_object_or_404(Entry.objects.visible_to(request.user).select_related("hotlist", "owner"), pk=pk)
    version = entry.versions.select_related("profile").latest("number")
    version.entry = entry
    require(policies.may_edit(request.user, version))
    if request.method == "GET" and not version.contributions.filter(user=request.user).exists():
        actions.open_entry(entry, by=request.user, justification="writing")  # one's own words are no news
    return entry, version


def _onwards(request: HttpRequest, version: EntryVersion, step: Step) -> HttpResponse:
    """Saved: to what comes next, or to where the author asked to go."""
    asked = "stay" if {"use", "link"} & set(request.POST) else request.POST.get("go", "next")
    if asked == "stay":
        return redirect("entry_step", version.entry_id, step.slug)
    if asked == "later":
        messages.success(request, "Draft saved. Come back to it whenever you like.")
        return redirect("entry_edit", version.entry_id)
    following = [one for one in STEPS[STEPS.index(step) + 1 :] if one.slug not in version.steps_done]
    if not following:
        return redirect("entry_check", version.entry_id)
    return redirect("entry_step", version.entry_id, following[0].slug)


def _page(
    request: HttpRequest, form: StepForm | ScopeForm, *, hotlist: Hotlist, step: Step, **more: Any
) -> HttpResponse:
    context = {"form": form, "hotlist": hotlist, "step": step, "number": STEPS.index(step) + 1, "steps": len(STEPS),
               "typed_by": signature(request), **more}  # fmt: skip
    code = 409 if more.get("overtaken") else 422 if request.method == "POST" else 200
    return render(request, "hotlists/entry_step.html", context, status=code)


def _checked(request: HttpRequest, entry: Entry, version: EntryVersion, refusal: Unfit | None = None) -> HttpResponse:
    problems = refusal.fields if refusal else _problems(request, version)
    answers = [(step, [(LABELS[name], as_written(version, name)) for name in step.fields]) for step in STEPS]
    context = {
        "entry": entry, "version": version, "hotlist": entry.hotlist, "answers": answers, "refusal": refusal,
        "missing": [(step_of(field), label, words) for field, label, words in labelled(problems)],
        "alert_text": alerts.text(version),
        "may": policies.may_submit(request.user, version), "is_draft": version.status == EntryVersion.Status.DRAFT,
    }  # fmt: skip
    return render(request, "hotlists/entry_check.html", context, status=422 if refusal else 200)


def _problems(request: HttpRequest, version: EntryVersion) -> quality.Problems:
    return quality.problems(version, at=timezone.now(), by=request.user)


def _of(step: Step, problems: quality.Problems) -> list[tuple[str, str, str]]:
    return labelled({field: words for field, words in problems.items() if step_of(field) is step})


def _state(version: EntryVersion, step: Step, problems: quality.Problems) -> str:
    if step.slug not in version.steps_done:
        return "optional" if step.is_optional else "new"
    return "lacking" if _of(step, problems) else "done"


def _is_decided(version: EntryVersion) -> bool:
    return version.status not in (EntryVersion.Status.DRAFT, *EntryVersion.UNDECIDED)


def _compared(version: EntryVersion, facts: dict[str, Any], step: Step) -> list[tuple[str, Any, Any]]:
    """(label, as it stands now, as this person typed it) for each answer of the step that differs."""
    typed = EntryVersion(**{name: value for name, value in facts.items() if name in LABELS})
    both = [(LABELS[name], as_written(version, name), as_written(typed, name)) for name in step.fields if name in facts]
    return [row for row in both if row[1] != row[2]]
