"""Time said in words, with the exact moment one hover or focus away. Stored in UTC, shown in Europe/London."""

import datetime as dt

from django.utils import timezone
from markupsafe import Markup, escape

UNITS = (
    ("year", 365 * 86400),
    ("month", 30 * 86400),
    ("day", 86400),
    ("hour", 3600),
    ("minute", 60),
)
Moment = dt.datetime | dt.date | None
REACH = range(1900, 2200)  # years that a person can mean; beyond them nothing can be added to a date
OUT_OF_REACH = f"Give a date between {REACH.start} and {REACH.stop - 1}."


def is_in_reach(when: dt.datetime | dt.date) -> bool:
    """Whether it is a date that can be meant, and counted from."""
    return when.year in REACH


def now() -> dt.datetime:
    """The moment this is asked."""
    return timezone.now()


def exact(when: dt.datetime | dt.date) -> str:
    """`Sunday 22 November 2026 at 15:31:07 GMT`; of a date, without the time."""
    if not isinstance(when, dt.datetime):
        return f"{when:%A} {when.day} {when:%B %Y}"
    local = timezone.localtime(when)
    return f"{local:%A} {local.day} {local:%B %Y} at {local:%H:%M:%S %Z}"


def short(when: dt.datetime | dt.date) -> str:
    """`22 Nov 2026, 15:31`; of a date, without the time."""
    if not isinstance(when, dt.datetime):
        return f"{when.day} {when:%b %Y}"
    local = timezone.localtime(when)
    return f"{local.day} {local:%b %Y}, {local:%H:%M}"


def length(seconds: float) -> str:
    """`6 hours`: the one largest unit that gives at least 2, or the next below; under a minute, seconds."""
    seconds = abs(seconds)
    seconds += 30 if seconds > 300 else 0  # what was set to 6 hours is not said to be 5
    for name, size in UNITS:
        n = int(seconds // size)
        if n >= 2 or (n == 1 and name in ("minute", "hour", "day")):
            return f"{n} {name}{'' if n == 1 else 's'}"
    n = int(seconds)
    return f"{n} second{'' if n == 1 else 's'}"


def hours_and_minutes(seconds: float) -> str:
    """`2 h 10 min`, for what lapses within hours: rounded down, so that nobody counts on a minute that is not there."""
    hours, minutes = divmod(int(max(seconds, 0)) // 60, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def took(length_of: dt.timedelta) -> str:
    """`2 h 10 min`, and from two days on `3 days`."""
    seconds = length_of.total_seconds()
    return length(seconds) if seconds >= 2 * 86400 else hours_and_minutes(seconds)


def _element(when: dt.datetime | dt.date, words: str, *, tone: str = "") -> Markup:
    """A <time> that keyboard users can focus too; its exact moment shows on hover and focus by CSS."""
    return Markup('<time class="moment{}" datetime="{}" data-exact="{}" tabindex="0">{}</time>').format(
        f" moment--{tone}" if tone else "", when.isoformat(), exact(when), words
    )


def _at(when: dt.datetime | dt.date) -> dt.datetime:
    """A date without a time ends at midnight in London at the end of that day (decision 17)."""
    if isinstance(when, dt.datetime):
        return when
    midnight = dt.datetime.combine(when + dt.timedelta(days=1), dt.time())
    return timezone.make_aware(midnight, timezone.get_default_timezone())


def moment(when: Moment, none: str = "–") -> Markup:
    """The exact local time, short."""
    return escape(none) if when is None else _element(when, short(when))


def day(when: Moment, none: str = "–") -> Markup:
    """The day alone."""
    if when is None:
        return escape(none)
    local = timezone.localtime(when).date() if isinstance(when, dt.datetime) else when
    return _element(when, short(local))


def ago(when: Moment, verb: str = "", none: str = "never") -> Markup:
    """`confirmed 3 days ago` with verb "confirmed"; of a moment to come, `in 3 days`."""
    lead = f"{verb} " if verb else ""
    if when is None:
        return escape(f"{lead}{none}")
    seconds = (now() - _at(when)).total_seconds()
    if isinstance(when, dt.date) and not isinstance(when, dt.datetime) and 0 > seconds >= -86400:
        return _element(when, f"{lead}today")
    if abs(seconds) < 5:
        return _element(when, f"{lead}just now")
    return _element(when, f"{lead}{length(seconds)} ago" if seconds > 0 else f"{lead}in {length(seconds)}")


def until(when: Moment, verb: str = "", none: str = "no end", past: str = "") -> Markup:
    """`lapses in 6 hours` with verb "lapses"; once past, `lapsed 2 days ago` with past "lapsed"."""
    if when is None:
        return escape(none)
    seconds = (_at(when) - now()).total_seconds()
    if seconds <= 0:
        return _element(when, f"{past or verb} {length(seconds)} ago".strip(), tone="stopped")
    tone = "lapsing" if seconds < 3 * 86400 else ""
    return _element(when, f"{verb} in {length(seconds)}".strip(), tone=tone)


def within(when: Moment, verb: str = "", past: str = "") -> Markup:
    """`confirm within 2 h 10 min` with verb "confirm"; once past, as `until` says it."""
    seconds = (_at(when) - now()).total_seconds() if when is not None else 0
    if when is None or seconds <= 0:
        return until(when, verb, past=past)
    return _element(when, f"{verb} within {hours_and_minutes(seconds)}".strip(), tone="lapsing")


def lapse(when: Moment, none: str = "no end") -> Markup:
    """`lapses in 6 hours`, `lapsed 2 days ago`."""
    return until(when, "lapses", none, past="lapsed")
