"""R-026, R-027, R-029, R-032: the people whom an entry touches."""

from collections.abc import Iterator

from accounts.models import User
from hotlists import alerts
from hotlists.models import DeclaredVehicle, EntryVersion
from hotlists.quality.asked import Asked, Fault
from standards.models import Action, Priority

LONGEST_ALERT = 500  # characters that a matcher shows


def risk_meets_priority(asked: Asked) -> Iterator[Fault]:
    """R-026: a missing person's risk and the priority must agree, or an inspector agrees that they do not (F-08)."""
    version, category = asked.version, asked.category
    if category is None or not category.needs_missing_risk:
        return
    if not version.missing_risk:
        yield "missing_risk", "Give the missing person's risk grade."
    elif (
        version.missing_risk != Priority.LOW and version.priority == Priority.LOW and not version.risk_override.strip()
    ):
        yield (
            "priority",
            "A medium- or high-risk missing person is not circulated at low priority. Raise it, or give the reason for an"
            " override, which an inspector decides.",
        )


def clones_are_told_apart(asked: Asked) -> Iterator[Fault]:
    """R-029: officers can tell the clone from the genuine vehicle, and somebody thought of its keeper (F-10)."""
    version = asked.version
    if version.category != alerts.CLONE:
        return
    if not version.discriminators.strip():
        yield (
            "discriminators",
            "Say what tells the clone from the genuine vehicle: colour, damage, wheels, stickers, area.",
        )
    if version.keeper_contacted == EntryVersion.YesNoUnknown.UNKNOWN:
        yield "keeper_contacted", "Say whether the innocent keeper was told."


def protected_activity_is_asked(asked: Asked) -> Iterator[Fault]:
    """R-027: the question is answered, and a yes says what kind."""
    version = asked.version
    if version.protected_activity is None:
        yield (
            "protected_activity",
            "Answer whether it touches protest, political, religious, union or similar activity.",
        )
    elif version.protected_activity and not version.protected_kinds:
        yield "protected_kinds", "Say which kind of protected activity it touches."
    elif version.protected_kinds and not version.protected_activity:
        yield "protected_activity", "You named a kind of protected activity, so the answer is yes."


def surveillance_is_considered(asked: Asked) -> Iterator[Fault]:
    """Following somebody unseen may be directed surveillance (domain.md 3.2)."""
    version = asked.version
    if version.action != Action.SILENT:
        return
    if not version.ripa_considered:
        yield (
            "ripa_considered",
            "A silent entry may be directed surveillance. Have that considered before you ask for it.",
        )
    if not version.ripa_ref.strip():
        yield "ripa_ref", "For a silent entry, give the directed-surveillance reference or say why none is needed."


def author_is_impartial(asked: Asked) -> Iterator[Fault]:
    """R-032: the author declares it; and what is added to the author's words still fits a matcher's screen."""
    version = asked.version
    if not version.no_conflict:
        yield "no_conflict", "Declare that neither you nor your family or colleagues have an interest in this vehicle."
    if len(alerts.text(version)) > LONGEST_ALERT:
        added = len(alerts.text(version)) - len(version.action_text)
        yield "action_text", f"Use at most {LONGEST_ALERT - added} characters: the portal adds a line of its own here."


def vehicle_is_nobodys_here(asked: Asked) -> Iterator[Fault]:
    """R-032: nobody who asks has declared it, nor has anybody of their unit."""
    by, vrm = asked.by, asked.version.vrm
    if isinstance(by, User) and vrm and DeclaredVehicle.objects.touching(by, asked.at).of_plate(vrm).exists():
        yield (
            "vrm_entered",
            "This vehicle is declared as connected with you or with somebody of your unit. Somebody else writes this entry.",
        )
