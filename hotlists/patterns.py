"""Plates as people remember them: in part, or as they looked. What a pattern matches, and how to find it. Pure.

A pattern becomes keys (few enough to ask for one by one) or ranges of an index, of the plate or of the plate read
backwards; never a scan of a whole list. What would need one is refused, with what to add.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from matcher_client import vrm as plates

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ANY = frozenset(ALPHABET)
RUN = None  # what `*` stands for: nothing, or any number of characters
DIGITS, LETTERS = frozenset(ALPHABET[:10]), frozenset(ALPHABET[10:])

# Bounds of what the database answers within milliseconds at five million rows; `bin/bench plate_search` measures it.
MOST_KEYS = 5000
MOST_RANGES = 64
MOST_OF_A_LIST = 1 / 400  # of its rows, read and looked at one by one

# The forms of the marks of the United Kingdom and its islands, A a letter and 9 a digit (vrm.PATTERNS).
_SHAPES = """
9 99 9A A9 999 99A 9AA A99 AA9 9999 999A 99AA 9AAA A999 AA99 AA9A AAA9 99999 9999A 999AA 99AAA A9999 A9AAA AA999 AA99A AAA99
AAA9A AAAA9 9999AA 999AAA 99AA99 A99999 A99AAA AA9999 AA999A AA99AA AAA999 AAA99A AAAA99 AAAA9A 9999AAA 999A999 A999999
A999AAA AA9999A AA99AAA AAA9999 AAA999A AAAA999 AAAA99A A9999999 A9999AAA AAA9999A AAAA999A
"""
SHAPES = frozenset(_SHAPES.split())

_NOT_OF_A_PATTERN = re.compile(r"[^A-Z0-9?*]+")


class Likeness(StrEnum):
    """How near a plate must come to what was typed."""

    EXACT = "exact"
    FONT = "font"  # the plate font draws 0 and O alike, and 1 and I
    READER = "reader"  # what plate readers confuse; for searches by people only


class TooBroad(ValueError):
    """The pattern would match too much to be searched for; says what to add."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What was asked for: for each place the characters that may stand there, or RUN."""

    typed: str
    places: tuple[frozenset[str] | None, ...]

    @property
    def is_whole(self) -> bool:
        """Whether a whole plate was typed, and not a part of one."""
        return not {"?", "*"} & set(self.typed)

    @property
    def known(self) -> int:
        """How many characters were given."""
        return sum(place not in (RUN, ANY) for place in self.places)

    @property
    def regex(self) -> str:
        """The same as a regular expression over normalised plates, in PostgreSQL's and Python's common language."""
        return "^" + "".join(map(_expression, self.places)) + "$"


@dataclass(frozen=True, slots=True)
class Plan:
    """How to find what a pattern matches: by keys, or by ranges [low, high) and what is further asked of the rows in them."""

    keys: tuple[str, ...] = ()
    ranges: tuple[tuple[str, str], ...] = ()
    is_backwards: bool = False  # the ranges are of the plate read backwards
    regex: str = ""
    only_known_forms: bool = False  # marks of no form that the United Kingdom issues were not looked for


def parse(typed: str, likeness: Likeness = Likeness.EXACT) -> Pattern:
    """What was typed, case and spaces aside: `?` is one character, `*` any number. ValueError for what can be no plate."""
    text = _NOT_OF_A_PATTERN.sub("", unicodedata.normalize("NFKD", typed).upper())
    text = re.sub(r"\*[*?]*\*", lambda run: "?" * run[0].count("?") + "*", text)
    if not text:
        raise ValueError("A registration mark needs at least one letter or digit.")
    if len(text.replace("*", "")) > plates.MAX_LENGTH:
        raise ValueError(f"A registration mark has at most {plates.MAX_LENGTH} letters and digits.")
    return Pattern(text, tuple(_place(character, likeness) for character in text))


