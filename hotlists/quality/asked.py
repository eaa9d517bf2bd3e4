"""What a rule is given: the version, the moment, and the standards it was written under, fetched once for all rules."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import Actor
from hotlists.models import EntryVersion
from standards.models import Category

Fault = tuple[str, str]  # a field's name, and what is wrong with it


@dataclass(frozen=True, slots=True)
class Asked:
    """One version under judgement."""

    version: EntryVersion
    at: dt.datetime
    category: Category | None
    numbers: dict[str, int]
    by: Actor | None = None  # who asks, and would submit it

    @classmethod
    def of(cls, version: EntryVersion, at: dt.datetime, by: Actor | None = None) -> "Asked":
        """With the category and the numbers of the version's own edition of the standards."""
        category = version.profile.categories.filter(code=version.category, is_feed=False).first()
        return cls(version, at, category, dict(version.profile.numbers.values_list("key", "value")), by)

    @property
    def begins(self) -> dt.datetime:
        """When it can first be in force."""
        return max(self.version.starts_at, self.at)
