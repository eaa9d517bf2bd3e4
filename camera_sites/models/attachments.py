"""Files attached to a version of an assessment. What they hold lies outside the database, named by its digest."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from camera_sites import attachment_triggers as triggers
from camera_sites.models.dpias import DpiaVersion
from portal.ids import new_id


class AttachmentQuerySet(models.QuerySet["DpiaAttachment"]):
    """Which attachments."""

    def waiting(self) -> "AttachmentQuerySet":
        """Those that nobody has judged yet."""
        return self.filter(status=DpiaAttachment.Status.WAITING)

    def standing(self) -> "AttachmentQuerySet":
        """Those that are part of their version."""
        return self.exclude(status=DpiaAttachment.Status.REFUSED)


class DpiaAttachment(models.Model):
    """One file of one version. Only a draft takes files or gives them up; what was submitted keeps them."""

    class Status(models.TextChoices):
        """What the scanner made of it."""

        WAITING = "waiting", "Waiting to be scanned"
        CLEAN = "clean", "Scanned, nothing found"
        UNSCANNED = "unscanned", "Not scanned: there is no scanner here"
        REFUSED = "refused", "Refused and deleted"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(DpiaVersion, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    found = models.CharField(max_length=200, blank=True, help_text="What the scanner called it.")
    attached_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    attached_at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = "attachment of a DPIA"
        verbose_name_plural = "attachments of DPIAs"
        triggers = [triggers.ONLY_DRAFTS_CHANGE_FILES, triggers.JUDGED_ONCE]
        constraints = [
            models.UniqueConstraint(fields=["version", "sha256"], name="camera_sites_attachment_once"),
            models.CheckConstraint(
                name="camera_sites_attachment_judged_at",
                condition=Q(status="waiting", judged_at__isnull=True) | (~Q(status="waiting") & Q(judged_at__isnull=False)),
            ),
            models.CheckConstraint(name="camera_sites_attachment_digest", condition=Q(sha256__regex="^[0-9a-f]{64}$")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} of {self.version}"
