"""Releasing the public figures."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor
from audit.actions import record
from audit.verbs import Verb
from oversight.figures import figures
from oversight.models import TransparencyRelease


@transaction.atomic
def release_figures(*, by: Actor) -> TransparencyRelease | None:
    """A new release, or None when nothing changed since the last one."""
    now = timezone.now()
    found = figures(now)
    last = TransparencyRelease.objects.order_by("-released_at").first()
    counted = [
        figure for figure in found if figure["key"] != "log"
    ]  # releasing is an act too, and would change it each time
    if last is not None and [figure for figure in last.figures if figure["key"] != "log"] == _as_stored(counted):
        return None
    release = TransparencyRelease.objects.create(released_at=now, figures=found)
    record(Verb.FIGURES_RELEASED, target=release, by=by, count=len(found))
    return release


def _as_stored(figures: list[dict]) -> list[dict]:
    """As JSON gives them back: tuples are lists."""
    return [{**figure, "rows": [list(row) for row in figure["rows"]]} for figure in figures]
