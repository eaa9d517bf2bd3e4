"""A first complete load of the 16-column layout, from upload to merged, against a raw COPY and against django-import-export."""

import datetime as dt
import gc
import io
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import tablib
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from import_export import fields, resources, widgets

from accounts.actions import add_user
from accounts.models import SystemJob, User
from accounts.sign_in import open_sign_in
from bench.figures import Figure
from hotlists import actions
from hotlists.feeds.checks import Limits
from hotlists.feeds.reading import VALUES, Reader
from hotlists.models import FeedRow, Hotlist, Load
from portal.database.throwaway import admin_connection
from portal.ids import new_id
from portal.partitions import ensure_list_partition

NAME = "feed_first_load"
JOB = SystemJob("benchmark")
MEMORY_LIMIT = 150_000_000  # bytes
LETTERS = "ABCDEFGHJKLMNOPRSTUVWXYZ"
MAKES = [
    (make, f"{make[:3]} {n}") for make in ("Ford", "Vauxhall", "Volkswagen", "BMW", "Audi", "Kia") for n in range(9)
]


def measure(*, quick: bool) -> Iterator[Figure]:
    """Rows a second of the whole load: received, hashed, read, validated, staged, compared, accepted, merged."""
    rows = 100_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory() as place:
        settings.UPLOADS_DIR = Path(place)
        file = Path(place) / "voi.csv"
        write_file(file, rows)
        uploader, releaser = manager("bench.one"), manager("bench.two")
        hotlist = feed(uploader, releaser, "first-load")
        took, copy, memory = against_copy(file, lambda: load(hotlist, file, uploader, releaser))
        assert FeedRow.objects.filter(hotlist=hotlist).count() == rows
        say(f"raw COPY {copy:.2f} s, first load {took:.2f} s: {took / copy:.1f} times; {memory >> 20} MiB at most")
        yield Figure(NAME, "first_load", rows / took, "rows/s", "COPY", copy / took)
        yield Figure(NAME, "first_load_memory", memory / rows, "bytes/row", MEMORY_LIMIT / rows, memory / MEMORY_LIMIT)

        some = 5_000 if quick else 100_000
        write_file(file, some)
        ours_list, theirs_list = feed(uploader, releaser, "ours"), feed(uploader, releaser, "theirs")
        ours, theirs = load(ours_list, file, uploader, releaser), import_export(theirs_list, file)
        assert the_rows(ours_list) == the_rows(theirs_list)
        say(f"{some} rows: first load {ours:.2f} s, django-import-export {theirs:.2f} s: {theirs / ours:.1f} times")
        yield Figure(NAME, "first_load_of_some", some / ours, "rows/s", "django-import-export", theirs / ours)


def against_copy(file: Path, act: Callable[[], float]) -> tuple[float, float, int]:
    """Seconds that `act` says it took, seconds of a raw COPY of the file around it, bytes of memory that it came to need."""
    before = raw_copy(file)
    gc.collect()
    at_rest = memory_of_process("VmRSS")
    with Path("/proc/self/clear_refs").open("w") as peak:
        peak.write("5")  # the kernel begins to look for the peak afresh
    took = act()
    memory = memory_of_process("VmHWM") - at_rest
    return took, (before + raw_copy(file)) / 2, memory


