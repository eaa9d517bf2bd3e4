"""The lists themselves: each with a purpose, an owner, a DPIA and an end."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from guardian.shortcuts import get_objects_for_user

from accounts.models import Actor, User
from camera_sites.models import Dpia
from portal.ids import new_id
from standards.models import Action


class HotlistQuerySet(models.QuerySet["Hotlist"]):
    """Which lists."""

    def visible_to(self, actor: Actor) -> "HotlistQuerySet":
        """Lists that this person or their team was given access to. The one place that asks guardian."""
        if not isinstance(actor, User):
            return self.none()
        return self & get_objects_for_user(
            actor, "hotlists.view_hotlist", Hotlist, accept_global_perms=False, with_superuser=False
        )

    def with_lapse(self, at: dt.datetime) -> "HotlistQuerySet":
        """Adds `lapses_at`: the least of sunset and DPIA review date; null where no DPIA governs at that moment."""
        dpia_ends = Dpia.objects.governing(at).filter(pk=models.OuterRef("dpia_id")).values("review_due_at")[:1]
        return self.annotate(dpia_ends_at=models.Subquery(dpia_ends)).annotate(
            lapses_at=models.Case(
                models.When(dpia_ends_at__isnull=True, then=None),
                default=Least(F("sunset_at"), F("dpia_ends_at")),
                output_field=models.DateTimeField(null=True),
            )
        )

    def in_force(self, at: dt.datetime) -> "HotlistQuerySet":
        """Lists that are justified at this moment: created, not past their sunset, with an in-date DPIA (decision 12)."""
        return self.with_lapse(at).filter(created_at__lte=at, lapses_at__gt=at)


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
