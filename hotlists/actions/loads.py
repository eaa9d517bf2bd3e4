"""What people, and a source's machine, do with a file on its way into a feed: send it, accept or refuse it, take its problems."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor, SystemJob, User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions import aftermath
from hotlists.actions.checking import forget, reader_of
from hotlists.feeds import files, staging
from hotlists.models import Hotlist, ImportProfile, Load, SourceAgreement, layout_of
from hotlists.nudges import check_soon, merge_soon
from hotlists.workflow import LOAD
from portal.errors import Refused, TooLate, Unfit
from portal.ids import new_id
from portal.policies import require

Status = Load.Status


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
                encoding=Load.Encoding(encoding or layout_of(profile).encoding), file_name=files.kept_name(file_name), size=size,
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
    forget(load)
    record(Verb.LOAD_REFUSED, target=load, by=by, also=[load.hotlist], reason=reason)
    return load


@transaction.atomic
def take_problems(load: Load, *, by: Actor) -> Iterator[bytes]:
    """The uploaded file with a column of problems, as a stream. It holds plates, so taking it is a disclosure."""
    load = _locked(load, by=by)
    require(policies.may_refuse(by, load))
    if load.status != Status.CHECKED:
        raise TooLate("The file is kept only until the load is decided.")
    record(Verb.LOAD_PROBLEMS_TAKEN, target=load, by=by, also=[load.hotlist], count=load.rows)
    return _annotated(load)


def _annotated(load: Load) -> Iterator[bytes]:
    reader = reader_of(load)
    with files.path_of(load.pk).open("rb") as file:
        yield from staging.annotated(load.pk, reader, file)


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
