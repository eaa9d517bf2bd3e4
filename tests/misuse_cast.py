"""What indicators of misuse are tested with: acts of any day, as the log holds them."""

import datetime as dt
import os
import uuid
from collections.abc import Iterable

from audit.actions import plate_hash
from audit.models import Event
from audit.verbs import Verb
from portal.partitions import ensure_partitions, uuid7_floor

Act = tuple[dt.datetime, int, Verb, str]  # when, the person's id, what, the plate or nothing


def id_of(moment: dt.datetime) -> uuid.UUID:
    """The id of something that was written at this moment."""
    return uuid.UUID(int=uuid7_floor(moment).int | 0x7 << 76 | 0x2 << 62 | int.from_bytes(os.urandom(7)))


def planted(acts: Iterable[Act]) -> None:
    """Writes these acts into the log, whenever they were; the tables have their months."""
    hashes: dict[str, str] = {"": ""}
    made = []
    for at, who, verb, plate in acts:
        if plate not in hashes:
            hashes[plate] = plate_hash("GB", plate)
        made.append(Event(
            id=id_of(at), at=at, verb=verb, operation=verb.operation, subject_kind="standards.standardsprofile", subject_id="1",
            actor_kind="user", actor_id=str(who), plate_hash=hashes[plate], correlation_id="planted", commitment=bytes(32),
        ))  # fmt: skip
    ensure_partitions(months_behind=14)
    Event.objects.bulk_create(made, batch_size=2000)
