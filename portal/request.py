"""What is known of the request or task in hand, for whoever records it."""

import uuid
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """Where an act comes from. `correlation_id` ties the event to the column differences beneath it."""

    correlation_id: str
    source_ip: str = ""
    session: str = ""


current: ContextVar[RequestFacts | None] = ContextVar("current_request", default=None)


def fresh_id() -> str:
    """A correlation id that nothing else has."""
    return uuid.uuid4().hex


def facts() -> RequestFacts:
    """The facts of the request in hand; outside a request, a fresh correlation id that lasts for this context."""
    known = current.get()
    if known is None:
        known = RequestFacts(correlation_id=fresh_id())
        current.set(known)
    return known


def correlation_id() -> str:
    """What django-auditlog writes beside each column difference."""
    return facts().correlation_id
