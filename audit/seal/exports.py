"""An export of the log, checked by whoever has it and the public key. Its format is in docs/log-export-format.md."""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import rfc8785

from audit.seal import merkle, notes

FORMAT = "anpr-log-export/1"
MOST_PROBLEMS = 100


class Unreadable(ValueError):
    """This is no export, or not one of this version."""


@dataclass(slots=True)
class Checked:
    """What an export holds, and what is wrong with it."""

    header: dict[str, Any]
    checkpoint: notes.Checkpoint
    events: int = 0
    with_words: int = 0
    sha256: str = ""  # of all its lines but the last, which the log has recorded
    said: list[dict[str, Any]] = field(default_factory=list)  # what it says of other exports: their words, proved
    erased: list[tuple[str, dict[str, Any]]] = field(
        default_factory=list
    )  # of deletions: the certificate, and their words
    problems: list[str] = field(default_factory=list)

    def wrong(self, words: str) -> None:
        """One more problem; beyond MOST_PROBLEMS they are all of a kind."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(words)


HANDED_OUT = "log.handed_out"  # the act that records an export
ERASED = "records.erased"  # the act that a deletion certificate is issued for


def check(lines: Iterable[bytes], verifier: notes.Verifier) -> Checked:
    """Reads an export, one line at a time. Raises Unreadable, and notes.Forged where the checkpoint is not the key's."""
    source = iter(lines)
    first = next(source, b"")
    header = _object(first)
    if header.get("format") != FORMAT:
        raise Unreadable(f"This is no export of the log in the format {FORMAT}.")
    checkpoint = notes.checkpoint(str(header.get("checkpoint")), verifier)
    found = Checked(header, checkpoint)
    digest, last, end = sha256(first), "", None
    for number, line in enumerate(source, 2):
        if end is not None:
            found.wrong(f"Line {number} follows the end.")
            break
        content = _object(line)
        if "sha256" in content:
            end = content
            continue
        digest.update(line)
        found.events += 1
        last = _check_event(found, content, number, last)
    found.sha256 = digest.hexdigest()
    if end is None:
        found.wrong("It ends in the middle: the last line is missing.")
    elif end != {"events": found.events, "sha256": found.sha256}:
        found.wrong("It is not what was handed out: lines were changed, added or taken away.")
    if "certificate" in header:
        _check_certificate(found, header["certificate"])
    return found


def _check_certificate(found: Checked, certificate: Any) -> None:
    """A deletion certificate is what the event of its issue says of it, to the last count."""
    try:
        digest = sha256(rfc8785.dumps(certificate)).hexdigest()
        subject = f"retention.certificate:{certificate['id']}"
    except (KeyError, TypeError, ValueError):
        found.wrong("The deletion certificate cannot be read.")
        return
    if (subject, digest) not in [(named, said.get("certificate")) for named, said in found.erased]:
        found.wrong("The deletion certificate is not the one that the log recorded.")


def _check_event(found: Checked, content: dict[str, Any], number: int, last: str) -> str:
    """Judges one event; returns its id. They come in the order of their ids, so that none stands there twice."""
    try:
        leaf, place = content["leaf"], content["number"]
        proof = [base64.b64decode(node, validate=True) for node in content["proof"]]
        facts = json.loads(leaf)
        event, commitment = facts["id"], bytes.fromhex(facts["commitment"])
        words, salt = content["words"], content["salt"]
        committed = None if words is None else sha256(bytes.fromhex(salt) + words.encode()).digest()
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error):
        found.wrong(f"Line {number} is no event.")
        return last
    if type(place) is not int or not merkle.is_included(
        merkle.leaf_hash(leaf.encode()), place, found.checkpoint.size, proof, found.checkpoint.root
    ):
        found.wrong(f"Line {number}: event {event} is not in the log.")
    if event <= last:
        found.wrong(f"Line {number}: event {event} is out of order, or here twice.")
    if committed is not None:
        found.with_words += 1
        if committed != commitment:
            found.wrong(f"Line {number}: the words of event {event} are not those that were recorded.")
        elif facts.get("verb") == HANDED_OUT:
            found.said.append(json.loads(words))
        elif facts.get("verb") == ERASED:
            found.erased.append((facts.get("subject", ""), json.loads(words)))
    return event


def _object(line: bytes) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except ValueError as error:
        raise Unreadable("This is no export of the log: a line of it is no JSON.") from error
    if not isinstance(content, dict):
        raise Unreadable("This is no export of the log: a line of it is no object.")
    return content
