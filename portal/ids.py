"""Ids in order of time."""

import uuid

from uuid_utils import compat


def new_id() -> uuid.UUID:
    """A UUIDv7: its first 48 bits are the milliseconds since 1970, so that tables partitioned by id are partitioned by time."""
    return compat.uuid7()
