"""Secrets of machines: another is issued while the old still works for a while, and the first use of it ends the old."""

import datetime as dt
import secrets

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from accounts.models import Actor, MachineClient
from audit.actions import record
from audit.verbs import Verb
from standards.models import StandardsProfile

OVERLAP = "machine.secret.overlap"
LIFE = "machine.secret.life"


@transaction.atomic
def issue_secret(machine: MachineClient, *, by: Actor) -> str:
    """Another secret, told this once. Who may have it is judged by the room whose machine it is.

    The old one works until the new is first used, and no longer than the overlap. Issued again, the one before is void.
    """
    machine = MachineClient.objects.select_for_update(no_key=True).get(pk=machine.pk)
    now, secret = timezone.now(), secrets.token_urlsafe(32)
    until = machine.next_secret_until
    if until is None or until <= now:  # issuing again and again does not keep the old one alive
        until = now + dt.timedelta(hours=StandardsProfile.objects.in_force(now).number(OVERLAP))
    machine.next_secret, machine.next_secret_since, machine.next_secret_until = make_password(secret), now, until
    machine.save(update_fields=["next_secret", "next_secret_since", "next_secret_until"])
    record(Verb.MACHINE_SECRET_ISSUED, target=machine, by=by, until=until.isoformat())
    return secret


def signs_in(machine: MachineClient, secret: str, *, stored: str) -> bool:
    """Whether this secret is the machine's. The first use of a new one ends the old and all tokens that came by it."""
    if machine.next_secret and check_password(secret, machine.next_secret):
        take_up_secret(machine, by=machine)
        return True
    return machine.works_by_its_secret(timezone.now()) and check_password(secret, stored)


@transaction.atomic
def take_up_secret(machine: MachineClient, *, by: Actor) -> None:
    """The new secret takes the old one's place. Done already, it does nothing."""
    machine = MachineClient.objects.select_for_update(no_key=True).get(pk=machine.pk)
    if not machine.next_secret or machine.next_secret_since is None:
        return
    Application.objects.filter(pk=machine.pk).update(client_secret=machine.next_secret)
    machine.secret_since = machine.next_secret_since
    machine.next_secret, machine.next_secret_since, machine.next_secret_until = "", None, None
    machine.save(update_fields=["secret_since", "next_secret", "next_secret_since", "next_secret_until"])
    AccessToken.objects.filter(application_id=machine.pk).delete()
    record(Verb.MACHINE_SECRET_TAKEN_UP, target=machine, by=by)


def is_overdue(machine: MachineClient, at: dt.datetime) -> bool:
    """Whether its secret is older than secrets may be."""
    return machine.secret_since < oldest_secret(at)


def oldest_secret(at: dt.datetime) -> dt.datetime:
    """Secrets issued before are overdue to be changed."""
    return at - dt.timedelta(days=StandardsProfile.objects.in_force(at).number(LIFE))
