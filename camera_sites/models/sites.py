"""Camera sites: where, whose, why, and whether they are in service."""

import datetime as dt
import math

from django.db import models
from django.db.models import Count, Exists, ExpressionWrapper, F, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce, Least, TruncDate
from django.utils import timezone
from guardian.shortcuts import get_objects_for_user

from accounts.models import Actor, MachineClient, User
from camera_sites import site_triggers as triggers
from camera_sites.accuracy_triggers import TESTED_BEFORE_LIVE
from camera_sites.covert_triggers import OPEN_SITES_NAME_OPEN_DPIAS
from camera_sites.models.cases import SiteCase
from camera_sites.models.coverage import Coverage, further_ends
from camera_sites.models.dpias import Dpia
from portal.ids import new_id
from standards.models import StandardsProfile

METRES_A_DEGREE = 111_195


class CameraSiteQuerySet(models.QuerySet["CameraSite"]):
    """Which sites."""

    def visible_to(self, actor: Actor) -> "CameraSiteQuerySet":
        """Sites that this person or their team was given access to; all but covert ones, for a machine that may read (R-123).

        The one place that asks guardian about sites.
        """
        if isinstance(actor, MachineClient):
            return self.exclude(deployment=SiteCase.Deployment.COVERT) if actor.has_scope("read") else self.none()
        if not isinstance(actor, User):
            return self.none()
        granted = get_objects_for_user(
            actor, "camera_sites.view_camerasite", CameraSite, accept_global_perms=False, with_superuser=False
        )
        return self.filter(pk__in=granted.values("pk"))

    def with_service_end(self, at: dt.datetime) -> "CameraSiteQuerySet":
        """Adds `in_service_until`: when service ends for a site in service at this moment, past or not; null for any other.

        Service is a spell that people began and ended, while every assessment governs and the deployment lasts: the first of
        these to end ends it. `is_set_live` says whether a spell ran, `dpia_ends_at` and `town_ends_at` when those in date end,
        `is_uncovered` and `further_ends_at` the same of what else covers it.
        """
        spells = self.model._base_manager.filter(
            Q(spells__ended_at=None) | Q(spells__ended_at__gt=at), pk=OuterRef("pk"), spells__began_at__lte=at
        )
        governing = Dpia.objects.governing(at)
        return self.annotate(
            is_set_live=Exists(spells),
            dpia_ends_at=Subquery(governing.filter(pk=OuterRef("dpia_id")).values("review_due_at")[:1]),
            town_ends_at=Subquery(governing.filter(pk=OuterRef("town_dpia_id")).values("review_due_at")[:1]),
            **further_ends(Coverage.Kind.SITE, at),
        ).annotate(
            in_service_until=models.Case(
                models.When(
                    Q(is_set_live=True, dpia_ends_at__isnull=False, is_uncovered=False)
                    & (Q(encircles=False) | Q(encircles=None) | Q(town_ends_at__isnull=False))
                    & (Q(deployed_until=None) | Q(deployed_until__gt=at)),
                    then=Least("dpia_ends_at", "town_ends_at", "further_ends_at", "deployed_until"),
                ),
                default=None,
                output_field=models.DateTimeField(null=True),
            )
        )

    def in_service(self, at: dt.datetime) -> "CameraSiteQuerySet":
        """Live sites whose assessments are in date at this moment (R-113): as `in_service_until` says, asked of all at once."""
        governing = Dpia.objects.governing(at).values("pk")
        return self.with_service_end(at).filter(
            Q(encircles=False) | Q(encircles=None) | Q(town_dpia__in=governing),
            Q(deployed_until=None) | Q(deployed_until__gt=at),
            is_set_live=True,
            is_uncovered=False,
            dpia__in=governing,
        )

    def out_of_service(self, at: dt.datetime) -> "CameraSiteQuerySet":
        """Sites that people had set live at this moment, and whose assessment had lapsed or whose deployment had ended."""
        return self.with_service_end(at).filter(is_set_live=True, in_service_until=None)

    def near(self, site: "CameraSite") -> "CameraSiteQuerySet":
        """Those so near, as the standards say, that they may do what this one is to do (R-111)."""
        return self.around(site, StandardsProfile.objects.in_force(timezone.now()).number("site.neighbours"))

    def around(self, site: "CameraSite", metres: int) -> "CameraSiteQuerySet":
        """Other standing or proposed sites in the box that reaches so many metres from this one."""
        north = metres / METRES_A_DEGREE
        east = north / max(math.cos(math.radians(site.latitude)), 0.01)
        box = (site.longitude - east, site.latitude - north, site.longitude + east, site.latitude + north)
        return self.in_box(*box).exclude(Q(pk=site.pk) | Q(status=CameraSite.Status.DECOMMISSIONED))

    def covert(self) -> "CameraSiteQuerySet":
        """Those that nobody knows of but who was given access to them (R-123)."""
        return self.filter(deployment=SiteCase.Deployment.COVERT)

    def counted_in_public(self) -> "CameraSiteQuerySet":
        """Those that public totals count: covert and temporary ones are left out (R-123)."""
        return self.exclude(deployment__in=[CameraSite.Deployment.COVERT, CameraSite.Deployment.TEMPORARY])

    def lapsing(self, at: dt.datetime, within: dt.timedelta) -> "CameraSiteQuerySet":
        """Sites in service whose DPIA lapses within this time."""
        return self.in_service(at).filter(in_service_until__lte=at + within)

    def with_need_review(self, at: dt.datetime, days: int) -> "CameraSiteQuerySet":
        """Adds `need_due_at`: when the need of a site that was set live is to be reviewed (R-116), a year after it last was,
        or sooner where something was raised since; and `need_outcome`, what the last review said."""
        moment = models.DateTimeField(null=True)
        own = self.model._base_manager.filter(pk=OuterRef("pk"))
        return (
            self.annotate(
                reviewed_at=Subquery(own.values("pk").annotate(last=Max("need_reviews__reviewed_at")).values("last")),
                need_outcome=Subquery(own.order_by("-need_reviews__reviewed_at").values("need_reviews__outcome")[:1]),
            )
            .annotate(since=Coalesce("reviewed_at", "live_at", output_field=moment))
            .annotate(
                raised_at=Subquery(
                    own.filter(need_questions__raised_at__gt=OuterRef("since"))
                    .values("pk").annotate(first=Min("need_questions__raised_at")).values("first")
                )
            )
            .annotate(
                need_due_at=models.Case(
                    models.When(
                        status__in=[CameraSite.Status.LIVE, CameraSite.Status.SUSPENDED],
                        then=Least("raised_at", F("since") + dt.timedelta(days=days)),
                    ),
                    output_field=moment,
                )
            )
        )  # fmt: skip

    def due_for_need_review(self, at: dt.datetime, days: int) -> "CameraSiteQuerySet":
        """Sites whose need is to be reviewed by this moment."""
        return self.with_need_review(at, days).filter(need_due_at__lte=at)

    def with_signs_due(self, days: int) -> "CameraSiteQuerySet":
        """Adds `signs_seen_on`, when its signs were last inspected, and `signs_due_on`: so many days after, or the day on which
        it went live where nobody looked yet. Null where no inspection is due: not set live, or covert (R-117)."""
        last = self.model._base_manager.filter(pk=OuterRef("pk")).values("pk").annotate(
            last=Max("inspections__inspected_on")
        )  # fmt: skip
        after = ExpressionWrapper(F("signs_seen_on") + dt.timedelta(days=days), output_field=models.DateTimeField())
        return self.annotate(signs_seen_on=Subquery(last.values("last"))).annotate(
            signs_due_on=models.Case(
                models.When(
                    ~Q(deployment=CameraSite.Deployment.COVERT),
                    status__in=[CameraSite.Status.LIVE, CameraSite.Status.SUSPENDED],
                    then=Coalesce(Cast(after, models.DateField()), TruncDate("live_at")),
                ),
                output_field=models.DateField(null=True),
            )
        )

    def with_signs_to_inspect(self, day: dt.date, days: int) -> "CameraSiteQuerySet":
        """Those whose signs are due to be inspected by that day."""
        return self.with_signs_due(days).filter(signs_due_on__lte=day)

    def in_box(self, west: float, south: float, east: float, north: float) -> "CameraSiteQuerySet":
        """Those that stand in this part of the map, in degrees."""
        return self.filter(latitude__range=(south, north), longitude__range=(west, east))

    def ready_to_go_live(self, at: dt.datetime) -> "CameraSiteQuerySet":
        """Proposals with cameras, under a DPIA in date."""
        return self.with_service_end(at).filter(
            Exists(
                self.model._base_manager.filter(
                    pk=OuterRef("pk"), cameras__isnull=False, cameras__decommissioned_at=None
                )
            ),
            status=CameraSite.Status.PROPOSED,
            dpia_ends_at__isnull=False,
            is_uncovered=False,
        )

    def with_standing(self, at: dt.datetime) -> "CameraSiteQuerySet":
        """As `with_service_end`, and `dpia_due_at` (the review date, past or not) and `camera_count`: what a table shows."""
        due = Dpia.objects.filter(pk=OuterRef("dpia_id")).with_standing(at).values("ends_at")[:1]
        cameras = (
            self.model._base_manager.filter(pk=OuterRef("pk"))
            .values("pk")
            .annotate(n=Count("cameras", filter=Q(cameras__decommissioned_at=None)))
        )
        return (
            self.with_service_end(at)
            .select_related("owner", "dpia")
            .annotate(dpia_due_at=Subquery(due), camera_count=Coalesce(Subquery(cameras.values("n")), 0))
        )


