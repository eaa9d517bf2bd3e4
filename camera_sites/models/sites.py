"""Camera sites and their cameras: where, whose, why, and whether they are in service."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from guardian.shortcuts import get_objects_for_user

from accounts.models import Actor, MachineClient, User
from camera_sites import triggers
from camera_sites.models.dpias import Dpia
from portal.ids import new_id


class CameraSiteQuerySet(models.QuerySet["CameraSite"]):
    """Which sites."""

    def visible_to(self, actor: Actor) -> "CameraSiteQuerySet":
        """Sites that this person or their team was given access to; all, for a machine that may read.

        The one place that asks guardian about sites.
        """
        if isinstance(actor, MachineClient):
            return self.all() if actor.has_scope("read") else self.none()
        if not isinstance(actor, User):
            return self.none()
        granted = get_objects_for_user(
            actor, "camera_sites.view_camerasite", CameraSite, accept_global_perms=False, with_superuser=False
        )
        return self.filter(pk__in=granted.values("pk"))

    def with_service_end(self, at: dt.datetime) -> "CameraSiteQuerySet":
        """Adds `in_service_until`: the DPIA's review date for a site live at this moment, null where it was not in service."""
        ends = Dpia.objects.governing(at).filter(pk=OuterRef("dpia_id")).values("review_due_at")[:1]
        return self.annotate(dpia_ends_at=Subquery(ends)).annotate(
            in_service_until=models.Case(
                models.When(
                    Q(live_at__lte=at) & (Q(decommissioned_at=None) | Q(decommissioned_at__gt=at)),
                    then=F("dpia_ends_at"),
                ),
                default=None,
                output_field=models.DateTimeField(null=True),
            )
        )

    def in_service(self, at: dt.datetime) -> "CameraSiteQuerySet":
        """Live sites whose DPIA is in date at this moment (R-113)."""
        return self.with_service_end(at).filter(in_service_until__gt=at)

    def out_of_service(self, at: dt.datetime) -> "CameraSiteQuerySet":
        """Sites that people set live and whose DPIA has lapsed by this moment."""
        return self.with_service_end(at).filter(status=CameraSite.Status.LIVE, in_service_until=None)

    def lapsing(self, at: dt.datetime, within: dt.timedelta) -> "CameraSiteQuerySet":
        """Sites in service whose DPIA lapses within this time."""
        return self.in_service(at).filter(in_service_until__lte=at + within)

    def ready_to_go_live(self, at: dt.datetime) -> "CameraSiteQuerySet":
        """Proposals with cameras, under a DPIA in date."""
        return self.with_service_end(at).filter(
            Exists(Camera.objects.filter(site=OuterRef("pk"))),
            status=CameraSite.Status.PROPOSED,
            dpia_ends_at__isnull=False,
        )

    def with_standing(self, at: dt.datetime) -> "CameraSiteQuerySet":
        """As `with_service_end`, and `dpia_due_at` (the review date, past or not) and `camera_count`: what a table shows."""
        due = Dpia.objects.filter(pk=OuterRef("dpia_id")).with_standing(at).values("ends_at")[:1]
        cameras = Camera.objects.filter(site=OuterRef("pk")).order_by().values("site").annotate(n=Count("pk"))
        return (
            self.with_service_end(at)
            .select_related("owner", "dpia")
            .annotate(dpia_due_at=Subquery(due), camera_count=Coalesce(Subquery(cameras.values("n")), 0))
        )


