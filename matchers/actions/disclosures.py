"""Taking a published list away as an unsigned file, which is disclosure; and telling its recipient what was taken back."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor, User
from audit.actions import record
from audit.verbs import Verb
from hotlists.models import Hotlist
from hotlists.policies import require_sight
from matchers import policies
from matchers.actions.publishing import latest
from matchers.models import Disclosure, DisclosureTold
from matchers.unsigned import files, stix, writing
from matchers.unsigned.carrying import TakenBack, Terms, counts_taken_back, rows, taken_back
from portal.errors import TooLate, Unfit
from portal.ids import new_id
from portal.policies import require
from standards.models import StandardsProfile


@dataclass(frozen=True)
class Taken:
    """A file that was recorded and may be sent: in parts, as they are read."""

    disclosure: Disclosure
    parts: Iterator[bytes]
    media_type: str
    file_name: str


MEDIA = {
    Disclosure.Form.VOI: ("text/csv; charset=utf-8", "csv"),
    Disclosure.Form.TEXT: ("text/plain; charset=utf-8", "txt"),
    Disclosure.Form.ANPR2MQTT: ("application/yaml", "yaml"),
    Disclosure.Form.STIX: (stix.MEDIA_TYPE, "json"),
}


@transaction.atomic
def export_list(hotlist: Hotlist, *, by: User, form: Disclosure.Form, recipient: str, reason: str) -> Taken:
    """What was last published of a list, as far as the form can carry it, for somebody outside the portal.

    Rows that the form would make broader than authorised are withheld and counted. Raises Unfit where nothing is left.
    """
    hotlist = Hotlist.objects.get(pk=hotlist.pk)
    require_sight(by, hotlist)
    require(policies.may_export_list(by, hotlist))
    _require_words(
        {"recipient": (recipient, "Say who gets the file."), "reason": (reason, "Say what they need it for.")}
    )
    now = timezone.now()
    publication = latest(hotlist)
    if publication is None or not publication.rows:
        raise Unfit("Nothing is published of this list. What was not published leaves in no file.")
    terms = Terms.of(publication, form, now)
    key = new_id()
    withheld: Counter[str] = Counter()
    carried = rows(terms, withheld)
    if form == Disclosure.Form.VOI:
        lines = writing.voi(carried, str(key))
    elif form == Disclosure.Form.STIX:
        lines = stix.bundle(hotlist, carried, record=str(key), at=now)
    elif form == Disclosure.Form.TEXT:
        lines = writing.text(carried, _notes(hotlist, by, recipient, reason, str(key)), now)
    else:
        ends = timezone.localtime(now + dt.timedelta(hours=hotlist.offline_life_hours))
        drop = (
            f"Take another before {ends:%d %b %Y at %H:%M}, or delete this one: the program lets nothing end by itself."
        )
        lines = writing.anpr2mqtt(carried, (*_notes(hotlist, by, recipient, reason, str(key)), drop))
    with files.plain(lines) as made:
        count = publication.rows - withheld.total()
        if not count:
            raise Unfit(f"{form.label} can carry none of the {publication.rows:,} rows: {_in_words(withheld)}.")
        disclosure = Disclosure.objects.create(
            id=key, hotlist=hotlist, revision=publication.revision, form=form, recipient=recipient.strip(),
            reason=reason.strip(), list_ends=terms.list_ends, suppressed=list(terms.suppressed), rows=count,
            withheld=dict(withheld), sha256=made.sha256, length=made.length, taken_by=by, taken_at=now,
        )  # fmt: skip
        record(
            Verb.DISCLOSURE_MADE, target=disclosure, by=by, count=count, also=[hotlist, publication],
            list=str(hotlist), form=form.label, recipient=recipient, recipients=recipient, reason=reason,
            justification=reason, withheld=_in_words(withheld), sha256=made.sha256, revision=publication.revision,
        )  # fmt: skip
    media_type, ending = MEDIA[form]
    return Taken(disclosure, made.parts, media_type, f"list-{str(key)[-12:]}.{ending}")


@transaction.atomic
def open_disclosure(disclosure: Disclosure, *, by: User) -> list[TakenBack]:
    """What of the file was taken back since, for whoever tells its recipient; the newest, as many as a search shows."""
    require_sight(by, disclosure.hotlist)
    require(policies.may_view(by))
    most = StandardsProfile.objects.in_force(timezone.now()).number("search.shown.most")
    found = taken_back(disclosure, most)
    plates = {(each.country, each.vrm) for each in found}
    record(Verb.DISCLOSURE_OPENED, target=disclosure, by=by, count=len(found), also=[disclosure.hotlist], plates=plates)
    return found


@transaction.atomic
def tell_recipient(disclosure: Disclosure, *, by: User, how: str, is_destroyed: bool = False) -> DisclosureTold:
    """Notes that the recipient was told of every row taken back until now (R-018); with `is_destroyed`, that they say no
    copy is left. Proof it is not. Raises TooLate when there is nothing that they have not been told."""
    hotlist = Hotlist.objects.select_for_update(of=("self",), no_key=True).get(pk=disclosure.hotlist_id)
    require_sight(by, hotlist)
    require(policies.may_tell(by, disclosure))
    _require_words({"how": (how, "Say how they were told: by whom, to whom.")})
    most = StandardsProfile.objects.in_force(timezone.now()).number("search.shown.most")
    _, untold = counts_taken_back([disclosure], most)[disclosure.pk]
    if not untold and not is_destroyed:
        raise TooLate("Nothing was taken back of which they have not been told.")
    newest = latest(hotlist)
    told = DisclosureTold.objects.create(
        disclosure=disclosure, revision=newest.revision if newest else disclosure.revision, rows=untold,
        how=how.strip(), is_destroyed=is_destroyed, told_by=by, told_at=timezone.now(),
    )  # fmt: skip
    record(
        Verb.DISCLOSURE_TOLD, target=disclosure, by=by, count=untold, also=[hotlist], recipient=disclosure.recipient,
        recipients=disclosure.recipient, how=how, destroyed=is_destroyed,
    )  # fmt: skip
    return told


def _notes(hotlist: Hotlist, by: Actor, recipient: str, reason: str, record_id: str) -> tuple[str, ...]:
    moment = timezone.localtime(timezone.now())
    return (
        f"{hotlist.title}, taken from the hotlist portal by {by.actor_label} on {moment:%d %b %Y at %H:%M} for {recipient}",
        f"Why: {reason}",
        "Nothing here is by itself a ground to stop anybody: ask the list's owner what is to be done.",
        f"Record {record_id}. OFFICIAL-SENSITIVE: personal data. Use it for this purpose only, then delete it.",
    )


def _in_words(withheld: Counter[str]) -> str:
    return ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in sorted(withheld.items()))


def _require_words(asked: dict[str, tuple[str, str]]) -> None:
    missing = {field: [ask] for field, (given, ask) in asked.items() if not given.strip()}
    if missing:
        raise Unfit(" ".join(asks[0] for asks in missing.values()), missing)
