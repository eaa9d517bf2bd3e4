"""Nobody acts on a vehicle connected with them (R-032): the act is undone, and what was tried is reported all the same."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor, User
from audit.actions import record
from audit.verbs import Verb
from hotlists.models import ConflictReport, DeclaredVehicle, Entry, EntryVersion, Hotlist
from matcher_client import vrm as plates
from portal.errors import Refused

Act = ConflictReport.Act
Link = ConflictReport.Link


class Conflicted(Refused):
    """A colleague may not do this to a vehicle of theirs. What was tried outlives the transaction that it undoes: whatever
    turns refusals into answers calls `aftermath`, and reports it once."""

    def __init__(self, reason: str, *, by: User, act: str, plate: tuple[str, str], hotlist: Hotlist | None, link: str,
                 entry_id: uuid.UUID | None) -> None:  # fmt: skip
        super().__init__(reason)
        self.by, self.act, self.plate, self.link = by, act, plate, link
        self.hotlist, self.entry_id = hotlist, entry_id
        self.is_reported = False

    def aftermath(self) -> None:
        """Tells professional standards, in a transaction of its own."""
        if self.is_reported:
            return
        report_conflict(
            self.act, by=self.by, plate=self.plate, link=self.link, hotlist=self.hotlist, entry_id=self.entry_id
        )
        self.is_reported = True


def require_no_conflict(
    act: str, *, by: Actor, plate: tuple[str, str], hotlist: Hotlist | None = None, entry_id: uuid.UUID | None = None
) -> None:
    """Raises Conflicted when the vehicle, or one whose plate is drawn alike, is declared as connected with this person or
    with somebody of their unit. Machines and jobs have no vehicles."""
    if not isinstance(by, User) or not plate[1]:
        return
    link = link_of(by, plate[1], at=timezone.now())
    if link is not None:
        raise Conflicted(reason_of(link), by=by, act=act, plate=plate, hotlist=hotlist, link=link, entry_id=entry_id)


def require_none_of_entry(act: str, entry: Entry, *, by: Actor) -> None:
    """The same of every plate that a version of this entry ever had."""
    for plate in (
        EntryVersion.objects.filter(entry=entry).exclude(vrm="").order_by().values_list("country", "vrm").distinct()
    ):
        require_no_conflict(act, by=by, plate=plate, hotlist=entry.hotlist, entry_id=entry.pk)


def link_of(person: User, vrm: str, *, at: dt.datetime) -> str | None:
    """How a vehicle is connected with this person; None where nobody declared that it is."""
    declarers = set(DeclaredVehicle.objects.touching(person, at).of_plate(vrm).values_list("declared_by_id", flat=True))
    if not declarers:
        return None
    return Link.SELF if person.pk in declarers else Link.COLLEAGUE


def reason_of(link: str) -> str:
    """Why somebody else has to do it, in words."""
    whose = "you" if link == Link.SELF else "somebody of your unit"
    return (
        f"This vehicle is declared as connected with {whose}, so somebody of another unit has to do this (R-032)."
        " Professional standards are told of the attempt."
    )


@transaction.atomic
def report_conflict(
    act: str, *, by: User, plate: tuple[str, str], link: str, hotlist: Hotlist | None = None,
    entry_id: uuid.UUID | None = None,
) -> ConflictReport:  # fmt: skip
    """Writes down for professional standards what somebody tried on a vehicle connected with them."""
    report = ConflictReport.objects.create(
        act=Act(act), link=Link(link), attempted_by=by, attempted_at=timezone.now(), country=plate[0], vrm=plate[1],
        hotlist=hotlist, entry_id=entry_id,
    )  # fmt: skip
    record(
        Verb.CONFLICT_REPORTED, target=report, by=by, plate=plate, also=[by],
        act=report.get_act_display().lower(), link=report.get_link_display().lower(),
    )  # fmt: skip
    return report


def report_searched(searched: Iterable[tuple[str, str]], *, by: Actor) -> None:
    """A search is not refused; of one's own vehicle, or a colleague's, it is reported (F-09)."""
    if not isinstance(by, User):
        return
    now = timezone.now()
    barring = set(DeclaredVehicle.objects.touching(by, now).values_list("vrm_skeleton", flat=True))
    if not barring:
        return
    for country, vrm in searched:
        skeleton = plates.skeleton(vrm)
        if skeleton in barring and (link := link_of(by, vrm, at=now)):
            barring.discard(skeleton)  # once a vehicle, however often the search found it
            report_conflict(Act.SEARCH, by=by, plate=(country, vrm), link=link)
