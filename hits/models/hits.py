"""Hits: a matcher's report that a read matched a published row, with all that was known at that moment."""

import datetime as dt

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Count, Exists, ExpressionWrapper, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from accounts.models import Actor, User
from camera_sites.models import CameraSite
from hits import triggers
from hits.limits import Limits
from hotlists.models import Entry, EntryVersion, Hotlist
from hotlists.scope import Response, Scope, read
from matchers.models import Matcher
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id
from retention.models import is_held
from retention.triggers import not_under_hold
from standards.models import Action, Priority

HELD = not_under_hold("hits.Hit", entry_id="hotlists.Entry")
WRITTEN_LATER = ("acknowledged_at", "closed_at")


class Caution(models.TextChoices):
    """Why a hit needs more care than usual; each shown in these words beside the plate."""

    DRIVER = "driver_not_identified", "Vehicle linked; driver not identified"
    PLATE = "plate_differs", "Plate read differs from the plate listed"
    COUNTRY_DIFFERS = "country_differs", "Country read differs from the country listed"  # F-05
    COUNTRY_ASSUMED = "country_assumed", "Country assumed"  # decision 18
    CLONE = "clone", "Cloned or false plate: check discriminators before stopping"
    OUTSIDE_SCOPE = "outside_scope", "Outside its scope: looking for it here and now was not authorised"
    NOT_IN_FORCE = "not_in_force_now", "No longer listed: a matcher's older copy matched"
    STALE = "entry_stale", "Not checked with its source lately"
    CONFIDENCE = "low_confidence", "Camera unsure of the plate"
    MATCHER_STOPPED = "matcher_stopped", "From a matcher that was stopped: do not rely on it alone"
    SITE_NOT_IN_SERVICE = "site_not_in_service", "Site not in service"
    SITE_UNKNOWN = "site_unknown", "Site not in the registry"


