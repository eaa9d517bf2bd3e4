"""Telling the rooms above that service has changed, by a task's name and not by an import."""

from django.db import transaction

from portal.celery import app


def publish_lists_soon() -> None:
    """After commit, asks for every list to be compared with what is published: an assessment covers lists too."""
    transaction.on_commit(lambda: app.send_task("matchers.tasks.reconcile"), robust=True)


def publish_sites_soon() -> None:
    """After commit, asks for the table of sites in service to be published afresh. Missed, the clock asks again."""
    transaction.on_commit(lambda: app.send_task("matchers.tasks.publish_sites"), robust=True)
