"""Pages of the schedule and of its periods: what governs, its versions, making it shorter or longer."""

import uuid
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.errors import TooLate, Unfit
from portal.forms import put_problems
from portal.policies import require
from retention import actions, policies
from retention.forms import HoldReasonForm, PeriodForm
from retention.models import PeriodChange
from retention.names import name_of
from retention.periods import lists_of, rule_at, schedule_at
from retention.rules import Fate
from retention.schedule import BY_LABEL, children_of


@require_GET
def schedule(request: HttpRequest) -> HttpResponse:
    """How long every kind of record lives, and why."""
    require(policies.may_see_runs(request.user))
    own = [rule for rule in schedule_at(timezone.now()) if rule.fate != Fate.WITH]
    lines = [
        {
            "name": ", ".join(name_of(rule.label) for rule in alike),
            "rule": alike[0],
            "with_it": [name_of(child.label) for rule in alike for child in children_of(rule)],
            "kept_by": list(dict.fromkeys(name_of(kept.rpartition(".")[0]) for kept in alike[0].blocked_by)),
        }
        for alike in (list(group) for _, group in groupby(own, key=_alike))
    ]
    waiting = [
        (change, name_of(change.label)) for change in PeriodChange.objects.waiting().select_related("proposed_by")
    ]
    return render(request, "retention/schedule.html", {"lines": lines, "waiting": waiting})


@require_http_methods(["GET", "POST"])
def period_change(request: HttpRequest, label: str) -> HttpResponse:
    """One kind of record: what governs it, every version there was, and changing it."""
    require(policies.may_see_runs(request.user))
    if label not in BY_LABEL or not BY_LABEL[label].can_change:
        raise Http404
    rule, may = rule_at(label, timezone.now()), policies.may_change_periods(request.user)
    lists = lists_of(rule).order_by("title") if may else []
    form = PeriodForm(request.POST or None, lists=[(str(hotlist.pk), str(hotlist)) for hotlist in lists])
    if request.method == "POST" and form.is_valid():
        try:
            change = actions.change_period(label, by=request.user, **form.cleaned_data)
        except Unfit as refusal:
            put_problems(form, refusal)
        except TooLate as refusal:  # nothing typed is lost
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, "Proposed. The other office decides." if change.is_longer else "In force from now on."
            )
            return redirect("period_change", label)
    changes = PeriodChange.objects.filter(label=label).select_related("proposed_by", "decided_by")
    names = {change.list_id: change.list_name for change in changes if change.list_id}
    context = {
        "rule": rule, "name": name_of(label), "may": may, "form": form, "delivered": BY_LABEL[label], "changes": changes,
        "shorter": [(names.get(key, ""), months) for key, months in rule.shorter],
    }  # fmt: skip
    return render(request, "retention/period_change.html", context)


@require_http_methods(["GET", "POST"])
def period_decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The other office's yes or no; POST is the no, with its reason."""
    require(policies.may_see_runs(request.user))
    change = get_object_or_404(PeriodChange.objects.select_related("proposed_by", "decided_by"), pk=pk)
    form = HoldReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.decline_period(change, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, "Declined. The period stays as it is.")
        return redirect("period_change", change.label)
    context = {
        "change": change, "name": name_of(change.label), "form": form,
        "may": policies.may_decide_period(request.user, change),
        "may_decline": policies.may_decline_period(request.user, change),
    }  # fmt: skip
    return render(request, "retention/period_decide.html", context)


@require_POST
def period_agree(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The yes."""
    change = actions.agree_period(get_object_or_404(PeriodChange, pk=pk), by=request.user)
    messages.success(request, "Agreed. The longer period is in force from now on.")
    return redirect("period_change", change.label)


def _alike(rule: Any) -> object:
    """Kinds that are kept for one reason stand in one line."""
    return (rule.words, rule.basis) if rule.fate == Fate.KEEP else rule.label
