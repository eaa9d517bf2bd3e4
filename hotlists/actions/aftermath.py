"""What a load does beside its rows: recoveries that its file tells of, and exceptions that it ends (F-02, R-023)."""

import datetime as dt

from django.db.models import Exists, OuterRef

from hotlists.feeds.reading import Reader
from hotlists.models import FeedException, FeedRow, Load, Recovery, StagedRecovery


def end_exceptions_of_rows_gone(load: Load, *, at: dt.datetime) -> list[FeedException]:
    """An exception ends when the source drops the plate (F-02)."""
    rows = FeedRow.objects.filter(hotlist=load.hotlist_id, country=OuterRef("country"), vrm=OuterRef("vrm"))
    gone = FeedException.objects.filter(~Exists(rows), hotlist=load.hotlist_id, to_at=None)
    ended = list(gone)
    gone.update(to_at=at, dropped_by=load)
    return ended


def end_exceptions_reconfirmed(load: Load, *, at: dt.datetime) -> list[FeedException]:
    """An exception ends when the source confirms the row after it was held back (F-02)."""
    confirmed = FeedRow.objects.filter(
        hotlist=load.hotlist_id, country=OuterRef("country"), vrm=OuterRef("vrm"), confirmed_at__gt=OuterRef("from_at")
    )
    again = FeedException.objects.filter(Exists(confirmed), hotlist=load.hotlist_id, to_at=None)
    ended = list(again)
    again.update(to_at=at, reconfirmed_by=load)
    return ended


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
