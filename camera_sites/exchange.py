"""Sites as files: read from CSV and GeoJSON with every problem by its row, and written as both."""

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from camera_sites.models import Camera, CameraSite
from portal.errors import Unfit
from portal.spreadsheets import harmless, heads_and_rows

LARGEST = 4 << 20  # bytes
WORDS = (
    "ref", "name", "area", "location_type", "deployment", "authority_ref", "need", "problem_profile", "alternatives",
    "duplication", "exceptional_case", "not_encircling", "proximity_measures", "road", "owner_org", "operator_org", "controller", "funder",
)  # fmt: skip
LISTS = ("purposes", "proximity")
DEGREES = ("latitude", "longitude")
YES_NO = ("encircles", "has_signage")
COLUMNS = (*WORDS, *LISTS, *DEGREES, *YES_NO, "deployed_until", "evidence_from", "evidence_until", "cameras")
NEEDED = ("ref", "name", "area", "location_type", "purposes", "need", "latitude", "longitude", "owner_org", "operator_org",
          "controller")  # fmt: skip
CAMERA = ("ref", "lane", "direction", "kind")  # as a cell writes them; the kind may be left out
DAYS = ("deployed_until", "evidence_from", "evidence_until")
BEYOND = "row"  # not a column: that this row has more cells than there are headings
NO_TEXT = "This file holds characters that are no text."
NOT_KEPT = re.compile("[\0\ud800-\udfff]")  # the database keeps neither, though JSON can spell both
Row = dict[str, str]


