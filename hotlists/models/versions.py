"""Versions of entries: what is asked for, word for word; each needs its own decision."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, CharField, Exists, Func, OuterRef, Value, When
from django.db.models.functions import Cast, Concat, Reverse
from django.utils import timezone

from accounts.models import Actor, User
from hotlists import triggers
from hotlists.models.declared import DeclaredVehicle
from hotlists.models.hotlists import Hotlist
from hotlists.models.version_rules import RULES
from hotlists.scope import Response
from portal.ids import new_id
from standards.models import Action, Category, Priority, StandardsProfile
from standards.ranks import Rank

PROTECTED = "PRT"  # the category of entries that are about protected activity


def own_force() -> str:
    """The force that runs this portal."""
    return settings.FORCE_CODE


class Sortable(Func):
    """A moment as text that sorts like it; none comes last."""

    template = "COALESCE(to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS'), 'z')"
    output_field = CharField()


class EntryVersionQuerySet(models.QuerySet["EntryVersion"]):
    """Which versions."""

    def visible_to(self, actor: Actor) -> "EntryVersionQuerySet":
        """Versions of entries that this person may see."""
        return self.filter(entry__hotlist__in=Hotlist.objects.visible_to(actor))

    def awaiting_decision(self) -> "EntryVersionQuerySet":
        """Versions that wait, the longest-waiting first. One given in an emergency waits no more once it is completed."""
        later = EntryVersion.objects.filter(entry=OuterRef("entry"), number__gt=OuterRef("number"))
        return (
            self.filter(status__in=EntryVersion.UNDECIDED, entry__withdrawn_at=None)
            .exclude(Exists(later))
            .order_by("submitted_at")
        )

    def decidable_by(self, user: User) -> "EntryVersionQuerySet":
        """Versions that wait for this person's decision: of rank, independent, of a list that they may see, and not yet
        spoken on. May they this one, and why not, is the policy `may_decide`."""
        category = Category.objects.filter(profile=OuterRef("profile"), code=OuterRef("category"))
        found = self.awaiting_decision().visible_to(user).filter(Exists(category.filter(decider_rank__lte=user.rank)))
        if user.rank < Rank.SUPERINTENDENT:
            found = found.filter(protected_activity=False)
        if user.rank < Rank.INSPECTOR:
            found = found.filter(risk_override="")
        hands = Contribution.objects.filter(version=OuterRef("pk"), user=user)
        declared = DeclaredVehicle.objects.touching(user, timezone.now())
        return (
            found.exclude(Exists(hands))
            .exclude(Exists(declared.filter(vrm_skeleton=OuterRef("vrm_skeleton"))))
            .exclude(written_by=user)
            .exclude(submitted_by=user)
            .exclude(decisions__decided_by=user)
            .exclude(entry__emergencies__recorded_by=user)
        )

    def most_urgent_first(self) -> "EntryVersionQuerySet":
        """What holds on a word alone by its end, then by priority, by the start asked for, and by how long it has waited.

        All in one word, `urgency`, so that a page of the queue begins exactly where the one before it ended.
        """
        place = Case(
            *(When(priority=one, then=Value(str(n))) for n, one in enumerate(Priority.values)), default=Value("9")
        )
        ends, starts, waits = (Sortable(name) for name in ("emergency__ends_at", "starts_at", "submitted_at"))
        urgency = Concat(ends, place, starts, waits, Cast("pk", CharField()), output_field=CharField())
        return self.annotate(urgency=urgency).order_by("urgency")

    def with_hands(self) -> "EntryVersionQuerySet":
        """Brings what the question who may decide is judged by, in as many queries for many versions as for one."""
        return self.prefetch_related("contributions", "decisions", "profile__categories", "entry__emergencies")


class EntryVersion(models.Model):
    """What is asked for, word for word. Submitted, it is never altered; a change is a new version (R-031)."""

    class Status(models.TextChoices):
        """What people decided; what time decides is a predicate."""

        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Waiting for a decision"
        EMERGENCY = "emergency", "Under emergency authority"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        RETURNED = "returned", "Sent back"

    UNDECIDED = (Status.SUBMITTED, Status.EMERGENCY)  # decisions of it are being made, or may be

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

    class Marking(models.TextChoices):
        """The government's security classification; nothing above these two is ever held here (domain.md 3.4)."""

        OFFICIAL = "OFFICIAL", "OFFICIAL"
        SENSITIVE = "OFFICIAL-SENSITIVE", "OFFICIAL-SENSITIVE"

    class AttributesSource(models.TextChoices):
        """Who says what the vehicle looks like (R-011)."""

        DVLA = "dvla", "DVLA record"
        PNC = "pnc", "PNC record"
        OFFICER = "officer", "An officer or witness saw it"
        NONE = "none", "Nobody has checked"

    class ProtectedKind(models.TextChoices):
        """Activity that the law protects, which an entry may touch (R-027)."""

        PROTEST = "protest", "Protest or assembly"
        POLITICAL = "political", "Political activity"
        RELIGIOUS = "religious", "Religion or belief"
        UNION = "union", "Trade union activity"
        JOURNALISM = "journalism", "Journalism"
        PRIVILEGE = "privilege", "Legally privileged contact"

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
    attributes_source = models.CharField(
        max_length=10, choices=AttributesSource, default=AttributesSource.NONE, help_text="R-011"
    )
    distinguishing_features = models.CharField(max_length=300, blank=True)
    plate_confirmed_because = models.CharField(
        max_length=300, blank=True, help_text="The author's answer to what the portal warned of this plate."
    )
    plate_warnings = ArrayField(
        models.CharField(max_length=1000),
        default=list,
        blank=True,
        help_text="What the portal warned of and the author answered; once submitted, all that it warned of then.",
    )
    category = models.CharField(max_length=10)
    reason = models.CharField(max_length=500)
    purpose = models.CharField(max_length=20, choices=Purpose)
    basis = models.CharField(max_length=10, choices=Basis)
    subject = models.CharField(max_length=10, choices=Subject)
    person_confirmed = models.CharField(max_length=7, choices=YesNoUnknown, default=YesNoUnknown.UNKNOWN)
    missing_risk = models.CharField(max_length=6, blank=True, choices=Priority)
    discriminators = models.CharField(
        max_length=500, blank=True, help_text="What tells a clone from the genuine vehicle (R-029)."
    )
    keeper_contacted = models.CharField(
        max_length=7,
        choices=YesNoUnknown,
        default=YesNoUnknown.UNKNOWN,
        help_text="The innocent keeper of a cloned plate.",
    )
    gsc = models.CharField(max_length=20, choices=Marking, default=Marking.SENSITIVE)
    grading = models.CharField(max_length=3, blank=True)
    intel_date = models.DateField(null=True, blank=True, help_text="Of the intelligence, not of the entry.")
    action = models.CharField(max_length=20, choices=Action)
    priority = models.CharField(max_length=10, choices=Priority)
    action_text = models.CharField(max_length=500)
    markers = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    marker_source = models.CharField(max_length=100, blank=True)
    marker_date = models.DateField(null=True, blank=True, help_text="Of the intelligence behind the markers (R-028).")
    marker_grade = models.CharField(max_length=3, blank=True)
    risk_override = models.CharField(
        max_length=300, blank=True, help_text="Why a missing person at risk is circulated at low priority (R-026)."
    )
    stop_justification = models.CharField(
        max_length=300,
        blank=True,
        help_text="Why a victim, witness or missing person is stopped under such a marker (R-020).",
    )
    source_system = models.CharField(max_length=20)
    source_ref = models.CharField(max_length=50)
    crime_ref = models.CharField(max_length=50, blank=True)
    pnc_id = models.CharField(max_length=50, blank=True)
    cad_ref = models.CharField(max_length=50, blank=True)
    force = models.CharField(max_length=2, default=own_force, help_text="Two digits (domain.md 3.5).")
    area = models.CharField(max_length=50, blank=True)
    contact_24h = models.CharField(max_length=60)
    no_conflict = models.BooleanField(default=False, help_text="The author declares no interest of their own (R-032).")
    protected_activity = models.BooleanField(null=True, blank=True, help_text="R-027; null until it was answered.")
    protected_kinds = ArrayField(models.CharField(max_length=12, choices=ProtectedKind), default=list, blank=True)
    ripa_considered = models.BooleanField(
        null=True,
        blank=True,
        help_text="Whether it is directed surveillance was considered; null until it was answered.",
    )
    ripa_ref = models.CharField(max_length=50, blank=True)
    scope = models.JSONField(
        default=dict,
        blank=True,
        help_text="Sites, areas, directions, days and hours, as hotlists.scope; empty: no limit.",
    )
    response = models.CharField(
        max_length=11,
        blank=True,
        choices=Response,
        help_text="How far the authority goes at a hit; empty: by priority.",
    )
    starts_at = models.DateTimeField()
    review_by = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_verified_at = models.DateTimeField()
    steps_done = ArrayField(
        models.CharField(max_length=12),
        default=list,
        blank=True,
        help_text="Steps of the form that the author has saved.",
    )

    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    edited_by = models.ManyToManyField(User, through="hotlists.Contribution", related_name="+")
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    submitted_at = models.DateTimeField(null=True)

    objects = EntryVersionQuerySet.as_manager()

    class Meta:
        ordering = ["entry_id", "number"]
        triggers = [
            triggers.VERSION_IS_BORN_A_DRAFT,
            triggers.SUBMITTED_VERSION_IS_FIXED,
            triggers.SUBMITTED_WITHIN_ITS_CAPS,
            triggers.REFUSED_PLATE_IS_ANSWERED,
            triggers.NOBODY_LISTS_THEIR_OWN,
            triggers.PROTECTED_IS_TOLD_OF,
        ]
        indexes = [
            models.Index(fields=["vrm", "country"], name="hotlists_version_by_plate"),
            models.Index(Reverse("vrm"), name="hotlists_version_backwards"),
            models.Index(fields=["vrm_skeleton"], name="hotlists_version_by_skeleton"),
            models.Index(fields=["status", "submitted_at"], name="hotlists_version_by_status"),
            models.Index(fields=["written_by", "-submitted_at"], name="hotlists_version_by_author"),
        ]
        constraints = RULES

    def __str__(self) -> str:
        return f"version {self.number} of {self.entry}"

    @property
    def plate(self) -> tuple[str, str]:
        """Country and normalised plate: the key that matchers match on (R-157)."""
        return self.country, self.vrm

    @property
    def touches_protected(self) -> bool:
        """Whether the data protection officer is told of it (R-027); the database holds the same."""
        return bool(self.protected_activity) or self.category == PROTECTED


class Contribution(models.Model):
    """That somebody's hand was in this version: whoever wrote or edited it does not decide it (R-040)."""

    version = models.ForeignKey(EntryVersion, models.CASCADE, related_name="contributions")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    contributed_at = models.DateTimeField()

    class Meta:
        triggers = [triggers.CONTRIBUTION_STANDS]
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="hotlists_contribution_once")]
