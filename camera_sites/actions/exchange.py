"""Files of sites: read and checked, looked at, then proposed all at once or not at all; and taken away."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from camera_sites import policies
from camera_sites.actions.sites import add_camera, propose_site
from camera_sites.case import unfit
from camera_sites.exchange import as_csv, as_geojson, facts_of, rows_of
from camera_sites.models import Camera, CameraSite, SiteImport
from portal.errors import Stranger, TooLate, Unfit
from portal.policies import require
from standards.models import StandardsProfile


@transaction.atomic
def read_import(*, by: User, content: bytes, file_name: str) -> SiteImport:
    """Reads a file of sites, CSV or GeoJSON, and says of each row what is wrong with it. Proposes nothing."""
    require(policies.may_propose(by))
    now = timezone.now()
    rows = rows_of(content, most=StandardsProfile.objects.in_force(now).number("site.import"))
    made = SiteImport.objects.create(
        file_name=file_name[:100], rows=rows, problems=_problems(rows), made_by=by, made_at=now
    )
    record(Verb.SITES_READ, target=made, by=by, count=len(rows), file=made.file_name, problems=len(made.problems))
    return made


@transaction.atomic
def apply_import(made: SiteImport, *, by: User) -> list[CameraSite]:
    """Proposes every site of the file with its cameras, or none. The registry may have moved on since it was read."""
    made = SiteImport.objects.select_for_update().get(pk=made.pk)
    if made.made_by_id != by.pk:
        raise Stranger("There is no such file, or it is not yours.")
    require(policies.may_propose(by))
    if made.applied_at:
        raise TooLate("The sites of this file were proposed already.")
    if problems := _problems(made.rows):
        first = next(iter(problems.items()))
        raise Unfit(
            f"Row {first[0]} cannot stand in the registry now. Nothing was proposed.", {"file": _lines(problems)}
        )
    sites = []
    for row in made.rows:
        facts, cameras, _ = facts_of(row)
        site = propose_site(by=by, **facts)
        for camera in cameras:
            add_camera(site, by=by, ref=camera["ref"], lane=camera["lane"], direction=camera["direction"])
        sites.append(site)
    made.applied_by, made.applied_at, made.problems = by, timezone.now(), {}
    made.save(update_fields=["applied_by", "applied_at", "problems"])
    record(Verb.SITES_IMPORTED, target=made, by=by, also=sites, count=len(sites), file=made.file_name)
    return sites


@transaction.atomic
def export_sites(sites: "QuerySet[CameraSite]", *, by: User, reason: str, form: str) -> str:
    """Takes these sites away as a file with where they stand, which is disclosure: it says why, and is recorded."""
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
        justification=reason, recipients=by.actor_label,
    )  # fmt: skip
    return as_geojson(taken) if form == "geojson" else as_csv(taken)


def _problems(rows: Iterable[dict[str, str]]) -> dict[str, dict[str, str]]:
    """Row (the first is 1) -> column -> what is wrong with it, against the registry as it is now."""
    read = [facts_of(row) for row in rows]
    refs = {str(facts.get("ref", "")) for facts, _, _ in read}
    camera_refs = {camera["ref"] for _, cameras, _ in read for camera in cameras}
    taken = set(CameraSite.objects.filter(ref__in=refs).values_list("ref", flat=True))
    cameras_taken = set(Camera.objects.filter(ref__in=camera_refs).values_list("ref", flat=True))
    found = {}
    for number, (facts, cameras, problems) in enumerate(read, start=1):
        problems = {**_faults(facts), **problems}
        if facts.get("ref") in taken:
            problems["ref"] = "Another site has this reference already, here or in a row above."
        taken.add(facts.get("ref", ""))
        for camera in cameras:
            if camera["ref"] in cameras_taken:
                problems["cameras"] = f"Another camera is called {camera['ref']} already, here or in a row above."
            cameras_taken.add(camera["ref"])
            problems |= _faults_of_camera(camera)
        if problems:
            found[str(number)] = problems
    return found


def _faults(facts: dict) -> dict[str, str]:
    site = CameraSite(**facts)
    problems = {}
    try:
        site.clean_fields(exclude=[field.name for field in CameraSite._meta.fields if field.name not in facts])
    except ValidationError as error:
        problems = {name: " ".join(words) for name, words in error.message_dict.items()}
    return {**{name: " ".join(words) for name, words in unfit(site).items()}, **problems}


def _faults_of_camera(camera: dict[str, str]) -> dict[str, str]:
    try:
        Camera(**camera).clean_fields(exclude=["site", "commissioned_by", "commissioned_at", "kind"])
    except ValidationError as error:
        return {"cameras": " ".join(words for lines in error.message_dict.values() for words in lines)}
    return {}


def _lines(problems: dict[str, dict[str, str]]) -> list[str]:
    return [
        f"Row {number}, {column}: {words}" for number, columns in problems.items() for column, words in columns.items()
    ][:20]
