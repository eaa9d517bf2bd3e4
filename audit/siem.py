"""Events handed on to the force's security monitoring as syslog (RFC 5424, octets counted as RFC 6587 has it)."""

import socket
import ssl
from contextlib import closing
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from audit.models import Event, Handover, Leaf
from audit.verbs import Operation

NAME = "siem"
STEP = 500
PATIENCE = 20  # seconds
FACILITY = 13  # log audit
NOTICE, WARNING = 5, 4
LOUD = {"log.broken", "log.disputed", "receipt.wrong"}
_LOCK = 0x7369656D  # "siem"


class Away(Exception):
    """Nobody took the events; they are handed on the next time."""


def hand_on() -> int:
    """Hands on what was sealed since the last time, in the order of the seals; how many events. Raises Away.

    Only what is never erased: who did what to what. The words stay here, so that erasing them reaches them all (R-065).
    After a crash some may come twice, with the same number. TCP tells that they were sent, not that they were kept: whoever
    takes them sees by the numbers whether one is missing.
    """
    if not settings.SIEM:
        return 0
    done, away = 0, None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        place, _ = Handover.objects.get_or_create(name=NAME)
        try:
            with closing(_connected()) as there:
                while stretch := list(Leaf.objects.filter(number__gte=place.next_number).order_by("number")[:STEP]):
                    events = Event.objects.in_bulk([leaf.event_id for leaf in stretch])
                    there.sendall(b"".join(_framed(leaf.number, events.get(leaf.event_id)) for leaf in stretch))
                    place.next_number = stretch[-1].number + 1
                    done += len(stretch)
        except OSError as error:
            away = error
        place.save(update_fields=["next_number"])
    if away is not None:
        raise Away(f"{settings.SIEM} does not take events: {type(away).__name__}.") from away
    return done


def _framed(number: int, event: Event | None) -> bytes:
    if event is None:  # ended by the schedule before it was handed on
        return b""
    line = message(number, event).encode()
    return b"%d %s" % (len(line), line)


def message(number: int, event: Event) -> str:
    """One event as a line of syslog."""
    severity = WARNING if event.verb in LOUD else NOTICE
    facts = {
        "number": number, "id": event.pk, "operation": Operation(event.operation).value,
        "actor": f"{event.actor_kind}:{event.actor_id}", "subject": f"{event.subject_kind}:{event.subject_id}",
        "count": "" if event.count is None else event.count, "correlation": event.correlation_id,
    }  # fmt: skip
    told = " ".join(f'{name}="{_escaped(value)}"' for name, value in facts.items())
    host = urlsplit(settings.PORTAL_URL).hostname or "-"
    head = f"<{FACILITY * 8 + severity}>1 {event.at.isoformat(timespec='milliseconds')} {host} anpr-portal"
    return f"{head} - {event.verb} [audit@32473 {told}]"


def _escaped(value: object) -> str:
    return "".join(f"\\{letter}" if letter in '"\\]' else letter for letter in str(value))


def _connected() -> socket.socket:
    where = urlsplit(settings.SIEM)  # tcp://host:port, or tls://host:port
    there = socket.create_connection((where.hostname or "", where.port or 6514), timeout=PATIENCE)
    if where.scheme == "tls":
        return ssl.create_default_context().wrap_socket(there, server_hostname=where.hostname)
    return there
