"""What the demo shows of retention: a night long ago, a hold, what is late and soon due, a longer period that waits."""

from accounts.models import User
from hotlists import actions as lists
from hotlists.models import Hotlist
from oversight.demo.lists import approved, earlier, plates
from retention import actions

LONG_GONE, LAST_NIGHT, SOON, HELD = 520, 60, 350, 100  # days ago


def add_closed_entries(people: dict[str, User], hotlists: dict[str, Hotlist]) -> None:
    """One that a night two months ago is to erase, one that goes next month, one that is held; and a proposal."""
    marks, crime = plates(82), hotlists["northdale-crime"]
    for number, days in enumerate((LONG_GONE, SOON, HELD)):
        with earlier(people, days):
            entry = approved(people, crime, next(marks), 70 + number)
            entry = lists.withdraw(entry, by=people["sgt.okafor"], reason="located", words="Found, and given back.")
    actions.place_hold(
        entry, by=people["insp.lowe"], case_ref="R v Example, 2026/077", basis="cpia",
        reason="The stop is part of the defence's case; the trial is listed for spring.",
    )  # fmt: skip
    actions.change_period(
        "hits.Hit", by=people["dpo.marsh"], months=18,
        reason="Complaints about stops came up to fifteen months later; twelve months left nothing to answer them by.",
    )  # fmt: skip


def let_nights_pass(people: dict[str, User]) -> None:
    """The night two months ago, and how everything stood since. Only after all else is committed: another role erases."""
    with earlier(people, LAST_NIGHT):
        actions.apply(by=actions.CLOCK)
    for days in (LAST_NIGHT - 1, 30, 7):
        with earlier(people, days):
            actions.take_stock(by=actions.CLOCK)
    actions.take_stock(by=actions.CLOCK)