class HitQuerySet(models.QuerySet["Hit"]):
    """Which hits."""

    def visible_to(self, actor: Actor) -> "HitQuerySet":
        """Hits of lists that this person or their team may see; a withheld one for who keeps a list that withholds it, and
        for nobody else (decision 19)."""
        seen = Q(withheld_by=[], hotlist__in=Hotlist.objects.visible_to(actor))
        if not isinstance(actor, User):
            return self.filter(seen)
        kept = Hotlist.objects.filter(Q(owner=actor) | Q(deputy=actor), kind=Hotlist.Kind.SUPPRESSION)
        return self.filter(seen | Q(withheld_by__overlap=ArraySubquery(kept.order_by().values("pk"))))

    def withheld_counts(self, actor: Actor) -> dict[str, int]:
        """How many hits each suppression list that this person keeps withheld, by its slug; of others nothing, not even that
        there are any (decision 19)."""
        if not isinstance(actor, User):
            return {}
        kept = Hotlist.objects.filter(Q(owner=actor) | Q(deputy=actor), kind=Hotlist.Kind.SUPPRESSION)
        lists = dict(kept.order_by("slug").values_list("pk", "slug"))
        each = Func(F("withheld_by"), function="unnest", output_field=models.UUIDField())
        met = self.filter(withheld_by__overlap=list(lists)).order_by().annotate(by_list=each).values("by_list")
        counts = dict(met.annotate(count=Count("pk")).values_list("by_list", "count"))
        return {slug: counts.get(pk, 0) for pk, slug in lists.items()}

    def shown(self) -> "HitQuerySet":
        """Hits that no suppression list withholds: all that boards, counts and figures know of."""
        return self.filter(withheld_by=[])

    def open(self) -> "HitQuerySet":
        """Hits without an outcome."""
        return self.filter(closed_at=None)

    def open_at(self, at: dt.datetime) -> "HitQuerySet":
        """Hits that had no outcome at this moment."""
        return self.filter(received_at__lte=at).filter(Q(closed_at=None) | Q(closed_at__gt=at))

    def raising_alarm(self) -> "HitQuerySet":
        """Hits that ask somebody to act; the others are on record only, as was authorised."""
        return self.exclude(response=Response.RECORD_ONLY)

    def unacknowledged(self) -> "HitQuerySet":
        """Hits that nobody has taken on."""
        return self.filter(acknowledged_at=None, closed_at=None)

    def of_same_vehicle(self, hit: "Hit") -> "HitQuerySet":
        """Sightings of one listed vehicle: same list, country and plate. A vehicle on two lists is two interests (R-021);
        withheld sightings are none of those that are shown."""
        return self.filter(hotlist_id=hit.hotlist_id, country=hit.country, vrm=hit.vrm, withheld_by=hit.withheld_by)

    def of_same_read(self, hit: "Hit") -> "HitQuerySet":
        """What else this very read matched: the vehicle's other interests (R-021, decision 19)."""
        read = self.filter(vrm_read=hit.vrm_read, camera_ref=hit.camera_ref, captured_at=hit.captured_at)
        return read.exclude(hotlist=hit.hotlist_id).order_by("priority")

    def newest_of_vehicle(self) -> "HitQuerySet":
        """Of each listed vehicle only the newest sighting that asks for an outcome, which is what a board shows."""
        alarms = self.raising_alarm()
        return alarms.exclude(Exists(_same_vehicle().open().raising_alarm().filter(pk__gt=OuterRef("pk"))))

    def with_urgency(self, at: dt.datetime, limits: Limits) -> "HitQuerySet":
        """Adds, as of this moment, what the clock and the other sightings make of each hit (R-058, R-059):

        `sightings` open ones of the vehicle in the window, `is_escalated`, `urgency` (0 most urgent: high and escalated;
        then 1 high, 2 medium, 3 low), `answer_due_at`, `close_due_at`, `is_overdue`.
        """
        counted = (
            _same_vehicle().open_at(at).raising_alarm().filter(received_at__gt=at - limits.window).order_by()
            .values("vrm").annotate(n=Count("pk")).values("n")
        )  # fmt: skip
        level = Case(When(priority=Priority.HIGH, then=1), When(priority=Priority.MEDIUM, then=2), default=3)
        allowed = Case(
            When(urgency__lte=1, then=Value(limits.acknowledge[Priority.HIGH])),
            When(urgency=2, then=Value(limits.acknowledge[Priority.MEDIUM])),
            default=Value(limits.acknowledge[Priority.LOW]),
            output_field=models.DurationField(),
        )
        moment = models.DateTimeField()
        return (
            self.annotate(sightings=Coalesce(Subquery(counted[:1]), 0))
            .annotate(
                is_escalated=Case(
                    When(~Q(response=Response.RECORD_ONLY) & Q(sightings__gte=limits.count), then=True), default=False
                )
            )
            .annotate(urgency=Greatest(level - Case(When(is_escalated=True, then=1), default=0), Value(0)))
            .annotate(
                answer_due_at=ExpressionWrapper(F("received_at") + allowed, moment),
                close_due_at=ExpressionWrapper(F("received_at") + Value(limits.close), moment),
            )
            .annotate(
                is_overdue=Case(
                    When(Q(closed_at__lte=at) | Q(response=Response.RECORD_ONLY) | ~Q(withheld_by=[]), then=False),
                    When((Q(acknowledged_at=None) | Q(acknowledged_at__gt=at)) & Q(answer_due_at__lte=at), then=True),
                    When(close_due_at__lte=at, then=True),
                    default=False,
                )
            )
        )

    def most_urgent_first(self) -> "HitQuerySet":
        """After `with_urgency`: what nobody has taken on first, then by urgency, then the newest."""
        return self.annotate(
            in_hand=Case(When(acknowledged_at=None, then=0), default=1, output_field=models.SmallIntegerField())
        ).order_by("in_hand", F("urgency").asc(), "-pk")

    def with_story(self) -> "HitQuerySet":
        """Fetches with each hit what its card and page tell: list, entry, version, decisions, site, answers; and adds `is_held`:
        kept past its period for a case, by itself or with its entry (R-081)."""
        held = Case(When(is_held("hits.Hit") | is_held("hotlists.Entry", "entry"), then=True), default=False)
        return self.annotate(is_held=held).select_related(
            "hotlist__owner", "matcher", "site", "entry__owner", "version__written_by", "acknowledgement__acknowledged_by",
            "verification__verified_by", "outcome__recorded_by", "version__emergency__given_by",
        ).prefetch_related("version__decisions__decided_by", "hotlist__agreements__agreed_by")  # fmt: skip


def _same_vehicle() -> HitQuerySet:
    return Hit.objects.filter(
        hotlist_id=OuterRef("hotlist_id"), country=OuterRef("country"), vrm=OuterRef("vrm"),
        withheld_by=OuterRef("withheld_by"),
    )  # fmt: skip


