"""What nudges and the clock ask for."""

import uuid

from celery import shared_task

from accounts.models import SystemJob
from matchers import actions
from matchers.mirror import bring_up_to_date

PUBLISHER = SystemJob("publisher")


@shared_task
def publish(hotlist_id: str) -> None:
    """One list, because something about it changed, and others that changed at the same time."""
    actions.publish_ready(uuid.UUID(hotlist_id), by=PUBLISHER)


@shared_task
def reconcile() -> None:
    """Every list, by the clock."""
    actions.reconcile(by=PUBLISHER)


@shared_task
def refresh_timestamps() -> None:
    """Every feed is said to be current for some minutes more."""
    actions.refresh_timestamps(by=PUBLISHER)


@shared_task
def mirror() -> None:
    """The static copy of the publication, where one is wanted."""
    bring_up_to_date()


@shared_task
def prune() -> None:
    """Old files and documents, which name what was withdrawn since."""
    actions.prune(by=PUBLISHER)


@shared_task
def publish_sites() -> None:
    """Which camera sites are in service."""
    actions.publish_sites(by=PUBLISHER)
