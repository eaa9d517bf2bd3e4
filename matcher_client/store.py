"""What the matcher holds in memory and matches against: lists, rows by plate, sites in service."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from matcher_client.manifest import Manifest
from matcher_client.reads import Read
from matcher_client.refusals import FORMAT, TAMPER, Refused
from matcher_client.rows import FIELDS, TIME_FIELDS, BucketDigests, Row, answer, bucket_of, canonical, row_key
from matcher_client.rows import FORMAT as FORMAT_OF_ROWS
from matcher_client.scope import covers, parse

BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Where:
    """What is known of places beside whether they are in service: the area of a site, the direction a camera looks."""

    areas: Mapping[str, str] = field(default_factory=dict)
    directions: Mapping[str, str] = field(default_factory=dict)

    def direction(self, read: Read) -> str:
        """Towards which the vehicle drove, as the camera said or as it is registered; empty when neither does."""
        return read.direction or self.directions.get(read.camera, "")


@dataclass(slots=True)
class HeldList:
    """One revision of a list, loaded. Rows are found by plate alone: a read's country may be wrong or missing."""

    role: str
    manifest: Manifest
    sha256: str
    applied_at: int
    by_vrm: dict[str, tuple[Row, ...]] = field(repr=False)
    buckets: dict[int, list[str]] = field(repr=False)
    until: int | None = None  # the second at which it is no longer given to us

    def rows_in(self, bucket: int) -> list[Row]:
        """The rows of a bucket in key order, taken from the very rows that are matched against."""
        vrms = set(self.buckets.get(bucket, ()))
        found = (row for vrm in vrms for row in self.by_vrm.get(vrm, ()))
        bits = self.manifest.bucket_bits
        return sorted((row for row in found if bucket_of(row.country, row.vrm, bits) == bucket), key=row_key)

    def count(self) -> int:
        return sum(len(rows) for rows in self.by_vrm.values())


class Store:
    """All lists of one snapshot, changed only as a whole: a read is matched against one moment or the next."""

    def __init__(self) -> None:
        self._held: tuple[Mapping[str, HeldList], Mapping[str, int], int, Where] = ({}, {}, 0, Where())

    @property
    def lists(self) -> Mapping[str, HeldList]:
        return self._held[0]

    @property
    def sites(self) -> Mapping[str, int]:
        return self._held[1]

    @property
    def verified_at(self) -> int:
        """When the portal last proved that what is held is current, in seconds."""
        return self._held[2]

    @property
    def where(self) -> Where:
        """Where sites and cameras are."""
        return self._held[3]

    def replace(
        self, lists: Mapping[str, HeldList], sites: Mapping[str, int], verified_at: int, where: Where | None = None
    ) -> None:
        """Hold these lists from now on and nothing else."""
        self._held = (lists, sites, verified_at, where or Where())

    def in_service(self, site: str, at: float) -> bool:
        """Whether reads from `site` may be matched at the moment `at`."""
        return at < self.sites.get(site, 0)

    def matching(self, vrm: str, at: float) -> Iterator[tuple[HeldList, Row]]:
        """Every row in force at the moment `at` that looks for the plate, whatever its country."""
        lists, _, verified_at, _ = self._held
        for held in lists.values():
            rows = held.by_vrm.get(vrm)
            if rows and (held.until is None or at < held.until) and is_alive(held.manifest, verified_at, at):
                for row in rows:
                    if in_force(row, at):
                        yield held, row

    def covers(self, row: Row, read: Read) -> bool:
        """Whether the read lies within the scope that was authorised for the row."""
        where = self.where
        area, direction = where.areas.get(read.site, ""), where.direction(read)
        return covers(parse(row.scope), site=read.site, area=area, direction=direction, at=read.captured_at)

    def answer(self, role: str, nonce: bytes, bucket: int) -> str:
        """The answer to a challenge about one bucket of a list, from what is held at this moment."""
        return answer(nonce, map(canonical, self.lists[role].rows_in(bucket)))

    def count(self, role: str) -> int:
        """How many rows of a list are held."""
        return self.lists[role].count()


def is_alive(manifest: Manifest, verified_at: float, at: float) -> bool:
    """Whether a list may be matched against: neither lapsed as a whole nor past its offline life (R-085)."""
    lapses_at = manifest.list_lapses_at
    return at < verified_at + manifest.offline_life and (lapses_at is None or at < lapses_at)


def in_force(row: Row, at: float) -> bool:
    """Whether a row is in force at the moment `at`, to the second (decision 12)."""
    return (row.starts_at is None or row.starts_at <= at) and (row.lapses_at is None or at < row.lapses_at)


def load(path: Path, role: str, manifest: Manifest, sha256: str, applied_at: int, until: int | None = None) -> HeldList:
    """The list in a Parquet file, held against its manifest. Raises Refused when the two differ."""
    digests = BucketDigests(manifest.bucket_bits)
    by_vrm: dict[str, tuple[Row, ...]] = {}
    buckets: dict[int, list[str]] = {}
    try:
        for row in read_rows(path):
            bucket = digests.add(row)
            parse(row.scope)  # a limit that is not understood would be no limit
            by_vrm[row.vrm] = (*by_vrm.get(row.vrm, ()), row)
            buckets.setdefault(bucket, []).append(row.vrm)
    except (ValueError, OSError, pa.ArrowException) as error:
        raise Refused(FORMAT, f"the rows of list {role} cannot be read: {error}") from error
    if digests.count != manifest.rows:
        raise Refused(TAMPER, f"list {role} has {digests.count} rows; its manifest says {manifest.rows}.")
    if digests.root() != manifest.root:
        raise Refused(TAMPER, f"the rows of list {role} are not those that its manifest was made for.")
    return HeldList(role, manifest, sha256, applied_at, by_vrm, buckets, until)


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a published Parquet file, a batch at a time. ValueError when its columns are not those of a row."""
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        if tuple(schema.names) != FIELDS:
            raise ValueError(f"its columns are not those of format {FORMAT_OF_ROWS}")
        for column in schema:
            wanted = pa.types.is_int64 if column.name in TIME_FIELDS else is_text
            if not wanted(column.type):
                raise ValueError(f"its column {column.name} is of the type {column.type}")
        for batch in file.iter_batches(batch_size=BATCH):
            columns = [values(batch.column(name), name) for name in FIELDS]
            yield from map(Row._make, zip(*columns, strict=True))


def is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def values(column: pa.Array, name: str) -> list:
    """A column as Python values; of words that repeat, such as a category, one copy is kept."""
    if name in TIME_FIELDS or name in ("vrm", "ref", "version"):
        found = column.to_pylist()
    else:
        encoded = column.dictionary_encode()
        words = [*encoded.dictionary.to_pylist(), None]
        found = [words[-1 if index is None else index] for index in encoded.indices.to_pylist()]
    if name not in TIME_FIELDS and column.null_count:
        raise ValueError(f"its column {name} has empty cells")
    return found
