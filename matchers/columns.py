"""Canonical rows as columns: hundreds of thousands at once, without looking at any of them in Python."""

from collections.abc import Iterable, Iterator
from itertools import islice

import pyarrow as pa
from pyarrow import csv

from matcher_client import whole
from matcher_client.rows import FIELDS, SEPARATOR

LONGEST = 1 << 24  # bytes that are read at once; a row has to fit

# Nothing in a row is quoted or escaped: it holds no control character, and these are all that means anything here.
_PARSING = csv.ParseOptions(delimiter=SEPARATOR, quote_char=False, escape_char=False)
_READING = csv.ReadOptions(column_names=FIELDS, block_size=LONGEST)
_VALUES = csv.ConvertOptions(column_types=whole.SCHEMA, null_values=[""], strings_can_be_null=False)


def batches_of(lines: Iterable[bytes]) -> Iterator[pa.RecordBatch]:
    """Canonical rows with the ends of their lines, as columns; one batch in memory at a time."""
    rest = iter(lines)
    while text := b"".join(islice(rest, whole.ROWS_A_GROUP)):
        table = csv.read_csv(pa.BufferReader(text), _READING, _PARSING, _VALUES)
        yield from table.combine_chunks().to_batches()
