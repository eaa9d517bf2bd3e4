"""Ranks in their order, lowest first."""

from django.db.models import IntegerChoices


class Rank(IntegerChoices):
    """A police rank, or none. A higher number outranks a lower one."""

    NONE = 0, "Police staff"
    CONSTABLE = 10, "Constable"
    SERGEANT = 20, "Sergeant"
    INSPECTOR = 30, "Inspector"
    CHIEF_INSPECTOR = 40, "Chief inspector"
    SUPERINTENDENT = 50, "Superintendent"
    CHIEF_SUPERINTENDENT = 60, "Chief superintendent"
    CHIEF_OFFICER = 70, "Chief officer"
