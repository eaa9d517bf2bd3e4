"""A deletion certificate on paper, and where the log says the same."""

from audit.models import Event
from audit.verbs import Verb
from portal.printing import pdf
from retention.models import Certificate
from retention.names import name_of

DIGEST_OF = "SHA-256 over `label:id` and a line feed of each record erased on its own, sorted bytewise"


def sealed_event(certificate: Certificate) -> Event | None:
    """The event of the log that says the same, whose proof anybody can check; None once its six years are over."""
    said = Event.objects.filter(subject_kind=Certificate._meta.label_lower, subject_id=str(certificate.pk))
    return said.filter(verb=Verb.RECORDS_ERASED).first()


def printed(certificate: Certificate) -> bytes:
    """The PDF: the same counts, rules and digests as on the page. Raises CannotPrint."""
    lines = [{**line, "name": name_of(line["label"])} for line in certificate.lines]
    told = {"certificate": certificate, "lines": lines, "digest_of": DIGEST_OF, "event": sealed_event(certificate)}
    return pdf("printed/certificate.html", told)
