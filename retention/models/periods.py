"""Periods of the schedule that this force made shorter or longer than they came."""

import datetime as dt

import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id

DECIDED_LATER = (
    "status", "months_before", "version", "decided_by_id", "decided_as", "decided_at", "decision_reason",
)  # fmt: skip

FOLLOWS_ON = pgtrigger.Trigger(
    name="follows_on",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    declare=[("governs", "integer"), ("for_all", "integer"), ("delivered", "integer"), ("newest", "integer")],
    func="""
        IF TG_OP = 'UPDATE' AND OLD.status <> 'proposed' THEN
            RAISE EXCEPTION 'a decided period is not changed: a later one takes its place' USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.status <> 'in_force' THEN RETURN NEW; END IF;
        SELECT coalesce(max(version), 1) INTO newest FROM retention_periodchange WHERE label = NEW.label AND status = 'in_force';
        IF NEW.version IS DISTINCT FROM newest + 1 THEN
            RAISE EXCEPTION 'version % of the rule for % is followed by another', newest, NEW.label
                USING ERRCODE = 'check_violation';
        END IF;
        delivered := public.retention_delivered_months(NEW.label);
        IF delivered IS NULL THEN
            RAISE EXCEPTION '% has no period that could be changed', NEW.label USING ERRCODE = 'check_violation';
        END IF;
        SELECT months INTO for_all FROM retention_periodchange
            WHERE label = NEW.label AND status = 'in_force' AND list_id IS NULL ORDER BY version DESC LIMIT 1;
        for_all := coalesce(for_all, delivered);
        SELECT months INTO governs FROM retention_periodchange
            WHERE label = NEW.label AND status = 'in_force' AND list_id IS NOT DISTINCT FROM NEW.list_id
            ORDER BY version DESC LIMIT 1;
        IF least(governs, for_all) <> NEW.months_before THEN
            RAISE EXCEPTION 'what governs % is % months', NEW.label, least(governs, for_all) USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.list_id IS NOT NULL AND NEW.months > for_all THEN
            RAISE EXCEPTION 'one list keeps nothing longer than all do' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)


class PeriodChangeQuerySet(models.QuerySet["PeriodChange"]):
    """Which changes."""

    def in_force(self, at: dt.datetime) -> "PeriodChangeQuerySet":
        """Those that had been decided at a moment, each rule's oldest version first."""
        return self.filter(status=PeriodChange.Status.IN_FORCE, decided_at__lte=at).order_by("label", "version")

    def waiting(self) -> "PeriodChangeQuerySet":
        """Longer periods that the second office has not decided."""
        return self.filter(status=PeriodChange.Status.PROPOSED).order_by("proposed_at")


class PeriodChange(AppendOnly):
    """That a kind of record is kept for another time than the schedule came with. Shorter by one office, longer only by both:
    the data protection officer and the information asset owner. Each one in force is a version of its rule."""

    class Status(models.TextChoices):
        """How far it is."""

        PROPOSED = "proposed", "Waits for the other office"
        IN_FORCE = "in_force", "In force"
        DECLINED = "declined", "Declined"

    class Office(models.TextChoices):
        """In whose place somebody acts."""

        DPO = "dpo", "Data protection officer"
        OWNER = "owner", "Information asset owner"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    label = models.CharField(max_length=80, help_text="The kind of record, such as hotlists.Entry.")
    list_id = models.UUIDField(null=True, help_text="Only the records of this hotlist.")
    list_name = models.CharField(max_length=200, blank=True)
    months = models.PositiveSmallIntegerField()
    months_before = models.PositiveSmallIntegerField(help_text="What governed when it was proposed, then when decided.")
    version = models.PositiveIntegerField(
        null=True, help_text="Of the rule, counted from 1, which came with the portal."
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    reason = models.CharField(max_length=500)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_as = models.CharField(max_length=5, choices=Office)
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_as = models.CharField(max_length=5, choices=Office, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)

    app_may_update = DECIDED_LATER

    objects = PeriodChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("change_period_as_dpo", "Change periods of the schedule as data protection officer"),
            ("change_period_as_owner", "Change periods of the schedule as information asset owner"),
        ]
        triggers = [*append_only_triggers(app_may_update=DECIDED_LATER), FOLLOWS_ON]
        constraints = [
            models.UniqueConstraint(
                fields=["label", "list_id"], condition=Q(status="proposed"), nulls_distinct=False,
                name="retention_period_one_proposal",
            ),
            models.UniqueConstraint(fields=["label", "version"], name="retention_period_version_once"),
            models.CheckConstraint(
                name="retention_period_changes_something",
                condition=~Q(months=F("months_before")) & Q(months__gte=1) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="retention_period_decided_by_somebody",
                condition=Q(status="proposed", decided_by__isnull=True, decided_at__isnull=True, decided_as="", version=None)
                | Q(status="in_force", decided_by__isnull=False, decided_at__isnull=False, version__gte=2)
                | Q(status="declined", decided_by__isnull=False, decided_at__isnull=False, version=None),
            ),
            models.CheckConstraint(
                name="retention_period_longer_by_both_offices",  # a period is lengthened by two people
                condition=~Q(status="in_force")
                | Q(months__lt=F("months_before"))
                | (
                    ~Q(decided_by=F("proposed_by"))
                    & (Q(proposed_as="dpo", decided_as="owner") | Q(proposed_as="owner", decided_as="dpo"))
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"period {str(self.pk)[-8:]}"

    @property
    def is_longer(self) -> bool:
        """Whether more is kept by it than before."""
        return self.months > self.months_before
