"""The demo's machines: two matchers that run beside the portal, a simulated camera, and a reader of the API."""

import datetime as dt
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.actions import add_machine
from accounts.models import SystemJob, User
from hotlists.models import Hotlist
from matchers import keys
from matchers.actions import add_matcher, allocate, make_publication_keys
from matchers.models import ListRole

JOB = SystemJob("demo")
DIRECTORY = settings.STATE_DIR / "demo"
LISTS = ("northdale-crime", "northdale-missing", "stolen-vehicles", "no-insurance")
MATCHERS = (
    ("Roadside north", "Fixed cameras of the main road network"),
    ("Patrol fleet", "In-car readers of roads policing"),
)


def add_machines(people: dict[str, User], hotlists: dict[str, Hotlist]) -> dict[str, Any]:
    """Two matchers with their lists, and API clients; returns what demo.json tells of them and the processes to start."""
    make_publication_keys(by=JOB)
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    told, processes = [], []
    port = int(os.environ.get("PORT", "8000"))
    for number, (name, purpose) in enumerate(MATCHERS, start=1):
        added = add_matcher(name, by=people["manager.dunn"], purpose=purpose)
        for slug in LISTS:
            allocate(
                added.matcher, hotlists[slug], by=people["manager.dunn"], purpose=purpose,
                agreement_ref=f"ALLOC-{number}", until_at=timezone.now() + dt.timedelta(days=180),
            )  # fmt: skip
        feed = added.matcher.feed_id
        metadata, targets = (
            f"{settings.PORTAL_URL}/publication/{feed}/metadata/",
            f"{settings.PORTAL_URL}/publication/targets/",
        )
        told.append({
            "id": str(added.matcher.pk), "client_id": added.client_id, "client_secret": added.client_secret,
            "metadata_url": metadata, "targets_url": targets, "address": f"http://127.0.0.1:{port + number}",
            "hotlists": [_role(hotlists[slug]) for slug in LISTS],
        })  # fmt: skip
        home = DIRECTORY / f"matcher-{number}"
        home.mkdir(mode=0o700, exist_ok=True)
        _write_secret(home / "secret", added.client_secret)
        shutil.copy(keys.root_file(), home / "root.json")
        processes.append({"name": f"matcher-{number}", "argv": [
            sys.executable, "-m", "matcher_client", "run", "--portal", settings.PORTAL_URL, "--metadata-url", metadata,
            "--targets-url", targets, "--client-id", added.client_id, "--client-secret-file", str(home / "secret"),
            "--root", str(home / "root.json"), "--state", str(home / "state"), "--listen", f"127.0.0.1:{port + number}",
            "--enrol-code", added.enrol_code,
        ]})  # fmt: skip
    processes.append({"name": "traffic", "argv": [sys.executable, "manage.py", "write_demo_traffic"]})
    processes.append({"name": "camera", "argv": [
        sys.executable, "-m", "matcher_client.simulated_camera",
        *(word for matcher in told for word in ("--matcher", matcher["address"])),
        "--sites", str(DIRECTORY / "sites.json"), "--listed", str(DIRECTORY / "listed.json"), "--rate", "3",
    ]})  # fmt: skip
    return {"matchers": told, "api_clients": _api_clients(), "processes": processes}


def _api_clients() -> list[dict[str, Any]]:
    """The first may read everything that the API reads."""
    clients = []
    for name, scopes in (("Oversight reader", ["read"]), ("Stolen vehicle register", ["read", "write"])):
        machine, secret = add_machine(name, by=JOB, scopes=scopes)
        clients.append({"client_id": machine.application.client_id, "client_secret": secret, "scopes": scopes})
    return clients


def _role(hotlist: Hotlist) -> dict[str, str]:
    role = ListRole.objects.get(hotlist=hotlist).name
    return {"slug": hotlist.slug, "role": role, "target": f"d/{role}/full.parquet"}


def _write_secret(path: Path, secret: str) -> None:
    path.touch(mode=0o600)
    path.write_text(secret)
