"""Rows of lists whose entries are decided one by one: the version that governs each entry, in its term."""

import datetime as dt
import itertools
import math
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Greatest

from hotlists import alerts
from hotlists.models import EntryVersion, Hotlist, Review, Suspension, Term
from matcher_client.rows import Row
from matcher_client.scope import read, spelled
from matchers.sources import wanted

BATCH = 5_000


def fill(
    cursor: Any,
    hotlist: Hotlist,
    now: dt.datetime,
    horizon: dt.datetime,
    plates: Sequence[tuple[str, str]] | None = None,
) -> None:
    """Entries in force now, or before the horizon unless something stops them. Refused is what stands and may not go out."""
    vrms = None if plates is None else {vrm for _, vrm in plates}
    if vrms is not None and not vrms:
        return
    publishable = _publishable(hotlist, now, horizon)
    if vrms is not None:
        publishable = publishable.filter(version__vrm__in=vrms)
    terms = publishable.iterator(chunk_size=BATCH)
    while batch := list(itertools.islice(terms, BATCH)):
        wanted.copy_in(cursor, [row_of(term) for term in batch])
    _refuse(cursor, hotlist, now, vrms)


def row_of(term: Term) -> Row:
    """A governing term as it is published, with what its recipient needs to judge it (R-017)."""
    version = term.version
    return Row(
        country=version.country,
        vrm=version.vrm,
        ref=str(term.entry_id),
        version=str(version.pk),
        category=version.category,
        action=term.action,
        priority=version.priority,
        basis=version.basis,
        grading=version.grading,
        source_type=wanted.clean(version.source_system),
        markers=",".join(sorted(set(term.markers))),
        action_text=wanted.clean(alerts.text(version)),
        contact=wanted.clean(version.contact_24h),
        response=version.response,
        scope=spelled(read(term.scope)),
        last_verified_at=_whole(term.verified_at),  # type: ignore[attr-defined]
        starts_at=math.ceil(term.starts_at.timestamp()),
        review_by=_whole(term.review_by),
        expires_at=_whole(term.expires_at),
        lapses_at=_whole(term.lapses_at),
    )


def _whole(moment: dt.datetime) -> int:
    """Seconds since 1970; what ends within a second ends at its beginning."""
    return math.floor(moment.timestamp())


def _publishable(hotlist: Hotlist, now: dt.datetime, horizon: dt.datetime) -> Any:
    last_review = Review.objects.filter(entry=OuterRef("entry"), reviewed_at__lte=now, is_accurate=True).order_by(
        "-reviewed_at"
    )
    return (
        _standing(hotlist, now)
        .filter(starts_at__lte=horizon, lapses_at__gt=now)
        .exclude(Exists(Suspension.objects.filter(entry=OuterRef("entry")).open_at(now)))
        .annotate(verified_at=Greatest("version__last_verified_at", Subquery(last_review.values("reviewed_at")[:1])))
        .select_related("version")
    )


def _standing(hotlist: Hotlist, now: dt.datetime) -> Any:
    """Governing terms of entries that were not withdrawn."""
    withdrawn = Q(entry__withdrawn_at__lte=now)
    return Term.objects.governing(now).filter(entry__hotlist=hotlist).exclude(withdrawn)


def _refuse(cursor: Any, hotlist: Hotlist, now: dt.datetime, vrms: set[str] | None) -> None:
    standing = _standing(hotlist, now)
    waiting = EntryVersion.objects.filter(
        entry__hotlist=hotlist, entry__withdrawn_at=None, entry__terms=None, status=EntryVersion.Status.SUBMITTED
    )
    if vrms is not None:
        standing, waiting = standing.filter(version__vrm__in=vrms), waiting.filter(vrm__in=vrms)
    stopped = Suspension.objects.filter(entry=OuterRef("entry")).open_at(now)
    terms = {
        "overdue": standing.filter(review_by__lte=now, expires_at__gt=now),
        "expired": standing.filter(expires_at__lte=now),
        "emergency_ended": standing.filter(emergency_ends_at__lte=now, lapses_at__lte=now, review_by__gt=now),
        **{
            kind: standing.filter(lapses_at__gt=now).filter(Exists(stopped.filter(kind=kind)))
            for kind in Suspension.Kind.values
        },
    }
    for reason, found in terms.items():
        wanted.refuse(cursor, reason, found.values_list("version__country", "version__vrm", "entry"))
    wanted.refuse(cursor, "unapproved", waiting.values_list("country", "vrm", "entry"))
