"""Many entries at once: a file or one change becomes drafts, one by one; never more than drafts (R-030)."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import SystemJob, User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.bulk_owners import give_back, pass_on_chosen
from hotlists.actions.bulk_rows import add_entries, begun_with, locked_bulk, with_entries
from hotlists.actions.conflicts import Act, link_of, report_conflict
from hotlists.actions.entries import WRITTEN, begin_entry, begin_version, following
from hotlists.bulk import reading
from hotlists.bulk.columns import HEADINGS, Unreadable, read_cell
from hotlists.feeds.files import kept_name
from hotlists.models import Bulk, BulkRow, Entry, EntryVersion, Hotlist
from hotlists.nudges import draft_soon
from hotlists.workflow import BULK
from matcher_client import vrm as vrms
from portal.errors import Refusal, TooLate, Unfit
from portal.policies import require
from standards.models import StandardsProfile

Status = Bulk.Status
CHUNK = 20  # drafts a transaction: killed inside, the next run goes on from the last whole one
# What one change of several entries may set.
EDITABLE = ("contact_24h", "area", "starts_at", "review_by", "expires_at", "last_verified_at")


@transaction.atomic
def upload_entries(hotlist: Hotlist, *, by: User, content: bytes, file_name: str) -> Bulk:
    """Reads a file of entries and says what is wrong with each row; nothing is written for the list yet."""
    policies.require_sight(by, hotlist)
    require(policies.may_write(by, hotlist))
    now = timezone.now()
    if len(content) > reading.LARGEST:
        words = f"At most {reading.LARGEST >> 20} MB are taken at once."
        raise Unfit(words, {"file": [words]})
    headings, rows = reading.rows_of(content, most=StandardsProfile.objects.in_force(now).number("entry.upload"))
    bulk = Bulk.objects.create(
        hotlist=hotlist, kind=Bulk.Kind.UPLOAD, status=Status.CHECKED, made_by=by, made_at=now, file_name=kept_name(file_name),
        sha256=hashlib.sha256(content).hexdigest(), headings=headings,
    )  # fmt: skip
    found = [BulkRow(bulk=bulk, number=n, written=cells) for n, cells in enumerate(rows, 2)]
    plates: dict[tuple[str, str], int] = {}
    for row in found:
        facts, problems = reading.facts_of(row.written, hotlist, now)
        row.problems = problems or reading.judge(facts, hotlist, by, now)
        plate = (facts["country"], "".join(facts["vrm_entered"].upper().split()))
        earlier = plates.setdefault(plate, row.number)
        if plate[1] and earlier != row.number:
            row.problems = [*row.problems, ("plate", f"Row {earlier} of this file names the same vehicle.")]
    BulkRow.objects.bulk_create(found)
    barred = policies.barred_to(by)  # asked once: few are declared, and a file names many
    for country, written in plates:
        vrm = _mark_in(written)
        if vrm and vrms.skeleton(vrm) in barred and (link := link_of(by, vrm, at=now)):
            report_conflict(Act.UPLOAD, by=by, plate=(country, vrm), link=link, hotlist=hotlist)
    bad = sum(1 for row in found if row.problems)
    record(
        Verb.ENTRIES_UPLOADED, target=bulk, by=by, also=[hotlist], count=len(found), problems=bad, hotlist=hotlist.title,
        file_name=bulk.file_name, sha256=bulk.sha256,
    )  # fmt: skip
    return bulk


@transaction.atomic
def choose_entries(
    hotlist: Hotlist, *, by: User, add: Iterable[uuid.UUID] = (), drop: Iterable[uuid.UUID] = ()
) -> Bulk:
    """Adds entries of a list to what one is about to change at once, and leaves others out again."""
    policies.require_sight(by, hotlist)
    require(policies.may_write(by, hotlist))
    bulk, _ = Bulk.objects.get_or_create(
        hotlist=hotlist, made_by=by, status=Status.CHOOSING,
        defaults={"kind": Bulk.Kind.EDIT, "made_at": timezone.now()},
    )  # fmt: skip
    bulk = Bulk.objects.select_for_update().get(pk=bulk.pk)
    bulk.rows.filter(entry_id__in=list(drop)).delete()
    add_entries(bulk, add)
    return bulk


@transaction.atomic
def change_entries(hotlist: Hotlist, *, by: User, entries: Iterable[uuid.UUID], changes: dict[str, Any]) -> Bulk:
    """Chooses these entries and plans the change of them in one, apart from what somebody is choosing on the page."""
    policies.require_sight(by, hotlist)
    require(policies.may_write(by, hotlist))
    bulk = begun_with(hotlist, entries, kind=Bulk.Kind.EDIT, by=by)
    return plan_change(bulk, by=by, changes=changes)


@transaction.atomic
def plan_change(bulk: Bulk, *, by: User, changes: dict[str, Any]) -> Bulk:
    """Says what a change (EDITABLE) would do to each chosen entry. What is silent stays as it is."""
    bulk = locked_bulk(bulk, by=by)
    if bulk.status not in (Status.CHOOSING, Status.CHECKED) or bulk.kind != Bulk.Kind.EDIT:
        raise TooLate("This change was made or discarded already.")
    if unknown := set(changes) - set(EDITABLE):
        raise Unfit(
            "Not all of this is changed at once.", {name: ["This is changed entry by entry."] for name in unknown}
        )
    said = {name: value for name, value in changes.items() if value not in (None, "")}
    if not said:
        raise Unfit("Say what changes.", {"contact_24h": ["Fill in at least one of these."]})
    rows = list(bulk.rows.all())
    if not rows:
        raise Unfit("Choose entries first.", {"entries": ["Choose at least one entry."]})
    now = timezone.now()
    bulk.changes = {name: _as_written(value) for name, value in said.items()}
    for row, entry in with_entries(rows):
        row.problems = _problems_of_change(entry, said, by, now)
    BulkRow.objects.bulk_update(rows, ["problems"])
    bulk.save(update_fields=["changes"])
    if bulk.status == Status.CHOOSING:
        BULK.move(bulk, Status.CHECKED)
    record(
        Verb.ENTRIES_CHANGE_PLANNED, target=bulk, by=by, also=[bulk.hotlist], count=len(rows), hotlist=bulk.hotlist.title,
        fields=", ".join(HEADINGS[name] for name in said),
    )  # fmt: skip
    return bulk


@transaction.atomic
def start_drafts(bulk: Bulk, *, by: User) -> Bulk:
    """Has a draft written for every row without a problem. It submits nothing: each is looked at, then submitted.
    What is passed on to another owner needs no draft, and is so at once."""
    bulk = locked_bulk(bulk, by=by)
    if not bulk.rows.filter(problems=[]).exists():
        words = "Every row has a problem. Correct them and try again."
        raise Unfit(words, {"rows": [words]})
    BULK.move(bulk, Status.WORKING)
    if bulk.kind == Bulk.Kind.OWNER:
        return pass_on_chosen(bulk, by=by)
    draft_soon(bulk.pk)
    record(Verb.ENTRIES_DRAFTING, target=bulk, by=by, also=[bulk.hotlist], hotlist=bulk.hotlist.title)
    return bulk


def write_drafts(bulk: Bulk, *, by: SystemJob) -> Bulk | None:
    """Writes the drafts in the author's name, some at a time. Safe to do again; None when somebody else is at it."""
    while True:
        with transaction.atomic():
            found = Bulk.objects.select_for_update(of=("self",), skip_locked=True).select_related("hotlist", "made_by")
            bulk_now = found.filter(pk=bulk.pk, status=Status.WORKING).first()
            if bulk_now is None:
                return None
            rows = list(bulk_now.rows.filter(version_id=None, problems=[])[:CHUNK])
            if not rows:
                return _finish(bulk_now, by=by)
            for row, entry in with_entries(rows):
                _draft(bulk_now, row, entry)


