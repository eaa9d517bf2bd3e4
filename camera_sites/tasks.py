"""What nudges and the clock ask for."""

import logging

from celery import shared_task

from accounts.models import SystemJob
from camera_sites import actions
from camera_sites.models import DpiaAttachment
from portal.kept_files import drop_others
from portal.scanning import Away

log = logging.getLogger(__name__)
SCANNER = SystemJob("scanner")
LIES = 86_400  # seconds for which a file without a record is left alone


@shared_task
def scan_attachments() -> None:
    """Every file that waits. One that nobody answers for waits on; the others are asked about all the same."""
    for attachment in DpiaAttachment.objects.waiting().order_by("attached_at")[:100]:
        try:
            actions.scan(attachment, by=SCANNER)
        except Away as reason:
            log.warning("Attachment %s waits on: %s", attachment.pk, reason)


@shared_task
def drop_files() -> None:
    """Files that no version has any longer."""
    known = set(DpiaAttachment.objects.standing().values_list("sha256", flat=True))
    drop_others(known, older_than=LIES)
