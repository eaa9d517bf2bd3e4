"""Counting what is past its period, erasing it, and certifying that."""

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import Actor, SystemJob
from audit.actions import record
from audit.verbs import Verb
from portal.celery import app
from portal.errors import TooLate, Unfit
from portal.policies import require
from retention import erasure, months, papers, policies, replay
from retention.models import Certificate, DeletionRun, DroppedMonth, ErasedBatch
from retention.rules import Rule
from retention.workflow import MONTH, RUN, Status, Step

CLOCK = SystemJob("retention")


@transaction.atomic
def preview(*, by: Actor) -> DeletionRun:
    """Counts what is past its period now; the moment is fixed for the run that may follow (R-084)."""
    require(policies.may_preview(by))
    now = timezone.now()
    counts = [erasure.count(rule, now) for rule in erasure.classes(now)]
    run = DeletionRun.objects.create(
        as_of=now, previewed_by=by.actor_label, previewed_at=now,
        counted=[
            {"label": c.rule.label, "due": c.due, "held": c.held, "blocked": c.blocked, "with_it": c.with_it,
             "asks": c.rule.asks}
            for c in counts if c.due or c.held or c.blocked
        ],
    )  # fmt: skip
    record(Verb.RETENTION_PREVIEWED, target=run, by=by, count=run.due, held=run.held)
    return run


@transaction.atomic
def start(run: DeletionRun, *, by: Actor, release: Collection[str] = ()) -> DeletionRun:
    """Lets a previewed run erase what it counted. The work itself follows in a worker.

    Classes that the schedule leaves to a person go only if `release` names them; the clock releases none.
    """
    run = DeletionRun.objects.select_for_update().get(pk=run.pk)
    if run.status != Status.PREVIEWED:
        raise TooLate("This run was started already.")
    require(policies.may_start(by, run))
    released = sorted(set(release))
    if released:
        require(policies.may_release(by))
    if set(released) - {line["label"] for line in run.counted if line["asks"] and line["due"]}:
        raise Unfit("Nothing of that is due.", {"release": ["Release what this run counted and leaves to a person."]})
    RUN.move(
        run, Status.RUNNING, started_by=by.actor_label, started_by_kind=by.actor_kind, started_by_id=by.actor_id,
        started_at=timezone.now(), released=released,
    )  # fmt: skip
    record(Verb.RETENTION_STARTED, target=run, by=by, count=run.goes, released=released)
    transaction.on_commit(lambda: app.send_task("retention.tasks.carry_out", args=[str(run.pk)]), robust=True)
    return run


def carry_out(run: DeletionRun, *, by: Actor, batch: int = erasure.BATCH) -> Certificate | None:
    """Erases class by class, whole months and then batches, and certifies it. Killed anywhere and called again, it goes on.

    None when another worker is at it, or the run is not one that was started and has not ended, or was paused meanwhile.
    """
    with erasure.one_at_a_time() as is_ours:
        if not is_ours or not _runs(run):
            return None
        problems = []
        for rule in erasure.classes(run.as_of):
            if rule.asks and rule.label not in run.released:
                continue
            try:
                is_through = _months(rule, run) and erasure.erase_class(
                    rule, run, size=batch, goes_on=lambda: _runs(run)
                )
            except DatabaseError as problem:  # one class that the database refuses must not keep the others
                problems.append({"label": rule.label, "words": type(problem).__name__})
                continue
            if not is_through:
                return None
        return _certify(run, by=by, problems=problems)


def _runs(run: DeletionRun) -> bool:
    return DeletionRun.objects.filter(pk=run.pk, status=Status.RUNNING).exists()


def _months(rule: Rule, run: DeletionRun) -> bool:
    """Takes out the months that go whole; False when the run was paused on the way."""
    for month in list(months.plan(rule, run)):
        while month.step != Step.DROPPED:
            if not _runs(run):
                return False
            month = months.advance(month)
    return True


