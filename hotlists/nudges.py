"""Asking for work after commit, by a task's name and not by an import."""

import uuid

from django.db import transaction

from portal.celery import app


def publish_soon(hotlist_id: uuid.UUID) -> None:
    """After commit, asks for this list to be compared with what is published. Missed, the clock asks again."""
    transaction.on_commit(lambda: app.send_task("matchers.tasks.publish", args=[str(hotlist_id)]), robust=True)


def check_soon(load_id: uuid.UUID) -> None:
    """After commit, asks for an uploaded file to be checked."""
    transaction.on_commit(lambda: app.send_task("hotlists.tasks.check_load", args=[str(load_id)]), robust=True)


def merge_soon(load_id: uuid.UUID) -> None:
    """After commit, asks for an accepted load to be merged into its list."""
    transaction.on_commit(lambda: app.send_task("hotlists.tasks.merge_load", args=[str(load_id)]), robust=True)


def draft_soon(bulk_id: uuid.UUID) -> None:
    """After commit, asks for the drafts of bulk work to be written."""
    transaction.on_commit(lambda: app.send_task("hotlists.tasks.write_drafts", args=[str(bulk_id)]), robust=True)
