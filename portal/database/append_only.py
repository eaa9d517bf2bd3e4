"""Tables whose rows are written once: what refuses to change them, and the check that no model forgot it."""

from collections.abc import Iterable

import pgtrigger
from django.apps import apps
from django.core import checks
from django.db import models

from portal.database.roles import RETENTION


def append_only_triggers(*, app_may_update: Iterable[str] = ()) -> list[pgtrigger.Trigger]:
    """What refuses to change or delete a written row, whoever asks, but for retention's deletions.

    `app_may_update` names columns that may change after all; the model names the same in its `app_may_update`.
    """
    columns = ", ".join(f"'{column}'" for column in app_may_update)
    unless_only_those = (
        f"IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - ARRAY[{columns}] = to_jsonb(NEW) - ARRAY[{columns}] THEN"
        " RETURN NEW; END IF; "
        if columns
        else ""
    )
    return [
        pgtrigger.Trigger(
            name="append_only",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=(
                f"IF TG_OP = 'DELETE' AND current_user = '{RETENTION}' THEN RETURN OLD; END IF; "
                f"{unless_only_those}"
                "RAISE EXCEPTION 'append-only: no % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';"
            ),
        ),
        pgtrigger.Trigger(
            name="no_truncate",
            when=pgtrigger.Before,
            level=pgtrigger.Statement,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'append-only: no TRUNCATE of %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';",
        ),
    ]


APPEND_ONLY = append_only_triggers()


class AppendOnly(models.Model):
    """A table whose rows are never changed. Its Meta says `triggers = APPEND_ONLY`, since Meta is not inherited.

    The application may only SELECT and INSERT, so `select_for_update()` on such a table is refused as well: lock what
    the row belongs to. An UPDATE or DELETE raises IntegrityError for whoever may try it, ProgrammingError otherwise.
    """

    append_only = True
    app_may_update: tuple[str, ...] = ()  # columns, by their name in the database

    class Meta:
        abstract = True
        triggers = APPEND_ONLY


@checks.register(checks.Tags.models)
def append_only_models_have_their_triggers(app_configs, **kwargs):
    """A Meta that forgot them would leave the rule to the grants alone."""
    wrong = []
    for model in apps.get_models():
        if not getattr(model, "append_only", False):
            continue
        declared = {trigger.name: trigger.func for trigger in getattr(model._meta, "triggers", [])}
        for wanted in append_only_triggers(app_may_update=model.app_may_update):
            if declared.get(wanted.name) != wanted.func:
                wrong.append(
                    checks.Error(
                        f"append-only, but its trigger {wanted.name} is missing or differs",
                        hint="Meta: triggers = APPEND_ONLY, or append_only_triggers(app_may_update=…)",
                        obj=model,
                        id="portal.E001",
                    )
                )
    return wrong
