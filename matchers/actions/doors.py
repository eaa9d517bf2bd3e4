"""What matchers that know only revision numbers ask for (R-100): the newest number, full-replacement files, what they hold.

Unsigned, so nothing here proves anything: rows that they had stay under recall for good.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor
from audit.actions import record
from audit.verbs import Verb
from matchers.actions.matchers import note_seen
from matchers.models import Allocation, Disclosure, DoorList, FeedList, Publication, RevisionDoor
from matchers.unsigned import files, writing
from matchers.unsigned.carrying import Terms, rows, starts_after
from portal.errors import Stranger, Unfit

NO_CHANGE = -1


@dataclass(frozen=True)
class Update:
    """The answer to a matcher that lacks something: the new number, and its file unless that is larger than it takes."""

    number: int
    file: files.Made | None
    length: int


@transaction.atomic
def bring_up(source_id: str, *, by: Actor) -> RevisionDoor:
    """The matcher's own door, with numbers that tell what its files hold at this moment. Raises Stranger at any other."""
    now = timezone.now()
    door = (
        RevisionDoor.objects.select_for_update(of=("self",), no_key=True)
        .select_related("matcher__machine")
        .filter(source_id=source_id, matcher__machine=getattr(by, "pk", None))
        .first()
    )
    if door is None or door.matcher.machine != by:
        raise Stranger("This is not your source.")
    note_seen(door.matcher, by=by)
    ends = dict(
        Allocation.objects.running(now).filter(matcher=door.matcher).order_by().values_list("hotlist", "until_at")
    )
    carried = FeedList.objects.carried().filter(feed=door.matcher.feed_id).select_related("ending")
    newest = Publication.objects.current().filter(hotlist__in=carried.values("role")).in_bulk()
    by_list = {publication.hotlist_id: publication for publication in newest.values()}
    known = {each.hotlist_id: each for each in door.lists.all()}
    changed = []
    for each in carried:
        publication = each.ending or by_list.get(each.role_id)
        until = None if each.ending_id else ends.get(each.role_id)
        found = known.get(each.role_id) or DoorList(door=door, hotlist_id=each.role_id)
        if publication is None or (found.pk and not _differs(found, publication, until, now)):
            continue
        found.revision, found.is_given, found.until_at = publication.revision, until is not None, until
        changed.append(found)
    if changed:
        door.number += 1
        door.save(update_fields=["number"])
        due = starts_after({each.hotlist_id: each.revision for each in changed}, now)
        for behind in changed:
            behind.number, behind.due_at = door.number, due.get(behind.hotlist_id)
        DoorList.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["door", "hotlist"],
            update_fields=["number", "revision", "is_given", "until_at", "due_at"],
        )  # fmt: skip
    return door


@transaction.atomic
def fetch_update(source_id: str, *, by: Actor, held: int, most: int | None = None, slug: str = "") -> Update | None:
    """A ZIP with the full-replacement file of every list that changed since `held`, or of the one called `slug`; None when
    nothing did. Larger than `most` bytes it is not handed out, and not recorded. Recorded as disclosure."""
    door = bring_up(source_id, by=by)
    lists = _lists(door, slug)
    newest = max((each.number for each in lists), default=0) if slug else door.number
    if held == newest:
        return None
    # A number from the future is one of a database that was lost: it gets everything.
    lacking = [each for each in lists if slug or held > newest or each.number > held]
    now = timezone.now()
    withheld: dict[str, Counter[str]] = {each.hotlist.slug: Counter() for each in lacking}
    publications = _publications(lacking)
    members = (
        (
            f"{door.source_id}_{each.hotlist.slug}_R.dat",
            _file(each, publications.get(each.hotlist_id), withheld[each.hotlist.slug], now),
        )
        for each in lacking
    )
    with files.zipped(members) as made:
        if most is not None and made.length > most:
            made.file.close()
            return Update(newest, None, made.length)
        for each in lacking:
            each.sent_number, each.sent_revision = each.number, each.revision
        DoorList.objects.bulk_update(lacking, ["sent_number", "sent_revision"])
        rows_given = sum(publication.rows for publication in publications.values())
        count = rows_given - sum(found.total() for found in withheld.values())
        record(
            Verb.LEGACY_FETCHED, target=door.matcher, by=by, count=count, also=[each.hotlist for each in lacking],
            lists=", ".join(each.hotlist.title for each in lacking), number=newest, sha256=made.sha256,
            withheld=[
                f"{name}: {count} {reason}" for name, found in withheld.items() for reason, count in sorted(found.items())
            ],
            recipients=str(door.matcher),
        )  # fmt: skip
    return Update(newest, made, made.length)


@transaction.atomic
def note_held(source_id: str, *, by: Actor, number: int, slug: str = "") -> RevisionDoor:
    """What the matcher says that it holds, of one list or of all that it was handed by then. Raises Unfit for a number that
    was not handed out: nobody holds what nobody gave."""
    door = bring_up(source_id, by=by)
    now = timezone.now()
    lists = _lists(door, slug)
    said = [
        each
        for each in lists
        if each.sent_number and (each.sent_number == number if slug else each.sent_number <= number)
    ]
    if not said or number > door.number:
        raise Unfit("This revision was not handed out to you.", {"revision": ["Say the revision of the last file."]})
    for each in said:
        each.held_number, each.held_revision, each.received_at = each.sent_number, each.sent_revision, now
    DoorList.objects.bulk_update(said, ["held_number", "held_revision", "received_at"])
    record(
        Verb.LEGACY_HELD, target=door.matcher, by=by, also=[each.hotlist for each in said], number=number,
        lists=", ".join(each.hotlist.title for each in said),
    )  # fmt: skip
    return door


def _differs(known: DoorList, publication: Publication, until: dt.datetime | None, now: dt.datetime) -> bool:
    facts = (publication.revision, until is not None, until)
    return facts != (known.revision, known.is_given, known.until_at) or known.is_due(now)


def _lists(door: RevisionDoor, slug: str) -> list[DoorList]:
    found = list(door.lists.select_related("hotlist").order_by("hotlist__slug"))
    if slug:
        found = [each for each in found if each.hotlist.slug == slug]
        if not found:
            raise Stranger("No such list is given to you.")
    return found


def _publications(lists: Iterable[DoorList]) -> dict[object, Publication]:
    """The revision that each number stands for."""
    wanted = {(each.hotlist_id, each.revision) for each in lists if each.is_given}
    found = Publication.objects.to_all().filter(
        hotlist__in=[hotlist for hotlist, _ in wanted], revision__in=[revision for _, revision in wanted]
    )
    return {each.hotlist_id: each for each in found if (each.hotlist_id, each.revision) in wanted}


def _file(each: DoorList, publication: Publication | None, withheld: Counter[str], now: dt.datetime) -> Iterable[bytes]:
    if publication is None or not each.is_given:
        return []  # taken away: a full replacement by nothing
    terms = Terms.of(publication, Disclosure.Form.VOI, now, until=each.until_at)
    return writing.voi(rows(terms, withheld), str(each.number))
