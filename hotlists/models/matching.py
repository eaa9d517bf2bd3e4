"""A plan of hotlists.patterns as a condition on rows that have a plate."""

from typing import TypeVar

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Reverse
from django.db.models.lookups import Lookup

from hotlists.patterns import Plan

Rows = TypeVar("Rows", bound=QuerySet)


class AnyOf(Lookup):
    """`column = ANY(array)`: one parameter however many keys, and one scan of the index."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*params, list(self.rhs)]


def found_by(rows: Rows, plan: Plan) -> Rows:
    """Those of `rows` that the plan finds, in the order of the index that finds them: the first few are cheap."""
    if not plan.ranges:
        return rows.filter(AnyOf(F("vrm"), plan.keys)).order_by("vrm")
    rows = rows.alias(backwards=Reverse("vrm"))
    read = "backwards" if plan.is_backwards else "vrm"
    within = Q()
    for low, high in plan.ranges:
        within |= Q((f"{read}__gte", low), (f"{read}__lt", high))
    rows = rows.filter(within)
    if plan.regex:
        rows = rows.filter(vrm__regex=plan.regex)
    return rows.order_by(read)
