"""The twelve principles of the Surveillance Camera Code, in the portal's own words (R-119), and what the portal knows of each."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

PRINCIPLES = {
    1: ("A purpose that is needed", "Cameras serve a stated purpose, in pursuit of a legitimate aim, to meet a pressing need."),
    2: ("Privacy is weighed", "What cameras do to people and their privacy is assessed, and looked at again regularly."),
    3: ("Openness", "People are told that cameras are there, whom to ask, and how to complain."),
    4: ("Somebody answers for it", "It is clear who is responsible and accountable for everything that is done."),
    5: ("Rules that are known", "There are rules, policies and procedures, and everybody who has to follow them knows them."),
    6: ("No more than is needed", "No more is recorded than the purpose asks for, and it is deleted when it no longer does."),
    7: ("Few may look", "Who may look, and for what, is defined and limited; what is disclosed serves the purpose."),
    8: ("Cameras and people are up to it", "Standards of operation, technique and competence are worked to and kept."),
    9: ("Safe from others", "Cameras and what they record are secured against unauthorised access and use."),
    10: ("It is checked", "Reviews and audits see that law, policies and standards are kept; reports of them are published."),
    11: ("It works", "Where it serves its purpose, it is used so that it helps best, also as evidence."),
    12: ("Lists are right and up to date", "What plates are compared with is accurate and kept up to date."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the portal knows of a principle: in words, and whether it is as it should be."""

    words: str
    is_well: bool = True

    def stored(self) -> dict[str, Any]:
        """As an assessment keeps it."""
        return asdict(self)


Source = Callable[[dt.datetime], Iterable[Fact]]
_sources: dict[int, list[Source]] = {number: [] for number in PRINCIPLES}


def register(principle: int, source: Source) -> None:
    """`source(now)` yields what a room knows of a principle; called from AppConfig.ready(), by rooms above too."""
    _sources[principle].append(source)


def known_of(principle: int, at: dt.datetime) -> list[Fact]:
    """What all rooms know of a principle at this moment."""
    return [fact for source in _sources[principle] for fact in source(at)]


def share(part: int, whole: int, words: str) -> Fact:
    """ "3 of 4 sites …": as it should be when all are."""
    return Fact(f"{part:,} of {whole:,} {words}", is_well=part == whole)


def none_of(count: int, words: str) -> Fact:
    """ "Entries past their review: 2." As it should be when there is none."""
    return Fact(f"{words}: {f'{count:,}' if count else 'none'}.", is_well=not count)
