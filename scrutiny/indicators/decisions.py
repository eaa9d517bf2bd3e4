"""How decisions come about: always by the same two, or faster than anybody can read."""

import datetime as dt

from django.db.models import Count, F, QuerySet

from hotlists.models import Decision
from scrutiny.indicators.expressions import NOBODY, NOTHING, both, text
from scrutiny.indicators.indicator import Indicator, Matter, Span


def _approvals(span: Span) -> QuerySet[Decision]:
    return Decision.objects.approving().filter(decided_at__gte=span.since, decided_at__lt=span.until)


def _by_pair(span: Span) -> QuerySet[Decision]:
    """Approvals, by who decided and who had submitted."""
    return _approvals(span).annotate(
        matter=both("decided_by", "version__submitted_by"), moment=F("decided_at"), who=F("decided_by_id"),
        other=F("version__submitted_by_id"), plate=NOTHING, thing=NOTHING,
    )  # fmt: skip


def _mostly_theirs(matters: list[Matter], span: Span) -> list[Matter]:
    """Pairs in which most of the author's approvals came from the one decider."""
    totals = _approvals(span).order_by().values_list("version__submitted_by").annotate(n=Count("pk"))
    by_author = dict(totals)
    share = span.numbers["indicator.pair.share"]
    return [matter for matter in matters if matter.count * 100 >= share * by_author[matter.other]]


def _swift(span: Span) -> QuerySet[Decision]:
    """Approvals within seconds of the submission, by who decided."""
    least = dt.timedelta(seconds=span.numbers["indicator.swift.seconds"])
    found = _approvals(span).filter(decided_at__lt=F("version__submitted_at") + least)
    return found.annotate(
        matter=text("decided_by"),
        moment=F("decided_at"),
        who=F("decided_by_id"),
        other=NOBODY,
        plate=NOTHING,
        thing=NOTHING,
    )


DECISIONS = (
    Indicator(
        id="same_pair",
        title="One approves nearly all that another submits",
        suggests="The second person is no independent one: decisions are a favour, or a habit.",
        innocent="A small unit with one sergeant on the shift. Look whether that sergeant refuses anybody anything, and let another"
        " unit decide for a while.",
        acts=_by_pair,
        least="indicator.pair.approvals",
        numbers=("indicator.pair.share",),
        keep=_mostly_theirs,
    ),
    Indicator(
        id="approved_in_seconds",
        title="Approvals within seconds",
        suggests="Entries are approved unread: the second pair of eyes is closed.",
        innocent="The author and the decider went through the entry together before it was submitted. Look whether the grounds are"
        " this entry's own words.",
        acts=_swift,
        least="indicator.swift.approvals",
        numbers=("indicator.swift.seconds",),
    ),
)
