"""Versions of entries: what is asked for, word for word; each needs its own decision."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Actor, User
from hotlists import triggers
from hotlists.models.hotlists import Hotlist
from portal.ids import new_id
from standards.models import Action, Priority, StandardsProfile


class EntryVersionQuerySet(models.QuerySet["EntryVersion"]):
    """Which versions."""

    def visible_to(self, actor: Actor) -> "EntryVersionQuerySet":
        """Versions of entries that this person may see."""
        return self.filter(entry__hotlist__in=Hotlist.objects.visible_to(actor))

    def awaiting_decision(self) -> "EntryVersionQuerySet":
        """Submitted versions, the longest-waiting first."""
        return self.filter(status=EntryVersion.Status.SUBMITTED, entry__withdrawn_at=None).order_by("submitted_at")

    def with_hands(self) -> "EntryVersionQuerySet":
        """Brings what the question who may decide is judged by, in as many queries for many versions as for one."""
        return self.prefetch_related("contributions", "decisions", "profile__categories")


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
    entry = models.ForeignKey("hotlists.Entry", models.PROTECT, related_name="versions")
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
