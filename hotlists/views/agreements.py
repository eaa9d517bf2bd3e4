"""Pages of what is agreed with a source: proposing, agreeing, renewing, ending."""

import datetime as dt
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hotlists import actions, policies
from hotlists.forms import AgreementForm, ReasonForm
from hotlists.models import SourceAgreement
from hotlists.views.loads import feed_of
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require


@require_GET
def feed_terms(request: HttpRequest, slug: str) -> HttpResponse:
    """On what terms a source fills a list, and how its files are read."""
    hotlist = feed_of(request, slug)
    require(policies.may_look_at_loads(request.user))
    user, now = request.user, timezone.now()
    may_propose = policies.may_propose(user, hotlist)
    agreements = hotlist.agreements.select_related("proposed_by", "agreed_by", "ended_by", "machine")
    context = {
        "hotlist": hotlist, "now": now, "may_propose": may_propose,
        "agreements": [
            (agreement, {"agree": policies.may_agree(user, agreement), "propose": may_propose,
                         "end": policies.may_end_agreement(user, agreement)})
            for agreement in agreements
        ],
        "profiles": hotlist.import_profiles.select_related("begun_by", "approved_by")[:20],
        "current": hotlist.import_profiles.governing(now).first(),
        "may_write": policies.may_write_profile(user, hotlist),
    }  # fmt: skip
    return render(request, "hotlists/feed_terms.html", context)


@require_http_methods(["GET", "POST"])
def agreement_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Writing down the terms with a source."""
    hotlist = feed_of(request, slug)
    require(policies.may_propose(request.user, hotlist))
    form = AgreementForm(request.POST or None, hotlist=hotlist)
    if request.method == "POST" and form.is_valid():
        try:
            actions.propose_agreement(hotlist, by=request.user, **form.terms)
            messages.success(request, "Proposed. Somebody else has to agree before anything can be loaded.")
            return redirect("feed_terms", slug)
        except Unfit as refusal:
            put_problems(form, refusal)
    return render(request, "hotlists/agreement_form.html", {"form": form, "hotlist": hotlist, "renewed": None})


@require_http_methods(["GET", "POST"])
def agreement_renew(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Proposing the same terms again, or changed ones, from when these end."""
    renewed = _agreement(request, pk)
    require(policies.may_propose(request.user, renewed.hotlist))
    ends = min(renewed.until_at, renewed.ended_at or renewed.until_at)
    begins = max(ends, timezone.now())
    initial = {"from_at": begins, "until_at": timezone.localtime(begins) + dt.timedelta(days=365)}
    form = AgreementForm(request.POST or None, hotlist=renewed.hotlist, instance=renewed, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.renew_agreement(renewed, by=request.user, **form.terms)
            messages.success(request, "Proposed. Until somebody else agrees, the present terms run to their end.")
            return redirect("feed_terms", renewed.hotlist.slug)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"form": form, "hotlist": renewed.hotlist, "renewed": renewed}
    return render(request, "hotlists/agreement_form.html", context)


@require_POST
def agreement_agree(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The second person's yes."""
    agreement = actions.agree(_agreement(request, pk), by=request.user)
    messages.success(request, "Agreed. Files may be loaded from its date on.")
    return redirect("feed_terms", agreement.hotlist.slug)


@require_http_methods(["GET", "POST"])
def agreement_end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ending it before its time, or turning a proposal down."""
    agreement = _agreement(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_agreement(agreement, by=request.user, **form.cleaned_data)
            messages.success(request, "Ended.")
            return redirect("feed_terms", agreement.hotlist.slug)
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {"form": form, "agreement": agreement, "may": policies.may_end_agreement(request.user, agreement)}
    return render(request, "hotlists/agreement_end.html", context)


def _agreement(request: HttpRequest, pk: uuid.UUID) -> SourceAgreement:
    agreements = SourceAgreement.objects.visible_to(request.user).select_related("hotlist", "machine")
    return get_object_or_404(agreements, pk=pk)
