"""Forms of entries."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from hotlists.actions.entries import WRITTEN
from hotlists.countries import COUNTRIES
from hotlists.forms.scope import OF_SCOPE
from hotlists.models import EntryVersion, Hotlist
from standards.models import Action, Priority, StandardsProfile

MARKERS = {
    "FI": "Firearms", "WE": "Weapons", "VI": "Violent", "ES": "Escaper", "DR": "Drugs", "EX": "Explosives",
    "SU": "Suicidal", "SH": "Self-harm", "IS": "Impersonates",
}  # fmt: skip


def longer(rows: int, limit: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": limit})


def moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class EntryForm(forms.ModelForm):
    """One version of an entry. What is left empty follows from the category: action, priority, dates (R-014, R-015)."""

    country = forms.ChoiceField(choices=list(COUNTRIES.items()), label="Country of registration")
    category = forms.ChoiceField(label="Category")
    markers = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, label="Warning markers")
    action = forms.ChoiceField(required=False, label="What officers are asked to do")
    priority = forms.ChoiceField(required=False, label="Priority")
    starts_at = forms.DateTimeField(required=False, widget=moment_input(), label="Starts", help_text="Empty: at once.")
    review_by = forms.DateTimeField(
        required=False,
        widget=moment_input(),
        label="Review by",
        help_text="Empty: the longest that the category allows.",
    )
    expires_at = forms.DateTimeField(
        required=False, widget=moment_input(), label="Ends", help_text="Empty: the longest that the category allows."
    )
    last_verified_at = forms.DateTimeField(
        required=False, widget=moment_input(), label="Last checked with its source", help_text="Empty: now."
    )

    class Meta:
        model = EntryVersion
        fields = [name for name in WRITTEN if name not in OF_SCOPE]
        labels = {
            "vrm_entered": "Number plate", "reason": "Why this vehicle is to be looked for", "basis": "Is that fact or assessment?",
            "subject": "Who it is about", "person_confirmed": "Is that person confirmed to be linked to the vehicle?",
            "missing_risk": "Missing person's risk grade", "grading": "Intelligence grade (3x5x2)",
            "action_text": "What an officer should do, and must not do", "marker_source": "Source of the markers",
            "source_system": "Source system", "source_ref": "Crime, incident or intelligence reference",
            "contact_24h": "Contact at any hour", "area": "Area",
            "no_conflict": "Neither I nor my family or colleagues have an interest in this vehicle",
            "protected_activity": "It touches protest, political, religious, union, journalistic or legally privileged activity",
            "ripa_ref": "Directed-surveillance reference (silent entries)",
        }  # fmt: skip
        help_texts = {
            "vrm_entered": "As it is printed; spaces do not matter.",
            "reason": "What happened, and why this vehicle matters. Somebody who reads only this should understand.",
            "make": "Or “not known”.", "model": "Or “not known”.", "colour": "Or “not known”.",
            "grading": "For example 2BP. Needed for an assessment.",
            "source_system": "For example crime, incident, intelligence, PNC.",
            "contact_24h": "Name and number; the control room rings it at 3 a.m.",
            "no_conflict": "", "protected_activity": "Then two superintendents decide.",
        }  # fmt: skip
        widgets = {"reason": longer(4, 500), "action_text": longer(3, 500)}

    def __init__(self, *args: Any, hotlist: Hotlist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hotlist = hotlist
        self.profile = StandardsProfile.objects.in_force(timezone.now())
        self.categories = {
            category.code: category
            for category in self.profile.categories.filter(code__in=hotlist.categories, is_feed=False)
        }
        for name, field in self.fields.items():
            field.required = name in ("vrm_entered", "country", "category")
        for name in ("purpose", "basis", "subject", "missing_risk"):
            self.fields[name].choices = [("", "Choose"), *self.fields[name].choices[1:]]
        as_usual = ("", "As is usual for the category")
        self.fields["category"].choices = [
            ("", "Choose a category"),
            *((code, category.name) for code, category in self.categories.items()),
        ]
        self.fields["action"].choices = [as_usual, *((a.value, a.label) for a in Action if a.value in hotlist.actions)]
        self.fields["priority"].choices = [as_usual, *Priority.choices]
        self.fields["markers"].choices = [(code, MARKERS.get(code, code)) for code in hotlist.markers]
        if not hotlist.markers:
            del self.fields["markers"], self.fields["marker_source"]

    def clean(self) -> dict[str, Any]:
        """Fills what was left empty from the category."""
        data = super().clean() or self.cleaned_data
        now = timezone.now().replace(microsecond=0)  # matchers keep whole seconds: "at once" is this one, not the next
        data["starts_at"] = data.get("starts_at") or now
        data["last_verified_at"] = data.get("last_verified_at") or now
        category = self.categories.get(data.get("category", ""))
        if category:
            data["action"] = data.get("action") or category.default_action
            data["priority"] = data.get("priority") or self.hotlist.default_priority or category.default_priority
            begins = max(now, data["starts_at"])
            data["expires_at"] = data.get("expires_at") or begins + dt.timedelta(
                hours=self.hotlist.longest_life(category)
            )
            soonest = begins + dt.timedelta(hours=self.hotlist.review_interval(category))
            data["review_by"] = data.get("review_by") or min(soonest, data["expires_at"])
            if not data["starts_at"] < data["review_by"] <= data["expires_at"]:
                self.add_error("review_by", "The review lies after the start and not after the end.")
        return data

    @property
    def facts(self) -> dict[str, Any]:
        """What the actions take."""
        sent = {
            name
            for name in WRITTEN
            if name in self.data or name in ("markers", "no_conflict") or self.cleaned_data.get(name)
        }
        return {name: self.cleaned_data[name] for name in WRITTEN if name in self.cleaned_data and name in sent}

    def _post_clean(self) -> None:
        """The model is not touched: actions write, and hotlists.quality judges."""
