"""Pages of warninglists: which there are, the next edition, the second person's yes; checking a plate; answering a refusal."""

import csv
import io
import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hotlists import actions, policies, warnings
from hotlists.forms.warninglists import PlateCheckForm, RefusalForm, WarninglistForm, WarninglistLoadForm, WhyForm
from hotlists.models import Entry, EntryVersion, Warninglist, WarninglistEdition
from portal.errors import TooLate, Unfit
from portal.forms import put_problems
from portal.policies import require

PAGE = 50


@require_GET
def warninglist_list(request: HttpRequest) -> HttpResponse:
    """All warninglists, those in use first."""
    require(policies.may_see_warninglists(request.user))
    found = Warninglist.objects.with_use().select_related("keeper").order_by("retired_at", "name")
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "may_begin": policies.may_begin_warninglist(request.user), "may_check": policies.may_check_plate(request.user),
    }  # fmt: skip
    return render(request, "hotlists/warninglist_list.html", context)


@require_http_methods(["GET", "POST"])
def warninglist_new(request: HttpRequest) -> HttpResponse:
    """Beginning one."""
    require(policies.may_begin_warninglist(request.user))
    form = WarninglistForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.begin_warninglist(by=request.user, **form.cleaned_data)
            messages.success(request, "Begun. It warns of nothing until you load a file and somebody else accepts it.")
            return redirect("warninglist_load", made.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    return render(request, "hotlists/warninglist_new.html", {"form": form})


@require_GET
def warninglist_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One warninglist: what is in use, what waits, what there was."""
    require(policies.may_see_warninglists(request.user))
    warninglist = get_object_or_404(Warninglist.objects.with_use().select_related("keeper", "retired_by"), pk=pk)
    editions = warninglist.editions.select_related("loaded_by", "accepted_by", "discarded_by")
    context = {
        "warninglist": warninglist, "page": Paginator(editions, PAGE).get_page(request.GET.get("page")),
        "current": editions.filter(pk=warninglist.edition_id).first(),
        "may_load": policies.may_load_warninglist(request.user, warninglist),
        "may_retire": policies.may_retire_warninglist(request.user, warninglist),
        "may_open": policies.may_open_edition(request.user),
    }  # fmt: skip
    return render(request, "hotlists/warninglist_detail.html", context)


@require_http_methods(["GET", "POST"])
def warninglist_load(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A file for the next edition."""
    warninglist = get_object_or_404(Warninglist, pk=pk)
    require(policies.may_load_warninglist(request.user, warninglist))
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = WarninglistLoadForm(*data, before=warninglist.editions.first())
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        file = said.pop("file")
        try:
            edition = actions.load_warninglist(
                warninglist, by=request.user, chunks=file.chunks(), file_name=file.name, **said
            )
            return redirect("warninglist_edition", edition.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
        except TooLate as late:
            form.add_error(None, str(late))
    context = {"form": form, "warninglist": warninglist}
    return render(request, "hotlists/warninglist_load.html", context, status=422 if form.errors else 200)


@require_GET
def warninglist_edition(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One edition: what it would change, its first plates, the rows left out. Looking at plates is recorded."""
    edition = _edition(pk)
    shown = actions.open_edition(edition, by=request.user)
    context = {
        "edition": edition, "warninglist": edition.warninglist, "shown": shown,
        "problems": Paginator(edition.problems.all(), PAGE).get_page(request.GET.get("page")),
        "uses": edition.uses.select_related("from_by", "to_by"),
        "may_accept": policies.may_accept_edition(request.user, edition),
        "may_discard": policies.may_discard_edition(request.user, edition),
        "may_bring_back": policies.may_bring_back(request.user, edition),
    }  # fmt: skip
    return render(request, "hotlists/warninglist_edition.html", context)


@require_POST
def edition_accept(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The second person's yes."""
    edition = actions.accept_edition(_edition(pk), by=request.user)
    messages.success(request, "Accepted. From now on authors are warned by it.")
    return redirect("warninglist_detail", edition.warninglist_id)


@require_POST
def edition_discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Throwing away what waits."""
    edition = actions.discard_edition(_edition(pk), by=request.user)
    messages.success(request, "Discarded, and its plates deleted. Nothing changed.")
    return redirect("warninglist_detail", edition.warninglist_id)


@require_http_methods(["GET", "POST"])
def edition_bring_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Undoing a later edition."""
    edition = _edition(pk)
    may = policies.may_bring_back(request.user, edition)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.bring_back_edition(edition, by=request.user, **form.cleaned_data)
        messages.success(request, f"Edition {edition.number} is in use again.")
        return redirect("warninglist_detail", edition.warninglist_id)
    return render(request, "hotlists/edition_bring_back.html", {"form": form, "edition": edition, "may": may})


@require_http_methods(["GET", "POST"])
def warninglist_retire(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ending a warninglist."""
    warninglist = get_object_or_404(Warninglist, pk=pk)
    may = policies.may_retire_warninglist(request.user, warninglist)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.retire_warninglist(warninglist, by=request.user, **form.cleaned_data)
        messages.success(request, "Retired. It warns of nothing any more.")
        return redirect("warninglist_detail", pk)
    context = {"form": form, "warninglist": warninglist, "may": may}
    return render(request, "hotlists/warninglist_retire.html", context)


@require_GET
def edition_problems(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The rows that were left out, with what is wrong with each. Taking them is recorded."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(actions.take_edition_problems(_edition(pk), by=request.user))
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="warninglist-problems-{str(pk)[-8:]}.csv"'
    return response


@require_http_methods(["GET", "POST"])
def warninglist_check(request: HttpRequest) -> HttpResponse:
    """Whether a plate is warned of. The plate is posted, so that no address holds it."""
    require(policies.may_check_plate(request.user))
    form = PlateCheckForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            _, found = actions.check_plate(given["plate"], given["country"], by=request.user)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"form": form, "found": found}
    return render(request, "hotlists/warninglist_check.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def refusal_answer(request: HttpRequest, pk: uuid.UUID, warninglist: uuid.UUID) -> HttpResponse:
    """Letting an entry name a plate that a warninglist refuses."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).select_related("hotlist"), pk=pk)
    version = entry.versions.latest("number")
    warned = next((one for one in _refusals(version) if one.edition.warninglist_id == warninglist), None)
    if warned is None:
        raise TooLate("This warninglist does not refuse the plate of this draft, or somebody has answered already.")
    if request.method == "GET":
        actions.open_entry(entry, by=request.user, justification="Let a refused plate through")
    form = RefusalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.answer_refusal(version, warned.edition.warninglist, by=request.user, **form.cleaned_data)
        messages.success(request, "Answered. The entry may name this plate now; somebody else still decides it.")
        return redirect("entry_detail", pk)
    context = {
        "form": form, "entry": entry, "version": version, "warned": warned,
        "may": policies.may_answer_refusal(request.user, version, warned.edition),
    }  # fmt: skip
    return render(request, "hotlists/refusal_answer.html", context)


def refusal_panel(request: HttpRequest, entry: Entry) -> str:
    """On an entry's page: which warninglists refuse the plate of its draft, and who let it through."""
    version = entry.latest_version
    refusals = _refusals(version) if version.status == EntryVersion.Status.DRAFT else []
    answers = entry.warninglist_answers.select_related("given_by", "warninglist")
    if not refusals and not answers:
        return ""
    acts = [(one, policies.may_answer_refusal(request.user, version, one.edition)) for one in refusals if one.edition]
    context = {"entry": entry, "refusals": acts, "answers": answers}
    return render_to_string("hotlists/_refusal_panel.html", context, request)


def _refusals(version: EntryVersion) -> list[warnings.Warned]:
    if not version.vrm:
        return []
    found = warnings.of(version.vrm, version.country, timezone.now())
    return warnings.refusing(found, version.vrm, version.country, version.entry_id)


def _edition(pk: uuid.UUID) -> WarninglistEdition:
    people = ("warninglist", "loaded_by", "accepted_by", "discarded_by")
    return get_object_or_404(WarninglistEdition.objects.select_related(*people), pk=pk)
