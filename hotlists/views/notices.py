"""What the data protection officer is told of, and what the officer answers (R-027)."""

import datetime as dt
import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from hotlists import actions, policies
from hotlists.actions.notices import kinds_of
from hotlists.forms.declared import AnswerForm
from hotlists.models import Decision, Notice
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from standards.models import StandardsProfile

PAGE = 50


@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """Notices, the longest-waiting first. It names no plate: a notice does."""
    require(policies.may_see_notices(request.user))
    show, now = request.GET.get("show", "waiting"), timezone.now()
    found = Notice.objects.select_related("version__entry__hotlist", "raised_by", "answer__answered_by")
    waiting = found.waiting().order_by("raised_at")
    page = Paginator(found if show == "all" else waiting, PAGE).get_page(request.GET.get("page"))
    days = StandardsProfile.objects.in_force(now).number("notice.answer")
    rows = [(notice, kinds_of(notice.version)) for notice in page]
    context = {
        "page": page,
        "rows": rows,
        "show": show,
        "count": waiting.count(),
        "late_since": now - dt.timedelta(days=days),
    }
    return render(request, "hotlists/notice_list.html", context)


@require_http_methods(["GET", "POST"])
def notice_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One notice: what is asked for, why, who decided; and the officer's answer. Opening it is recorded."""
    require(policies.may_see_notices(request.user))
    found = Notice.objects.select_related("version__entry__hotlist", "raised_by", "answer__answered_by")
    notice = get_object_or_404(found, pk=pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_notice(notice, by=request.user, **form.cleaned_data)
            messages.success(request, "Acknowledged. Nothing waited for it: to stop the entry, dispute it.")
            return redirect("notice_list")
        except Unfit as refusal:
            put_problems(form, refusal)
    actions.open_notice(notice, by=request.user)
    version = notice.version
    context = {
        "notice": notice, "version": version, "entry": version.entry, "kinds": kinds_of(version), "form": form,
        "decisions": Decision.objects.filter(version=version).open_to(request.user).select_related("decided_by"),
        "may": policies.may_answer_notice(request.user, notice),
        "sees_entry": policies.sees(request.user, version.entry.hotlist),
        "needed": policies.deciders_needed(version),
    }  # fmt: skip
    return render(request, "hotlists/notice_detail.html", context)
