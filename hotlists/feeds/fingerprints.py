"""What tells two rows of one key apart at a glance: 64 bits of all that their source and the agreement say of them."""

from collections.abc import Iterable
from hashlib import blake2b

from hotlists.feeds.checks import NOTHING

KEY = frozenset({"country", "vrm", "ref"})  # rows are compared where these are the same
_WRAP = 1 << 64


def of_words(words: Iterable[str]) -> int:
    """What holds for every row of a load alike."""
    return _hashed("\x1f".join(words))


def of_value(name: str, value: str) -> int:
    """One column's part. Parts are added up, so that a column of few values is worked out once for each of them."""
    return 0 if name in KEY or value == NOTHING else _hashed(f"{name}\x1f{value}")


def signed(total: int) -> int:
    """The sum as PostgreSQL's bigint and Arrow's int64 hold it; both wrap where it overflows, and so does this."""
    total %= _WRAP
    return total - _WRAP if total >= _WRAP >> 1 else total


def _hashed(text: str) -> int:
    return signed(int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little"))
