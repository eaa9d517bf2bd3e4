"""Decisions on sites, and when each was in service: what makes "was it in service at 14:05?" answerable for good."""

from django.db import models
from django.db.models import F, Q

from accounts.models import SignIn, User
from camera_sites import site_triggers as triggers
from camera_sites.models.sites import CameraSite
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id
from standards.matrix import Likelihood, LocationType, Purpose
from standards.models import StandardsProfile


class SiteDecision(AppendOnly):
    """That somebody set a proposal live: on which cell of the national matrix, of which edition, and why (R-112)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.OneToOneField(CameraSite, models.PROTECT, related_name="decision")
    profile = models.ForeignKey(StandardsProfile, models.PROTECT, related_name="+")
    location_type = models.CharField(max_length=12, choices=LocationType)
    basis = models.CharField(max_length=30, choices=Purpose, help_text="The weightiest purpose.")
    likelihood = models.CharField(max_length=1, choices=Likelihood)
    words = models.CharField(max_length=2000, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+")

    class Meta:
        triggers = [*append_only_triggers(), triggers.DECIDED_ON_THE_MATRIX]
        constraints = [
            models.CheckConstraint(
                name="camera_sites_exceptional_decision_says_why", condition=~Q(likelihood="E") | ~Q(words="")
            ),
        ]


class ServiceSpell(models.Model):
    """A time during which people had a site set live. Kept by the database from the site's own moves; nobody else writes it."""

    site = models.ForeignKey(CameraSite, models.PROTECT, related_name="spells")
    began_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["began_at"]
        triggers = [triggers.SPELL_FOLLOWS_ITS_SITE]
        constraints = [
            models.UniqueConstraint(
                fields=["site"], condition=Q(ended_at=None), name="camera_sites_one_spell_at_a_time"
            ),
            models.CheckConstraint(
                name="camera_sites_spell_ended_by_somebody",
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False, ended_at__gte=F("began_at")),
            ),
        ]
