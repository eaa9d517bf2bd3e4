"""What the public is told of each year that somebody stood for (R-067): the statement and its figures, and nobody's name."""

import datetime as dt
from typing import Any

from scrutiny.models import Certificate
from standards.models import StandardsProfile

MOST_YEARS = 20  # of signed areas shown, the newest first

_FIGURES = (
    ("Acts in the months sampled", lambda told: told["population"]),
    ("Drawn by lot and looked at", lambda told: told["sampled"] - told["unanswered"]),
    ("Sampled acts with something wrong", lambda told: told["bad"]),
    ("Signs of misuse found by program", lambda told: sum(told["signals"].values())),
    ("Of these, taken up", lambda told: told["signals"]["taken_up"]),
    ("Findings", lambda told: told["findings"]),
    ("Findings put right, as another person tested", lambda told: told["mended"]),
    ("Findings not put right yet", lambda told: told["open"] + told["to_test"]),
    ("People with access", lambda told: told["people"]),
    ("Of these, with lapsed training", lambda told: told["untrained"]),
)


def certified(at: dt.datetime) -> list[dict[str, Any]]:
    """Each signed year of each area as JSON can hold it; None is a number too small to show (R-138)."""
    least = StandardsProfile.objects.in_force(at).number("public.suppress")
    return [
        {
            "year": one.year, "area": one.get_area_display(), "policy": one.policy, "violations": one.violations,
            "signed_on": one.signed_at.date().isoformat(), "months": len(one.figures["months"]),
            "rows": [(label, _shown(count(one.figures), least)) for label, count in _FIGURES],
        }
        for one in Certificate.objects.order_by("-year", "area")[:MOST_YEARS]
    ]  # fmt: skip


def _shown(count: int, least: int) -> int | None:
    return count if count == 0 or count >= least else None
