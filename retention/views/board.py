"""The overview of retention, and taking stock for it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from portal.policies import require
from retention import actions, board, policies
from retention.models import PeriodChange
from retention.names import name_of


@require_GET
def retention_board(request: HttpRequest) -> HttpResponse:
    """How old everything is against its limit, what is late, due and held, the disk over time, the last runs."""
    require(policies.may_see_runs(request.user))
    taken = board.newest()
    waiting = PeriodChange.objects.waiting().select_related("proposed_by")
    context = {
        "taken": taken, "now": timezone.now(), "held": board.held(), "runs": board.runs(),
        "may_preview": policies.may_preview(request.user), "limit": board.LIMIT,
        "waiting": [(change, name_of(change.label)) for change in waiting],
    }  # fmt: skip
    if taken:
        context |= {
            "standings": board.standings(taken), "without_age": board.without_age(taken), "unanswered": board.unanswered(taken),
            "falling_due": board.falling_due(taken), "disk": board.disk(taken),
        }  # fmt: skip
    return render(request, "retention/board.html", context)


@require_POST
def stock_take(request: HttpRequest) -> HttpResponse:
    """Looking again, now."""
    actions.take_stock(by=request.user)
    messages.success(request, "Looked at everything again. Nothing was erased.")
    return redirect("retention_board")
