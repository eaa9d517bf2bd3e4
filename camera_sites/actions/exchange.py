"""Files of sites: read and checked, looked at, then proposed and changed all at once or not at all; and taken away."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from camera_sites import policies
from camera_sites.actions.cameras import add_camera
from camera_sites.actions.sites import WRITTEN, edit_site, propose_site
from camera_sites.case import unfit
from camera_sites.exchange import CAMERA, as_csv, as_geojson, facts_of, rows_of
from camera_sites.file_changes import EDITED, added_cameras, change_of, differing, not_by_file
from camera_sites.models import Camera, CameraSite, SiteImport
from portal.errors import Stranger, TooLate, Unfit
from portal.policies import require
from standards.models import StandardsProfile


@transaction.atomic
def read_import(*, by: User, content: bytes, file_name: str) -> SiteImport:
    """Reads a file of sites, CSV or GeoJSON: what each row would propose or change, and what is wrong with it. Does neither."""
    require(policies.may_propose(by))
    now = timezone.now()
    rows = rows_of(content, most=StandardsProfile.objects.in_force(now).number("site.import"))
    judged = _judged(rows, by=by)
    made = SiteImport.objects.create(
        file_name=file_name[:100],
        rows=rows,
        problems=_problems(judged),
        changes=_changes(judged),
        made_by=by,
        made_at=now,
    )
    shown = [one.site for one in judged.values() if one.site]
    record(
        Verb.SITES_READ, target=made, by=by, also=shown, count=len(judged), file=made.file_name, problems=len(made.problems)
    )  # fmt: skip
    return made


@transaction.atomic
def apply_import(made: SiteImport, *, by: User) -> list[CameraSite]:
    """Proposes every site of the file with its cameras, and changes those that are known; or does nothing.

    Each is done as its own act. The registry may have moved on since the file was read: whoever edited a site meanwhile is not
    overwritten.
    """
    made = SiteImport.objects.select_for_update().get(pk=made.pk)
    if made.made_by_id != by.pk:
        raise Stranger("There is no such file, or it is not yours.")
    require(policies.may_propose(by))
    if made.applied_at:
        raise TooLate("What this file says was done already.")
    keys = [change["site"] for change in made.changes.values()]
    list(CameraSite.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    judged = _judged(made.rows, by=by)
    if problems := _problems(judged, checked=made.changes):
        first = next(iter(problems))
        raise Unfit(f"Row {first} cannot stand in the registry now. Nothing was done.", {"file": _lines(problems)})
    sites = [_done(one, by=by) for one in judged.values()]
    made.applied_by, made.applied_at, made.problems = by, timezone.now(), {}
    made.save(update_fields=["applied_by", "applied_at", "problems"])
    proposed = sum(one.site is None for one in judged.values())
    record(
        Verb.SITES_IMPORTED, target=made, by=by, also=sites, count=proposed, file=made.file_name,
        changed=sum(one.changes_something for one in judged.values()),
    )  # fmt: skip
    return sites


def _done(one: "_Judged", *, by: User) -> CameraSite:
    if one.site is None:
        site = propose_site(by=by, **one.facts)
    else:
        site = edit_site(one.site, by=by, **one.facts) if one.facts else one.site
    for camera in one.cameras:
        add_camera(site, by=by, **camera)
    return site


@transaction.atomic
def export_sites(sites: "QuerySet[CameraSite]", *, by: User, reason: str, form: str, recipient: str = "") -> str:
    """Takes these sites away as a file with where they stand, which is disclosure: it says why, and is recorded.

    For whoever takes them, unless `recipient` says for whom (R-072).
    """
    require(policies.may_export_sites(by))
    if not reason.strip():
        raise Unfit("Say why you take this away.", {"reason": ["Enter the reason for taking this away."]})
    most = StandardsProfile.objects.in_force(timezone.now()).number("export.most")
    keys = sites.values("pk")
    taken = list(
        CameraSite.objects.visible_to(by).filter(pk__in=keys).prefetch_related("cameras").order_by("ref")[: most + 1]
    )
    if len(taken) > most:
        raise Unfit(f"These are more than {most:,} sites, the most that one file may hold. Narrow them first.")
    if not taken:
        raise Unfit("There is nothing to take away.")
    record(
        Verb.SITES_EXPORTED, target=taken[0], by=by, also=taken[1:], count=len(taken), form=form, reason=reason,
        justification=reason, recipients=recipient.strip() or by.actor_label,
    )  # fmt: skip
    return as_geojson(taken) if form == "geojson" else as_csv(taken)


@dataclass(slots=True)
class _Judged:
    """A row against the registry as it is now: the site that it changes, if any; what it says, with cameras to add; problems."""

    site: CameraSite | None
    facts: dict[str, Any]
    cameras: list[dict[str, str]]
    problems: dict[str, str]
    change: dict[str, Any]

    @property
    def changes_something(self) -> bool:
        return bool(self.change.get("columns"))


def _judged(rows: Iterable[dict[str, str]], *, by: User) -> dict[str, _Judged]:
    """Row (the first is 1) -> what it comes to."""
    read = [(number, row, *facts_of(row)) for number, row in enumerate(rows, start=1) if row]
    refs = {str(facts.get("ref", "")) for _, _, facts, _, _ in read}
    camera_refs = {camera["ref"] for _, _, _, cameras, _ in read for camera in cameras}
    known = {
        site.ref: site
        for site in CameraSite.objects.visible_to(by)
        .filter(ref__in=refs)
        .select_related("owner")
        .prefetch_related("cameras")
    }
    taken = set(CameraSite.objects.filter(ref__in=refs).values_list("ref", flat=True)) - set(known)
    cameras_taken = set(Camera.objects.filter(ref__in=camera_refs).values_list("ref", flat=True))
    found = {}
    for number, row, facts, cameras, problems in read:
        ref = facts.get("ref", "")
        site = known.get(ref)
        judged = _of_known(site, row, facts, cameras) if site else _Judged(None, facts, cameras, _faults(facts), {})
        judged.problems |= problems
        if ref in taken:
            judged.problems["ref"] = "Another site has this reference already, here or in a row above."
        taken.add(ref)
        for camera in judged.cameras:
            if camera["ref"] in cameras_taken:
                judged.problems["cameras"] = (
                    f"Another camera is called {camera['ref']} already, here or in a row above."
                )
            cameras_taken.add(camera["ref"])
            judged.problems |= _faults_of_camera(camera)
        found[str(number)] = judged
    return found


def _of_known(site: CameraSite, row: dict[str, str], facts: dict[str, Any], cameras: list[dict[str, str]]) -> _Judged:
    changed, added = differing(site, row, facts), added_cameras(site, cameras)
    whole = {name: getattr(site, name) for name in (*WRITTEN, "proposed_at")} | changed
    problems = _faults(whole, only=changed) | not_by_file(site, changed, cameras)
    return _Judged(site, changed, added, problems, change_of(site, changed, added))


def _changes(judged: dict[str, _Judged]) -> dict[str, dict[str, Any]]:
    return {number: one.change for number, one in judged.items() if one.site}


def _problems(
    judged: dict[str, _Judged], *, checked: dict[str, dict[str, Any]] | None = None
) -> dict[str, dict[str, str]]:
    """Row -> column -> what is wrong with it; with `checked`, also where the registry moved on since."""
    found = {number: dict(one.problems) for number, one in judged.items()}
    for number, one in judged.items() if checked is not None else ():
        before = checked.get(number) if checked else None
        if before is None and one.site:
            found[number]["ref"] = "Another site has this reference already, here or in a row above."
        elif before and before["digest"] != one.change.get("digest"):
            found[number]["ref"] = EDITED
    return {number: problems for number, problems in found.items() if problems}


def _faults(facts: dict[str, Any], only: Iterable[str] | None = None) -> dict[str, str]:
    """What cannot stand, by column; fields that are not in `only` are not judged by themselves again."""
    site, judged = CameraSite(**facts), set(facts if only is None else only)
    problems = {}
    try:
        site.clean_fields(exclude=[field.name for field in CameraSite._meta.fields if field.name not in judged])
    except ValidationError as error:
        problems = {name: " ".join(words) for name, words in error.message_dict.items()}
    return {**{name: " ".join(words) for name, words in unfit(site).items()}, **problems}


def _faults_of_camera(camera: dict[str, str]) -> dict[str, str]:
    try:
        Camera(**camera).clean_fields(exclude=[field.name for field in Camera._meta.fields if field.name not in CAMERA])
    except ValidationError as error:
        return {"cameras": " ".join(words for lines in error.message_dict.values() for words in lines)}
    return {}


def _lines(problems: dict[str, dict[str, str]]) -> list[str]:
    return [
        f"Row {number}, {column}: {words}" for number, columns in problems.items() for column, words in columns.items()
    ][:20]
