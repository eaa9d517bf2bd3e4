"""Legal holds, which stop deletion."""

import datetime as dt

import pgtrigger
from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from accounts.models import User
from portal.ids import new_id

# Whoever may write a hold's end may not do without one: a hold is released, and then goes with its period.
OPEN_STAYS = pgtrigger.Trigger(
    name="open_stays",
    when=pgtrigger.Before,
    operation=pgtrigger.Delete,
    condition=pgtrigger.Q(old__released_at__isnull=True),
    func="RAISE EXCEPTION 'a hold is released, never deleted while it is open' USING ERRCODE = 'restrict_violation';",
)
# What is held with others is released with them.
ENDS_WITH_ITS_SCOPE = pgtrigger.Trigger(
    name="ends_with_its_scope",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Q(old__released_at__isnull=True, new__released_at__isnull=False, new__under_id__isnull=False),
    func="""
        IF EXISTS (SELECT FROM retention_legalhold h WHERE h.id = NEW.under_id AND h.released_at IS NULL) THEN
            RAISE EXCEPTION 'held with others: released with them' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    """,
)


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    """Which holds."""

    def open(self) -> "LegalHoldQuerySet":
        """Holds that nobody released."""
        return self.filter(released_at=None)

    def on(self, thing: models.Model) -> "LegalHoldQuerySet":
        """Holds on this very record, on its own or with others."""
        return self.filter(label=thing._meta.label, object_id=thing.pk)

    def as_placed(self) -> "LegalHoldQuerySet":
        """As people placed them: a case once, not each of its records."""
        return self.filter(under=None)

    def of_records(self) -> "LegalHoldQuerySet":
        """One a record."""
        return self.filter(scope=LegalHold.Scope.RECORD)

    def on_case(self, case_ref: str) -> "LegalHoldQuerySet":
        """Holds on all that names this case."""
        return self.filter(scope=LegalHold.Scope.CASE, case_ref__iexact=case_ref.strip())

    def due_for_review(self, at: dt.datetime) -> "LegalHoldQuerySet":
        """Open holds that nobody has looked at for as long as the standard allows (R-081)."""
        return self.open().filter(review_due_at__lte=at)


def is_held(label: str, column: str = "pk") -> models.Exists:
    """Whether an open hold keeps the record of this kind whose key stands in this column of the query around."""
    return models.Exists(LegalHold.objects.open().filter(label=label, object_id=models.OuterRef(column)))


class LegalHold(models.Model):
    """That a record is to be kept past its period, for a case: nothing erases it until somebody releases it (R-081)."""

    class Basis(models.TextChoices):
        """What the law asks it to be kept for."""

        CPIA = "cpia", "Relevant to a criminal investigation (CPIA 1996)"
        APPEAL = "appeal", "Appeal or review of a conviction"
        CIVIL = "civil", "Civil claim or inquest"
        COMPLAINT = "complaint", "Complaint or conduct matter"
        RIGHTS = "rights", "Asked for by the person it is about"

    class Scope(models.TextChoices):
        """How much it holds."""

        RECORD = "record", "One record"
        CASE = "case", "All that names the case, now and later"
        RESULT = "result", "What a search or a list showed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scope = models.CharField(max_length=6, choices=Scope, default=Scope.RECORD)
    under = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="records",
        help_text="The hold on a case or on a result by which this record is held.",
    )  # fmt: skip
    label = models.CharField(
        max_length=80, blank=True, help_text="The kind of record, such as hotlists.Entry; empty: a case or a result."
    )
    object_id = models.UUIDField(null=True)
    digest = models.CharField(
        max_length=64, blank=True, help_text="Of a result: SHA-256 over what was found, as certificates have it."
    )
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
        triggers = [OPEN_STAYS, ENDS_WITH_ITS_SCOPE]
        constraints = [
            models.UniqueConstraint(
                fields=["label", "object_id", "case_ref", "under"],
                condition=Q(released_at__isnull=True, scope="record"),
                nulls_distinct=False,
                name="retention_hold_once_a_case",
            ),
            models.UniqueConstraint(
                Upper("case_ref"),
                condition=Q(released_at__isnull=True, scope="case"),
                name="retention_hold_case_held_once",
            ),
            models.CheckConstraint(
                name="retention_hold_of_a_record_or_of_many",
                condition=(Q(scope="record", object_id__isnull=False, digest="") & ~Q(label=""))
                | Q(scope="case", object_id__isnull=True, label="", digest="", under__isnull=True)
                | (Q(scope="result", object_id__isnull=True, label="", under__isnull=True) & ~Q(digest="")),
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

    @property
    def kind(self) -> str:
        """What kind of record it holds, as people say it."""
        if not self.label:
            return self.get_scope_display()
        return str(apps.get_model(self.label)._meta.verbose_name).capitalize()