@transaction.atomic
def discard_bulk(bulk: Bulk, *, by: User) -> Bulk:
    """Drops what was uploaded or chosen; nothing was written of it."""
    bulk = locked_bulk(bulk, by=by)
    BULK.move(bulk, Status.DISCARDED)
    bulk.rows.update(written={})
    record(Verb.ENTRIES_DISCARDED, target=bulk, by=by, also=[bulk.hotlist], hotlist=bulk.hotlist.title)
    return bulk


@transaction.atomic
def undo_bulk(bulk: Bulk, *, by: User) -> Bulk:
    """Deletes the drafts that it made, but for those that somebody changed, submitted or deleted since; gives back what it
    passed on, but for what was passed on again or ended since."""
    bulk = locked_bulk(bulk, by=by)
    if bulk.status != Status.DONE:
        raise TooLate(f"This is {bulk.get_status_display().lower()}, so there is nothing to undo.")
    if bulk.kind == Bulk.Kind.OWNER:
        return give_back(bulk, by=by)
    made = [key for key in bulk.rows.values_list("version_id", flat=True) if key]
    drafts = EntryVersion.objects.select_for_update(of=("self",)).select_related("entry__hotlist").filter(pk__in=made)
    gone = 0
    for version in drafts.filter(status=EntryVersion.Status.DRAFT):
        if not version.contributions.exclude(user=by).exists():
            _delete_draft(version, by=by)
            gone += 1
    BULK.move(bulk, Status.UNDONE)
    record(
        Verb.ENTRIES_UNDONE, target=bulk, by=by, also=[bulk.hotlist], count=gone, kept=len(made) - gone,
        hotlist=bulk.hotlist.title,
    )  # fmt: skip
    return bulk


