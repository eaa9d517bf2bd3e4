"""Legal holds, which stop deletion."""

import datetime as dt

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from portal.ids import new_id


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    """Which holds."""

    def open(self) -> "LegalHoldQuerySet":
        """Holds that nobody released."""
        return self.filter(released_at=None)

    def on(self, thing: models.Model) -> "LegalHoldQuerySet":
        """Holds on this very record."""
        return self.filter(label=thing._meta.label, object_id=thing.pk)

    def due_for_review(self, at: dt.datetime) -> "LegalHoldQuerySet":
        """Open holds that nobody has looked at for as long as the standard allows (R-081)."""
        return self.open().filter(review_due_at__lte=at)


class LegalHold(models.Model):
    """That a record is to be kept past its period, for a case: nothing erases it until somebody releases it (R-081)."""

    class Basis(models.TextChoices):
        """What the law asks it to be kept for."""

        CPIA = "cpia", "Relevant to a criminal investigation (CPIA 1996)"
        APPEAL = "appeal", "Appeal or review of a conviction"
        CIVIL = "civil", "Civil claim or inquest"
        COMPLAINT = "complaint", "Complaint or conduct matter"
        RIGHTS = "rights", "Asked for by the person it is about"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    label = models.CharField(max_length=80, help_text="The kind of record, such as hotlists.Entry.")
    object_id = models.UUIDField()
    what = models.CharField(max_length=200, help_text="The record in words that name no vehicle.")
    case_ref = models.CharField(max_length=50)
    basis = models.CharField(max_length=10, choices=Basis)
    reason = models.CharField(max_length=500)
    owner = models.ForeignKey(User, models.PROTECT, related_name="owned_holds")
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    review_due_at = models.DateTimeField()
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    release_reason = models.CharField(max_length=500, blank=True)

    app_may_update = ("review_due_at", "released_by_id", "released_at", "release_reason")

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        permissions = [("place_hold", "Place and release legal holds")]
        indexes = [
            models.Index(
                fields=["object_id", "label"], condition=Q(released_at__isnull=True), name="retention_hold_open"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["label", "object_id", "case_ref"],
                condition=Q(released_at__isnull=True),
                name="retention_hold_once_a_case",
            ),
            models.CheckConstraint(
                name="retention_hold_names_its_case",
                condition=~Q(case_ref="") & ~Q(reason=""),
            ),
            models.CheckConstraint(name="retention_hold_is_reviewed", condition=Q(review_due_at__gt=F("placed_at"))),
            models.CheckConstraint(
                name="retention_hold_released_by_somebody_for_a_reason",
                condition=Q(released_at__isnull=True, released_by__isnull=True, release_reason="")
                | (Q(released_at__isnull=False, released_by__isnull=False) & ~Q(release_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"hold {str(self.pk)[-8:]} for {self.case_ref}"

    @property
    def key(self) -> str:
        """As the log names what is held."""
        return f"{self.label.lower()}:{self.object_id}"
