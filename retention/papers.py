"""A deletion certificate on paper and as a file that proves itself, and where the log says the same."""

import datetime as dt
from collections import Counter
from hashlib import sha256
from typing import Any

import rfc8785

from accounts.models import Actor
from audit import exports
from audit.models import Event
from audit.verbs import Verb
from portal.errors import TooLate
from portal.printing import pdf
from retention.models import Certificate
from retention.names import name_of

DIGEST_OF = "SHA-256 over `label:id` and a line feed of each record erased on its own, sorted bytewise"


def sealed_event(certificate: Certificate) -> Event | None:
    """The event of the log that says the same, whose proof anybody can check; None once its six years are over."""
    said = Event.objects.filter(subject_kind=Certificate._meta.label_lower, subject_id=str(certificate.pk))
    return said.filter(verb=Verb.RECORDS_ERASED).first()


def outstanding(certificate: Certificate) -> dict[str, int]:
    """How many copies of what was erased each matcher never proved gone. Those proofs end here: what they were about is gone."""
    copies: Counter[str] = Counter()
    for line in certificate.lines:
        copies += Counter(line.get("outstanding", {}))
    return dict(sorted(copies.items()))


def printed(certificate: Certificate) -> bytes:
    """The PDF: the same counts, rules and digests as on the page. Raises CannotPrint."""
    lines = [{**line, "name": name_of(line["label"])} for line in certificate.lines]
    context = {
        "certificate": certificate, "lines": lines, "digest_of": DIGEST_OF, "event": sealed_event(certificate),
        "outstanding": outstanding(certificate),
    }  # fmt: skip
    return pdf("printed/certificate.html", context)


def told(certificate: Certificate) -> dict[str, Any]:
    """All that it says: counts, rules, digests. The sealed event commits to these very words."""
    return {
        "id": str(certificate.pk),
        "run": str(certificate.run_id),
        "as_of": _moment(certificate.as_of),
        "erased": certificate.erased,
        "digest": certificate.digest,
        "digest_of": DIGEST_OF,
        "outstanding": outstanding(certificate),
        "lines": certificate.lines,
        "started_by": certificate.issued_for,
        "issued_at": _moment(certificate.issued_at),
    }


def committed(certificate: Certificate) -> str:
    """SHA-256 over what it says, as RFC 8785 writes it."""
    return sha256(rfc8785.dumps(told(certificate))).hexdigest()


def proved(certificate: Certificate, *, by: Actor) -> bytes:
    """The certificate with the sealed event that was recorded when it was issued, and its proof: `python -m audit.seal` checks it
    with neither portal nor network. Raises TooLate before the event is sealed, and when its six years are over."""
    event = sealed_event(certificate)
    if event is None:
        raise TooLate(
            "The event that proves this certificate has ended with its period. The certificate stands by itself."
        )
    asked = exports.Asked(f"deletion certificate {certificate.pk}", "", "", by)
    return exports.taken_with(event, asked, certificate=told(certificate))


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")
