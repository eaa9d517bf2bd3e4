"""The lists themselves: each with a purpose, an owner, a DPIA and an end."""

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Least
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from guardian.shortcuts import get_objects_for_user

from accounts.models import Actor, MachineClient, User
from camera_sites.models import Dpia
from portal.ids import new_id
from standards.models import Action


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

        Every list has a sunset and needs a DPIA in date; a feed needs an agreement with its source, and a load that is no
        older than the agreement allows.
        """
        dpia_ends = Dpia.objects.governing(at).filter(pk=OuterRef("dpia_id")).values("review_due_at")[:1]
        agreement = _rows_of(Hotlist.agreements).governing(at).filter(hotlist=OuterRef("pk")).order_by("-from_at")
        loaded = _rows_of(Hotlist.loads).loaded_by(at).filter(hotlist=OuterRef("pk")).order_by("-loaded_at")
        ends = {
            "dpia_ends_at": Subquery(dpia_ends),
            "agreement_ends_at": Subquery(agreement.values("until_at")[:1]),
            "staleness_hours": Subquery(agreement.values("max_staleness_hours")[:1]),
            "last_loaded_at": Subquery(loaded.values("loaded_at")[:1]),
        }
        stale_at = models.ExpressionWrapper(
            F("last_loaded_at") + F("staleness_hours") * Value(dt.timedelta(hours=1)), models.DateTimeField()
        )
        is_feed = Q(kind=Hotlist.Kind.FEED)
        return self.annotate(**ends).annotate(
            stale_at=stale_at,
            lapses_at=Case(
                When(dpia_ends_at__isnull=True, then=None),
                When(is_feed & (Q(agreement_ends_at__isnull=True) | Q(last_loaded_at__isnull=True)), then=None),
                When(is_feed, then=Least("sunset_at", "dpia_ends_at", "agreement_ends_at", "stale_at")),
                default=Least("sunset_at", "dpia_ends_at"),
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

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=Kind)
    purpose = models.CharField(max_length=300)
    controller = models.CharField(max_length=100)
    legal_basis = models.CharField(max_length=200)
    owner = models.ForeignKey(User, models.PROTECT, related_name="owned_hotlists")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    dpia = models.ForeignKey(Dpia, models.PROTECT, null=True, blank=True, related_name="hotlists")
    categories = ArrayField(models.CharField(max_length=10), help_text="Category codes that its entries may have.")
    actions = ArrayField(models.CharField(max_length=20, choices=Action))
    markers = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    offline_life_hours = models.PositiveSmallIntegerField(default=24, help_text="R-085")
    sunset_at = models.DateTimeField(help_text="The list itself lapses then unless justified afresh.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)

    objects = HotlistQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        permissions = [("manage_hotlist", "Create hotlists and change what they may hold")]
        constraints = [
            models.CheckConstraint(
                name="hotlists_hotlist_ends_after_start", condition=Q(sunset_at__gt=F("created_at"))
            ),
            models.CheckConstraint(
                name="hotlists_hotlist_offline_life_sane",
                condition=Q(offline_life_hours__gte=1, offline_life_hours__lte=168),
            ),
        ]

    def __str__(self) -> str:
        return self.title


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
