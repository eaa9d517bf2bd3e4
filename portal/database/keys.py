"""Keys of rows that go together: fetched as one text, and handed back to the database as it came, however many they are."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, models
from django.db.models import CharField, Count, Field, Func, Q, TextField, Value
from django.db.models.expressions import Expression
from django.db.models.functions import Cast


@dataclass(frozen=True, slots=True)
class Keys:
    """Primary keys of rows of one table."""

    array: str  # as PostgreSQL writes one
    number: int
    kind: str  # the column's type

    @classmethod
    def of(cls, rows: models.QuerySet) -> "Keys":
        """Those of these rows, in whatever order they come."""
        found = rows.aggregate(array=Cast(ArrayAgg("pk"), TextField()), number=Count("pk"))
        return cls(found["array"] or "{}", found["number"], _kind(rows.model))

    @classmethod
    def listed(cls, model: type[models.Model], ids: Iterable[object]) -> "Keys":
        """These, which are numbers or UUIDs."""
        written = [str(id) for id in ids]
        return cls("{" + ",".join(written) + "}", len(written), _kind(model))

    def __bool__(self) -> bool:
        return self.number > 0

    def among(self, path: str) -> Q:
        """Rows whose `path` is one of them."""
        return Q(**{f"{path}__in": _Each(self._array, kind=self.kind)})

    def as_texts(self) -> Expression:
        """What a column of texts may be `__in`."""
        return _Each(self._array, kind="varchar")

    def named(self) -> Expression:
        """All as one array of texts."""
        return _Whole(self._array)

    def spelled(self, prefix: str) -> str:
        """All as PostgreSQL writes an array of texts, each behind the prefix, which only numbers and UUIDs can be given."""
        if self.kind not in ("uuid", "bigint", "integer"):
            raise ValueError(f"keys that are {self.kind} may hold commas")
        return "{" + prefix + self.array[1:].replace(",", f",{prefix}") if self else "{}"

    @property
    def _array(self) -> Value:
        return Value(self.array, output_field=CharField())


class _Each(Func):
    """Planned once, where thousands of values would be planned one by one."""

    template = "(SELECT unnest(%(expressions)s::%(kind)s[]))"
    output_field = Field()


class _Whole(Func):
    """Spelled out, since how many rows an array will find is guessed from what it says."""

    template = "%(expressions)s::varchar[]"
    output_field = Field()


def _kind(model: type[models.Model]) -> str:
    return str(model._meta.pk.db_type(connection))
