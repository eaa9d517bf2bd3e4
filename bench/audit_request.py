"""What it costs a page that its looking is on record, beside the same page when nothing is recorded, turn by turn."""

import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from audit import actions
from bench.cast import assessment, fill, managed_list, say, staff
from bench.figures import Figure
from bench.pages import signed_in, took, without_files
from hotlists.models import Entry

NAME = "audit_request"
LIMIT = 1.1  # times the page without
ROUNDS = 200


def measure(*, quick: bool) -> Iterator[Figure]:
    """Median milliseconds of the page of an entry, and of the list of entries, each of which is on record."""
    without_files()
    people = staff()
    hotlist = managed_list(people, assessment(people))
    fill(hotlist, people, 100)
    client = signed_in(people["decider"])
    entries = list(Entry.objects.values_list("pk", flat=True)[:20])
    pages = {"entry": [f"/entries/{pk}/" for pk in entries], "list": ["/entries/"]}
    for page, addresses in pages.items():
        kept: list[float] = []
        plain: list[float] = []
        for turn in range((20 if quick else ROUNDS) * 2):
            address = addresses[turn // 2 % len(addresses)]

            def ask(address: str = address) -> None:
                answer = client.get(address)
                assert answer.status_code == 200, (address, answer.status_code)

            if turn % 2:
                with nothing_recorded():
                    plain.append(took(ask))
            else:
                kept.append(took(ask))
        ours, theirs = statistics.median(kept[5:]), statistics.median(plain[5:])
        say(f"  {page}: {ours:.1f} ms on record, {theirs:.1f} ms without: {(ours / theirs - 1) * 100:+.1f} %")
        yield Figure(NAME, page, ours, "ms", LIMIT, ours / theirs / LIMIT)


@contextmanager
def nothing_recorded() -> Iterator[None]:
    """Every room's `record` does nothing: what is measured against."""

    def nothing(*_given: Any, **_words: Any) -> None:
        return None

    record = actions.record
    rooms = [module for module in list(sys.modules.values()) if getattr(module, "record", None) is record]
    for room in rooms:
        vars(room)["record"] = nothing
    try:
        yield
    finally:
        for room in rooms:
            vars(room)["record"] = record
