"""What an author writes in a version, and its fingerprint."""

import hashlib

from hotlists.models import EntryVersion

# What an author writes; everything else of a version follows from it or from who did what when.
WRITTEN = (
    "vrm_entered", "country", "make", "model", "colour", "body", "attributes_source", "distinguishing_features",
    "plate_confirmed_because", "category", "reason", "purpose", "basis", "gsc", "grading", "intel_date", "source_system",
    "source_ref", "crime_ref", "pnc_id", "cad_ref", "last_verified_at", "subject", "person_confirmed", "missing_risk",
    "discriminators", "keeper_contacted", "protected_activity", "protected_kinds", "no_conflict", "action", "priority",
    "risk_override", "action_text", "markers", "marker_source", "marker_date", "marker_grade", "stop_justification",
    "ripa_considered", "ripa_ref", "scope", "response", "force", "area", "contact_24h", "starts_at", "review_by", "expires_at",
)  # fmt: skip


def fingerprint(version: EntryVersion) -> str:
    """Of all that is written in a version: differs as soon as anything does."""
    said = [version.pk, version.number, version.status, *(getattr(version, name) for name in WRITTEN)]
    return hashlib.sha256("\x1f".join(str(part) for part in said).encode()).hexdigest()[:32]
