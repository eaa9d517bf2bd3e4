"""Adding people and machines, giving access, keeping role groups as the table of roles says."""

import datetime as dt
import secrets
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import models, transaction
from django.utils import timezone
from guardian.shortcuts import assign_perm, remove_perm
from oauth2_provider.models import Application

from accounts import policies
from accounts.models import Actor, MachineClient, StatedReason, SystemJob, Team, User
from accounts.roles import BY_CODE, ROLES
from audit.actions import record
from audit.verbs import Verb
from matcher_client import vrm
from portal.errors import Unfit
from portal.policies import require
from standards.models import StandardsProfile


@transaction.atomic
def add_user(username: str, *, by: Actor, roles: list[str], password: str | None = None, **facts: Any) -> User:
    """A new person with these roles (codes of accounts.roles). Without a password they sign in by other means."""
    if not isinstance(by, SystemJob):
        require(policies.may_manage_users(by))
    if User.objects.filter(username=username).exists():
        raise Unfit(
            "There is somebody with this username.", {"username": ["Somebody has this username. Choose another."]}
        )
    user = User.objects.create_user(username, password=password, **facts)
    names = _set_roles(user, roles)
    record(Verb.USER_ADDED, target=user, by=by, roles=", ".join(names))
    return user


@transaction.atomic
def change_user(user: User, *, by: Actor, roles: list[str], **facts: Any) -> User:
    """Other roles, another rank, other facts. What was decided with the old rank stays as it was decided."""
    user = User.objects.select_for_update().get(pk=user.pk)
    require(policies.may_change(by, user))
    for name, value in facts.items():
        setattr(user, name, value)
    user.save(update_fields=[*facts])
    names = _set_roles(user, roles)
    record(Verb.USER_CHANGED, target=user, by=by, roles=", ".join(names), rank=user.get_rank_display())
    return user


@transaction.atomic
def deactivate_user(user: User, *, by: Actor) -> User:
    """Ends a person's access at once, in every session (R-046). Their name stays with what they did."""
    user = User.objects.select_for_update().get(pk=user.pk)
    require(policies.may_deactivate(by, user))
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.sign_ins.filter(ended_at=None).update(ended_at=timezone.now())
    record(Verb.USER_DEACTIVATED, target=user, by=by)
    return user


@transaction.atomic
def state_reason(*, by: Actor, purpose: str, words: str, case_ref: str = "") -> StatedReason:
    """Says why one looks, for one purpose and one case; it stands for as many hours as the standards say (R-062).

    Raises Unfit where it says nothing, lacks its case, or names a plate: that would outlive the record of the vehicle.
    """
    require(policies.may_state_reason(by))
    given = {"words": words.strip(), "case_ref": case_ref.strip()}
    if problems := _wrong_with_reason(purpose, **given):
        raise Unfit("Say why you look.", problems)
    now = timezone.now()
    stands = dt.timedelta(hours=StandardsProfile.objects.in_force(now).number("look.reason.hours"))
    made = StatedReason.objects.create(
        purpose=purpose, stated_by_id=by.actor_id, stated_at=now, stands_until=now + stands, **given
    )
    record(
        Verb.REASON_STATED, target=made, by=by, purpose=made.get_purpose_display(), case_ref=made.case_ref or "no case",
        words=made.words, until=made.stands_until.isoformat(timespec="minutes"),
    )  # fmt: skip
    return made


def _wrong_with_reason(purpose: str, words: str, case_ref: str) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if purpose not in StatedReason.Purpose.values:
        wrong["purpose"] = ["Choose what you look for."]
    if not words:
        wrong["words"] = ["Say in a few words why you look."]
    if purpose in StatedReason.OF_A_CASE and not case_ref:
        wrong["case_ref"] = ["Give the reference of the case, the complaint or the request."]
    for name, value in (("words", words), ("case_ref", case_ref)):
        if vrm.named_in(value):
            wrong[name] = ["Leave the number plate out: what you open is recorded with it anyway."]
    return wrong


