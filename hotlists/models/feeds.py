"""Lists loaded from a source system: the agreement that governs them, their rows, and rows held back though listed."""

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.db.models.functions import Reverse

from accounts.models import Actor, MachineClient, User
from hotlists.models.hotlists import Hotlist
from hotlists.models.versions import EntryVersion
from portal.ids import new_id
from standards.models import Action, Priority

Basis = EntryVersion.Basis


class SourceAgreementQuerySet(models.QuerySet["SourceAgreement"]):
    """Which agreements."""

    def governing(self, at: dt.datetime) -> "SourceAgreementQuerySet":
        """Agreements that two people made and that run at this moment."""
        return self.filter(agreed_at__lte=at, from_at__lte=at, until_at__gt=at)


class SourceAgreement(models.Model):
    """On what terms a source fills a list: by what right, until when, how fresh. One person proposes, another agrees."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="agreements")
    source = models.CharField(max_length=100, help_text="The system or body the rows come from.")
    basis = models.CharField(max_length=300, help_text="The law or agreement under which they are given.")
    machine = models.ForeignKey(
        MachineClient,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The machine that may send loads.",
    )
    max_staleness_hours = models.PositiveIntegerField(help_text="Without a load for longer, the list is out of force.")
    change_limit = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Per cent of the list that a load may change before a second person is asked."
    )
    # What the file does not say of a row.
    country = models.CharField(max_length=2, default="GB", help_text="The file has no country.")
    category = models.CharField(max_length=10)
    action = models.CharField(max_length=20, choices=Action, help_text="For rows that name none.")
    priority = models.CharField(max_length=10, choices=Priority)
    contact = models.CharField(max_length=60, help_text="Who answers for a row at any hour.")
    fact = models.CharField(max_length=10, choices=Basis, default=Basis.FACT, help_text="R-019")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)

    objects = SourceAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-from_at"]
        permissions = [("agree_source", "Agree to a source's terms that somebody else proposed")]
        constraints = [
            models.CheckConstraint(
                name="hotlists_sourceagreement_ends_after_start", condition=Q(until_at__gt=F("from_at"))
            ),
            models.CheckConstraint(
                name="hotlists_sourceagreement_agreed_by_another",
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | (Q(agreed_by__isnull=False, agreed_at__isnull=False) & ~Q(agreed_by=F("proposed_by"))),
            ),
            models.CheckConstraint(
                name="hotlists_sourceagreement_staleness_sane",
                condition=Q(max_staleness_hours__gte=1, max_staleness_hours__lte=24 * 366),
            ),
            models.CheckConstraint(
                name="hotlists_sourceagreement_limit_sane",
                condition=Q(change_limit__isnull=True) | Q(change_limit__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"agreement with {self.source}"


class FeedRowQuerySet(models.QuerySet["FeedRow"]):
    """Which rows."""

    def visible_to(self, actor: Actor) -> "FeedRowQuerySet":
        """Rows of lists that this person may see."""
        return self.filter(hotlist__in=Hotlist.objects.visible_to(actor))

    def of_plate(self, vrm: str, country: str | None = None) -> "FeedRowQuerySet":
        """Rows that name this normalised plate."""
        return self.filter(vrm=vrm, **({"country": country} if country else {}))

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


class FeedExceptionQuerySet(models.QuerySet["FeedException"]):
    """Which exceptions."""

    def open_at(self, at: dt.datetime) -> "FeedExceptionQuerySet":
        """Exceptions that hold a row back at this moment."""
        return self.filter(from_at__lte=at).filter(Q(to_at__isnull=True) | Q(to_at__gt=at))


def _exceptions_to_row() -> FeedExceptionQuerySet:
    row: Any = {"hotlist_id": OuterRef("hotlist_id"), "country": OuterRef("country"), "vrm": OuterRef("vrm")}
    return FeedException.objects.filter(**row)


class FeedException(models.Model):
    """A plate on a feed held back at once by one person (F-02). Outlives reloads, until the source drops the row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="feed_exceptions")
    country = models.CharField(max_length=2, db_collation="C")
    vrm = models.CharField(max_length=15, db_collation="C")
    reason = models.CharField(max_length=500)
    from_at = models.DateTimeField()
    from_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    to_at = models.DateTimeField(null=True)
    to_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    dropped_by = models.ForeignKey(
        "hotlists.Load", models.PROTECT, null=True, related_name="ended_exceptions",
        help_text="The load in which the source no longer lists the plate.",
    )  # fmt: skip
    lifted_because = models.CharField(max_length=500, blank=True)

    app_may_update = ("to_at", "to_by_id", "dropped_by_id", "lifted_because")

    objects = FeedExceptionQuerySet.as_manager()

    class Meta:
        ordering = ["-from_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["hotlist", "country", "vrm"],
                condition=Q(to_at__isnull=True),
                name="hotlists_feedexception_one_open",
            ),
            models.CheckConstraint(name="hotlists_feedexception_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="hotlists_feedexception_ends_by_another_or_the_source",
                condition=Q(to_at__isnull=True, to_by__isnull=True, dropped_by__isnull=True)
                | Q(to_at__isnull=False, to_by__isnull=True, dropped_by__isnull=False)
                | (Q(to_at__isnull=False, to_by__isnull=False, dropped_by__isnull=True) & ~Q(to_by=F("from_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"exception {str(self.pk)[-8:]} to {self.hotlist.title}"

    @property
    def plate(self) -> tuple[str, str]:
        """Country and normalised plate."""
        return self.country, self.vrm
