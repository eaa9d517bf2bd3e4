"""Reads a second that one core holds against a long list, and the memory of a row; against a dict of the same plates."""

import gc
import multiprocessing
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.cast import say
from bench.crowd import plate
from bench.feed_first_load import memory_of_process
from bench.figures import Figure
from bench.held import ROLE, load_of, not_listed, published_file
from matcher_client.manifest import Manifest
from matcher_client.store import Store

NAME = "lookups"
LISTED = 100  # one read in so many is of a listed plate
READS = 500_000


def measure(*, quick: bool) -> Iterator[Figure]:
    """Nearly all plates that are read are not listed; those that are come with their row."""
    rows = 100_000 if quick else 2_000_000
    with tempfile.TemporaryDirectory() as place:
        file, manifest = published_file(Path(place), rows)
        dice = random.Random(rows)
        listed = [plate(dice.randrange(1, rows + 1)) for _ in range(READS // LISTED)]
        reads = [*not_listed(rows, READS - len(listed)), *listed]
        dice.shuffle(reads)
        alone = alone_in_a_process(bytes_of_a_dict, file, manifest)
        held = alone_in_a_process(bytes_of_a_store, file, manifest)
        say(f"{held / rows:.0f} bytes a row with all that is said of it; a dict of the plates alone {alone / rows:.0f}")
        yield Figure(NAME, "memory", held / rows, "bytes/row", "dict", held / alone)
        bare, store = plates_of(file), store_of(file, manifest)
        peer, ours = [], []
        for _ in range(3):
            peer.append(clock(lambda: sum(1 for vrm in reads if vrm in bare)))
            ours.append(clock(lambda: hits(store, reads)))
        assert hits(store, reads) == len(listed)
        a_second = READS / min(ours)
        say(f"a dict {READS / min(peer):,.0f} a second, a matcher {a_second:,.0f}, one read in {LISTED} listed")
        yield Figure(NAME, "lookups", a_second, "lookups/s", "dict", min(peer) / min(ours))


def hits(store: Store, reads: list[str]) -> int:
    """How many rows in force these plates have."""
    now, found = time.time(), 0
    for vrm in reads:
        for _ in store.held.matching(vrm, now):
            found += 1
    return found


def store_of(file: Path, manifest: Manifest) -> Store:
    """What a matcher matches against."""
    store = Store()
    store.replace({ROLE: load_of(file, manifest)}, {}, int(time.time()))
    return store


def plates_of(file: Path) -> dict[str, int]:
    """The peer: every plate, and the number of its row."""
    plates = pq.read_table(file, columns=["vrm"])["vrm"].to_pylist()
    return dict(zip(plates, range(len(plates)), strict=True))


def bytes_of_a_dict(file: Path, manifest: Manifest) -> int:
    """Bytes that a process comes to hold."""
    return grown(lambda: plates_of(file))


def bytes_of_a_store(file: Path, manifest: Manifest) -> int:
    """Bytes that a process comes to hold."""
    return grown(lambda: store_of(file, manifest))


def grown(make: Callable[[], object]) -> int:
    """By how much this process grows for good when something is made."""
    before = memory_of_process("VmRSS")
    made = make()
    gc.collect()
    pa.default_memory_pool().release_unused()
    held = memory_of_process("VmRSS") - before
    del made
    return held


def alone_in_a_process(act: Callable[[Path, Manifest], int], file: Path, manifest: Manifest) -> int:
    """What `act` says where nothing was held before."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(act, (file, manifest))


def clock(act: Callable[[], object]) -> float:
    """Seconds that `act` takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
