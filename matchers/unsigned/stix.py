"""Published rows as STIX 2.1: an indicator each, on plates as an extension defines them; and as a bundle of all."""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from hotlists.models import Hotlist
from matcher_client.rows import SEPARATOR, fields_of
from matchers.unsigned.carrying import Carried
from matchers.unsigned.writing import UNSIGNED, information

Object = dict[str, Any]

MEDIA_TYPE = "application/stix+json;version=2.1"
# Never changed: by these ids recipients know our extension.
NAMESPACE = uuid.UUID("0f6c1d1e-5b0c-4a55-9f43-6a1d1f0b7c21")
MAKER = f"identity--{uuid.uuid5(NAMESPACE, 'maker')}"
EXTENSION = f"extension-definition--{uuid.uuid5(NAMESPACE, 'extension')}"
MARKING = f"marking-definition--{uuid.uuid5(NAMESPACE, 'marking')}"
MADE_AT = "2026-11-23T00:00:00.000000Z"
SCHEMA = (
    "x-anpr-plate: vrm (capitals and digits), country (ISO 3166-1 alpha-2). On an indicator: ref, category, action, priority, "
    "basis, grading (3x5x2), source_type, markers (list), action_text, contact, response, last_verified_at, review_by."
)
TOLD = (
    "ref",
    "category",
    "action",
    "priority",
    "basis",
    "grading",
    "source_type",
    "action_text",
    "contact",
    "response",
)
TOLD_TIMES = ("last_verified_at", "review_by")


def moment(at: dt.datetime) -> str:
    """A time as STIX and TAXII spell it."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def standing(hotlist: Hotlist) -> list[Object]:
    """What the indicators of a list refer to: who made the format and who controls the list, the extension, the marking."""
    made = {"spec_version": "2.1", "created": MADE_AT, "modified": MADE_AT}
    controller = {"created": moment(hotlist.created_at), "modified": moment(hotlist.created_at)}
    return [
        {**made, "type": "identity", "id": MAKER, "name": "ANPR hotlist portal", "identity_class": "system"},
        {**made, **controller, "type": "identity", "id": _controller(hotlist), "name": hotlist.controller,
         "identity_class": "organization"},
        {**made, "type": "extension-definition", "id": EXTENSION, "created_by_ref": MAKER, "name": "Vehicles of interest",
         "description": "Number plates, and what a recipient needs to judge that one is looked for.", "schema": SCHEMA,
         "version": "1.0.0", "extension_types": ["new-sco", "property-extension"]},
        {"spec_version": "2.1", "created": MADE_AT, "type": "marking-definition", "id": MARKING, "created_by_ref": MAKER,
         "definition_type": "statement",
         "definition": {"statement": f"OFFICIAL-SENSITIVE: personal data. {UNSIGNED}"}},
    ]  # fmt: skip


def indicator(hotlist: Hotlist, fields: Mapping[str, str], *, ends: int, at: dt.datetime) -> Object:
    """A row that is looked for, as it is since `at`; it ends by itself at `ends`, to the second."""
    told: Object = {name: fields[name] for name in TOLD if fields[name]}
    told |= {name: _seconds(fields[name]) for name in TOLD_TIMES if fields[name]}
    if fields["markers"]:
        told["markers"] = fields["markers"].split(",")
    plate, country = fields["vrm"], fields["country"]
    return {
        **_of(hotlist, fields, at),
        "name": f"{plate} ({country})",
        "description": information(dict(fields)),
        # A plate is capitals and digits, a country two capitals: neither can end the quotation.
        "pattern": f"[x-anpr-plate:vrm = '{plate}' AND x-anpr-plate:country = '{country}']",
        "valid_from": _seconds(fields["starts_at"]) if fields["starts_at"] else moment(at),
        "valid_until": _seconds(str(ends)),
        "labels": [fields["category"], fields["action"], fields["priority"]],
        "extensions": {EXTENSION: {"extension_type": "property-extension", **told}},
    }


def withdrawn(hotlist: Hotlist, fields: Mapping[str, str], *, at: dt.datetime) -> Object:
    """That a row is looked for no more. It names no plate: whoever had the row knows it by its id, and nobody else needs to."""
    return {
        **_of(hotlist, fields, at),
        "name": "Withdrawn",
        "pattern": "[x-anpr-plate:vrm = '']",
        "valid_from": moment(at),
        "revoked": True,
    }


def bundle(hotlist: Hotlist, rows: Iterable[Carried], *, record: str, at: dt.datetime) -> Iterator[bytes]:
    """A file of all; `record` is by what the log knows it."""
    yield f'{{"type": "bundle", "id": "bundle--{record}", "objects": [\n'.encode()
    yield ",\n".join(json.dumps(each) for each in standing(hotlist)).encode()
    for row in rows:
        fields = fields_of(SEPARATOR.join(row.fields))
        yield b",\n" + json.dumps(indicator(hotlist, fields, ends=row.ends, at=at)).encode()
    yield b"\n]}\n"


def bucket_key_of(hotlist: Hotlist, found: str) -> int | None:
    """By which the row of an indicator's id is found in the table of published rows; None for an id of something else."""
    kind, _, text = found.partition("--")
    try:
        name = uuid.UUID(text)
    except ValueError:
        return None
    return _masked(hotlist, int.from_bytes(name.bytes[:4], "big")) if kind == "indicator" else None


def _masked(hotlist: Hotlist, number: int) -> int:
    return number ^ int.from_bytes(uuid.uuid5(hotlist.pk, "mask").bytes[:4], "big")


def _id(hotlist: Hotlist, fields: Mapping[str, str]) -> str:
    """The same for all versions of a row; its beginning finds the row again."""
    plate = SEPARATOR.join((fields["country"], fields["vrm"]))
    begins = _masked(hotlist, int.from_bytes(sha256(plate.encode()).digest()[:4], "big")).to_bytes(4, "big")
    return f"indicator--{uuid.UUID(bytes=begins + uuid.uuid5(hotlist.pk, SEPARATOR.join((plate, fields['ref']))).bytes[4:])}"


def _of(hotlist: Hotlist, fields: Mapping[str, str], at: dt.datetime) -> Object:
    return {
        "type": "indicator", "spec_version": "2.1", "id": _id(hotlist, fields),
        "created_by_ref": _controller(hotlist), "created": moment(hotlist.created_at), "modified": moment(at),
        "pattern_type": "stix", "pattern_version": "2.1", "object_marking_refs": [MARKING],
    }  # fmt: skip


def _controller(hotlist: Hotlist) -> str:
    return f"identity--{uuid.uuid5(NAMESPACE, hotlist.controller)}"


def _seconds(seconds: str) -> str:
    return moment(dt.datetime.fromtimestamp(int(seconds), dt.UTC))
