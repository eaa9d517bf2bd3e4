"""Emergency verbal authority: what an authoriser said on the telephone, and until when it holds."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q

from accounts.models import Actor, SignIn, User
from hotlists import triggers
from hotlists.models.hotlists import Hotlist
from hotlists.models.terms import Term
from hotlists.models.versions import EntryVersion
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id
from standards.models import StandardsProfile
from standards.ranks import Rank


class HashPoint(Func):
    """A text as a range of one number, so that core PostgreSQL can exclude it without an extension."""

    template = "int8range(hashtextextended(%(expressions)s, 0), hashtextextended(%(expressions)s, 0), '[]')"


class Stretch(Func):
    """From one moment until another."""

    function = "tstzrange"


class EmergencyQuerySet(models.QuerySet["EmergencyAuthority"]):
    """Which emergencies."""

    def visible_to(self, actor: Actor) -> "EmergencyQuerySet":
        """Of entries of lists that this person may see."""
        return self.filter(entry__hotlist__in=Hotlist.objects.visible_to(actor))

    def with_confirmation(self) -> "EmergencyQuerySet":
        """Adds `is_confirmed`: that the entry was approved in writing before the authority ended."""
        approved = Term.objects.filter(
            entry=OuterRef("entry"), emergency_ends_at=None, from_at__lte=OuterRef("ends_at")
        )
        return self.annotate(is_confirmed=Exists(approved))

    def unconfirmed(self, at: dt.datetime) -> "EmergencyQuerySet":
        """Those that dropped off: ended before anybody approved them in writing (R-048). Counted, and never deleted early."""
        return self.with_confirmation().filter(is_confirmed=False, ends_at__lte=at)

    def to_confirm(self, at: dt.datetime) -> "EmergencyQuerySet":
        """Those that hold and wait to be approved in writing."""
        governs = Term.objects.filter(entry=OuterRef("entry"), emergency_ends_at__gt=at).governing(at)
        return self.with_confirmation().filter(Exists(governs), is_confirmed=False, entry__withdrawn_at=None)


class EmergencyAuthority(AppendOnly):
    """That an authoriser of rank said yes on the telephone, and somebody else wrote it down (R-048). Holds 4 h at most."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey("hotlists.Entry", models.PROTECT, related_name="emergencies")
    version = models.OneToOneField(EntryVersion, models.PROTECT, related_name="emergency")
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    rank = models.PositiveSmallIntegerField(choices=Rank)
    words = models.CharField(max_length=1000, help_text="What the authoriser said.")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+")
    ends_at = models.DateTimeField()
    key = models.CharField(
        max_length=60, db_collation="C", help_text="Country, plate and purpose: never twice within 24 h."
    )
    no_other_until = models.DateTimeField()
    profile = models.ForeignKey(StandardsProfile, models.PROTECT, related_name="+")

    objects = EmergencyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "emergency authorities"
        ordering = ["-given_at"]
        triggers = [*append_only_triggers(), triggers.EMERGENCY_BY_ANOTHER_OF_RANK]
        constraints = [
            models.CheckConstraint(name="hotlists_emergency_by_another", condition=~Q(given_by=F("recorded_by"))),
            models.CheckConstraint(
                name="hotlists_emergency_four_hours_at_most",
                condition=Q(ends_at__gt=F("given_at"), ends_at__lte=F("given_at") + dt.timedelta(hours=4)),
            ),
            models.CheckConstraint(
                name="hotlists_emergency_recorded_while_it_holds",
                condition=Q(recorded_at__gte=F("given_at"), recorded_at__lt=F("ends_at")),
            ),
            models.CheckConstraint(
                name="hotlists_emergency_a_day_apart",
                condition=Q(no_other_until__gte=F("given_at") + dt.timedelta(hours=24)),
            ),
            models.CheckConstraint(name="hotlists_emergency_says_what", condition=~Q(words__regex=r"^\s*$")),
            ExclusionConstraint(
                name="hotlists_emergency_once_a_plate_and_purpose",
                expressions=[
                    (HashPoint(F("key")), RangeOperators.OVERLAPS),
                    (Stretch(F("given_at"), F("no_other_until")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"emergency authority for {self.entry}"

    @staticmethod
    def key_of(version: EntryVersion) -> str:
        """What no second emergency may have within a day."""
        return f"{version.country} {version.vrm} {version.purpose}"
