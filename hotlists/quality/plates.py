"""What the portal warned of a plate is answered before anybody is stopped for it (R-153, R-154)."""

from collections.abc import Iterator

from hotlists import warnings
from hotlists.quality.asked import Asked, Fault


def is_answered(asked: Asked) -> Iterator[Fault]:
    """Nothing refuses the plate, and where something warns of it, the author says why it is right all the same."""
    version = asked.version
    if not version.vrm:
        return
    found = warnings.of(version.vrm, version.country, asked.at)
    for warning in found:
        if warning.refuses:
            yield "vrm_entered", f"{warning.words} It cannot be listed."
    asks = [warning.words for warning in found if not warning.refuses]
    if asks and not version.plate_confirmed_because.strip():
        yield "plate_confirmed_because", f"{' '.join(asks)} Check it, and say why it is right all the same."
