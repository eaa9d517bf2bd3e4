"""Pages of plates held back though their source lists them, of recoveries, and of what left a list and why."""

import csv
import io
import uuid
from collections.abc import Iterator

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hotlists import actions, policies
from hotlists.feeds.life_cycle import LifeCycle
from hotlists.forms import ReasonForm
from hotlists.forms.feeds import RecoveryForm
from hotlists.models import Departure, FeedException, FeedRow, Hotlist, SourceAgreement
from hotlists.views.loads import feed_of
from portal.errors import TooLate, Unfit
from portal.forms import put_problems
from portal.policies import require
from portal.spreadsheets import harmless
from portal.streaming import stream
from standards.models import StandardsProfile

PAGE = 50


@require_GET
def exception_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Plates held back, and what their source has to be told. Looking is recorded."""
    hotlist = feed_of(request, slug)
    require(policies.may_look_at_loads(request.user))
    held = (
        FeedException.objects.filter(hotlist=hotlist, to_at=None)
        .with_confirmation()
        .select_related("from_by", "from_machine", "told_by", "told_machine")
    )
    page = Paginator(held, PAGE).get_page(request.GET.get("page"))
    actions.look_at_exceptions(hotlist, page.object_list, by=request.user)
    context = {
        "hotlist": hotlist, "page": page, "untold": hotlist.feed_exceptions.untold().count(),
        "may_tell": policies.may_tell_source(request.user, hotlist),
        "may_record": policies.may_record_recovery(request.user, hotlist),
        "may_search": policies.may_search_rows(request.user),
    }  # fmt: skip
    return render(request, "hotlists/exception_list.html", context)


@require_GET
def exception_untold(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """What the source has to be told, as CSV to send. Taking it is recorded."""
    hotlist = feed_of(request, slug)
    untold = actions.take_untold(hotlist, by=request.user)
    response = stream(request, _as_csv(untold), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="to-tell-the-source-{hotlist.slug}.csv"'
    return response


@require_POST
def exception_told(request: HttpRequest, slug: str) -> HttpResponse:
    """The source knows of these now."""
    hotlist = feed_of(request, slug)
    ids = []
    for text in request.POST.getlist("exception"):
        try:
            ids.append(uuid.UUID(text))
        except ValueError:
            continue
    if not ids:
        messages.warning(request, "Choose the plates that the source was told of.")
    else:
        told = actions.mark_told(hotlist, ids, by=request.user)
        messages.success(request, f"Recorded: the source knows of {len(told)}.")
    return redirect("exception_list", slug)


@require_http_methods(["GET", "POST"])
def exception_lift(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Letting a row go again."""
    exceptions = (
        FeedException.objects.visible_to(request.user)
        .with_confirmation()
        .select_related("hotlist", "from_by", "from_machine", "from_load")
    )
    exception = get_object_or_404(exceptions, pk=pk)
    may = policies.may_lift(request.user, exception)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.lift(exception, by=request.user, **form.cleaned_data)
        messages.success(request, "Let go. Matchers look for it again within seconds.")
        return redirect("exception_list", exception.hotlist.slug)
    actions.look_at_exceptions(exception.hotlist, [exception], by=request.user)
    return render(request, "hotlists/exception_lift.html", {"form": form, "exception": exception, "may": may})


@require_http_methods(["GET", "POST"])
def recovery_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Recording that a listed vehicle was recovered."""
    hotlist = feed_of(request, slug)
    require(policies.may_record_recovery(request.user, hotlist))
    form = RecoveryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            actions.record_recovery(
                hotlist, by=request.user, country=given["country"], vrm=given["plate"], occurred=given["occurred"],
                reference=given["reference"],
            )  # fmt: skip
            messages.success(
                request, "Recorded. Matchers stop looking for it within seconds; its source has to be told."
            )
            return redirect("exception_list", slug)
        except TooLate as late:
            form.add_error("plate", str(late))
        except Unfit as refusal:
            put_problems(form, refusal)
    return render(request, "hotlists/recovery_form.html", {"form": form, "hotlist": hotlist})


@require_GET
def departure_list(request: HttpRequest, slug: str) -> HttpResponse:
    """What left a list, and why: dropped and weeded are not recovered (R-023). Looking is recorded."""
    hotlist = feed_of(request, slug)
    require(policies.may_look_at_departures(request.user))
    why = request.GET.get("why", "")
    departures = Departure.objects.filter(hotlist=hotlist)
    counts = dict(departures.order_by().values_list("why").annotate(Count("pk")))
    if why in Departure.Why.values:
        departures = departures.filter(why=why)
    page = Paginator(departures.select_related("load"), PAGE).get_page(request.GET.get("page"))
    actions.look_at_departures(hotlist, page.object_list, by=request.user)
    context = {
        "hotlist": hotlist, "page": page, "why": why,
        "counts": [(one, one.label, counts.get(one.value, 0)) for one in Departure.Why],
    }  # fmt: skip
    return render(request, "hotlists/departure_list.html", context)


def reports(hotlist: Hotlist, agreement: SourceAgreement | None) -> dict[str, object] | None:
    """How the reports of a list with a life cycle stand: what is to confirm, to be reminded of, about to be weeded."""
    if agreement is None or agreement.life_cycle == SourceAgreement.LifeCycle.NONE:
        return None
    now = timezone.now()
    rule = LifeCycle.of(StandardsProfile.objects.in_force(now))
    return {"rule": rule, **FeedRow.objects.filter(hotlist=hotlist).running(now).reports(rule, now)}


def _as_csv(exceptions: list[FeedException]) -> Iterator[bytes]:
    yield _line("id", "country", "plate", "what", "why", "since")
    for one in exceptions:
        since = one.from_at.isoformat(timespec="seconds")
        yield _line(str(one.pk), one.country, one.vrm, one.get_cause_display(), one.reason, since)


def _line(*cells: str) -> bytes:
    out = io.StringIO()
    # a cell that a spreadsheet would take for a formula is shown as words
    csv.writer(out).writerow(map(harmless, cells))
    return out.getvalue().encode()
