"""Warninglists of the tests, reached by walking actions."""

import pytest

from hotlists import actions
from hotlists.models import Warninglist, WarninglistEdition

FLEET = b"plate,country,note\nXY50 ZZZ,GB,Fire engine of Northdale\nAB50 *,GB,\nXY50ZZY,FR,\n"
SAYS = {"effect": "warn", "meaning": "An emergency vehicle.", "advice": "Ring the fleet desk before you go on."}


@pytest.fixture
def warninglist(manager) -> Warninglist:
    """A warninglist that has no edition."""
    return actions.begin_warninglist(
        by=manager, name="Northdale fleet", kind="emergency", source="Fleet desk", licence="Shared under agreement 12"
    )


@pytest.fixture
def loaded(warninglist, manager):
    """loaded(content, **over): an edition that waits."""

    def make(content: bytes = FLEET, *, of: Warninglist | None = None, **over) -> WarninglistEdition:
        return actions.load_warninglist(
            of or warninglist, by=manager, chunks=[content], file_name="fleet.csv", **{**SAYS, **over}
        )

    return make


@pytest.fixture
def in_use(loaded, asset_owner):
    """in_use(content, **over): an edition in use."""

    def make(content: bytes = FLEET, **over) -> WarninglistEdition:
        return actions.accept_edition(loaded(content, **over), by=asset_owner)

    return make
