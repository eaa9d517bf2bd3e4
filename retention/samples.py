"""What a run would erase and what stays, a few of each kind: keys and dates, and a reference to those who may see the record."""

import datetime as dt
import hashlib
import heapq
import uuid
from dataclasses import dataclass
from typing import Any

from accounts.models import Actor
from retention import erasure
from retention.models import DeletionRun, LegalHold
from retention.names import name_of
from retention.periods import rule_at
from retention.rules import ITS_ID, Rule
from retention.schedule import BY_LABEL
from retention.stock import ends_at, moment_in


@dataclass(frozen=True, slots=True)
class Sampled:
    """One record: its key, when its period began and ended, how it is called if the viewer may see it, which cases hold it."""

    key: str
    began: dt.datetime
    ended: dt.datetime
    reference: str
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """Of one kind of record in a run."""

    rule: Rule
    going: list[Sampled]
    held: list[Sampled]
    kept_by: list[str]  # kinds that point at records of this one and outlive them

    @property
    def name(self) -> str:
        """The kind of record as people say it."""
        return name_of(self.rule.label)


def is_counted(run: DeletionRun, label: str) -> bool:
    """Whether this kind is of those that the run counted, so that there is something to look at."""
    return label in BY_LABEL and any(line["label"] == label for line in run.counted)


def drawn(run: DeletionRun, label: str, number: int, viewer: Actor) -> Sample:
    """So many of what goes, drawn by a lot that the run's id decides, and the oldest of what a hold keeps."""
    rule = rule_at(label, run.as_of)
    due: list[Any] = next(erasure.candidates(rule, run.as_of), [])
    keys = heapq.nsmallest(number, due, key=lambda key: hashlib.sha256(f"{run.pk}:{key}".encode()).digest())
    going = erasure.past(rule, run.as_of).filter(pk__in=keys)
    held = erasure.past(rule, run.as_of).filter(erasure.held_now(rule)).order_by("pk")[:number]
    kept_by = dict.fromkeys(name_of(name.rpartition(".")[0]) for name in rule.blocked_by)
    return Sample(rule, _told(rule, list(going), viewer), _told(rule, list(held), viewer), list(kept_by))


def _told(rule: Rule, records: list[Any], viewer: Actor) -> list[Sampled]:
    seen, cases = _references(rule, records, viewer), _cases(rule, records)
    told = []
    for record in records:
        began = moment_in(record.pk) if rule.since == ITS_ID else record.since
        told.append(
            Sampled(str(record.pk), began, ends_at(rule, began), seen.get(record.pk, ""), cases.get(record.pk, ()))
        )
    return sorted(told, key=lambda one: one.began)


def _references(rule: Rule, records: list[Any], viewer: Actor) -> dict[Any, str]:
    """Of those that this person may see, in words that name no vehicle; of kinds that nobody is given, none."""
    found = erasure.rows(rule.label).model._default_manager.all()
    if not hasattr(found, "visible_to"):
        return {}
    visible = found.visible_to(viewer).select_related().filter(pk__in=[record.pk for record in records])
    return {record.pk: str(getattr(record, "logged_as", record)) for record in visible}


def _cases(rule: Rule, records: list[Any]) -> dict[Any, tuple[str, ...]]:
    """Which cases hold a record, itself or what it belongs to."""
    holders = {
        record.pk: {record.pk, *(getattr(record, f"{name}_id") for name in rule.held_through)} for record in records
    }
    holds = LegalHold.objects.open().filter(
        object_id__in=[key for keys in holders.values() for key in keys if isinstance(key, uuid.UUID)]
    )
    of = [(hold.object_id, hold.case_ref) for hold in holds]
    return {pk: tuple(case for held, case in of if held in keys) for pk, keys in holders.items()}
