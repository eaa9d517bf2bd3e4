"""Prior consultation of the Commissioner, where a high risk remains (s.65, R-115): what was sent, and what came back."""

from django.db import models
from django.db.models import Q

from accounts.models import SignIn, User
from camera_sites import triggers
from camera_sites.models.dpias import DpiaVersion
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id


class PriorConsultation(AppendOnly):
    """That one version, as it was submitted, was sent to the Commissioner before anything is processed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.OneToOneField(DpiaVersion, models.PROTECT, related_name="prior_consultation")
    digest = models.CharField(max_length=64, help_text="Of the version as it was sent.")
    reference = models.CharField(max_length=100, help_text="As the Commissioner's office files it.")
    words = models.CharField(max_length=2000, help_text="What was sent beside the assessment, and what was asked.")
    sent_on = models.DateField(help_text="When it reached the Commissioner: the statutory time runs from then.")
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(help_text="When this was recorded.")
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+")

    class Meta:
        triggers = [*append_only_triggers(), triggers.CONSULTATION_BY_ANOTHER]
        constraints = [
            models.CheckConstraint(
                name="camera_sites_consultation_says_what", condition=~(Q(reference="") | Q(words=""))
            )
        ]


class ConsultationOutcome(AppendOnly):
    """What came of it. Until this stands nobody approves; an answer that it would infringe the law bars approval."""

    class Outcome(models.TextChoices):
        """What the Commissioner answered."""

        NO_OBJECTION = "no_objection", "No objection"
        ADVICE = "advice", "May proceed, with written advice"
        NO_ANSWER = "no_answer", "No answer in the statutory time"
        INFRINGES = "infringes", "The processing would infringe the law"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    consultation = models.OneToOneField(PriorConsultation, models.PROTECT, related_name="outcome")
    outcome = models.CharField(max_length=12, choices=Outcome)
    words = models.CharField(max_length=4000, help_text="The advice, or how the outcome was learnt.")
    answered_on = models.DateField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+")

    class Meta:
        triggers = [*append_only_triggers(), triggers.OUTCOME_BEFORE_THE_DECISION]
        constraints = [models.CheckConstraint(name="camera_sites_outcome_says_what", condition=~Q(words=""))]
