"""What the clock asks of oversight."""

from celery import shared_task

from accounts.models import SystemJob
from oversight import actions


@shared_task
def release_figures() -> None:
    """The public figures, afresh."""
    actions.release_figures(by=SystemJob("release figures"))
