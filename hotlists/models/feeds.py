"""Lists loaded from a source system: their rows, and rows held back though listed."""

import datetime as dt
import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, When
from django.db.models.functions import Reverse

from accounts.models import Actor, MachineClient, User
from hotlists.feeds.life_cycle import LifeCycle
from hotlists.models.agreements import Basis
from hotlists.models.hotlists import Hotlist
from hotlists.triggers import EXCEPTION_ENDS_BY_ANOTHER
from portal.ids import new_id
from standards.models import Action, Priority


class FeedRowQuerySet(models.QuerySet["FeedRow"]):
    """Which rows."""

    def visible_to(self, actor: Actor) -> "FeedRowQuerySet":
        """Rows of lists that this person may see."""
        return self.filter(hotlist__in=Hotlist.objects.visible_to(actor))

    def of_plate(self, vrm: str, country: str | None = None) -> "FeedRowQuerySet":
        """Rows that name this normalised plate."""
        return self.filter(vrm=vrm, **({"country": country} if country else {}))

    def reports(self, rule: LifeCycle, at: dt.datetime) -> dict[str, int]:
        """How many reports wait for confirmation, since when, and how many are about to be weeded (R-022)."""
        waits = Q(confirmed_at=None, reported_at__isnull=False)
        return self.aggregate(
            unconfirmed=Count("vrm", filter=waits),
            overdue=Count("vrm", filter=waits & Q(reported_at__lte=at - rule.confirm)),
            to_remind=Count("vrm", filter=waits & Q(reported_at__lte=at - rule.reminder)),
            to_warn=Count("vrm", filter=Q(confirmed_at__isnull=False, expires_at__lte=at + rule.warning)),
        )

    def to_confirm(self, rule: LifeCycle, at: dt.datetime) -> "FeedRowQuerySet":
        """Running reports that their source had to confirm by now and has not, the oldest first (R-022)."""
        waits = self.running(at).filter(confirmed_at=None, reported_at__lte=at - rule.confirm)
        return waits.order_by("reported_at", "vrm", "country", "ref")

    def confirming(self, hotlist: uuid.UUID | OuterRef) -> "FeedRowQuerySet":
        """For `Exists` in a query of exceptions: rows of the list that the source confirmed after they were held back."""
        return self.filter(
            hotlist=hotlist, country=OuterRef("country"), vrm=OuterRef("vrm"), confirmed_at__gt=OuterRef("from_at")
        )

    def running(self, at: dt.datetime) -> "FeedRowQuerySet":
        """Rows that have started and not been weeded at this moment."""
        return self.filter(starts_at__lte=at, expires_at__gt=at)

    def held_back(self, at: dt.datetime) -> "FeedRowQuerySet":
        """Rows that somebody suspended, and nobody let go again."""
        return self.filter(Exists(_exceptions_to_row().open_at(at)))

    def with_force(self, at: dt.datetime) -> "FeedRowQuerySet":
        """Adds `is_held_back` and `is_in_force`, the row's and its list's state at this moment together."""
        listed = Q(hotlist__in=Hotlist.objects.in_force(at), starts_at__lte=at, expires_at__gt=at)
        held_back = Exists(_exceptions_to_row().open_at(at))
        return self.annotate(
            is_held_back=held_back, is_in_force=Case(When(listed & ~held_back, then=True), default=False)
        )

    def in_force(self, at: dt.datetime) -> "FeedRowQuerySet":
        """Rows that matchers are to look for at this moment, as the list stands now; past lists are in what was published."""
        listed = self.filter(hotlist__in=Hotlist.objects.in_force(at)).running(at)
        return listed.filter(~Exists(_exceptions_to_row().open_at(at)))


