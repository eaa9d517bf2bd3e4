"""What assessments show: on the pages of what they cover, and on their own."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import Actor
from camera_sites import link_policies as policies
from camera_sites.covered import Kind, assessments_of, kind_of, kinds, named_by, told_to
from camera_sites.measures import measures_of
from camera_sites.models import Coverage, Dpia, DpiaVersion
from camera_sites.policies import may_open_registry
from camera_sites.story import state_of_dpia

MOST = 50  # of one kind on the page of an assessment; the registry has all


@dataclass(frozen=True, slots=True)
class Served:
    """Something that an assessment covers, as its page tells it."""

    label: str
    name: str
    url: str
    words: str
    coverage: Coverage | None = None


@dataclass(frozen=True, slots=True)
class Serving:
    """What an assessment covers: the beginning of what one may see, how much one may not, how much more there is."""

    found: list[Served]
    hidden: int
    more: int


def assessments(key: str, request: HttpRequest, subject: Any) -> str:
    """Every assessment that covers this thing, and how each stands."""
    if not may_open_registry(request.user):
        return ""
    now = timezone.now()
    found = assessments_of(key, subject)
    standing = {dpia.pk: dpia for dpia in Dpia.objects.with_standing(now).filter(pk__in=[dpia.pk for dpia in found])}
    further = Coverage.objects.filter(kind=key, subject=subject.pk, ended_at=None).select_related("covered_by")
    told = {coverage.dpia_id: coverage for coverage in further}
    rows = [(standing[dpia.pk], state_of_dpia(standing[dpia.pk], now), told.get(dpia.pk)) for dpia in found]
    context = {
        "rows": rows, "kind": kind_of(key), "subject": subject, "may": policies.may_cover(request.user, key, subject),
        "lapsed": [dpia for dpia, state, _ in rows if not (dpia.ends_at and dpia.ends_at > now)],
    }  # fmt: skip
    return render_to_string("camera_sites/_assessments_panel.html", context, request)


def served_by(dpia: Dpia, actor: Actor) -> Serving:
    """What an assessment covers, of what the actor may see; of long lists the beginning."""
    found, count = [], 0
    for kind in kinds():
        named = named_by(kind, dpia, actor)
        things = list(named[: MOST + 1])
        count += len(things) if len(things) <= MOST else named.count()
        found += [
            Served(_label(kind), str(thing), address_of(kind, thing), "Named by it as its own")
            for thing in things[:MOST]
        ]
    standing = dpia.coverage.filter(ended_at=None)
    seen = told_to(actor, standing)
    told = seen.count()
    shown = list(seen.select_related("covered_by")[:MOST])
    things = {
        kind.key: kind.find(actor).in_bulk([one.subject for one in shown if one.kind == kind.key]) for kind in kinds()
    }
    for one in shown:
        kind = kind_of(one.kind)
        thing = things[one.kind].get(one.subject) if kind else None
        if kind is None:
            found.append(Served("System", one.name, reverse("system_list"), one.words, one))
        elif thing is not None:
            found.append(Served(_label(kind), str(thing), address_of(kind, thing), one.words, one))
    return Serving(found, hidden=standing.count() - told, more=max(count + told - len(found), 0))


def serves(request: HttpRequest, dpia: Dpia) -> str:
    """What an assessment covers beside the sites that name it, the reviews that were asked for, and its measures."""
    now = timezone.now()
    serving = served_by(dpia, request.user)
    governing = dpia.versions.filter(status=DpiaVersion.Status.APPROVED).order_by("-number").first()
    context = {
        "dpia": dpia, "serving": serving, "today": timezone.localdate(now), "now": now,
        "demands": [
            (demand, policies.may_answer(request.user, demand))
            for demand in dpia.demands.select_related("owner", "raised_by", "answered_by", "version")
        ],
        "may_demand": policies.may_demand(request.user, dpia), "governing": governing,
        "measures": [
            (measure, policies.may_take_measure(request.user, governing, measure.key)) for measure in measures_of(governing)
        ] if governing else [],
    }  # fmt: skip
    return render_to_string("camera_sites/_dpia_panel.html", context, request)


def address_of(kind: Kind, thing: Any) -> str:
    """Of its page."""
    return reverse(kind.address, args=[getattr(thing, kind.argument)])


def _label(kind: Kind) -> str:
    return str(Coverage.Kind(kind.key).label)
