"""Whether the log is being sealed, for /healthz."""

from django.utils import timezone

from audit.models import Unsealed
from audit.verification import WAITS
from portal.ids import moment_of


def check() -> str:
    """Empty when nothing waits for long."""
    oldest = Unsealed.objects.order_by("pk").values_list("pk", flat=True).first()
    if oldest is None or moment_of(oldest) > timezone.now() - WAITS:
        return ""
    return f"events have waited for their seal since {moment_of(oldest):%d %B %Y at %H:%M} UTC"
