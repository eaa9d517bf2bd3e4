"""How fast the sealer gives events their places, against the rate at which a large force makes them."""

import time
from collections.abc import Iterator

from audit import sealing
from bench.cast import say
from bench.figures import Figure
from bench.logged import a_key, write

NAME = "audit_seal"
RATE = 2_000.0  # events a second that have to be kept up with


def measure(*, quick: bool) -> Iterator[Figure]:
    """Events sealed a second, from many that wait; the ratio is the limit over it."""
    events = 20_000 if quick else 200_000
    write(events)
    with a_key():
        began, sealed = time.perf_counter(), 0
        while made := sealing.seal():
            sealed = made.size
        took = time.perf_counter() - began
    assert sealed == events, sealed
    say(f"{events:,} events sealed in {took:.1f} s: {events / took:,.0f} a second")
    yield Figure(NAME, "sealed", events / took, "rows/s", RATE, RATE / (events / took))
