"""What the overview of retention shows: the newest stocktake against its limits, what is held, how the disk fared, the last runs."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q
from django.template.defaultfilters import filesizeformat

from retention.models import DeletionRun, LegalHold, Stocktake
from retention.names import name_of

LIMIT = 80  # of a hundred: where each bar has its limit, so that all limits stand in one line
END = 100
DAYS = 182  # that the disk is drawn over
POINTS = 26  # of each drawing
LARGEST = 10  # classes whose disk is told
HOLDS = 10  # open holds that are named
RUNS = 10
NIGHT = dt.timedelta(days=1)  # what ends at once goes by the night after


@dataclass(frozen=True, slots=True)
class Standing:
    """One class against its limit, as it is drawn."""

    label: str
    name: str
    oldest: dt.datetime
    ends: dt.datetime
    months: int
    age: dt.timedelta
    is_late: bool
    is_due: bool
    asks: bool
    share: float  # of its period; 1 is the limit
    late: int
    held: int

    @property
    def within(self) -> float:
        """How far the bar goes up to the limit, of a hundred."""
        return round(min(self.share, 1) * LIMIT, 1)

    @property
    def past(self) -> float:
        """How far it goes past the limit."""
        return round(min(max(self.share - 1, 0) * LIMIT, END - LIMIT), 1) if self.is_late else 0

    @property
    def tone(self) -> str:
        """As `components/status` colours it."""
        if self.is_late:
            return "waiting" if self.asks else "stopped"
        return "lapsing" if self.is_due else "in-force"

    @property
    def word(self) -> str:
        """How it stands."""
        if self.is_late:
            return "Waits for a person" if self.asks else "Late"
        return "Goes next" if self.is_due else "Within its limit"


def newest() -> Stocktake | None:
    """The last stocktake."""
    return Stocktake.objects.order_by("-taken_at").first()


def standings(taken: Stocktake) -> list[Standing]:
    """Classes that hold something whose period has begun: what is late first, then the nearest to its limit."""
    found = [_standing(line, taken.taken_at) for line in taken.lines if line["oldest"]]
    return sorted(found, key=lambda one: (not one.is_late, -one.share, one.name))


def without_age(taken: Stocktake) -> list[str]:
    """Names of classes of which nothing's period has begun."""
    return sorted(name_of(line["label"]) for line in taken.lines if not line["oldest"] and line["due"] is not None)


def unanswered(taken: Stocktake) -> list[str]:
    """Names of classes that the database did not count in time."""
    asked = ("due", "soon", "late", "held", "rows")
    return sorted(name_of(line["label"]) for line in taken.lines if any(line[name] is None for name in asked))


def falling_due(taken: Stocktake) -> list[dict[str, Any]]:
    """Classes of which something is due or soon will be."""
    lines = [{**line, "name": name_of(line["label"])} for line in taken.lines]
    found = [line for line in lines if line["due"] or line["soon"] or line["held"]]
    return sorted(
        found, key=lambda line: (-(line["late"] or 0), -(line["due"] or 0) - (line["soon"] or 0), line["name"])
    )


def held() -> dict[str, Any]:
    """Open holds: how many for which reason in law, and the oldest of them."""
    by_basis = LegalHold.objects.open().of_records().values("label", "basis").order_by("label", "basis")
    groups = by_basis.annotate(number=Count("pk"), oldest=Min("placed_at"), review=Min("review_due_at"))
    words = dict(LegalHold.Basis.choices)
    return {
        "groups": [{**group, "name": name_of(group["label"]), "words": words[group["basis"]]} for group in groups],
        "oldest": LegalHold.objects.open().as_placed().select_related("owner").order_by("placed_at")[:HOLDS],
    }


def disk(taken: Stocktake) -> list[dict[str, Any]]:
    """The classes that take most of the disk, and all the rest as one, each with how it fared over half a year."""
    days = _days(taken.taken_at)
    sizes = [{line["label"]: line["bytes"] for line in day.lines} | {"": day.bytes} for day in days]
    largest = sorted(taken.lines, key=lambda line: -line["bytes"])[:LARGEST]
    told = [_drawn(name_of(line["label"]), line, [size.get(line["label"]) for size in sizes]) for line in largest]
    shown = {line["label"] for line in largest}
    rest = [size[""] - sum(size.get(label, 0) for label in shown) for size in sizes]
    none: dict[str, Any] = {"label": "", "rows": None, "is_estimate": False, "bytes": rest[-1]}
    everything = {**none, "bytes": taken.bytes}
    return [*told, _drawn("All else", none, rest), _drawn("The whole database", everything, [s[""] for s in sizes])]


def runs() -> list[DeletionRun]:
    """The last runs."""
    return list(DeletionRun.objects.select_related("certificate")[:RUNS])


def _standing(line: dict[str, Any], now: dt.datetime) -> Standing:
    oldest, ends = dt.datetime.fromisoformat(line["oldest"]), dt.datetime.fromisoformat(line["ends"])
    allowed = max(ends - oldest, NIGHT)
    return Standing(
        label=line["label"], name=name_of(line["label"]), oldest=oldest, ends=ends, months=line["months"], age=now - oldest,
        is_late=bool(line["late"]), is_due=bool(line["due"]), asks=line["asks"], share=(now - oldest) / allowed,
        late=line["late"] or 0, held=line["held"] or 0,
    )  # fmt: skip


def _days(until: dt.datetime) -> list[Stocktake]:
    """Stocktakes of half a year, as many as are drawn, evenly apart, oldest first; the newest is among them."""
    keys = Stocktake.objects.filter(taken_at__gt=until - dt.timedelta(days=DAYS), taken_at__lte=until)
    found = list(keys.order_by("-taken_at").values_list("pk", flat=True))
    every = -(-len(found) // POINTS)
    return list(Stocktake.objects.filter(Q(pk__in=found[::every])).order_by("taken_at"))


def _drawn(name: str, line: dict[str, Any], sizes: list[int | None]) -> dict[str, Any]:
    """A line of the table of disks; `points` is a polyline in a box of 100 by 24."""
    known = [size or 0 for size in sizes]
    most, steps = max(known) or 1, max(len(known) - 1, 1)
    points = " ".join(f"{100 * n / steps:.1f},{23 - 22 * size / most:.1f}" for n, size in enumerate(known))
    grew = known[-1] - known[0]
    change = "–" if not grew else f"{'+' if grew > 0 else '−'}{filesizeformat(abs(grew))}"
    told = {
        "name": name,
        "points": points if len(known) > 1 else "",
        "size": filesizeformat(line["bytes"]),
        "change": change,
    }
    return {**line, **told}
