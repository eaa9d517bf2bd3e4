"""Declaring vehicles that are connected with oneself, reading the register, and answering what was reported (R-032)."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.terms import require_words
from hotlists.countries import COUNTRIES
from hotlists.models import ConflictAnswer, ConflictReport, DeclaredVehicle
from matcher_client import vrm as plates
from portal.errors import TooLate, Unfit
from portal.policies import require
from standards.models import StandardsProfile


@transaction.atomic
def declare_vehicle(*, by: User, vrm_entered: str, connection: str, country: str = "GB") -> DeclaredVehicle:
    """Says that a vehicle is connected with oneself. From now on one acts on none that is drawn like it."""
    require(policies.may_declare(by))
    try:
        vrm = plates.normalise(vrm_entered)
    except ValueError as error:
        raise Unfit("This cannot be a plate.", {"vrm_entered": [str(error)]}) from error
    if country not in COUNTRIES:
        raise Unfit("Choose a country.", {"country": ["Choose a country."]})
    if connection not in DeclaredVehicle.Connection.values:
        raise Unfit("Say how it is connected with you.", {"connection": ["Say how it is connected with you."]})
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # two windows at once declare one after the other
    if DeclaredVehicle.objects.standing().filter(declared_by=by, country=country, vrm=vrm).exists():
        raise TooLate("You declared this vehicle already.")
    made = DeclaredVehicle.objects.create(
        vrm_entered=vrm_entered.strip(), vrm=vrm, vrm_skeleton=plates.skeleton(vrm), country=country,
        connection=connection, declared_by=by, declared_at=timezone.now(),
    )  # fmt: skip
    record(
        Verb.VEHICLE_DECLARED, target=made, by=by, plate=made.plate, connection=made.get_connection_display().lower()
    )
    return made


@transaction.atomic
def withdraw_declaration(declared: DeclaredVehicle, *, by: User) -> DeclaredVehicle:
    """Says that the vehicle is no longer connected with oneself. It bars for a while yet: nobody sells a car to list it."""
    declared = DeclaredVehicle.objects.select_for_update(of=("self",)).get(pk=declared.pk)
    require(policies.may_withdraw_declaration(by, declared))
    now = timezone.now()
    days = StandardsProfile.objects.in_force(now).number("declared.after")
    declared.withdrawn_by, declared.withdrawn_at = by, now
    declared.barred_until = now + dt.timedelta(days=days)
    declared.save(update_fields=["withdrawn_by", "withdrawn_at", "barred_until"])
    record(
        Verb.DECLARATION_WITHDRAWN,
        target=declared,
        by=by,
        plate=declared.plate,
        until=declared.barred_until.isoformat(),
    )
    return declared


@transaction.atomic
def look_at_declared(shown: Sequence[DeclaredVehicle], *, by: User) -> None:
    """Shows declared vehicles, one's own or for professional standards everybody's, which is recorded with their plates."""
    if any(one.declared_by_id != by.pk for one in shown):
        require(policies.may_view_declared(by))
    if shown:
        record(
            Verb.DECLARED_SHOWN, target=by, by=by, count=len(shown), plates=[one.plate for one in shown], also=shown,
        )  # fmt: skip


@transaction.atomic
def look_at_conflicts(shown: Sequence[ConflictReport], *, by: User) -> None:
    """Shows reports of conflicts of interest, which is recorded with their plates."""
    require(policies.may_see_conflicts(by))
    if shown:
        record(
            Verb.CONFLICTS_SHOWN, target=by, by=by, count=len(shown), plates=[one.plate for one in shown], also=shown,
        )  # fmt: skip


@transaction.atomic
def answer_conflict(report: ConflictReport, *, by: User, words: str) -> ConflictAnswer:
    """Professional standards have seen it, and say what they make of it."""
    User.objects.select_for_update(of=("self",)).get(pk=report.attempted_by_id)  # the report itself is never updated
    report = ConflictReport.objects.get(pk=report.pk)
    require(policies.may_answer_conflict(by, report))
    require_words("words", words, "Say what you make of it, and what follows.")
    made = ConflictAnswer.objects.create(report=report, answered_by=by, answered_at=timezone.now(), words=words.strip())
    record(Verb.CONFLICT_ANSWERED, target=report, by=by, plate=report.plate, also=[made], words=made.words)
    return made
