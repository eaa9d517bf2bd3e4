"""Vehicles that people declare as connected with them, and what was tried on them all the same (R-032, F-09)."""

import datetime as dt

from django.db import models
from django.db.models import F, Func, Q, Value

from accounts.models import User
from matcher_client import vrm as plates
from portal.database import APPEND_ONLY, AppendOnly, append_only_triggers
from portal.ids import new_id


class DeclaredVehicleQuerySet(models.QuerySet["DeclaredVehicle"]):
    """Which declared vehicles."""

    def barring(self, at: dt.datetime) -> "DeclaredVehicleQuerySet":
        """Those that stand at this moment, and those withdrawn so lately that they still bar."""
        return self.filter(Q(barred_until=None) | Q(barred_until__gt=at))

    def standing(self) -> "DeclaredVehicleQuerySet":
        """Those that nobody withdrew."""
        return self.filter(withdrawn_at=None)

    def touching(self, person: User, at: dt.datetime) -> "DeclaredVehicleQuerySet":
        """Those that bar this person: their own, and those of people of their unit, who are their colleagues (R-032)."""
        mine = Q(declared_by=person)
        unit = person.unit.strip()
        return self.barring(at).filter(mine | Q(declared_by__unit__iexact=unit) if unit else mine)

    def of_plate(self, vrm: str) -> "DeclaredVehicleQuerySet":
        """Those whose plate is drawn like this one, of whatever country: who wants to be missed writes an O for the 0."""
        return self.filter(vrm_skeleton=plates.skeleton(vrm))


class DeclaredVehicle(AppendOnly):
    """A vehicle that somebody who works here says is connected with them. What is declared stands; it is only withdrawn."""

    class Connection(models.TextChoices):
        """How it is connected with them."""

        OWN = "own", "My own, or one that I drive"
        HOUSEHOLD = "household", "Of somebody I live with"
        FAMILY = "family", "Of my family"
        OTHER = "other", "Other: a friend, a debt, a dispute"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    vrm_entered = models.CharField(max_length=20)
    vrm = models.CharField(max_length=15, db_collation="C")
    vrm_skeleton = models.CharField(max_length=15, db_collation="C")
    country = models.CharField(max_length=2)
    connection = models.CharField(max_length=10, choices=Connection)
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="declared_vehicles")
    declared_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    withdrawn_at = models.DateTimeField(null=True)
    barred_until = models.DateTimeField(null=True, help_text="Set when it is withdrawn: it bars for a while yet.")

    app_may_update = ("withdrawn_by_id", "withdrawn_at", "barred_until")

    objects = DeclaredVehicleQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        permissions = [("view_declared", "Read the register of declared vehicles")]
        triggers = append_only_triggers(app_may_update=("withdrawn_by_id", "withdrawn_at", "barred_until"))
        indexes = [models.Index(fields=["vrm_skeleton"], name="hotlists_declared_by_skeleton")]
        constraints = [
            models.UniqueConstraint(
                fields=["declared_by", "country", "vrm"],
                condition=Q(withdrawn_at=None),
                name="hotlists_declared_once_by_a_person",
            ),
            models.CheckConstraint(name="hotlists_declared_normalised", condition=Q(vrm__regex=r"^[A-Z0-9]{1,15}$")),
            models.CheckConstraint(
                name="hotlists_declared_skeleton_is_its_plates",
                condition=Q(vrm_skeleton=Func(F("vrm"), Value("OI"), Value("01"), function="translate")),
            ),
            models.CheckConstraint(
                name="hotlists_declared_withdrawn_by_its_declarer",
                condition=Q(withdrawn_by=None, withdrawn_at=None, barred_until=None)
                | Q(
                    withdrawn_by=F("declared_by"),
                    withdrawn_at__gte=F("declared_at"),
                    barred_until__gt=F("withdrawn_at"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"vehicle that {self.declared_by} declared"

    @property
    def plate(self) -> tuple[str, str]:
        """Country and normalised plate."""
        return self.country, self.vrm


class ConflictReportQuerySet(models.QuerySet["ConflictReport"]):
    """Which reports."""

    def waiting(self) -> "ConflictReportQuerySet":
        """Those that professional standards have not acknowledged."""
        return self.filter(answer=None)


class ConflictReport(AppendOnly):
    """That somebody tried to act on a vehicle declared as connected with them: professional standards are told (R-032)."""

    class Act(models.TextChoices):
        """What they tried. Of all but a search nothing was done."""

        WRITE = "write", "Write an entry for it"
        SUBMIT = "submit", "Submit an entry for it"
        UPLOAD = "upload", "Upload a file that names it"
        DECIDE = "decide", "Decide an entry for it"
        REVIEW = "review", "Review an entry for it"
        NARROW = "narrow", "Narrow an entry for it"
        SUSPEND = "suspend", "Suspend or dispute an entry for it"
        RESUME = "resume", "Lift a suspension of it"
        WITHDRAW = "withdraw", "Withdraw an entry for it"
        FEED = "feed", "Hold back its row of a feed, or let it go"
        SEARCH = "search", "Search for it"

    class Link(models.TextChoices):
        """How it is connected with who tried."""

        SELF = "self", "Declared by themselves"
        COLLEAGUE = "colleague", "Declared by somebody of their unit"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    act = models.CharField(max_length=10, choices=Act)
    link = models.CharField(max_length=10, choices=Link)
    attempted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    attempted_at = models.DateTimeField()
    vrm = models.CharField(max_length=15, db_collation="C", help_text="As it was tried, which may be a look-alike.")
    country = models.CharField(max_length=2)
    hotlist = models.ForeignKey("hotlists.Hotlist", models.PROTECT, related_name="+", null=True)
    entry_id = models.UUIDField(null=True, help_text="Where there is one: what was refused was never written.")

    objects = ConflictReportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        triggers = APPEND_ONLY
        indexes = [models.Index(fields=["attempted_by", "attempted_at"], name="hotlists_conflict_by_person")]

    def __str__(self) -> str:
        return f"report {str(self.pk)[-8:]} of a conflict of interest"

    @property
    def plate(self) -> tuple[str, str]:
        """Country and normalised plate, as it was tried."""
        return self.country, self.vrm

    @property
    def was_refused(self) -> bool:
        """A search is reported and not refused."""
        return self.act != self.Act.SEARCH


class ConflictAnswer(AppendOnly):
    """That professional standards have seen a report, and what they make of it. Said once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.OneToOneField(ConflictReport, models.PROTECT, related_name="answer")
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    words = models.CharField(max_length=1000)

    class Meta:
        permissions = [("answer_conflict", "Read and acknowledge reports of conflicts of interest")]
        triggers = APPEND_ONLY
        constraints = [
            models.CheckConstraint(name="hotlists_conflict_answer_says_something", condition=~Q(words__regex=r"^\s*$"))
        ]

    def __str__(self) -> str:
        return f"answer to {self.report}"
