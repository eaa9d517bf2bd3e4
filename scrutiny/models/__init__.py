"""What scrutiny keeps: findings, signals that suggest misuse, samples and what people made of them, certificates."""

from scrutiny.models.certificates import Certificate
from scrutiny.models.concerns import Concern, ConcernNote, ConcernQuerySet
from scrutiny.models.findings import Finding, FindingNote, FindingQuerySet
from scrutiny.models.samples import Area, Sample, SampleAnswer, SampleItem
from scrutiny.models.screening import Signal, SignalQuerySet

__all__ = [
    "Area",
    "Certificate",
    "Concern",
    "ConcernNote",
    "ConcernQuerySet",
    "Finding",
    "FindingNote",
    "FindingQuerySet",
    "Sample",
    "SampleAnswer",
    "SampleItem",
    "Signal",
    "SignalQuerySet",
]
