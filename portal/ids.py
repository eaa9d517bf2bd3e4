"""Ids in order of time."""

import datetime as dt
import uuid

from uuid_utils import compat


def new_id() -> uuid.UUID:
    """A UUIDv7: its first 48 bits are the milliseconds since 1970, so that tables partitioned by id are partitioned by time."""
    return compat.uuid7()


def moment_of(id_: uuid.UUID) -> dt.datetime:
    """When this UUIDv7 was made, to the millisecond."""
    return dt.datetime.fromtimestamp((id_.int >> 80) / 1000, dt.UTC)


def earliest_at(moment: dt.datetime) -> uuid.UUID:
    """An id that is no greater than any UUIDv7 made from this moment on."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)
