"""A matcher takes up the file of a long list: verified, loaded, digested; against pyarrow reading it into a dict of its plates."""

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq

from bench.cast import say
from bench.figures import Figure
from bench.held import load_of, published_file

NAME = "client_load"
LIMIT = 3.0  # times the peer
TIMES = 5


def measure(*, quick: bool) -> Iterator[Figure]:
    """Seconds, the best of some turns beside the peer's."""
    rows = 100_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory() as place:
        file, manifest = published_file(Path(place), rows)
        took, peer = [], []
        for _ in range(TIMES):
            peer.append(clock(lambda: plates_of(file)))
            took.append(clock(lambda: verified(file, manifest)))
        say(f"{rows:,} rows: pyarrow and a dict {min(peer):.2f} s, a matcher {min(took):.2f} s")
        yield Figure(NAME, "load", min(took), "s", "pyarrow", min(took) / min(peer))
        yield Figure(NAME, "load_of_limit", min(took), "s", round(LIMIT * min(peer), 3), min(took) / min(peer) / LIMIT)


def verified(file: Path, manifest: object) -> object:
    """All that a matcher does before it matches against a file that it has."""
    with file.open("rb") as content:
        hashlib.file_digest(content, "sha256")
    return load_of(file, manifest)


def plates_of(file: Path) -> dict[str, int]:
    """The peer."""
    plates = pq.read_table(file)["vrm"].to_pylist()
    return dict(zip(plates, range(len(plates)), strict=True))


def clock(act: Callable[[], object]) -> float:
    """Seconds that `act` takes; what it made is thrown away afterwards."""
    began = time.perf_counter()
    made = act()
    took = time.perf_counter() - began
    del made
    return took
