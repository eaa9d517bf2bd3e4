"""What the database holds every version to, whoever writes it and however."""

from django.db.models import BooleanField, CheckConstraint, F, Func, Q, UniqueConstraint

RULES = [
    UniqueConstraint(fields=["entry", "number"], name="hotlists_version_number_once"),
    UniqueConstraint(
        fields=["entry"],
        condition=Q(status__in=["draft", "submitted"]),
        name="hotlists_version_one_open_at_a_time",
    ),
    CheckConstraint(
        name="hotlists_version_dates_in_order",  # there is always an end
        condition=Q(starts_at__lt=F("review_by"), review_by__lte=F("expires_at")),
    ),
    CheckConstraint(
        name="hotlists_version_submitted_by_somebody",
        condition=Q(status="draft", submitted_by__isnull=True, submitted_at__isnull=True)
        | (~Q(status="draft") & Q(submitted_by__isnull=False, submitted_at__isnull=False)),
    ),
    CheckConstraint(name="hotlists_version_declared_no_conflict", condition=Q(status="draft") | Q(no_conflict=True)),
    CheckConstraint(
        name="hotlists_version_scope_is_sound",
        condition=Func(F("scope"), function="public.hotlists_scope_is_sound", output_field=BooleanField()),
    ),
    CheckConstraint(
        name="hotlists_version_stop_is_not_record_only",
        condition=Q(status="draft") | ~Q(action="STOP", response="RECORD_ONLY"),
    ),
    CheckConstraint(
        name="hotlists_version_plate_normalised",
        condition=Q(vrm__regex=r"^[A-Z0-9]{1,15}$") | Q(status="draft", vrm=""),
    ),
    CheckConstraint(  # a draft may be unfinished; what waits for a decision may not
        name="hotlists_version_submitted_whole",
        condition=Q(status="draft")
        | ~(
            Q(vrm="")
            | Q(country="")
            | Q(category="")
            | Q(reason="")
            | Q(purpose="")
            | Q(action="")
            | Q(priority="")
            | Q(contact_24h="")
        ),
    ),
    CheckConstraint(name="hotlists_version_marking_held_here", condition=Q(gsc__in=["OFFICIAL", "OFFICIAL-SENSITIVE"])),
    CheckConstraint(
        name="hotlists_version_protected_kinds_named",
        condition=Q(status="draft")
        | Q(protected_activity=False, protected_kinds=[])
        | (Q(protected_activity=True) & ~Q(protected_kinds=[])),
    ),
    CheckConstraint(  # domain.md 3.3
        name="hotlists_version_not_suspected_false",
        condition=Q(status="draft") | ~Q(grading__regex="^.E"),
    ),
    CheckConstraint(  # R-026, F-08
        name="hotlists_version_risk_met_by_priority",
        condition=Q(status="draft") | ~Q(missing_risk__in=["MEDIUM", "HIGH"], priority="LOW") | ~Q(risk_override=""),
    ),
    CheckConstraint(
        name="hotlists_version_armed_stop_justified",
        condition=Q(status="draft")
        | ~Q(subject__in=["victim", "witness", "missing"], action="STOP", markers__overlap=["FI", "WE", "VI"])
        | ~Q(stop_justification=""),
    ),
    CheckConstraint(  # domain.md 3.2, note on silent entries
        name="hotlists_version_silent_considered",
        condition=Q(status="draft") | ~Q(action="SILENT") | (Q(ripa_considered=True) & ~Q(ripa_ref="")),
    ),
    CheckConstraint(
        name="hotlists_version_plate_warnings_answered",
        condition=Q(status="draft") | Q(plate_warnings=[]) | ~Q(plate_confirmed_because=""),
    ),
]
