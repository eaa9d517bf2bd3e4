"""How fast the log is held against its seals, beside hashing the same bytes with hashlib in the same process."""

import time
from collections.abc import Iterator
from hashlib import sha256

import rfc8785

from audit import sealing
from audit.models import Event, EventDetail
from audit.seal import canonical
from audit.verification import verify
from bench.cast import say
from bench.figures import Figure
from bench.logged import a_key, write

NAME = "audit_verify"
SAMPLE = 20_000  # events whose bytes are hashed for the peer


def measure(*, quick: bool) -> Iterator[Figure]:
    """Seconds to verify all, and how many times what hashing alone takes."""
    events = 20_000 if quick else 1_000_000
    write(events)
    with a_key() as key:
        while sealing.seal():
            pass
        began = time.perf_counter()
        report = verify(key)
        took = time.perf_counter() - began
    assert report.problems == [], report.problems
    assert (report.events, report.words) == (events, events)
    hashing = _hashing() * events
    say(
        f"{events:,} events verified in {took:.1f} s ({took / events * 1e6:.1f} µs each); their bytes hashed in {hashing:.2f} s"
    )
    yield Figure(NAME, "verified", took, "s", "hashlib", took / hashing)


def _hashing() -> float:
    """Seconds an event: its leaf and its words, whose bytes are at hand."""
    some = list(Event.objects.order_by("pk")[:SAMPLE])
    words = EventDetail.objects.in_bulk([event.pk for event in some])
    parts = [
        (canonical.leaf(event), bytes(words[event.pk].salt) + rfc8785.dumps(words[event.pk].body)) for event in some
    ]
    began = time.perf_counter()
    for leaf, told in parts:
        sha256(leaf).digest()
        sha256(told).digest()
    return (time.perf_counter() - began) / len(parts)
