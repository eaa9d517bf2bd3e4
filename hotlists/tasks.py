"""What this room does beside requests."""

from celery import shared_task

from accounts.models import SystemJob
from hotlists import actions
from hotlists.models import Bulk, Load

JOB = SystemJob("feed loads")
BULK_JOB = SystemJob("bulk drafts")


@shared_task
def check_load(load_id: str) -> None:
    """Checks an uploaded file."""
    actions.check(Load.objects.get(pk=load_id), by=JOB)


@shared_task
def merge_load(load_id: str) -> None:
    """Merges an accepted load into its list."""
    actions.merge(Load.objects.get(pk=load_id), by=JOB)


@shared_task
def resume_loads() -> None:
    """Takes up what a crash left undone."""
    actions.resume_unfinished(by=JOB)


@shared_task
def look_into_inbox() -> None:
    """Takes in what sources left for their lists."""
    actions.look_into_inbox(by=JOB)


@shared_task
def weed_feeds() -> None:
    """Removes feed rows whose time has come."""
    actions.weed(by=SystemJob("weeding"))


@shared_task
def write_drafts(bulk_id: str) -> None:
    """Writes the drafts of bulk work."""
    actions.write_drafts(Bulk.objects.get(pk=bulk_id), by=BULK_JOB)


@shared_task
def resume_bulk() -> None:
    """Goes on with bulk work that a crash left undone."""
    for bulk in Bulk.objects.filter(status=Bulk.Status.WORKING):
        actions.write_drafts(bulk, by=BULK_JOB)
