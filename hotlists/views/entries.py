"""Pages on which entries are read."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.reasons import standing
from audit.models import Event
from audit.sentences import tell
from hotlists import actions, quality
from hotlists.models import Entry, EntryVersion
from hotlists.steps import labelled
from hotlists.story import story_of


@require_GET
def entry_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One entry, told from top to bottom. Opening it is recorded."""
    entry = actions.open_entry(_entry(request, pk), by=request.user)
    context = story_of(entry, request.user, timezone.now())
    context["reason"] = standing(request.user)
    context["events"] = tell(Event.objects.about("hotlists.entry", entry.pk).outside_findings().newest_first()[:50])
    version = context["latest"]
    if version.status == EntryVersion.Status.DRAFT:
        context["missing"] = labelled(quality.problems(version, at=timezone.now(), by=request.user))
    return render(request, "hotlists/entry_detail.html", context)


def _entry(request: HttpRequest, pk: uuid.UUID) -> Entry:
    return get_object_or_404(Entry.objects.visible_to(request.user).select_related("hotlist", "owner"), pk=pk)
