"""The tree as the database keeps it: what the sealer adds to it, and the proofs that are read from it."""

from collections.abc import Iterable
from functools import lru_cache

from audit.models import Leaf, Subtree
from audit.seal import merkle

LEVEL = 8  # heights from one kept level to the next
WIDTH = 1 << LEVEL
MOST_TILES = 1_000  # stretches of WIDTH hashes held while proofs are read, some 10 KB each
BATCH = 200  # subtrees made at a time: of a log that was sealed before there were any, millions are missing


def keep_subtrees(size: int, *, using: str) -> None:
    """Keeps the roots over stretches that are whole in a tree of this size and were not when it was smaller."""
    level = 1
    while full := size >> LEVEL * level:
        have = (
            Subtree.objects.using(using).filter(level=level).order_by("-index").values_list("index", flat=True).first()
        )
        first = 0 if have is None else have + 1
        if first >= full:
            return  # nor is one above
        for start in range(first, full, BATCH):
            stop = min(start + BATCH, full)
            below = hashes(level - 1, start * WIDTH, stop * WIDTH, using)
            Subtree.objects.using(using).bulk_create(
                Subtree(level=level, index=index, hash=merkle.root_of(below[n * WIDTH : (n + 1) * WIDTH]))
                for n, index in enumerate(range(start, stop))
            )
        level += 1


class Tree:
    """The tree as it stood at one size. What it reads stays in memory, at most MOST_TILES stretches of it."""

    def __init__(self, size: int, *, using: str = "default"):
        self.size = size
        self._using = using
        self._tile = lru_cache(MOST_TILES)(self._read_tile)
        self.node = lru_cache(MOST_TILES * 8)(self._make_node)

    def proofs(self, numbers: Iterable[int]) -> list[list[bytes]]:
        """What shows that each of these leaves is in the tree. IndexError for one outside it."""
        return [merkle.inclusion_proof(self.node, self.size, number) for number in numbers]

    def growth(self, earlier: int) -> list[bytes]:
        """What shows that it only grew since it had `earlier` leaves."""
        return merkle.consistency_proof(self.node, self.size, earlier)

    def _make_node(self, height: int, index: int) -> bytes:
        level, up = divmod(height, LEVEL)
        first = index << up
        tile, offset = divmod(first, WIDTH)
        return merkle.root_of(self._tile(level, tile)[offset : offset + (1 << up)])

    def _read_tile(self, level: int, tile: int) -> list[bytes]:
        whole = self.size >> LEVEL * level
        return hashes(level, tile * WIDTH, min((tile + 1) * WIDTH, whole), self._using)


def hashes(level: int, start: int, stop: int, using: str = "default") -> list[bytes]:
    """Leaf hashes, or roots over subtrees, of these numbers. LookupError when one is missing."""
    if level == 0:
        rows = Leaf.objects.using(using).filter(number__gte=start, number__lt=stop).order_by("number")
    else:
        rows = Subtree.objects.using(using).filter(level=level, index__gte=start, index__lt=stop).order_by("index")
    found = [bytes(each) for each in rows.values_list("hash", flat=True)]
    if len(found) != stop - start:
        raise LookupError(f"the tree lacks {stop - start - len(found)} hashes of level {level} from {start} to {stop}")
    return found
