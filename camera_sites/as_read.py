"""Two windows on one thing: whoever saves or decides second is told, and overwrites or decides nothing unseen."""

import hashlib
import json
from collections.abc import Iterable

from django.db.models import Model

from camera_sites.models import CameraSite
from portal.errors import TooLate


class Overtaken(TooLate):
    """Somebody, or the same person in another window, changed what was opened. `standing` is the print of what stands now."""

    def __init__(self, standing: str):
        super().__init__(
            "This was changed since you opened it, so nothing was done. Look at what stands there now in another window; "
            "what you typed is kept here, to be saved once more."
        )
        self.standing = standing


def print_of(thing: Model, names: Iterable[str], *more: object) -> str:
    """What stands in these fields of it, as a digest."""
    seen = {name: thing.serializable_value(name) for name in names}
    return hashlib.sha256(json.dumps([str(thing.pk), seen, more], default=str, sort_keys=True).encode()).hexdigest()


def print_of_proposal(site: CameraSite, names: Iterable[str]) -> str:
    """As `print_of`, with its cameras: what is decided on."""
    return print_of(
        site, names, *site.cameras.standing().order_by("ref").values_list("ref", "kind", "lane", "direction")
    )


def require_not_overtaken(as_read: str, standing: str) -> None:
    """Raises Overtaken where a caller says what they read, and that is not what stands now."""
    if as_read and as_read != standing:
        raise Overtaken(standing)
