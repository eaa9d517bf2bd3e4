"""Revisions that wait for a second person, and the rows that they hold back (R-103)."""

import datetime as dt

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Actor, SignIn, User
from hotlists.models import Hotlist
from portal.ids import new_id

_BY_ANOTHER = pgtrigger.Trigger(
    name="halt_decided_by_another",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    condition=pgtrigger.Q(new__decided_by__isnull=False),
    func=(
        "IF NEW.decided_by_id = ANY(NEW.caused_by) THEN "
        "RAISE EXCEPTION 'a halt is decided by another than who caused it' USING ERRCODE = 'check_violation'; END IF; "
        "IF NEW.decided_digest IS DISTINCT FROM NEW.digest AND NEW.ended_at IS NULL THEN "
        "RAISE EXCEPTION 'a halt is decided on what was shown' USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
    ),
)


class HaltQuerySet(models.QuerySet["Halt"]):
    """Which halts."""

    def standing(self) -> "HaltQuerySet":
        """Those that hold rows back now, or were released and not yet published."""
        return self.filter(ended_at=None)

    def holding(self) -> "HaltQuerySet":
        """Those that hold rows back now."""
        return self.standing().exclude(is_released=True)

    def undecided(self) -> "HaltQuerySet":
        """Those that wait for a person."""
        return self.standing().filter(decided_at=None)

    def visible_to(self, actor: Actor) -> "HaltQuerySet":
        """Of lists that this person may see."""
        return self.filter(hotlist__in=Hotlist.objects.visible_to(actor))

    def locked(self, pk: object) -> "Halt":
        """One, to be decided."""
        return self.select_for_update(of=("self",)).select_related("hotlist").get(pk=pk)


class Halt(models.Model):
    """The next revision of a list would change more of it than the limit: what nobody vouched for is held back until a second
    person has decided on exactly that."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="halts")
    base_rows = models.PositiveIntegerField(help_text="Rows that are published, against which it was measured.")
    added = models.PositiveIntegerField()
    removed = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    limit = models.PositiveSmallIntegerField(help_text="Per cent, as it stood when measured.")
    digest = models.CharField(max_length=64, help_text="Over every row held back: what a decision is bound to.")
    causes = models.JSONField(default=list, help_text="Loads and decisions that it comes from, in words.")
    caused_by = ArrayField(models.BigIntegerField(), default=list, help_text="People whose doing it is.")
    since_at = models.DateTimeField(help_text="When the revision was published against which it was measured.")
    halted_at = models.DateTimeField()
    measured_at = models.DateTimeField(help_text="When it last came to hold back something else.")
    is_released = models.BooleanField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_digest = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    sign_in = models.ForeignKey(SignIn, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = HaltQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        permissions = [("release_revision", "Release or refuse a revision beyond the limit that others caused")]
        triggers = [_BY_ANOTHER]
        constraints = [
            models.UniqueConstraint(
                fields=["hotlist"], condition=Q(ended_at__isnull=True), name="matchers_halt_one_standing"
            ),
            models.CheckConstraint(
                name="matchers_halt_decided_for_a_reason",
                condition=Q(
                    decided_at__isnull=True, decided_by__isnull=True, sign_in__isnull=True, is_released__isnull=True,
                    decided_digest="", reason="",
                )
                | (
                    Q(
                        decided_at__isnull=False, decided_by__isnull=False, sign_in__isnull=False,
                        is_released__isnull=False,
                    )
                    & ~Q(decided_digest="")
                    & ~Q(reason="")
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"halt of {self.hotlist}"

    @property
    def held(self) -> int:
        """How many rows it holds back."""
        return self.added + self.removed + self.changed

    @property
    def share(self) -> int:
        """How much of the list that is, in per cent."""
        return self.held * 100 // self.base_rows if self.base_rows else 100

    @property
    def word(self) -> str:
        """How it stands, in words."""
        if self.ended_at is not None:
            return {True: "Released", False: "Refused", None: "Passed by itself"}[self.is_released]
        return {True: "Being published", False: "Refused", None: "Waits for a second person"}[self.is_released]

    @property
    def tone(self) -> str:
        """How it stands, in a tone."""
        if self.ended_at is not None:
            return "in-force"
        return "lapsing" if self.is_released else "stopped"

    def is_over(self, at: dt.datetime) -> bool:
        """Whether it holds nothing back any more."""
        return self.ended_at is not None and self.ended_at <= at


class HeldChange(models.Model):
    """One row of a list that a halt holds back; deleted when the halt ends."""

    class Change(models.TextChoices):
        """What the revision would do."""

        ADDED = "added", "Would be added"
        REMOVED = "removed", "Would be removed"
        CHANGED = "changed", "Would be changed"

    id = models.BigAutoField(primary_key=True)
    halt = models.ForeignKey(Halt, models.CASCADE, related_name="changes", db_index=False)
    change = models.CharField(max_length=7, choices=Change)
    country = models.CharField(max_length=2, db_collation="C")
    vrm = models.CharField(max_length=15, db_collation="C")
    ref = models.CharField(max_length=100, db_collation="C")
    canonical = models.TextField(help_text="As it would be published; of one removed, as it is.")

    class Meta:
        indexes = [models.Index(fields=["halt", "change", "country", "vrm", "ref"], name="matchers_held_by_key")]
