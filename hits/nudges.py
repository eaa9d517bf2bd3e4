"""Telling the room above that a site which should be silent was heard, by a task's name and not by an import."""

from django.db import transaction

from hits.models import Hit
from portal.celery import app


def report_site_hit_soon(hit: Hit) -> None:
    """After commit, asks that this hit from a site not in service be looked into (R-113)."""
    transaction.on_commit(lambda: app.send_task("scrutiny.tasks.report_site_hit", args=[str(hit.pk)]), robust=True)