@transaction.atomic
def _certify(run: DeletionRun, *, by: Actor, problems: list[dict[str, str]]) -> Certificate:
    """The end of a run: its certificate in place of the ids that it noted, in one transaction."""
    run = DeletionRun.objects.select_for_update().get(pk=run.pk)
    ids: dict[str, list[str]] = defaultdict(list)
    with_them: dict[str, Counter[str]] = defaultdict(Counter)
    for batch in ErasedBatch.objects.filter(run=run).iterator(chunk_size=50):
        ids[batch.label] += batch.ids
        with_them[batch.label] += Counter(batch.with_them)
    rules = {rule.label: rule for rule in erasure.classes(run.as_of)}
    lines = [_line(rule, run, ids[label], with_them[label]) for label, rule in rules.items() if ids[label]]
    dropped = list(DroppedMonth.objects.filter(run=run).order_by("label", "month"))
    lines += [_line_of_month(rules[month.label], run, month) for month in dropped if month.erased]
    certificate = Certificate.objects.create(
        run=run, as_of=run.as_of, lines=lines, issued_for=run.started_by, issued_at=timezone.now(),
        erased=sum(line["erased"] + sum(line["with_them"].values()) for line in lines),
        digest=erasure.digest([
            *(f"{label}:{id}" for label, found in ids.items() for id in found),
            *(f"{month.label}/{month.month:%Y-%m}:{month.digest}" for month in dropped if month.erased),
        ]),
    )  # fmt: skip
    RUN.move(run, Status.FAILED if problems else Status.DONE, finished_at=certificate.issued_at, problems=problems)
    ErasedBatch.objects.filter(run=run).delete()
    for month in dropped:
        if month.step == Step.DROPPED:
            MONTH.move(month, Step.CERTIFIED)
    record(
        Verb.RECORDS_ERASED, target=certificate, by=by, also=[run], count=certificate.erased, digest=certificate.digest,
        started_by=run.started_by, classes=[f"{line['label']}: {line['erased']}" for line in lines],
        problems=len(problems), outstanding=papers.outstanding(certificate), certificate=papers.committed(certificate),
    )  # fmt: skip
    replay.mark(certificate)
    return certificate


def _line(rule: Rule, run: DeletionRun, ids: list[str], with_them: Counter[str]) -> dict[str, Any]:
    return {
        "label": rule.label,
        "rule": rule.words,
        "basis": rule.basis,
        "version": rule.version,
        "months": rule.months,
        "lists": [{"list": str(key), "months": months} for key, months in rule.shorter],
        "cut_off": rule.cut_off(run.as_of).isoformat(),
        "erased": len(ids),
        "with_them": {
            label: n for label, n in sorted(with_them.items()) if n and not label.startswith(erasure.OUTSTANDING)
        },
        "outstanding": {
            label.removeprefix(erasure.OUTSTANDING): n
            for label, n in sorted(with_them.items())
            if label.startswith(erasure.OUTSTANDING)
        },
        "digest": erasure.digest(f"{rule.label}:{id}" for id in ids),
    }


def _line_of_month(rule: Rule, run: DeletionRun, month: DroppedMonth) -> dict[str, Any]:
    """A month that went whole has a line of its own, whose digest is over the ids of that month."""
    with_them = {label: n for label, n in sorted(month.with_them.items()) if n}
    facts = {"month": f"{month.month:%Y-%m}", "erased": month.erased, "with_them": with_them, "digest": month.digest}
    return _line(rule, run, [], Counter()) | facts


@transaction.atomic
def pause(run: DeletionRun, *, by: Actor) -> DeletionRun:
    """Stops a run between two batches, until somebody lets it go on."""
    run = DeletionRun.objects.select_for_update().get(pk=run.pk)
    require(policies.may_preview(by))
    if run.status != Status.RUNNING:
        raise TooLate("This run is not under way.")
    RUN.move(run, Status.PAUSED)
    record(Verb.RETENTION_PAUSED, target=run, by=by)
    return run


@transaction.atomic
def go_on(run: DeletionRun, *, by: Actor) -> DeletionRun:
    """Lets a paused run erase the rest."""
    run = DeletionRun.objects.select_for_update().get(pk=run.pk)
    require(policies.may_preview(by))
    if run.status != Status.PAUSED:
        raise TooLate("This run is not paused.")
    RUN.move(run, Status.RUNNING)
    record(Verb.RETENTION_GONE_ON, target=run, by=by)
    transaction.on_commit(lambda: app.send_task("retention.tasks.carry_out", args=[str(run.pk)]), robust=True)
    return run


def apply(*, by: Actor) -> Certificate | None:
    """What the clock does each night: takes up what was interrupted, then previews and carries out a run of its own."""
    resume(by=by)
    run = start(preview(by=by), by=by)
    return carry_out(run, by=by)


def resume(*, by: Actor) -> int:
    """Takes up runs whose worker died. Returns how many ended."""
    unfinished = DeletionRun.objects.filter(status=Status.RUNNING).order_by("id")
    return sum(carry_out(run, by=by) is not None for run in unfinished)
