"""What people decided of a version."""

from django.db import models
from django.db.models import Q

from accounts.models import SignIn, User
from hotlists import triggers
from hotlists.models.versions import EntryVersion
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id
from standards.models import StandardsProfile
from standards.ranks import Rank


class Decision(AppendOnly):
    """One person's decision of one version, in their own session, with the rank they held at that moment (R-040)."""

    class Verdict(models.TextChoices):
        """What was decided."""

        APPROVE = "approve", "Approve"
        REJECT = "reject", "Reject"
        RETURN = "return", "Send back for changes"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(EntryVersion, models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=Verdict)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    rank = models.PositiveSmallIntegerField(choices=Rank)
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+")
    rationale = models.CharField(max_length=1000)
    profile = models.ForeignKey(StandardsProfile, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["decided_at"]
        triggers = [*append_only_triggers(), triggers.DECISION_BY_ANOTHER_OF_RANK]
        constraints = [
            models.UniqueConstraint(fields=["version", "decided_by"], name="hotlists_decision_once_a_person"),
            models.CheckConstraint(name="hotlists_decision_says_why", condition=~Q(rationale="")),
        ]
