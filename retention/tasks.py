"""What the clock and the button ask for."""

from celery import shared_task

from retention import actions
from retention.models import DeletionRun


@shared_task
def apply() -> None:
    """Each night: what was interrupted, then preview, run, certify."""
    actions.apply(by=actions.CLOCK)


@shared_task
def carry_out(run_id: str) -> None:
    """A started run, in the background."""
    actions.carry_out(DeletionRun.objects.get(pk=run_id), by=actions.CLOCK)


@shared_task
def take_stock() -> None:
    """Each morning: how old everything is."""
    actions.take_stock(by=actions.CLOCK)


@shared_task
def resume() -> None:
    """Runs whose worker died."""
    actions.resume(by=actions.CLOCK)
