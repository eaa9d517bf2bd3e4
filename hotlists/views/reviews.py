"""Pages on which entries are reviewed: the queue, one review after the other, and an extension."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.policies import holds
from hotlists import actions, policies
from hotlists.forms import ExtendForm, ReviewForm, ReviewQueueForm
from hotlists.models import Entry, SavedFilter
from hotlists.reviewing import due_reviews
from hotlists.story import scope_of
from hotlists.tallies import since_last_review
from hotlists.views.filters import chosen_in, opens_with, saved_filters
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import first_denial, require
from portal.typed import keeps_typed, restored, signature

PAGE = 50


@require_GET
def review_queue(request: HttpRequest) -> HttpResponse:
    """What is to be reviewed, the longest overdue first; each is reviewed on its own."""
    require(holds(request.user, "hotlists.review_entry"))
    if away := opens_with(request, SavedFilter.Page.REVIEWS):
        return redirect(away)
    form, due = _queue(request)
    shown = due.with_latest_version().prefetch_related("reviews", "versions__contributions")
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    actions.look_at_entries(page.object_list, by=request.user, where="the review queue")
    rows = [(entry, policies.may_review(request.user, entry)) for entry in page]
    kept = _kept(form)
    first = next((entry for entry, may in rows if may), None)
    context = {
        "form": form, "page": page, "rows": rows, "now": timezone.now(), "kept": kept, "first": first,
        "saved": saved_filters(request, SavedFilter.Page.REVIEWS, chosen_in(form)),
    }  # fmt: skip
    return render(request, "hotlists/review_queue.html", context)


@keeps_typed
@require_http_methods(["GET", "POST"])
def entry_review(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Looking again at one entry; whoever came from the queue goes on to the next."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).select_related("hotlist", "owner"), pk=pk)
    term = entry.terms.governing(timezone.now()).select_related("version").first()
    may = policies.may_review(request.user, entry)
    form = ReviewForm(request.POST or restored(request), term=term) if term else None
    queue = _place_in_queue(request, entry)
    if form and request.method == "POST" and form.is_valid():
        try:
            done = actions.review(entry, by=request.user, **form.answers)
            messages.success(request, f"Reviewed: {done.get_decision_display().split(':')[0].lower()}.")
            return redirect(queue["after"] if queue else reverse("entry_detail", args=[entry.pk]))
        except Unfit as refusal:
            put_problems(form, refusal)
    actions.open_entry(entry, by=request.user, justification="review")
    since = since_last_review(entry)
    context = {
        "entry": entry, "term": term, "form": form, "may": may, "queue": queue, "since": since, "now": timezone.now(),
        "typed_by": signature(request),
        "scope": scope_of(term, request.user) if term else None,
        "may_keep": policies.may_keep(request.user, since, at=timezone.now()),
        "earlier": entry.reviews.select_related("reviewed_by").order_by("-reviewed_at")[:3],
    }  # fmt: skip
    return render(request, "hotlists/entry_review.html", context)


@require_http_methods(["GET", "POST"])
def entry_extend(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A review and a later end in one: somebody else decides the new version (R-015)."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).select_related("hotlist"), pk=pk)
    term = entry.terms.governing(timezone.now()).select_related("version").first()
    form = ExtendForm(request.POST or None, term=term) if term else None
    if form and request.method == "POST" and form.is_valid():
        try:
            actions.extend(entry, by=request.user, **form.cleaned_data)
            messages.success(request, "Reviewed, and asked for. Somebody else decides the later end.")
            return redirect("entry_detail", entry.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    actions.open_entry(entry, by=request.user, justification="a later end")
    since, now = since_last_review(entry), timezone.now()
    may = first_denial(policies.may_extend(request.user, entry), policies.may_keep(request.user, since, at=now))
    context = {"entry": entry, "term": term, "form": form, "may": may, "since": since}
    return render(request, "hotlists/entry_extend.html", context)


def _queue(request: HttpRequest) -> tuple[ReviewQueueForm, QuerySet[Entry]]:
    form = ReviewQueueForm(request.GET or None, user=request.user)
    chosen = form.cleaned_data if form.is_valid() else {}
    due = due_reviews(
        request.user, timezone.now(), show=chosen.get("show", ""), hotlist=chosen.get("hotlist"),
        is_mine=chosen.get("whose") == "mine",
    )  # fmt: skip
    return form, due


def _kept(form: ReviewQueueForm) -> str:
    """The filters as a query, so that the next review is of the same queue."""
    chosen = form.data if form.is_bound else {}
    return urlencode({"queue": "1"} | {name: chosen[name] for name in form.fields if chosen.get(name)})


def _place_in_queue(request: HttpRequest, entry: Entry) -> dict[str, Any] | None:
    """How far along the queue this entry is, and where to go after it; None for who did not come from the queue."""
    if "queue" not in request.GET:
        return None
    form, due = _queue(request)
    keys = list(due.values_list("pk", flat=True))
    here = keys.index(entry.pk) if entry.pk in keys else -1
    kept = _kept(form)
    after = keys[here + 1] if here + 1 < len(keys) else None
    address = f"{reverse('entry_review', args=[after])}?{kept}" if after else f"{reverse('review_queue')}?{kept}"
    return {"number": here + 1, "of": len(keys), "after": address, "is_last": after is None}
