"""What entries rest on: refusals that were not taken for an answer, cases that are over, the same words once more."""

import datetime as dt

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value

from hotlists.models import Decision, Entry, EntryVersion, Review
from scrutiny.indicators.expressions import NOBODY, NOTHING, both
from scrutiny.indicators.indicator import Indicator, Span

Over = Entry.WithdrawalReason
# What ends the case an entry was for, and not only the entry.
CASE_OVER = [Over.ARRESTED, Over.RECOVERED, Over.FOUND_SAFE, Over.UNJUSTIFIED, Over.ORDER]


def _submitted(since: dt.datetime, until: dt.datetime) -> QuerySet[EntryVersion]:
    return EntryVersion.objects.filter(submitted_at__gte=since, submitted_at__lt=until)


def _by_author(found: QuerySet[EntryVersion]) -> QuerySet[EntryVersion]:
    return found.annotate(
        matter=both("submitted_by", "entry_id"), moment=F("submitted_at"), who=F("submitted_by_id"), other=NOBODY, plate=NOTHING,
        thing=F("entry_id"),
    )  # fmt: skip


def _readded(span: Span) -> QuerySet[EntryVersion]:
    """Submitted though another entry for the same plate was rejected in the days before."""
    days = dt.timedelta(days=span.numbers["indicator.readd.days"])
    before = ExpressionWrapper(OuterRef("submitted_at") - Value(days), output_field=DateTimeField())
    rejected = Decision.objects.filter(
        verdict=Decision.Verdict.REJECT, version__vrm=OuterRef("vrm"), version__country=OuterRef("country"),
        decided_at__lt=OuterRef("submitted_at"), decided_at__gte=before,
    ).exclude(version__entry=OuterRef("entry"))  # fmt: skip
    return _by_author(_submitted(span.since, span.until).filter(Exists(rejected)))


def _case_over(span: Span) -> QuerySet[EntryVersion]:
    """Submitted under a reference whose case had ended: an entry under it was withdrawn, because it was solved or unjustified."""
    # Of versions, and not of entries that have such a version: so all of it is one join by the reference.
    over = EntryVersion.objects.filter(
        source_ref=OuterRef("source_ref"), entry__withdrawal_reason__in=CASE_OVER, entry__withdrawn_at__lt=OuterRef("submitted_at")
    ).exclude(entry=OuterRef("entry"))  # fmt: skip
    return _by_author(_submitted(span.since, span.until).filter(Exists(over)).exclude(source_ref=""))


def _extended(span: Span) -> QuerySet[EntryVersion]:
    """New versions that only last longer: the reason is word for word that of an earlier approved version."""
    earlier = EntryVersion.objects.filter(
        entry=OuterRef("entry"), number__lt=OuterRef("number"), status=EntryVersion.Status.APPROVED,
        reason=OuterRef("reason"), expires_at__lt=OuterRef("expires_at"),
    )  # fmt: skip
    return _by_author(_submitted(span.long_since, span.until).filter(Exists(earlier)))


def _renewed(span: Span) -> QuerySet[Review]:
    """Renewals for which the source was not asked again: what it said, and when, is what an earlier review gave already."""
    asked = Q(source_as_of=OuterRef("source_as_of")) | Q(
        source_as_of__isnull=True, source_checked=OuterRef("source_checked")
    )
    earlier = Review.objects.filter(asked, entry=OuterRef("entry"), reviewed_at__lt=OuterRef("reviewed_at"))
    found = Review.objects.filter(
        Exists(earlier), decision=Review.Decision.RENEW, reviewed_at__gte=span.long_since, reviewed_at__lt=span.until
    )
    return found.annotate(
        matter=both("reviewed_by", "entry_id"), moment=F("reviewed_at"), who=F("reviewed_by_id"), other=NOBODY, plate=NOTHING,
        thing=F("entry_id"),
    )  # fmt: skip


ENTRIES = (
    Indicator(
        id="readded_after_refusal",
        title="Asked for again after a refusal",
        suggests="A refusal was not taken for an answer, and another decider was looked for.",
        innocent="Something new is known since. Look whether the new reason says what.",
        acts=_readded,
        least="indicator.readd.entries",
        numbers=("indicator.readd.days",),
        about="hotlists.Entry",
    ),
    Indicator(
        id="case_over",
        title="Listed under a case that is over",
        suggests="A reference was borrowed so that the entry passes: elsewhere a false report got three women tracked live.",  # F-03
        innocent="A case may be opened again, and may be about several vehicles. Ask the case's own system how the case stands and"
        " whether this vehicle is in it.",
        acts=_case_over,
        least="indicator.case.entries",
        about="hotlists.Entry",
    ),
    Indicator(
        id="extended_in_the_same_words",
        title="Extended in the same words",
        suggests="Entries are kept alive by habit, without anybody asking whether they are still needed.",
        innocent="Nothing changed, and the vehicle is still wanted. Then the extension says that, and what was tried meanwhile.",
        acts=_extended,
        least="indicator.renewal.times",
        numbers=("indicator.baseline",),
        about="hotlists.Entry",
    ),
    Indicator(
        id="renewed_unasked",
        title="Renewed without asking the source again",
        suggests="Reviews are a formality: nobody asks whether the vehicle is still wanted.",
        innocent="The source may give the same date again because nothing happened in the case. Look whether it was asked.",
        acts=_renewed,
        least="indicator.renewal.times",
        numbers=("indicator.baseline",),
        about="hotlists.Entry",
    ),
)
