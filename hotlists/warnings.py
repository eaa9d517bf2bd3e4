"""What is to be said of a plate before it is listed: by its kind, and by when its mark was or will be issued."""

import datetime as dt
from typing import NamedTuple

from django.utils import timezone

from matcher_client import vrm as plates
from matcher_client.vrm import VrmClass


class Warned(NamedTuple):
    """One thing to know of a plate. Those that do not refuse it are answered by the author with a reason."""

    code: str
    words: str
    refuses: bool = False


# Kinds of United Kingdom mark that are seldom meant: they need no file, the mark itself says it.
BY_CLASS = {
    VrmClass.DIPLOMATIC: "This is a diplomatic plate: its users may be immune.",
    VrmClass.MILITARY: "This is a military plate.",
    VrmClass.TRADE: "This is a trade plate: it moves from vehicle to vehicle.",
    VrmClass.NEVER_ISSUED: "This plate was never issued: it is a misread, a false plate or a test.",
}


def of(vrm: str, country: str, at: dt.datetime) -> list[Warned]:
    """All that warns of this plate at this moment."""
    return _by_class(vrm, country) + _by_date(vrm, country, at)


def _by_class(vrm: str, country: str) -> list[Warned]:
    if country != "GB":
        return []
    kinds = plates.classify(vrm, country)
    if not kinds <= BY_CLASS.keys():  # 123ABC is both an ordinary old mark and an old trade plate: nothing to ask
        return []
    return [Warned(str(kind), BY_CLASS[kind]) for kind in sorted(kinds)]


def _by_date(vrm: str, country: str, at: dt.datetime) -> list[Warned]:
    """R-153: a mark of the future."""
    notices = plates.notices(vrm, timezone.localdate(at), country)
    return [Warned(notice.code, notice.words) for notice in notices if notice.code == "future_age_identifier"]
