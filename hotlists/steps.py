"""The steps in which an entry is written: which fields stand in each, in the order in which people think of them."""

from dataclasses import dataclass

from hotlists.quality import Problems


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form."""

    slug: str
    title: str
    lead: str
    fields: tuple[str, ...]
    is_optional: bool = False


STEPS = (
    Step(
        "vehicle",
        "The vehicle",
        "The plate and what the vehicle looks like, so that nobody stops another one.",
        ("vrm_entered", "country", "plate_confirmed_because", "make", "model", "colour", "body", "attributes_source",
         "distinguishing_features"),
    ),
    Step(
        "why",
        "Why",
        "What happened, where that is written down, and how sure it is.",
        ("category", "reason", "purpose", "basis", "grading", "intel_date", "gsc", "source_system", "source_ref",
         "crime_ref", "pnc_id", "cad_ref", "last_verified_at"),
    ),
    Step(
        "who",
        "Who it is about",
        "Who may be in the vehicle, and whether it should concern you or the police at all.",
        ("subject", "person_confirmed", "missing_risk", "discriminators", "keeper_contacted", "protected_activity",
         "protected_kinds", "no_conflict"),
    ),
    Step(
        "officers",
        "What officers do",
        "The least that serves the purpose.",
        ("action", "ripa_considered", "ripa_ref", "priority", "risk_override", "action_text", "markers", "marker_source",
         "marker_date", "marker_grade", "stop_justification"),
    ),
    Step(
        "scope",
        "Where and when",
        "Limit it to the places, directions and times in which looking is in proportion. Left empty: everywhere, always.",
        ("scope", "response"),
        is_optional=True,
    ),
    Step(
        "dates",
        "Dates and contact",
        "When it ends, and who answers for it at any hour.",
        ("starts_at", "review_by", "expires_at", "force", "area", "contact_24h"),
    ),
)  # fmt: skip
SLUGS = tuple(step.slug for step in STEPS)
BY_SLUG = {step.slug: step for step in STEPS}

LABELS = {
    "vrm_entered": "Number plate", "country": "Country of registration", "make": "Make", "model": "Model",
    "colour": "Colour", "body": "Body type", "attributes_source": "Who says what it looks like",
    "distinguishing_features": "Distinguishing features",
    "plate_confirmed_because": "Why the plate is right, if the portal warns of it",
    "category": "Category", "reason": "Why this vehicle is to be looked for", "purpose": "Purpose",
    "basis": "Is that fact or assessment?", "grading": "Intelligence grade (3x5x2)", "intel_date": "Date of the intelligence",
    "gsc": "Security classification", "source_system": "Source system",
    "source_ref": "Crime, incident or intelligence reference", "crime_ref": "Crime number", "pnc_id": "PNC identifier",
    "cad_ref": "Incident number", "last_verified_at": "Last checked with its source",
    "subject": "Who it is about", "person_confirmed": "Is that person confirmed to be linked to the vehicle?",
    "missing_risk": "Missing person's risk grade", "discriminators": "What tells the clone from the genuine vehicle",
    "keeper_contacted": "Has the innocent keeper been told?",
    "protected_activity": "Does it touch activity that the law protects?", "protected_kinds": "Which kind of activity",
    "no_conflict": "Neither I nor my family or colleagues have an interest in this vehicle",
    "action": "What officers are asked to do", "ripa_considered": "Has directed surveillance been considered?",
    "ripa_ref": "Directed-surveillance reference, or why none is needed", "priority": "Priority",
    "risk_override": "Why low priority is right all the same",
    "action_text": "What an officer should do, and must not do", "markers": "Warning markers",
    "marker_source": "Source of the markers", "marker_date": "Date of that intelligence",
    "marker_grade": "Grade of that intelligence (3x5x2)",
    "stop_justification": "Why a stop is needed though this person should be protected",
    "scope": "Where and when", "response": "What may follow when it is seen",
    "starts_at": "Starts", "review_by": "Review by", "expires_at": "Ends", "force": "Force", "area": "Area or unit",
    "contact_24h": "Contact at any hour",
}  # fmt: skip

OPTIONAL = frozenset({
    "body", "attributes_source", "distinguishing_features", "plate_confirmed_because", "grading", "intel_date", "crime_ref",
    "pnc_id", "cad_ref", "ripa_considered", "ripa_ref", "risk_override", "markers", "marker_source", "marker_date",
    "marker_grade", "stop_justification", "starts_at", "review_by", "expires_at", "last_verified_at",
})  # fmt: skip


def step_of(field: str) -> Step:
    """The step in which a field stands; for what stands in none, the first."""
    return next((step for step in STEPS if field in step.fields), STEPS[0])


def labelled(problems: Problems) -> list[tuple[str, str, str]]:
    """(field, its label, what is wrong) for each problem, step by step."""
    order = [field for step in STEPS for field in step.fields]
    known = sorted(problems, key=lambda field: order.index(field) if field in order else len(order))
    return [(field, LABELS.get(field, field), words) for field in known for words in problems[field]]
