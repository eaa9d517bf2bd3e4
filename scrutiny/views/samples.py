"""Pages of the monthly samples."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from scrutiny import actions, policies
from scrutiny.drawing import undrawn_months
from scrutiny.forms.samples import ASKED, AnswerForm, DrawForm
from scrutiny.models import Sample, SampleItem
from scrutiny.told import tell_acts

PAGE = 50


@require_http_methods(["GET", "POST"])
def sample_list(request: HttpRequest) -> HttpResponse:
    """Samples with how far each is; drawing one by hand."""
    require(policies.may_see_samples(request.user))
    form = DrawForm(request.POST or None, months=undrawn_months(timezone.now()))
    if request.method == "POST" and form.is_valid():
        sample = actions.draw_sample(by=request.user, **form.cleaned_data)
        messages.success(request, f"Drawn: {sample.items.count()} items.")
        return redirect("sample_detail", sample.pk)
    page = Paginator(Sample.objects.with_progress(), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "now": timezone.now(), "may_draw": policies.may_draw(request.user)}
    return render(request, "scrutiny/sample_list.html", context)


@require_GET
def sample_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One month's items, those that wait first."""
    require(policies.may_see_samples(request.user))
    sample = get_object_or_404(Sample.objects.with_progress().select_related("profile"), pk=pk)
    show = request.GET.get("show", "waiting")
    found = sample.items.prefetch_related("answers__answered_by")
    page = Paginator(found if show == "all" else found.unanswered(), PAGE).get_page(request.GET.get("page"))
    context = {"sample": sample, "page": page, "show": show, "now": timezone.now(), "me": request.user.pk}
    return render(request, "scrutiny/sample_detail.html", context)


@require_http_methods(["GET", "POST"])
def item_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One sampled act and its answers; working it. Opening it is recorded."""
    require(policies.may_see_samples(request.user))
    item = get_object_or_404(SampleItem.objects.select_related("sample"), pk=pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer = actions.answer_item(item, by=request.user, **form.cleaned_data)
            messages.success(request, "Written down, and a finding is open." if answer.finding_id else "Written down.")
            waiting = item.sample.items.unanswered().workable_by(request.user).first()
            return redirect("item_detail", waiting.pk) if waiting else redirect("sample_detail", item.sample_id)
        except Unfit as refusal:
            put_problems(form, refusal)
    actions.open_item(item, by=request.user)
    answers = list(item.answers.select_related("answered_by", "finding"))
    context = {
        "item": item, "form": form, "acts": tell_acts(item.subject_label, [item.subject_id]), "answers": answers,
        "asked": {name: label for name, (label, _) in ASKED.items()}, "may": policies.may_answer(request.user, item),
        "left": item.sample.items.unanswered().count(),
    }  # fmt: skip
    return render(request, "scrutiny/item_detail.html", context)