def plan(pattern: Pattern, *, least_known: int) -> Plan:
    """The cheapest way to all that the pattern matches. Raises TooBroad, with what to add."""
    if pattern.is_whole:
        if _ways(pattern.places) > MOST_KEYS:
            raise TooBroad(
                f"This plate can be misread in {_ways(pattern.places):,} ways, which is too many. Look only for 0 and O, and 1 and I."
            )
        return Plan(keys=_spelled(pattern.places))
    if pattern.known < least_known:
        raise TooBroad(f"Give at least {least_known} letters or digits that you know.")
    if RUN not in pattern.places and _ways(pattern.places) <= MOST_KEYS:
        return Plan(keys=_spelled(pattern.places))
    if ranges := _by_ranges(pattern):
        return ranges
    if RUN in pattern.places:
        raise TooBroad(
            "This would match too much to be searched for. Give more of the beginning or of the end: at least two letters, or "
            "a letter and two digits, beside each other. A part from the middle alone cannot be looked for."
        )
    return _by_known_forms(pattern)


def _place(character: str, likeness: Likeness) -> frozenset[str] | None:
    if character == "*":
        return RUN
    return ANY if character == "?" else _ALIKE[likeness][character]


def _alike(skeleton) -> dict[str, frozenset[str]]:
    return {one: frozenset(other for other in ALPHABET if skeleton(other) == skeleton(one)) for one in ALPHABET}


_ALIKE = {
    Likeness.EXACT: {one: frozenset(one) for one in ALPHABET},
    Likeness.FONT: _alike(plates.skeleton),
    Likeness.READER: _alike(plates.search_skeleton),
}


def _ways(places: tuple[frozenset[str] | None, ...]) -> int:
    return math.prod(len(place or ()) for place in places)


def _spelled(places: tuple[frozenset[str] | None, ...]) -> tuple[str, ...]:
    return tuple("".join(spelling) for spelling in product(*(sorted(place or ()) for place in places)))


def _expression(place: frozenset[str] | None) -> str:
    if place is RUN:
        return ".*"
    if place == ANY:
        return "."
    return next(iter(place)) if len(place) == 1 else f"[{''.join(sorted(place))}]"


def _share(place: frozenset[str] | None) -> float:
    """About which part of all plates have one of these here."""
    return min(1.0, len((place or ANY) & LETTERS) / 24 + len((place or ANY) & DIGITS) / 10)


def _by_ranges(pattern: Pattern) -> Plan | None:
    """By the plate's beginning or its end, whichever leaves fewer rows; None when neither leaves few enough."""
    best: tuple[float, int, Plan] | None = None
    for is_backwards in (False, True):
        places = pattern.places[::-1] if is_backwards else pattern.places
        share = 1.0
        for cut, place in enumerate(places, 1):
            if place is RUN or _ways(places[:cut]) > MOST_RANGES:
                break
            share *= _share(place)
            if place == ANY:
                continue  # a longer beginning that is no better known
            starts = _spelled(places[:cut])
            is_all = places[cut:] == (RUN,)  # then the first rows of the one range are the answer
            if share > MOST_OF_A_LIST and not (is_all and len(starts) == 1):
                continue
            if best is None or (share, len(starts)) < best[:2]:
                ranges = tuple((start, start[:-1] + chr(ord(start[-1]) + 1)) for start in starts)
                best = share, len(starts), Plan((), ranges, is_backwards, "" if is_all else pattern.regex)
    return best[2] if best else None


def _by_known_forms(pattern: Pattern) -> Plan:
    """By every spelling that has the form of a mark of the United Kingdom or its islands."""
    forms = [
        tuple(
            (place or ANY) & (LETTERS if sign == "A" else DIGITS)
            for place, sign in zip(pattern.places, shape, strict=True)
        )
        for shape in SHAPES
        if len(shape) == len(pattern.places)
    ]
    ways = sum(map(_ways, forms))
    if ways > MOST_KEYS:
        raise TooBroad(f"This stands for {ways:,} different plates, which is too many. Give one more letter or digit.")
    return Plan(keys=tuple(key for form in forms for key in _spelled(form)), only_known_forms=True)
