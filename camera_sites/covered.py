"""What an assessment may cover: each room says of its own kind who sees it, who may say so, and whom to tell of a change."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Actor
from camera_sites import policies
from camera_sites.models import CameraSite, Coverage, Dpia
from camera_sites.models.coverage import CoverageQuerySet
from camera_sites.nudges import publish_sites_soon
from portal.policies import Verdict


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing. `ends_with_it` says whether it is out of force while an assessment of its own is not in date (R-113)."""

    key: str
    find: Callable[[Actor], QuerySet[Any]]
    address: str
    argument: str
    may_keep: Callable[[Actor, Any], Verdict]
    changed: Callable[[], None] = lambda: None
    ends_with_it: bool = False
    own: tuple[str, ...] = ()  # its keys to an assessment: the first that it names, and such


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Called from AppConfig.ready(), by rooms above too."""
    _kinds[kind.key] = kind


def kind_of(key: str) -> Kind | None:
    """The kind of this key; none for systems, which have only a name."""
    return _kinds.get(key)


def kinds() -> list[Kind]:
    """All that were registered, in the order of the rooms."""
    return list(_kinds.values())


def named_by(kind: Kind, dpia: Dpia, actor: Actor) -> QuerySet[Any]:
    """Things of this kind that name the assessment as their own, of those that the actor may see."""
    own = Q()
    for key in kind.own:
        own |= Q(**{key: dpia})
    return kind.find(actor).filter(own) if own else kind.find(actor).none()


def told_to(actor: Actor, coverage: CoverageQuerySet) -> CoverageQuerySet:
    """Those of these of which the actor may see what is covered."""
    seen = Q(kind=Coverage.Kind.SYSTEM)
    for kind in kinds():
        seen |= Q(kind=kind.key, subject__in=kind.find(actor).values("pk"))
    return coverage.filter(seen)


def assessments_of(key: str, subject: Any) -> list[Dpia]:
    """All that cover this thing now: those it names itself, then the further ones."""
    kind = _kinds[key]
    own = [getattr(subject, f"{name}_id") for name in kind.own]
    further = Coverage.objects.filter(kind=key, subject=subject.pk, ended_at=None).values_list("dpia_id", flat=True)
    keys = list(dict.fromkeys(pk for pk in [*own, *further] if pk))
    found = Dpia.objects.in_bulk(keys)
    return [found[pk] for pk in keys]


def seen(actor: Actor, key: str, subject: uuid.UUID) -> Any | None:
    """The thing of this kind and id, where it exists for the actor."""
    return _kinds[key].find(actor).filter(pk=subject).first() if key in _kinds else None


def register_own() -> None:
    """This room's own kind."""
    register(Kind(
        "site", CameraSite.objects.all().visible_to, "site_detail", "pk", lambda by, site: policies.may_propose(by),
        publish_sites_soon, ends_with_it=True, own=("dpia", "town_dpia"),
    ))  # fmt: skip
