"""How PostgreSQL is to go about tables of which it has no statistics yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def planned_for_large_sets(cursor: Any) -> Iterator[None]:
    """A table just filled has no statistics, and the plan that suits a small one takes minutes on a large one."""
    cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '128MB'")
    yield
    cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL work_mem TO DEFAULT")


@contextmanager
def planned_for(cursor: Any, rows: int) -> Iterator[None]:
    """For as many rows to be looked up in a list: few are found by its key, many by reading the list once."""
    if rows > _FEW:
        with planned_for_large_sets(cursor):
            yield
        return
    cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
    yield
    cursor.execute("SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT")


_FEW = 20_000