class CameraSite(SiteCase):
    """A place where number plates are read, with its purpose and those who answer for it."""

    class Status(models.TextChoices):
        """What people decided; a lapsed DPIA takes a live site out of service by itself."""

        PROPOSED = "proposed", "Proposed"
        LIVE = "live", "Live"
        SUSPENDED = "suspended", "Suspended"
        DECOMMISSIONED = "decommissioned", "Decommissioned"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ref = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=100)
    area = models.CharField(max_length=80, help_text="The only place name that the public is told (R-120).")
    latitude = models.FloatField()
    longitude = models.FloatField()
    road = models.CharField(max_length=80, blank=True)
    owner_org = models.CharField(max_length=100)
    operator_org = models.CharField(max_length=100)
    controller = models.CharField(max_length=100)
    funder = models.CharField(max_length=100, blank=True)
    has_signage = models.BooleanField(default=False)
    dpia = models.ForeignKey(Dpia, models.PROTECT, null=True, blank=True, related_name="sites")
    town_dpia = models.ForeignKey(
        Dpia, models.PROTECT, null=True, blank=True, related_name="encircling_sites",
        help_text="Of the town as a whole, where nobody could enter or leave it unrecorded (R-118).",
    )  # fmt: skip
    status = models.CharField(max_length=15, choices=Status, default=Status.PROPOSED)
    owner = models.ForeignKey(User, models.PROTECT, related_name="owned_sites")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    live_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    live_at = models.DateTimeField(null=True)
    decommissioned_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    decommissioned_at = models.DateTimeField(null=True)
    moved_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    moved_at = models.DateTimeField(null=True, help_text="Since when it has the status that it has, once it was live.")

    objects = CameraSiteQuerySet.as_manager()

    class Meta(SiteCase.Meta):
        abstract = False
        ordering = ["ref"]
        permissions = [
            ("view_sites", "Open the registry of camera sites"),
            ("propose_site", "Propose and edit camera sites"),
            ("decide_site", "Set a camera site live, or end it"),
            ("export_sites", "Take camera sites away as a file"),
        ]
        triggers = [
            triggers.SITE_IS_BORN_PROPOSED, triggers.SITE_IS_LIVE_AS_DECIDED, triggers.SITE_KEEPS_ITS_SPELLS, TESTED_BEFORE_LIVE,
            OPEN_SITES_NAME_OPEN_DPIAS,
        ]  # fmt: skip
        indexes = [models.Index(fields=["dpia"], condition=Q(deployment="covert"), name="camera_sites_covert")]
        constraints = [
            *SiteCase.Meta.constraints,
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

    @property
    def logged_as(self) -> str:
        """How the log and what else is read by those who were not given a covert site call it (R-123)."""
        return "a covert site" if self.is_covert else str(self)
