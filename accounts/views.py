"""Pages of the system administrator: people and machines; and where anybody says why they look. None shows a list."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actions, policies
from accounts.forms import MachineForm, NewPersonForm, NewTeamForm, PersonForm, ReasonForm, TeamForm
from accounts.models import MachineClient, StatedReason, Team, User
from accounts.roles import ROLES
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require

MOST_STANDING = 5  # of one person's reasons that are shown again, to go on by with one press


@require_http_methods(["GET", "POST"])
def reason_state(request: HttpRequest) -> HttpResponse:
    """For which purpose and case somebody looks; said once, it leads back to what was asked for (R-062)."""
    require(policies.may_state_reason(request.user))
    to = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        to = ""
    standing = list(StatedReason.objects.standing(request.user, timezone.now())[:MOST_STANDING])
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.state_reason(by=request.user, **form.cleaned_data)
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            until = timezone.localtime(made.stands_until)
            messages.success(request, f"This stands until {until:%H:%M}: {made}. What you open is recorded with it.")
            return redirect(to or "reason_state")
    context = {"form": form, "next": to, "standing": standing}
    return render(request, "accounts/reason_state.html", context, status=422 if form.errors else 200)


@require_GET
def person_list(request: HttpRequest) -> HttpResponse:
    """Everybody, those whose vetting or training lapsed first."""
    require(policies.may_manage_users(request.user))
    people = User.objects.prefetch_related("groups").order_by("-is_active", "username")
    return render(request, "accounts/person_list.html", {"people": people, "today": timezone.localdate()})


@require_http_methods(["GET", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    """Adding a person."""
    require(policies.may_manage_users(request.user))
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        try:
            added = actions.add_user(
                facts.pop("username"),
                by=request.user,
                roles=facts.pop("roles"),
                password=facts.pop("password") or None,
                **facts,
            )
            messages.success(request, f"{added} can sign in now.")
            return redirect("person_list")
        except Unfit as refusal:
            put_problems(form, refusal)
    return render(request, "accounts/person_form.html", {"form": form, "person": None})


@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Changing what a person may do, or what is known of them."""
    require(policies.may_manage_users(request.user))
    person = get_object_or_404(User, pk=pk)
    held = set(person.groups.values_list("name", flat=True))
    known = {name: getattr(person, name) for name in PersonForm.base_fields if name != "roles"}
    form = PersonForm(
        request.POST or None, initial={**known, "roles": [role.code for role in ROLES if role.name in held]}
    )
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        actions.change_user(person, by=request.user, roles=facts.pop("roles"), **facts)
        messages.success(request, f"{person} is changed.")
        return redirect("person_list")
    context = {"form": form, "person": person, "may_deactivate": policies.may_deactivate(request.user, person)}
    return render(request, "accounts/person_form.html", context)


@require_POST
def person_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Ending a person's access at once."""
    person = get_object_or_404(User, pk=pk)
    actions.deactivate_user(person, by=request.user)
    messages.success(request, f"{person} can no longer sign in.")
    return redirect("person_list")


@require_http_methods(["GET", "POST"])
def machine_list(request: HttpRequest) -> HttpResponse:
    """Machines, and adding one: its secret is shown this once."""
    require(policies.may_manage_machines(request.user))
    form, added = MachineForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            machine, secret = actions.add_machine(
                form.cleaned_data["name"], by=request.user, scopes=form.cleaned_data["scopes"]
            )
            added = {"name": machine.name, "client_id": machine.application.client_id, "secret": secret}
            form = MachineForm()
        except Unfit as refusal:
            form.add_error("name", refusal.fields["name"][0])
    context = {
        "form": form,
        "added": added,
        "machines": MachineClient.objects.select_related("application").order_by("name"),
    }
    return render(request, "accounts/machine_list.html", context)


@require_http_methods(["GET", "POST"])
def team_list(request: HttpRequest) -> HttpResponse:
    """Teams, and making one."""
    require(policies.may_manage_users(request.user))
    form = NewTeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            team = actions.add_team(
                form.cleaned_data["name"], by=request.user, unit=form.cleaned_data["unit"],
                members=list(form.cleaned_data["members"]),
            )  # fmt: skip
            messages.success(request, f"{team} is made. Those who answer for lists and sites give it access.")
            return redirect("team_list")
        except Unfit as refusal:
            form.add_error("name", refusal.fields["name"][0])
    teams = Team.objects.select_related("group").prefetch_related("group__user_set").order_by("group__name")
    return render(request, "accounts/team_list.html", {"form": form, "teams": teams})


@require_http_methods(["GET", "POST"])
def team_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Who belongs to a team."""
    require(policies.may_manage_users(request.user))
    team = get_object_or_404(Team.objects.select_related("group"), pk=pk)
    form = TeamForm(request.POST if request.method == "POST" else None, initial={"members": team.group.user_set.all()})
    if request.method == "POST" and form.is_valid():
        actions.change_team(team, by=request.user, members=list(form.cleaned_data["members"]))
        messages.success(request, f"{team} is changed.")
        return redirect("team_list")
    return render(request, "accounts/team_form.html", {"form": form, "team": team})
