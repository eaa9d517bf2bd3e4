"""What this room shows on other rooms' pages."""

from django.db.models import Case, Count, When
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from hits import policies
from hits.limits import Limits
from hits.models import Hit, Outcome
from hotlists.models import Entry


def what_it_led_to(request: HttpRequest, entry: Entry) -> str:
    """On an entry's page: its hits and how they ended."""
    now = timezone.now()
    hits = Hit.objects.shown().filter(entry=entry)
    closed = Case(When(closed_at=None, then=False), default=True)
    counted = list(hits.order_by().values_list(closed, "outcome__decision").annotate(n=Count("pk")).order_by("-n"))
    count = sum(n for _, _, n in counted)
    shown = hits.with_urgency(now, Limits.in_force(now)).with_story().order_by("-pk")[:10] if count else []
    context = {
        "hits": shown, "count": count, "open_count": sum(n for is_closed, _, n in counted if not is_closed),
        "ended": [(decision, n) for is_closed, decision, n in counted if is_closed],
        "may_see": policies.may_see(request.user), "outcome_words": dict(Outcome.Decision.choices),
    }  # fmt: skip
    return render_to_string("hits/_entry_panel.html", context, request=request)
