"""The public figures, counted from the same records that officers work with. No plate, no place finer than an area."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Avg, Count, F, Q

from audit.models import Event
from audit.verbs import Operation
from camera_sites.models import Camera, CameraSite, Dpia
from hits.models import Hit, Outcome, Verification
from hotlists.models import Entry, EntryVersion, FeedRow, Hotlist
from matchers.models import RecallHolder, Receipt
from scrutiny.models import Concern
from standards.models import Priority, StandardsProfile

PERIOD = dt.timedelta(days=30)
YEAR = dt.timedelta(days=365)
WRONG = (Outcome.Result.WRONG_VEHICLE, Outcome.Result.WRONG_PERSON)


@dataclass(frozen=True, slots=True)
class Figure:
    """One table of the public page: rows of a label and a count; None where the count is too small to show."""

    key: str
    title: str
    explanation: str
    rows: list[tuple[str, int | None]]


def figures(at: dt.datetime) -> list[dict[str, Any]]:
    """All public figures at this moment, as JSON can hold them, with small numbers suppressed (R-138)."""
    least = StandardsProfile.objects.in_force(at).number("public.suppress")
    return [asdict(_suppressed(figure, least)) for figure in _figures(at)]


def _suppressed(figure: Figure, least: int) -> Figure:
    rows = [(label, count if count == 0 or count is None or count >= least else None) for label, count in figure.rows]
    return Figure(figure.key, figure.title, figure.explanation, rows)


def _figures(at: dt.datetime) -> Iterable[Figure]:
    yield _cameras(at)
    yield _lists(at)
    yield _entries(at)
    yield _removals(at)
    yield _hits(at)
    yield _answers(at)
    yield _rights(at)
    yield _matchers(at)
    yield _log(at)


def _cameras(at: dt.datetime) -> Figure:
    counted = CameraSite.objects.counted_in_public()
    live = counted.in_service(at)
    return Figure(
        "cameras", "Cameras", "A site is in service only while its data protection impact assessment is in date.",
        [
            ("Sites in service", live.count()),
            ("Cameras at sites in service", Camera.objects.standing().filter(site__in=live.values("pk")).count()),
            ("Sites out of service or proposed", counted.exclude(pk__in=live.values("pk")).count()),
            ("Impact assessments in date", Dpia.objects.open().governing(at).count()),
        ],
    )  # fmt: skip


def _lists(at: dt.datetime) -> Figure:
    in_force = Hotlist.objects.in_force(at)
    rows = [("Lists in force", in_force.count()), ("Lists not in force", Hotlist.objects.count() - in_force.count())]
    return Figure(
        "lists", "Hotlists", "Lists of vehicles that cameras look for. A list lapses unless justified afresh.", rows
    )


def _entries(at: dt.datetime) -> Figure:
    entries = (
        Entry.objects.in_force(at).with_latest_version().values("category").annotate(n=Count("pk")).order_by("category")
    )
    names = dict(StandardsProfile.objects.in_force(at).categories.values_list("code", "name"))
    rows = [(names.get(row["category"], row["category"]), row["n"]) for row in entries]
    loaded = FeedRow.objects.in_force(at).values("category").annotate(n=Count("vrm")).order_by("category")
    rows += [(f"{names.get(row['category'], row['category'])} (from source systems)", row["n"]) for row in loaded]
    return Figure(
        "entries",
        "Vehicles looked for",
        "Every entry was decided by a second person, or comes from a source by agreement.",
        rows,
    )


def _removals(at: dt.datetime) -> Figure:
    since = at - PERIOD
    withdrawn = Entry.objects.filter(withdrawn_at__gt=since, withdrawn_at__lte=at)
    reasons = withdrawn.values("withdrawal_reason").annotate(n=Count("pk")).order_by("withdrawal_reason")
    rows = [(str(Entry.WithdrawalReason(row["withdrawal_reason"]).label), row["n"]) for row in reasons]
    refused = EntryVersion.objects.filter(status="rejected", submitted_at__gt=since).count()
    life = withdrawn.aggregate(life=Avg(F("withdrawn_at") - F("created_at")))["life"]
    rows = [("Requests refused", refused), *rows]
    if life is not None and withdrawn.count() >= StandardsProfile.objects.in_force(at).number("public.suppress"):
        rows.append(("Average life of a withdrawn entry, in days", life.days))
    return Figure(
        "removals",
        "Refused and withdrawn, last 30 days",
        "Entries end when they have done their work or were wrong.",
        rows,
    )


def _hits(at: dt.datetime) -> Figure:
    counted = Hit.objects.shown().filter(received_at__gt=at - PERIOD).values("priority").annotate(n=Count("pk"))
    found = {row["priority"]: row["n"] for row in counted}
    rows = [(str(priority.label), found.get(priority.value, 0)) for priority in Priority]
    words = "A camera read a plate that was looked for. Each is a caution until a named person has verified it."
    return Figure("hits", "Hits by priority, last 30 days", words, rows)


def _answers(at: dt.datetime) -> Figure:
    since = at - PERIOD
    verified = (
        Verification.objects.filter(hit__withheld_by=[], verified_at__gt=since)
        .values("result")
        .annotate(n=Count("pk"))
        .order_by("result")
    )
    answered = (
        Outcome.objects.filter(hit__withheld_by=[], recorded_at__gt=since)
        .values("decision")
        .annotate(n=Count("pk"))
        .order_by("decision")
    )
    rows = [(f"Verified: {Verification.Result(row['result']).label}", row["n"]) for row in verified]
    rows += [(f"Answered: {Outcome.Decision(row['decision']).label}", row["n"]) for row in answered]
    told = Outcome.objects.filter(hit__withheld_by=[], recorded_at__gt=since).aggregate(
        stopped=Count("pk", filter=Q(was_stopped=True)),
        wrong=Count("pk", filter=Q(was_stopped=True, result__in=WRONG)),
        force=Count("pk", filter=Q(had_force=True)),
        complaint=Count("pk", filter=Q(had_complaint=True)),
    )
    rows += [
        ("Vehicles stopped", told["stopped"]),
        ("Of these, the wrong vehicle or person", told["wrong"]),
        ("Force was used or somebody was hurt", told["force"]),
        ("Somebody complained there and then", told["complaint"]),
    ]
    rows.append(("Waiting for an answer", Hit.objects.shown().filter(received_at__gt=since, closed_at=None).count()))
    return Figure(
        "answers",
        "What became of hits, last 30 days",
        "Every hit ends in an answer; a misread or stale one corrects the list.",
        rows,
    )


def _rights(at: dt.datetime) -> Figure:
    year = Concern.objects.filter(received__gt=at - YEAR, received__lte=at)
    counted = dict(year.order_by().values_list("kind").annotate(n=Count("pk")))
    rows = [(f"{kind.label}", counted.get(kind.value, 0)) for kind in Concern.Kind]
    late = Q(answered_at__gt=F("due_at")) | Q(status=Concern.Status.OPEN, due_at__lte=at)
    return Figure(
        "rights", "Complaints, requests and breaches, last 12 months",
        "You may ask what is held about you, have it corrected, or complain. The law says by when we answer.",
        [*rows, ("Complaints upheld, wholly or in part", year.filter(answer__in=["upheld", "in_part"]).count()),
         ("Not answered in time", year.filter(late).count())],
    )  # fmt: skip


def _matchers(at: dt.datetime) -> Figure:
    receipts = Receipt.objects.filter(received_at__gt=at - PERIOD)
    rows = [
        ("Proofs that a matcher holds what it should", receipts.filter(is_right=True).count()),
        ("Proofs that were wrong", receipts.filter(is_right=False).count()),
        ("Withdrawn rows proved forgotten", RecallHolder.objects.filter(closed_at__gt=at - PERIOD).count()),
        ("Withdrawn rows not yet proved forgotten", RecallHolder.objects.filter(closed_at=None).count()),
    ]
    return Figure(
        "forgotten",
        "Proved forgotten, last 30 days",
        "What was withdrawn has to be proved gone by each system that held it.",
        rows,
    )


def _log(at: dt.datetime) -> Figure:
    counted = Event.objects.filter(at__gt=at - PERIOD).values("operation").annotate(n=Count("pk")).order_by("operation")
    rows = [(str(Operation(row["operation"]).label), row["n"]) for row in counted]
    return Figure(
        "log",
        "What was recorded, last 30 days",
        "Every change and every look at the lists is written down, with who and why.",
        rows,
    )
