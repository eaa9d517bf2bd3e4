"""A file on its way into a feed: receive, check, accept or refuse, merge. Each step can be killed and done again."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from accounts.models import Actor, SystemJob, User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions import aftermath
from hotlists.feeds import comparing, files, merging, samples, staging
from hotlists.feeds.limits import limits_of
from hotlists.feeds.reading import Reader
from hotlists.models import (
    FeedRow,
    Hotlist,
    ImportProfile,
    Load,
    LoadProblem,
    SourceAgreement,
    StagedRecovery,
    layout_of,
)
from hotlists.nudges import check_soon, merge_soon, publish_soon
from hotlists.workflow import LOAD
from portal.errors import Refused, TooLate, Unfit
from portal.ids import new_id
from portal.policies import require
from standards.models import StandardsProfile

Status = Load.Status
_CHANGE_LIMIT = "feed.change.limit"
_CHANGE_WINDOW = "feed.change.window"
_CLOSED = "The list was closed. Nothing is loaded into it any more."


def receive(
    hotlist: Hotlist, *, by: Actor, chunks: Iterable[bytes], file_name: str, mode: str,
    encoding: str = "",
) -> Load:  # fmt: skip
    """Takes a file in as it comes, hashing it on its way to disk, and asks for it to be checked.

    It is read by the list's import profile of this moment, and in its encoding unless another is given.
    """
    _require_may_load(hotlist, by=by)  # before the bytes are taken; judged again when they are here
    load_id = new_id()
    size, sha256 = files.store(load_id, chunks)
    try:
        with transaction.atomic():
            hotlist = Hotlist.objects.select_for_update(no_key=True).get(pk=hotlist.pk)
            _require_may_load(hotlist, by=by)
            if hotlist.loads.undecided().exists() or hotlist.loads.filter(status=Status.ACCEPTED).exists():
                raise TooLate("Another file for this list is still open. Accept or refuse that one first.")
            now = timezone.now()
            profile = ImportProfile.objects.governing(now).filter(hotlist=hotlist).first()
            load = Load.objects.create(
                pk=load_id, hotlist=hotlist, agreement=_agreement(hotlist, now), mode=Load.Mode(mode), profile=profile,
                encoding=Load.Encoding(encoding or layout_of(profile).encoding), file_name=file_name[-255:], size=size,
                sha256=sha256, uploaded_at=now,
                **({"uploaded_by": by} if isinstance(by, User) else {"uploaded_machine": by}),
            )  # fmt: skip
            check_soon(load.pk)
            record(
                Verb.LOAD_RECEIVED, target=load, by=by, also=[hotlist], hotlist=hotlist.title, file_name=load.file_name,
                sha256=sha256, size=size,
            )  # fmt: skip
    except BaseException:
        files.remove(load_id)
        raise
    return load


def check(load: Load, *, by: SystemJob) -> Load | None:
    """Reads the file into staging and compares it with the list. None when somebody else is at it, or it is done."""
    with transaction.atomic():
        found = _locked_if_free(load.pk)
        if found is None or found.status not in (Status.RECEIVED, Status.CHECKING):
            return None
        if found.status == Status.RECEIVED:
            LOAD.move(found, Status.CHECKING)
    with transaction.atomic():
        found = _locked_if_free(load.pk)
        if found is None or found.status != Status.CHECKING:
            return None
        return _check(found, by=by)


@transaction.atomic
def accept(load: Load, *, by: Actor, without_bad_rows: bool = False) -> Load:
    """Says yes to a checked load. All of it goes in; rows with problems stay out only when that was chosen."""
    load = _locked(load, by=by)
    require(policies.may_accept(by, load))
    if load.status != Status.CHECKED:
        raise TooLate(f"This load is {load.get_status_display().lower()}, so there is nothing to accept.")
    if not load.good_rows and not aftermath.only_tells_of_recoveries(load):
        words = "No row of this file can be loaded."
        raise Unfit(words, {"without_bad_rows": [words]})
    if load.bad_rows and not without_bad_rows:
        words = "Some rows have problems. Correct the file, or choose to load it without those rows."
        raise Unfit(words, {"without_bad_rows": [words]})
    _require_room(load)
    LOAD.move(
        load, Status.ACCEPTED, decided_at=timezone.now(), rows_left_out=load.bad_rows,
        **({"decided_by": by} if isinstance(by, User) else {"decided_machine": by}),
    )  # fmt: skip
    merge_soon(load.pk)
    record(Verb.LOAD_ACCEPTED, target=load, by=by, also=[load.hotlist], count=load.good_rows, left_out=load.bad_rows)
    return load


@transaction.atomic
def refuse(load: Load, *, by: Actor, reason: str) -> Load:
    """Says no. The file and its staged rows are deleted; what was found stays with the record of the load."""
    load = _locked(load, by=by)
    require(policies.may_refuse(by, load))
    if not LOAD.may(load, Status.REFUSED):
        raise TooLate(f"This load is {load.get_status_display().lower()}, so it can no longer be refused.")
    if not reason.strip():
        raise Unfit("Say why you refuse it.", {"reason": ["Say why you refuse it."]})
    LOAD.move(
        load, Status.REFUSED, decided_at=timezone.now(), reason=reason,
        **({"decided_by": by} if isinstance(by, User) else {"decided_machine": by}),
    )  # fmt: skip
    _forget(load)
    record(Verb.LOAD_REFUSED, target=load, by=by, also=[load.hotlist], reason=reason)
    return load


@transaction.atomic
def merge(load: Load, *, by: SystemJob) -> Load | None:
    """Puts an accepted load into its list, all of it or nothing. None when somebody else is at it, or it is done.

    A load that would no longer do what was accepted comes back as received: it is read again, and decided again.
    """
    found = _locked_if_free(load.pk)
    if found is None or found.status != Status.ACCEPTED:
        return None
    hotlist = Hotlist.objects.select_for_update(no_key=True).get(pk=found.hotlist_id)  # one merge a list at a time
    if hotlist.closed_at:
        return _check_again(found)  # which refuses it
    now = timezone.now()
    try:
        with transaction.atomic():
            recoveries = aftermath.record_recoveries(found, at=now)
            done = merging.merge(found, at=now)
    except merging.ListMoved:
        return _check_again(found)
    ended = aftermath.end_exceptions(found, at=now)
    begun = aftermath.hold_back_recovered(found, recoveries, at=now)
    LOAD.move(
        found, Status.LOADED, loaded_at=now, added=done.added, changed=done.changed, removed=done.removed,
        unchanged=done.unchanged, notices=[*found.notices, *_kept(ended.kept)],
    )  # fmt: skip
    _forget(found)
    publish_soon(found.hotlist_id)
    record(
        Verb.LOAD_MERGED, target=found, by=by, also=[found.hotlist, *ended.dropped, *ended.reconfirmed, *begun],
        count=found.good_rows, accepted_by=str(found.decider),
        exceptions_ended=len(ended.dropped) + len(ended.reconfirmed), exceptions_kept=ended.kept,
        recovered=len(recoveries), **done._asdict(),
    )  # fmt: skip
    return found


def resume_unfinished(*, by: SystemJob) -> list[uuid.UUID]:
    """Asks again for what a crash left undone, and deletes files that nothing needs. Returns the loads asked for."""
    with transaction.atomic():
        waiting = list(Load.objects.unfinished().select_for_update(skip_locked=True, of=("self",)))
        for load in waiting:
            (merge_soon if load.status == Status.ACCEPTED else check_soon)(load.pk)
        closed = Load.objects.filter(status=Status.CHECKED, hotlist__closed_at__isnull=False).select_related("hotlist")
        for load in closed.select_for_update(skip_locked=True, of=("self",)):
            _turn_away(load, _CLOSED, by=by, at=timezone.now())
    samples.remove_forgotten()
    held = files.stored()
    needed = set(Load.objects.filter(pk__in=held).exclude(pk__in=Load.objects.decided()).values_list("pk", flat=True))
    for load_id in held:
        if load_id not in needed and files.is_old(load_id):
            files.remove(load_id)
    return [load.pk for load in waiting]


@transaction.atomic
def take_problems(load: Load, *, by: Actor) -> Iterator[bytes]:
    """The uploaded file with a column of problems, as a stream. It holds plates, so taking it is a disclosure."""
    load = _locked(load, by=by)
    require(policies.may_refuse(by, load))
    if load.status != Status.CHECKED:
        raise TooLate("The file is kept only until the load is decided.")
    record(Verb.LOAD_PROBLEMS_TAKEN, target=load, by=by, also=[load.hotlist], count=load.rows)
    return _annotated(load)


def progress(load: Load) -> int:
    """How much of the file is read, in per cent; held in the cache while it is being checked."""
    if load.status == Status.CHECKING:
        return int(cache.get(_progress_key(load.pk), 0))
    return 0 if load.status == Status.RECEIVED else 100


def _check(load: Load, *, by: SystemJob) -> Load:
    now = timezone.now()
    path = files.path_of(load.pk)
    if load.hotlist.closed_at:
        return _turn_away(load, _CLOSED, by=by, at=now)
    if not path.exists():
        return _turn_away(load, "The uploaded file is gone. Upload it again.", by=by, at=now)

    staging.forget(load)  # what an earlier attempt left
    reader = _reader(load)

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


def _turn_away(load: Load, reason: str, *, by: SystemJob, at: dt.datetime) -> Load:
    """A load that nobody has to look at: it cannot go in."""
    LOAD.move(load, Status.REFUSED, decided_at=at, reason=reason)
    _forget(load)
    record(Verb.LOAD_REFUSED, target=load, by=by, also=[load.hotlist], reason=reason)
    return load


def _check_again(load: Load) -> Load:
    """Reads the file again, and lets people decide again."""
    LOAD.move(load, Status.RECEIVED, decided_at=None, decided_by=None, decided_machine=None, rows_left_out=0)
    check_soon(load.pk)
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


def _kept(plates: int) -> list[str]:
    if not plates:
        return []
    many = "1 plate" if plates == 1 else f"{plates:,} plates"
    return [
        f"Still held back: {many} that this file confirms or drops. Who held back is who uploaded or accepted the file, so"
        " somebody else has to let go."
    ]


def _count(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows:,} rows"


def _reader(load: Load) -> Reader:
    keys_only = load.mode == Load.Mode.REMOVE
    limits = limits_of(load.hotlist, load.agreement, at=timezone.now(), keys_only=keys_only)
    return Reader(limits, load.encoding, load.layout)


def _annotated(load: Load) -> Iterator[bytes]:
    reader = _reader(load)
    with files.path_of(load.pk).open("rb") as file:
        yield from staging.annotated(load.pk, reader, file)


def _forget(load: Load) -> None:
    """The rows that waited go now; the file goes once that is certain."""
    StagedRecovery.objects.filter(load=load).delete()
    staging.forget(load)
    transaction.on_commit(lambda: files.remove(load.pk))


def _agreement(hotlist: Hotlist, at: dt.datetime) -> SourceAgreement:
    return SourceAgreement.objects.governing(at).filter(hotlist=hotlist).latest("from_at")


def _require_may_load(hotlist: Hotlist, *, by: Actor) -> None:
    if isinstance(by, SystemJob):
        raise Refused("Files are uploaded by people and by the source's machine.")
    policies.require_sight_of_feed(by, hotlist)
    require(policies.may_load(by, hotlist))


def _require_room(load: Load) -> None:
    """Raises Unfit when the list would hold more than it may."""
    most = load.hotlist.max_size
    after = Load.objects.with_rows_after().get(pk=load.pk).rows_after  # type: ignore[attr-defined]
    if most is not None and after > most:
        words = (
            f"The list would hold {after} rows, more than the {most} that it may. Refuse this load, and ask the list's owner"
            " for more room or the source for fewer rows."
        )
        raise Unfit(words, {"hotlist": [words]})


def _locked(load: Load, *, by: Actor) -> Load:
    load = (
        Load.objects.select_for_update(of=("self",)).select_related("hotlist", "agreement", "profile").get(pk=load.pk)
    )
    policies.require_sight_of_feed(by, load.hotlist)
    return load


def _locked_if_free(pk: uuid.UUID) -> Load | None:
    loads = Load.objects.select_for_update(of=("self",), skip_locked=True).select_related(
        "hotlist", "agreement", "profile"
    )
    return loads.filter(pk=pk).first()


def _progress_key(pk: uuid.UUID) -> str:
    return f"hotlists.load.{pk}.progress"
