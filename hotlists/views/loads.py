"""Pages on which a file is uploaded, watched while it is checked, and accepted or refused."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.models import Event
from audit.sentences import tell
from hotlists import actions, policies
from hotlists.actions.aftermath import only_tells_of_recoveries
from hotlists.actions.checking import progress
from hotlists.feeds import legacy
from hotlists.feeds.layouts import TABLES, summary
from hotlists.forms import AcceptForm, ReasonForm, UploadForm
from hotlists.models import Hotlist, Load, SourceAgreement, layout_of
from portal.errors import Refusal, Unfit
from portal.policies import Denied, Verdict, require
from portal.streaming import stream

PAGE = 50
PROBLEMS_A_PAGE = 25


@require_GET
def load_list(request: HttpRequest, slug: str) -> HttpResponse:
    """A feed's loads, newest first."""
    hotlist = feed_of(request, slug)
    require(policies.may_look_at_loads(request.user))
    page = Paginator(hotlist.loads.select_related("uploaded_by", "uploaded_machine"), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "hotlist": hotlist, "page": page, "now": timezone.now(), "may_load": may_upload(request, hotlist),
    }  # fmt: skip
    return render(request, "hotlists/load_list.html", context)


@require_http_methods(["GET", "POST"])
def load_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Uploading a file."""
    hotlist = feed_of(request, slug)
    require(policies.may_load(request.user, hotlist))
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            load = actions.receive(
                hotlist, by=request.user, chunks=given["file"].chunks(), file_name=given["file"].name,
                mode=given["mode"], encoding=given["encoding"],
            )  # fmt: skip
            return redirect("load_detail", load.pk)
        except Refusal as refusal:
            put_problems(form, refusal)
    profile = hotlist.import_profiles.governing(timezone.now()).first()
    layout = layout_of(profile)
    context = {
        "form": form, "hotlist": hotlist, "profile": profile, "layout": layout, "summary": summary(layout),
        "codes": legacy.tables(layout.codes), "tables": TABLES, "too_high": legacy.TOO_HIGH,
    }  # fmt: skip
    return render(request, "hotlists/load_form.html", context)


@require_GET
def load_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One load: how far it is, what it would change, what is wrong with it, and the decision."""
    return _detail(request, _load(request, pk))


@require_GET
def load_progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far the portal is with a load; asks the page to draw itself anew when there is something to see."""
    load = _load(request, pk)
    response = render(request, "hotlists/_load_progress.html", {"load": load, "done": progress(load)})
    if load.status not in (Load.Status.RECEIVED, Load.Status.CHECKING, Load.Status.ACCEPTED):
        response["HX-Refresh"] = "true"
    return response


@require_POST
def load_accept(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Yes."""
    load = _load(request, pk)
    form = AcceptForm(request.POST, load=load)
    if form.is_valid():
        try:
            load = actions.accept(load, by=request.user, **form.cleaned_data)
            if load.status == Load.Status.RECEIVED:
                messages.warning(
                    request,
                    "The rows that were checked were lost when the database restarted. The file is being read again.",
                )
            return redirect("load_detail", load.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    return _detail(request, load, accept=form, status=422)


@require_POST
def load_refuse(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """No, and why."""
    load = _load(request, pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            actions.refuse(load, by=request.user, **form.cleaned_data)
            messages.success(request, "Refused. The file and its rows are deleted; nothing has changed in the list.")
            return redirect("load_detail", load.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    return _detail(request, load, refuse=form, status=422)


@require_GET
def load_problems(request: HttpRequest, pk: uuid.UUID) -> StreamingHttpResponse:
    """The uploaded file with a column that says what is wrong with each row. Taking it is recorded."""
    load = _load(request, pk)
    lines = actions.take_problems(load, by=request.user)
    response = stream(request, lines, content_type=f"text/csv; charset={load.encoding}")
    response["Content-Disposition"] = f'attachment; filename="problems-{str(load.pk)[-8:]}.csv"'
    return response


def _detail(
    request: HttpRequest, load: Load, *, accept: AcceptForm | None = None, refuse: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    require(policies.may_look_at_loads(request.user))
    context = {
        "load": load, "hotlist": load.hotlist, "is_loadable": load.good_rows or only_tells_of_recoveries(load),
        "done": progress(load), "now": timezone.now(),
        "problems": Paginator(load.found_problems.order_by("row", "pk"), PROBLEMS_A_PAGE).get_page(
            request.GET.get("page")
        ),
        "may_accept": policies.may_accept(request.user, load), "may_refuse": policies.may_refuse(request.user, load),
        "accept": accept or AcceptForm(load=load), "refuse": refuse or ReasonForm(),
        "events": tell(Event.objects.about("hotlists.load", load.pk).newest_first()[:50]),
        "agreement": SourceAgreement.objects.select_related("machine").get(pk=load.agreement_id),
    }  # fmt: skip
    return render(request, "hotlists/load_detail.html", context, status=status)


def feed_of(request: HttpRequest, slug: str) -> Hotlist:
    """The feed of this address, if the person may see it."""
    return get_object_or_404(Hotlist.objects.visible_to(request.user), slug=slug, kind=Hotlist.Kind.FEED)


def may_upload(request: HttpRequest, hotlist: Hotlist) -> Verdict:
    """Whether this is the moment to upload: one file at a time."""
    if hotlist.loads.exclude(pk__in=Load.objects.decided()).exists():
        return Denied("Another file for this list is still open. Accept or refuse that one first.")
    return policies.may_load(request.user, hotlist)


def put_problems(form, refusal: Refusal) -> None:
    """What an action found wrong, beside the fields."""
    fields = getattr(refusal, "fields", {})
    for name, words in fields.items():
        form.add_error(name if name in form.fields else None, words)
    if not fields:
        form.add_error(None, str(refusal))


def _load(request: HttpRequest, pk: uuid.UUID) -> Load:
    loads = Load.objects.visible_to(request.user).select_related(
        "hotlist", "agreement", "profile", "uploaded_by", "uploaded_machine", "decided_by", "decided_machine"
    )
    return get_object_or_404(loads, pk=pk)
