"""Pages of the self-assessment under the camera code, and the one that the public reads."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from camera_sites import actions, policies
from camera_sites.actions.self_assessments import ANSWERED, SUMMARISED, digest_of
from camera_sites.as_read import Overtaken, print_of
from camera_sites.code_principles import PRINCIPLES, known_of
from camera_sites.code_story import as_published, chapters_of, state_of_code
from camera_sites.forms.as_read import put_overtaken
from camera_sites.forms.self_assessments import AnswerForm, BeginForm, CloseGapForm, GapForm, SignForm, SummaryForm
from camera_sites.models import CodeGap, SelfAssessment
from camera_sites.story import log_of
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import Verdict, require

PAGE = 50
PEOPLE = ("begun_by", "signed_by", "published_by")


@require_GET
def code_list(request: HttpRequest) -> HttpResponse:
    """Self-assessments, the newest first, and what is open of their action plans."""
    require(policies.may_open_registry(request.user))
    now = timezone.now()
    found = SelfAssessment.objects.visible_to(request.user).select_related(*PEOPLE)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    gaps = CodeGap.objects.open().select_related("owner", "answer__assessment")
    context = {
        "page": page, "rows": [(one, state_of_code(one, now)) for one in page.object_list], "gaps": gaps[:PAGE],
        "may_write": policies.may_write_self_assessment(request.user), "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, "camera_sites/code_list.html", context)


@require_http_methods(["GET", "POST"])
def code_new(request: HttpRequest) -> HttpResponse:
    """Beginning one."""
    require(policies.may_write_self_assessment(request.user))
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            begun = actions.begin_self_assessment(by=request.user, **form.cleaned_data)
            messages.success(request, "Begun. Every principle stands as it was signed last, or as the portal knows it.")
            return redirect("code_detail", begun.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    words = {"title": "Begin a self-assessment", "button": "Begin it", "lead": "The twelve principles of the Surveillance Camera "
             "Code, answered by one person and signed by another. It stands for a year."}  # fmt: skip
    return render(request, "camera_sites/code_act.html", {"form": form, "may": True, **words}, status=_status(form))


@require_GET
def code_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One self-assessment from top to bottom."""
    assessment, now = _assessment(request, pk), timezone.now()
    context = {
        "assessment": assessment, "state": state_of_code(assessment, now), "chapters": chapters_of(assessment, now),
        "is_draft": assessment.status == SelfAssessment.Status.DRAFT, "today": timezone.localdate(),
        "may_write": policies.may_write_self_assessment(request.user), "events": log_of("camera_sites.selfassessment", pk, request.user),
        "may_sign": policies.may_sign_self_assessment(request.user, assessment),
        "may_publish": policies.may_publish_self_assessment(request.user, assessment),
        "is_ready": SelfAssessment.objects.ready_to_sign().filter(pk=pk).exists(), "user_pk": request.user.pk,
    }  # fmt: skip
    return render(request, "camera_sites/code_detail.html", context)


