"""Every kind of record, and every relation to one that is erased, stands in the schedule."""

from django.apps import apps
from django.core import checks
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from retention.rules import Fate, Rule
from retention.schedule import BY_LABEL, SCHEDULE


@checks.register(checks.Tags.models)
def schedule_is_complete(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """What the schedule forgot."""
    return [checks.Error(words, id=f"retention.E00{n}") for n, words in problems()]


def problems() -> list[tuple[int, str]]:
    """(1: a kind without a rule; 2: a rule without a kind; 3: a relation that would stop an erasure; 4: a field that is
    not there), each in words."""
    kinds = {model._meta.label: model for model in _models()}
    found = [(1, f"{label} has no rule in retention/schedule.py") for label in kinds if label not in BY_LABEL]
    found += [(1, f"{label} has two rules") for label in kinds if [r.label for r in SCHEDULE].count(label) > 1]
    for rule in SCHEDULE:
        if rule.label not in kinds:
            found.append((2, f"the schedule names {rule.label}, which does not exist"))
            continue
        found += [(4, f"{rule.label}: {words}") for words in _wrong_names(rule, kinds)]
        if rule.fate != Fate.KEEP:
            found += [
                (3, f"{name} points at {rule.label} and is neither erased with it nor said to keep it")
                for name in _pointing_at(kinds[rule.label])
                if not _is_accounted_for(name, rule)
            ]
    return found


def _models() -> list[type[models.Model]]:
    return [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]


def _pointing_at(model: type[models.Model]) -> list[str]:
    """`app.Model.field` of every foreign key to this model."""
    return [
        f"{other._meta.label}.{field.name}"
        for other in _models()
        for field in other._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.related_model is model
    ]


def _is_accounted_for(name: str, rule: Rule) -> bool:
    other = BY_LABEL.get(name.rpartition(".")[0])
    root = rule.parent or rule.label
    return (other is not None and root in (other.parent, other.label) and other.fate == Fate.WITH) or name in BY_LABEL[
        root
    ].blocked_by


def _wrong_names(rule: Rule, kinds: dict[str, type[models.Model]]) -> list[str]:
    wrong = []
    if rule.parent and rule.parent not in kinds:
        wrong.append(f"its parent {rule.parent} does not exist")
    names = [
        rule.path,
        rule.list_path,
        *rule.held_through,
        *([rule.since] if isinstance(rule.since, str) and " " not in rule.since else []),
    ]
    for name in filter(None, names):
        model: type[models.Model] = kinds[rule.label]
        for step in name.split("__"):
            try:
                field = model._meta.get_field(step)
            except FieldDoesNotExist:
                wrong.append(f"{name} is not a field of it")
                break
            model = field.related_model or model  # type: ignore[assignment]
    for name in rule.blocked_by:
        label, _, field_name = name.rpartition(".")
        if label not in kinds or field_name not in {field.name for field in kinds[label]._meta.local_fields}:
            wrong.append(f"{name} is not a field")
    return wrong
