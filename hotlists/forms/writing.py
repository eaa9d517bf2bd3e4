"""The form of one step of writing an entry. It takes what is unfinished; hotlists.quality says what is still missing."""

import datetime as dt
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone

from hotlists import alerts, forces, usual
from hotlists.countries import COUNTRIES
from hotlists.forms.entries import MARKERS, longer, moment_input
from hotlists.forms.scope import OF_SCOPE
from hotlists.models import EntryVersion, Hotlist
from hotlists.quality.dates import span
from hotlists.quality.markers import SPARED
from hotlists.quality.references import example
from hotlists.steps import LABELS, OPTIONAL, Step
from portal.moments import OUT_OF_REACH, is_in_reach
from standards.models import Action, Category, Priority, StandardsProfile

HINTS = {
    "vrm_entered": "As it is printed; spaces do not matter.",
    "plate_confirmed_because": "Only when a warning stands beneath the plate.",
    "make": "Or “not known”.", "model": "Or “not known”.", "colour": "Or “not known”.",
    "distinguishing_features": "Damage, stickers, a roof box: what an officer sees at a glance.",
    "reason": "What happened, and why this vehicle matters. Somebody who reads only this should understand.",
    "grading": "Needed for an assessment. For example 2BP: source untested, known indirectly but corroborated, sharing permitted.",
    "intel_date": "When the intelligence came in; not today, unless it came today.",
    "source_system": "For example crime, incident, intelligence, PNC.",
    "crime_ref": "If it is not the reference above.",
    "last_verified_at": "Empty: now.",
    "discriminators": "Colour, damage, wheels, stickers, where each is usually seen. Officers read this before they stop it.",
    "no_conflict": "Vehicles of people who use this portal are checked against those they declared.",
    "ripa_considered": "Following somebody unseen may be directed surveillance.",
    "risk_override": "If the risk is medium or high. An inspector decides it.",
    "action_text": "Start with what to do. Then what not to do.",
    "marker_source": "System and reference.",
    "marker_date": "Needed for firearms, weapons and violence.",
    "marker_grade": "Needed for firearms, weapons and violence. For example 1AP.",
    "stop_justification": "If there is a firearms, weapons or violence marker.",
    "starts_at": "Empty: at once.",
    "review_by": "Empty: the longest that the category allows.",
    "expires_at": "Empty: the longest that the category allows.",
    "contact_24h": "Name and number; the control room rings it at 3 a.m.",
}  # fmt: skip

ABOVE = ("ABOVE", "SECRET or above")
YES_NO = (("True", "Yes"), ("False", "No"))


# Answer -> value -> what is asked under it, and only then. Without scripts all of it stands there, under its answer.
REVEALS: dict[str, dict[str, tuple[str, ...]]] = {
    "protected_activity": {"True": ("protected_kinds",)},
    "action": {Action.SILENT: ("ripa_considered", "ripa_ref"), Action.STOP: ("stop_justification",)},
    "priority": {Priority.LOW: ("risk_override",)},
}


def _yes_or_no(**more: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=YES_NO, widget=forms.RadioSelect, coerce=lambda text: text == "True", empty_value=None, **more
    )


