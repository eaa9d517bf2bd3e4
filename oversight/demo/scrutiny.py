"""What the demo shows of scrutiny: a year that was signed for, last month's sample half worked, signs of misuse, concerns."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from hotlists import actions as lists
from hotlists.models import Hotlist
from oversight.demo.lists import approved, earlier, plates
from oversight.demo.people import JOB
from scrutiny import actions
from scrutiny.models import Area

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
    _concerns(people, hotlists)
    add_signed_year(people, hotlists)


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


def add_signed_year(people: dict[str, User], hotlists: dict[str, Hotlist]) -> None:
    """November of the year before, worked through at its time: one answer was bad, was put right, and another person tested
    that. In January the owner stood for the year."""
    owner, dpo, manager = people["iao.stone"], people["dpo.marsh"], people["manager.dunn"]
    today, marks = timezone.localdate(), plates(69)
    month = dt.date(today.year - 1, 11, 1)

    def at(day: dt.date):
        return earlier(people, max(0, (today - day).days))

    with at(month.replace(day=12)):
        for number in range(8):
            approved(people, hotlists["northdale-crime"], next(marks), 100 + number)
    with at(dt.date(month.year, 12, 3)):
        first, *others = actions.draw_sample(by=JOB, month=month).items.all()
        answer = actions.answer_item(
            first, by=dpo, **{**FINE, "is_proportionate": "no"}, owner=manager,
            words="A stop was asked for where a record would have done; the grounds do not say why.",
        )  # fmt: skip
        for item in others:
            words = "The case exists; the entry lapsed when it was over, and its hits were answered."
            actions.answer_item(item, by=dpo, **FINE, words=words)
    with at(dt.date(month.year, 12, 10)):
        words = "The decider was shown how grounds name the lesser action, and why it is not enough; ten later ones do."
        actions.close_finding(answer.finding, by=manager, words=words)
    with at(dt.date(month.year, 12, 18)):
        words = "Ten approvals of the week after were read: each says why less would not do."
        actions.retest(answer.finding, by=people["audit.quill"], holds=True, words=words)
    with at(dt.date(today.year, 1, 12)):
        for area in Area:
            actions.sign_certificate(
                by=owner, year=month.year, area=area,
                policy="The force's policy on number plate recognition, second edition, on its website.",
                violations="None is known. Two complaints, one upheld: a plate was read wrongly and the crew did not look again.",
            )  # fmt: skip


def _concerns(people: dict[str, User], hotlists: dict[str, Hotlist]) -> None:
    """One answered, one that waits, and a breach whose clock runs."""
    now, dpo = timezone.now(), people["dpo.marsh"]
    stopped = actions.record_concern(
        by=people["control.frost"], kind="complaint", title="Stopped for somebody else's car", reference="PS/17/26",
        words="Was stopped on the ring road with two children; the officers let them go after five minutes.",
        person="A. Example, by telephone", received=now - dt.timedelta(days=21),
    )  # fmt: skip
    actions.note_concern(
        stopped, by=dpo, words="The camera read one letter wrongly; the crew did not compare the picture."
    )
    actions.answer_concern(
        stopped, by=dpo, answer="upheld", words="An apology was sent, and the crew was shown how a reading is verified."
    )
    actions.record_concern(
        by=dpo, kind="access", title="What is held about me, and who looked?", person="B. Example, 1 Example Road",
        words="Asks whether a vehicle of theirs was on a list in this year, and who asked for it.",
        received=now - dt.timedelta(days=26),
    )  # fmt: skip
    actions.record_concern(
        by=people["manager.dunn"], kind="breach", title="A printed list was left in a patrol car at the garage",
        words="A mechanic found it and handed it in after two hours.", received=now - dt.timedelta(hours=50),
        source_label="hotlists.Hotlist", source_id=str(hotlists["northdale-crime"].pk),
    )  # fmt: skip


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
