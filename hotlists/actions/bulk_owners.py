"""Passing several entries on at once: looked at first, done in one go, given back as they were."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.bulk_rows import begun_with, locked_bulk
from hotlists.actions.terms import require_words
from hotlists.models import Bulk, BulkRow, Entry, EntryVersion, Hotlist
from hotlists.workflow import BULK
from portal.errors import TooLate, Unfit
from portal.policies import require

Status, Kind = Bulk.Status, Bulk.Kind
Problems = list[tuple[str, str]]


@transaction.atomic
def plan_passing_on(bulk: Bulk, *, by: User, owner: User, deputy: User | None = None, reason: str) -> Bulk:
    """Says of each chosen entry whether it would be passed on. Raises Unfit for who could not answer for this list."""
    bulk = locked_bulk(bulk, by=by)
    is_planned = bulk.kind == Kind.OWNER and bulk.status == Status.CHECKED
    if bulk.status != Status.CHOOSING and not is_planned:
        raise TooLate("This change was made or discarded already.")
    require_words("reason", reason, "Say why.")
    for field, person in (("owner", owner), ("deputy", deputy)):
        may = policies.may_own(person, Entry(hotlist=bulk.hotlist)) if person is not None else None
        if may is not None and not may:
            raise Unfit("Choose somebody else.", {field: [may.reason]})
    if deputy == owner:
        raise Unfit("A deputy is another person.", {"deputy": ["Choose another person than the owner."]})
    rows = list(bulk.rows.all())
    if not rows:
        raise Unfit("Choose entries first.", {"entries": ["Choose at least one entry."]})
    bulk.kind, bulk.changes = Kind.OWNER, {"owner": owner.username, "deputy": _name(deputy), "reason": reason}
    entries = _locked_entries(rows)
    for row in rows:
        row.problems = _problems(entries.get(row.entry_id), by, owner, deputy)
    BulkRow.objects.bulk_update(rows, ["problems"])
    if bulk.status == Status.CHOOSING:
        BULK.move(bulk, Status.CHECKED, kind=bulk.kind, changes=bulk.changes)
    else:
        bulk.save(update_fields=["changes"])
    record(
        Verb.ENTRIES_PASSING_PLANNED, target=bulk, by=by, also=[bulk.hotlist], count=len(rows), owner=str(owner),
        hotlist=bulk.hotlist.title,
    )  # fmt: skip
    return bulk


@transaction.atomic
def pass_several_on(
    hotlist: Hotlist, *, by: User, entries: Iterable[uuid.UUID], owner: User, deputy: User | None = None, reason: str
) -> Bulk:
    """Chooses these entries and plans to pass them on in one, apart from what somebody is choosing on the page."""
    policies.require_sight(by, hotlist)
    require(policies.may_write(by, hotlist))
    bulk = begun_with(hotlist, entries, kind=Kind.OWNER, by=by)
    return plan_passing_on(bulk, by=by, owner=owner, deputy=deputy, reason=reason)


def pass_on_chosen(bulk: Bulk, *, by: User) -> Bulk:
    """Every entry without a problem has its new owner from now on; each row keeps who answered for it. Of a locked bulk."""
    owner, deputy = _people(bulk)
    rows = list(bulk.rows.filter(problems=[]))
    entries, done = _locked_entries(rows), []
    for row in rows:
        entry = entries.get(row.entry_id)
        row.problems = _problems(entry, by, owner, deputy)
        if entry is None or row.problems:
            continue
        row.written = {"owner": str(entry.owner_id), "deputy": str(entry.deputy_id or "")}
        entry.owner, entry.deputy = owner, deputy
        entry.save(update_fields=["owner", "deputy"])
        done.append(entry)
    BulkRow.objects.bulk_update(rows, ["problems", "written"])
    BULK.move(bulk, Status.DONE)
    record(
        Verb.ENTRIES_PASSED_ON, target=bulk, by=by, also=[bulk.hotlist, *done], plates=_plates(done), count=len(done),
        owner=str(owner), deputy=str(deputy or "nobody"), hotlist=bulk.hotlist.title, reason=bulk.changes["reason"],
    )  # fmt: skip
    return bulk


def give_back(bulk: Bulk, *, by: User) -> Bulk:
    """Each entry goes back to who answered for it before, unless it was passed on again or ended, or they no longer could;
    `by` may give back what they might have passed on as it then was. Of a locked bulk."""
    owner, deputy = _people(bulk)
    rows = [row for row in bulk.rows.all() if row.written]
    entries = _locked_entries(rows)
    keys = {key for row in rows for key in row.written.values() if key}
    people = {str(person.pk): person for person in User.objects.filter(pk__in=keys)}
    back = []
    for row in rows:
        entry, before = entries.get(row.entry_id), people.get(row.written["owner"])
        if entry is None or before is None or (entry.owner, entry.deputy) != (owner, deputy):
            continue
        entry.owner, entry.deputy = before, people.get(row.written["deputy"])
        if policies.may_pass_on(by, entry) and policies.may_own(before, entry):
            entry.save(update_fields=["owner", "deputy"])
            back.append(entry)
    bulk.rows.update(written={})
    BULK.move(bulk, Status.UNDONE)
    record(
        Verb.ENTRIES_GIVEN_BACK, target=bulk, by=by, also=[bulk.hotlist, *back], plates=_plates(back), count=len(back),
        kept=len(rows) - len(back), hotlist=bulk.hotlist.title,
    )  # fmt: skip
    return bulk


def _problems(entry: Entry | None, by: User, owner: User, deputy: User | None) -> Problems:
    if entry is None:
        return [("entry", "This entry is there no more.")]
    if not (may := policies.may_pass_on(by, entry)):
        return [("entry", may.reason)]
    if (entry.owner, entry.deputy) == (owner, deputy):
        return [("owner", "This is who answers for it already.")]
    for field, person in (("owner", owner), ("deputy", deputy)):
        if person is not None and not (may := policies.has_no_stake(person, entry)):
            return [(field, may.reason)]
    return []


def _people(bulk: Bulk) -> tuple[User, User | None]:
    found = {person.username: person for person in User.objects.filter(username__in=_names(bulk.changes))}
    owner, deputy = found.get(bulk.changes["owner"]), found.get(bulk.changes["deputy"])
    if bulk.status == Status.WORKING:
        for person in (owner, deputy) if deputy else (owner,):
            if person is not None:
                require(policies.may_own(person, Entry(hotlist=bulk.hotlist)))
    if owner is None:
        raise TooLate("The new owner is here no more.")
    return owner, deputy


def _names(changes: dict[str, Any]) -> list[str]:
    return [name for name in (changes["owner"], changes["deputy"]) if name]


def _name(person: User | None) -> str:
    return person.username if person is not None else ""


def _locked_entries(rows: list[BulkRow]) -> dict[Any, Entry]:
    keys = [row.entry_id for row in rows if row.entry_id]
    found = Entry.objects.select_for_update(of=("self",)).select_related("hotlist", "owner", "deputy")
    return {entry.pk: entry for entry in found.filter(pk__in=keys).order_by("pk")}


def _plates(entries: list[Entry]) -> set[tuple[str, str]]:
    latest = EntryVersion.objects.filter(entry__in=entries).order_by("entry", "-number").distinct("entry")
    return {version.plate for version in latest if version.vrm}
