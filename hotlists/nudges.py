"""Asking for work after commit, by a task's name and not by an import."""

import uuid
from collections.abc import Iterable

from django.db import connection, transaction

from hotlists.models import EntryVersion, Load, StagedGone, StagedRow, Unpublished
from portal.celery import app

# A load that changes more is compared with what is published as a whole list is: that is set-wise, and then the cheaper way.
MOST_NOTED = 50_000


def publish_soon(hotlist_id: uuid.UUID) -> None:
    """After commit, asks for this list to be compared with what is published. Missed, the clock asks again."""
    Unpublished.objects.create(hotlist_id=hotlist_id)
    _ask(hotlist_id)


def publish_entry_soon(entry_id: uuid.UUID, hotlist_id: uuid.UUID) -> None:
    """The same for one entry: the plates of all its versions."""
    plates = EntryVersion.objects.filter(entry=entry_id).values_list("country", "vrm").distinct()
    _note(hotlist_id, plates)
    _ask(hotlist_id)


def publish_plate_soon(hotlist_id: uuid.UUID, country: str, vrm: str) -> None:
    """The same for one plate of a list."""
    _note(hotlist_id, [(country, vrm)])
    _ask(hotlist_id)


def publish_load_soon(load: Load, excepted: list[tuple[str, str]]) -> None:
    """The same for what a load changed, while that is still staged, and for plates it no longer or only now holds back."""
    if (load.added or 0) + (load.changed or 0) + (load.removed or 0) > MOST_NOTED:
        publish_soon(load.hotlist_id)
        return
    _note(load.hotlist_id, excepted)
    staged = [model.objects.filter(load=load).values_list("country", "vrm") for model in (StagedRow, StagedGone)]
    sql, params = staged[0].union(staged[1]).query.sql_with_params()
    with connection.cursor() as cursor:
        table = Unpublished._meta.db_table
        cursor.execute(
            f"INSERT INTO {table} (hotlist_id, country, vrm) SELECT %s, staged.* FROM ({sql}) staged",  # noqa: S608
            [load.hotlist_id, *params],
        )
    _ask(load.hotlist_id)


def check_soon(load_id: uuid.UUID) -> None:
    """After commit, asks for an uploaded file to be checked."""
    transaction.on_commit(lambda: app.send_task("hotlists.tasks.check_load", args=[str(load_id)]), robust=True)


def merge_soon(load_id: uuid.UUID) -> None:
    """After commit, asks for an accepted load to be merged into its list."""
    transaction.on_commit(lambda: app.send_task("hotlists.tasks.merge_load", args=[str(load_id)]), robust=True)


def draft_soon(bulk_id: uuid.UUID) -> None:
    """After commit, asks for the drafts of bulk work to be written."""
    transaction.on_commit(lambda: app.send_task("hotlists.tasks.write_drafts", args=[str(bulk_id)]), robust=True)


def _note(hotlist_id: uuid.UUID, plates: Iterable[tuple[str, str]]) -> None:
    Unpublished.objects.bulk_create(Unpublished(hotlist_id=hotlist_id, country=c, vrm=v) for c, v in plates)


def _ask(hotlist_id: uuid.UUID) -> None:
    transaction.on_commit(lambda: app.send_task("matchers.tasks.publish", args=[str(hotlist_id)]), robust=True)