class FeedRow(models.Model):
    """One vehicle that a source lists. Replaced by loads; nothing points at it by key: who needs it later copies it.

    One partition a list, made by its first load; so neither key is checked a row (a million times a load). In the database
    the key begins with the plate: it is the index of searches too.
    """

    pk = models.CompositePrimaryKey("hotlist", "country", "vrm", "ref")
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="feed_rows", db_constraint=False, db_index=False)
    country = models.CharField(max_length=2, db_collation="C")
    vrm = models.CharField(max_length=15, db_collation="C")
    ref = models.CharField(max_length=50, db_collation="C", blank=True, help_text="The source's own number of the row.")
    make = models.CharField(max_length=50, blank=True)
    model = models.CharField(max_length=50, blank=True)
    colour = models.CharField(max_length=30, blank=True)
    category = models.CharField(max_length=10)
    action = models.CharField(max_length=20, choices=Action)
    priority = models.CharField(max_length=10, choices=Priority)
    markers = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    action_text = models.CharField(max_length=500, blank=True)
    contact = models.CharField(max_length=60)
    basis = models.CharField(max_length=10, choices=Basis)
    grading = models.CharField(max_length=3, blank=True)
    marking = models.CharField(max_length=20, help_text="Government security classification.")
    source_type = models.CharField(max_length=100)
    force_area = models.CharField(max_length=50, blank=True)
    cad = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True, help_text="When the source was told, if it says so (R-022).")
    confirmed_at = models.DateTimeField(
        null=True,
        help_text="When the source confirmed the report; where it says only that it did, when it was reported.",
    )
    last_verified_at = models.DateTimeField(
        help_text="When the row last came or changed; a list's last load confirms the rest."
    )
    load = models.ForeignKey("hotlists.Load", models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    fingerprint = models.BigIntegerField(
        default=0, help_text="Of all that source and agreement say: rows of one key and fingerprint are the same."
    )

    objects = FeedRowQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(Reverse("vrm"), name="hotlists_feedrow_backwards"),  # for the end of a plate: `*2ABC`
        ]

    def __str__(self) -> str:
        return f"row of {self.hotlist.title}"

    @property
    def plate(self) -> tuple[str, str]:
        """Country and normalised plate: the key that matchers match on (R-157)."""
        return self.country, self.vrm


def _none(*names: str) -> Q:
    """A condition: none of these is set."""
    return Q(**{f"{name}__isnull": True for name in names})


def _exactly_one(*names: str) -> Q:
    """A condition: one of these is set, and the others are not."""
    one = Q()
    for name in names:
        one |= Q(**{f"{name}__isnull": False}) & _none(*(other for other in names if other != name))
    return one


class FeedExceptionQuerySet(models.QuerySet["FeedException"]):
    """Which exceptions."""

    def visible_to(self, actor: Actor) -> "FeedExceptionQuerySet":
        """Of lists that this person may see; a machine sees those of the sources it speaks for."""
        if isinstance(actor, MachineClient):
            return self.filter(hotlist__agreements__machine=actor).distinct()
        return self.filter(hotlist__in=Hotlist.objects.visible_to(actor))

    def untold(self) -> "FeedExceptionQuerySet":
        """Open ones of which the source has not been told; what it said itself it knows."""
        return self.filter(to_at=None, told_at=None, from_machine=None, from_load=None)

    def with_confirmation(self) -> "FeedExceptionQuerySet":
        """Adds `is_confirmed_since`: the source confirmed the row since, in a file of the very person who held it back."""
        again = Exists(FeedRow.objects.confirming(OuterRef("hotlist_id")))
        return self.annotate(is_confirmed_since=Case(When(again, to_at=None, then=True), default=False))

    def open_at(self, at: dt.datetime) -> "FeedExceptionQuerySet":
        """Exceptions that hold a row back at this moment."""
        return self.filter(from_at__lte=at).filter(Q(to_at__isnull=True) | Q(to_at__gt=at))


def _exceptions_to_row() -> FeedExceptionQuerySet:
    row: Any = {"hotlist_id": OuterRef("hotlist_id"), "country": OuterRef("country"), "vrm": OuterRef("vrm")}
    return FeedException.objects.filter(**row)