@transaction.atomic
def add_team(name: str, *, by: Actor, unit: str, members: list[User]) -> Team:
    """People of one unit, who are given access to lists and sites together; a team permits nothing by itself."""
    require(policies.may_manage_users(by))
    if Group.objects.filter(name=name).exists():
        raise Unfit(
            "There is a team or role of this name.", {"name": ["A team or role has this name. Choose another."]}
        )
    team = Team.objects.create(group=Group.objects.create(name=name), unit=unit)
    team.group.user_set.set(members)
    record(Verb.TEAM_ADDED, target=team, by=by, also=members, members=", ".join(map(str, members)))
    return team


@transaction.atomic
def change_team(team: Team, *, by: Actor, members: list[User]) -> Team:
    """Other members: who leaves no longer sees what the team was given access to."""
    team = Team.objects.select_for_update(of=("self",)).select_related("group").get(pk=team.pk)
    require(policies.may_manage_users(by))
    before = set(team.group.user_set.all())
    team.group.user_set.set(members)
    gone = sorted(map(str, before - set(members)))
    record(
        Verb.TEAM_CHANGED, target=team, by=by, also=[*members, *before], members=", ".join(map(str, members)),
        gone=", ".join(gone) or "nobody",
    )  # fmt: skip
    return team


@transaction.atomic
def add_machine(name: str, *, by: Actor, scopes: list[str]) -> tuple[MachineClient, str]:
    """A new machine client and its secret, which is shown this once."""
    if not isinstance(by, SystemJob):
        require(policies.may_manage_machines(by))
    return enrol_machine(name, by=by, scopes=scopes)


@transaction.atomic
def enrol_machine(name: str, *, by: Actor, scopes: list[str]) -> tuple[MachineClient, str]:
    """As `add_machine`, for a room whose things are machines, such as matchers: who may do so is judged by that room."""
    if MachineClient.objects.filter(name=name).exists():
        raise Unfit("There is a machine of this name.", {"name": ["A machine has this name. Choose another."]})
    secret = secrets.token_urlsafe(32)
    application = Application.objects.create(
        name=name,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
    )
    machine = MachineClient.objects.create(application=application, name=name, scopes=" ".join(scopes))
    record(Verb.MACHINE_ADDED, target=machine, by=by)
    return machine, secret


@transaction.atomic
def grant_access(grantee: User | Group, *, permission: str, to: models.Model, by: Actor) -> None:
    """Gives a person or a team access to one list or site. Who may do so is judged by the room that calls."""
    assign_perm(permission, grantee, to)
    record(Verb.ACCESS_GRANTED, target=to, by=by, also=[grantee], grantee=str(grantee), permission=permission)


@transaction.atomic
def revoke_access(grantee: User | Group, *, permission: str, to: models.Model, by: Actor) -> None:
    """Takes what `grant_access` gave. Who may do so is judged by the room that calls."""
    remove_perm(permission, grantee, to)
    record(Verb.ACCESS_REVOKED, target=to, by=by, also=[grantee], grantee=str(grantee), permission=permission)


def _set_roles(user: User, codes: list[str]) -> list[str]:
    """Gives these roles and takes the others; teams stay. Returns the roles' names."""
    names = [BY_CODE[code].name for code in codes]
    every = [role.name for role in ROLES]
    user.groups.remove(*Group.objects.filter(name__in=every).exclude(name__in=names))
    user.groups.add(*Group.objects.filter(name__in=names))
    vars(user).pop("roles", None)  # which this person knew of
    return names


def sync_roles(using: str = "default", **kwargs: Any) -> None:
    """Makes the role groups what accounts.roles says; a test holds that every permission named there is declared."""
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using).select_related("content_type")
    }
    for role in ROLES:
        group, _ = Group.objects.using(using).get_or_create(name=role.name)
        group.permissions.set([known[name] for name in role.permissions if name in known])
