"""Reading an uploaded file into staging and comparing it with its list. Killed anywhere, it is done again from the start."""

import datetime as dt
import uuid

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from accounts.models import SystemJob
from audit.actions import record
from audit.verbs import Verb
from hotlists.actions import aftermath
from hotlists.feeds import comparing, files, staging
from hotlists.feeds.limits import limits_of
from hotlists.feeds.reading import Reader
from hotlists.models import FeedRow, Load, LoadProblem, StagedRecovery
from hotlists.nudges import check_soon
from hotlists.workflow import LOAD
from standards.models import StandardsProfile

Status = Load.Status
_CHANGE_LIMIT = "feed.change.limit"
_CHANGE_WINDOW = "feed.change.window"
CLOSED = "The list was closed. Nothing is loaded into it any more."


def check(load: Load, *, by: SystemJob) -> Load | None:
    """Reads the file into staging and compares it with the list. None when somebody else is at it, or it is done."""
    with transaction.atomic():
        found = locked_if_free(load.pk)
        if found is None or found.status not in (Status.RECEIVED, Status.CHECKING):
            return None
        if found.status == Status.RECEIVED:
            LOAD.move(found, Status.CHECKING)
    with transaction.atomic():
        found = locked_if_free(load.pk)
        if found is None or found.status != Status.CHECKING:
            return None
        return _check(found, by=by)


def progress(load: Load) -> int:
    """How much of the file is read, in per cent; held in the cache while it is being checked."""
    if load.status == Status.CHECKING:
        return int(cache.get(_progress_key(load.pk), 0))
    return 0 if load.status == Status.RECEIVED else 100


def check_again(load: Load) -> Load:
    """Reads the file again, and lets people decide again."""
    LOAD.move(load, Status.RECEIVED, decided_at=None, decided_by=None, decided_machine=None, rows_left_out=0)
    check_soon(load.pk)
    return load


def forget(load: Load) -> None:
    """The rows that waited go now; the file goes once that is certain."""
    StagedRecovery.objects.filter(load=load).delete()
    staging.forget(load)
    transaction.on_commit(lambda: files.remove(load.pk))


def reader_of(load: Load) -> Reader:
    keys_only = load.mode == Load.Mode.REMOVE
    limits = limits_of(load.hotlist, load.agreement, at=timezone.now(), keys_only=keys_only)
    return Reader(limits, load.encoding, load.layout)


def locked_if_free(pk: uuid.UUID) -> Load | None:
    loads = Load.objects.select_for_update(of=("self",), skip_locked=True).select_related(
        "hotlist", "agreement", "profile"
    )
    return loads.filter(pk=pk).first()


def _check(load: Load, *, by: SystemJob) -> Load:
    now = timezone.now()
    path = files.path_of(load.pk)
    if load.hotlist.closed_at:
        return turn_away(load, CLOSED, by=by, at=now)
    if not path.exists():
        return turn_away(load, "The uploaded file is gone. Upload it again.", by=by, at=now)

    staging.forget(load)  # what an earlier attempt left
    reader = reader_of(load)

    def passed(read: int) -> None:
        cache.set(_progress_key(load.pk), min(99, read * 100 // max(reader.size or load.size, 1)), 600)

    with path.open("rb", buffering=1 << 18) as file:
        found = staging.stage(load, reader, file, passed=passed)
    aftermath.stage_recoveries(load, reader)
    difference = comparing.compare(load, found, at=now)
    LoadProblem.objects.filter(load=load).delete()
    LoadProblem.objects.bulk_create(found.first_problems)
    listed = FeedRow.objects.filter(hotlist=load.hotlist_id).running(now).count()
    standards = StandardsProfile.objects.in_force(now)
    limit = load.agreement.change_limit
    if limit is None:
        limit = standards.number(_CHANGE_LIMIT)
    window = now - dt.timedelta(hours=standards.number(_CHANGE_WINDOW))
    lately = list(Load.objects.unconfirmed_since(load.hotlist, window).order_by("loaded_at"))
    changed_lately = sum(one.changes for one in lately)
    held_before = (lately[0].listed_before or 0) if lately else listed
    changes = changed_lately + difference.added + difference.changed + difference.removed
    LOAD.move(
        load, Status.CHECKED, checked_at=now, rows=found.rows, good_rows=found.good_rows, problems=found.problems,
        notices=_notices(load, reader, difference), listed_before=listed, change_limit=limit,
        changed_lately=changed_lately, held_before=held_before, is_over_limit=changes * 100 > limit * held_before, **difference._asdict(),
    )  # fmt: skip
    cache.delete(_progress_key(load.pk))
    record(
        Verb.LOAD_CHECKED, target=load, by=by, also=[load.hotlist], count=found.rows, problems=found.problems,
        **difference._asdict(),
    )  # fmt: skip
    return load


def turn_away(load: Load, reason: str, *, by: SystemJob, at: dt.datetime) -> Load:
    """A load that nobody has to look at: it cannot go in."""
    LOAD.move(load, Status.REFUSED, decided_at=at, reason=reason)
    forget(load)
    record(Verb.LOAD_REFUSED, target=load, by=by, also=[load.hotlist], reason=reason)
    return load


def _notices(load: Load, reader: Reader, difference: comparing.Difference) -> list[str]:
    notices = []
    if reader.with_spares:
        notices.append(f"Not kept: what stands in the spare columns of {_count(reader.with_spares)}.")
    if reader.weeded:
        notices.append(
            f"Not listed, because their time has come (R-022): {_count(reader.weeded)}. They count as weeded."
        )
    if reader.recovered:
        notices.append(f"Recovered, as the source says, and so not listed: {_count(len(reader.recovered))}.")
    same = Load.objects.filter(hotlist=load.hotlist_id, sha256=load.sha256, status=Status.LOADED).first()
    if same is not None:
        notices.append(f"The same file, byte for byte, was loaded before: {same.file_name}.")
    if load.mode == Load.Mode.REMOVE and difference.unchanged:
        notices.append(f"Nothing to remove: the list does not hold {_count(difference.unchanged)} of the file.")
    return notices


def _count(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows:,} rows"


def _progress_key(pk: uuid.UUID) -> str:
    return f"hotlists.load.{pk}.progress"
