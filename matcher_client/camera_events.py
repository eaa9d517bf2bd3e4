"""Files in which cameras tell of what they read: Hikvision's event XML, and the event JSON of Axis."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

NO_PLATES = {"", "unknown", "noplate", "no plate", "none", "null"}  # what a camera says that saw a vehicle and no plate
AXIS_STATES = {"new", "update"}  # `lost` tells again, later, of a vehicle that was told of

# Axis names countries by three letters (ISO 3166-1 alpha-3). What is not here counts as not read; the hit is not lost for it.
COUNTRIES = {
    "ALB": "AL", "AND": "AD", "AUT": "AT", "BEL": "BE", "BGR": "BG", "BIH": "BA", "BLR": "BY", "CHE": "CH", "CYP": "CY",
    "CZE": "CZ", "DEU": "DE", "DNK": "DK", "ESP": "ES", "EST": "EE", "FIN": "FI", "FRA": "FR", "GBR": "GB", "GGY": "GG",
    "GIB": "GI", "GRC": "GR", "HRV": "HR", "HUN": "HU", "IMN": "IM", "IRL": "IE", "ISL": "IS", "ITA": "IT", "JEY": "JE",
    "LIE": "LI", "LTU": "LT", "LUX": "LU", "LVA": "LV", "MCO": "MC", "MDA": "MD", "MKD": "MK", "MLT": "MT", "MNE": "ME",
    "NLD": "NL", "NOR": "NO", "POL": "PL", "PRT": "PT", "ROU": "RO", "RUS": "RU", "SRB": "RS", "SVK": "SK", "SVN": "SI",
    "SWE": "SE", "TUR": "TR", "UKR": "UA",
}  # fmt: skip


class Seen(NamedTuple):
    """What an event says of a plate, as `Read` takes it. Which way it drove no camera says by the compass."""

    vrm: str
    country: str | None
    camera: str
    captured_at: str
    confidence: float


def hikvision(content: bytes) -> list[Seen]:
    """The plate in an `EventNotificationAlert`; none in one about something else. ValueError when it is not one.

    Its country is a number of the maker's own, and is not used. Nothing is taken from outside the file, and nothing declared in
    it: neither is in any camera's event.
    """
    try:
        alert: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError) as error:  # LookupError: an encoding that nobody knows
        raise ValueError(f"It is no XML that can be trusted: {type(error).__name__}.") from None
    if _name(alert) != "EventNotificationAlert":
        raise ValueError("It is no EventNotificationAlert.")
    told = {_name(part): (part.text or "").strip() for part in alert}
    if told.get("eventType", "").upper() != "ANPR":
        return []
    plate = {_name(part): (part.text or "").strip() for each in alert if _name(each) == "ANPR" for part in each}
    vrm = plate.get("licensePlate", "")
    if vrm.lower() in NO_PLATES:
        return []
    camera = told.get("channelName") or told.get("deviceID") or told.get("channelID") or ""
    return [Seen(vrm, None, camera, told.get("dateTime", ""), _share(plate.get("confidenceLevel"), 100))]


def axis(content: bytes) -> list[Seen]:
    """The plates in an event of AXIS License Plate Verifier, or in a list of them. ValueError when it is neither."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError("It is no JSON.") from None
    seen = []
    for event in told if isinstance(told, list) else [told]:
        if not isinstance(event, dict) or not {"plateUTF8", "plateASCII", "plateText"} & event.keys():
            raise ValueError("It is no event of a plate that was read.")
        vrm = next((found for name in ("plateUTF8", "plateASCII", "plateText") if (found := _text(event, name))), "")
        if vrm.lower() in NO_PLATES or _text(event, "carState").lower() not in {"", *AXIS_STATES}:
            continue
        info = event.get("camera_info")
        camera = _text(event, "sensorProviderID") or (_text(info, "SerialNumber") if isinstance(info, dict) else "")
        country = COUNTRIES.get(_text(event, "plateCountry").upper())
        seen.append(Seen(vrm, country, camera, _axis_moment(event), _share(event.get("plateConfidence"), 1)))
    return seen


FORMATS: dict[str, Callable[[bytes], list[Seen]]] = {".xml": hikvision, ".json": axis}


def _name(part: Element) -> str:
    return part.tag.rpartition("}")[2]


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return str(value).strip() if isinstance(value, str | int) else ""


def _share(told: Any, whole: int) -> float:
    """How sure the camera was, from 0 to 1; 0 when it does not say."""
    if told is None or told == "":
        return 0.0
    if not isinstance(told, str | int | float):
        raise ValueError("It says how sure the camera was, and not as a number.")
    try:
        return float(told) / whole
    except OverflowError:
        raise ValueError("It says how sure the camera was by a number that is none of a share.") from None


def _axis_moment(event: dict[str, Any]) -> str:
    """When it was read, by ISO 8601: from the milliseconds since 1970, else from the local time with its offset."""
    since = _text(event, "capture_timestamp")
    try:
        if since.isdecimal() and int(since):
            return datetime.fromtimestamp(int(since) / 1000, UTC).isoformat()
        return datetime.strptime(_text(event, "datetime"), "%Y%m%d %H%M%S%f%z").isoformat()
    except (ValueError, OverflowError, OSError):
        raise ValueError("It does not say when the plate was read, with the time zone.") from None
