"""The check of each kind of cell: from what the source wrote to what is stored, or a fault in plain words."""

import datetime as dt
import re
from collections.abc import Callable, Collection
from typing import NamedTuple

from hotlists.feeds import legacy
from hotlists.feeds.dates import day, moment, quoted
from hotlists.feeds.layouts import Layout
from hotlists.feeds.life_cycle import LifeCycle
from matcher_client import vrm as plates
from standards.models import Action

NOTHING = "\x01"  # how a value that there is none of is spelt on its way to the database; no cell may hold it
_KEPT_WORDS = 4000  # of a column whose values recur, how many are remembered
_ODD_IN_PLATE = re.compile(r"[^\w\s.\-·']|_")
_LONGEST = {"make": 50, "model": 50, "colour": 30, "reason": 500, "action_text": 500, "force_area": 50, "cad": 200}
_YES = {"Y", "YES", "TRUE", "T", "1", "C", "CONFIRMED"}
_NO = {"", "N", "NO", "FALSE", "F", "0", "U", "UNCONFIRMED"}
CONFIRMED = "yes"  # the source confirmed the report, and does not say when


class Limits(NamedTuple):
    """What the list and its agreement allow a row."""

    default_action: str
    actions: Collection[str]
    markers: Collection[str]
    now: dt.datetime
    latest_end: dt.datetime
    keys_only: bool = False  # a file of removals names vehicles and nothing else
    country: str = "GB"  # of rows whose file does not say
    life_cycle: LifeCycle | None = None


class Recurring(dict):
    """What became of each value of a column seen before: (value, problem)."""

    def __init__(self, check: Callable[[str], str]):
        self.check = check

    def __missing__(self, text: str) -> tuple[str, str]:
        if len(self) >= _KEPT_WORDS:
            self.clear()
        try:
            found = (self.check(text), "")
        except ValueError as error:
            found = ("", str(error))
        self[text] = found
        return found


class Checks:
    """The checks of one file's cells, under its layout and the list's limits. Each raises ValueError."""

    def __init__(self, layout: Layout, limits: Limits):
        self.layout, self.limits = layout, limits
        self.codes = legacy.tables(layout.codes)

    def of(self, target: str) -> Callable[[str], str]:
        """The check of cells that hold this."""
        if target in _LONGEST:
            return at_most(_LONGEST[target])
        return getattr(self, target)

    def absent(self, target: str) -> str:
        """What a row has when its file does not say."""
        if target == "country":
            return self.limits.country
        if target == "action":
            return self.limits.default_action
        if target == "markers":
            return "{}"
        if target == "marking":
            return legacy.DEFAULT_MARKING
        if target == "expires_at":
            return self.limits.latest_end.isoformat()
        return NOTHING if target in ("starts_at", "reported_at", "confirmed_at") else ""

    def country(self, text: str) -> str:
        """A code or distinguishing sign (decision 18); an empty cell takes the agreement's country."""
        if not text:
            return self.limits.country
        code = self.codes["countries"].get(text.upper())
        if code is None:
            raise ValueError(
                f"{quoted(text)} is no country. Write its code of two letters, or its distinguishing sign."
            )
        return code

    def action(self, text: str) -> str:
        """An action that the list allows; an empty cell takes the agreement's."""
        action = self.codes["actions"].get(" ".join(text.upper().split())) if text else self.limits.default_action
        if action is None:
            raise ValueError(f"{quoted(text)} is no action. Known: {', '.join(sorted(self.codes['actions']))}.")
        if action not in self.limits.actions:
            raise ValueError(f"The list does not allow the action {Action(action).label.lower()}.")
        return str(action)

    def markers(self, text: str) -> str:
        """Codes of warning markers that the list allows, as an array."""
        written = set(re.split(r"[\s,;/|]+", text.upper())) - {""}
        unknown = sorted(code for code in written if code not in self.codes["markers"])
        if unknown:
            raise ValueError(f"{quoted(' '.join(unknown))} is no warning marker.")
        codes = sorted({self.codes["markers"][code] for code in written})
        extra = [code for code in codes if code not in self.limits.markers]
        if extra:
            raise ValueError(f"The list does not allow the warning marker {', '.join(extra)}.")
        return "{" + ",".join(codes) + "}"

    def grading(self, text: str) -> str:
        """A 3x5x2 grade, translated where the file has a 5x5x5 code (R-012)."""
        if not text:
            return ""
        grade = legacy.modern_grade(text, self.codes)
        if grade[1] == "E":
            raise ValueError("Information that is suspected false cannot be listed.")  # domain.md 3.3
        return grade

    def marking(self, text: str) -> str:
        """A classification that this portal may hold, translated where the file has a GPMS marking (R-012)."""
        words = " ".join(text.upper().split())
        if words.startswith(legacy.TOO_HIGH):
            raise ValueError(f"{quoted(text)} is above what this portal may hold.")
        if words not in self.codes["markings"]:
            raise ValueError(f"{quoted(text)} is no protective marking.")
        return self.codes["markings"][words]

    def starts_at(self, text: str) -> str:
        """The beginning of the first day; an empty cell starts when it is loaded."""
        return self._moment(text).isoformat() if text else NOTHING

    def expires_at(self, text: str) -> str:
        """The end of the last day, which lies ahead and not further than the category allows. A life cycle has its own."""
        if self.limits.life_cycle is not None:
            return self._moment(text, end_of_day=True).isoformat() if text else NOTHING
        if not text:
            raise ValueError("The weed date is missing. Nothing is listed without an end.")
        ends = self._moment(text, end_of_day=True)
        if ends <= self.limits.now:
            raise ValueError(f"The weed date {quoted(text)} has passed.")
        if ends > self.limits.latest_end:
            latest = day(self.limits.latest_end - dt.timedelta(days=1))
            raise ValueError(f"The weed date {quoted(text)} is later than this category allows, which is {latest}.")
        return ends.isoformat()

    def reported_at(self, text: str) -> str:
        """When the source was told; a life cycle counts from it."""
        if text:
            return self._past(text).isoformat()
        if self.limits.life_cycle is not None:
            raise ValueError("The day of report is missing. This list's rows end a set time after it.")
        return NOTHING

    def confirmed_at(self, text: str) -> str:
        """When the source confirmed the report; of a bare yes, when it was reported."""
        word = text.upper()
        if word in _NO:
            return NOTHING
        return CONFIRMED if word in _YES else self._past(text).isoformat()

    def recovered_at(self, text: str) -> str:
        """When the vehicle was recovered, if the source says so."""
        return self._past(text).isoformat() if text else NOTHING

    def _moment(self, text: str, *, end_of_day: bool = False) -> dt.datetime:
        return moment(text, self.layout.dates, end_of_day=end_of_day)

    def _past(self, text: str) -> dt.datetime:
        at = self._moment(text)
        if at > self.limits.now:
            raise ValueError(f"{quoted(text)} lies ahead.")
        return at


def at_most(longest: int) -> Callable[[str], str]:
    """The check of words that are kept as they are."""

    def check(text: str) -> str:
        if len(text) > longest:
            raise ValueError(f"This has {len(text)} characters; at most {longest} are kept.")
        return text

    return check


def plate(text: str) -> str:
    """A normalised plate; ValueError when it cannot be one."""
    if not text:
        raise ValueError("The plate is missing.")
    if _ODD_IN_PLATE.search(text):
        raise ValueError("A plate is listed whole, in letters and digits: no wildcards, no other signs.")
    return plates.normalise(text)
