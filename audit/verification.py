"""Whether the log is what was sealed: every leaf, every event and its words, every checkpoint, from the last good one or from zero."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from django.db import connections, transaction
from django.db.models import Max

from audit import witnesses
from audit.elsewhere import contradictions
from audit.models import Checkpoint, Leaf, Subtree, Unsealed, Verification
from audit.seal import canonical, merkle, notes
from audit.sealing import edge_of, origin
from audit.tree import LEVEL, WIDTH
from portal.ids import moment_of

STEP = 5_000
KEPT_A_TIME = 1_000  # kept roots read at a time: a quarter of a million leaves
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
        kept = _KeptSubtrees(using)
        for leaf in _leaves(edge.size, using):
            if leaf.number != edge.size:
                report.wrong(f"Leaf {edge.size} is missing: the next is {leaf.number}.")
                break
            _judge(report, leaf, limits)
            if (edge.size + 1) % WIDTH:
                edge.add(leaf.hash)
            else:
                kept.judge(report, edge.size + 1, edge.add_and_tell(leaf.hash))
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
        kept.look_beyond(report, edge.size)
        _look_for_unsealed(report, using, now)
        for words in [*contradictions(verifier), *witnesses.contradictions()]:
            report.wrong(words)
        report.size, report.root = edge.size, edge.root().hex()
    return report


class _KeptSubtrees:
    """The roots that are kept to make proofs quickly, read a window at a time: a wrong one would spoil every proof over it."""

    def __init__(self, using: str):
        self._rows = Subtree.objects.using(using)
        self._windows: dict[int, tuple[int, dict[int, bytes], int]] = {}

    def judge(self, report: Report, size: int, made: list[tuple[int, bytes]]) -> None:
        """Holds against what is kept the subtrees that became whole at this size."""
        for height, node in made:
            level, rest = divmod(height, LEVEL)
            if rest:
                continue
            index = (size >> height) - 1
            kept, last = self._at(level, index)
            if kept is not None and kept != node:
                report.wrong(
                    f"The kept root {index} of level {level} is not that over its leaves: proofs from it fail."
                )
            elif kept is None and index < last:
                report.wrong(f"The kept root {index} of level {level} is missing among later ones.")

    def look_beyond(self, report: Report, size: int) -> None:
        """Kept roots over leaves that the log does not have."""
        for level, last in self._rows.values_list("level").annotate(last=Max("index")).order_by("level"):
            if level < 1 or last >= size >> LEVEL * level:
                report.wrong(f"A root {last} of level {level} is kept over leaves that are not in the log.")

    def _at(self, level: int, index: int) -> tuple[bytes | None, int]:
        first, found, last = self._windows.get(level, (index, {}, -1))
        if not first <= index < first + KEPT_A_TIME or level not in self._windows:
            rows = self._rows.filter(level=level, index__gte=index, index__lt=index + KEPT_A_TIME)
            found = {number: bytes(hash_) for number, hash_ in rows.values_list("index", "hash")}
            last = self._rows.filter(level=level).aggregate(last=Max("index"))["last"] or -1
            self._windows[level] = (index, found, last)
        return found.get(index), last


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


class _Row(NamedTuple):
    """A leaf with its event and its words, as far as they have not ended, in text as it is sealed."""

    number: int
    hash: bytes
    event_id: UUID
    facts: tuple[str | None, ...] | None
    salt: bytes | None
    words: str | None


FACTS = ("id", "at", "verb", "operation", "subject", "actor", "plate", "count", "correlation", "commitment")


def _leaves(first: int, using: str) -> Iterator[_Row]:
    """In their order, a stretch at a time, as text made by the database: a row is an object only where something is wrong."""
    with connections[using].cursor() as cursor:
        while True:
            cursor.execute(
                """
                SELECT l.number, l.hash, l.event_id, d.salt, d.body::text, e.id::text,
                    to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00'), e.verb, e.operation,
                    e.subject_kind || ':' || e.subject_id, e.actor_kind || ':' || e.actor_id, e.plate_hash, e.count::text,
                    e.correlation_id, encode(e.commitment, 'hex')
                FROM audit_leaf l
                    LEFT JOIN audit_event e ON e.id = l.event_id
                    LEFT JOIN audit_eventdetail d ON d.id = e.id
                WHERE l.number >= %s AND l.number < %s
                ORDER BY l.number
                """,
                [first, first + STEP],
            )
            stretch = cursor.fetchall()
            if not stretch and not Leaf.objects.using(using).filter(number__gte=first).exists():
                return
            for number, hash_, event_id, salt, words, *facts in stretch:
                yield _Row(number, bytes(hash_), event_id, tuple(facts) if facts[0] else None, salt, words)
            first += STEP


def _judge(report: Report, leaf: _Row, limits: list[dt.datetime]) -> None:
    if leaf.facts is None:
        if any(moment_of(leaf.event_id) < limit for limit in limits):
            report.ended += 1
        else:
            report.wrong(f"Event {leaf.event_id}, leaf {leaf.number}, was deleted before its time.")
        return
    report.events += 1
    facts = dict(zip(FACTS, leaf.facts, strict=True))
    if merkle.leaf_hash(canonical.leaf_of(**facts)) != leaf.hash:
        report.wrong(f"Event {leaf.event_id}, leaf {leaf.number}, is not what was sealed.")
    if leaf.words is not None and leaf.salt is not None:
        report.words += 1
        if sha256(leaf.salt + canonical.from_json(leaf.words)).hexdigest() != facts["commitment"]:
            report.wrong(f"The words of event {leaf.event_id}, leaf {leaf.number}, are not those that were recorded.")


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
