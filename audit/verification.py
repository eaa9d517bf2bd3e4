"""Whether the log is what was sealed: every leaf, every event and its words, every checkpoint, from the last good one or from zero."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import connections, transaction

from audit.elsewhere import contradictions
from audit.models import Checkpoint, Event, EventDetail, Leaf, Unsealed, Verification
from audit.seal import canonical, merkle, notes
from audit.sealing import edge_of, origin
from portal.ids import moment_of

STEP = 5_000
MOST_PROBLEMS = 100
WAITS = dt.timedelta(minutes=10)  # for its seal, at most; the sealer comes every few seconds

# Says before which moment events may have ended, by the schedule; a room above sets it.
ended_before: list[Callable[[], dt.datetime]] = []
# Hears of a log that is not what was sealed; rooms above set it.
when_broken: list[Callable[[Verification], object]] = []


class NoStart(ValueError):
    """There is no good checkpoint of that size to begin at."""


@dataclass(slots=True)
class Report:
    """What was looked at, and what is wrong; at most MOST_PROBLEMS of it."""

    leaves: int = 0
    events: int = 0
    words: int = 0
    ended: int = 0
    checkpoints: int = 0
    size: int = 0
    root: str = ""
    problems: list[str] = field(default_factory=list)

    def wrong(self, words: str) -> None:
        """One more problem."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(words)


def verify(
    verifier: notes.Verifier, *, after: int = 0, using: str = "default", at: dt.datetime | None = None,
    progress: Callable[[int], None] = lambda size: None,
) -> Report:  # fmt: skip
    """Reads the log in one snapshot, a stretch at a time. `after`: the size of a checkpoint that was found good before, from
    which on to look; NoStart where there is none of that size. `at`: now, for who tests it."""
    report = Report()
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT now()")
            now = at or cursor.fetchone()[0]
        checkpoints = Checkpoint.objects.using(using).filter(size__gte=after).order_by("size")
        edge = _edge_at(checkpoints, after, verifier)
        known = {each.size: each for each in checkpoints.iterator()}
        limits = [limit() for limit in ended_before]
        for leaf, event in _leaves(edge.size, using):
            if leaf.number != edge.size:
                report.wrong(f"Leaf {edge.size} is missing: the next is {leaf.number}.")
                break
            _judge(report, leaf, event, limits)
            edge.add(bytes(leaf.hash))
            report.leaves += 1
            if edge.size in known:
                _compare(report, known.pop(edge.size), edge, verifier)
            if edge.size % STEP == 0:
                progress(edge.size)
        known.pop(after, None)
        for size in sorted(known):
            report.wrong(f"The checkpoint at {size} was signed, but the log ends at {edge.size}.")
        newest = Checkpoint.objects.using(using).first()
        if edge.size != (newest.size if newest else 0) and not known:
            report.wrong(f"The log has {edge.size} leaves, and no checkpoint of that size was signed.")
        _look_for_unsealed(report, using, now)
        for words in contradictions(verifier):
            report.wrong(words)
        report.size, report.root = edge.size, edge.root().hex()
    return report


def _edge_at(checkpoints: object, after: int, verifier: notes.Verifier) -> merkle.Edge:
    if not after:
        return merkle.Edge()
    start = checkpoints.filter(size=after).first()  # type: ignore[attr-defined]
    if start is None:
        raise NoStart(f"There is no checkpoint at {after}.")
    edge = edge_of(start)
    try:
        signed = notes.checkpoint(start.note, verifier)
    except notes.Forged as problem:
        raise NoStart(f"The checkpoint at {after}: {problem}") from problem
    if signed != notes.Checkpoint(origin(), after, edge.root()):
        raise NoStart(f"The checkpoint at {after} is not what was signed; look from zero.")
    return edge


def _leaves(first: int, using: str) -> Iterator[tuple[Leaf, Event | None]]:
    """In their order, each with its event if it has not ended."""
    while stretch := list(Leaf.objects.using(using).filter(number__gte=first).order_by("number")[:STEP]):
        events = Event.objects.using(using).in_bulk([leaf.event_id for leaf in stretch])
        details = EventDetail.objects.using(using).in_bulk(list(events))
        for leaf in stretch:
            event = events.get(leaf.event_id)
            if event is not None:
                event.words = details.get(event.pk)  # type: ignore[attr-defined]
            yield leaf, event
        first = stretch[-1].number + 1


def _judge(report: Report, leaf: Leaf, event: Event | None, limits: list[dt.datetime]) -> None:
    if event is None:
        if any(moment_of(leaf.event_id) < limit for limit in limits):
            report.ended += 1
        else:
            report.wrong(f"Event {leaf.event_id}, leaf {leaf.number}, was deleted before its time.")
        return
    report.events += 1
    if merkle.leaf_hash(canonical.leaf(event)) != bytes(leaf.hash):
        report.wrong(f"Event {event.pk}, leaf {leaf.number}, is not what was sealed.")
    words = event.words  # type: ignore[attr-defined]
    if words is not None:
        report.words += 1
        if canonical.commitment(bytes(words.salt), words.body) != bytes(event.commitment):
            report.wrong(f"The words of event {event.pk}, leaf {leaf.number}, are not those that were recorded.")


def _compare(report: Report, checkpoint: Checkpoint, edge: merkle.Edge, verifier: notes.Verifier) -> None:
    report.checkpoints += 1
    try:
        signed = notes.checkpoint(checkpoint.note, verifier)
    except notes.Forged as problem:
        report.wrong(f"The checkpoint at {checkpoint.size}: {problem}")
        return
    if signed != notes.Checkpoint(origin(), edge.size, edge.root()):
        report.wrong(f"The checkpoint at {checkpoint.size} was signed over another log than this.")


def _look_for_unsealed(report: Report, using: str, now: dt.datetime) -> None:
    """Events that nobody will seal, and such as wait too long for it."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            """
            SELECT e.id FROM audit_event e
            WHERE NOT EXISTS (SELECT FROM audit_leaf l WHERE l.event_id = e.id)
                AND NOT EXISTS (SELECT FROM audit_unsealed u WHERE u.event_id = e.id)
            LIMIT 10
            """
        )
        for (pk,) in cursor.fetchall():
            report.wrong(f"Event {pk} is in no tree and waits for none: it was put there past the log.")
    oldest = Unsealed.objects.using(using).order_by("pk").values_list("pk", flat=True).first()
    if oldest is not None and moment_of(oldest) < now - WAITS:
        report.wrong(f"Event {oldest} has waited for its seal since {moment_of(oldest):%d %B %Y at %H:%M} UTC.")
