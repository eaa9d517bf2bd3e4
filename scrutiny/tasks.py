"""What lower rooms and the clock ask of scrutiny."""

from celery import shared_task

from hits.models import Hit
from scrutiny import actions


@shared_task
def report_site_hit(hit_id: str) -> None:
    """A hit came from a site not in service."""
    actions.report_site_hit(Hit.objects.get(pk=hit_id), by=actions.CLOCK)
