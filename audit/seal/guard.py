"""How the tree stood last, kept outside the database: after a restore from an older backup nothing is sealed unseen.

One file, written and on disk before the transaction that seals commits (`sealing`) and marked after it (`last`). It is no part
of any backup.
"""

import json
import os
from pathlib import Path
from typing import NamedTuple


class Behind(Exception):
    """The database knows a smaller or another tree than was sealed."""


class Stood(NamedTuple):
    """A size and the root at it, in hexadecimal."""

    size: int
    root: str


class Guard:
    """The file."""

    def __init__(self, path: Path):
        self._path = path

    def check(self, now: Stood) -> None:
        """Raises Behind unless the tree stands as it was left: as marked last, or as it was about to be when all went dark."""
        known = self._read()
        if known and now not in known.values():
            newest = max(known.values())
            raise Behind(
                f"{newest.size} events were sealed with root {newest.root[:16]}…, but the database knows {now.size} with root"
                f" {now.root[:16]}…. It may have been restored from a backup: docs/how-to/back-up-and-restore.md."
            )

    def sealing(self, next_: Stood) -> None:
        """Writes down what is about to be committed, on disk when it returns."""
        self._write(self._read() | {"sealing": next_})

    def sealed(self, stood: Stood) -> None:
        """It was committed."""
        self._write({"last": stood})

    def _read(self) -> dict[str, Stood]:
        try:
            return {name: Stood(*stood) for name, stood in json.loads(self._path.read_text()).items()}
        except FileNotFoundError:
            return {}

    def _write(self, known: dict[str, Stood]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        with part.open("w") as file:
            json.dump(known, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
