"""Pages of what a source has to be reminded of, and of how long lists took to let go."""

import csv
import datetime as dt
import io
from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from hotlists import actions, policies
from hotlists.actions.exceptions import has_life_cycle
from hotlists.feeds.life_cycle import LifeCycle
from hotlists.latency import all_removals, removals
from hotlists.models import FeedRow, Hotlist, SourceAgreement
from hotlists.views.loads import feed_of
from portal.policies import require
from portal.spreadsheets import harmless
from portal.streaming import stream
from standards.models import StandardsProfile

PAGE = 50


@require_GET
def reminder_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Reports that the source had to confirm by now, the oldest first; and whether a load is late. Looking is recorded."""
    hotlist = feed_of(request, slug)
    require(policies.may_tell_source(request.user, hotlist))
    now = timezone.now()
    profile = StandardsProfile.objects.in_force(now)
    rule = LifeCycle.of(profile)
    is_alive = has_life_cycle(hotlist, now)
    rows = FeedRow.objects.filter(hotlist=hotlist).to_confirm(rule, now) if is_alive else FeedRow.objects.none()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    actions.look_at_reminders(hotlist, page.object_list, by=request.user)
    context = {
        "hotlist": hotlist, "page": page, "rule": rule, "has_life_cycle": is_alive, "remind_from": now - rule.reminder,
        "late_since": late_since(hotlist, now), "most": profile.number("export.most"),
        "stale_at": Hotlist.objects.with_lapse(now).values_list("stale_at", flat=True).get(pk=hotlist.pk), "now": now,
    }  # fmt: skip
    return render(request, "hotlists/reminder_list.html", context)


@require_GET
def reminder_file(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The same as CSV to send. Taking it is recorded."""
    hotlist = feed_of(request, slug)
    taken = actions.take_reminders(hotlist, by=request.user)
    response = stream(request, _as_csv(taken), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="to-remind-the-source-{hotlist.slug}.csv"'
    return response


@require_GET
def removal_list(request: HttpRequest) -> HttpResponse:
    """How long lists took to let go, by month and list (R-024). It names no vehicle."""
    require(policies.may_see_removals(request.user))
    now = timezone.now()
    aim = dt.timedelta(hours=StandardsProfile.objects.in_force(now).number("removal.target"))
    slug = request.GET.get("list", "")[:60].replace("\0", "")
    context = {
        "rows": removals(request.user, now, aim, hotlist=slug), "total": all_removals(request.user, now, aim, hotlist=slug),
        "aim": aim, "hotlist": Hotlist.objects.visible_to(request.user).filter(slug=slug).first() if slug else None,
    }  # fmt: skip
    return render(request, "hotlists/removal_list.html", context)


def late_since(hotlist: Hotlist, now: dt.datetime) -> dt.datetime | None:
    """Since when a load is overdue by the agreement; None when none is."""
    agreement = SourceAgreement.objects.governing(now).filter(hotlist=hotlist).order_by("-from_at").first()
    last = Hotlist.objects.with_lapse(now).values_list("last_loaded_at", flat=True).get(pk=hotlist.pk)
    if agreement is None or not agreement.refresh_hours or last is None:
        return None
    due = last + dt.timedelta(hours=agreement.refresh_hours)
    return due if due < now else None


def _as_csv(rows: list[FeedRow]) -> Iterator[bytes]:
    yield _line("country", "plate", "reference", "reported", "weeded unless confirmed by")
    for row in rows:
        reported = row.reported_at.isoformat(timespec="seconds") if row.reported_at else ""
        yield _line(row.country, row.vrm, row.ref, reported, row.expires_at.isoformat(timespec="seconds"))


def _line(*cells: str) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(map(harmless, cells))
    return out.getvalue().encode()