def rows_of(content: bytes, *, most: int) -> list[Row]:
    """The rows of a file, each a cell by column; one left blank is {}, so that rows are counted as a spreadsheet does.

    Raises Unfit for what is no such file.
    """
    if len(content) > LARGEST:
        raise _unfit("This file is too large.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unfit("This file is no text in UTF-8. Save it as such.") from error
    rows = _of_geojson(text) if text.lstrip().startswith("{") else _of_csv(text)
    count = sum(map(bool, rows))
    if not count:
        raise _unfit("This file holds no site.")
    if count > most:
        raise _unfit(f"At most {most} sites are taken at once; this file has {count}.")
    return rows


def _of_csv(text: str) -> list[Row]:
    if "\0" in text:
        raise _unfit(NO_TEXT)
    try:
        heads, rows = heads_and_rows(text)
    except csv.Error as error:
        raise _unfit(f"This is no file of separated columns: {error}.") from error
    if unknown := [head for head in heads if head and head not in COLUMNS]:
        raise _unfit(f"Not a column of sites: {', '.join(head[:40] for head in unknown[:5])}.")
    if twice := sorted({head for head in heads if head and heads.count(head) > 1}):
        raise _unfit(f"These columns are there twice: {', '.join(twice)}.")
    if lacking := [name for name in NEEDED if name not in heads]:
        raise _unfit(f"These columns are missing: {', '.join(lacking)}.")
    return [_row(heads, cells) if cells else {} for cells in rows]


def _row(heads: list[str], cells: list[str]) -> Row:
    """What stands beyond the last column is kept under no name: a comma that nobody quoted moved all that follows it."""
    row = {head: cell.strip().removeprefix("'") for head, cell in zip(heads, cells, strict=False) if head}
    named = [cell for place, cell in enumerate(cells) if place >= len(heads) or not heads[place]]
    return row | ({BEYOND: "yes"} if any(cell.strip() for cell in named) else {})


def _of_geojson(text: str) -> list[Row]:
    try:
        features = json.loads(text)["features"]
        rows = []
        for feature in features:
            place, facts = feature["geometry"], dict(feature["properties"])
            if place["type"] != "Point":
                raise _unfit("Each site is a point.")
            east, north = place["coordinates"][:2]
            facts |= {"latitude": north, "longitude": east}
            if unknown := sorted(set(facts) - set(COLUMNS)):
                raise _unfit(f"Not a property of sites: {', '.join(name[:40] for name in unknown[:5])}.")
            rows.append({name: _cell(value, name) for name, value in facts.items()})
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unfit("This is no GeoJSON FeatureCollection of points.") from error
    if any(NOT_KEPT.search(cell) for row in rows for cell in row.values()):
        raise _unfit(NO_TEXT)
    return rows


def _cell(value: Any, name: str = "cameras") -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ";".join(_cell(one, name) for one in value)
    if isinstance(value, dict):
        if name != "cameras":
            raise ValueError(name)
        return "/".join(str(value.get(name, "")) for name in CAMERA)
    return str(value).strip()


def facts_of(row: Row) -> tuple[dict[str, Any], list[dict[str, str]], dict[str, str]]:
    """(facts, cameras, problems by column) of one row."""
    facts: dict[str, Any] = {name: row[name] for name in WORDS if row.get(name)}
    problems = {name: "This cannot be empty." for name in NEEDED if not row.get(name)}
    if BEYOND in row:
        problems[BEYOND] = "It has more cells than there are headings. Put what holds a comma between quotation marks."
    for name in LISTS:
        facts[name] = [part.strip() for part in row.get(name, "").split(";") if part.strip()]
    for name in DEGREES:
        try:
            facts[name] = float(row.get(name, ""))
        except ValueError:
            problems.setdefault(name, "Not a number of degrees, such as 54.61.")
    for name in YES_NO:
        cell = row.get(name, "").lower()
        if cell in ("yes", "true", "no", "false"):
            facts[name] = cell in ("yes", "true")
        elif cell:
            problems[name] = "Yes or no."
    for name, parse in (
        ("evidence_from", parse_date),
        ("evidence_until", parse_date),
        ("deployed_until", parse_datetime),
    ):
        if cell := row.get(name, ""):
            try:
                facts[name] = parse(cell)
            except ValueError:
                facts[name] = None
            if facts[name] is None:
                problems[name] = "Not a date, such as 2026-12-31, or for the end 2026-12-31T18:00."
    until = facts.get("deployed_until")
    if until is not None and timezone.is_naive(until):
        facts["deployed_until"] = timezone.make_aware(until)
    cameras = [_camera(cell) for cell in row.get("cameras", "").split(";") if cell.strip()]
    return facts, cameras, problems


def _camera(cell: str) -> dict[str, str]:
    given = dict(zip(CAMERA, [*(part.strip() for part in cell.split("/")), "", "", ""], strict=False))
    return given | {"kind": given["kind"].lower() or Camera.Kind.FIXED.value}


def cell_of(value: Any) -> str:
    """A field as a cell."""
    return value.isoformat() if isinstance(value, dt.date) else _cell(value)


def as_row(site: CameraSite) -> Row:
    """A site as a row; its cameras are fetched already."""
    row = {name: cell_of(getattr(site, name)) for name in (*WORDS, *LISTS, *DEGREES, *YES_NO, *DAYS)}
    standing = [camera for camera in site.cameras.all() if camera.decommissioned_at is None]
    row["cameras"] = ";".join("/".join(getattr(camera, name) for name in CAMERA) for camera in standing)
    return row


def as_csv(sites: Iterable[CameraSite]) -> str:
    """The file that comes back as it went out."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for site in sites:
        row = as_row(site)
        writer.writerow({name: cell if name in DEGREES else harmless(cell) for name, cell in row.items()})
    return out.getvalue()


def as_geojson(sites: Iterable[CameraSite]) -> str:
    """A FeatureCollection of points (RFC 7946)."""
    features = []
    for site in sites:
        facts = {name: cell for name, cell in as_row(site).items() if name not in DEGREES}
        point = {"type": "Point", "coordinates": [site.longitude, site.latitude]}
        features.append({"type": "Feature", "geometry": point, "properties": facts})
    return json.dumps({"type": "FeatureCollection", "features": features})


def _unfit(words: str) -> Unfit:
    return Unfit(words, {"file": [words]})
