"""Data protection impact assessments: immutable versions, the DPO's advice and the controller's decision (R-113..R-116)."""

import datetime as dt

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from accounts.models import Actor, MachineClient, SignIn, User
from accounts.policies import role_has
from camera_sites import covert_triggers, triggers
from camera_sites.models import covert
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id


class DpiaQuerySet(models.QuerySet["Dpia"]):
    """Which assessments."""

    def visible_to(self, actor: Actor) -> "DpiaQuerySet":
        """Those whose role opens the registry, and machines that may read, see all but the covert ones; these exist for their
        authors and for whoever was given one of their sites (R-123)."""
        if isinstance(actor, MachineClient):
            return self.open() if actor.has_scope("read") else self.none()
        if isinstance(actor, User) and role_has(actor, "camera_sites.view_sites"):
            return self.filter(~covert.is_covert() | covert.is_given_to(actor))
        return self.none()

    def covert(self) -> "DpiaQuerySet":
        """Those of which only those know who were given their sites (R-123)."""
        return self.filter(covert.is_covert())

    def open(self) -> "DpiaQuerySet":
        """All others."""
        return self.exclude(covert.is_covert())

    def governing(self, at: dt.datetime) -> "DpiaQuerySet":
        """Assessments approved and in date at this moment; adds `review_due_at`, when that ends."""
        return self.annotate(review_due_at=_latest_approval(at, "review_due_at")).filter(review_due_at__gt=at)

    def with_standing(self, at: dt.datetime) -> "DpiaQuerySet":
        """Adds what a table shows: `ends_at` of the latest approval (in date or not); `latest_status`, `latest_number`, `is_advised`."""
        latest = DpiaVersion.objects.filter(dpia=OuterRef("pk")).order_by("-number")
        return self.annotate(
            latest_id=Subquery(latest.values("pk")[:1]),
            ends_at=_latest_approval(at, "review_due_at"),
            latest_status=Subquery(latest.values("status")[:1]),
            latest_number=Subquery(latest.values("number")[:1]),
            is_advised=Exists(DpiaAdvice.objects.filter(version=OuterRef("latest_id"))),
        )


def _latest_approval(at: dt.datetime, field: str) -> Subquery:
    """This field of an assessment's latest approval by this moment."""
    decisions = DpiaDecision.objects.filter(
        version__dpia=OuterRef("pk"), verdict=DpiaDecision.Verdict.APPROVE, decided_at__lte=at
    ).order_by("-decided_at")
    return Subquery(decisions.values(field)[:1])


