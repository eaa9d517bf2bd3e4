"""What the matcher holds in memory and matches against: lists, rows by plate, sites in service."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from matcher_client.held import HeldList
from matcher_client.manifest import Manifest
from matcher_client.reads import Read
from matcher_client.rows import Row, answer, canonical
from matcher_client.scope import covers, parse


@dataclass(frozen=True, slots=True)
class Where:
    """What is known of places beside whether they are in service: the area of a site, the direction a camera looks."""

    areas: Mapping[str, str] = field(default_factory=dict)
    directions: Mapping[str, str] = field(default_factory=dict)

    def direction(self, read: Read) -> str:
        """Towards which the vehicle drove, as the camera said or as it is registered; empty when neither does."""
        return read.direction or self.directions.get(read.camera, "")


@dataclass(frozen=True, slots=True)
class Held:
    """All that is held at one moment. A read is judged by one of these from first to last, though the next may be there by then."""

    lists: Mapping[str, HeldList] = field(default_factory=dict)
    sites: Mapping[str, int] = field(default_factory=dict)
    verified_at: int = 0
    where: Where = field(default_factory=Where)

    def in_service(self, site: str, at: float) -> bool:
        """Whether reads from `site` may be matched at the moment `at`."""
        return at < self.sites.get(site, 0)

    def matching(self, vrm: str, at: float) -> Iterator[tuple[HeldList, Row]]:
        """Every row in force at the moment `at` that looks for the plate, whatever its country."""
        for held in self.lists.values():
            if (held.until is None or at < held.until) and is_alive(held.manifest, self.verified_at, at):
                for row in held.rows.rows_of(vrm):
                    if in_force(row, at):
                        yield held, row

    def covers(self, row: Row, read: Read) -> bool:
        """Whether the read lies within the scope that was authorised for the row."""
        area, direction = self.where.areas.get(read.site, ""), self.where.direction(read)
        return covers(parse(row.scope), site=read.site, area=area, direction=direction, at=read.captured_at)


class Store:
    """All lists of one snapshot, changed only as a whole: a read is matched against one moment or the next."""

    def __init__(self) -> None:
        self.held = Held()

    @property
    def lists(self) -> Mapping[str, HeldList]:
        return self.held.lists

    @property
    def sites(self) -> Mapping[str, int]:
        return self.held.sites

    @property
    def verified_at(self) -> int:
        """When the portal last proved that what is held is current, in seconds."""
        return self.held.verified_at

    def replace(
        self, lists: Mapping[str, HeldList], sites: Mapping[str, int], verified_at: int, where: Where | None = None
    ) -> None:
        """Hold these lists from now on and nothing else."""
        self.held = Held(lists, sites, verified_at, where or Where())

    def replace_lists(self, lists: Mapping[str, HeldList]) -> None:
        """The same with the places that are known already, as of the same verification."""
        self.replace(lists, self.held.sites, self.held.verified_at, self.held.where)

    def answer(self, role: str, nonce: bytes, bucket: int) -> str:
        """The answer to a challenge about one bucket of a list, from what is held at this moment."""
        return answer(nonce, map(canonical, self.lists[role].rows.rows_in(bucket)))

    def count(self, role: str) -> int:
        """How many rows of a list are held."""
        return self.lists[role].rows.count


def is_alive(manifest: Manifest, verified_at: float, at: float) -> bool:
    """Whether a list may be matched against: neither lapsed as a whole nor past its offline life (R-085)."""
    lapses_at = manifest.list_lapses_at
    return at < verified_at + manifest.offline_life and (lapses_at is None or at < lapses_at)


def in_force(row: Row, at: float) -> bool:
    """Whether a row is in force at the moment `at`, to the second (decision 12)."""
    return (row.starts_at is None or row.starts_at <= at) and (row.lapses_at is None or at < row.lapses_at)
