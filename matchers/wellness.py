"""Whether the publication is well, for /healthz; and when the root of trust ends, which people have to see to in time."""

import datetime as dt
import json
from dataclasses import dataclass

from django.utils import timezone

from hotlists.models import Hotlist
from matchers import versions
from matchers.models import Allocation, Feed, ListRole, Metadata, Publication
from portal.errors import Stranger

ROOT_WARNING = dt.timedelta(days=60)  # its holders have to come together


def root_to_renew(at: dt.datetime) -> dt.datetime | None:
    """When the root of trust ends, if that is soon."""
    newest = Metadata.objects.filter(feed=None, role="root").order_by("-version").first()
    return newest.expires_at if newest is not None and newest.expires_at - ROOT_WARNING <= at else None


@dataclass(frozen=True, slots=True)
class Root:
    """The root that stands, in its own words."""

    version: int
    signed_at: dt.datetime
    ends_at: dt.datetime
    threshold: int
    holders: list[str]
    online: dict[str, list[str]]


def root_facts() -> Root | None:
    """What the newest root says; None before there is one."""
    newest = Metadata.objects.filter(feed=None, role="root").order_by("-version").first()
    if newest is None:
        return None
    roles = json.loads(bytes(newest.body))["signed"]["roles"]
    return Root(
        version=newest.version, signed_at=newest.signed_at, ends_at=newest.expires_at, threshold=roles["root"]["threshold"],
        holders=sorted(roles["root"]["keyids"]),
        online={name: sorted(role["keyids"]) for name, role in sorted(roles.items()) if name != "root"},
    )  # fmt: skip


def require_root() -> Root:
    """The same. Raises Stranger."""
    root = root_facts()
    if root is None:
        raise Stranger("The keys of the publication have not been made yet.")
    return root


def check() -> str:
    """An empty string when every list in force that was given to a matcher is published, and every feed is fresh.

    "ok, but" when all is well and somebody has something to do.
    """
    if versions.problem_with(Feed.objects.all(), ListRole.objects.all()):
        return "stands still: the database is older than what was published (manage.py resume_publication)"
    now = timezone.now()
    given = Allocation.objects.running(now).values("hotlist")
    lists = Hotlist.objects.in_force(now).filter(pk__in=given).exclude(kind=Hotlist.Kind.SUPPRESSION)
    missing = lists.exclude(pk__in=Publication.objects.to_all().values("hotlist")).count()
    if missing:
        return f"{missing} lists in force are not published yet"
    stale = Metadata.objects.filter(role="timestamp", expires_at__lte=now).count()
    if stale:
        return f"{stale} feeds have not been signed for minutes"
    ends_at = root_to_renew(now)
    if ends_at is None:
        return ""
    if ends_at <= now:
        return "the root of trust has ended, so matchers take nothing new: its holders have to sign another"
    return f"ok, but the root of trust ends on {ends_at:%d %B %Y}: its holders have to sign another"
