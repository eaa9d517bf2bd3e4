"""Warninglists: begun, loaded by one person, brought into use by another, brought back, retired; and looked into."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Actor, User
from accounts.policies import own_session
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies, warnings
from hotlists.actions.conflicts import Act, require_no_conflict
from hotlists.feeds.files import kept_name
from hotlists.models import (
    EntryVersion,
    Warninglist,
    WarninglistAnswer,
    WarninglistEdition,
    WarninglistItem,
    WarninglistProblem,
    WarninglistUse,
)
from hotlists.models.warninglists import Effect
from hotlists.warninglists.staging import Limits, merge, stage
from hotlists.warnings import Warned
from matcher_client import vrm as plates
from portal.errors import TooLate, Unfit
from portal.policies import require
from portal.spreadsheets import harmless
from standards.models import StandardsProfile
from standards.ranks import Rank

SHOWN = 20  # plates of each kind on the page of an edition


@transaction.atomic
def begin_warninglist(
    *, by: User, name: str, kind: str, source: str, licence: str, keeper: User | None = None
) -> Warninglist:
    """A warninglist without an edition: it warns of nothing yet."""
    require(policies.may_begin_warninglist(by))
    _require_words(name=name, source=source, licence=licence)
    if Warninglist.objects.filter(name__iexact=name.strip()).exists():
        words = "There is a warninglist of this name already."
        raise Unfit(words, {"name": [words]})
    warninglist = Warninglist.objects.create(
        name=name.strip(), kind=kind, source=source.strip(), licence=licence.strip(), keeper=keeper or by, created_by=by,
        created_at=timezone.now(),
    )  # fmt: skip
    record(Verb.WARNINGLIST_BEGUN, target=warninglist, by=by)
    return warninglist


@transaction.atomic
def load_warninglist(
    warninglist: Warninglist, *, by: User, chunks: Iterable[bytes], file_name: str, effect: str, meaning: str,
    advice: str, answer_rank: int = Rank.SUPERINTENDENT,
) -> WarninglistEdition:  # fmt: skip
    """Reads a whole file as the list's next edition, which waits until somebody else accepts it. Rows that cannot be read are
    kept aside with what is wrong. Raises Unfit for what is no such file, holds no plate, or too many."""
    warninglist = _locked(warninglist.pk)
    require(policies.may_load_warninglist(by, warninglist))
    _require_words(meaning=meaning, advice=advice)
    if effect == Effect.REFUSE and answer_rank < Rank.CONSTABLE:
        words = "Name the rank that may answer."
        raise Unfit(words, {"answer_rank": [words]})
    if warninglist.editions.waiting().exists():
        raise TooLate("An edition waits already. Accept or discard that one first.")
    now = timezone.now()
    profile, before = StandardsProfile.objects.in_force(now), _in_use(warninglist)
    found = stage(
        chunks, least_known=profile.number("warninglist.known.least"), compared_with=before,
        limits=Limits(*(profile.number(f"warninglist.{what}") for what in ("items", "patterns", "bad.most"))),
    )  # fmt: skip
    edition = WarninglistEdition.objects.create(
        warninglist=warninglist, number=(warninglist.editions.aggregate(last=Max("number"))["last"] or 0) + 1, effect=effect,
        meaning=meaning.strip(), advice=advice.strip(), answer_rank=answer_rank, file_name=kept_name(file_name), loaded_by=by,
        loaded_at=now, idle_since=now, compared_with=before, sha256=found.sha256, count=found.count, patterns=found.patterns,
        bad_rows=len(found.bad), added=found.added, removed=found.removed, changed=found.changed,
    )  # fmt: skip
    merge(edition)
    WarninglistProblem.objects.bulk_create(
        WarninglistProblem(
            edition=edition, row=row.number, column=row.column[:30], words=row.words[:300], cells=row.cells
        )
        for row in found.bad
    )
    record(
        Verb.WARNINGLIST_LOADED, target=edition, by=by, also=[warninglist], count=edition.count, problems=len(found.bad),
        file_name=edition.file_name, sha256=edition.sha256,
    )  # fmt: skip
    return edition


@transaction.atomic
def accept_edition(edition: WarninglistEdition, *, by: User) -> WarninglistEdition:
    """The second person's yes: from now on this edition is what the list says."""
    warninglist, edition = _both(edition.pk)
    require(policies.may_accept_edition(by, edition))
    if edition.compared_with != _in_use(warninglist):
        raise TooLate("Another edition came into use since this was loaded. Discard it, and load the file again.")
    now = timezone.now()
    edition.accepted_by, edition.accepted_at, edition.sign_in = by, now, own_session(by)
    edition.save(update_fields=["accepted_by", "accepted_at", "sign_in"])
    edition.problems.all().delete()
    _use(warninglist, edition, by=by, at=now)
    record(Verb.WARNINGLIST_ACCEPTED, target=edition, by=by, also=[warninglist], count=edition.count)
    return edition


