"""What indicators of misuse are tested with: acts of any day, as the log holds them."""

import datetime as dt
import json
import os
import uuid
from collections.abc import Iterable

from django.db import connection

from audit.actions import plate_hash
from audit.models import Event
from audit.verbs import Verb
from hits.models import Hit, Outcome
from hotlists.models import EntryVersion
from portal.database.throwaway import admin_connection
from portal.partitions import ensure_partitions, uuid7_floor

DAY = dt.timedelta(days=1)
LIKE = (
    "INSERT INTO {0} SELECT (jsonb_populate_record(t, o.over)).* FROM {0} t, jsonb_array_elements(%s::jsonb) AS o(over)"
    " WHERE t.{1} = %s"
)

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


def seen_and_left(hit: Hit, version: EntryVersion, count: int, since: dt.datetime) -> None:
    """Hits like this one on another entry that asks for a stop, to which nobody was sent."""
    hits, outcomes = [], []
    for n in range(count):
        at = since + n * DAY
        one, stamp = str(id_of(at)), at.isoformat()
        hits.append({
            "id": one, "entry_id": str(version.entry_id), "version_id": str(version.pk), "vrm": version.vrm, "action": "STOP",
            "received_at": stamp, "captured_at": stamp, "acknowledged_at": stamp, "closed_at": stamp, "cautions": [],
        })  # fmt: skip
        outcomes.append({"hit_id": one, "decision": "NOT_DEPLOYED", "reason": "low_value", "recorded_at": stamp})
    written((hit, hits), (Outcome.objects.get(hit=hit), outcomes))


def written(*patterns: tuple) -> None:
    """Rows like a pattern but for some columns, as the database's owner with triggers aside: nobody did these one by one."""
    options = "-c session_replication_role=replica"
    with admin_connection(connection.settings_dict["NAME"], options=options) as admin:
        for pattern, rows in patterns:
            query = LIKE.format(pattern._meta.db_table, pattern._meta.pk.column)
            admin.execute(query, [json.dumps(rows), pattern.pk])
