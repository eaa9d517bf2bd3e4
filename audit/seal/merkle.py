"""The Merkle tree of RFC 6962: leaves are only ever added, and a root commits to all of them and to their order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()

Node = Callable[
    [int, int], bytes
]  # (height, index): the root over the whole subtree of 2^height leaves that begins at index·2^height


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of what stands over two subtrees."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Edge:
    """A tree as far as its root and what is added later need it: the roots of its whole subtrees, the largest first.

    Their sizes are the powers of two that make up `size`; ValueError for any other number of them.
    """

    size: int = 0
    nodes: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.nodes) != self.size.bit_count():
            raise ValueError(f"a tree of {self.size} leaves has another edge than {len(self.nodes)} nodes")

    def add(self, leaf: bytes) -> None:
        """One more leaf, as its hash."""
        self.nodes.append(leaf)
        self.size += 1
        size = self.size
        while size % 2 == 0:
            right = self.nodes.pop()
            self.nodes.append(node_hash(self.nodes.pop(), right))
            size //= 2

    def add_and_tell(self, leaf: bytes) -> list[tuple[int, bytes]]:
        """One more leaf; returns the height and the root of each subtree that it made whole, the lowest first."""
        made, size, node = [], self.size, leaf
        for height in range(1, (~size & size + 1).bit_length()):  # as many as the size ends in ones
            node = node_hash(self.nodes[-height], node)
            made.append((height, node))
        self.add(leaf)
        return made

    def root(self) -> bytes:
        """What commits to all of it."""
        if not self.nodes:
            return EMPTY_ROOT
        root = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            root = node_hash(node, root)
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes."""
    edge = Edge()
    for leaf in leaves:
        edge.add(leaf)
    return edge.root()


def over(leaves: Sequence[bytes]) -> Node:
    """The nodes of a tree whose leaf hashes are all at hand."""
    return lambda height, index: root_of(leaves[index << height : (index + 1) << height])


def inclusion_proof(node: Node, size: int, index: int) -> list[bytes]:
    """What shows that the leaf at `index` is in the tree of this size (RFC 6962, 2.1.1). IndexError outside it."""
    if not 0 <= index < size:
        raise IndexError(index)
    proof, first = [], 0
    while size > 1:
        split = _split(size)
        if index < first + split:
            proof.append(_root(node, first + split, size - split))
            size = split
        else:
            proof.append(_root(node, first, split))
            first, size = first + split, size - split
    return proof[::-1]


def consistency_proof(node: Node, size: int, earlier: int) -> list[bytes]:
    """What shows that the tree as it was with `earlier` leaves only grew into this one (RFC 6962, 2.1.2). IndexError outside it."""
    if not 0 <= earlier <= size:
        raise IndexError(earlier)
    if earlier in (0, size):
        return []
    proof, first, is_whole = [], 0, True
    while earlier < size:
        split = _split(size)
        if earlier <= split:
            proof.append(_root(node, first + split, size - split))
            size = split
        else:
            proof.append(_root(node, first, split))
            first, size, earlier, is_whole = first + split, size - split, earlier - split, False
    if not is_whole:
        proof.append(_root(node, first, size))
    return proof[::-1]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows that this leaf hash stands at `index` of the tree with this size and root."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for node in proof:
        if last == 0:
            return False
        if place % 2 or place == last:
            found = node_hash(node, found)
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            found = node_hash(found, node)
        place, last = place // 2, last // 2
    return last == 0 and found == root


def is_consistent(size: int, root: bytes, later_size: int, later_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the later tree is the earlier one with leaves added at its end."""
    if not 0 <= size <= later_size:
        return False
    if size == later_size:
        return not proof and root == later_root
    if size == 0:
        return not proof and root == EMPTY_ROOT
    nodes = list(proof) if size & (size - 1) else [root, *proof]
    if not nodes:
        return False
    place, last = size - 1, later_size - 1
    while place % 2:
        place, last = place // 2, last // 2
    earlier = later = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            earlier, later = node_hash(node, earlier), node_hash(node, later)
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            later = node_hash(later, node)
        place, last = place // 2, last // 2
    return last == 0 and earlier == root and later == later_root


def _root(node: Node, first: int, size: int) -> bytes:
    """The root over a stretch that begins where a whole subtree of its largest power of two can."""
    nodes = []
    for height in range(size.bit_length() - 1, -1, -1):
        if size >> height & 1:
            nodes.append(node(height, first >> height))
            first += 1 << height
    return Edge(size, nodes).root()


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
