"""What lower rooms and the clock ask of scrutiny."""

from celery import shared_task

from camera_sites.models import AccuracyTest, PositionCheck
from hits.models import Hit
from scrutiny import actions


@shared_task
def report_site_hit(hit_id: str) -> None:
    """A hit came from a site not in service."""
    actions.report_site_hit(Hit.objects.get(pk=hit_id), by=actions.CLOCK)


@shared_task
def report_position(check_id: str) -> None:
    """A camera is not where it says."""
    actions.report_position(PositionCheck.objects.get(pk=check_id), by=actions.CLOCK)


@shared_task
def judge_test(test_id: str) -> None:
    """A camera was tested."""
    actions.report_accuracy(AccuracyTest.objects.get(pk=test_id), by=actions.CLOCK)


@shared_task
def report_lapses() -> None:
    """Matchers and systems of which a DPIA is not in date."""
    actions.report_lapses(by=actions.CLOCK)


@shared_task
def screen() -> None:
    """Every act of the last weeks is screened for signs of misuse."""
    actions.screen(by=actions.CLOCK)


@shared_task
def draw_sample() -> None:
    """Last month's sample, if it was not drawn."""
    actions.draw_when_due(by=actions.CLOCK)
