"""What the portal warned of a plate is answered before anybody is stopped for it (R-153, R-154)."""

from collections.abc import Iterator

from hotlists import warnings
from hotlists.quality.asked import Asked, Fault
from standards.ranks import Rank


def is_answered(asked: Asked) -> Iterator[Fault]:
    """Nothing refuses the plate, and where something warns of it, the author says why it is right all the same: of each
    warning that stands now, not of those that stood when an earlier version was written."""
    version = asked.version
    if not version.vrm:
        return
    found = warnings.of(version.vrm, version.country, asked.at)
    for warned in warnings.refusing(found, version.vrm, version.country, version.entry_id):
        may = "It cannot be listed."
        if warned.edition is not None:
            rank = Rank(warned.edition.answer_rank).label.lower()
            may = (
                f"It cannot be listed unless a {rank} or above, who did not write this, says on the entry that it may."
            )
        yield "vrm_entered", f"{warned.words} {may}"
    said = version.plate_confirmed_because.strip()
    asks = [warned for warned in found if not warned.refuses]
    new = warnings.unanswered(asks, version.plate_warnings)
    if asks and not said:
        yield "plate_confirmed_because", f"{_words(asks)} Check it, and say why it is right all the same."
    elif new:
        yield (
            "plate_confirmed_because",
            (
                f"{_words(new)} What you wrote was written before this warning, or for another plate. Check it, and say anew why "
                "it is right all the same."
            ),
        )


def _words(found: list[warnings.Warned]) -> str:
    return " ".join(warned.words for warned in found)
