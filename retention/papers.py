"""A deletion certificate on paper."""

from portal.printing import pdf
from retention.models import Certificate
from retention.names import name_of

DIGEST_OF = "SHA-256 over `label:id` and a line feed of each record erased on its own, sorted bytewise"


def printed(certificate: Certificate) -> bytes:
    """The PDF: the same counts, rules and digests as on the page. Raises CannotPrint."""
    lines = [{**line, "name": name_of(line["label"])} for line in certificate.lines]
    return pdf("printed/certificate.html", {"certificate": certificate, "lines": lines, "digest_of": DIGEST_OF})