class FeedException(models.Model):
    """A plate on a feed held back at once by one person or by its source (F-02). Outlives reloads.

    Ends when the source drops the plate or confirms it anew, or when a second person lifts it. The source is told of it.
    """

    class Cause(models.TextChoices):
        """What is known of the vehicle."""

        RECOVERED = "recovered", "Recovered"
        WRONG_VEHICLE = "wrong-vehicle", "Wrong vehicle"
        STALE = "stale", "No longer wanted"
        CLONED = "cloned", "Cloned plate"
        OTHER = "other", "Something else"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="feed_exceptions")
    country = models.CharField(max_length=2, db_collation="C")
    vrm = models.CharField(max_length=15, db_collation="C")
    cause = models.CharField(max_length=15, choices=Cause, default=Cause.OTHER)
    reason = models.CharField(max_length=500)
    from_at = models.DateTimeField()
    from_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    from_machine = models.ForeignKey(MachineClient, models.PROTECT, null=True, related_name="+")
    from_load = models.ForeignKey(
        "hotlists.Load", models.PROTECT, null=True, related_name="begun_exceptions",
        help_text="The load in which the source called the vehicle recovered.",
    )  # fmt: skip
    to_at = models.DateTimeField(null=True)
    to_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    to_machine = models.ForeignKey(
        MachineClient,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="The source, which confirmed the row anew.",
    )
    dropped_by = models.ForeignKey(
        "hotlists.Load", models.PROTECT, null=True, related_name="ended_exceptions",
        help_text="The load in which the source no longer lists the plate.",
    )  # fmt: skip
    reconfirmed_by = models.ForeignKey(
        "hotlists.Load", models.PROTECT, null=True, related_name="reconfirmed_exceptions",
        help_text="The load in which the source confirmed the row after it was held back.",
    )  # fmt: skip
    lifted_because = models.CharField(max_length=500, blank=True)
    told_at = models.DateTimeField(null=True, help_text="When the source was told, or fetched it and said so.")
    told_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    told_machine = models.ForeignKey(MachineClient, models.PROTECT, null=True, related_name="+")

    app_may_update = (
        "to_at", "to_by_id", "to_machine_id", "dropped_by_id", "reconfirmed_by_id", "lifted_because", "told_at",
        "told_by_id", "told_machine_id",
    )  # fmt: skip

    objects = FeedExceptionQuerySet.as_manager()

    class Meta:
        ordering = ["-from_at"]
        triggers = [EXCEPTION_ENDS_BY_ANOTHER]
        constraints = [
            models.UniqueConstraint(
                fields=["hotlist", "country", "vrm"],
                condition=Q(to_at__isnull=True),
                name="hotlists_feedexception_one_open",
            ),
            models.CheckConstraint(name="hotlists_feedexception_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="hotlists_feedexception_held_back_by_one",
                condition=_exactly_one("from_by", "from_machine", "from_load"),
            ),
            models.CheckConstraint(
                name="hotlists_feedexception_ends_by_another_or_the_source",
                condition=(Q(to_at__isnull=True) & _none("to_by", "to_machine", "dropped_by", "reconfirmed_by"))
                | (
                    Q(to_at__isnull=False)
                    & _exactly_one("to_by", "to_machine", "dropped_by", "reconfirmed_by")
                    & (Q(to_by__isnull=True) | Q(from_by__isnull=True) | ~Q(to_by=F("from_by")))
                ),
            ),
            models.CheckConstraint(
                name="hotlists_feedexception_told_by_one",
                condition=(Q(told_at__isnull=True) & _none("told_by", "told_machine"))
                | (Q(told_at__isnull=False) & _exactly_one("told_by", "told_machine")),
            ),
        ]

    def __str__(self) -> str:
        return f"exception {str(self.pk)[-8:]} to {self.hotlist.title}"

    @property
    def plate(self) -> tuple[str, str]:
        """Country and normalised plate."""
        return self.country, self.vrm

    @property
    def holder(self) -> str:
        """Who held it back, in words."""
        who = self.from_by or self.from_machine
        return str(who) if who is not None else "The source, in its file"
