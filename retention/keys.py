"""Keys of rows that go together, written out once as one array however many statements name them."""

import uuid
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import CharField, Field, Func, Q, Value
from django.db.models.expressions import Expression

KINDS = {uuid.UUID: "uuid", int: "bigint", str: "text"}


class Keys:
    """Primary keys of one table, in the database's own order; at least one."""

    def __init__(self, ids: Sequence[Any]):
        self.ids = ids
        self.kind = KINDS[type(ids[0])]

    def __len__(self) -> int:
        return len(self.ids)

    def among(self, path: str) -> Q:
        """Rows whose `path` is one of them: between the first and the last, so that of a table in parts one is looked through."""
        return Q(**{
            f"{path}__gte": self.ids[0], f"{path}__lte": self.ids[-1],
            f"{path}__in": _Unnested(_array(self._literal), kind=self.kind),
        })  # fmt: skip

    def as_text(self, prefix: str = "") -> Expression:
        """All of them as texts, each behind the prefix."""
        return Array(_array(self._written(prefix)), kind="varchar")

    def in_texts(self) -> Expression:
        """What a column of texts may be `__in`."""
        return _Unnested(_array(self._literal), kind="varchar")

    @cached_property
    def _texts(self) -> list[str]:
        return [str(id).replace("\\", r"\\").replace('"', r"\"") for id in self.ids]

    @cached_property
    def _literal(self) -> str:
        return self._written("")

    def _written(self, prefix: str) -> str:
        """As PostgreSQL reads an array."""
        return f'{{"{prefix}' + f'","{prefix}'.join(self._texts) + '"}'


class Array(Func):
    """One array, which PostgreSQL plans once, in place of thousands of values that it plans one by one."""

    template = "%(expressions)s::%(kind)s[]"
    output_field = Field()


class _Unnested(Array):
    template = "(SELECT unnest(%(expressions)s::%(kind)s[]))"


def _array(literal: str) -> Value:
    return Value(literal, output_field=CharField())
