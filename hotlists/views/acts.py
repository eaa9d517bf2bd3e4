"""Pages on which an entry is suspended, disputed, narrowed, withdrawn, handed over or asked for again: one act each."""

import uuid
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from hotlists import actions, policies
from hotlists.forms import LinkForm, NarrowForm, PassOnForm, ReasonForm, ScopeForm, WithdrawForm
from hotlists.models import Entry
from hotlists.story import scope_of
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import Verdict


def _act(
    request: HttpRequest,
    pk: uuid.UUID,
    *,
    form_class: type[forms.Form],
    may: Callable[[Entry], Verdict],
    act: Callable[..., object],
    words: dict[str, str],
) -> HttpResponse:
    """A page that asks for a reason and does one thing to an entry; nothing typed is lost when it is refused."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).select_related("hotlist"), pk=pk)
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(entry, by=request.user, **form.cleaned_data)
            messages.success(request, words["done"])
            return redirect("entry_detail", entry.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    actions.open_entry(entry, by=request.user, justification=words["title"])
    context = {"entry": entry, "version": entry.versions.latest("number"), "form": form, "may": may(entry), **words}
    return render(request, "hotlists/entry_act.html", context)


@require_http_methods(["GET", "POST"])
def entry_withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ending an entry for good."""
    words = {
        "title": "Withdraw this entry", "button": "Withdraw now",
        "explain": "Matchers stop looking for it within seconds and prove that they forgot it. It comes back only as a new request.",
        "done": "Withdrawn. The page shows which matchers have proved that they forgot it.",
    }  # fmt: skip
    return _act(
        request, pk, form_class=WithdrawForm, act=actions.withdraw, words=words,
        may=lambda entry: policies.may_withdraw(request.user, entry),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def entry_suspend(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Taking an entry out of force at once."""
    words = {
        "title": "Suspend this entry", "button": "Suspend now",
        "explain": "It is out of force at once, until another person lifts the suspension.", "done": "Suspended.",
    }  # fmt: skip
    return _act(
        request, pk, form_class=ReasonForm, act=actions.suspend, words=words,
        may=lambda entry: policies.may_suspend(request.user, entry),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def entry_resume(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Lifting a suspension."""
    words = {
        "title": "Lift the suspension", "button": "Lift the suspension",
        "explain": "Matchers look for the vehicle again within seconds.", "done": "The suspension is lifted.",
    }  # fmt: skip
    return _act(
        request, pk, form_class=ReasonForm, act=actions.resume, words=words,
        may=lambda entry: policies.may_resume(request.user, entry),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def entry_dispute(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Doubting that an entry is right, which takes it out of force at once."""
    words = {
        "title": "Dispute this entry", "button": "Dispute now",
        "explain": "It is out of force at once, until another person has looked into it and lifts the dispute.",
        "done": "Disputed. Nobody looks for it until another person lifts the dispute.",
    }  # fmt: skip
    return _act(
        request, pk, form_class=ReasonForm, act=actions.dispute, words=words,
        may=lambda entry: policies.may_dispute(request.user, entry),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def entry_narrow(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Making less of an entry at once: fewer markers, a smaller action, an earlier end."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).select_related("hotlist"), pk=pk)
    term = entry.terms.governing(timezone.now()).select_related("version").first()
    form = NarrowForm(request.POST or None, term=term) if term else None
    limits = ScopeForm(request.POST or None, user=request.user, of=term) if term else None
    if form and limits and request.method == "POST" and form.is_valid() & limits.is_valid():
        try:
            actions.narrow(entry, by=request.user, **form.asked, scope=limits.facts["scope"])
            messages.success(request, "Narrowed. Matchers are told at once.")
            return redirect("entry_detail", entry.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    actions.open_entry(entry, by=request.user, justification="Narrow this entry")
    may = policies.may_narrow(request.user, entry)
    context = {
        "entry": entry,
        "term": term,
        "form": form,
        "limits": limits,
        "may": may,
        "scope": scope_of(term, request.user) if term else None,
    }
    return render(request, "hotlists/entry_narrow.html", context)


@require_http_methods(["GET", "POST"])
def entry_pass_on(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Giving an entry to another owner."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).select_related("hotlist"), pk=pk)
    may = policies.may_pass_on(request.user, entry)
    form = PassOnForm(request.POST or None, entry=entry)
    if request.method == "POST" and form.is_valid():
        try:
            actions.pass_on(entry, by=request.user, **form.cleaned_data)
            messages.success(request, f"{form.cleaned_data['owner']} answers for this entry now.")
            return redirect("entry_detail", entry.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    words = {
        "title": "Pass this entry on", "button": "Pass on",
        "explain": "The owner answers for the entry, is told of hits and of reviews, and may withdraw it; so may the deputy.",
    }  # fmt: skip
    actions.open_entry(entry, by=request.user, justification=words["title"])
    context = {"entry": entry, "version": entry.versions.latest("number"), "form": form, "may": may, **words}
    return render(request, "hotlists/entry_act.html", context)


@require_http_methods(["GET", "POST"])
def entry_link(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Another interest in the vehicle of an entry (R-021): a draft of one's own, with the vehicle described."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).select_related("hotlist"), pk=pk)
    may = policies.may_link(request.user, entry, entry.hotlist)
    form = LinkForm(request.POST or None, user=request.user, entry=entry)
    if request.method == "POST" and form.is_valid():
        version = actions.link_interest(entry, by=request.user, hotlist=form.cleaned_data["hotlist"])
        messages.success(request, "A draft with the vehicle described. Say why you look for it, and until when.")
        return redirect("entry_edit", version.entry_id)
    words = {
        "title": "Add a linked interest", "button": "Begin the draft",
        "explain": "An entry of your own for the same vehicle, with its own reason, owner and end. The vehicle is looked for"
        " until the last interest in it ends.",
    }  # fmt: skip
    actions.open_entry(entry, by=request.user, justification=words["title"])
    context = {"entry": entry, "version": entry.versions.latest("number"), "form": form, "may": may, **words}
    return render(request, "hotlists/entry_act.html", context)


@require_POST
def entry_ask_again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A new request for an entry that ended."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user), pk=pk)
    version = actions.ask_again(entry, by=request.user)
    messages.success(
        request, "A new draft, from the words of the entry that ended. Read all of it before you submit it."
    )
    return redirect("entry_edit", version.entry_id)
