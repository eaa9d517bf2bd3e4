"""Whether the log is being sealed, and is what was sealed, for /healthz."""

from django.utils import timezone

from audit.models import Unsealed, Verification
from audit.verification import WAITS
from portal.ids import moment_of


def check() -> str:
    """Empty when nothing waits for long."""
    oldest = Unsealed.objects.order_by("pk").values_list("pk", flat=True).first()
    if oldest is None or moment_of(oldest) > timezone.now() - WAITS:
        return ""
    return f"events have waited for their seal since {moment_of(oldest):%d %B %Y at %H:%M} UTC"


def check_whole() -> str:
    """Empty when the last look found nothing wrong, or nobody has looked yet."""
    last = Verification.objects.first()
    return f"the log is not what was sealed: {last.problems[0]}" if last and last.problems else ""
