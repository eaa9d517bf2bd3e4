"""The measures of assessments that govern: who sees to each, until when, and which are in place (R-114)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from camera_sites.models import DpiaVersion, MeasureTaken
from camera_sites.models.dpias import DpiaQuerySet


@dataclass(frozen=True, slots=True)
class Measure:
    """A row of the register, with what was told of it since."""

    version: DpiaVersion
    key: str
    measure: str
    owner: str
    due_on: dt.date
    is_in_place: bool
    taken: MeasureTaken | None

    def is_overdue(self, on: dt.date) -> bool:
        """Whether it was to be in place before this day, and is not."""
        return not self.is_in_place and self.due_on < on

    def is_for(self, user: User) -> bool:
        """Whether they see to it: named there by sign-in or by name; and whoever wrote the assessment sees to all of them."""
        named = self.owner.strip().casefold()
        return user.pk == self.version.written_by_id or named in {user.username.casefold(), user.actor_label.casefold()}


def taken_keys(version: DpiaVersion) -> dict[str, MeasureTaken]:
    """Key -> what was told of a measure of this version; of an earlier one, where that said it in the same words."""
    words = {row["key"]: row["measure"] for row in version.measure_register}
    told = MeasureTaken.objects.filter(version__dpia=version.dpia_id).select_related("taken_by")
    return {taken.key: taken for taken in told if words.get(taken.key) == taken.measure}


def measures_of(version: DpiaVersion, told: dict[str, MeasureTaken] | None = None) -> list[Measure]:
    """The register of one version."""
    taken = taken_keys(version) if told is None else told
    return [
        Measure(
            version, row["key"], row["measure"], row["owner"], dt.date.fromisoformat(row["due"]),
            bool(row["is_in_place"]) or row["key"] in taken, taken.get(row["key"]),
        )
        for row in version.measure_register
    ]  # fmt: skip


def overdue_measures(on: dt.date, dpias: DpiaQuerySet) -> list[Measure]:
    """Of the latest approved version of each of these, in two queries."""
    approved = DpiaVersion.objects.filter(status=DpiaVersion.Status.APPROVED).exclude(measure_register=[])
    approved = approved.filter(dpia__in=dpias.values("pk"))
    latest = list(approved.select_related("dpia", "written_by").order_by("dpia_id", "-number").distinct("dpia_id"))
    told: dict[Any, dict[str, MeasureTaken]] = {version.dpia_id: {} for version in latest}
    words = {version.dpia_id: {row["key"]: row["measure"] for row in version.measure_register} for version in latest}
    for taken in MeasureTaken.objects.filter(version__dpia__in=list(told)).select_related("version"):
        if words[taken.version.dpia_id].get(taken.key) == taken.measure:
            told[taken.version.dpia_id][taken.key] = taken
    return [
        measure
        for version in latest
        for measure in measures_of(version, told[version.dpia_id])
        if measure.is_overdue(on)
    ]
