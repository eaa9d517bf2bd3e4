"""Telling the room above that there is something to publish, by a task's name and not by an import."""

import uuid

from django.db import transaction

from portal.celery import app


def publish_soon(hotlist_id: uuid.UUID) -> None:
    """After commit, asks for this list to be compared with what is published. Missed, the clock asks again."""
    transaction.on_commit(lambda: app.send_task("matchers.tasks.publish", args=[str(hotlist_id)]), robust=True)
