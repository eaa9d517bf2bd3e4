"""What a benchmark says: figures in a fixed shape."""

import json
from dataclasses import asdict, dataclass

PEERS = (
    "COPY", "django-import-export", "hashlib", "pyarrow", "dict", "plain insert", "plain delete", "small", "daily files",
)  # fmt: skip
UNITS = ("s", "ms", "rows/s", "MiB/s", "lookups/s", "bytes/row", "KiB", "GB/day")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, what it was held against (a peer's name or a limit) and the ratio of the two."""

    bench: str
    figure: str
    value: float
    unit: str
    against: str | float
    ratio: float

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"not a unit: {self.unit}")
        if isinstance(self.against, str) and self.against not in PEERS:
            raise ValueError(f"not a peer: {self.against}")

    def line(self) -> str:
        """As `bin/bench` prints it."""
        return json.dumps({**asdict(self), "value": _short(self.value), "ratio": _short(self.ratio)})


def _short(number: float) -> float:
    """Four significant digits: no measurement here has more."""
    return float(f"{number:.4g}")