class StepForm(forms.ModelForm):
    """Some of the fields of one version. Everything may be left empty: what that lacks is told, and the draft is kept."""

    protected_activity = _yes_or_no(
        help_text="Protest, politics, religion, trade unions, journalism, or talks with a lawyer, doctor or minister of religion."
        " It needs two superintendents, and the data protection officer is told (R-027)."
    )
    ripa_considered = _yes_or_no(help_text=HINTS["ripa_considered"])
    protected_kinds = forms.MultipleChoiceField(
        choices=EntryVersion.ProtectedKind.choices, widget=forms.CheckboxSelectMultiple
    )
    markers = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    country = forms.ChoiceField(choices=list(COUNTRIES.items()))
    force = forms.ChoiceField(choices=forces.choices)
    category = forms.ChoiceField(widget=forms.RadioSelect)
    gsc = forms.ChoiceField(choices=[*EntryVersion.Marking.choices, ABOVE], widget=forms.RadioSelect)

    class Meta:
        model = EntryVersion
        fields = tuple(name for name in LABELS if name not in OF_SCOPE)
        labels = LABELS
        help_texts = HINTS
        widgets = {
            "reason": longer(4, 500), "action_text": longer(3, 500), "discriminators": longer(3, 500),
            "distinguishing_features": longer(2, 300), "plate_confirmed_because": longer(2, 300),
            "risk_override": longer(2, 300), "stop_justification": longer(2, 300),
            "basis": forms.RadioSelect, "subject": forms.RadioSelect, "person_confirmed": forms.RadioSelect,
            "missing_risk": forms.RadioSelect, "keeper_contacted": forms.RadioSelect, "action": forms.RadioSelect,
            "priority": forms.RadioSelect, "intel_date": forms.DateInput(attrs={"type": "date"}),
            "marker_date": forms.DateInput(attrs={"type": "date"}), "starts_at": moment_input(), "review_by": moment_input(),
            "expires_at": moment_input(), "last_verified_at": moment_input(),
        }  # fmt: skip

    def __init__(self, *args: Any, step: Step, hotlist: Hotlist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step, self.hotlist = step, hotlist
        self.profile = StandardsProfile.objects.in_force(timezone.now())
        self.categories = {
            category.code: category
            for category in self.profile.categories.filter(code__in=hotlist.categories, is_feed=False)
        }
        self.chosen = self.categories.get(self.instance.category)
        left_out = (set(self.fields) - set(step.fields)) | (self._not_asked() & set(self.fields))
        for name in left_out:
            del self.fields[name]
        self.order_fields(step.fields)
        for name, field in self.fields.items():
            field.label = LABELS[name]
            if name not in self.declared_fields:  # the model's own words are for those who read code
                field.help_text = HINTS.get(name, "")
            field.required = name not in OPTIONAL
        self._offer()

    def _not_asked(self) -> set[str]:
        """What does not arise: of a clone only where there is one, of markers only where the list has any."""
        version, hotlist, found = self.instance, self.hotlist, set()
        if not (self.chosen and self.chosen.needs_missing_risk):
            found |= {"missing_risk", "risk_override"}
        if not (self.chosen and self.chosen.code == alerts.CLONE):
            found |= {"discriminators", "keeper_contacted"}
        if Action.SILENT not in hotlist.actions:
            found |= {"ripa_considered", "ripa_ref"}
        if not hotlist.markers:
            found |= {"markers", "marker_source", "marker_date", "marker_grade"}
        if not alerts.ARMED_MARKERS & set(hotlist.markers) or (version.subject and version.subject not in SPARED):
            found.add("stop_justification")
        return found

    def _offer(self) -> None:
        """The choices of this list, each with what follows from it."""
        fields, hotlist = self.fields, self.hotlist
        for name in ("basis", "subject", "purpose", "missing_risk"):
            if name in fields:
                fields[name].choices = [("", "Choose"), *[choice for choice in fields[name].choices if choice[0]]]
        for name in {"vrm_entered", "country"} & set(fields):
            fields[name].widget.attrs |= {
                "hx-post": reverse("entry_plate", args=[hotlist.slug]), "hx-trigger": "change", "hx-target": "#plate-look",
                "hx-swap": "outerHTML",
            }  # fmt: skip
        if "category" in fields:
            fields["category"].choices = [(code, category.name) for code, category in self.categories.items()]
            fields["category"].hints = {code: _in_short(category) for code, category in self.categories.items()}
        if "action" in fields:
            fields["action"].choices = [(one.value, one.label) for one in Action if one.value in hotlist.actions]
            fields["priority"].choices = Priority.choices
            if self.chosen:
                action, priority = self.chosen.get_default_action_display(), self.chosen.get_default_priority_display()
                usually = f"Usually: {action.lower()}, {priority.lower()}."
                fields["action"].help_text = f"{usually} Untested intelligence asks for no stop."
        if "markers" in fields:
            fields["markers"].choices = [(code, MARKERS.get(code, code)) for code in hotlist.markers]
        for name in {"ripa_considered", "ripa_ref"} & set(fields):
            fields[name].required = True  # where it is asked at all
        for name, shown in REVEALS.items():
            if name in fields:
                fields[name].reveals = {
                    value: asked for value, names in shown.items() if (asked := [one for one in names if one in fields])
                }

    def _clean_fields(self) -> None:
        """Nothing is required of a draft; the labels still say what is."""
        required = [field for field in self.fields.values() if field.required]
        for field in required:
            field.required = False
        super()._clean_fields()
        for field in required:
            field.required = True

    def clean(self) -> dict[str, Any]:
        """Answers that follow from others; and what may not be written down here at all."""
        data = super().clean() or self.cleaned_data
        if data.get("gsc") == ABOVE[0]:
            self.add_error(
                "gsc",
                "This portal holds nothing marked SECRET or above. Take it out of the words you typed, and ask your"
                " information security team where it belongs.",
            )
        if data.get("protected_activity") is False:
            data["protected_kinds"] = []
        for name, value in list(data.items()):
            if isinstance(value, dt.date) and not is_in_reach(value):
                self.add_error(name, OUT_OF_REACH)
        if data.get("priority") not in (None, "", Priority.LOW) and "risk_override" in data:
            data["risk_override"] = ""  # an answer to what is no longer asked would still need an inspector
        for name in ("grading", "marker_grade"):
            if data.get(name):
                data[name] = data[name].upper().replace(" ", "")
        return data

    def facts(self, now: dt.datetime) -> dict[str, Any]:
        """What the actions take: what was written, and what follows from the category where nothing was."""
        data = {name: self.cleaned_data[name] for name in self.fields if name in self.cleaned_data}
        data |= {name: "" for name, value in data.items() if value is None and name in ("country", "gsc")}
        if not data.get("gsc", "-"):
            data["gsc"] = EntryVersion.Marking.SENSITIVE
        if "last_verified_at" in data:
            data["last_verified_at"] = data["last_verified_at"] or now
        for name in ("person_confirmed", "keeper_contacted"):
            if name in data:
                data[name] = data[name] or EntryVersion.YesNoUnknown.UNKNOWN
        category = self.categories.get(data.get("category", self.instance.category))
        done = set(self.instance.steps_done)
        asked = {name: data.get(name) for name in ("starts_at", "review_by", "expires_at")}
        if self.step.slug == "dates" or "dates" not in done:
            data |= usual.dates(
                self.hotlist, category, now, self.profile,
                is_protected=bool(data.get("protected_activity", self.instance.protected_activity)),
                markers=data.get("markers", self.instance.markers), **asked,
            )  # fmt: skip
        if category and "category" in data and "officers" not in done:
            priority = self.hotlist.default_priority or category.default_priority
            data |= {"action": category.default_action, "priority": priority}
        return data

    def _post_clean(self) -> None:
        """The model is not touched: actions write, and hotlists.quality judges."""


def _in_short(category: Category) -> str:
    """What choosing this category means."""
    needs = f"{category.deciders} {category.get_decider_rank_display().lower()}s decide" if category.deciders > 1 else (
        f"decided by {category.get_decider_rank_display().lower()} or above"
    )  # fmt: skip
    words = (
        f"At most {span(category.max_expiry_hours)}, reviewed every {span(category.review_hours)}; {needs}. "
        f"Usually {category.get_default_action_display().lower()}, {category.get_default_priority_display().lower()} priority."
    )
    if category.reference_patterns:
        words += f" Needs a reference such as {' or '.join(map(example, category.reference_patterns))}."
    return words
