"""What a proposal argues: the kind of deployment, the need, the alternatives, and what stands near (R-110..R-112, R-118)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from standards import matrix


class SiteCase(models.Model):
    """The case for cameras at a place, as its proposer writes it and somebody else decides it."""

    LocationType = matrix.LocationType
    Purpose = matrix.Purpose

    class Deployment(models.TextChoices):
        """How long it stands, and in what manner (R-110, R-123)."""

        PERMANENT = "permanent", "Permanent"
        LONG = "long", "12 months or more"
        TEMPORARY = "temporary", "Temporary, under 12 months"
        MOBILE = "mobile", "Mobile"
        COVERT = "covert", "Covert, under an authority of its own"

    class Proximity(models.TextChoices):
        """What stands near whose visitors are to be left alone (5.5, F-12)."""

        WORSHIP = "worship", "A place of worship"
        SCHOOL = "school", "A school"
        COURT = "court", "A court"
        CLINIC = "clinic", "A clinic"
        POLITICS = "politics", "Premises of a union or a political party"
        NEWSROOM = "newsroom", "A newsroom"

    location_type = models.CharField(max_length=12, choices=matrix.LocationType)
    purposes = ArrayField(models.CharField(max_length=30, choices=matrix.Purpose))
    deployment = models.CharField(max_length=10, choices=Deployment, default=Deployment.PERMANENT)
    deployed_until = models.DateTimeField(null=True, blank=True, help_text="Out of service by itself then.")
    authority_ref = models.CharField(
        max_length=60, blank=True, help_text="The authority of a covert deployment (R-123)."
    )
    need = models.CharField(max_length=1000, help_text="The problem, and why cameras here answer it.")
    problem_profile = models.CharField(max_length=2000, blank=True, help_text="The figures that show the need.")
    evidence_from = models.DateField(null=True, blank=True)
    evidence_until = models.DateField(null=True, blank=True)
    alternatives = models.CharField(max_length=2000, blank=True, help_text="What else was considered, and why not.")
    duplication = models.CharField(max_length=1000, blank=True, help_text="Why the cameras near do not do.")
    exceptional_case = models.CharField(max_length=2000, blank=True, help_text="Where the matrix says E (R-112).")
    encircles = models.BooleanField(null=True, blank=True, help_text="Nobody enters or leaves a town unrecorded.")
    not_encircling = models.CharField(
        max_length=1000, blank=True, help_text="Why it encircles no town, though by the roads it closes the last way."
    )
    proximity = ArrayField(models.CharField(max_length=10, choices=Proximity), default=list, blank=True)
    proximity_measures = models.CharField(max_length=1000, blank=True, help_text="How their visitors are spared.")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="camera_sites_site_has_a_purpose",
                condition=Q(purposes__len__gte=1)
                & Q(
                    purposes__contained_by=[
                        "national_security",
                        "serious_crime",
                        "local_crime",
                        "prevention",
                        "confidence",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="camera_sites_site_passing_ends",
                condition=~Q(deployment__in=["temporary", "covert"]) | Q(deployed_until__isnull=False),
            ),
            models.CheckConstraint(
                name="camera_sites_site_covert_by_authority",
                condition=~Q(deployment="covert") | ~Q(authority_ref=""),
            ),
            models.CheckConstraint(
                name="camera_sites_site_near_what",
                condition=Q(proximity__contained_by=["worship", "school", "court", "clinic", "politics", "newsroom"]),
            ),
        ]

    @property
    def is_covert(self) -> bool:
        """Whether only those who were given access to it may know of it (R-123)."""
        return self.deployment == self.Deployment.COVERT

    @property
    def basis(self) -> matrix.Purpose:
        """The weightiest of its purposes, on which it is decided (R-112). A site has at least one: the database holds it."""
        return matrix.basis_of(self.purposes) or matrix.Purpose.CONFIDENCE
