"""Days and moments as sources write them: London's, unless they say otherwise (decision 17)."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_TIME = r"(?:[ T](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(rf"(?P<year>\d{{4}})-?(?P<month>\d{{2}})-?(?P<day>\d{{2}}){_TIME}")
_DAY_FIRST = re.compile(rf"(?P<day>\d{{1,2}})[/.\-](?P<month>\d{{1,2}})[/.\-](?P<year>\d{{4}}){_TIME}")
_MONTH_FIRST = re.compile(rf"(?P<month>\d{{1,2}})[/.\-](?P<day>\d{{1,2}})[/.\-](?P<year>\d{{4}}){_TIME}")
_NAMED = re.compile(rf"(?P<day>\d{{1,2}})[ \-](?P<name>[A-Za-z]{{3}})[a-z]*[ \-](?P<year>\d{{4}}){_TIME}")
_PACKED = re.compile(rf"(?P<day>\d{{2}})(?P<month>\d{{2}})(?P<year>\d{{4}}){_TIME}")
_SHORT = re.compile(r"(?P<day>\d{2})[/.\-]?(?P<month>\d{2})[/.\-]?(?P<short>\d{2})")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

FORMATS = {  # name -> (what people call it, an example, its patterns)
    "usual": ("Day first with strokes, or year first", "31/12/2026 or 2026-12-31", (_DAY_FIRST, _ISO, _NAMED)),
    "yyyymmdd": ("Year, month, day", "20261231", (_ISO,)),
    "ddmmyyyy": ("Day, month, year without strokes", "31122026", (_PACKED,)),
    "ddmmyy": ("Day, month, year of two figures", "311226", (_SHORT,)),
    "month-first": ("Month first", "12/31/2026", (_MONTH_FIRST,)),
}


def moment(text: str, style: str, *, end_of_day: bool) -> dt.datetime:
    """The moment that the text names, in UTC; of a day alone its first, or the first after it. ValueError in plain words."""
    _, example, patterns = FORMATS[style]
    found = next((match for pattern in patterns if (match := pattern.fullmatch(text))), None)
    if found is None:
        raise ValueError(f"{quoted(text)} is no date. Write {example}.")
    parts = found.groupdict()
    try:
        if "short" in parts:
            year = 2000 + int(parts["short"])
        else:
            year = int(parts["year"])
        month = _MONTHS.index(parts["name"].upper()) + 1 if "name" in parts else int(parts["month"])
        local = dt.datetime(year, month, int(parts["day"]))
        if parts.get("hour") is None:
            local += dt.timedelta(days=end_of_day)
        else:
            local = local.replace(
                hour=int(parts["hour"]), minute=int(parts["minute"]), second=int(parts["second"] or 0)
            )
        return local.replace(tzinfo=_zone(parts.get("zone"))).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{quoted(text)} is no day of the calendar.") from None


def quoted(text: str) -> str:
    """A cell within a sentence, cut when it is long."""
    return f"“{text[:30]}…”" if len(text) > 30 else f"“{text}”"


def day(at: dt.datetime) -> str:
    """A day as people write it, in London."""
    return at.astimezone(LONDON).strftime("%d/%m/%Y")


def _zone(text: str | None) -> dt.tzinfo:
    if not text:
        return LONDON
    if text == "Z":
        return dt.UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-offset if text[0] == "-" else offset)
