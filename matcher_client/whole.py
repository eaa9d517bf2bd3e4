"""The whole file of a list as Parquet: written by the portal, and by a client that tidies its copy."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from matcher_client.rows import FIELDS, TIME_FIELDS

ROWS_A_GROUP = 50_000
SCHEMA = pa.schema([(name, pa.int64() if name in TIME_FIELDS else pa.string()) for name in FIELDS])

_SORTED_TEXT = ("vrm", "ref", "version")  # each value near its neighbour, so only what differs is written


def write(file: Any, batches: Iterable[pa.RecordBatch]) -> None:
    """Rows in key order, one group of them in memory at a time. `file` is a path or something to write to."""
    writer = pq.ParquetWriter(
        file,
        SCHEMA,
        compression="zstd",
        use_dictionary=[name for name in FIELDS if name not in _SORTED_TEXT and name not in TIME_FIELDS],
        column_encoding={
            **dict.fromkeys(_SORTED_TEXT, "DELTA_BYTE_ARRAY"),
            **dict.fromkeys(TIME_FIELDS, "DELTA_BINARY_PACKED"),
        },
        store_schema=False,
    )
    with writer:
        for batch in batches:
            writer.write_batch(batch, row_group_size=ROWS_A_GROUP)
