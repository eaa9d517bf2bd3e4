"""The lists themselves: each with a purpose, an owner, a DPIA and an end."""

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.functional import cached_property
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from guardian.shortcuts import get_objects_for_user

from accounts.models import Actor, MachineClient, User
from camera_sites.models import Coverage, Dpia
from camera_sites.models.coverage import further_ends
from hotlists import triggers
from portal.ids import new_id
from standards.models import Action, Category, Priority


class HotlistQuerySet(models.QuerySet["Hotlist"]):
    """Which lists."""

    def visible_to(self, actor: Actor) -> "HotlistQuerySet":
        """Lists that this person or their team was given access to; all, for a machine that may read.

        The one place that asks guardian about lists.
        """
        if isinstance(actor, MachineClient):
            return self.all() if actor.has_scope("read") else self.none()
        if not isinstance(actor, User):
            return self.none()
        granted = get_objects_for_user(
            actor, "hotlists.view_hotlist", Hotlist, accept_global_perms=False, with_superuser=False
        )
        return self.filter(pk__in=granted.values("pk"))

    def with_lapse(self, at: dt.datetime) -> "HotlistQuerySet":
        """Adds `lapses_at`: the least of what ends the list. Null when something that has to govern it does not.

        Every list has a sunset and needs a DPIA in date, as does every further one that covers it, all as they stood at that
        moment; a feed needs an agreement with its source, and a load that is no older than the agreement allows.
        """
        term = _rows_of(Hotlist.terms).governing(at).filter(hotlist=OuterRef("pk")).order_by("-from_at")
        dpia_ends = Dpia.objects.governing(at).filter(pk=OuterRef("dpia_id")).values("review_due_at")[:1]
        agreement = _rows_of(Hotlist.agreements).governing(at).filter(hotlist=OuterRef("pk")).order_by("-from_at")
        loaded = _rows_of(Hotlist.loads).loaded_by(at).filter(hotlist=OuterRef("pk")).order_by("-loaded_at")
        ends = {
            "sunset_at": Subquery(term.values("sunset_at")[:1]),
            "dpia_ends_at": Subquery(term.annotate(dpia_ends_at=Subquery(dpia_ends)).values("dpia_ends_at")[:1]),
            "agreement_ends_at": Subquery(agreement.values("ends_at")[:1]),
            **further_ends(Coverage.Kind.HOTLIST, at),
            "staleness_hours": Subquery(agreement.values("max_staleness_hours")[:1]),
            "last_loaded_at": Subquery(loaded.values("loaded_at")[:1]),
        }
        stale_at = models.ExpressionWrapper(
            F("last_loaded_at") + F("staleness_hours") * Value(dt.timedelta(hours=1)), models.DateTimeField()
        )
        is_feed = Q(kind=Hotlist.Kind.FEED)
        whole = ("sunset_at", "closed_at", "dpia_ends_at", "further_ends_at")
        return self.annotate(**ends).annotate(
            stale_at=stale_at,
            lapses_at=Case(
                When(Q(sunset_at__isnull=True) | Q(dpia_ends_at__isnull=True) | Q(is_uncovered=True), then=None),
                When(is_feed & (Q(agreement_ends_at__isnull=True) | Q(last_loaded_at__isnull=True)), then=None),
                When(is_feed, then=Least(*whole, "agreement_ends_at", "stale_at")),
                default=Least(*whole),
                output_field=models.DateTimeField(null=True),
            ),
        )

    def in_force(self, at: dt.datetime) -> "HotlistQuerySet":
        """Lists that are justified at this moment: created, not past their sunset, with an in-date DPIA (decision 12)."""
        return self.with_lapse(at).filter(created_at__lte=at, lapses_at__gt=at)


def _rows_of(relation: Any) -> Any:
    """All rows of a model that is declared further up and points here."""
    return relation.rel.related_model.objects


