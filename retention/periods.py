"""Which periods govern at a moment: those the schedule came with, and what this force made of them since."""

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import replace

from django.apps import apps
from django.db import models

from retention.models import PeriodChange
from retention.rules import Rule
from retention.schedule import SCHEDULE


def schedule_at(moment: dt.datetime) -> list[Rule]:
    """The whole schedule as it stood at a moment."""
    changes = defaultdict(list)
    for change in PeriodChange.objects.in_force(moment):
        changes[change.label].append(change)
    return [_changed(rule, changes[rule.label]) if rule.label in changes else rule for rule in SCHEDULE]


def rule_at(label: str, moment: dt.datetime) -> Rule:
    """One line of it. Raises StopIteration for a kind that the schedule does not name."""
    return next(rule for rule in schedule_at(moment) if rule.label == label)


def months_for(rule: Rule, hotlist: uuid.UUID | None) -> int:
    """How many months a rule gives the records of a hotlist, or of all."""
    return min(rule.months, dict(rule.shorter).get(hotlist, rule.months)) if hotlist else rule.months


def lists_of(rule: Rule) -> models.QuerySet:
    """The hotlists whose records of this kind may be kept for a shorter time: all there are, whoever asks.

    The two offices answer for every list, though they are given none to read; what they see of one here is its title.
    """
    lists = apps.get_model("hotlists.Hotlist")._default_manager
    return lists.all() if rule.list_path else lists.none()


def _changed(rule: Rule, changes: list[PeriodChange]) -> Rule:
    months, lists = rule.months, {}
    for change in changes:
        if change.list_id is None:
            months = change.months
        else:
            lists[change.list_id] = change.months
    shorter = tuple(sorted((key, kept) for key, kept in lists.items() if kept < months))
    words = rule.words if months == rule.months else f"{months} months; as it came: {rule.words}"
    return replace(rule, words=words, months=months, shorter=shorter, version=changes[-1].version or 1)
