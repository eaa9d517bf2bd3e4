"""What the matcher holds in memory and matches against: lists, rows by plate, sites in service."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from matcher_client.base import Base, read_base
from matcher_client.manifest import Manifest
from matcher_client.reads import Read
from matcher_client.refusals import FORMAT, TAMPER, Refused
from matcher_client.rows import Row, answer, bucket_of, canonical, root, row_key
from matcher_client.scope import covers, parse


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
    """One revision of a list, loaded: a base, and beside it all rows of the plates that changed since (none: the plate is
    gone). Rows are found by plate alone: a read's country may be wrong or missing."""

    role: str
    manifest: Manifest
    sha256: str
    applied_at: int
    base: Base = field(repr=False)
    digests: list[bytes] = field(repr=False)  # of the rows as they are now, one a bucket
    changed: Mapping[str, tuple[Row, ...]] = field(default_factory=dict, repr=False)
    until: int | None = None  # the second at which it is no longer given to us

    def rows_of(self, vrm: str) -> tuple[Row, ...]:
        """The rows of a plate, whatever its country."""
        changed = self.changed.get(vrm)
        return self.base.rows_of(vrm) if changed is None else changed

    def rows_in(self, bucket: int) -> list[Row]:
        """The rows of a bucket in key order, taken from the very rows that are matched against."""
        return self.rows_in_each([bucket])[bucket]

    def rows_in_each(self, buckets: Collection[int]) -> dict[int, list[Row]]:
        """The rows of each of these buckets, as `rows_in`; of many together they are found much faster."""
        found = self.base.rows_in(buckets)
        if not self.changed:
            return found
        found = {bucket: [row for row in rows if row.vrm not in self.changed] for bucket, rows in found.items()}
        for rows in self.changed.values():
            for row in rows:
                bucket = bucket_of(row.country, row.vrm, self.manifest.bucket_bits)
                if bucket in found:
                    found[bucket].append(row)
        return {bucket: sorted(rows, key=row_key) for bucket, rows in found.items()}

    def count(self) -> int:
        """How many rows there are."""
        return len(self.base) + sum(len(rows) - self.base.count_of(vrm) for vrm, rows in self.changed.items())

    def plates(self) -> set[str]:
        """Every plate that is looked for."""
        return {*self.base.plates(), *self.changed} - {vrm for vrm, rows in self.changed.items() if not rows}


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
            rows = held.rows_of(vrm)
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
    """The list in a Parquet file; `judge` says whether it is that of its manifest. Raises Refused when it cannot be read."""
    try:
        base = read_base(path, manifest.bucket_bits)
    except (ValueError, OSError, pa.ArrowException) as error:
        raise Refused(FORMAT, f"the rows of list {role} cannot be read: {error}") from error
    return HeldList(role, manifest, sha256, applied_at, base, base.digests, until=until)


def judge(held: HeldList) -> HeldList:
    """The list, if its rows are those that its manifest was made for. Raises Refused when they are not."""
    if held.count() != held.manifest.rows:
        raise Refused(TAMPER, f"list {held.role} has {held.count()} rows; its manifest says {held.manifest.rows}.")
    if root(held.digests).hex() != held.manifest.root:
        raise Refused(TAMPER, f"the rows of list {held.role} are not those that its manifest was made for.")
    return held
