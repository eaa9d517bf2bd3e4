"""What one person's board shows: the vehicles with an open hit on the lists they may see, the most urgent first."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.policies import role_has
from hits import policies
from hits.limits import Limits
from hits.models import Hit
from hits.story import Card, card_id
from hotlists.models import Hotlist
from portal.policies import require

LIMIT = 60  # cards; the rest is a page of the list away
LONGEST_GAP = dt.timedelta(hours=24)  # whoever was away for longer asks for no more than that; the page has the rest
OVERLAP = dt.timedelta(seconds=10)  # what committed a little after it was given its id is not missed


@dataclass(frozen=True, slots=True)
class Viewer:
    """What somebody's board may show, judged a moment ago."""

    hotlists: frozenset[uuid.UUID]
    sees_sites: bool

    @classmethod
    def of(cls, user: User) -> "Viewer":
        """Raises Refused when they may not see hits."""
        require(policies.may_see(user))
        return cls(
            hotlists=frozenset(Hotlist.objects.visible_to(user).values_list("pk", flat=True)),
            sees_sites=role_has(user, "camera_sites.view_sites"),
        )

    def cards(self, at: dt.datetime | None = None, *, limit: int = LIMIT) -> list[Card]:
        """The board as it stands at this moment, the most urgent first."""
        at = at or timezone.now()
        limits = Limits.in_force(at)
        shown = (
            Hit.objects.shown().filter(hotlist__in=self.hotlists).open().newest_of_vehicle().with_urgency(at, limits)
        )
        return [Card.of(hit, at, limits) for hit in shown.most_urgent_first().with_story()[:limit]]

    def changed_since(self, last: uuid.UUID) -> set[str]:
        """The cards of all vehicles of which something happened since an event of this id was sent."""
        since = dt.datetime.fromtimestamp((last.int >> 80) / 1000, dt.UTC) - OVERLAP
        since = max(since, timezone.now() - LONGEST_GAP)
        happened = Q(received_at__gte=since) | Q(acknowledged_at__gte=since) | Q(closed_at__gte=since)
        happened |= Q(verification__verified_at__gte=since)
        hits = Hit.objects.shown().filter(hotlist__in=self.hotlists).filter(happened).only("hotlist", "country", "vrm")
        return {card_id(hit) for hit in hits.order_by()}
