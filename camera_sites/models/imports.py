"""Files of sites that were read and wait to be looked at before anything is proposed or changed."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from portal.ids import new_id


class SiteImport(models.Model):
    """One file of sites, with what is wrong with each row. Nothing is proposed or changed until somebody says so."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file_name = models.CharField(max_length=100)
    rows = models.JSONField(help_text="Cells by column, as they were read; {}: left blank.")
    problems = models.JSONField(default=dict, help_text="Row -> column -> what is wrong.")
    changes = models.JSONField(
        default=dict,
        help_text="Row -> of a site that is known: its digest when the file was read, and column -> [old, new].",
    )
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    applied_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="camera_sites_import_applied_by_its_maker_when_right",
                condition=Q(applied_at=None, applied_by=None)
                | Q(applied_at__isnull=False, applied_by=models.F("made_by"), problems={}),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def numbered(self) -> list[tuple[int, dict[str, str]]]:
        """The rows that say something, each with its number; the first below the headings is 1."""
        return [(number, row) for number, row in enumerate(self.rows, start=1) if row]