def memory_of_process(which: str) -> int:
    """Bytes that the kernel counts for this process, of every library: VmRSS now, VmHWM at the most."""
    (kibibytes,) = re.findall(rf"^{which}:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(kibibytes) << 10


def write_file(file: Path, rows: int) -> None:
    """Plates that no vehicle has, each once, in no order."""
    dice = random.Random(rows)
    numbers = random.Random(0).sample(range(23 * 24**4 * 2), rows)
    ends = [(timezone.localdate() + dt.timedelta(days=days)).strftime("%d/%m/%Y") for days in range(1, 13)]
    with file.open("w", encoding="utf-8", newline="") as out:
        for number in numbers:
            make, model = dice.choice(MAKES)
            out.write(
                f"{plate(number)},{make},{model},{dice.choice(('Blue', 'Red', 'White', 'Black', 'Silver'))},"
                f"{dice.choice(('STOP', 'ASSESS', ''))},,No insurance on record,B24,Check insurance before seizing.,"
                f"99 Northdale,{dice.choice(ends)},{number:010d},RESTRICTED,,,\r\n"
            )


def plate(number: int) -> str:
    """A current mark with a never-issued age identifier."""
    number, age = divmod(number, 2)
    letters = []
    for _ in range(4):
        number, letter = divmod(number, 24)
        letters.append(LETTERS[letter])
    return f"{LETTERS[number]}{letters[3]}{('01', '50')[age]}{letters[2]}{letters[1]}{letters[0]}"


def manager(username: str) -> User:
    """Somebody who may load and release."""
    user = add_user(username, by=JOB, roles=["MGR"])
    open_sign_in(user, method="benchmark")
    return user


def feed(one: User, two: User, slug: str) -> Hotlist:
    """A list with an agreement."""
    now = timezone.now()
    hotlist = actions.create_hotlist(
        by=JOB, slug=slug, title=slug, kind=Hotlist.Kind.FEED, purpose="Measuring", controller="Nobody",
        legal_basis="None", owner=one, categories=["INS"], actions=["STOP", "ASSESS"], markers=[],
        sunset_at=now + dt.timedelta(days=1),
    )  # fmt: skip
    for user in (one, two):
        actions.give_access(hotlist, user, by=JOB)
    agreement = actions.propose_agreement(
        hotlist, by=one, source="Benchmark", basis="None", max_staleness_hours=24, category="INS", action="STOP",
        priority="LOW", contact="Nobody", from_at=now, until_at=now + dt.timedelta(days=1),
    )  # fmt: skip
    actions.agree(agreement, by=two)
    return hotlist


def load(hotlist: Hotlist, file: Path, uploader: User, releaser: User) -> float:
    """Seconds from the first byte to the last row in the list."""
    with file.open("rb") as source:
        steps = [clock(lambda: actions.receive(
            hotlist, by=uploader, chunks=iter(lambda: source.read(1 << 20), b""), file_name=file.name,
            mode=Load.Mode.COMPLETE,
        ))]  # fmt: skip
    waiting = hotlist.loads.latest("uploaded_at")
    steps.append(clock(lambda: actions.check(waiting, by=JOB)))
    steps.append(clock(lambda: actions.accept(waiting, by=releaser)))
    steps.append(clock(lambda: actions.merge(waiting, by=JOB)))
    say("  received {:.2f} s, checked {:.2f} s, accepted {:.2f} s, merged {:.2f} s".format(*steps))
    return sum(steps)


def raw_copy(file: Path) -> float:
    """Seconds for PostgreSQL to take the bytes of the file into a table of 16 columns of text without an index."""
    with admin_connection(settings.DATABASE_NAME) as admin:
        admin.execute(f"CREATE TABLE bench_raw ({', '.join(f'c{n} text' for n in range(16))})")
        try:
            began = time.perf_counter()
            with file.open("rb") as source, admin.cursor().copy("COPY bench_raw FROM STDIN (FORMAT csv)") as copy:
                while block := source.read(1 << 18):
                    copy.write(block)
            return time.perf_counter() - began
        finally:
            admin.execute("DROP TABLE bench_raw")


class FeedRowResource(resources.ModelResource):
    """The peer: django-import-export in its bulk mode, with our validation of each row and nothing else of ours."""

    markers = fields.Field("markers", "markers", widgets.SimpleArrayWidget())
    expires_at = fields.Field("expires_at", "expires_at", widgets.DateTimeWidget("%Y-%m-%dT%H:%M:%S%z"))

    class Meta:
        model = FeedRow
        fields = VALUES
        import_id_fields = ("vrm", "ref")  # asked for, and not looked up: every row is new
        use_bulk = True
        batch_size = 5000
        force_init_instance = skip_diff = skip_html_diff = use_transactions = True
        clean_model_instances = report_skipped = False

    def __init__(self, hotlist: Hotlist, reader: Reader):
        super().__init__()
        self.hotlist, self.reader, self.now, self.load_id = hotlist, reader, timezone.now(), new_id()

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        """Our checks, on the row's own line."""
        line = next(self.reader.lines(io.BytesIO((",".join(list(row.values())[:16]) + "\n").encode())))
        assert line.values is not None, line.problems
        row.update(zip(self.reader.columns, line.values, strict=True))
        row["markers"] = row["markers"].strip("{}")

    def before_save_instance(self, instance: FeedRow, row: dict[str, Any], **kwargs: Any) -> None:
        """What comes from the agreement."""
        instance.hotlist, instance.load_id, instance.category, instance.priority = (
            self.hotlist,
            self.load_id,
            "INS",
            "LOW",
        )
        instance.contact, instance.basis, instance.source_type = "Nobody", "FACT", "Benchmark"
        instance.starts_at = instance.last_verified_at = self.now


def import_export(hotlist: Hotlist, file: Path) -> float:
    """Seconds for django-import-export to load the file into the same table."""
    with transaction.atomic():
        ensure_list_partition(FeedRow._meta.db_table, hotlist.pk)
    now = timezone.now()
    limits = Limits("STOP", {"STOP", "ASSESS"}, (), now, now + dt.timedelta(days=20))
    columns = ["vrm" if n == 0 else "ref" if n == 11 else f"column {n}" for n in range(16)]

    def run() -> None:
        with file.open(encoding="utf-8", newline="") as source:
            dataset = tablib.Dataset().load(source, format="csv", headers=False)
        dataset.headers = columns
        FeedRowResource(hotlist, Reader(limits)).import_data(dataset, raise_errors=True)

    return clock(run)


def the_rows(hotlist: Hotlist) -> list[tuple[Any, ...]]:
    """What the list holds, but for when and by which load."""
    return list(FeedRow.objects.filter(hotlist=hotlist).order_by("vrm").values_list(*VALUES, "category", "contact"))


def clock(act: Callable[[], Any]) -> float:
    """Seconds that `act` takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def say(words: str) -> None:
    """Where people read; figures go to stdout."""
    print(words, file=sys.stderr, flush=True)