@require_http_methods(["GET", "POST"])
def code_principle(request: HttpRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """Answering one principle."""
    assessment = _assessment(request, pk)
    answer = get_object_or_404(assessment.answers, principle=number)
    name, explanation = PRINCIPLES[number]
    return _act(
        request, assessment, AnswerForm,
        lambda data: actions.answer_principle(assessment, number, by=request.user, **data),
        policies.may_write_self_assessment(request.user), title=f"{number}. {name}", lead=explanation, button="Save this answer",
        done=f"Principle {number} is answered.", facts=known_of(number, timezone.now()),
        initial={"compliance": answer.compliance, "statement": answer.statement, "evidence": "\n".join(answer.evidence),
                 "as_read": print_of(answer, ANSWERED)},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def code_summary(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Writing the summary."""
    assessment = _assessment(request, pk)
    return _act(
        request, assessment, SummaryForm, lambda data: actions.summarise(assessment, by=request.user, **data),
        policies.may_write_self_assessment(request.user), title="Summary", lead="What the public reads first.",
        button="Save the summary", done="Saved.",
        initial={"summary": assessment.summary, "as_read": print_of(assessment, SUMMARISED)},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def code_gap(request: HttpRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """Adding a gap."""
    assessment = _assessment(request, pk)
    get_object_or_404(assessment.answers, principle=number)
    return _act(
        request, assessment, GapForm, lambda data: actions.add_gap(assessment, number, by=request.user, **data),
        policies.may_write_self_assessment(request.user), title=f"Add a gap to principle {number}", button="Add it", done="Added.",
        lead=f"{PRINCIPLES[number][0]}. What keeps it from being kept in full, and what is done about it.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def code_gap_drop(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Taking a gap out of a draft."""
    gap = _gap(request, pk)
    return _act(
        request, gap.answer.assessment, forms.Form, lambda data: actions.drop_gap(gap, by=request.user),
        policies.may_write_self_assessment(request.user), title="Take this gap out", lead=gap.words, button="Take it out",
        kind="warning", done="Taken out.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def code_gap_close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Saying that what was promised was done."""
    gap = _gap(request, pk)
    return _act(
        request, gap.answer.assessment, CloseGapForm, lambda data: actions.close_gap(gap, by=request.user, **data),
        policies.may_close_gap(request.user, gap), title="Close this gap", lead=f"{gap.words} What was to be done: {gap.action}",
        button="Close it", done="Closed.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def code_sign(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Signing exactly what was read."""
    assessment = _assessment(request, pk)
    return _act(
        request, assessment, SignForm, lambda data: actions.sign_self_assessment(assessment, by=request.user, **data),
        policies.may_sign_self_assessment(request.user, assessment), title="Sign this self-assessment", button="Sign it",
        lead="You have read every answer, its gaps and what is done about them. Signed, it is never altered; it stands for a year.",
        done="Signed. It can be published now.", initial={"digest": digest_of(assessment)},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def code_publish(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Letting the public read it."""
    assessment = _assessment(request, pk)
    return _act(
        request, assessment, forms.Form, lambda data: actions.publish_self_assessment(assessment, by=request.user),
        policies.may_publish_self_assessment(request.user, assessment), title="Publish this self-assessment", button="Publish it",
        lead="Everybody may read the answers and the action plan. Evidence, names and what the portal counted stay here.",
        done="Published.",
    )  # fmt: skip


@login_not_required
@require_GET
def code_public(request: HttpRequest) -> HttpResponse:
    """The newest that was published, for everybody."""
    published = SelfAssessment.objects.published().first()
    context = {"told": as_published(published) if published else None}
    return render(request, "camera_sites/code_public.html", context)


@login_not_required
@require_GET
def code_public_json(request: HttpRequest) -> HttpResponse:
    """The same for programs."""
    published = SelfAssessment.objects.published().first()
    if published is None:
        raise Http404
    return JsonResponse(as_published(published))


def _act(
    request: HttpRequest, assessment: SelfAssessment, form_class: type[forms.BaseForm], act: Callable[[dict[str, Any]], object],
    may: Verdict, *, done: str, initial: dict[str, Any] | None = None, **words: Any,
) -> HttpResponse:  # fmt: skip
    """A page that does one thing; nothing typed is lost when it is refused."""
    form = form_class(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
            messages.success(request, done)
            return redirect("code_detail", assessment.pk)
        except Overtaken as late:
            put_overtaken(form, late)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"assessment": assessment, "form": form, "may": may, **words}
    return render(request, "camera_sites/code_act.html", context, status=_status(form))


def _assessment(request: HttpRequest, pk: uuid.UUID) -> SelfAssessment:
    return get_object_or_404(SelfAssessment.objects.visible_to(request.user).select_related(*PEOPLE), pk=pk)


def _gap(request: HttpRequest, pk: uuid.UUID) -> CodeGap:
    seen = SelfAssessment.objects.visible_to(request.user)
    return get_object_or_404(
        CodeGap.objects.filter(answer__assessment__in=seen).select_related("answer__assessment"), pk=pk
    )


def _status(form: forms.BaseForm) -> int:
    return 422 if form.is_bound and form.errors else 200
