"""What a load does beside its rows: recoveries that its file tells of, and exceptions that it ends (F-02, R-023)."""

import datetime as dt
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from hotlists.feeds.reading import Reader
from hotlists.models import FeedException, FeedRow, Load, Recovery, StagedGone, StagedRecovery


class Ended(NamedTuple):
    """What a load did to the exceptions of its list."""

    dropped: list[FeedException]
    reconfirmed: list[FeedException]
    kept: int  # that its file would have ended, had not who held them back loaded it


def end_exceptions(load: Load, *, at: dt.datetime) -> Ended:
    """An exception ends when the source drops the plate or confirms the row after it was held back (F-02).

    Not by a file that whoever held the plate back, or uploaded the file that did, uploaded or accepted: it would be one
    person's word against their own.
    The database holds the same. Of a file that is no complete list, only what it speaks of counts.
    """
    open_ones = FeedException.objects.filter(hotlist=load.hotlist_id, to_at=None)
    gone = open_ones.filter(_is_gone(load))
    again = open_ones.filter(_is_confirmed(load))
    people = [one for one in (load.uploaded_by_id, load.decided_by_id) if one]
    own = Q(from_by__in=people) | Q(from_load__uploaded_by__in=people)
    theirs = open_ones.filter(own).values("pk")
    kept = (gone | again).filter(pk__in=theirs).count()
    dropped, reconfirmed = list(gone.exclude(pk__in=theirs)), list(again.exclude(pk__in=theirs))
    open_ones.filter(pk__in=[one.pk for one in dropped]).update(to_at=at, dropped_by=load)
    open_ones.filter(pk__in=[one.pk for one in reconfirmed]).update(to_at=at, reconfirmed_by=load)
    return Ended(dropped, reconfirmed, kept)


def _is_gone(load: Load) -> Q:
    rows = FeedRow.objects.filter(hotlist=load.hotlist_id, country=OuterRef("country"), vrm=OuterRef("vrm"))
    if load.mode == Load.Mode.ADD:  # it removes nothing
        return Q(pk__in=[])
    if load.mode == Load.Mode.REMOVE:
        removed = StagedGone.objects.filter(load=load, country=OuterRef("country"), vrm=OuterRef("vrm"))
        return Q(Exists(removed)) & ~Q(Exists(rows))
    return ~Q(Exists(rows))


def _is_confirmed(load: Load) -> Q:
    if load.mode == Load.Mode.REMOVE:
        return Q(pk__in=[])
    confirmed = FeedRow.objects.confirming(load.hotlist_id)
    return Q(Exists(confirmed.filter(load=load.pk) if load.mode == Load.Mode.ADD else confirmed))


def stage_recoveries(load: Load, reader: Reader) -> None:
    """Keeps what a file calls recovered until the file is decided."""
    StagedRecovery.objects.filter(load=load).delete()
    found = {(one.country, one.vrm): one.at for one in reader.recovered}
    StagedRecovery.objects.bulk_create(
        (StagedRecovery(load=load, country=country, vrm=vrm, occurred=at) for (country, vrm), at in found.items()),
        batch_size=5000,
    )


def only_tells_of_recoveries(load: Load) -> bool:
    """Whether a file lists nothing, and is worth taking all the same; a complete one would empty the list."""
    return load.mode != Load.Mode.COMPLETE and load.staged_recoveries.exists()


def record_recoveries(load: Load, *, at: dt.datetime) -> list[Recovery]:
    """What the file calls recovered, for as much as the list holds it (R-023)."""
    listed = FeedRow.objects.filter(hotlist=load.hotlist_id, country=OuterRef("country"), vrm=OuterRef("vrm"))
    staged = StagedRecovery.objects.filter(Exists(listed), load=load)
    return Recovery.objects.bulk_create(
        [
            Recovery(
                hotlist_id=load.hotlist_id,
                country=one.country,
                vrm=one.vrm,
                occurred=one.occurred,
                load=load,
                recorded_at=at,
            )
            for one in staged
        ],
        batch_size=5000,
    )


def hold_back_recovered(load: Load, recoveries: list[Recovery], *, at: dt.datetime) -> list[FeedException]:
    """Those of them that the list still holds, since a file of additions removes nothing."""
    if not recoveries:
        return []
    listed = FeedRow.objects.filter(hotlist=load.hotlist_id, country=OuterRef("country"), vrm=OuterRef("vrm"))
    staged = StagedRecovery.objects.filter(Exists(listed), load=load)
    return FeedException.objects.bulk_create(
        [
            FeedException(
                hotlist_id=load.hotlist_id, country=one.country, vrm=one.vrm, from_at=at, from_load=load,
                cause=FeedException.Cause.RECOVERED, reason="The source says that it was recovered.",
            )
            for one in staged
        ],
        batch_size=5000, ignore_conflicts=True,
    )  # fmt: skip
