"""Pages that do one thing to a site, all of one shape: what moves it, its cameras, who sees it."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from camera_sites import actions, policies
from camera_sites.as_read import Overtaken
from camera_sites.forms import AccessForm, CameraForm, LiveForm, ReasonForm
from camera_sites.forms.as_read import put_overtaken
from camera_sites.forms.evidence import of_site
from camera_sites.models import CameraSite
from camera_sites.story import state_of
from camera_sites.views.sites import site_of
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import Verdict


def act_page(
    form_class: type[forms.BaseForm],
    act: Callable[..., object],
    may: Callable[[Any, CameraSite], Verdict],
    **words: str,
) -> Callable[[HttpRequest, uuid.UUID], HttpResponse]:
    """A page that does one thing to a site; nothing typed is lost when it is refused.

    The form's fields are what `act` takes beside the site and `by`. Words: title, button, explain, done, and for what
    cannot be undone kind="warning".
    """

    @require_http_methods(["GET", "POST"])
    def page(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        site = site_of(request, pk)
        form = of_site(form_class(request.POST if request.method == "POST" else None), site)
        if request.method == "POST" and form.is_valid():
            try:
                act(site, by=request.user, **form.cleaned_data)
                messages.success(request, words["done"])
                return redirect("site_detail", site.pk)
            except Overtaken as late:
                put_overtaken(form, late)
            except Unfit as refusal:
                put_problems(form, refusal)
        now = timezone.now()
        context = {"site": site, "form": form, "may": may(request.user, site), "state": state_of(site, now), **words}
        return render(request, "camera_sites/site_act.html", context, status=422 if form.errors else 200)

    return page


camera_new = act_page(
    CameraForm, actions.add_camera, policies.may_add_camera,
    title="Add a camera", button="Add this camera", done="Camera added.",
    explain="As few as the need asks for: what is decided on is this site with these cameras.",
)  # fmt: skip
site_live = act_page(
    LiveForm, actions.set_live, policies.may_set_live,
    title="Set this site live", button="Set it live", done="Live. Matchers are being told.",
    explain="Matchers match its reads from now until its DPIA’s review date, and not a second longer.",
)  # fmt: skip
site_suspend = act_page(
    ReasonForm, actions.suspend_site, policies.may_suspend_site,
    title="Suspend this site", button="Suspend it now", kind="warning", done="Suspended. Matchers are being told.",
    explain="Matchers stop matching its reads within seconds. Somebody else than you returns it to service.",
)  # fmt: skip
site_return = act_page(
    ReasonForm, actions.return_site, policies.may_return_site,
    title="Return this site to service", button="Return it to service", done="Live again. Matchers are being told.",
    explain="Matchers match its reads again from now until its DPIA’s review date.",
)  # fmt: skip
site_decommission = act_page(
    ReasonForm, actions.decommission, policies.may_decommission,
    title="End this site", button="End it now", kind="warning", done="Ended. Matchers are being told.",
    explain="Matchers stop matching its reads within seconds. It comes back only as a new proposal.",
)  # fmt: skip
site_access = act_page(
    AccessForm, lambda site, *, by, team: actions.give_access(site, team, by=by), policies.may_give_access,
    title="Give a team access", button="Give access", done="The team can see this site.",
    explain="Its people then see the site with its precise location; each look is recorded.",
)  # fmt: skip
site_access_end = act_page(
    AccessForm, lambda site, *, by, team: actions.take_access(site, team, by=by), policies.may_give_access,
    title="Take access from a team", button="Take access", kind="warning", done="The team no longer sees this site.",
    explain="Its people no longer see this site, unless they see it in another way.",
)  # fmt: skip
