"""Events taken out of the log, each with what proves that it stands there, as lines that anybody can check (R-064)."""

import base64
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import rfc8785
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.request import Request

from audit import sealing
from audit.actions import Actor, begin_export, end_export
from audit.forms import LogForm
from audit.models import Checkpoint, Event, EventDetail, EventQuerySet, Leaf, Verification
from audit.reading import in_words, narrowed
from audit.seal import canonical
from audit.seal.exports import FORMAT
from audit.sentences import tell
from audit.tree import Tree
from portal.errors import TooLate
from portal.streaming import stream

PAGE = 500
TYPE = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is taken out, by whom, for whom and for which of the four purposes."""

    what: str
    purpose: str
    recipient: str
    by: Actor


def newest() -> Checkpoint:
    """The checkpoint under which events are taken out. Raises TooLate while nothing is sealed."""
    found = Checkpoint.objects.first()
    if found is None:
        raise TooLate("Nothing of the log is sealed yet, so nothing of it can be proved. See that the sealer runs.")
    return found


def asked_for(narrow: LogForm, event: str) -> tuple[EventQuerySet, str]:
    """The events that a valid filter asks for, or the one event; and that in words."""
    if event:
        one = get_object_or_404(Event, pk=as_id(event))
        return Event.objects.filter(pk=one.pk), f"the event {one.pk}"
    is_narrow = any(value for name, value in narrow.cleaned_data.items() if name != "country")
    return narrowed(narrow.cleaned_data, narrow.span), in_words(narrow.cleaned_data) if is_narrow else "all of the log"


def exported(request: HttpRequest | Request, events: EventQuerySet, narrow: LogForm, asked: Asked) -> HttpResponseBase:
    """The file, on record before its first line."""
    checkpoint, named = newest(), narrow.cleaned_data
    plate = (named["country"], named["plate"]) if named.get("plate") else None
    begin_export(by=asked.by, purpose=asked.purpose, what=asked.what, recipient=asked.recipient, plate=plate)
    name = f"audit-log-{timezone.localtime():%Y-%m-%d-%H%M}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return stream(request, export(events, checkpoint, asked), content_type=TYPE, headers=headers)


def as_id(spelled: str) -> uuid.UUID | None:
    """An event's id; None where it is none."""
    try:
        return uuid.UUID(spelled)
    except ValueError:
        return None


def export(events: EventQuerySet, checkpoint: Checkpoint, asked: Asked) -> Iterator[bytes]:
    """The lines, the oldest event first, in memory that does not grow with them. What was not sealed yet is left out.

    The last line comes once the log has recorded how many events were handed out, and the digest of the lines before it.
    """
    digest, count = sha256(), 0
    for line in _lines(events, checkpoint, asked):
        digest.update(line)
        count += 1
        yield line
    end_export(by=asked.by, what=asked.what, recipient=asked.recipient, sha256=digest.hexdigest(), count=count - 1)
    yield _line({"events": count - 1, "sha256": digest.hexdigest()})


def taken_with(event: Event, asked: Asked, **paper: Any) -> bytes:
    """One event with its proof, in the same lines, behind a paper that the event speaks of. The log notes no export: such an
    event holds neither plates nor names of people it was about. Raises TooLate while it is not sealed."""
    checkpoint = newest()
    lines = [_line(_header(checkpoint, asked) | paper), *_told([event], Tree(checkpoint.size), asked.by)]
    if len(lines) < 2:
        raise TooLate("The event that proves this is not sealed yet. Ask again in a minute.")
    digest = sha256(b"".join(lines)).hexdigest()
    return b"".join([*lines, _line({"events": 1, "sha256": digest})])


def _lines(events: EventQuerySet, checkpoint: Checkpoint, asked: Asked) -> Iterator[bytes]:
    yield _line(_header(checkpoint, asked))
    tree = Tree(checkpoint.size)
    ordered = events.order_by("pk")
    page = list(ordered[:PAGE])
    while page:
        yield from _told(page, tree, asked.by)
        page = list(ordered.filter(pk__gt=page[-1].pk)[:PAGE])


def _header(checkpoint: Checkpoint, asked: Asked) -> dict[str, Any]:
    looked = Verification.objects.first()
    return {
        "format": FORMAT,
        "origin": sealing.origin(),
        "key": _key(),
        "checkpoint": checkpoint.note,
        "what": asked.what,
        "purpose": asked.purpose,
        "recipient": asked.recipient,
        "taken_by": asked.by.actor_label,
        "taken_at": timezone.now().isoformat(timespec="seconds"),
        "verified": looked and {
            "at": looked.ended_at.isoformat(timespec="seconds"), "after": looked.after, "size": looked.size,
            "events": looked.events, "ended": looked.ended, "checkpoints": looked.checkpoints, "problems": looked.problems,
        },
    }  # fmt: skip


def _key() -> str:
    try:
        return sealing.verifier().spelled()
    except OSError:
        return ""  # whoever checks has it from elsewhere anyway


def _told(page: list[Event], tree: Tree, by: Actor) -> Iterator[bytes]:
    """Events as lines, in a few queries and what of the tree is not in memory. Words that are not for who takes them out are
    left out, as erased ones are: the proof stands without them."""
    numbers = dict(
        Leaf.objects.filter(event_id__in=[event.pk for event in page], number__lt=tree.size).values_list(
            "event_id", "number"
        )
    )
    sealed = [event for event in page if event.pk in numbers]
    words = EventDetail.objects.in_bulk([event.pk for event in sealed])
    proofs = tree.proofs(numbers[event.pk] for event in sealed)
    for told, proof in zip(tell(sealed, by), proofs, strict=True):
        event, detail = told.event, None if told.is_veiled else words.get(told.event.pk)
        yield _line({
            "number": numbers[event.pk],
            "leaf": canonical.leaf(event).decode(),
            "proof": [base64.b64encode(node).decode() for node in proof],
            "sentence": told.sentence,
            "salt": detail and bytes(detail.salt).hex(),
            "words": detail and rfc8785.dumps(detail.body).decode(),
        })  # fmt: skip


def _line(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
