"""What makes a hit need more care than usual, judged once when it arrives and kept with it."""

import datetime as dt

from hits.limits import Limits
from hits.models import Caution, Hit
from hotlists.models import Entry, EntryVersion, Hotlist
from matcher_client.scope import covers
from matchers.models import PublishedRow


def cautions_of(hit: Hit, *, row: PublishedRow, at: dt.datetime, limits: Limits) -> list[str]:
    """The cautions of a hit that is about to be stored, the gravest first. `hit.site` carries `in_service_until`."""
    found = {
        Caution.DRIVER: _driver_is_unknown(hit),
        Caution.PLATE: hit.vrm_read != hit.vrm,
        Caution.COUNTRY_DIFFERS: hit.country_read not in ("", hit.country),
        Caution.COUNTRY_ASSUMED: not hit.country_read,
        Caution.CLONE: hit.category == "CLN",
        Caution.OUTSIDE_SCOPE: not _is_within_scope(hit),
        Caution.NOT_IN_FORCE: not _is_in_force(hit, row, at),
        Caution.MATCHER_STOPPED: hit.matcher.stoppage is not None,
        Caution.STALE: hit.last_verified_at is None or at - hit.last_verified_at > limits.stale,
        Caution.CONFIDENCE: hit.confidence * 100 < limits.confidence,
        Caution.SITE_UNKNOWN: hit.site is None,
        Caution.SITE_NOT_IN_SERVICE: hit.site is not None and not _was_in_service(hit),
    }
    return [code.value for code, applies in found.items() if applies]


def _driver_is_unknown(hit: Hit) -> bool:
    """The vehicle is linked to somebody and nobody says that they drive it (F-07)."""
    if hit.version is None:
        return bool(hit.markers)
    return hit.version.person_confirmed != EntryVersion.YesNoUnknown.YES and (
        bool(hit.markers) or hit.version.subject in (EntryVersion.Subject.SUSPECT, EntryVersion.Subject.CONVICTED)
    )


def _is_in_force(hit: Hit, row: PublishedRow, at: dt.datetime) -> bool:
    if hit.entry is not None:
        return Entry.objects.in_force(at).filter(pk=hit.entry.pk).exists()
    lapsed = row.lapses_at is not None and row.lapses_at <= at.timestamp()
    return row.until_revision is None and not lapsed and Hotlist.objects.in_force(at).filter(pk=hit.hotlist_id).exists()


def _is_within_scope(hit: Hit) -> bool:
    """Judged again, by what the portal itself knows of the place: a matcher may have passed over a limit."""
    area = hit.site.area if hit.site is not None else ""
    return covers(hit.limits, site=hit.site_ref, area=area, direction=hit.direction, at=hit.captured_at)


def _was_in_service(hit: Hit) -> bool:
    until = hit.site.in_service_until  # type: ignore[union-attr]
    return until is not None and hit.captured_at < until
