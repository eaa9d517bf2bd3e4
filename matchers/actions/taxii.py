"""What unsigned matchers fetch as STIX over TAXII (R-100): a page at a time, each recorded as disclosure.

They stand behind the same door as those that ask by revision numbers, and prove as little.
"""

import datetime as dt
import json
import uuid
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor, MachineClient
from audit.actions import record
from audit.verbs import Verb
from matchers.actions.doors import bring_up
from matchers.models import Allocation, Disclosure, DoorList, Publication, RevisionDoor
from matchers.unsigned.carrying import Terms
from matchers.unsigned.pages import FIRST, Only, Position, Said, bounds_moved_at, said, withheld
from portal.errors import Stranger


@dataclass(frozen=True, slots=True)
class Page:
    """Objects of one collection, and the position after which there is more."""

    objects: list[Said]
    more_after: Position | None


def own_source(*, by: Actor) -> str:
    """The source of the machine that asks. Raises Stranger for one that has no door."""
    door = RevisionDoor.objects.filter(matcher__machine=by.pk).first() if isinstance(by, MachineClient) else None
    if door is None:
        raise Stranger("This machine has no source.")
    return door.source_id


def collection_id(door: RevisionDoor, each: DoorList) -> uuid.UUID:
    """By which a list is known behind one door, and behind no other."""
    return uuid.uuid5(each.hotlist_id, door.source_id)


@transaction.atomic
def open_collections(source_id: str, *, by: Actor) -> list[tuple[uuid.UUID, DoorList]]:
    """The lists that the matcher is given now."""
    door = bring_up(source_id, by=by)
    given = door.lists.filter(is_given=True).select_related("hotlist")
    return [(collection_id(door, each), each) for each in given]


@transaction.atomic
def fetch_page(
    source_id: str, collection: uuid.UUID, *, by: Actor, most: int, since: dt.datetime | None = None,
    after: Position | None = None, only: Only | None = None,
) -> Page:  # fmt: skip
    """Objects that came to be said after `since`, from a position on. Whoever asks with a `since` has, it says, what was before."""
    given = dict(open_collections(source_id, by=by))
    if collection not in given:
        raise Stranger("No such list is given to you.")
    each = given[collection]
    publication = Publication.objects.to_all().select_related("hotlist").get(
        hotlist=each.hotlist_id, revision=each.revision
    )  # fmt: skip
    now = timezone.now()
    allocation = (
        Allocation.objects.running(now).filter(matcher=each.door_id, hotlist=each.hotlist_id).order_by("-until_at")[0]
    )
    terms = Terms.of(publication, Disclosure.Form.STIX, now, until=each.until_at)
    found, more_after = said(
        terms, since=since, after=after or FIRST, most=most, only=only or Only(),
        given_at=bounds_moved_at(publication, allocation),
    )  # fmt: skip
    if since is not None and after is None:
        _note_held(each, since, now)
    if more_after is None and only is None:
        each.sent_number, each.sent_revision = each.number, each.revision
        each.save(update_fields=["sent_number", "sent_revision"])
    told = [part.object for part in found if part.object["type"] == "indicator"]
    if not told:
        return Page(found, more_after)
    left_out = withheld(terms) if after is None and since is None else Counter[str]()
    record(
        Verb.LEGACY_FETCHED, target=each.door.matcher, by=by, count=sum("revoked" not in part for part in told),
        also=[each.hotlist], lists=each.hotlist.title, number=each.number, form="stix",
        sha256=sha256(json.dumps(told).encode()).hexdigest(),
        withheld=[f"{each.hotlist.slug}: {count} {reason}" for reason, count in sorted(left_out.items())],
        recipients=str(each.door.matcher),
    )  # fmt: skip
    return Page(found, more_after)


def _note_held(each: DoorList, since: dt.datetime, now: dt.datetime) -> None:
    """Whoever asks for what came after a moment says, unproved, that it has what was sent up to then."""
    if each.sent_revision is None:
        return
    sent_at = Publication.objects.filter(hotlist=each.hotlist_id, revision=each.sent_revision).values_list(
        "generated_at"
    )
    if sent_at.filter(generated_at__lte=since).exists():
        each.held_number, each.held_revision, each.received_at = each.sent_number, each.sent_revision, now
        each.save(update_fields=["held_number", "held_revision", "received_at"])
