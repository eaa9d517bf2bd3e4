"""What the building itself keeps: answers given to creating calls, so that a repeated call gets the same answer."""

from django.db import models

from portal.ids import new_id


class StoredAnswer(models.Model):
    """The answer to one call that carried an Idempotency-Key; kept for a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    caller = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, address and body.")
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="portal_answer_once_a_key")]

    def __str__(self) -> str:
        return f"answer {self.status} to {self.caller}"
