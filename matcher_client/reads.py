"""Reads as cameras send them: checked, never stored."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from matcher_client.scope import direction_of
from matcher_client.vrm import country_code, normalise

# Cameras whose clock was never set say year 1, which no time zone can be told of.
FIRST_YEAR, LAST_YEAR = 1970, 9998


@dataclass(frozen=True, slots=True)
class Read:
    """A plate that a camera saw. `country` is None when the camera did not say, or said what is no country."""

    vrm: str
    country: str | None
    site: str
    camera: str
    captured_at: datetime
    confidence: float
    direction: str = ""  # a point of the compass; empty when the camera did not say

    @classmethod
    def parse(cls, content: Any) -> "Read":
        """The read in a JSON object. ValueError says what is wrong with it, without repeating the plate."""
        if not isinstance(content, dict):
            raise ValueError("A read is a JSON object.")
        for name in ("vrm", "site", "camera", "captured_at"):
            if not isinstance(content.get(name), str) or not content[name]:
                raise ValueError(f"A read needs its {name}, as text.")
        confidence = content.get("confidence")
        if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
            raise ValueError("A read needs its confidence, a number from 0 to 1.")
        return cls(
            vrm=normalise(content["vrm"]),
            country=read_country(content.get("country")),
            site=content["site"],
            camera=content["camera"],
            captured_at=read_moment(content["captured_at"]),
            confidence=float(confidence),
            direction=direction_of(content.get("direction")),
        )


def read_country(sign: Any) -> str | None:
    """The country that was read. One that is not understood counts as not read: the hit must not be lost for it."""
    if not isinstance(sign, str):
        return None
    try:
        return country_code(sign)
    except ValueError:
        return None


def read_moment(text: str) -> datetime:
    """An ISO 8601 moment in UTC. ValueError when it does not say which time zone it is in."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("captured_at is not an ISO 8601 time.") from None
    if moment.tzinfo is None:
        raise ValueError("captured_at does not say which time zone it is in.")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError("captured_at is no time at which a plate was read.")
    return moment.astimezone(UTC)
