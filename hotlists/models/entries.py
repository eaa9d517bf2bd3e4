"""VOI entries: a vehicle wanted on a list, told in versions of which each needs its own decision."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from accounts.models import Actor, User
from hotlists import triggers
from hotlists.models.hotlists import Hotlist
from portal.ids import new_id
from standards.models import Action, Priority, StandardsProfile


class EntryQuerySet(models.QuerySet["Entry"]):
    """Which entries."""

    def visible_to(self, actor: Actor) -> "EntryQuerySet":
        """Entries of lists that this person may see."""
        return self.filter(hotlist__in=Hotlist.objects.visible_to(actor))

    def governed_at(self, at: dt.datetime) -> "EntryQuerySet":
        """Entries whose governing term runs at this moment, suspensions and the list left aside."""
        return self.filter(Exists(_terms().filter(entry=OuterRef("pk")).governing(at).running(at)))

    def stopped_at(self, at: dt.datetime) -> "EntryQuerySet":
        """Entries withdrawn, or under a suspension or dispute, at this moment."""
        open_then = self.model.suspensions.rel.related_model.objects.filter(entry=OuterRef("pk")).open_at(at)
        return self.filter(Q(withdrawn_at__lte=at) | Exists(open_then))

    def in_force(self, at: dt.datetime) -> "EntryQuerySet":
        """Entries that matchers are to look for at this moment (decision 12). Right for any past moment too."""
        return (
            self.filter(hotlist__in=Hotlist.objects.in_force(at), created_at__lte=at)
            .governed_at(at)
            .exclude(pk__in=self.model.objects.stopped_at(at).values("pk"))
        )

    def with_latest_version(self) -> "EntryQuerySet":
        """Adds what a table shows of the latest version: `vrm`, `country`, `category`, `priority`, `action`, `status`."""
        latest = EntryVersion.objects.filter(entry=OuterRef("pk")).order_by("-number")
        shown = ("vrm", "country", "category", "priority", "action", "status", "make", "model", "colour")
        return self.select_related("hotlist", "owner").annotate(
            **{name: Subquery(latest.values(name)[:1]) for name in shown}
        )

    def with_force(self, at: dt.datetime) -> "EntryQuerySet":
        """Adds `is_in_force`, `is_stopped` (suspended or disputed) and `lapses_at` as they are at this moment."""
        suspended = self.model.suspensions.rel.related_model.objects.filter(entry=OuterRef("pk")).open_at(at)
        governing = _terms().filter(entry=OuterRef("pk")).governing(at)
        return self.annotate(
            is_in_force=Exists(Entry.objects.in_force(at).filter(pk=OuterRef("pk"))),
            is_stopped=Exists(suspended),
            lapses_at=Subquery(governing.values("lapses_at")[:1]),
            governs_review_by=Subquery(governing.values("review_by")[:1]),
        )

    def lapsing(self, at: dt.datetime, within: dt.timedelta) -> "EntryQuerySet":
        """Entries in force that lapse within this time."""
        return self.in_force(at).with_force(at).filter(lapses_at__lte=at + within)

    def overdue_for_review(self, at: dt.datetime) -> "EntryQuerySet":
        """Entries out of force only because nobody reviewed them; a review brings them back (R-014)."""
        overdue = _terms().filter(entry=OuterRef("pk"), review_by__lte=at, expires_at__gt=at).governing(at)
        return self.filter(Exists(overdue), withdrawn_at=None)

    def of_plate(self, vrm: str, country: str | None = None) -> "EntryQuerySet":
        """Entries any version of which names this normalised plate."""
        versions = EntryVersion.objects.filter(entry=OuterRef("pk"), vrm=vrm)
        return self.filter(Exists(versions.filter(country=country) if country else versions))


def _terms() -> models.QuerySet:
    return Entry.terms.rel.related_model.objects.all()


class Entry(models.Model):
    """One interest in one vehicle on one list, from its first draft to its end."""

    class WithdrawalReason(models.TextChoices):
        """Why an entry ends before its time (domain.md 5.1)."""

        LOCATED = "located", "Located"
        RECOVERED = "recovered", "Recovered"
        ARRESTED = "arrested", "Arrested"
        FOUND_SAFE = "found_safe", "Found safe"
        WRONG_VRM = "wrong_vrm", "Wrong plate"
        CLONE_CONFIRMED = "clone_confirmed", "Clone confirmed"
        UNJUSTIFIED = "unjustified", "No longer justified"
        OWNER_REQUEST = "owner_request", "Owner's request"
        ORDER = "order", "Order of a court or of the Information Commissioner"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="entries")
    owner = models.ForeignKey(User, models.PROTECT, related_name="owned_entries")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(max_length=20, choices=WithdrawalReason, blank=True)
    withdrawal_words = models.CharField(max_length=500, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        permissions = [
            ("view_entries", "Open entries of the lists one has access to"),
            ("search_plate", "Search the lists for a plate, with a reason"),
            ("write_entry", "Write and submit entries"),
            ("decide_entry", "Decide entries that others wrote"),
            ("decide_emergency", "Give emergency verbal authority"),
            ("review_entry", "Review entries"),
            ("suspend_entry", "Suspend an entry at once"),
            ("withdraw_entry", "Withdraw an entry for good"),
        ]
        triggers = [triggers.ENTRY_STAYS_WITHDRAWN]
        constraints = [
            models.CheckConstraint(
                name="hotlists_entry_withdrawn_by_somebody_for_a_reason",
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True, withdrawal_reason="")
                | (Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False) & ~Q(withdrawal_reason="")),
            )
        ]

    def __str__(self) -> str:
        return f"entry {str(self.pk)[-8:]} on {self.hotlist.title}"


class EntryVersionQuerySet(models.QuerySet["EntryVersion"]):
    """Which versions."""

    def visible_to(self, actor: Actor) -> "EntryVersionQuerySet":
        """Versions of entries that this person may see."""
        return self.filter(entry__hotlist__in=Hotlist.objects.visible_to(actor))

    def awaiting_decision(self) -> "EntryVersionQuerySet":
        """Submitted versions, the longest-waiting first."""
        return self.filter(status=EntryVersion.Status.SUBMITTED, entry__withdrawn_at=None).order_by("submitted_at")


class EntryVersion(models.Model):
    """What is asked for, word for word. Submitted, it is never altered; a change is a new version (R-031)."""

    class Status(models.TextChoices):
        """What people decided; what time decides is a predicate."""

        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Waiting for a decision"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        RETURNED = "returned", "Sent back"

    class Purpose(models.TextChoices):
        """A closed list of law-enforcement purposes (R-003, R-044)."""

        COUNTER_TERRORISM = "counter_terrorism", "Counter terrorism"
        MAJOR = "major", "Major crime"
        SERIOUS = "serious", "Serious and organised crime"
        VOLUME = "volume", "Priority and volume crime"
        SAFEGUARDING = "safeguarding", "Safeguarding or missing person"
        ROAD_SAFETY = "road_safety", "Road safety and road traffic law"

    class Basis(models.TextChoices):
        """Whether it rests on fact or on somebody's assessment (R-019)."""

        FACT = "FACT", "Fact"
        ASSESSMENT = "ASSESSMENT", "Assessment"
        MIXED = "MIXED", "Partly fact, partly assessment"

    class Subject(models.TextChoices):
        """Who the entry is about (R-020)."""

        SUSPECT = "suspect", "Suspect"
        CONVICTED = "convicted", "Convicted person"
        VICTIM = "victim", "Victim"
        WITNESS = "witness", "Witness or other"
        MISSING = "missing", "Missing or vulnerable person"
        KEEPER = "keeper", "Registered keeper, not suspected"
        UNKNOWN = "unknown", "Not known"

    class YesNoUnknown(models.TextChoices):
        """An answer that may honestly be missing."""

        YES = "yes", "Yes"
        NO = "no", "No"
        UNKNOWN = "unknown", "Not known"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    profile = models.ForeignKey(StandardsProfile, models.PROTECT, related_name="+")

    vrm_entered = models.CharField(max_length=20)
    vrm = models.CharField(max_length=15, db_collation="C")
    vrm_skeleton = models.CharField(max_length=15, db_collation="C")
    vrm_classes = ArrayField(models.CharField(max_length=30))
    country = models.CharField(max_length=2)
    make = models.CharField(max_length=50)
    model = models.CharField(max_length=50)
    colour = models.CharField(max_length=30)
    body = models.CharField(max_length=30, blank=True)
    category = models.CharField(max_length=10)
    reason = models.CharField(max_length=500)
    purpose = models.CharField(max_length=20, choices=Purpose)
    basis = models.CharField(max_length=10, choices=Basis)
    subject = models.CharField(max_length=10, choices=Subject)
    person_confirmed = models.CharField(max_length=7, choices=YesNoUnknown, default=YesNoUnknown.UNKNOWN)
    missing_risk = models.CharField(max_length=6, blank=True, choices=Priority)
    grading = models.CharField(max_length=3, blank=True)
    action = models.CharField(max_length=20, choices=Action)
    priority = models.CharField(max_length=10, choices=Priority)
    action_text = models.CharField(max_length=500)
    markers = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    marker_source = models.CharField(max_length=100, blank=True)
    source_system = models.CharField(max_length=20)
    source_ref = models.CharField(max_length=50)
    area = models.CharField(max_length=50, blank=True)
    contact_24h = models.CharField(max_length=60)
    no_conflict = models.BooleanField(default=False, help_text="The author declares no interest of their own (R-032).")
    protected_activity = models.BooleanField(default=False, help_text="R-027")
    ripa_ref = models.CharField(max_length=50, blank=True)
    starts_at = models.DateTimeField()
    review_by = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_verified_at = models.DateTimeField()

    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    edited_by = models.ManyToManyField(User, through="hotlists.Contribution", related_name="+")
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    submitted_at = models.DateTimeField(null=True)

    objects = EntryVersionQuerySet.as_manager()

    class Meta:
        ordering = ["entry_id", "number"]
        triggers = [triggers.VERSION_IS_BORN_A_DRAFT, triggers.SUBMITTED_VERSION_IS_FIXED]
        indexes = [
            models.Index(fields=["vrm", "country"], name="hotlists_version_by_plate"),
            models.Index(fields=["vrm_skeleton"], name="hotlists_version_by_skeleton"),
            models.Index(fields=["status", "submitted_at"], name="hotlists_version_by_status"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="hotlists_version_number_once"),
            models.UniqueConstraint(
                fields=["entry"],
                condition=Q(status__in=["draft", "submitted"]),
                name="hotlists_version_one_open_at_a_time",
            ),
            models.CheckConstraint(
                name="hotlists_version_dates_in_order",  # there is always an end
                condition=Q(starts_at__lt=F("review_by"), review_by__lte=F("expires_at")),
            ),
            models.CheckConstraint(
                name="hotlists_version_submitted_by_somebody",
                condition=Q(status="draft", submitted_by__isnull=True, submitted_at__isnull=True)
                | (~Q(status="draft") & Q(submitted_by__isnull=False, submitted_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="hotlists_version_declared_no_conflict", condition=Q(status="draft") | Q(no_conflict=True)
            ),
            models.CheckConstraint(
                name="hotlists_version_plate_normalised", condition=Q(vrm__regex=r"^[A-Z0-9]{1,15}$")
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.entry}"

    @property
    def plate(self) -> tuple[str, str]:
        """Country and normalised plate: the key that matchers match on (R-157)."""
        return self.country, self.vrm


class Contribution(models.Model):
    """That somebody's hand was in this version: whoever wrote or edited it does not decide it (R-040)."""

    version = models.ForeignKey(EntryVersion, models.CASCADE, related_name="contributions")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    contributed_at = models.DateTimeField()

    class Meta:
        triggers = [triggers.CONTRIBUTION_STANDS]
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="hotlists_contribution_once")]
