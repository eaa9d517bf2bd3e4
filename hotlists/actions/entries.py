"""Writing entries: drafts, edits, submitting; opening one, which is an act too."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor, User
from accounts.reasons import own_work, require_why
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies, quality, scope, usual, warnings
from hotlists.actions.conflicts import Act, require_no_conflict
from hotlists.actions.limits import lapse_release, require_room, require_within_daily
from hotlists.actions.notices import raise_notice
from hotlists.models import Contribution, Entry, EntryVersion, Hotlist
from hotlists.steps import SLUGS, STEPS
from hotlists.widening import NARROWABLE
from hotlists.workflow import VERSION
from hotlists.written import WRITTEN, fingerprint
from matcher_client import vrm as plates
from portal.errors import TooLate, Unfit
from portal.moments import OUT_OF_REACH, is_in_reach
from portal.policies import require
from standards.models import StandardsProfile


class Overtaken(TooLate):
    """Somebody, or the same person in another window, changed the draft since it was opened. `version` is as it stands."""

    def __init__(self, version: EntryVersion):
        super().__init__("This draft was changed since you opened it. Compare, and save again what should stand.")
        self.version = version


@transaction.atomic
def begin_entry(
    hotlist: Hotlist, *, by: User, step: str = "", answered: Iterable[str] | None = None, **facts: Any
) -> EntryVersion:
    """A new entry with its first version, a draft. `facts` are the fields of EntryVersion, plate as typed.
    A draft may be unfinished; its dates follow from the category until somebody names them. `step` is the step of the
    form that was saved; without it, those that `facts` speak of count as done. `answered` are the fingerprints of the warnings
    that the author was shown with the plate; without it, words that are new answer what warns of it now."""
    policies.require_sight(by, hotlist)
    require(policies.may_write(by, hotlist))
    now = timezone.now()
    version = first_version(hotlist, by=by, at=now, facts=facts, step=step, answered=answered)
    record(Verb.ENTRY_DRAFTED, target=version.entry, by=by, plate=_plate(version), also=[version, hotlist])
    return version


@transaction.atomic
def begin_version(
    entry: Entry, *, by: User, step: str = "", answered: Iterable[str] | None = None, **facts: Any
) -> EntryVersion:
    """A new draft that starts from the latest version; the version in force stays in force meanwhile. What its author answered
    to warnings of the plate goes on answering those, and no others."""
    policies.require_sight(by, entry.hotlist)
    entry = Entry.objects.select_for_update().get(pk=entry.pk)
    latest = entry.versions.latest("number")
    require(policies.may_edit(by, latest))
    if latest.status in (EntryVersion.Status.DRAFT, EntryVersion.Status.SUBMITTED):
        raise TooLate("Another version of this entry is being written or waits for a decision. Finish that one first.")
    kept = {field: getattr(latest, field) for field in WRITTEN}
    term = entry.terms.filter(until_at=None, version=latest).first()
    if term is not None:  # what was narrowed stays so, unless somebody asks for more
        kept |= {field: getattr(term, field) for field in NARROWABLE}
    now = timezone.now()
    version = _write(following(latest), by=by, at=now, facts=kept | facts, answered=answered)
    record(Verb.ENTRY_DRAFTED, target=entry, by=by, plate=_plate(version), also=[version, entry.hotlist])
    return version


@transaction.atomic
def edit_draft(
    version: EntryVersion, *, by: User, step: str = "", expecting: str = "", answered: Iterable[str] | None = None,
    **facts: Any,
) -> EntryVersion:  # fmt: skip
    """Changes a draft; whoever does becomes one of its hands. `expecting` is the fingerprint of what its editor had before
    them: Overtaken when that has passed, so that two windows do not overwrite each other unseen."""
    version = _locked(version, by=by)
    require(policies.may_edit(by, version))
    require(policies.let_nothing_through(by, version))
    if version.status != EntryVersion.Status.DRAFT:
        raise TooLate("This version was submitted, so it can no longer be edited. Write a new version instead.")
    if expecting and expecting != fingerprint(version):
        raise Overtaken(version)
    _require_no_conflict(version, by=by)
    version = fill(version, facts, answered=answered)
    _require_no_conflict(version, by=by)
    version.steps_done = _done(version, facts, step)
    version.save()
    now = timezone.now()
    _contribute(version, by=by, at=now)
    lapsed = lapse_release(version, by=by, at=now)
    record(Verb.ENTRY_EDITED, target=version.entry, by=by, plate=_plate(version), also=[version], release_lapsed=lapsed)
    return version


@transaction.atomic
def submit(version: EntryVersion, *, by: User, now: dt.datetime | None = None) -> EntryVersion:
    """Hands the draft over for a decision, when nothing is missing. Raises Unfit with every field that needs changing."""
    version = _locked(version, by=by)
    now = now or timezone.now()  # of the moment in which the lock is held, however long it was waited for
    require(policies.may_submit(by, version))
    require(policies.let_nothing_through(by, version))
    _require_no_conflict(version, by=by, act=Act.SUBMIT)
    for hand in version.contributions.exclude(user=by).select_related("user"):
        _require_no_conflict(version, by=hand.user, act=Act.SUBMIT)
    problems = quality.problems(version, at=now, by=by) if version.status == EntryVersion.Status.DRAFT else {}
    if problems:
        raise Unfit("This entry cannot be submitted yet.", problems)
    require_room(version, now, with_waiting=True)
    require_within_daily(version, by=by, now=now)
    _contribute(version, by=by, at=now)
    raise_notice(version, by=by)
    warned = [warning.words for warning in warnings.of(version.vrm, version.country, now)]
    VERSION.move(version, EntryVersion.Status.SUBMITTED, submitted_by=by, submitted_at=now, plate_warnings=warned)
    record(
        Verb.ENTRY_SUBMITTED, target=version.entry, by=by, plate=_plate(version), also=[version], version=version.number
    )
    return version


@transaction.atomic
def open_entry(entry: Entry, *, by: Actor, justification: str = "") -> Entry:
    """Looks at an entry, which is recorded; whose work it is not says why, once for a purpose and case (R-062)."""
    policies.require_sight(by, entry.hotlist)
    require(policies.may_open(by, entry))
    told = own_work(justification) if policies.is_work_of(by, entry) else require_why(by, justification)
    version = entry.versions.latest("number")
    record(Verb.ENTRY_OPENED, target=entry, by=by, plate=_plate(version), also=told.also, **told.words)
    return entry


def first_version(
    hotlist: Hotlist, *, by: User, at: dt.datetime, facts: dict[str, Any], step: str = "",
    answered: Iterable[str] | None = None,
) -> EntryVersion:  # fmt: skip
    """An entry with its first version, a draft; nobody is asked whether they may."""
    entry = Entry.objects.create(hotlist=hotlist, owner=by, created_by=by, created_at=at)
    return _write(EntryVersion(entry=entry, number=1), by=by, at=at, facts=facts, step=step, answered=answered)


def following(latest: EntryVersion) -> EntryVersion:
    """The version after this one, empty but for the plate and what its author answered to what warned of it."""
    answer = {name: getattr(latest, name) for name in ("vrm", "country", "plate_confirmed_because", "plate_warnings")}
    return EntryVersion(entry=latest.entry, number=latest.number + 1, **answer)


def _write(
    version: EntryVersion, *, by: User, at: dt.datetime, facts: dict[str, Any], step: str = "",
    answered: Iterable[str] | None = None,
) -> EntryVersion:  # fmt: skip
    version.profile = StandardsProfile.objects.in_force(at)
    version.written_by, version.written_at = by, at
    _require_reach(facts)
    if version.number == 1:
        version.steps_done = _done(version, facts, step)
        category = version.profile.categories.filter(code=facts.get("category", ""), is_feed=False).first()
        dates = usual.dates(
            version.entry.hotlist, category, at, version.profile, is_protected=bool(facts.get("protected_activity")),
            markers=facts.get("markers") or (), starts_at=facts.get("starts_at"), review_by=facts.get("review_by"),
            expires_at=facts.get("expires_at"),
        )  # fmt: skip
        facts = {"last_verified_at": at} | facts | dates
    else:
        version.steps_done = list(SLUGS)  # it starts from what was decided
    version = fill(version, facts, answered=answered)
    _require_no_conflict(version, by=by)
    version.save(force_insert=True)
    _contribute(version, by=by, at=at)
    return version


def fill(version: EntryVersion, facts: dict[str, Any], *, answered: Iterable[str] | None = None) -> EntryVersion:
    """Sets what was written, and what follows from it: the plate's forms (R-150, R-151), and which warnings of the plate the
    author's words answer."""
    plate, words = version.plate, version.plate_confirmed_because
    unknown = set(facts) - set(WRITTEN)
    if unknown:
        raise TypeError(f"not a field that authors write: {', '.join(sorted(unknown))}")
    _require_reach(facts)
    for name, value in facts.items():
        setattr(version, name, value)
    try:
        version.scope = scope.normalised(version.scope)
    except ValueError as error:
        raise Unfit("This cannot be a scope.", {"scope": [str(error)]}) from error
    try:  # a draft may wait for its plate; one that cannot be a plate is told at once
        version.vrm = plates.normalise(version.vrm_entered) if version.vrm_entered.strip() else ""
    except ValueError as error:
        raise Unfit("This cannot be a plate.", {"vrm_entered": [str(error)]}) from error
    if version.gsc not in EntryVersion.Marking.values:
        words = "This portal holds nothing marked SECRET or above. Do not enter it here; ask your information security team."
        raise Unfit(words, {"gsc": [words]})
    if not version.starts_at < version.review_by <= version.expires_at:
        words = "The review lies after the start and not after the end."
        raise Unfit(words, {"review_by": [words]})
    version.vrm_skeleton = plates.skeleton(version.vrm)
    version.vrm_classes = _classes(version.vrm, version.country)
    version.plate_warnings = _answered(version, plate, words, answered)
    return version


