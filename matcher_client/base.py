"""The rows of a list's file as a matcher holds them: columns, an index of plates, and the digest of each bucket."""

import sys
from array import array
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import accumulate, pairwise
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from matcher_client.rows import CONTROLS, FIELDS, FORMAT, SEPARATOR, TEXT_FIELDS, TIME_FIELDS, Row, check_bits
from matcher_client.scope import parse
from matcher_client.whole import ROWS_A_GROUP, SCHEMA

BATCH = 100_000  # rows that are looked at together: what is made of them beside the columns is gone after each batch
KEY = FIELDS[:3]
OWN_VALUES = ("vrm", "ref", "version")  # columns in which hardly any value comes twice
COMBINATIONS = 5_000  # of words that are spelled together
TEXT = pa.large_string()  # a batch of long rows has more bytes than the smaller kind can number


class Base:
    """The rows of one file, which never change. A row is made when it is asked for: nearly no plate that is read is listed.

    Rows are known by their number in the file, where they stand in key order.
    """

    def __init__(self, columns: list[pa.Array], digests: list[bytes], order: pa.Array, ends: array):
        self._columns = columns
        self.digests = digests
        self._order, self._ends = order, ends  # the numbers of all rows, bucket by bucket, and where each bucket ends
        plates = columns[FIELDS.index("vrm")].to_pylist()
        self._last = dict(zip(plates, range(len(plates)), strict=True))
        self._others: dict[str, list[int]] = {}
        if len(self._last) < len(plates):
            for number, vrm in enumerate(plates):
                if self._last[vrm] != number:
                    self._others.setdefault(vrm, []).append(number)

    def __len__(self) -> int:
        return len(self._columns[0])

    def plates(self) -> Iterator[str]:
        """Every plate that has a row, once."""
        return iter(self._last)

    def count_of(self, vrm: str) -> int:
        """How many rows a plate has."""
        return (1 + len(self._others.get(vrm, ()))) if vrm in self._last else 0

    def rows_of(self, vrm: str) -> tuple[Row, ...]:
        """The rows of a plate, whatever its country, in key order."""
        last = self._last.get(vrm)
        if last is None:
            return ()
        return tuple(self._row(number) for number in (*self._others.get(vrm, ()), last))

    def rows_in(self, buckets: Iterable[int]) -> dict[int, list[Row]]:
        """The rows of each of these buckets, in key order."""
        spans = {bucket: (self._ends[bucket - 1] if bucket else 0, self._ends[bucket]) for bucket in buckets}
        numbers = pa.chunked_array(
            [self._order.slice(start, end - start) for start, end in spans.values()], pa.uint32()
        )
        found = map(Row._make, zip(*(values(column.take(numbers)) for column in self._columns), strict=True))
        return {bucket: [next(found) for _ in range(end - start)] for bucket, (start, end) in spans.items()}

    def batches_with(self, changed: Iterable[str], rows: Iterable[Row]) -> Iterator[pa.RecordBatch]:
        """All rows in key order, with these in the place of all that the changed plates had."""
        table = pa.table(self._columns, names=FIELDS)
        if changed := list(changed):
            table = table.filter(pc.invert(pc.is_in(table["vrm"], value_set=pa.array(changed, pa.string()))))
        new = pa.Table.from_pylist([row._asdict() for row in rows], schema=SCHEMA)
        table = pa.concat_tables([table.cast(SCHEMA), new])
        yield from table.sort_by([(name, "ascending") for name in KEY]).to_batches(max_chunksize=ROWS_A_GROUP)

    def _row(self, number: int) -> Row:
        return Row._make(column[number].as_py() for column in self._columns)


def read_base(path: Path | BinaryIO, bits: int) -> Base:
    """The rows in a published Parquet file. ValueError, OSError or ArrowException when they are not as published."""
    check_bits(bits)
    digests = [sha256() for _ in range(1 << bits)]
    batches: list[pa.RecordBatch] = []
    buckets: list[pa.Array] = []
    last_key = ""
    with pq.ParquetFile(path) as file, ThreadPoolExecutor(1) as beside:
        schema = file.schema_arrow
        check_columns(schema)
        for batch in file.iter_batches(batch_size=BATCH):
            check_words(batch)
            packed = with_words_once(batch)
            lines = beside.submit(canonical_lines, packed)  # Arrow's work, while plates are hashed one by one here
            last_key = check_order(batch, last_key)
            numbers = buckets_of(batch, bits)
            digest_lines(digests, lines.result(), numbers)
            buckets.append(numbers)
            batches.append(packed)
    in_buckets = pa.chunked_array(buckets, pa.uint32()).combine_chunks()
    order = pc.array_sort_indices(in_buckets)  # which keeps the order of rows within a bucket
    ends = array("I", bytes(4 << bits))
    for bucket, _, end in runs(in_buckets.take(order)):
        ends[bucket] = end
    ends = array("I", accumulate(ends, max))
    return Base(columns_of(batches, schema), [digest.digest() for digest in digests], order.cast(pa.uint32()), ends)


def check_columns(schema: pa.Schema) -> None:
    """ValueError when the columns are not those of a row."""
    if tuple(schema.names) != FIELDS:
        raise ValueError(f"its columns are not those of format {FORMAT}")
    for column in schema:
        is_right = pa.types.is_int64 if column.name in TIME_FIELDS else is_text
        if not is_right(column.type):
            raise ValueError(f"its column {column.name} is of the type {column.type}")


def is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def check_words(batch: pa.RecordBatch) -> None:
    """ValueError when a text is missing, or a scope is not understood: it would be no limit."""
    for name in TEXT_FIELDS:
        if batch[name].null_count:
            raise ValueError(f"its column {name} has empty cells")
    for scope in batch["scope"].unique().to_pylist():
        parse(scope)


