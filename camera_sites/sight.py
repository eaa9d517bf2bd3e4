"""Which sites may be named to somebody who sees what came from them, such as a hit or an event, and not the site itself."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import Actor, User
from accounts.policies import role_has
from camera_sites.models import CameraSite, Dpia


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose role opens the registry is told sites by name; of covert ones only those that they were given (R-123)."""

    opens: bool
    covert: frozenset[uuid.UUID]

    @classmethod
    def of(cls, actor: Actor) -> "Sight":
        """As it is now; asked once for a page."""
        opens = role_has(actor, "camera_sites.view_sites") if isinstance(actor, User) else True
        covert = CameraSite.objects.visible_to(actor).covert() if opens else CameraSite.objects.none()
        return cls(opens, frozenset(covert.values_list("pk", flat=True)))

    def names(self, site: CameraSite) -> bool:
        """Whether this site may be told by name and place; otherwise by its area."""
        return self.opens and (not site.is_covert or site.pk in self.covert)

    def names_all(self, refs: Iterable[str]) -> bool:
        """Whether every site of these references may be named; otherwise they are counted."""
        hidden = CameraSite.objects.filter(ref__in=list(refs)).covert().exclude(pk__in=self.covert)
        return self.opens and not hidden.exists()


def covert_sites(by: Actor, ids: set[str]) -> set[str]:
    """Those of these sites of which this reader is not to know."""
    return _hidden(CameraSite.objects.covert(), CameraSite.objects.all().visible_to, by, ids)


def covert_dpias(by: Actor, ids: set[str]) -> set[str]:
    """Those of these assessments of which this reader is not to know."""
    return _hidden(Dpia.objects.covert(), Dpia.objects.all().visible_to, by, ids)


def _hidden(covert: QuerySet[Any], given_to: Callable[[Actor], QuerySet[Any]], by: Actor, ids: set[str]) -> set[str]:
    """Mostly none is covert, and then nobody asks what the reader was given."""
    found = set(covert.filter(pk__in=ids).values_list("pk", flat=True))
    return {
        str(pk)
        for pk in found.difference(given_to(by).filter(pk__in=found).values_list("pk", flat=True) if found else ())
    }
