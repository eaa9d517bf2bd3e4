"""Annual certification: what of a year was sampled, found, mended and is open, signed once and for good (R-067)."""

from django.db import models
from django.db.models import Q

from accounts.models import SignIn, User
from portal.database import APPEND_ONLY, AppendOnly
from portal.ids import new_id
from scrutiny.models.samples import Area


class Certificate(AppendOnly):
    """That the information asset owner stands for one area's year, with the figures as they were when it was signed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    year = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=10, choices=Area)
    figures = models.JSONField()
    policy = models.CharField(max_length=1000, help_text="Which policy was in place, and where it is published.")
    violations = models.CharField(
        max_length=1000, help_text="Known significant violations and complaints; or that none are."
    )
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-year", "area"]
        permissions = [("sign_certificate", "Sign the annual certification")]
        triggers = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["year", "area"], name="scrutiny_certificate_once"),
            models.CheckConstraint(
                name="scrutiny_certificate_says_what",
                condition=~Q(policy__regex=r"^\s*$") & ~Q(violations__regex=r"^\s*$"),
            ),
        ]

    def __str__(self) -> str:
        return f"certificate of {self.year}: {self.get_area_display().lower()}"
