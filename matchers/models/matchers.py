"""Matchers, and the lists that were given to each: for what, until when."""

import datetime as dt

from django.db import models
from django.db.models import F, Q

from accounts.models import Actor, MachineClient, User
from hotlists.models import Hotlist
from matchers.models.feeds import Feed, FeedList
from matchers.models.stoppages import Stoppage
from portal.ids import new_id


class MatcherQuerySet(models.QuerySet["Matcher"]):
    """Which matchers."""

    def of_machine(self, machine: Actor) -> "MatcherQuerySet":
        """The matcher that this machine client is, if it is one."""
        return self.filter(machine=machine) if isinstance(machine, MachineClient) else self.none()

    def silent_since(self, moment: dt.datetime) -> "MatcherQuerySet":
        """Matchers in use that have not asked for anything since this moment."""
        return self.filter(machine__is_active=True).filter(
            Q(last_seen_at__lt=moment) | Q(last_seen_at=None, added_at__lt=moment)
        )

    def holding_lists(self) -> "MatcherQuerySet":
        """Matchers that were given a list and have not yet proved that it is gone."""
        return self.filter(feed__lists__in=FeedList.objects.carried()).distinct()


class Matcher(models.Model):
    """A system that compares reads with our lists: in a back office, on a camera, in a car."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    machine = models.OneToOneField(MachineClient, models.PROTECT, related_name="matcher")
    name = models.CharField(max_length=100, unique=True)
    purpose = models.CharField(max_length=300)
    feed = models.OneToOneField(Feed, models.PROTECT, related_name="matcher")
    added_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", help_text="Empty: the portal itself."
    )
    added_at = models.DateTimeField()
    enrol_code_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the one-time code.")
    enrol_code_expires_at = models.DateTimeField(null=True)
    public_key = models.CharField(max_length=64, blank=True, help_text="Ed25519, raw, in hexadecimal.")
    enrolled_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)

    objects = MatcherQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        permissions = [
            ("manage_matcher", "Add matchers, and give lists to them and take them away"),
            ("view_root", "See the root of trust: who holds its keys, and when it ends"),
            ("view_publications", "See what was published, who holds it, and what is not proved forgotten"),
        ]
        constraints = [
            models.CheckConstraint(
                name="matchers_matcher_enrolled_with_key",
                condition=Q(enrolled_at__isnull=True, public_key="")
                | (Q(enrolled_at__isnull=False) & ~Q(public_key="")),
            ),
            models.CheckConstraint(
                name="matchers_matcher_code_has_an_end",
                condition=Q(enrol_code_hash="") | Q(enrol_code_expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stoppage(self) -> Stoppage | None:
        """What keeps it from its lists now."""
        return self.stoppages.filter(to_at=None).select_related("from_by").first()


class AllocationQuerySet(models.QuerySet["Allocation"]):
    """Which allocations."""

    def running(self, at: dt.datetime) -> "AllocationQuerySet":
        """Allocations by which a matcher is entitled to a list at this moment, of matchers neither switched off nor stopped."""
        stopped = Stoppage.objects.open_at(at).filter(matcher=models.OuterRef("matcher"))
        return self.filter(
            ~models.Exists(stopped),
            from_at__lte=at, until_at__gt=at, revoked_at=None, matcher__machine__is_active=True,
        )  # fmt: skip

    def ending_before(self, moment: dt.datetime) -> "AllocationQuerySet":
        """Those whose end comes before this moment."""
        return self.filter(until_at__lte=moment)

    def ends_by_feed(self) -> dict[str, dt.datetime]:
        """Each feed that these entitle, and the last moment until which one of them does."""
        return dict(self.order_by().values_list("matcher__feed_id").annotate(until=models.Max("until_at")))


class Allocation(models.Model):
    """That a matcher is given a list: for what purpose, under which agreement, until when (R-101)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matcher = models.ForeignKey(Matcher, models.PROTECT, related_name="allocations")
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="allocations")
    purpose = models.CharField(max_length=300)
    agreement_ref = models.CharField(max_length=100)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    allocated_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", help_text="Empty: the portal itself."
    )
    allocated_at = models.DateTimeField()
    prolonged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    prolonged_at = models.DateTimeField(null=True, help_text="When its end was last moved.")
    prolonged_because = models.CharField(max_length=300, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=300, blank=True)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        ordering = ["-from_at"]
        indexes = [models.Index(fields=["hotlist", "until_at"], name="matchers_allocation_by_list")]
        constraints = [
            models.CheckConstraint(name="matchers_allocation_ends", condition=Q(until_at__gt=F("from_at"))),
            models.CheckConstraint(
                name="matchers_allocation_says_why", condition=~Q(purpose="") & ~Q(agreement_ref="")
            ),
            models.CheckConstraint(
                name="matchers_allocation_prolonged_for_a_reason",
                condition=Q(prolonged_at__isnull=True, prolonged_by__isnull=True, prolonged_because="")
                | (Q(prolonged_at__isnull=False, prolonged_by__isnull=False) & ~Q(prolonged_because="")),
            ),
            models.CheckConstraint(
                name="matchers_allocation_revoked_for_a_reason",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True, revoked_because="")
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_because="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hotlist} to {self.matcher}"