class Hit(AppendOnly):
    """That a camera's read matched a row which this matcher held. A caution until a named person verified it (R-055).

    Copies the row as it was published, so that it still tells what was asked after the entry has changed or gone.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matcher = models.ForeignKey(Matcher, models.PROTECT, related_name="hits", db_index=False)
    received_at = models.DateTimeField()
    # what was matched
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="hits", db_index=False)
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="hits", db_index=False)
    version = models.ForeignKey(EntryVersion, models.PROTECT, null=True, related_name="hits", db_index=False)
    revision = models.PositiveIntegerField(help_text="Of the list, as the matcher held it.")
    country = models.CharField(max_length=2, db_collation="C")
    vrm = models.CharField(max_length=15, db_collation="C")
    ref = models.CharField(max_length=100, db_collation="C", blank=True)
    category = models.CharField(max_length=10)
    action = models.CharField(max_length=20, choices=Action)
    priority = models.CharField(max_length=10, choices=Priority)
    markers = ArrayField(models.CharField(max_length=4), default=list)
    action_text = models.CharField(max_length=500, blank=True)
    contact = models.CharField(max_length=100, blank=True)
    response = models.CharField(max_length=11, blank=True, choices=Response)
    scope = models.JSONField(default=dict, help_text="Where and when it was to be looked for; empty: no limit.")
    last_verified_at = models.DateTimeField(null=True)
    # what was read
    vrm_read = models.CharField(max_length=15, db_collation="C")
    country_read = models.CharField(max_length=2, blank=True)
    site_ref = models.CharField(max_length=60)
    site = models.ForeignKey(CameraSite, models.PROTECT, null=True, related_name="hits", db_index=False)
    camera_ref = models.CharField(max_length=60, blank=True)
    direction = models.CharField(max_length=2, blank=True, help_text="Point of the compass; empty: not known.")
    captured_at = models.DateTimeField()
    confidence = models.FloatField()
    cautions = ArrayField(models.CharField(max_length=30, choices=Caution), default=list)
    withheld_by = ArrayField(
        models.UUIDField(), default=list, help_text="Suppression lists in force when it arrived that name its plate."
    )
    # what people made of it: the rows in answers.py are the record, these find the open ones
    acknowledged_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    app_may_update = WRITTEN_LATER

    objects = HitQuerySet.as_manager()

    class Meta:
        permissions = [
            ("view_board", "See hits of the lists one has access to"),
            ("answer_hit", "Acknowledge and verify hits, and record their outcome"),
        ]
        triggers = [
            *append_only_triggers(app_may_update=WRITTEN_LATER),
            triggers.ANSWERED_ONCE,
            HELD,
            triggers.AFTER_ITS_ANSWERS,
        ]
        indexes = [
            models.Index(fields=["hotlist", "country", "vrm", "-id"], name="hits_hit_by_vehicle"),
            models.Index(fields=["id"], condition=Q(closed_at__isnull=True), name="hits_hit_open"),
            models.Index(fields=["entry", "-id"], condition=Q(entry__isnull=False), name="hits_hit_by_entry"),
            models.Index(fields=["site", "-id"], condition=Q(site__isnull=False), name="hits_hit_by_site"),
            # asked for each version that is deleted: without it, all hits are read for each
            models.Index(fields=["version"], condition=Q(version__isnull=False), name="hits_hit_by_version"),
        ]
        constraints = [
            models.CheckConstraint(name="hits_hit_confidence_is_a_share", condition=Q(confidence__range=(0, 1))),
            models.CheckConstraint(
                name="hits_hit_version_of_an_entry",
                condition=Q(entry__isnull=True, version__isnull=True) | Q(entry__isnull=False, version__isnull=False),
            ),
            models.CheckConstraint(
                name="hits_hit_answered_before_closed",
                condition=Q(closed_at__isnull=True) | Q(acknowledged_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"hit {str(self.pk)[-8:]} on {self.hotlist.title}"

    @property
    def limits(self) -> Scope:
        """Where and when it was to be looked for."""
        return read(self.scope)

    @property
    def listed_with(self) -> list[models.Model]:
        """What the log tells of it besides; of a withheld hit nothing, or its list's page would."""
        if self.withheld_by:
            return []
        return [self.hotlist, *([self.entry] if self.entry else [])]

    @property
    def plate(self) -> tuple[str, str]:
        """Country and normalised plate, as listed."""
        return self.country, self.vrm


class HitKey(models.Model):
    """A matcher's own reference for a hit, so that the same report sent twice is one hit.

    Beside the partitions, because a unique rule over them would have to name the month. No key to the hit: pruned with it
    by `hit_id`, which is in order of time.
    """

    hit_id = models.UUIDField(primary_key=True)
    matcher = models.ForeignKey(Matcher, models.PROTECT, related_name="+", db_index=False)
    reference = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matcher", "reference"], name="hits_key_reference_once")]

    def __str__(self) -> str:
        return self.reference
