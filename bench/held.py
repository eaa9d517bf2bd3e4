"""A long list as its file, and as a matcher holds it."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from bench.crowd import DIFFERENT, plate
from matcher_client.base import read_base
from matcher_client.held import Files, HeldList, judge, read_whole
from matcher_client.manifest import Manifest
from matcher_client.rows import SEPARATOR, root
from matchers import files
from matchers.actions.buckets import bucket_bits

ROLE = "rbench"


def published_file(place: Path, rows: int) -> tuple[Path, Manifest]:
    """The file of a list with so many rows, as the portal writes it, and its manifest."""
    settings.PUBLICATION_DIR = place
    path = files.list_path(ROLE, files.write_rows(ROLE, lines(rows)).sha256)
    bits = bucket_bits(rows)
    now = int(time.time())
    return path, Manifest(
        revision=1, previous_revision=0, rows=rows, bucket_bits=bits, root=root(read_base(path, bits).digests).hex(),
        generated_at=now, list_lapses_at=now + 86_400, offline_life=86_400, marking="OFFICIAL", standards_profile="Bench",
        title="Bench", terminal=False, rows_verified_at=now, full_revision=1, deltas=(),
    )  # fmt: skip


def load_of(path: Path, manifest: Manifest) -> HeldList:
    """The list as a matcher holds it."""
    rows = read_whole(path, ROLE, manifest.bucket_bits)
    judge(ROLE, manifest, rows)
    return HeldList(ROLE, manifest, Files(path.name), int(time.time()), rows)


def lines(rows: int) -> Iterator[bytes]:
    """Canonical rows in key order: what a source says of vehicles without insurance."""
    dice, now = random.Random(rows), int(time.time())
    for vrm in sorted(map(plate, range(1, rows + 1))):
        ends = now - now % 86_400 + dice.randrange(1, 13) * 86_400
        action = dice.choice(("STOP", "ASSESS"))
        yield SEPARATOR.join((
            "GB", vrm, f"{dice.randrange(10**8):010d}", "", "INS", action, "LOW", "FACT", "", "Benchmark", "",
            "Check insurance before seizing.", "Nobody", "", "", str(now), str(now), "", str(ends), f"{ends}\n",
        )).encode()  # fmt: skip


def not_listed(rows: int, number: int) -> list[str]:
    """Plates that are not among these rows."""
    return [plate(n) for n in random.Random(number).sample(range(rows + 1, DIFFERENT), number)]
