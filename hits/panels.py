"""What this room shows on other rooms' pages."""

from django.db.models import Count
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
    ended = hits.exclude(closed_at=None).values_list("outcome__decision").annotate(n=Count("pk")).order_by("-n")
    shown = hits.with_urgency(now, Limits.in_force(now)).with_story().order_by("-pk")[:10]
    context = {
        "hits": shown, "count": hits.count(), "open_count": hits.open().count(), "ended": list(ended),
        "may_see": policies.may_see(request.user), "outcome_words": dict(Outcome.Decision.choices),
    }  # fmt: skip
    return render_to_string("hits/_entry_panel.html", context, request=request)