def check_order(batch: pa.RecordBatch, last_key: str) -> str:
    """The last key of the batch. ValueError when the rows do not follow `last_key` and one another, each once."""
    # What separates the parts of a key is less than anything within them, so keys compare as their parts do.
    keys = pc.binary_join_element_wise(batch["country"], batch["vrm"], batch["ref"], SEPARATOR)
    if keys[0].as_py() <= last_key or not pc.all(pc.less(keys[:-1], keys[1:]), min_count=0).as_py():
        raise ValueError("Rows must come in the order of country, vrm and ref, each once.")
    return keys[-1].as_py()


def canonical_lines(batch: pa.RecordBatch) -> pa.Array:
    """The canonical bytes of each row, as rows.canonical makes them. ValueError for what cannot be in one."""
    lines = pc.binary_join_element_wise(*parts_of_lines(batch), pa.scalar("", TEXT))
    lines.validate(full=True)  # which looks whether it is UTF-8; reading does not
    text = text_of(lines)
    if len(text) - len(bytes(text).translate(None, CONTROLS)) != len(lines) * len(FIELDS):
        raise ValueError("Control characters cannot be published, and it has some.")
    return lines


def parts_of_lines(batch: pa.RecordBatch) -> Iterator[pa.Array | pa.Scalar]:
    """What canonical lines are joined from. Neighbouring columns whose words come again and again are spelled together, once
    for each combination and not once for each row."""
    words, codes = [""], None
    for name in FIELDS:
        column, begins = batch[name], SEPARATOR if name != FIELDS[0] else ""
        if not pa.types.is_dictionary(column.type):
            yield chosen([word + begins for word in words], codes)
            yield column.cast(TEXT)
            words, codes = [""], None
            continue
        own = ["" if word is None else str(word) for word in column.dictionary.to_pylist()]
        numbers = column.indices.cast(pa.int64())
        if column.null_count:
            numbers = numbers.fill_null(len(own))
            own.append("")
        if codes is not None and len(words) * len(own) > COMBINATIONS:
            yield chosen(words, codes)
            words, codes = [""], None
        codes = numbers if codes is None else pc.add(pc.multiply(codes, len(own)), numbers)
        words = [f"{before}{begins}{word}" for before in words for word in own]
    yield chosen([f"{word}\n" for word in words], codes)


def chosen(words: list[str], codes: pa.Array | None) -> pa.Array | pa.Scalar:
    """For each row the word that its code numbers; the one that there is, when all are the same."""
    return pa.scalar(words[0], TEXT) if codes is None or len(words) == 1 else pa.array(words, TEXT).take(codes)


def buckets_of(batch: pa.RecordBatch, bits: int) -> pa.Array:
    """The bucket of each row, as rows.bucket_of says it."""
    plates = pc.binary_join_element_wise(batch["country"], batch["vrm"], SEPARATOR).cast(pa.binary())
    starts = array("I", b"".join([sha256(plate).digest()[:4] for plate in plates.to_pylist()]))
    if sys.byteorder == "little":
        starts.byteswap()
    numbers = pa.Array.from_buffers(pa.uint32(), len(starts), [None, pa.py_buffer(starts)])
    return pc.shift_right(numbers.cast(pa.uint64()), pa.scalar(32 - bits, pa.uint64())).cast(pa.uint32())


def digest_lines(digests: list, lines: pa.Array, buckets: pa.Array) -> None:
    """Adds each line to the digest of its bucket, in the order in which they come."""
    order = pc.array_sort_indices(buckets)
    lines = lines.take(order)
    text, ends = text_of(lines), memoryview(lines.buffers()[1]).cast("q")
    for bucket, start, end in runs(buckets.take(order)):
        digests[bucket].update(text[ends[start] : ends[end]])


def runs(numbers: pa.Array) -> Iterator[tuple[int, int, int]]:
    """Which number stands from where to where in numbers that are sorted."""
    encoded = pc.run_end_encode(numbers)
    ends = encoded.run_ends.to_pylist()
    return ((number, *span) for number, span in zip(encoded.values.to_pylist(), pairwise([0, *ends]), strict=True))


def text_of(lines: pa.Array) -> memoryview:
    """All lines, one after the other."""
    _, ends, text = lines.buffers()
    return memoryview(text)[: memoryview(ends).cast("q")[len(lines)]]


def with_words_once(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows; of values that come again and again, such as a category, one copy is kept."""
    columns = [batch[name] if name in OWN_VALUES else batch[name].dictionary_encode() for name in FIELDS]
    return pa.RecordBatch.from_arrays(columns, names=FIELDS)


def columns_of(batches: list[pa.RecordBatch], schema: pa.Schema) -> list[pa.Array]:
    """The columns of all batches, each as small as its values allow."""
    if not batches:
        return schema.empty_table().combine_chunks().columns
    table = pa.Table.from_batches(batches).unify_dictionaries()
    return [smallest(table[name].combine_chunks()) for name in FIELDS]


def values(column: pa.ChunkedArray) -> list:
    """A column as Python values."""
    kind = column.type
    return (column.cast(kind.value_type) if pa.types.is_dictionary(kind) else column).to_pylist()


def smallest(column: pa.Array) -> pa.Array:
    """A column with numbers for its words of no more bytes than they need, or with the words themselves when they differ."""
    if not pa.types.is_dictionary(column.type):
        return column
    words = len(column.dictionary)
    if words > len(column) // 4:
        return column.dictionary_decode()
    for kind, most in ((pa.int8(), 1 << 7), (pa.int16(), 1 << 15)):
        if words <= most:
            return pa.DictionaryArray.from_arrays(column.indices.cast(kind), column.dictionary)
    return column
