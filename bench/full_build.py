"""A full revision of a long list: what its file weighs against the entropy of its columns, what building it takes against a COPY."""

import math
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
from django.db import connection, transaction
from django.utils import timezone

from bench.cast import assessment, say, staff
from bench.crowd import DIFFERENT, filled
from bench.figures import Figure
from bench.published import JOB, given, long_list, publication
from hotlists.models import Hotlist
from matchers import files, metadata
from matchers.actions import buckets
from matchers.actions.publishing import publish
from matchers.actions.revisions import lines_of
from matchers.models import Publication

NAME = "full_build"
SIZE_LIMIT = 1.5  # times the entropy
BUILD_LIMIT = 3.0  # times a COPY of the same rows
REFS = 10**8  # a row's reference is one of these, at random


# Two actions, twelve days of expiry and a reference of the source: what tells the rows of a large list apart.
VARIED = {
    "ref": f"lpad((('x' || substr(md5(n::text), 1, 8))::bit(32)::bigint % {REFS})::text, 10, '0')",
    "action": "(ARRAY['STOP', 'ASSESS'])[n / 11 % 2 + 1]",
    "expires_at": "date_trunc('day', now()) + (n / 23 % 12 + 1) * interval '1 day'",
}


def measure(*, quick: bool) -> Iterator[Figure]:
    """Of a list that a source lists whole, published as the worker does it; then its build alone, as often as the peer."""
    rows = 100_000 if quick else 1_000_000
    people = staff()
    hotlist = long_list(people, assessment(people), "full-build")
    with tempfile.TemporaryDirectory() as place, publication(Path(place)), filled(hotlist, rows, **VARIED):
        given(hotlist, by=people["manager"])
        say(f"first revision of {rows:,} rows, with comparing them: {clock(lambda: publish(hotlist.pk, by=JOB)):.2f} s")
        made = Publication.objects.get(hotlist=hotlist)
        assert made.rows == rows
        entropy = entropy_of(hotlist, made) / 8
        say(f"{made.length / rows:.2f} bytes a row; its columns hold {entropy:.2f}")
        ratio = made.length / rows / entropy
        yield Figure(NAME, "size", made.length / rows, "bytes/row", round(entropy * SIZE_LIMIT, 3), ratio / SIZE_LIMIT)
        took, peer = [], []
        for _ in range(2):
            peer.append(clock(lambda: copied(hotlist)))
            took.append(clock(lambda: build(hotlist, made)))
        say(f"COPY {min(peer):.2f} s, build and sign {min(took):.2f} s: {min(took) / min(peer):.2f} times")
        yield Figure(NAME, "build", min(took), "s", "COPY", min(took) / min(peer))


@transaction.atomic
def build(hotlist: Hotlist, made: Publication) -> None:
    """Root, file and signature of the rows as they stand."""
    role = hotlist.role
    began = time.perf_counter()
    root = buckets.renew(hotlist, made.bucket_bits)
    rooted = time.perf_counter()
    written = files.write_rows(role.name, lines_of(hotlist))
    done = time.perf_counter()
    metadata.list_role(
        role.name, role.version + 1, timezone.now(), sha256=written.sha256, length=written.length,
        manifest=made.manifest, key_id=role.key_id,
    )  # fmt: skip
    assert (root, written.sha256) == (made.root, made.sha256), "it is another file"
    say(f"  root {rooted - began:.2f} s, file {done - rooted:.2f} s, signature {time.perf_counter() - done:.3f} s")


def copied(hotlist: Hotlist) -> None:
    """The same rows in the same order, as the database hands them out."""
    with connection.cursor() as cursor:
        query = "SELECT canonical FROM matchers_publishedrow WHERE hotlist_id = %s AND until_revision IS NULL"
        with cursor.copy(f"COPY ({query} ORDER BY country, vrm, ref) TO STDOUT", [hotlist.pk]) as copy:
            for _ in copy:
                pass


def entropy_of(hotlist: Hotlist, made: Publication) -> float:
    """Bits a row: of the plates, as a set of so many that were chosen of all there are; of the references, as numbers drawn
    at random; of every other column, of how often each of its values comes."""
    table = pq.read_table(files.list_path(hotlist.role.name, made.sha256))
    of_set = math.lgamma(DIFFERENT + 1) - math.lgamma(made.rows + 1) - math.lgamma(DIFFERENT - made.rows + 1)
    bits = of_set / math.log(2) / made.rows + math.log2(REFS)
    for name in set(table.column_names) - {"vrm", "ref"}:
        shares = [count / made.rows for count in Counter(table[name].to_pylist()).values()]
        bits -= sum(share * math.log2(share) for share in shares)
    return bits


def clock(act: Callable[[], object]) -> float:
    """Seconds that `act` takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
