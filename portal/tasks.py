"""What the clock asks of the building itself."""

from celery import shared_task

from portal import health, partitions


@shared_task
def heartbeat() -> None:
    """Proves that clock, broker and a worker live."""
    health.beat()


@shared_task
def ensure_partitions() -> None:
    """There is a part for the months to come, long before they do."""
    partitions.ensure_partitions()
