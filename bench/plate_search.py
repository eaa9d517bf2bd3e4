"""Searching a long list for part of a plate, or for what looks like one: from what was typed to the rows found."""

import random
import statistics
import time
from collections.abc import Callable, Iterator

from bench.crowd import filled, plate
from bench.feed_first_load import feed, manager, say
from bench.figures import Figure
from hotlists.patterns import Likeness, parse, plan
from hotlists.searching import rows_like

NAME = "plate_search"
LIMIT = 20.0  # ms, the 95th percentile
SEARCHES = 200
MOST = 200  # rows shown


def measure(*, quick: bool) -> Iterator[Figure]:
    """Milliseconds at the 95th percentile, for each way to remember a plate."""
    rows = 200_000 if quick else 5_000_000
    user, other = manager("bench.one"), manager("bench.two")
    hotlist = feed(user, other, "many-rows")
    began = time.perf_counter()
    with filled(hotlist, rows):
        say(f"{rows:,} rows made in {time.perf_counter() - began:.0f} s")
        dice = random.Random(rows)
        for figure, (make, likeness) in KINDS.items():
            patterns = [make(dice, plate(dice.randrange(1, rows))) for _ in range(SEARCHES)]
            took, found = [], 0
            for typed in patterns:
                start = time.perf_counter()
                way = plan(parse(typed, likeness), least_known=3)
                answer = list(rows_like(way, [hotlist.pk])[: MOST + 1])
                took.append((time.perf_counter() - start) * 1000)
                found += len(answer)
                assert answer, typed
            p95 = statistics.quantiles(took, n=20)[-1]
            middle, most, shown = statistics.median(took), max(took), found / SEARCHES
            say(f"  {patterns[0]:9} {middle:6.2f} ms, p95 {p95:6.2f} ms, most {most:6.2f} ms; {shown:.1f} rows")
            yield Figure(NAME, figure, p95, "ms", LIMIT, p95 / LIMIT)


def _with(vrm: str, *places: int) -> str:
    return "".join("?" if place in places else one for place, one in enumerate(vrm))


Make = Callable[[random.Random, str], str]
KINDS: dict[str, tuple[Make, Likeness]] = {
    "whole": (lambda dice, vrm: vrm, Likeness.EXACT),
    "beginning": (lambda dice, vrm: vrm[:4] + "*", Likeness.EXACT),  # AB12*
    "end": (lambda dice, vrm: "*" + vrm[3:], Likeness.EXACT),  # *2ABC
    "two_unknown": (lambda dice, vrm: _with(vrm, 1, 4), Likeness.EXACT),  # A?12?BC
    "three_unknown": (lambda dice, vrm: _with(vrm, 1, 3, 5), Likeness.EXACT),  # A?1?A?C
    "beginning_and_end": (lambda dice, vrm: vrm[:2] + "*" + vrm[-1], Likeness.EXACT),  # AB*C
    "gap_in_the_beginning": (lambda dice, vrm: vrm[0] + "?" + vrm[2:5] + "*", Likeness.EXACT),  # A?12B*
    "like_font": (lambda dice, vrm: vrm, Likeness.FONT),
    "like_reader": (lambda dice, vrm: vrm, Likeness.READER),
}
