"""The pages of the log when it is as long as a large force's of two years, against the same pages of a log just begun."""

import datetime as dt
from collections.abc import Iterator
from urllib.parse import urlencode

from django.utils import timezone

from accounts.actions import add_user
from accounts.models import User
from accounts.sign_in import open_sign_in
from audit.models import Event
from audit.purposes import Purpose
from bench.cast import JOB, say
from bench.figures import Figure
from bench.logged import write
from bench.pages import signed_in, timed, without_files
from standards.ranks import Rank

NAME = "audit_pages"
LIMIT = 150.0  # ms of the server, the median
FEW = 1_000
YEARS = dt.timedelta(days=730)


def measure(*, quick: bool) -> Iterator[Figure]:
    """Milliseconds of the server, and the number of queries, of each way to look."""
    many = 100_000 if quick else 10_000_000
    without_files()
    reader = add_user("bench.reader", by=JOB, roles=["DPO"], rank=Rank.NONE)
    open_sign_in(reader, method="benchmark")
    write(FEW, over=YEARS)
    small = asked(reader)
    write(many, over=YEARS)
    large = asked(reader)
    for page, (took, queries) in large.items():
        before, queries_before = small[page]
        say(f"  {page:12} {took:6.1f} ms and {queries} queries; with {FEW:,}: {before:6.1f} ms and {queries_before}")
        assert queries == queries_before > 0, page
        yield Figure(NAME, page, took, "ms", LIMIT, took / LIMIT)
        yield Figure(NAME, f"{page}_grows", took, "ms", "small", took / before)


def asked(reader: User) -> dict[str, tuple[float, int]]:
    """(median ms, queries) of each page."""
    client = signed_in(reader)
    client.post("/audit/purpose/", {"purpose": Purpose.values[0]})
    month = timezone.now().date() - dt.timedelta(days=400)
    middle = (
        Event.objects.between(timezone.now() - dt.timedelta(days=365), None)
        .order_by("pk")
        .values_list("pk", flat=True)[0]
    )
    looks: dict[str, dict[str, object]] = {
        "newest": {},
        "old_page": {"before": middle},
        "person": {"who": "17"},
        "act": {"verb": "log.verified"},
        "kind_of_act": {"operation": "erasure"},
        "subject": {"about": "hotlists.entry:77"},
        "common_subject": {"about": "accounts.user:127"},
        "plate": {"plate": "AB01CDE"},
        "period": {"since": month, "until": month + dt.timedelta(days=90), "verb": "entry.opened"},
    }  # fmt: skip
    answers = {}
    for page, given in looks.items():
        address = f"/audit/?{urlencode(given)}"

        def ask(address: str = address) -> None:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)

        answers[page] = timed(ask)
    answers["event"] = timed(lambda: _opened(client.get(f"/audit/events/{middle}/")))
    return answers


def _opened(answer) -> None:
    assert answer.status_code == 200, answer.status_code
