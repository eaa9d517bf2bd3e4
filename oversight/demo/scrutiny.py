"""What the demo shows of scrutiny: last month's sample half worked, signs of misuse to judge and one that was nothing."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from hotlists import actions as lists
from hotlists.models import Hotlist
from oversight.demo.lists import approved, earlier, plates
from oversight.demo.people import JOB
from scrutiny import actions

SEARCHES = 9  # of one plate, by one officer: enough to be noticed
FINE = {"has_authority": "yes", "is_reasoned": "yes", "is_proportionate": "yes", "has_outcome": "yes"}


def add_scrutiny(people: dict[str, User], hotlists: dict[str, Hotlist]) -> None:
    """Last month's entries, their sample, and a look for signs of misuse."""
    marks = plates(68)
    last = timezone.localdate().replace(day=1) - dt.timedelta(days=1)
    with earlier(people, (timezone.localdate() - last.replace(day=15)).days):
        for number in range(8):
            approved(people, hotlists["northdale-crime"], next(marks), 50 + number)
    _sample(people, last)
    _signs(people, next(marks))


def _sample(people: dict[str, User], month: dt.date) -> None:
    """Half of it worked, with one bad answer that is being put right."""
    sample = actions.draw_sample(by=JOB, month=month)
    items = list(sample.items.all())
    dpo = people["dpo.marsh"]
    bad = {**FINE, "has_outcome": "no"}
    for number, item in enumerate(items[: len(items) // 2]):
        if number == 1:
            words = "The entry lapsed unreviewed, and nobody wrote down what came of it."
            actions.answer_item(item, by=dpo, **bad, words=words, owner=people["manager.dunn"])
        else:
            actions.answer_item(item, by=dpo, **FINE, words="The case exists, and its footage shows this vehicle.")


def _signs(people: dict[str, User], plate: str) -> None:
    """An officer looks one plate up again and again, an auditor does so for a complaint; entries are approved in a moment."""
    for number in range(SEARCHES):
        lists.search_plate(plate, by=people["pc.reid"], reason=f"Seen near the school, call {number + 1}.")
    other = f"{plate[:5]}QQ"[:7]
    for _ in range(SEARCHES):
        lists.search_plate(other, by=people["audit.quill"], reason="Complaint PS/17/26: was this vehicle listed?")
    for signal in actions.screen(by=JOB):
        if signal.who == people["audit.quill"]:
            words = "Complaint PS/17/26 asks who looked at this vehicle; the searches are its answer."
            actions.dismiss(signal, by=people["dpo.marsh"], words=words)
