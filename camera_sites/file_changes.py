"""What a row of a file would change in a site that the registry knows already, and what it may not."""

import hashlib
import json
from typing import Any

from camera_sites.actions.sites import EDITABLE_WHEN_LIVE
from camera_sites.exchange import CAMERA, DAYS, LISTS, WORDS, Row, as_row, cell_of
from camera_sites.models import CameraSite

DECIDED = (
    "This was decided on when the site went live, and a file does not change it. Propose a new site, or end this one."
)
EDITED = "This site was edited since the file was checked. Check the file again."
Cameras = list[dict[str, str]]


def digest_of(site: CameraSite) -> str:
    """What stands in a site now, so that an edit since a file was read is noticed; its cameras are fetched already."""
    seen = [site.status, str(site.owner_id), as_row(site)]
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()


def differing(site: CameraSite, row: Row, facts: dict[str, Any]) -> dict[str, Any]:
    """Field -> what the row says, where that differs. A column left out stays; an empty cell empties words and dates."""
    empty = {name for name, cell in row.items() if not cell}
    said: dict[str, Any] = {name: "" for name in WORDS if name in empty and name != "deployment"}
    said |= {name: None for name in DAYS if name in empty}
    said |= {name: value for name, value in facts.items() if name in row}
    return {name: value for name, value in said.items() if not _same(name, getattr(site, name), value)}


def change_of(site: CameraSite, changed: dict[str, Any], added: Cameras) -> dict[str, Any]:
    """As it is kept and shown: of which site, as it stood, column -> [old, new]."""
    columns = {name: [cell_of(getattr(site, name)), cell_of(value)] for name, value in changed.items()}
    if added:
        now = as_row(site)["cameras"]
        columns["cameras"] = [
            now,
            ";".join(filter(None, [now, *("/".join(one[name] for name in CAMERA) for one in added)])),
        ]
    return {"site": str(site.pk), "digest": digest_of(site), "columns": columns}


def added_cameras(site: CameraSite, cameras: Cameras) -> Cameras:
    """Those of the row that the site has not. Those that it has and the row leaves out stay."""
    known = {camera.ref for camera in site.cameras.all()}
    return [one for one in cameras if one["ref"] not in known]


def not_by_file(site: CameraSite, changed: dict[str, Any], cameras: Cameras) -> dict[str, str]:
    """Column -> why a file may not change it."""
    if site.status == CameraSite.Status.DECOMMISSIONED:
        return {"ref": "This site is decommissioned. It comes back only as a new proposal."}
    problems = {}
    known = {camera.ref: [getattr(camera, name) for name in CAMERA] for camera in site.cameras.all()}
    if any(one["ref"] in known and [one[name] for name in CAMERA] != known[one["ref"]] for one in cameras):
        problems["cameras"] = "A camera stays as it was added: a file does not change its lane, direction or kind."
    down = {camera.ref for camera in site.cameras.all() if camera.decommissioned_at is not None}
    if gone := sorted(down & {one["ref"] for one in cameras}):
        problems["cameras"] = f"The camera {gone[0]} was taken down. Another in its place has a reference of its own."
    if site.status != CameraSite.Status.PROPOSED:
        problems |= {name: DECIDED for name in changed if name not in EDITABLE_WHEN_LIVE}
        if added_cameras(site, cameras):
            problems["cameras"] = DECIDED
    return problems


def _same(name: str, old: Any, new: Any) -> bool:
    return set(old) == set(new) if name in LISTS else old == new
