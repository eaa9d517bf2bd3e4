"""The words of the national justification matrix for camera sites (R-112): its rows, its columns, and what a cell may say."""

from collections.abc import Iterable

from django.db import models


class LocationType(models.TextChoices):
    """Rows of the matrix."""

    STRATEGIC = "strategic", "Strategic road network"
    MAJOR = "major", "Local-authority major road"
    MINOR = "minor", "Local-authority minor road"
    CROWDED = "crowded", "Crowded place"
    PRIVATE = "private", "Private place"


class Purpose(models.TextChoices):
    """Columns of the matrix, the weightiest first."""

    NATIONAL_SECURITY = "national_security", "National security and counter terrorism"
    SERIOUS_CRIME = "serious_crime", "Serious, organised and major crime"
    LOCAL_CRIME = "local_crime", "Local crime"
    PREVENTION = "prevention", "Crime prevention and reduction"
    CONFIDENCE = "confidence", "Community confidence"


class Likelihood(models.TextChoices):
    """What a cell says."""

    VERY_LIKELY = "V", "Very likely justified"
    LIKELY = "M", "Likely justified in most cases"
    EXCEPTIONAL = "E", "Justified only exceptionally"


def basis_of(purposes: Iterable[str]) -> Purpose | None:
    """The weightiest of these purposes, which is the basis of a decision; None of none."""
    given = set(purposes)
    return next((purpose for purpose in Purpose if purpose.value in given), None)


def name_of(location_type: str, purpose: str) -> str:
    """What a cell is called where an edition names it."""
    return f"{location_type}.{purpose}"
