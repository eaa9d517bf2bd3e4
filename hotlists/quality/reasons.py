"""R-025: a reason is specific, long enough, and this vehicle's own."""

import datetime as dt
import re
from collections.abc import Iterator

from hotlists.models import EntryVersion
from hotlists.quality.asked import Asked, Fault

# Words that say nothing when they are all there is.
EMPTY_PHRASES = re.compile(
    r"\b(of interest( to [\w ]{1,40})?|(known )?(to|for) police|person of interest|routine( check| stop| enquiry)?|"
    r"intel(ligence)?( only| purposes| report)?|see (log|intel|niche|report|above|attached)|tbc|n/?a|as (above|before|per \w+)|"
    r"per request|ongoing (enquir(y|ies)|investigation)|police (purposes|enquir(y|ies))|suspicious( vehicle| activity)?|"
    r"stop (and|&) search|for information( only)?|please stop|stop if seen)\b",
    re.IGNORECASE,
)
# A reason that is a pointer to somebody, not a reason: the marker of F-06.
POINTER = re.compile(r"^\W*((vehicle|car|van|person|male|female) )?of interest\b", re.IGNORECASE)
COMPARED = 200  # an author's latest entries: more would only cost time
FEWEST_WORDS = 4  # that remain when the phrases that say nothing are taken out


def is_specific(asked: Asked) -> Iterator[Fault]:
    """Long enough, no pointer, no boilerplate."""
    words = asked.version.reason.strip()
    minimum = asked.numbers["reason.minimum"]
    if not words:
        return
    if says_nothing(words):
        yield (
            "reason",
            "Say what happened and why this vehicle matters. “Of interest”, “routine” or “intel” is no reason.",
        )
    elif len(words) < minimum:
        yield "reason", f"Use at least {minimum} characters, so that someone who reads only this understands."


def is_not_said_again_and_again(asked: Asked) -> Iterator[Fault]:
    """Not the same, or nearly the same, as more than so many others by the same author."""
    version = asked.version
    if not version.reason.strip():
        return
    since = asked.at - dt.timedelta(days=asked.numbers["reason.repeats.days"])
    latest = (
        EntryVersion.objects.filter(written_by_id=version.written_by_id, submitted_at__gt=since)
        .exclude(entry_id=version.entry_id)
        .order_by("-submitted_at")
        .values_list("entry_id", "reason")[:COMPARED]
    )
    others = dict(latest).values()  # one an entry, however many versions it has
    alike = sum(likeness(version.reason, other) >= asked.numbers["reason.likeness"] for other in others)
    if alike > asked.numbers["reason.repeats"]:
        yield (
            "reason",
            f"You gave this reason, or nearly this, for {alike} other entries. Say what is so of this vehicle alone.",
        )


def says_nothing(reason: str) -> bool:
    """Whether a reason is a pointer, or little more than phrases that say nothing."""
    rest = EMPTY_PHRASES.sub("", reason)
    return bool(POINTER.search(reason)) or len(re.findall(r"\w+", rest)) < FEWEST_WORDS


def likeness(one: str, other: str) -> int:
    """How many of the words of two reasons they share, in per cent; case and punctuation aside."""
    mine, theirs = set(re.findall(r"\w+", one.lower())), set(re.findall(r"\w+", other.lower()))
    return 100 * len(mine & theirs) // (len(mine | theirs) or 1)
