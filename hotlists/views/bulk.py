"""Pages of bulk work: uploading a file of entries, changing several at once, looking before drafts are written, undoing."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from hotlists import actions, policies
from hotlists.actions.limits import daily_number, submitted_today
from hotlists.bulk import reading
from hotlists.bulk.columns import COLUMNS, NEEDED
from hotlists.forms.bulk import AskReleaseForm, BulkChangeForm, BulkPassOnForm, EntriesFileForm
from hotlists.models import Bulk, Entry, EntryVersion, Hotlist, Release
from portal.errors import Refusal, Unfit
from portal.forms import put_problems
from portal.policies import require

PAGE = 50


@require_GET
def entries_template(request: HttpRequest) -> HttpResponse:
    """The headings of a file of entries."""
    response = HttpResponse(reading.template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="entries-template.csv"'
    return response


@require_http_methods(["GET", "POST"])
def entries_upload(request: HttpRequest, slug: str) -> HttpResponse:
    """A file of new entries: every problem is shown before anything is written."""
    hotlist = _list(request, slug)
    require(policies.may_write(request.user, hotlist))
    form = EntriesFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = file.read(reading.LARGEST + 1)
            bulk = actions.upload_entries(hotlist, by=request.user, content=content, file_name=file.name)
            return redirect("bulk_detail", bulk.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"form": form, "hotlist": hotlist, "columns": list(COLUMNS), "needed": NEEDED}
    return render(request, "hotlists/entries_upload.html", context)


@require_http_methods(["GET", "POST"])
def entries_choose(request: HttpRequest, slug: str) -> HttpResponse:
    """Choosing entries to change at once, page by page: what was chosen on one page is kept while one looks at others."""
    hotlist = _list(request, slug)
    require(policies.may_write(request.user, hotlist))
    now = timezone.now()
    entries = Entry.objects.filter(hotlist=hotlist, withdrawn_at=None)
    if request.method == "POST":
        try:
            return _chosen(request, hotlist, entries)
        except Unfit as refusal:
            messages.error(request, str(refusal))
    page = Paginator(entries.order_by("-id"), PAGE).get_page(request.GET.get("page"))
    bulk = Bulk.objects.filter(hotlist=hotlist, made_by=request.user, status=Bulk.Status.CHOOSING).first()
    keys = [entry.pk for entry in page.object_list]
    context = {
        "hotlist": hotlist, "page": page,
        "entries": Entry.objects.filter(pk__in=keys).with_latest_version().with_force(now).order_by("-id"),
        "chosen": set(bulk.rows.values_list("entry_id", flat=True)) if bulk else set(), "count": page.paginator.count,
    }  # fmt: skip
    return render(request, "hotlists/entries_choose.html", context)


def _chosen(request: HttpRequest, hotlist: Hotlist, entries) -> HttpResponse:
    shown, ticked = _keys(request.POST.getlist("shown")), _keys(request.POST.getlist("entry"))
    act = request.POST.get("act", "keep")
    if act == "all":
        ticked, shown = set(entries.values_list("pk", flat=True)), set()
    if act == "none":
        ticked, shown = set(), set(entries.values_list("pk", flat=True))
    bulk = actions.choose_entries(hotlist, by=request.user, add=ticked, drop=shown - ticked)
    if act == "owner":
        return redirect("bulk_owner", bulk.pk)
    if act == "next":
        return redirect("bulk_change", bulk.pk)
    messages.success(request, f"{bulk.rows.count()} chosen.")
    return redirect(request.get_full_path())


@require_http_methods(["GET", "POST"])
def bulk_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What changes of the chosen entries."""
    bulk = _bulk(request, pk)
    form = BulkChangeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.plan_change(bulk, by=request.user, changes=form.cleaned_data)
            return redirect("bulk_detail", pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"form": form, "bulk": bulk, "hotlist": bulk.hotlist, "count": bulk.rows.count()}
    return render(request, "hotlists/bulk_change.html", context)


