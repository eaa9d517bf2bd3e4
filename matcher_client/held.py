"""One revision of a list as it is held: the rows of a whole file, and of the plates that deltas changed since."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from matcher_client.base import Base, read_base
from matcher_client.deltas import Changes, Step, way
from matcher_client.manifest import Manifest
from matcher_client.refusals import FORMAT, TAMPER, Refused
from matcher_client.rows import Row, bucket_digest, bucket_of, root, row_key
from matcher_client.scope import parse


class HeldRows:
    """Rows that are matched against. Never changed: what a delta makes of them are other rows, which share what stayed."""

    def __init__(
        self,
        base: Base,
        bits: int,
        changed: Mapping[str, tuple[Row, ...]],
        changed_in: Mapping[int, frozenset[str]],
        digests: list[bytes],
        count: int,
    ):
        self._base = base
        self.bits = bits
        self._changed = changed  # plates, with no row where none is left
        self._changed_in = changed_in  # bucket -> such plates
        self.digests = digests
        self.count = count

    @classmethod
    def read(cls, file: Path | BinaryIO, bits: int) -> "HeldRows":
        """The rows of a whole file. ValueError, OSError or ArrowException when it is not one."""
        base = read_base(file, bits)
        return cls(base, bits, {}, {}, base.digests, len(base))

    def rows_of(self, vrm: str) -> tuple[Row, ...]:
        """The rows of a plate, whatever its country: a read's country may be wrong or missing."""
        found = self._changed.get(vrm)
        return self._base.rows_of(vrm) if found is None else found

    def rows_in(self, bucket: int) -> list[Row]:
        """The rows of a bucket in key order, taken from the very rows that are matched against."""
        return self.rows_in_each([bucket])[bucket]

    def rows_in_each(self, buckets: Collection[int]) -> dict[int, list[Row]]:
        """The rows of each of these buckets; of many together they are found much faster."""
        found = self._base.rows_in(buckets)
        for bucket in self._changed_in.keys() & found.keys():
            # Of a plate of several countries, what changed in another bucket leaves its rows in this one as they were.
            plates = self._changed_in[bucket]
            rows = [row for row in found[bucket] if row.vrm not in plates]
            changed = (row for vrm in plates for row in self._changed[vrm])
            rows += [row for row in changed if bucket_of(row.country, row.vrm, self.bits) == bucket]
            found[bucket] = sorted(rows, key=row_key)
        return found

    def plates(self) -> set[str]:
        """All plates that have rows."""
        return {vrm for vrm in (*self._base.plates(), *self._changed) if self.rows_of(vrm)}

    def root(self) -> str:
        """The root over the digests of all buckets, in hexadecimal."""
        return root(self.digests).hex()

    def after(self, changes: Changes) -> "HeldRows":
        """What a delta makes of these rows; only the buckets that it touches are digested anew."""
        changed = dict(self._changed)
        of_plates: dict[str, dict[tuple[str, str, str], Row]] = {}
        count = self.count
        buckets: dict[int, set[str]] = {}
        for key, row in changes.items():
            country, vrm, _ = key
            if vrm not in of_plates:
                of_plates[vrm] = {row_key(each): each for each in self.rows_of(vrm)}
            count += (row is not None) - (key in of_plates[vrm])
            of_plates[vrm].pop(key, None)
            if row is not None:
                parse(row.scope)  # a limit that is not understood would be no limit
                of_plates[vrm][key] = row
            buckets.setdefault(bucket_of(country, vrm, self.bits), set()).add(vrm)
        changed |= {vrm: tuple(sorted(rows.values(), key=row_key)) for vrm, rows in of_plates.items()}
        changed_in = {
            **self._changed_in,
            **{bucket: self._changed_in.get(bucket, frozenset()) | vrms for bucket, vrms in buckets.items()},
        }
        made = HeldRows(self._base, self.bits, changed, changed_in, list(self.digests), count)
        for bucket, rows in made.rows_in_each(buckets.keys()).items():
            made.digests[bucket] = bucket_digest(rows)
        return made

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows in key order, as a whole file holds them."""
        return self._base.batches_with(self._changed, (row for rows in self._changed.values() for row in rows))


@dataclass(frozen=True, slots=True)
class DeltaFile:
    """A delta on this machine's own disk."""

    name: str
    step: Step


@dataclass(frozen=True, slots=True)
class Files:
    """Where a list is on disk: a whole file of some revision, and the deltas that lead on from it."""

    whole: str
    deltas: tuple[DeltaFile, ...] = ()

    @property
    def names(self) -> set[str]:
        """All of them."""
        return {self.whole, *(delta.name for delta in self.deltas)}


@dataclass(frozen=True, slots=True)
class HeldList:
    """One revision of a list, loaded, verified, and where it is on disk."""

    role: str
    manifest: Manifest
    files: Files
    applied_at: int
    rows: HeldRows = field(repr=False)
    until: int | None = None  # the second at which it is no longer given to us

    def way_to(self, manifest: Manifest) -> tuple[Step, ...] | None:
        """The deltas that lead from here to another revision; None when only the whole file does."""
        if self.manifest.terminal or manifest.terminal or manifest.bucket_bits != self.rows.bits:
            return None
        steps = way(manifest.deltas, self.manifest.revision, whole=manifest.full_revision)
        return tuple(steps) if steps else None


def read_whole(file: Path | BinaryIO, role: str, bits: int) -> HeldRows:
    """The rows in a whole file. Raises Refused when it is not one."""
    try:
        return HeldRows.read(file, bits)
    except (ValueError, OSError, pa.ArrowException) as error:
        raise Refused(FORMAT, f"the rows of list {role} cannot be read: {error}") from error


def follow(rows: HeldRows, deltas: Iterable[Changes], role: str) -> HeldRows:
    """What deltas, one after the other, make of rows. Raises Refused when one cannot be read."""
    try:
        for changes in deltas:
            rows = rows.after(changes)
    except ValueError as error:
        raise Refused(FORMAT, f"a delta of list {role} cannot be read: {error}.") from error
    return rows


def judge(role: str, manifest: Manifest, rows: HeldRows) -> None:
    """Raises Refused unless the rows are those that the manifest was made for."""
    if rows.count != manifest.rows:
        raise Refused(TAMPER, f"list {role} has {rows.count} rows; its manifest says {manifest.rows}.")
    if rows.root() != manifest.root:
        raise Refused(TAMPER, f"the rows of list {role} are not those that its manifest was made for.")
