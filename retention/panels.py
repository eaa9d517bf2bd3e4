"""What retention shows on the pages of records that can be held."""

from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string

from retention import policies
from retention.models import LegalHold
from retention.schedule import BY_LABEL


def holds(request: HttpRequest, thing: models.Model) -> str:
    """Whether this record is held and why, and where to hold it. Nothing to those who may do neither."""
    may_place = policies.may_place_hold(request.user, thing)
    found = LegalHold.objects.open().on(thing)
    through = [getattr(thing, name) for name in BY_LABEL[thing._meta.label].held_through]
    for other in filter(None, through):
        found |= LegalHold.objects.open().on(other)
    found = found.select_related("owner", "under").order_by("placed_at")
    if not found and not may_place:
        return ""
    context = {
        "holds": found, "thing": thing, "label": thing._meta.label, "may_place": may_place,
        "may_open": policies.may_see_holds(request.user),
    }  # fmt: skip
    return render_to_string("retention/_holds_panel.html", context, request)
