"""What people decided of a version."""

from django.db import models
from django.db.models import Q

from accounts.models import Actor, SignIn, User
from hotlists import triggers
from hotlists.models.versions import EntryVersion
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id
from standards.models import StandardsProfile
from standards.ranks import Rank


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Which decisions."""

    def approving(self) -> "DecisionQuerySet":
        """Those that say yes, with conditions or without."""
        return self.filter(verdict__in=APPROVING)

    def open_to(self, actor: Actor) -> "DecisionQuerySet":
        """Decisions that this person may read. Where two decide, each is blind to the other until both have spoken, and
        so is everybody else: what nobody can read nobody can pass on. One's own one knows."""
        spoken = ~Q(version__status__in=EntryVersion.UNDECIDED)
        return self.filter(spoken | Q(decided_by=actor) if isinstance(actor, User) else spoken)


class Decision(AppendOnly):
    """One person's decision of one version, in their own session, with the rank they held at that moment (R-040)."""

    class Verdict(models.TextChoices):
        """What was decided."""

        APPROVE = "approve", "Approve"
        CONDITIONS = "conditions", "Approve with conditions"
        RETURN = "return", "Send back for changes"
        REJECT = "reject", "Reject"

    class Gateway(models.TextChoices):
        """The law by which a vehicle is looked for (domain.md 5.3)."""

        COMMON_LAW = "common_law", "Common law: to prevent crime, keep the peace and protect life"
        PACE = "pace", "Police and Criminal Evidence Act 1984"
        ROAD_TRAFFIC = "road_traffic", "Road Traffic Act 1988"
        RIPA = "ripa", "Regulation of Investigatory Powers Act 2000, Part II"
        TERRORISM = "terrorism", "Terrorism Act 2000"
        SAFEGUARDING = "safeguarding", "Children Act 1989 or Care Act 2014"
        COURT = "court", "Order or warrant of a court"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(EntryVersion, models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=Verdict)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    rank = models.PositiveSmallIntegerField(choices=Rank)
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+")
    necessity = models.CharField(max_length=1000, blank=True)
    proportionality = models.CharField(max_length=1000, blank=True)
    collateral_intrusion = models.CharField(max_length=1000, blank=True)
    alternatives = models.CharField(max_length=1000, blank=True)
    legal_gateway = models.CharField(max_length=12, choices=Gateway, blank=True)
    conditions = models.CharField(max_length=1000, blank=True)
    rationale = models.CharField(
        max_length=1000, blank=True, help_text="Why it was refused; of an approval, what else."
    )
    profile = models.ForeignKey(StandardsProfile, models.PROTECT, related_name="+")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["decided_at"]
        triggers = [*append_only_triggers(), triggers.DECISION_BY_ANOTHER_OF_RANK, triggers.NOBODY_DECIDES_THEIR_OWN]
        constraints = [
            models.UniqueConstraint(fields=["version", "decided_by"], name="hotlists_decision_once_a_person"),
            models.CheckConstraint(
                name="hotlists_decision_gives_its_grounds",  # domain.md 5.3
                condition=Q(verdict__in=["return", "reject"])
                | ~(
                    Q(necessity__regex=r"^\s*$")
                    | Q(proportionality__regex=r"^\s*$")
                    | Q(collateral_intrusion__regex=r"^\s*$")
                    | Q(alternatives__regex=r"^\s*$")
                    | Q(legal_gateway="")
                ),
            ),
            models.CheckConstraint(
                name="hotlists_decision_refuses_with_a_reason",
                condition=Q(verdict__in=["approve", "conditions"]) | ~Q(rationale__regex=r"^\s*$"),
            ),
            models.CheckConstraint(
                name="hotlists_decision_conditions_are_said",
                condition=Q(verdict="conditions") & ~Q(conditions__regex=r"^\s*$")
                | ~Q(verdict="conditions") & Q(conditions=""),
            ),
        ]

    @property
    def is_approving(self) -> bool:
        """Whether it says yes, with conditions or without."""
        return self.verdict in APPROVING

    @property
    def grounds(self) -> list[tuple[str, str]]:
        """(heading, words) of what an approval rests on; nothing for one that refused, or was made before it was asked."""
        told = [
            ("Necessity", self.necessity), ("Proportionality", self.proportionality),
            ("Intrusion on others", self.collateral_intrusion), ("Alternatives considered", self.alternatives),
            ("Legal gateway", self.get_legal_gateway_display()),
        ]  # fmt: skip
        return [(heading, words) for heading, words in told if words]


APPROVING = (Decision.Verdict.APPROVE, Decision.Verdict.CONDITIONS)
