"""What a publication says about a list: the manifest that is signed with it."""

from dataclasses import asdict, dataclass
from typing import Any

from matcher_client.deltas import Step, is_chain, way
from matcher_client.refusals import FORMAT as UNREADABLE
from matcher_client.refusals import TAMPER, Refused
from matcher_client.rows import FORMAT, MAX_BUCKET_BITS, Row


@dataclass(frozen=True, slots=True)
class Manifest:
    """A list's own account of one revision. Times are seconds since 1970 in UTC, `offline_life` is in seconds.

    The whole file is of `full_revision`; `deltas` lead on from it, and may reach further back, for who has an earlier one.
    `rows_verified_at` is when the source last confirmed all rows together, so that they need not be published anew for it.
    """

    revision: int
    previous_revision: int
    rows: int
    bucket_bits: int
    root: str
    generated_at: int
    list_lapses_at: int | None
    offline_life: int
    marking: str
    standards_profile: str
    title: str
    terminal: bool
    rows_verified_at: int | None
    full_revision: int
    deltas: tuple[Step, ...]

    @classmethod
    def read(cls, custom: Any) -> "Manifest":
        """The manifest in a target's `custom`. Raises Refused when it is in another format or not complete."""
        if not isinstance(custom, dict) or type(custom.get("format")) is not int:
            raise Refused(UNREADABLE, "a list came without a manifest.")
        if custom["format"] != FORMAT:
            raise Refused(UNREADABLE, f"a list is in format {custom['format']}; this client reads format {FORMAT}.")
        for name, kinds in KINDS.items():
            if type(custom.get(name)) not in kinds:
                raise Refused(UNREADABLE, f"a list's manifest has no right {name}.")
        if not 0 <= custom["bucket_bits"] <= MAX_BUCKET_BITS or custom["rows"] < 0 or custom["offline_life"] <= 0:
            raise Refused(UNREADABLE, "a list's manifest has a number out of range.")
        if custom["terminal"] and custom["rows"]:
            raise Refused(TAMPER, "a list is said to be revoked and to have rows.")
        return cls(**{**{name: custom[name] for name in KINDS}, "deltas": _chain(custom)})

    def verified_at(self, row: Row) -> int | None:
        """When a row was last checked with its source: by itself, or with the whole list."""
        return max((at for at in (row.last_verified_at, self.rows_verified_at) if at is not None), default=None)

    def has_rows_of(self, other: "Manifest") -> bool:
        """Whether the two describe the same rows, though for instance the list's lapse was put off."""
        return (self.root, self.rows, self.bucket_bits) == (other.root, other.rows, other.bucket_bits)

    def as_custom(self) -> dict[str, Any]:
        """The manifest as it stands in a target's `custom`."""
        return {"format": FORMAT, **asdict(self), "deltas": [step._asdict() for step in self.deltas]}


def _chain(custom: dict[str, Any]) -> tuple[Step, ...]:
    """The deltas that are told of. Raises Refused unless they lead from the whole file to the revision, without a gap."""
    try:
        steps = tuple(Step.read(told) for told in custom["deltas"])
    except ValueError as error:
        raise Refused(UNREADABLE, f"{error}.") from error
    is_whole = way(steps, custom["full_revision"], whole=custom["full_revision"]) is not None
    newest = max((custom["full_revision"], *(step.revision for step in steps)))
    if not is_chain(steps) or not is_whole or newest > custom["revision"]:
        raise Refused(UNREADABLE, "a list's deltas do not lead to its revision.")
    return steps


# Exact types: to Python a bool is an int, to a signature it is not.
KINDS: dict[str, tuple[type, ...]] = {
    "revision": (int,),
    "previous_revision": (int,),
    "rows": (int,),
    "bucket_bits": (int,),
    "root": (str,),
    "generated_at": (int,),
    "list_lapses_at": (int, type(None)),
    "offline_life": (int,),
    "marking": (str,),
    "standards_profile": (str,),
    "title": (str,),
    "terminal": (bool,),
    "rows_verified_at": (int, type(None)),
    "full_revision": (int,),
    "deltas": (list,),
}
