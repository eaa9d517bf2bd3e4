"""Keeps the simulated camera told of where it stands and what is listed, until it is stopped. For the demo only."""

import json
import time
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections
from django.db.models import Exists, OuterRef
from django.utils import timezone

from camera_sites.models import CameraSite
from hotlists.models import Entry, FeedRow, Term
from oversight.demo.machines import DIRECTORY

SECONDS = 2.0
FROM_FEEDS = 40


class Command(BaseCommand):
    """`manage.py write_demo_traffic`"""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Rewrites two small files whenever what they say has changed; a database that is away is asked again."""
        while True:
            try:
                _write(DIRECTORY / "sites.json", _sites())
                _write(DIRECTORY / "listed.json", _listed())
            except OperationalError as problem:
                self.stderr.write(f"the database did not answer: {problem}".strip())
            close_old_connections()
            time.sleep(SECONDS)


def _sites() -> list[dict[str, Any]]:
    now = timezone.now()
    in_service = set(CameraSite.objects.in_service(now).values_list("pk", flat=True))
    return [
        {"site": site.ref, "cameras": [camera.ref for camera in site.cameras.all()], "live": site.pk in in_service}
        for site in CameraSite.objects.exclude(status=CameraSite.Status.DECOMMISSIONED).prefetch_related("cameras")
    ]


def _listed() -> list[dict[str, str]]:
    """Entries in force, and some vehicles of the feeds: what passes a camera now and then, and is a hit at each."""
    now = timezone.now()
    limited = Term.objects.governing(now).filter(entry=OuterRef("pk")).exclude(scope={})
    wherever = Entry.objects.in_force(now).exclude(Exists(limited)).with_latest_version()
    entries = wherever.values_list("terms__version__vrm", "terms__version__country")
    rows = FeedRow.objects.in_force(now).order_by("hotlist_id", "vrm").values_list("vrm", "country")
    return [{"vrm": vrm, "country": country} for vrm, country in [*entries, *islice(rows, FROM_FEEDS)] if vrm]


def _write(path: Path, content: Any) -> None:
    text = json.dumps(content)
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".new")
        temporary.write_text(text)
        temporary.replace(path)