@transaction.atomic
def discard_edition(edition: WarninglistEdition, *, by: User) -> WarninglistEdition:
    """Throws away what waits, its plates too."""
    warninglist, edition = _both(edition.pk)
    require(policies.may_discard_edition(by, edition))
    edition.items.all().delete()
    edition.problems.all().delete()
    edition.discarded_by, edition.discarded_at = by, timezone.now()
    edition.save(update_fields=["discarded_by", "discarded_at"])
    record(Verb.WARNINGLIST_DISCARDED, target=edition, by=by, also=[warninglist])
    return edition


@transaction.atomic
def bring_back_edition(edition: WarninglistEdition, *, by: User, reason: str) -> WarninglistEdition:
    """Undoes: an edition that was in use before is again what the list says."""
    warninglist, edition = _both(edition.pk)
    require(policies.may_bring_back(by, edition))
    _require_words(reason=reason)
    _use(warninglist, edition, by=by, at=timezone.now(), because=reason.strip())
    record(Verb.WARNINGLIST_BROUGHT_BACK, target=edition, by=by, also=[warninglist], reason=reason.strip())
    return edition


@transaction.atomic
def retire_warninglist(warninglist: Warninglist, *, by: User, reason: str) -> Warninglist:
    """Ends the list: it warns of nothing any more. What waits is thrown away."""
    warninglist = _locked(warninglist.pk)
    require(policies.may_retire_warninglist(by, warninglist))
    _require_words(reason=reason)
    for edition in warninglist.editions.waiting():
        discard_edition(edition, by=by)
    now = timezone.now()
    _end_use(warninglist, by=by, at=now)
    warninglist.retired_by, warninglist.retired_at, warninglist.retired_because = by, now, reason.strip()
    warninglist.save(update_fields=["retired_by", "retired_at", "retired_because"])
    record(Verb.WARNINGLIST_RETIRED, target=warninglist, by=by, reason=warninglist.retired_because)
    return warninglist


@transaction.atomic
def open_edition(edition: WarninglistEdition, *, by: Actor) -> dict[str, list[tuple[str, str, str]]]:
    """The first plates that the edition adds and removes, or holds: (country, plate, note). Looking at them is recorded."""
    require(policies.may_open_edition(by))
    edition = WarninglistEdition.objects.select_related("warninglist").get(pk=edition.pk)
    held = edition.items.order_by("country", "plate").values_list("country", "plate", "note")
    is_there = edition.discarded_at is None
    shown = {
        "added": _missing(edition.pk, edition.compared_with) if is_there and edition.added else [],
        "removed": _missing(edition.compared_with, edition.pk) if is_there and edition.removed else [],
        "held": list(held[:SHOWN]),
    }  # fmt: skip
    named = {(country, plate) for rows in shown.values() for country, plate, _ in rows}
    record(Verb.WARNINGLIST_OPENED, target=edition, by=by, also=[edition.warninglist], plates=named, count=len(named))
    return shown


@transaction.atomic
def take_edition_problems(edition: WarninglistEdition, *, by: User) -> list[list[str]]:
    """The rows that were left out, as they stood in the file, with what is wrong; harmless to spreadsheets. Recorded."""
    require(policies.may_open_edition(by))
    warninglist, edition = _both(edition.pk)
    rows = list(edition.problems.order_by("row"))
    record(Verb.WARNINGLIST_PROBLEMS_TAKEN, target=edition, by=by, also=[warninglist], count=len(rows))
    told = [[str(one.row), one.column, one.words, *one.cells] for one in rows]
    return [[harmless(cell) for cell in row] for row in (["row", "column", "problem", "as it was written"], *told)]


