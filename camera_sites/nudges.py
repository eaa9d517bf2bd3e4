"""Telling the rooms above that service has changed, by a task's name and not by an import."""

from django.db import transaction
from django.db.models import Model

from portal.celery import app


def publish_lists_soon() -> None:
    """After commit, asks for every list to be compared with what is published: an assessment covers lists too."""
    transaction.on_commit(lambda: app.send_task("matchers.tasks.reconcile"), robust=True)


def report_position_soon(check: Model) -> None:
    """After commit, asks that a camera which is not where it says be looked into (R-091)."""
    transaction.on_commit(lambda: app.send_task("scrutiny.tasks.report_position", args=[str(check.pk)]), robust=True)


def scan_soon() -> None:
    """After commit, has what was attached looked at. Missed, the clock asks again."""
    transaction.on_commit(lambda: app.send_task("camera_sites.tasks.scan_attachments"), robust=True)


def publish_sites_soon() -> None:
    """After commit, asks for the table of sites in service to be published afresh. Missed, the clock asks again."""
    transaction.on_commit(lambda: app.send_task("matchers.tasks.publish_sites"), robust=True)


def judge_test_soon(test: Model) -> None:
    """After commit, asks that a camera which reads too badly be looked into, or that one that reads well again is said to."""
    transaction.on_commit(lambda: app.send_task("scrutiny.tasks.judge_test", args=[str(test.pk)]), robust=True)
