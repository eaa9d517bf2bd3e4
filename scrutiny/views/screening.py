"""Pages of signs of misuse."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from scrutiny import actions, policies
from scrutiny.forms.screening import DismissForm, NarrowForm, TakeUpForm
from scrutiny.indicators import BY_ID, INDICATORS
from scrutiny.models import Signal
from scrutiny.told import tell_acts
from standards.models import StandardsProfile

PAGE = 50


@require_GET
def signal_list(request: HttpRequest) -> HttpResponse:
    """Signals, those that wait first; narrowed by indicator. It names no vehicle."""
    require(policies.may_see_signals(request.user))
    show, which = request.GET.get("show", "open"), request.GET.get("indicator", "")
    seen = Signal.objects.visible_to(request.user).select_related("who", "other", "judged_by")
    found = seen if show == "all" else seen.open()
    if which in BY_ID:
        found = found.filter(indicator=which)
    page = Paginator(found.order_by("-id"), PAGE).get_page(request.GET.get("page"))
    form = NarrowForm({"show": show, "indicator": which} if which in BY_ID else None, initial={"show": show})
    context = {
        "page": page, "rows": [(signal, BY_ID[signal.indicator]) for signal in page], "show": show, "which": which,
        "form": form, "waiting": seen.open().count(), "may_screen": policies.may_screen(request.user),
    }  # fmt: skip
    return render(request, "scrutiny/signal_list.html", context)


@require_GET
def indicator_list(request: HttpRequest) -> HttpResponse:
    """What is looked for, what it suggests, how else it comes about, and from which numbers on."""
    require(policies.may_see_signals(request.user))
    profile = StandardsProfile.objects.in_force(timezone.now())
    numbers = profile.numbers_under("indicator.")
    rows = [(one, [numbers[key] for key in (one.least, *one.numbers)]) for one in INDICATORS]
    return render(request, "scrutiny/indicator_list.html", {"rows": rows, "profile": profile})


@require_POST
def signal_screen(request: HttpRequest) -> HttpResponse:
    """Looking now, rather than tonight."""
    made = actions.screen(by=request.user)
    messages.success(request, f"Looked. New signals: {len(made)}.")
    return redirect("signal_list")


@require_GET
def signal_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One signal, how it may have come about without misuse, and the acts behind it. Opening it is recorded."""
    signal = actions.open_signal(_signal(request, pk), by=request.user)
    context = {
        "signal": signal, "indicator": BY_ID[signal.indicator], "acts": tell_acts(signal.act_label, signal.acts),
        "may_judge": policies.may_judge(request.user, signal),
    }  # fmt: skip
    return render(request, "scrutiny/signal_detail.html", context)


@require_http_methods(["GET", "POST"])
def signal_take_up(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Taking it up as a finding."""
    words = {
        "title": "Take it up",
        "button": "Open a finding",
        "done": "Taken up. The finding’s owner sees it on their home page.",
    }
    return _judge(request, pk, TakeUpForm, actions.take_up, words)


@require_http_methods(["GET", "POST"])
def signal_dismiss(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Dismissing it."""
    words = {
        "title": "Dismiss it",
        "button": "Dismiss",
        "done": "Dismissed. The same acts do not bring it back; new ones do.",
    }
    return _judge(request, pk, DismissForm, actions.dismiss, words)


def _judge(request: HttpRequest, pk: uuid.UUID, form_class, act, words: dict[str, str]) -> HttpResponse:
    signal = _signal(request, pk)
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(signal, by=request.user, **form.cleaned_data)
            messages.success(request, words["done"])
            return redirect("signal_list")
        except Unfit as refusal:
            put_problems(form, refusal)
    may = policies.may_judge(request.user, signal)
    context = {"signal": signal, "indicator": BY_ID[signal.indicator], "form": form, "may": may, **words}
    return render(request, "scrutiny/signal_act.html", context)


def _signal(request: HttpRequest, pk: uuid.UUID) -> Signal:
    """Raises 403 without the role; 404 for one about oneself, as if there were none."""
    require(policies.may_see_signals(request.user))
    signal = get_object_or_404(Signal.objects.select_related("who", "other", "judged_by", "finding"), pk=pk)
    if not policies.may_see_signal(request.user, signal):
        raise Http404
    return signal
