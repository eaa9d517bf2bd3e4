"""Drawing by lot: which acts of a month are looked at. Reads only; the same month and seed give the same items (R-068)."""

import datetime as dt
import hashlib
import math
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from audit.models import Event
from audit.verbs import Verb
from hits.models import Caution, Hit
from hotlists.models import ConflictReport, Decision, EmergencyAuthority, EntryVersion
from portal.partitions import uuid7_floor
from scrutiny.models import Area, Sample
from standards.models import StandardsProfile
from standards.ranks import Rank


@dataclass(frozen=True, slots=True)
class Act:
    """One act that may be drawn: what it is, who had a hand in it, and the strata it stands for."""

    area: Area
    label: str
    id: uuid.UUID
    hands: tuple[int, ...]
    strata: tuple[str, ...]
    always: str = ""  # why it is looked at whatever the lot says

    @property
    def told(self) -> str:
        """Why it was drawn, if by lot; who did it is told by the act itself."""
        strata = [stratum for stratum in self.strata if not stratum.startswith("person ")]
        return f"By lot: {', '.join(strata)}"[:150]


@dataclass(frozen=True, slots=True)
class Lot:
    """What was drawn, in the order in which it is worked, and of how many."""

    acts: list[tuple[Act, str]]
    population: dict[str, int]


def span_of(month: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """From the first of this month in London up to the first of the next."""
    after = (month + dt.timedelta(days=32)).replace(day=1)
    zone = timezone.get_default_timezone()
    return tuple(dt.datetime.combine(day, dt.time(), tzinfo=zone) for day in (month, after))  # type: ignore[return-value]


def draw(month: dt.date, seed: str, profile: StandardsProfile) -> Lot:
    """The month's sample: of each area the larger of the least and the share, and all that is always looked at."""
    span = span_of(month)
    least, share = profile.number("sample.least"), profile.number("sample.share")
    drawn: list[tuple[Act, str]] = []
    population = {}
    for area, acts in (
        (Area.AUTHORITY, _authorities(span)),
        (Area.SEARCH, _searches(span)),
        (Area.HIT, _late_hits(span)),
    ):
        population[area.value] = len(acts)
        always = [(act, act.always) for act in acts if act.always]
        by_lot = [act for act in acts if not act.always]
        size = min(len(by_lot), max(least, math.ceil(len(acts) * share / 100)))
        drawn += sorted(always, key=lambda one: _place(seed, one[0]))
        drawn += [(act, act.told) for act in by_turns(by_lot, seed)[:size]]
    return Lot(drawn, population)


def by_turns(acts: Iterable[Act], seed: str) -> list[Act]:
    """In the order of the lot, but every stratum once before any is met twice: the seldom is not drowned by the frequent."""
    turns: Counter[str] = Counter()
    placed = []
    for act in sorted(acts, key=lambda one: _place(seed, one)):
        turns.update(act.strata)
        placed.append((min(turns[stratum] for stratum in act.strata), act))
    return [act for _, act in sorted(placed, key=lambda one: one[0])]  # stable: within a turn as the lot fell


def _place(seed: str, act: Act) -> str:
    return hashlib.sha256(f"{seed} {act.label} {act.id}".encode()).hexdigest()


def _authorities(span: tuple[dt.datetime, dt.datetime]) -> list[Act]:
    """Versions approved, or given on the telephone, in the month, by list, category, author, rank of approver and re-adds."""
    approved = Decision.objects.approving().filter(decided_at__gte=span[0], decided_at__lt=span[1])
    given = EmergencyAuthority.objects.filter(given_at__gte=span[0], given_at__lt=span[1], version=OuterRef("pk"))
    asked_before = EntryVersion.objects.filter(
        vrm=OuterRef("vrm"), country=OuterRef("country"), submitted_at__lt=OuterRef("submitted_at")
    ).exclude(entry=OuterRef("entry"))
    found = (
        EntryVersion.objects.annotate(by_word=Exists(given), again=Exists(asked_before))
        .filter(Q(by_word=True) | Exists(approved.filter(version=OuterRef("pk"))))
        .order_by()
        .annotate(deciders=ArrayAgg("decisions__decided_by", filter=Q(decisions__isnull=False), default=[]),
                  ranks=ArrayAgg("decisions__rank", filter=Q(decisions__isnull=False), default=[]))
        .values_list("pk", "entry__hotlist__slug", "category", "written_by", "submitted_by", "deciders", "ranks", "by_word",
                     "protected_activity", "again", "emergency__given_by", "emergency__recorded_by")
    )  # fmt: skip
    acts = []
    for pk, slug, category, author, submitter, deciders, ranks, by_word, protected, again, giver, recorder in found:
        hands = {author, submitter, giver, recorder, *deciders} - {None}
        rank = Rank(max(ranks)).label if ranks else "no rank"
        strata = (f"list {slug}", f"category {category}", f"person {submitter}", f"approved by a {rank.lower()}")
        always = "All emergencies" if by_word else "All that touches protected activity" if protected else ""
        strata += ("asked for again",) if again else ()
        acts.append(Act(Area.AUTHORITY, "hotlists.EntryVersion", pk, tuple(sorted(hands)), strata, always))
    tried = ConflictReport.objects.filter(attempted_at__gte=span[0], attempted_at__lt=span[1])
    acts += [
        Act(Area.AUTHORITY, "hotlists.ConflictReport", pk, (who,), (), "All attempts on a vehicle of their own")
        for pk, who in tried.order_by().values_list("pk", "attempted_by")
    ]
    return acts


def _searches(span: tuple[dt.datetime, dt.datetime]) -> list[Act]:
    """Searches of lists and past hits, and files taken away, by operation and person."""
    verbs = [Verb.PLATE_SEARCHED, Verb.PLATES_SEARCHED, Verb.HITS_SEARCHED, Verb.EXPORT_TAKEN]
    found = Event.objects.between(*span).filter(verb__in=verbs, actor_kind="user").order_by()
    return [
        Act(Area.SEARCH, "audit.Event", pk, (int(who),), (f"operation {verb.replace('.', ' ')}", f"person {who}"))
        for pk, verb, who in found.values_list("pk", "verb", "actor_id")
    ]


def _late_hits(span: tuple[dt.datetime, dt.datetime]) -> list[Act]:
    """All hits on what was no longer listed."""
    found = Hit.objects.shown().filter(
        pk__gte=uuid7_floor(span[0]), received_at__gte=span[0], received_at__lt=span[1],
        cautions__contains=[Caution.NOT_IN_FORCE],
    )  # fmt: skip
    return [
        Act(Area.HIT, "hits.Hit", pk, (), (), "All hits on what was no longer listed")
        for pk in found.order_by().values_list("pk", flat=True)
    ]


def undrawn_months(now: dt.datetime) -> list[dt.date]:
    """Of the last twelve months that are over, those that were not drawn, the newest first."""
    month = timezone.localdate(now).replace(day=1)
    over = []
    for _ in range(12):
        month = (month - dt.timedelta(days=1)).replace(day=1)
        over.append(month)
    drawn = set(Sample.objects.filter(month__in=over).values_list("month", flat=True))
    return [one for one in over if one not in drawn]
