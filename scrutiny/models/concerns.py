"""Concerns: what people ask of us about their data or complain of, and breaches of it; each with when the law wants an answer."""

import datetime as dt

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from hits.models import Hit
from portal.database import APPEND_ONLY, AppendOnly
from portal.ids import new_id


class ConcernQuerySet(models.QuerySet["Concern"]):
    """Which concerns."""

    def open(self) -> "ConcernQuerySet":
        """Those that wait for an answer."""
        return self.filter(status=Concern.Status.OPEN)

    def overdue(self, at: dt.datetime) -> "ConcernQuerySet":
        """Those that were not answered in time."""
        return self.open().filter(due_at__lte=at)

    def about(self, thing: models.Model) -> "ConcernQuerySet":
        """Those about this record."""
        return self.filter(source_label=thing._meta.label, source_id=str(thing.pk))

    def visible_to(self, user: User, *, sees_all: bool) -> "ConcernQuerySet":
        """All, or those that they wrote down themselves."""
        return self if sees_all else self.filter(recorded_by=user)


class Concern(models.Model):
    """What somebody brought to the force, or a breach of personal data, with its answer.

    Names whoever brought it and holds no plate: what it is about is told by a record's id, so that it can outlive that record.
    """

    class Kind(models.TextChoices):
        """What is asked of us."""

        COMPLAINT = "complaint", "Complaint"
        ACCESS = "access", "Request to see what is held"
        CORRECTION = "correction", "Request to correct or erase"
        BREACH = "breach", "Breach of personal data"

    class Status(models.TextChoices):
        """What people decided; being late is a predicate."""

        OPEN = "open", "To be answered"
        ANSWERED = "answered", "Answered"

    class Answer(models.TextChoices):
        """What came of it. Which of them fit which kind, `FITTING` says."""

        UPHELD = "upheld", "Upheld"
        IN_PART = "in_part", "Upheld in part"
        NOT_UPHELD = "not_upheld", "Not upheld"
        GIVEN = "given", "Given in full"
        SOME = "some", "Given in part"
        NEITHER = "neither", "Neither confirmed nor denied"
        MADE = "made", "Corrected or erased"
        REFUSED = "refused", "Refused"
        REPORTED = "reported", "Reported to the Commissioner"
        NO_RISK = "no_risk", "Not reported: no risk to anybody's rights"
        DROPPED = "dropped", "No longer pursued by who brought it"

    class Restriction(models.TextChoices):
        """Why something is withheld: the grounds that the law allows (DPA 2018 s.45(4)), written down even when not said."""

        INQUIRY = "inquiry", "Not to obstruct an inquiry"
        CRIME = "crime", "Not to prejudice preventing, detecting or prosecuting crime"
        PUBLIC = "public", "Public security"
        NATIONAL = "national", "National security"
        OTHERS = "others", "The rights and freedoms of others"

    FITTING = {
        Kind.COMPLAINT: (Answer.UPHELD, Answer.IN_PART, Answer.NOT_UPHELD, Answer.DROPPED),
        Kind.ACCESS: (Answer.GIVEN, Answer.SOME, Answer.NEITHER, Answer.DROPPED),
        Kind.CORRECTION: (Answer.MADE, Answer.REFUSED, Answer.DROPPED),
        Kind.BREACH: (Answer.REPORTED, Answer.NO_RISK),
    }
    WITHHOLDING = (Answer.SOME, Answer.NEITHER)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    title = models.CharField(max_length=150)
    words = models.CharField(max_length=2000)
    person = models.CharField(max_length=300, blank=True, help_text="Who brought it, and how to reach them.")
    reference = models.CharField(max_length=60, blank=True, help_text="Its number in the force's own register.")
    source_label = models.CharField(max_length=80, blank=True, help_text="The kind of record it is about.")
    source_id = models.CharField(max_length=64, blank=True)
    hit = models.ForeignKey(
        Hit, models.PROTECT, null=True, related_name="concerns", db_constraint=False,
        help_text="The hit that somebody complains of: it is kept as long as this (domain.md, 6).",
    )  # fmt: skip
    received = models.DateTimeField(help_text="When the force first knew of it: the clock starts then.")
    due_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    restriction = models.CharField(max_length=10, choices=Restriction, blank=True)
    told = models.CharField(
        max_length=300, blank=True,
        help_text="Who was told: of a correction its source and recipients (R-132), of a breach the people (R-133).",
    )  # fmt: skip
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("view_concerns", "See all complaints, requests and breaches"),
            ("record_concern", "Write down a complaint, a request or a breach"),
            ("answer_concern", "Answer complaints, requests and breaches"),
        ]
        indexes = [models.Index(fields=["source_label", "source_id"], name="scrutiny_concern_about")]
        constraints = [
            models.CheckConstraint(name="scrutiny_concern_says_what", condition=~Q(words="") & ~Q(title="")),
            models.CheckConstraint(
                name="scrutiny_concern_clock_runs",
                condition=Q(due_at__gt=F("received"), received__lte=F("recorded_at")),
            ),
            models.CheckConstraint(name="scrutiny_concern_of_somebody", condition=Q(kind="breach") | ~Q(person="")),
            models.CheckConstraint(
                name="scrutiny_concern_keeps_its_hit", condition=Q(hit=None) | Q(kind="complaint", source_label="hits.Hit")
            ),
            models.CheckConstraint(
                name="scrutiny_concern_answered_by_somebody",
                condition=Q(status="open", answered_by=None, answered_at=None, answer="", restriction="", told="")
                | Q(status="answered", answered_by__isnull=False, answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="scrutiny_concern_answer_fits",
                condition=Q(status="open")
                | Q(kind="complaint", answer__in=["upheld", "in_part", "not_upheld", "dropped"])
                | Q(kind="access", answer__in=["given", "some", "neither", "dropped"])
                | Q(kind="correction", answer__in=["made", "refused", "dropped"])
                | Q(kind="breach", answer__in=["reported", "no_risk"]),
            ),
            models.CheckConstraint(
                name="scrutiny_concern_withheld_for_a_reason",
                condition=(Q(answer__in=["some", "neither"]) & ~Q(restriction=""))
                | (~Q(answer__in=["some", "neither"]) & Q(restriction="")),
            ),
            models.CheckConstraint(
                name="scrutiny_concern_recipients_told", condition=~Q(answer="made") | ~Q(told="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display().lower()} {str(self.pk)[-8:]}"

    def is_late(self, at: dt.datetime) -> bool:
        """Whether the answer is due and has not been given."""
        return self.status == Concern.Status.OPEN and self.due_at <= at

    @property
    def was_late(self) -> bool:
        """Whether the answer came after its day."""
        return self.answered_at is not None and self.answered_at > self.due_at


class ConcernNote(AppendOnly):
    """One step of the work on a concern, in words."""

    class Step(models.TextChoices):
        """What was done."""

        NOTED = "noted", "Noted"
        ANSWERED = "answered", "Answered"
        REOPENED = "reopened", "Taken up again"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    concern = models.ForeignKey(Concern, models.PROTECT, related_name="notes")
    step = models.CharField(max_length=10, choices=Step)
    words = models.CharField(max_length=2000)
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        triggers = APPEND_ONLY
        constraints = [models.CheckConstraint(name="scrutiny_concern_note_says_something", condition=~Q(words=""))]

    def __str__(self) -> str:
        return f"{self.get_step_display().lower()} by {self.noted_by}"
