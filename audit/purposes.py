"""The four purposes for which the law lets anybody read the log (DPA 2018 s.62(4), R-063)."""

from django.db.models import TextChoices


class Purpose(TextChoices):
    """Chosen before the log is opened, and recorded. The label completes: to read the log to …"""

    LAWFULNESS = "lawfulness", "verify that processing was lawful"
    SELF_MONITORING = "self_monitoring", "monitor ourselves, internal discipline included"
    INTEGRITY = "integrity", "ensure that the data are sound and secure"
    PROCEEDINGS = "proceedings", "serve criminal proceedings"
