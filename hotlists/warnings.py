"""What is to be said of a plate before it is listed: by its kind, by when its mark is issued, and by the warninglists in use."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from django.utils import timezone

from hotlists.models import WarninglistAnswer, WarninglistEdition, WarninglistItem
from hotlists.models.warninglists import Effect
from matcher_client import vrm as plates
from matcher_client.vrm import VrmClass


class Warned(NamedTuple):
    """One thing to know of a plate. Those that do not refuse it are answered by the author with a reason; of a warninglist that
    refuses it, `edition` says who may answer."""

    code: str
    words: str
    refuses: bool = False
    edition: WarninglistEdition | None = None

    def fingerprint(self, plate: tuple[str, str]) -> str:
        """Of this warning about this plate: what an author's answer names, so that it passes for no other."""
        return hashlib.sha256("\x1f".join((*plate, self.code, self.words)).encode()).hexdigest()[:16]

    def told(self, plate: tuple[str, str]) -> dict[str, object]:
        """As the API tells it."""
        return {"code": self.code, "words": self.words, "refuses": self.refuses, "fingerprint": self.fingerprint(plate)}


# Kinds of United Kingdom mark that are seldom meant: they need no file, the mark itself says it.
BY_CLASS = {
    VrmClass.DIPLOMATIC: "This is a diplomatic plate: its users may be immune.",
    VrmClass.MILITARY: "This is a military plate.",
    VrmClass.TRADE: "This is a trade plate: it moves from vehicle to vehicle.",
    VrmClass.NEVER_ISSUED: "This plate was never issued: it is a misread, a false plate or a test.",
}


def of(vrm: str, country: str, at: dt.datetime) -> list[Warned]:
    """All that warns of this plate at this moment. One query, however many warninglists there are and however long."""
    return _by_class(vrm, country) + _by_date(vrm, country, at) + _by_lists(vrm, country, at)


def unanswered(found: Iterable[Warned], answered: Iterable[str]) -> list[Warned]:
    """Those among `found` that an answer given to `answered`, word for word, does not answer."""
    return [warned for warned in found if warned.words not in set(answered)]


def refusing(found: Iterable[Warned], vrm: str, country: str, entry_id: object) -> list[Warned]:
    """Those among `found` that refuse the plate, and for which nobody of rank has answered on this entry."""
    refuses = [warned for warned in found if warned.refuses]
    if not refuses:
        return []
    given = WarninglistAnswer.objects.filter(entry_id=entry_id, vrm=vrm, country=country)
    return unanswered(refuses, given.values_list("warning", flat=True))


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


def _by_lists(vrm: str, country: str, at: dt.datetime) -> list[Warned]:
    """One warning a list, by the item that names the plate most closely."""
    items = WarninglistItem.objects.in_use(at).fitting(vrm, country).select_related("edition__warninglist")
    closest: dict[str, WarninglistItem] = {}
    for item in sorted(items, key=lambda item: (item.edition.warninglist.name, item.is_pattern, item.plate)):
        closest.setdefault(item.edition.warninglist.name, item)
    return [_told(item) for item in closest.values()]


def _told(item: WarninglistItem) -> Warned:
    edition = item.edition
    parts = (f"On the warninglist {edition.warninglist.name}: {edition.meaning}", item.note, edition.advice)
    words = " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)
    return Warned(str(edition.warninglist_id), words, edition.effect == Effect.REFUSE, edition)