def _answered(version: EntryVersion, plate: tuple[str, str], words: str, shown: Iterable[str] | None) -> list[str]:
    """The warnings, word for word, that the author's words answer: those they were shown, or, where nobody says which these
    were, all that stand when the words are new. Words written for another plate, or before a warning came, do not answer it."""
    kept = version.plate_warnings if version.plate == plate else []
    if not version.vrm or not version.plate_confirmed_because.strip():
        return []
    is_new = version.plate != plate or version.plate_confirmed_because != words
    if shown is None and not is_new:
        return kept
    if version.plate_confirmed_because == words and shown is None:
        return []  # the plate changed beneath words that stayed
    found = warnings.of(version.vrm, version.country, timezone.now())
    if shown is None:
        return [warned.words for warned in found if not warned.refuses]
    said = set(shown)
    return sorted({*kept, *(warned.words for warned in found if warned.fingerprint(version.plate) in said)})


def _require_reach(facts: dict[str, Any]) -> None:
    """Raises Unfit for dates that nobody can mean."""
    wrong = {
        name: [OUT_OF_REACH] for name, value in facts.items() if isinstance(value, dt.date) and not is_in_reach(value)
    }
    if wrong:
        raise Unfit(OUT_OF_REACH, wrong)


def _require_no_conflict(version: EntryVersion, *, by: User, act: str = Act.WRITE) -> None:
    """R-032. Of an entry that is only beginning nothing will be left, so that the report names none."""
    is_beginning = version._state.adding and version.number == 1
    entry_id = None if is_beginning else version.entry_id
    require_no_conflict(act, by=by, plate=version.plate, hotlist=version.entry.hotlist, entry_id=entry_id)


def _plate(version: EntryVersion) -> tuple[str, str] | None:
    return version.plate if version.vrm else None


def _classes(vrm: str, country: str) -> list[str]:
    return sorted(str(kind) for kind in plates.classify(vrm, country)) if vrm else []


def _done(version: EntryVersion, facts: dict[str, Any], step: str) -> list[str]:
    saved = {step} if step else {one.slug for one in STEPS if set(one.fields) & set(facts)}
    return [slug for slug in SLUGS if slug in saved | set(version.steps_done)]


def _contribute(version: EntryVersion, *, by: User, at: dt.datetime) -> None:
    Contribution.objects.get_or_create(version=version, user=by, defaults={"contributed_at": at})


def _locked(version: EntryVersion, *, by: Actor) -> EntryVersion:
    version = EntryVersion.objects.select_for_update(of=("self",)).select_related("entry__hotlist").get(pk=version.pk)
    policies.require_sight(by, version.entry.hotlist)
    return version