class CameraSite(models.Model):
    """A place where number plates are read, with its purpose and those who answer for it."""

    class Status(models.TextChoices):
        """What people decided; a lapsed DPIA takes a live site out of service by itself."""

        PROPOSED = "proposed", "Proposed"
        LIVE = "live", "Live"
        DECOMMISSIONED = "decommissioned", "Decommissioned"

    class Purpose(models.TextChoices):
        """Columns of the national justification matrix (R-112), the weightiest first."""

        NATIONAL_SECURITY = "national_security", "National security and counter terrorism"
        SERIOUS_CRIME = "serious_crime", "Serious, organised and major crime"
        LOCAL_CRIME = "local_crime", "Local crime"
        PREVENTION = "prevention", "Crime prevention and reduction"
        CONFIDENCE = "confidence", "Community confidence"

    class LocationType(models.TextChoices):
        """Rows of the national justification matrix (R-112)."""

        STRATEGIC = "strategic", "Strategic road network"
        MAJOR = "major", "Local-authority major road"
        MINOR = "minor", "Local-authority minor road"
        CROWDED = "crowded", "Crowded place"
        PRIVATE = "private", "Private place"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ref = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=100)
    area = models.CharField(max_length=80, help_text="The only place name that the public is told (R-120).")
    location_type = models.CharField(max_length=12, choices=LocationType)
    purposes = ArrayField(models.CharField(max_length=30, choices=Purpose))
    need = models.CharField(max_length=1000, help_text="The problem, and why cameras here answer it.")
    latitude = models.FloatField()
    longitude = models.FloatField()
    road = models.CharField(max_length=80, blank=True)
    owner_org = models.CharField(max_length=100)
    operator_org = models.CharField(max_length=100)
    controller = models.CharField(max_length=100)
    funder = models.CharField(max_length=100, blank=True)
    has_signage = models.BooleanField(default=False)
    dpia = models.ForeignKey(Dpia, models.PROTECT, null=True, blank=True, related_name="sites")
    status = models.CharField(max_length=15, choices=Status, default=Status.PROPOSED)
    owner = models.ForeignKey(User, models.PROTECT, related_name="owned_sites")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    live_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    live_at = models.DateTimeField(null=True)
    decommissioned_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    decommissioned_at = models.DateTimeField(null=True)

    objects = CameraSiteQuerySet.as_manager()

    class Meta:
        ordering = ["ref"]
        permissions = [
            ("view_sites", "Open the registry of camera sites"),
            ("propose_site", "Propose and edit camera sites"),
            ("decide_site", "Set a camera site live, or end it"),
        ]
        triggers = [triggers.SITE_IS_BORN_PROPOSED, triggers.SITE_IS_LIVE_AS_DECIDED]
        constraints = [
            models.CheckConstraint(
                name="camera_sites_site_has_a_purpose",
                condition=Q(purposes__len__gte=1)
                & Q(
                    purposes__contained_by=[
                        "national_security",
                        "serious_crime",
                        "local_crime",
                        "prevention",
                        "confidence",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="camera_sites_site_decommissioned_by_somebody",
                condition=Q(status="decommissioned", decommissioned_by__isnull=False, decommissioned_at__isnull=False)
                | (~Q(status="decommissioned") & Q(decommissioned_by__isnull=True, decommissioned_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="camera_sites_site_live_by_another",
                condition=Q(status="proposed", live_by__isnull=True, live_at__isnull=True)
                | (
                    ~Q(status="proposed")
                    & Q(live_by__isnull=False, live_at__isnull=False)
                    & ~Q(live_by=F("proposed_by"))
                )
                | Q(status="decommissioned", live_by__isnull=True, live_at__isnull=True),
            ),
            models.CheckConstraint(
                name="camera_sites_site_live_with_dpia", condition=~Q(status="live") | Q(dpia__isnull=False)
            ),
            models.CheckConstraint(
                name="camera_sites_site_on_earth",
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.name}"


class SiteContribution(models.Model):
    """That somebody's hand was in this proposal: whoever proposed or edited a site does not set it live."""

    site = models.ForeignKey(CameraSite, models.PROTECT, related_name="contributions")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    contributed_at = models.DateTimeField()

    class Meta:
        triggers = [triggers.SITE_CONTRIBUTION_STANDS]
        constraints = [models.UniqueConstraint(fields=["site", "user"], name="camera_sites_site_contribution_once")]


class SiteUserAccess(UserObjectPermissionBase):
    """A person's access to one site."""

    content_object = models.ForeignKey(CameraSite, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class SiteGroupAccess(GroupObjectPermissionBase):
    """A team's access to one site."""

    content_object = models.ForeignKey(CameraSite, models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False


class Camera(models.Model):
    """One camera of a site."""

    class Kind(models.TextChoices):
        """How it is mounted."""

        FIXED = "fixed", "Fixed"
        MOBILE = "mobile", "Mobile"
        PTZ = "ptz", "Pan, tilt and zoom"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(CameraSite, models.PROTECT, related_name="cameras")
    ref = models.SlugField(max_length=40, unique=True, help_text="As reads name it.")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.FIXED)
    lane = models.CharField(max_length=20, blank=True)
    direction = models.CharField(max_length=20, blank=True)
    commissioned_at = models.DateTimeField()
    commissioned_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["ref"]
        triggers = [triggers.CAMERA_IS_PART_OF_THE_PROPOSAL, triggers.CAMERA_STAYS_AT_ITS_SITE]

    def __str__(self) -> str:
        return self.ref