@transaction.atomic
def discard_draft(version: EntryVersion, *, by: User) -> None:
    """Deletes a draft that nobody needs; an entry that was never more than this draft goes with it."""
    version = EntryVersion.objects.select_for_update(of=("self",)).select_related("entry__hotlist").get(pk=version.pk)
    policies.require_sight(by, version.entry.hotlist)
    require(policies.may_discard(by, version))
    _delete_draft(version, by=by)


@transaction.atomic
def take_bulk_problems(bulk: Bulk, *, by: User) -> Iterable[str]:
    """The file again with a column more; it holds plates, so that taking it is recorded."""
    bulk = locked_bulk(bulk, by=by)
    record(Verb.ENTRIES_PROBLEMS_TAKEN, target=bulk, by=by, also=[bulk.hotlist], count=bulk.rows.count())
    rows = [(row.written, [(column, words) for column, words in row.problems]) for row in bulk.rows.all()]
    return list(reading.with_problems(bulk.headings, rows))


def _mark_in(written: str) -> str:
    """The plate in a cell; empty where it can be none, which its row is told."""
    try:
        return vrms.normalise(written)
    except ValueError:
        return ""


def _draft(bulk: Bulk, row: BulkRow, entry: Entry | None) -> None:
    """One draft; what has come to be wrong since it was checked is said of the row."""
    try:
        with transaction.atomic():
            if bulk.kind == Bulk.Kind.UPLOAD:
                facts, _ = reading.facts_of(row.written, bulk.hotlist, timezone.now())
                version = begin_entry(bulk.hotlist, by=bulk.made_by, **facts)
            elif entry is None:
                raise TooLate("This entry is there no more.")
            else:
                version = begin_version(entry, by=bulk.made_by, **_read(bulk.changes))
    except Unfit as refusal:
        row.problems = [
            (HEADINGS.get(field, field), words) for field, lines in refusal.fields.items() for words in lines
        ]
    except Refusal as refusal:
        refusal.aftermath()
        row.problems = [("entry", str(refusal))]
    else:
        row.version_id, row.entry_id, row.written = version.pk, version.entry_id, {}
    row.save(update_fields=["version_id", "entry_id", "written", "problems"])


def _finish(bulk: Bulk, *, by: SystemJob) -> Bulk:
    BULK.move(bulk, Status.DONE)
    bulk.rows.update(written={})
    made = bulk.rows.exclude(version_id=None).count()
    record(
        Verb.ENTRIES_DRAFTED, target=bulk, by=by, also=[bulk.hotlist], count=made, hotlist=bulk.hotlist.title,
        author=str(bulk.made_by),
    )  # fmt: skip
    return bulk


def _delete_draft(version: EntryVersion, *, by: User) -> None:
    entry = version.entry
    record(Verb.DRAFT_DISCARDED, target=entry, by=by, plate=version.plate if version.vrm else None, also=[version])
    version.delete()
    if not entry.versions.exists():
        entry.delete()


def _problems_of_change(
    entry: Entry | None, changes: dict[str, Any], by: User, now: dt.datetime
) -> list[tuple[str, str]]:
    if entry is None or entry.withdrawn_at:
        return [("entry", "This entry was withdrawn.")]
    latest = entry.versions.order_by("-number").first()
    if latest is None or latest.status in (EntryVersion.Status.DRAFT, EntryVersion.Status.SUBMITTED):
        return [("entry", "A version of it is being written or waits for a decision. Finish that one first.")]
    version = following(latest)
    for name in WRITTEN:
        setattr(version, name, getattr(latest, name))
    version.written_by, version.written_at, version.profile = by, now, StandardsProfile.objects.in_force(now)
    return reading.judge_version(version, changes, now)


def _as_written(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def _read(changes: dict[str, str]) -> dict[str, Any]:
    try:
        return {name: read_cell(name, value) for name, value in changes.items()}
    except Unreadable as error:  # it was read before
        raise Unfit(str(error), {"changes": [str(error)]}) from error