@transaction.atomic
def check_plate(typed: str, country: str, *, by: Actor) -> tuple[tuple[str, str], list[Warned]]:
    """The plate as it is kept, and what warns of it now. Recorded, with the plate as a keyed hash."""
    require(policies.may_check_plate(by))
    try:
        vrm = plates.normalise(typed)
    except ValueError as error:
        raise Unfit("This cannot be a plate.", {"plate": [str(error)]}) from error
    found = warnings.of(vrm, country, timezone.now())
    profile = StandardsProfile.objects.in_force(timezone.now())
    also = [one.edition.warninglist for one in found if one.edition]
    record(Verb.PLATE_CHECKED, target=profile, by=by, plate=(country, vrm), also=also, count=len(found))
    return (country, vrm), found


@transaction.atomic
def answer_refusal(version: EntryVersion, warninglist: Warninglist, *, by: User, words: str) -> WarninglistAnswer:
    """Somebody of rank lets a draft name a plate that a warninglist refuses. Holds for this entry, this plate and this warning."""
    version = EntryVersion.objects.select_for_update(of=("self",)).select_related("entry__hotlist").get(pk=version.pk)
    policies.require_sight(by, version.entry.hotlist)
    now = timezone.now()
    found = warnings.of(version.vrm, version.country, now) if version.vrm else []
    refuses = warnings.refusing(found, version.vrm, version.country, version.entry_id)
    warned = next((one for one in refuses if one.edition and one.edition.warninglist_id == warninglist.pk), None)
    if warned is None or warned.edition is None:
        raise TooLate("This warninglist does not refuse the plate of this draft, or somebody has answered already.")
    require(policies.may_answer_refusal(by, version, warned.edition))
    require_no_conflict(
        Act.DECIDE, by=by, plate=version.plate, hotlist=version.entry.hotlist, entry_id=version.entry_id
    )
    _require_words(words=words)
    answer = WarninglistAnswer.objects.create(
        entry=version.entry, version=version, warninglist=warninglist, country=version.country, vrm=version.vrm,
        warning=warned.words, words=words.strip(), given_by=by, given_at=now, rank=by.rank, sign_in=own_session(by),
    )  # fmt: skip
    record(
        Verb.REFUSAL_ANSWERED, target=version.entry, by=by, plate=version.plate, also=[version, warninglist],
        warninglist=warninglist.name, words=words.strip(),
    )  # fmt: skip
    return answer


def _missing(edition: uuid.UUID | None, other: uuid.UUID | None) -> list[tuple[str, str, str]]:
    """The first plates of an edition that another one does not name. As a difference of sets, since the planner may know nothing
    yet of a million plates that were just loaded."""
    mine, theirs = (
        WarninglistItem.objects.filter(edition=of).values_list("country", "plate") for of in (edition, other)
    )
    first = list(mine.difference(theirs).order_by("country", "plate")[:SHOWN])
    found = WarninglistItem.objects.filter(edition=edition, plate__in=[plate for _, plate in first])
    notes = {(country, plate): note for country, plate, note in found.values_list("country", "plate", "note")}
    return [(country, plate, notes[country, plate]) for country, plate in first]


def _use(
    warninglist: Warninglist, edition: WarninglistEdition, *, by: User, at: dt.datetime, because: str = ""
) -> None:
    _end_use(warninglist, by=by, at=at)
    WarninglistUse.objects.create(warninglist=warninglist, edition=edition, from_at=at, from_by=by, because=because)
    edition.idle_since = None
    edition.save(update_fields=["idle_since"])


def _end_use(warninglist: Warninglist, *, by: User, at: dt.datetime) -> None:
    for use in warninglist.uses.filter(to_at=None).select_related("edition"):
        use.to_at, use.to_by = at, by
        use.save(update_fields=["to_at", "to_by"])
        use.edition.idle_since = at
        use.edition.save(update_fields=["idle_since"])


def _in_use(warninglist: Warninglist) -> uuid.UUID | None:
    return warninglist.uses.filter(to_at=None).values_list("edition_id", flat=True).first()


def _require_words(**said: str) -> None:
    empty = {name: ["Fill this in."] for name, words in said.items() if not words.strip()}
    if empty:
        raise Unfit("Something is missing.", empty)


def _locked(pk: uuid.UUID) -> Warninglist:
    return Warninglist.objects.select_for_update().get(pk=pk)


def _both(pk: uuid.UUID) -> tuple[Warninglist, WarninglistEdition]:
    """The edition and its list, both locked, the list first as everywhere."""
    warninglist = _locked(WarninglistEdition.objects.values_list("warninglist_id", flat=True).get(pk=pk))
    edition = WarninglistEdition.objects.select_for_update().get(pk=pk)
    edition.warninglist = warninglist
    return warninglist, edition
