"""Witnesses outside cosign how the log stands (C2SP tlog-witness): each answers for having seen it only grow."""

import base64
import logging
import re

import httpx
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.models import Checkpoint, WitnessWord
from audit.seal import notes
from audit.tree import Tree

log = logging.getLogger(__name__)
PATIENCE = 15  # seconds
MOST_ANSWER = 64 * 1024  # of a witness, in bytes
OK, CONFLICT, UNFIT = 200, 409, 422
TRIES = 2  # a witness that says how far it is is asked once more, from there


class Disputed(Exception):
    """The witness has seen another log than this."""


def ask_all() -> int:
    """Has every witness cosign the newest checkpoint; how many did. One that is away is asked the next time; one that has
    seen another log is written down, and verification says so."""
    newest = Checkpoint.objects.first()
    if newest is None:
        return 0
    done = 0
    for spelled, address in settings.AUDIT_WITNESSES.items():
        witness = notes.Verifier.read(spelled)
        last = WitnessWord.objects.filter(witness=witness.name).first()
        if last is not None and last.size == newest.size and not last.problem:
            continue
        try:
            line, time = _cosignature(newest, witness, address, last.size if last and not last.problem else 0)
        except Disputed as problem:
            if last is None or not last.problem:
                _write_down(newest, witness, problem=str(problem))
            log.error("%s has seen another log: %s", witness.name, problem)
        except (httpx.HTTPError, notes.Forged, ValueError) as problem:
            log.warning("%s did not cosign: %s. It is asked again.", witness.name, problem)
        else:
            _write_down(newest, witness, line=line, time=time)
            done += 1
    return done


def cosigned(checkpoint: Checkpoint) -> str:
    """The note, with what witnesses signed beneath it."""
    lines = WitnessWord.objects.filter(size=checkpoint.size).exclude(line="").order_by("witness")
    return checkpoint.note + "".join(f"{line}\n" for line in lines.values_list("line", flat=True))


def contradictions() -> list[str]:
    """What witnesses said last that our log does not bear out, or that they did not sign."""
    known, found = {notes.Verifier.read(spelled).name: spelled for spelled in settings.AUDIT_WITNESSES}, []
    for word in WitnessWord.objects.order_by("witness", "-id").distinct("witness"):
        if word.problem:
            found.append(f"The witness {word.witness}: {word.problem}")
            continue
        ours = Checkpoint.objects.filter(size=word.size).first()
        if ours is None:
            found.append(
                f"The witness {word.witness} cosigned {word.size} events, of which there is no checkpoint here."
            )
        elif word.witness in known:
            try:
                notes.cosigned_at(word.line, _text(ours), notes.Verifier.read(known[word.witness]))
            except notes.Forged as problem:
                found.append(
                    f"The witness {word.witness} cosigned another checkpoint at {word.size} than is here: {problem}"
                )
    return found


def _cosignature(newest: Checkpoint, witness: notes.Verifier, address: str, old: int) -> tuple[str, int]:
    for _ in range(TRIES):
        growth = Tree(newest.size).growth(old)
        proof = "".join(f"{base64.b64encode(node).decode()}\n" for node in growth)
        body = f"old {old}\n{proof}\n{newest.note}"
        answer = httpx.post(f"{address.rstrip('/')}/add-checkpoint", content=body.encode(), timeout=PATIENCE)
        if answer.status_code == OK:
            return _own_line(answer.text[:MOST_ANSWER], newest, witness)
        if answer.status_code == UNFIT:
            raise Disputed(f"it does not find that the log only grew from {old} to {newest.size} events.")
        if answer.status_code != CONFLICT:
            answer.raise_for_status()
            raise notes.Forged(f"it answered {answer.status_code}")
        has = int(answer.text.strip()) if re.fullmatch(r"\d{1,18}\n?", answer.text) else old
        if has > newest.size:
            raise Disputed(f"it has seen {has} events, the log has {newest.size}.")
        if has == old:
            raise Disputed(f"it has seen another log of {old} events.")
        old = has
    raise notes.Forged("it does not know how far it is")


def _own_line(answer: str, checkpoint: Checkpoint, witness: notes.Verifier) -> tuple[str, int]:
    for line in answer.splitlines():
        if line.startswith(f"{notes.DASH} {witness.name} "):
            return line, notes.cosigned_at(line, _text(checkpoint), witness)
    raise notes.Forged("its answer holds no signature of its own")


def _text(checkpoint: Checkpoint) -> str:
    return checkpoint.note.rpartition("\n\n")[0] + "\n"


@transaction.atomic
def _write_down(checkpoint: Checkpoint, witness: notes.Verifier, **said: str | int) -> None:
    WitnessWord.objects.create(size=checkpoint.size, witness=witness.name, told=timezone.now(), **said)