class Hotlist(models.Model):
    """A list of vehicles of interest with one purpose and one owner; lapses unless justified afresh."""

    class Kind(models.TextChoices):
        """How its rows come about."""

        MANAGED = "MANAGED", "Managed: entries decided one by one"
        FEED = "FEED", "Feed: loaded from a source system"
        SUPPRESSION = "SUPPRESSION", "Suppression: never published"

    class Gsc(models.TextChoices):
        """How it is classified; anything above is not held here (domain.md 3.4)."""

        OFFICIAL = "O", "OFFICIAL"
        OFFICIAL_SENSITIVE = "OS", "OFFICIAL-SENSITIVE"

    class Circulation(models.TextChoices):
        """How far the list is meant to go."""

        LOCAL = "LOCAL", "Local: this force"
        REGIONAL = "REGIONAL", "Regional: this force and its neighbours"
        NATIONAL = "NATIONAL", "National: every force"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=Kind)
    purpose = models.CharField(max_length=300)
    controller = models.CharField(max_length=100)
    joint_controllers = models.CharField(max_length=300, blank=True, help_text="R-004; empty: it is the only one.")
    joint_arrangement = models.CharField(max_length=300, blank=True, help_text="Where who answers for what is agreed.")
    legal_basis = models.CharField(max_length=200)
    policy_document = models.CharField(max_length=200, blank=True, help_text="The appropriate policy document.")
    gsc = models.CharField(max_length=2, choices=Gsc, default=Gsc.OFFICIAL_SENSITIVE)
    circulation = models.CharField(max_length=8, choices=Circulation, default=Circulation.LOCAL)
    owner = models.ForeignKey(User, models.PROTECT, related_name="owned_hotlists")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    dpia = models.ForeignKey(Dpia, models.PROTECT, null=True, blank=True, related_name="hotlists")
    categories = ArrayField(models.CharField(max_length=10), help_text="Category codes that its entries may have.")
    actions = ArrayField(models.CharField(max_length=20, choices=Action))
    markers = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    default_priority = models.CharField(
        max_length=10, choices=Priority, blank=True, help_text="Empty: as is usual for the category."
    )
    max_expiry_hours = models.PositiveIntegerField(
        null=True, blank=True, help_text="Longest life of an entry here, within its category's."
    )
    review_hours = models.PositiveIntegerField(
        null=True, blank=True, help_text="Longest time between reviews here, within the category's."
    )
    max_size = models.PositiveIntegerField(null=True, blank=True, help_text="Vehicles that it may hold.")
    offline_life_hours = models.PositiveSmallIntegerField(default=24, help_text="R-085")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    closed_because = models.CharField(max_length=500, blank=True)

    objects = HotlistQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        permissions = [
            ("manage_hotlist", "Create hotlists, change what they may hold, release what exceeds the daily number"),
            ("decide_hotlist", "Decide whether a hotlist is still justified"),
        ]
        triggers = [triggers.HOTLIST_STAYS_CLOSED]
        constraints = [
            models.CheckConstraint(
                name="hotlists_hotlist_offline_life_sane",
                condition=Q(offline_life_hours__gte=1, offline_life_hours__lte=168),
            ),
            models.CheckConstraint(
                name="hotlists_hotlist_closed_by_somebody_for_a_reason",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, closed_because="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(closed_because="")),
            ),
            models.CheckConstraint(
                name="hotlists_hotlist_joint_by_arrangement",
                condition=Q(joint_controllers="") | ~Q(joint_arrangement=""),
            ),
            models.CheckConstraint(
                name="hotlists_hotlist_reviewed_within_life",
                condition=Q(max_expiry_hours__isnull=True)
                | Q(review_hours__isnull=True)
                | Q(review_hours__lte=F("max_expiry_hours")),
            ),
            models.CheckConstraint(
                name="hotlists_hotlist_numbers_sane",
                condition=(Q(max_size__isnull=True) | Q(max_size__gte=1))
                & (Q(max_expiry_hours__isnull=True) | Q(max_expiry_hours__gte=1))
                & (Q(review_hours__isnull=True) | Q(review_hours__gte=1)),
            ),
            models.CheckConstraint(
                name="hotlists_hotlist_deputy_is_another", condition=Q(deputy__isnull=True) | ~Q(deputy=F("owner"))
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def sunset_at(self) -> dt.datetime:
        """When the list itself lapses as it stands now; `with_lapse` brings it for another moment, or for many lists."""
        return _rows_of(Hotlist.terms).governing(timezone.now()).get(hotlist=self).sunset_at

    def longest_life(self, category: Category) -> int:
        """Hours that an entry of this category may last on this list (R-015)."""
        return min(category.max_expiry_hours, self.max_expiry_hours or category.max_expiry_hours)

    def review_interval(self, category: Category) -> int:
        """Hours between reviews of an entry of this category on this list, at most (R-014)."""
        return min(category.review_hours, self.review_hours or category.review_hours)


class HotlistUserAccess(UserObjectPermissionBase):
    """A person's access to one list."""

    content_object = models.ForeignKey(Hotlist, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class HotlistGroupAccess(GroupObjectPermissionBase):
    """A team's access to one list."""

    content_object = models.ForeignKey(Hotlist, models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