@require_http_methods(["GET", "POST"])
def bulk_owner(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Who answers for the chosen entries from now on."""
    bulk = _bulk(request, pk)
    form = BulkPassOnForm(request.POST or None, hotlist=bulk.hotlist)
    if request.method == "POST" and form.is_valid():
        try:
            actions.plan_passing_on(bulk, by=request.user, **form.cleaned_data)
            return redirect("bulk_detail", pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"form": form, "bulk": bulk, "hotlist": bulk.hotlist, "count": bulk.rows.count()}
    return render(request, "hotlists/bulk_owner.html", context)


@require_GET
def bulk_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What a file or a change would do, row by row; how far its drafts are; what became of them."""
    bulk = _bulk(request, pk)
    return render(request, "hotlists/bulk_detail.html", _told(request, bulk) | {"ask": AskReleaseForm()})


@require_GET
def bulk_progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far the drafts are; the whole page again once they are there."""
    bulk = _bulk(request, pk)
    response = render(request, "hotlists/_bulk_progress.html", _told(request, bulk))
    if bulk.status != Bulk.Status.WORKING:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def bulk_start(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Writing the drafts of what has no problem, or passing it on."""
    return _acted(
        request,
        pk,
        actions.start_drafts,
        "The drafts are being written.",
        "Passed on. Each owner answers for theirs now.",
    )


@require_POST
def bulk_discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Dropping it; nothing was written."""
    return _acted(request, pk, actions.discard_bulk, "Discarded. Nothing was written.")


@require_POST
def bulk_undo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Deleting the drafts again, or giving back what was passed on."""
    return _acted(
        request,
        pk,
        actions.undo_bulk,
        "The drafts are deleted again, but for those that were changed or submitted since.",
        "Given back, but for what was passed on again or ended since.",
    )


@require_POST
def bulk_ask(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asking the list manager to release the drafts that are left."""
    bulk = _bulk(request, pk)
    form = AskReleaseForm(request.POST)
    if not form.is_valid():
        return render(request, "hotlists/bulk_detail.html", _told(request, bulk) | {"ask": form}, status=422)
    drafts = _drafts(bulk).filter(release=None)
    try:
        asked = actions.ask_release(drafts, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"The list manager is asked to release {len(asked)}.")
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("bulk_detail", pk)


@require_GET
def bulk_problems(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The uploaded file with a column that says what is wrong with each row. Taking it is recorded."""
    bulk = _bulk(request, pk)
    content = "".join(actions.take_bulk_problems(bulk, by=request.user))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="entries-problems-{str(pk)[-8:]}.csv"'
    return response


def _acted(request: HttpRequest, pk: uuid.UUID, act, words: str, of_owners: str = "") -> HttpResponse:
    try:
        bulk = act(_bulk(request, pk), by=request.user)
        messages.success(request, of_owners if of_owners and bulk.kind == Bulk.Kind.OWNER else words)
    except Unfit as refusal:
        messages.error(request, str(refusal))
    return redirect("bulk_detail", pk)


def _told(request: HttpRequest, bulk: Bulk) -> dict:
    now = timezone.now()
    good, made = bulk.rows.filter(problems=[]).count(), bulk.rows.exclude(version_id=None).count()
    drafts = _drafts(bulk)
    left = max(daily_number(now) - submitted_today(request.user, now), 0)
    waiting = drafts.exclude(pk__in=Release.objects.standing().values("version")).count()
    rows = Paginator(bulk.rows.order_by("number"), PAGE).get_page(request.GET.get("page"))
    entries = Entry.objects.filter(pk__in=[row.entry_id for row in rows if row.entry_id]).with_latest_version()
    return {
        "bulk": bulk, "hotlist": bulk.hotlist, "rows": rows, "entries": {entry.pk: entry for entry in entries},
        "count": rows.paginator.count, "good": good, "bad": rows.paginator.count - good, "made": made,
        "passes": bulk.kind == Bulk.Kind.OWNER, "changes": _changes(bulk),
        "drafts": drafts.count(), "left": left, "over": max(waiting - left, 0),
        "released": Release.objects.standing().filter(version__in=drafts.values("pk")).count(),
    }  # fmt: skip


def _changes(bulk: Bulk) -> list[tuple[str, str]]:
    """What it changes, as people read it."""
    if bulk.kind != Bulk.Kind.OWNER:
        return list(bulk.changes.items())
    people = User.objects.filter(username__in=[bulk.changes["owner"], bulk.changes["deputy"]])
    names = {person.username: str(person) for person in people}
    owner, deputy = (names.get(bulk.changes[name], "") for name in ("owner", "deputy"))
    return [("New owner", owner), ("Deputy", deputy or "Nobody"), ("Why", bulk.changes["reason"])]


def _drafts(bulk: Bulk):
    made = [key for key in bulk.rows.values_list("version_id", flat=True) if key]
    return EntryVersion.objects.filter(pk__in=made, status=EntryVersion.Status.DRAFT)


def _bulk(request: HttpRequest, pk: uuid.UUID) -> Bulk:
    """One's own; somebody else's does not exist."""
    found = Bulk.objects.filter(made_by=request.user, hotlist__in=Hotlist.objects.visible_to(request.user))
    return get_object_or_404(found.select_related("hotlist"), pk=pk)


def _list(request: HttpRequest, slug: str) -> Hotlist:
    return get_object_or_404(Hotlist.objects.visible_to(request.user), slug=slug)


def _keys(given: list[str]) -> set[uuid.UUID]:
    found = set()
    for text in given:
        try:
            found.add(uuid.UUID(text))
        except ValueError:
            continue
    return found
