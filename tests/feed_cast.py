"""The feed of the tests: a list with an agreement, and files in the 16-column layout to load into it."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import SystemJob
from hotlists import actions
from hotlists.models import Hotlist, Load
from tests.cast import person

JOB = SystemJob("feed loads")
LETTERS = "ABCDEFGHJKLMNOPRSTUVWXYZ"


def plate(number: int) -> str:
    """A never-issued plate for each number below 276,480."""
    n, last = divmod(number, 24)
    n, middle = divmod(n, 24)
    n, first = divmod(n, 24)
    area, age = divmod(n, 2)
    return f"A{LETTERS[area]}{('01', '50')[age]}{LETTERS[first]}{LETTERS[middle]}{LETTERS[last]}"


def weed_date(days: int = 5) -> str:
    """A day that lies ahead, as old systems write it."""
    return (timezone.localdate() + dt.timedelta(days=days)).strftime("%d/%m/%Y")


def voi(number: int, **over: str) -> str:
    """One row of the layout."""
    fields = {
        "vrm": plate(number), "make": "Ford", "model": "Fiesta", "colour": "Blue", "action": "STOP", "markers": "",
        "reason": "No insurance", "nim": "B24", "information": "Check insurance before seizing.", "force": "99 North",
        "weed": weed_date(), "ref": f"26/{number:08d}", "gpms": "RESTRICTED", "cad": "", "spare1": "", "spare2": "",
        **over,
    }  # fmt: skip
    return ",".join(fields.values())


def voi_file(rows) -> bytes:
    """A file of these rows."""
    return ("\r\n".join(rows) + "\r\n").encode()


@pytest.fixture
def second_manager(team):
    """Another list manager, who releases what the first uploaded."""
    user = person("second_manager", ["MGR"], first_name="Second", last_name="Manager")
    team.user_set.add(user)
    return user


@pytest.fixture
def feed(dpia, manager, team) -> Hotlist:
    """A list to be loaded from its source; without an agreement yet."""
    made = actions.create_hotlist(
        by=manager, slug="no-insurance", title="No insurance", kind=Hotlist.Kind.FEED, purpose="Uninsured driving",
        controller="Northdale Police", legal_basis="Road Traffic Act 1988", owner=manager, dpia=dpia, categories=["INS"],
        actions=["STOP", "ASSESS"], markers=["FI"], sunset_at=timezone.now() + dt.timedelta(days=365),
    )  # fmt: skip
    actions.give_access(made, team, by=manager)
    return made


def terms(**over) -> dict:
    """What two people agree with a source."""
    now = timezone.now()
    return {
        "source": "Motor insurance database", "basis": "Road Traffic Act 1988 s.154", "max_staleness_hours": 48,
        "category": "INS", "action": "STOP", "priority": "LOW", "contact": "Insurance desk, 01632 960002",
        "from_at": now, "until_at": now + dt.timedelta(days=300), **over,
    }  # fmt: skip


@pytest.fixture
def agreement(feed, manager, second_manager):
    """The agreement under which the feed is loaded."""
    return actions.agree(actions.propose_agreement(feed, by=manager, **terms()), by=second_manager)


@pytest.fixture
def checked_load(feed, agreement, manager, settings, tmp_path):
    """checked_load(rows or bytes, **over): a load that was read and waits for a decision."""
    settings.UPLOADS_DIR = tmp_path

    def make(rows, *, by=None, mode=Load.Mode.COMPLETE, encoding="utf-8", file_name="voi.csv") -> Load:
        content = rows if isinstance(rows, bytes) else voi_file(rows)
        load = actions.receive(
            feed, by=by or manager, chunks=[content[:1000], content[1000:]], file_name=file_name, mode=mode,
            encoding=encoding,
        )  # fmt: skip
        return actions.check(load, by=JOB)

    return make


@pytest.fixture
def loaded(checked_load, second_manager):
    """loaded(rows, **over): the rows are in the list."""

    def make(rows, *, without_bad_rows=False, **over) -> Load:
        load = checked_load(rows, **over)
        actions.accept(load, by=second_manager, without_bad_rows=without_bad_rows)
        return actions.merge(load, by=JOB)

    return make