class Dpia(models.Model):
    """The assessment of one processing: a site's, a hotlist's, a system's. Never points at what it covers."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ref = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=150)
    is_covert = models.BooleanField(
        default=False, help_text="Of covert sites: only its authors and those who were given one of these know of it."
    )
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = DpiaQuerySet.as_manager()

    class Meta:
        ordering = ["ref"]
        verbose_name = "DPIA"
        triggers = [covert_triggers.COVERT_STAYS_COVERT]
        permissions = [
            ("write_dpia", "Write and submit DPIAs"),
            ("advise_dpia", "Advise on a DPIA as data protection officer"),
            ("decide_dpia", "Decide a DPIA as controller"),
        ]

    def __str__(self) -> str:
        return f"{self.ref}: {self.title}"

    @property
    def logged_as(self) -> str:
        """How the log, which is read by people who were not given it, calls it."""
        return "the DPIA of a covert site" if Dpia.objects.covert().filter(pk=self.pk).exists() else str(self)


class DpiaVersionQuerySet(models.QuerySet["DpiaVersion"]):
    """Which versions."""

    def awaiting_advice(self) -> "DpiaVersionQuerySet":
        """Submitted versions that the data protection officer has not advised on, oldest first."""
        return self.filter(status=DpiaVersion.Status.SUBMITTED, advice=None).order_by("submitted_at")

    def awaiting_commissioner(self) -> "DpiaVersionQuerySet":
        """Submitted versions with a high risk left, for which no outcome of prior consultation stands (R-115), oldest first."""
        return self.filter(
            status=DpiaVersion.Status.SUBMITTED, residual_risk_high=True, prior_consultation__outcome=None
        ).order_by("submitted_at")

    def awaiting_decision(self) -> "DpiaVersionQuerySet":
        """Submitted versions that were advised on and that nobody has decided, oldest first."""
        return self.filter(status=DpiaVersion.Status.SUBMITTED, advice__isnull=False).order_by("submitted_at")


class DpiaVersion(models.Model):
    """What was assessed, in the law's four contents (R-114). Submitted, it is never altered."""

    class Status(models.TextChoices):
        """What people decided."""

        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Waiting for advice and decision"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dpia = models.ForeignKey(Dpia, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    need = models.TextField(blank=True)
    screening = models.TextField(blank=True)
    description = models.TextField(blank=True, help_text="Nature, scope, context and purposes (s.64(3)(a)).")
    flows = models.TextField(blank=True)
    lawful_basis = models.TextField(blank=True)
    proportionality = models.TextField(blank=True)
    risks = models.TextField(blank=True, help_text="Risks to rights and freedoms (b).")
    measures = models.TextField(blank=True, help_text="Measures to address them (c).")
    safeguards = models.TextField(blank=True, help_text="Safeguards, security, demonstrating compliance (d).")
    consultation = models.TextField(blank=True, help_text="Who was consulted, or why nobody was.")
    subjects_not_asked = models.TextField(blank=True, help_text="Unless those consulted name data subjects.")
    code_principles = models.TextField(blank=True)
    equality = models.TextField(blank=True)
    review_triggers = models.TextField(blank=True)
    # Registers travel with the version as lists of rows (camera_sites.dpia_contents.COLUMNS): written, compared, bound and
    # kept as a whole, never a row by itself.
    risk_register = models.JSONField(default=list, blank=True)
    measure_register = models.JSONField(default=list, blank=True)
    consultees = models.JSONField(default=list, blank=True)
    # What came with an import and has no section here: [{"at": where it stood, "value": what stood there}].
    left_over = models.JSONField(default=list, blank=True)
    residual_risk_high = models.BooleanField(
        default=False, help_text="Then the Commissioner is consulted first (R-115)."
    )
    public_summary = models.TextField(blank=True)
    published_sections = models.JSONField(
        default=list, blank=True, help_text="What the public may read beside title and summary."
    )
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    submitted_at = models.DateTimeField(null=True)
    digest = models.CharField(
        max_length=64, blank=True, help_text="Of what was submitted; advice and decision name it."
    )

    objects = DpiaVersionQuerySet.as_manager()

    class Meta:
        ordering = ["dpia_id", "number"]
        triggers = [triggers.DPIA_IS_BORN_A_DRAFT, triggers.DPIA_IS_FIXED_ONCE_SUBMITTED]
        constraints = [
            models.UniqueConstraint(fields=["dpia", "number"], name="camera_sites_dpia_version_number_once"),
            models.UniqueConstraint(
                fields=["dpia"],
                condition=Q(status__in=["draft", "submitted"]),
                name="camera_sites_dpia_one_open_version",
            ),
            models.CheckConstraint(
                name="camera_sites_dpia_four_contents",
                condition=Q(status="draft")
                | ~(Q(description="") | Q(risks="") | Q(measures="") | Q(safeguards="") | Q(consultation="")),
            ),
            models.CheckConstraint(
                name="camera_sites_dpia_submitted_by_somebody",
                condition=Q(status="draft", submitted_at__isnull=True, submitted_by__isnull=True)
                | (~Q(status="draft") & Q(submitted_at__isnull=False, submitted_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="camera_sites_dpia_submitted_is_sealed",
                condition=Q(status="draft", digest="") | (~Q(status="draft") & Q(digest__regex="^[0-9a-f]{64}$")),
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.dpia}"


class DpiaContribution(models.Model):
    """That somebody's hand was in this version: whoever wrote or edited it neither advises on it nor decides it."""

    version = models.ForeignKey(DpiaVersion, models.CASCADE, related_name="contributions")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    contributed_at = models.DateTimeField()

    class Meta:
        triggers = [triggers.DPIA_CONTRIBUTION_STANDS]
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="camera_sites_dpia_contribution_once")]


class DpiaAdvice(AppendOnly):
    """The data protection officer's advice on one version."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.OneToOneField(DpiaVersion, models.PROTECT, related_name="advice")
    digest = models.CharField(max_length=64, help_text="Of the version as it was read.")
    is_favourable = models.BooleanField()
    words = models.CharField(max_length=2000)
    advised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    advised_at = models.DateTimeField()
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+")

    class Meta:
        triggers = [*append_only_triggers(), triggers.ADVICE_BY_ANOTHER]
        verbose_name_plural = "DPIA advice"
        constraints = [models.CheckConstraint(name="camera_sites_dpia_advice_says_why", condition=~Q(words=""))]


class DpiaDecision(AppendOnly):
    """The controller's decision on one version; may differ from the advice, with a reason. Another person than the adviser."""

    class Verdict(models.TextChoices):
        """What was decided."""

        APPROVE = "approve", "Approve"
        REJECT = "reject", "Reject"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.OneToOneField(DpiaVersion, models.PROTECT, related_name="decision")
    digest = models.CharField(max_length=64, help_text="Of the version as it was decided.")
    verdict = models.CharField(max_length=10, choices=Verdict)
    words = models.CharField(max_length=2000)
    review_due_at = models.DateTimeField(help_text="The assessment lapses then (R-116).")
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+")

    class Meta:
        triggers = [*append_only_triggers(), triggers.DECISION_BY_A_THIRD]
        constraints = [
            models.CheckConstraint(
                name="camera_sites_dpia_review_follows", condition=Q(review_due_at__gt=F("decided_at"))
            ),
            models.CheckConstraint(name="camera_sites_dpia_decision_says_why", condition=~Q(words="")),
        ]
