"""Taking in what matchers report: only of rows that they were given, each report once, with its cautions."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import MachineClient
from audit.actions import record
from audit.verbs import Verb
from camera_sites.models import Camera, CameraSite
from hits import live, nudges, policies
from hits.cautions import cautions_of
from hits.limits import Limits
from hits.models import Caution, Hit, HitKey
from hotlists import actions as hotlists
from hotlists.models import Entry, EntryVersion, Hotlist
from matcher_client.rows import fields_of
from matcher_client.scope import content, direction_of, parse
from matchers.models import Allocation, ListRole, Matcher, Publication, PublishedRow
from portal.errors import Unfit
from portal.ids import new_id
from portal.policies import require

NEVER_GIVEN = "No such row was published to this matcher in this revision."
CLOCKS_DIFFER = dt.timedelta(minutes=5)  # further ahead, a capture time is not one


@dataclass(frozen=True, slots=True)
class Report:
    """What a matcher says: which row of which revision it held, and what was read where."""

    reference: str
    role: str
    revision: int
    country: str
    vrm: str
    ref: str
    version: str
    vrm_read: str
    country_read: str
    site: str
    camera: str
    captured_at: dt.datetime
    confidence: float
    direction: str = ""


@transaction.atomic
def report(told: Report, *, by: MachineClient) -> tuple[Hit, bool]:
    """The hit, and whether it is new: the same reference sent again is the same hit.

    Raises Unfit for a row that this matcher was never given (R-101), Refused for a machine that is no matcher.
    """
    require(policies.may_report(by))
    matcher = Matcher.objects.of_machine(by).get()
    key, is_new = HitKey.objects.get_or_create(
        matcher=matcher, reference=told.reference, defaults={"hit_id": new_id()}
    )  # a second report of the same waits here until the first is committed
    if not is_new:
        return Hit.objects.get(pk=key.hit_id), False
    now = timezone.now()
    if told.captured_at > now + CLOCKS_DIFFER:
        raise Unfit("This was captured in the future.", {"captured_at": ["Later than the portal's clock."]})
    row = _published_row(matcher, told, now)
    entry, version = _entry_of(row)
    site = CameraSite.objects.filter(ref=told.site).with_service_end(told.captured_at).first()
    hit = Hit(
        pk=key.hit_id, matcher=matcher, received_at=now, hotlist=row.hotlist, entry=entry, version=version,
        revision=told.revision, vrm_read=told.vrm_read, country_read=told.country_read, site_ref=told.site, site=site,
        camera_ref=told.camera, direction=_direction(told), captured_at=told.captured_at, confidence=told.confidence,
        **_asked_by(row, _confirmed_whole_at(row)),
    )  # fmt: skip
    hit.cautions = cautions_of(hit, row=row, at=now, limits=Limits.in_force(now))
    hit.withheld_by = _withheld_by(hit)
    hit.save(force_insert=True)
    if not hit.withheld_by:
        _tell(hit, by=by)
    record(
        Verb.HIT_WITHHELD if hit.withheld_by else Verb.HIT_REPORTED, target=hit, by=by, plate=hit.plate, also=hit.listed_with,
        site=told.site, cautions=[Caution(code).label for code in hit.cautions],
    )  # fmt: skip
    return hit, True


def _withheld_by(hit: Hit) -> list[uuid.UUID]:
    """The suppression lists that name the plate, as it is listed or as it was read (decision 19)."""
    plates = {hit.plate, (hit.country_read or hit.country, hit.vrm_read)}
    naming = Entry.objects.withholding(plates, hit.received_at)
    return sorted(set(naming.order_by().values_list("hotlist_id", flat=True)))


def _tell(hit: Hit, *, by: MachineClient) -> None:
    """Whoever is to know that it came: nobody, of one that is withheld."""
    if hit.entry is not None:
        hotlists.count_hit(hit.entry, by=by)
    if {Caution.SITE_NOT_IN_SERVICE, Caution.SITE_UNKNOWN} & set(hit.cautions):
        nudges.report_site_hit_soon(hit)
    live.tell_boards(hit)


def _published_row(matcher: Matcher, told: Report, now: dt.datetime) -> PublishedRow:
    """The row as this matcher held it. Every reason why there is none reads the same, so that nothing can be probed."""
    role = ListRole.objects.filter(name=told.role).first()
    row = None
    if role is not None and _was_allocated(matcher, role.hotlist_id, told.captured_at, now):
        rows = PublishedRow.objects.filter(
            hotlist_id=role.hotlist_id, country=told.country, vrm=told.vrm, ref=told.ref, version=told.version
        )
        row = rows.at_revision(told.revision).select_related("hotlist").first()
        if told.revision > role.revision:  # not published yet, though its rows may stay
            row = None
    if row is None:
        raise Unfit(NEVER_GIVEN, {"hotlist": [NEVER_GIVEN]})
    return row


def _was_allocated(matcher: Matcher, hotlist_id: uuid.UUID, captured_at: dt.datetime, now: dt.datetime) -> bool:
    """Now, or when the plate was read: what waited in a matcher's spool is not lost because its list was since revoked."""
    given = Allocation.objects.filter(matcher=matcher, hotlist_id=hotlist_id, from_at__lte=now)
    return any(
        captured_at < (one.until_at if one.revoked_at is None else min(one.until_at, one.revoked_at)) for one in given
    )


def _entry_of(row: PublishedRow) -> tuple[Entry | None, EntryVersion | None]:
    """What a managed list's row was published from; a feed's row is never pointed at."""
    if row.hotlist.kind != Hotlist.Kind.MANAGED:
        return None, None
    version = EntryVersion.objects.select_related("entry__hotlist").get(pk=row.version)
    return version.entry, version


def _direction(told: Report) -> str:
    """As the camera said, else as it is registered."""
    if told.direction:
        return told.direction
    registered = Camera.objects.filter(ref=told.camera, site__ref=told.site).values_list("direction", flat=True).first()
    return direction_of(registered)


def _confirmed_whole_at(row: PublishedRow) -> int | None:
    """When the row's source last confirmed the list whole while the row stood in it: rows are not published anew for it."""
    revisions = Publication.objects.to_all().filter(hotlist_id=row.hotlist_id)
    if row.until_revision is not None:
        revisions = revisions.filter(revision__lt=row.until_revision)
    newest = revisions.order_by("-revision").first()
    return newest.manifest.get("rows_verified_at") if newest else None


def _asked_by(row: PublishedRow, confirmed_at: int | None) -> dict[str, Any]:
    """What the published row asked of whoever meets the vehicle."""
    asked = fields_of(row.canonical)
    own = int(asked["last_verified_at"]) if asked["last_verified_at"] else None
    verified = max((at for at in (own, confirmed_at) if at is not None), default=None)
    return {
        **{
            name: asked[name]
            for name in (
                "country",
                "vrm",
                "ref",
                "category",
                "action",
                "priority",
                "action_text",
                "contact",
                "response",
            )
        },
        "markers": [marker for marker in asked["markers"].split(",") if marker],
        "scope": content(parse(asked["scope"])),
        "last_verified_at": dt.datetime.fromtimestamp(verified, dt.UTC) if verified is not None else None,
    }
