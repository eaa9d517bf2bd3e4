"""Self-assessments under the Surveillance Camera Code: twelve answers, their gaps, a signature (R-119, 5.8)."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Actor, MachineClient, SignIn, User
from accounts.policies import role_has
from camera_sites import code_triggers as triggers
from camera_sites.code_principles import PRINCIPLES
from portal.ids import new_id


class SelfAssessmentQuerySet(models.QuerySet["SelfAssessment"]):
    """Which self-assessments."""

    def visible_to(self, actor: Actor) -> "SelfAssessmentQuerySet":
        """All, for those whose role opens the registry and machines that may read; to others none exists."""
        if isinstance(actor, MachineClient):
            return self.all() if actor.has_scope("read") else self.none()
        return self.all() if isinstance(actor, User) and role_has(actor, "camera_sites.view_sites") else self.none()

    def signed(self) -> "SelfAssessmentQuerySet":
        """Those that somebody signed, the newest first."""
        return self.filter(status=SelfAssessment.Status.SIGNED).order_by("-signed_at")

    def published(self) -> "SelfAssessmentQuerySet":
        """Those that the public may read, the newest first."""
        return self.signed().filter(published_at__isnull=False)

    def ready_to_sign(self) -> "SelfAssessmentQuerySet":
        """Drafts in which every principle is answered, and every answer short of full says what is done about it."""
        answers = PrincipleAnswer.objects.filter(assessment=OuterRef("pk"))
        bare = answers.filter(Q(statement="") | Q(compliance="") | (~Q(compliance="full") & Q(gaps=None)))
        return self.filter(Exists(answers), ~Exists(bare), status=SelfAssessment.Status.DRAFT)


class SelfAssessment(models.Model):
    """How a force keeps the code's twelve principles, over a year, as somebody wrote and somebody else signed it."""

    class Status(models.TextChoices):
        """What people decided; being past its year is a predicate."""

        DRAFT = "draft", "Draft"
        SIGNED = "signed", "Signed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    system = models.CharField(max_length=150, help_text="What is assessed.")
    period_from = models.DateField()
    period_until = models.DateField()
    summary = models.CharField(max_length=2000, blank=True)
    status = models.CharField(max_length=6, choices=Status, default=Status.DRAFT)
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    digest = models.CharField(max_length=64, blank=True, help_text="Of what was signed.")
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    signed_at = models.DateTimeField(null=True)
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+", null=True)
    review_due_at = models.DateTimeField(null=True, help_text="A new one is made by then.")
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    published_at = models.DateTimeField(null=True)

    objects = SelfAssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        triggers = [triggers.ASSESSMENT_IS_SIGNED_BY_ANOTHER]
        permissions = [
            ("write_self_assessment", "Write the self-assessment under the Surveillance Camera Code"),
            ("sign_self_assessment", "Sign and publish a self-assessment that somebody else wrote"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="draft"), name="camera_sites_one_self_assessment_at_a_time"
            ),
            models.CheckConstraint(
                name="camera_sites_self_assessment_period", condition=Q(period_until__gt=F("period_from"))
            ),
            models.CheckConstraint(
                name="camera_sites_self_assessment_signed_by_somebody",
                condition=Q(status="draft", signed_by=None, signed_at=None, sign_in=None, digest="", review_due_at=None)
                | (
                    Q(status="signed", signed_by__isnull=False, signed_at__isnull=False, sign_in__isnull=False)
                    & Q(review_due_at__gt=F("signed_at"))
                    & ~Q(digest="")
                ),
            ),
            models.CheckConstraint(
                name="camera_sites_self_assessment_published_signed",
                condition=Q(published_by=None, published_at=None)
                | Q(status="signed", published_by__isnull=False, published_at__gte=F("signed_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"self-assessment of {self.system}, {self.period_from:%B %Y} to {self.period_until:%B %Y}"


class SelfAssessmentHand(models.Model):
    """That somebody's hand was in it: whoever wrote or answered does not sign."""

    assessment = models.ForeignKey(SelfAssessment, models.PROTECT, related_name="hands")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    contributed_at = models.DateTimeField()

    class Meta:
        triggers = [triggers.HANDS_OF_A_DRAFT]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "user"], name="camera_sites_self_assessment_hand_once")
        ]


class PrincipleAnswer(models.Model):
    """How one principle is kept."""

    class Compliance(models.TextChoices):
        """In how far."""

        OPEN = "", "Not answered yet"
        FULL = "full", "Kept"
        PART = "part", "Kept in part"
        NO = "no", "Not kept"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    assessment = models.ForeignKey(SelfAssessment, models.PROTECT, related_name="answers")
    principle = models.PositiveSmallIntegerField()
    compliance = models.CharField(max_length=4, choices=Compliance, blank=True, default="")
    statement = models.CharField(max_length=4000, blank=True)
    evidence = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    known = models.JSONField(default=list, help_text="What the portal knew of it as it was signed.")

    class Meta:
        ordering = ["principle"]
        triggers = [triggers.ANSWERS_OF_A_DRAFT]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "principle"], name="camera_sites_principle_answered_once"),
            models.CheckConstraint(
                name="camera_sites_answer_to_a_principle", condition=Q(principle__gte=1, principle__lte=12)
            ),
        ]

    def __str__(self) -> str:
        return f"principle {self.principle}"

    @property
    def name(self) -> str:
        """Of its principle."""
        return PRINCIPLES[self.principle][0]

    @property
    def explanation(self) -> str:
        """Of its principle."""
        return PRINCIPLES[self.principle][1]

    @property
    def is_ready(self) -> bool:
        """Whether it may be signed; fetch the gaps first."""
        return bool(self.statement and self.compliance) and (self.compliance == "full" or bool(self.gaps.all()))


class GapQuerySet(models.QuerySet["CodeGap"]):
    """Which gaps."""

    def open(self) -> "GapQuerySet":
        """Gaps of signed assessments that nobody closed: the action plan."""
        return self.filter(closed_at=None, answer__assessment__status=SelfAssessment.Status.SIGNED)

    def overdue(self, on: dt.date) -> "GapQuerySet":
        """Open gaps past the day by which they were to be closed."""
        return self.open().filter(due_on__lt=on)


class CodeGap(models.Model):
    """What keeps a principle from being kept in full, what is done about it, by whom and until when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    answer = models.ForeignKey(PrincipleAnswer, models.PROTECT, related_name="gaps")
    words = models.CharField(max_length=500)
    action = models.CharField(max_length=500)
    owner = models.ForeignKey(User, models.PROTECT, related_name="code_gaps")
    due_on = models.DateField()
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField(null=True)
    closing = models.CharField(max_length=500, blank=True, help_text="What was put right.")

    objects = GapQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        triggers = [triggers.GAPS_OF_A_DRAFT]
        constraints = [
            models.CheckConstraint(name="camera_sites_gap_says_what", condition=~(Q(words="") | Q(action=""))),
            models.CheckConstraint(
                name="camera_sites_gap_closed_by_somebody",
                condition=Q(closed_by=None, closed_at=None, closing="")
                | (Q(closed_by__isnull=False, closed_at__isnull=False) & ~Q(closing="")),
            ),
        ]

    def __str__(self) -> str:
        return f"gap in principle {self.answer.principle}: {self.words}"
