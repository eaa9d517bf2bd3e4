"""After a restore, what had been erased is there again: a mark outside the database tells, and the portal stays shut until it is gone.

The mark says up to which moment retention was carried out. It lies beside the database's files, not in them, and belongs in no
backup: a database that knows of no run so late was put back from one.
"""

import datetime as dt
import json
import os
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from portal import views
from retention.models import Certificate

WORDS = "the database is older than what was erased: erase it again before anybody is let in"
OPEN_TO_ALL = ("/healthz", "/static/", "/accounts/")
MENDING = ("retention.place_hold", "retention.run_retention")  # who has to come in first, holds before deletion


def mark(certificate: Certificate) -> None:
    """Notes, once the certificate is committed, up to when retention was carried out."""
    if settings.RETENTION_MARK:
        transaction.on_commit(lambda: _write(certificate.as_of))


def is_owed() -> bool:
    """Whether the database was put back to before its last deletion run."""
    marked = _read() if settings.RETENTION_MARK else None
    if marked is None:
        return False
    last = Certificate.objects.order_by("-as_of").values_list("as_of", flat=True).first()
    return last is None or last < marked


def is_well() -> str:
    """For /healthz."""
    return WORDS if is_owed() else ""


class ReplayMiddleware(MiddlewareMixin):
    """Lets neither person nor machine in while erased records are back, but for those who place holds again and erase.

    Asked until all is well once: nobody restores a database under a portal that runs.
    """

    is_settled = False

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        """503 to all others."""
        if ReplayMiddleware.is_settled or request.path.startswith(OPEN_TO_ALL):
            return None
        if is_owed():
            if any(request.user.has_perm(permission) for permission in MENDING):
                return None
            return views.not_open(request)
        ReplayMiddleware.is_settled = True
        return None


def _write(as_of: dt.datetime) -> None:
    path = Path(settings.RETENTION_MARK)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("w") as file:
        json.dump({"carried_out_up_to": as_of.isoformat()}, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _read() -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(json.loads(Path(settings.RETENTION_MARK).read_text())["carried_out_up_to"])
    except FileNotFoundError:
        return None
