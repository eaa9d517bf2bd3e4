"""A complete list loaded again with one row in a thousand changed, from upload to merged, against a raw COPY of the file."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from bench.feed_first_load import MEMORY_LIMIT, against_copy, feed, load, manager, say, write_file
from bench.figures import Figure
from hotlists.models import FeedRow

NAME = "feed_reload"
EVERY = 1000  # of so many rows one is another: of ten of these one is gone and nine have changed, one with a new one beside it


def measure(*, quick: bool) -> Iterator[Figure]:
    """Rows a second of a daily load of a large list, and of the very same file again."""
    rows = 100_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory() as place:
        settings.UPLOADS_DIR = Path(place)
        file = Path(place) / "voi.csv"
        write_file(file, rows)
        uploader, releaser = manager("bench.one"), manager("bench.two")
        hotlist = feed(uploader, releaser, "reload")
        load(hotlist, file, uploader, releaser)
        change(file)
        took, copy, memory = against_copy(file, lambda: load(hotlist, file, uploader, releaser))
        done, tenth = hotlist.loads.latest("uploaded_at"), rows // EVERY // 10
        assert (done.added, done.changed, done.removed) == (tenth, 9 * tenth, tenth)
        assert FeedRow.objects.filter(hotlist=hotlist, colour="Green").count() == 10 * tenth
        say(f"raw COPY {copy:.2f} s, reload {took:.2f} s: {took / copy:.1f} times; {memory >> 20} MiB at most")
        yield Figure(NAME, "reload", rows / took, "rows/s", "COPY", copy / took)
        yield Figure(NAME, "reload_memory", memory / rows, "bytes/row", MEMORY_LIMIT / rows, memory / MEMORY_LIMIT)

        took, copy, _ = against_copy(file, lambda: load(hotlist, file, uploader, releaser))
        assert hotlist.loads.latest("uploaded_at").unchanged == rows
        say(f"raw COPY {copy:.2f} s, the same file again {took:.2f} s: {took / copy:.1f} times")
        yield Figure(NAME, "same_file_again", rows / took, "rows/s", "COPY", copy / took)


def change(file: Path) -> None:
    """The source's next file: of the rows that are another, most are of another colour, some left out, some in their place."""
    after = file.with_suffix(".new")
    with file.open(encoding="utf-8", newline="") as lines, after.open("w", encoding="utf-8", newline="") as out:
        for number, line in enumerate(lines):
            which = number // EVERY % 10 if number % EVERY == 0 else None
            if which == 0:
                continue
            if which is not None:
                cells = line.split(",")
                cells[3] = "Green"
                out.write(",".join(cells))
                if which == 9:
                    out.write(",".join(["ZZ" + cells[0][2:], *cells[1:]]))
            else:
                out.write(line)
    after.replace(file)
