"""The shape of a proposed profile."""

from typing import Any

from django import forms
from django.utils.text import capfirst

from standards.matrix import Likelihood
from standards.models import ENTRY_FIELDS, Action, Category, Priority, StandardsProfile
from standards.ranks import Rank

NEW = "new"


class CategoryForm(forms.Form):
    """What an edition says of one category."""

    name = forms.CharField(max_length=80)
    max_expiry_hours = forms.IntegerField(min_value=1, label="Longest life, in hours", help_text="R-015")
    review_hours = forms.IntegerField(min_value=1, label="Reviewed at least every, in hours", help_text="R-014")
    decider_rank = forms.TypedChoiceField(choices=Rank.choices, coerce=int, label="Lowest rank that decides")
    deciders = forms.IntegerField(min_value=1, max_value=3, label="How many people decide")
    default_action = forms.ChoiceField(choices=Action.choices, label="Usual action")
    default_priority = forms.ChoiceField(choices=Priority.choices, label="Usual priority")
    required_fields = forms.MultipleChoiceField(
        choices=[(name, capfirst(words)) for name, words in ENTRY_FIELDS.items()], required=False,
        widget=forms.CheckboxSelectMultiple, label="Entries must also say",
    )  # fmt: skip
    reference_patterns = forms.CharField(
        required=False, max_length=200, label="References look like",
        help_text="Such as CR/#/#, or more than one with commas between. # is a number, * is anything.",
    )  # fmt: skip
    needs_missing_risk = forms.BooleanField(
        required=False, label="About a missing person: risk and priority must agree"
    )
    is_feed = forms.BooleanField(required=False, label="Loaded from a source, with no decision a row")
    is_suppression = forms.BooleanField(required=False, label="Withholds alerts; never published")
    note = forms.CharField(max_length=200, required=False)

    def clean_reference_patterns(self) -> list[str]:
        """One by one."""
        return [part.strip() for part in self.cleaned_data["reference_patterns"].split(",") if part.strip()]

    @classmethod
    def of(cls, category: Category, data: Any) -> "CategoryForm":
        """As a category stands."""
        initial = {name: getattr(category, name) for name in cls.base_fields}
        initial["reference_patterns"] = ", ".join(category.reference_patterns)
        return cls(data, prefix=category.code, initial=initial)

    @property
    def facts(self) -> dict[str, Any]:
        """What differs from how it stood."""
        before = {**self.initial, "reference_patterns": _parts(self.initial.get("reference_patterns", ""))}
        return {name: value for name, value in self.cleaned_data.items() if before.get(name) != value}


class NewCategoryForm(CategoryForm):
    """A category that the edition adds."""

    code = forms.RegexField(
        r"^[A-Z][A-Z0-9-]{1,9}$", label="Code", help_text="Capital letters and digits, such as MIS-H."
    )
    field_order = ("code",)


class ProposalForm(forms.Form):
    """A new edition: a copy of the one in force with some numbers and categories changed."""

    name = forms.CharField(max_length=100, help_text="Such as the edition's name and date.")
    source = forms.CharField(max_length=300, help_text="Where the new numbers come from.")
    effective_from = forms.DateTimeField(
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )

    def __init__(self, data: Any = None, *, base: StandardsProfile) -> None:
        super().__init__(data)
        self.numbers = {f"number_{number.pk}": number for number in base.numbers.order_by("key")}
        for field, number in self.numbers.items():
            self.fields[field] = forms.IntegerField(
                min_value=0, initial=number.value, label=f"{number.meaning} ({number.unit})", help_text=number.source
            )
        self.cells = {f"cell_{cell.pk}": cell for cell in base.matrix.all()}
        for field, cell in self.cells.items():
            self.fields[field] = forms.ChoiceField(
                choices=Likelihood.choices, initial=cell.likelihood, label=str(cell), required=False
            )
        posted = data or {}
        # A category that was not sent stays as it is: the page sends them all, a script what it changes.
        self.categories = {
            category: CategoryForm.of(category, data if f"{category.code}-name" in posted else None)
            for category in base.categories.order_by("code")
        }
        self.added = NewCategoryForm(data if posted.get(f"{NEW}-code") else None, prefix=NEW, initial={"deciders": 1})

    @property
    def category_forms(self) -> list[CategoryForm]:
        """Those that were sent."""
        return [form for form in (*self.categories.values(), self.added) if form.is_bound]

    def is_valid(self) -> bool:
        """Its own fields and every category's."""
        return all([super().is_valid(), *(form.is_valid() for form in self.category_forms)])

    @property
    def changed(self) -> dict[str, int]:
        """Key -> new value, of the numbers that differ."""
        return {
            number.key: self.cleaned_data[field]
            for field, number in self.numbers.items()
            if self.cleaned_data[field] != number.value
        }

    @property
    def changed_cells(self) -> dict[str, str]:
        """Cell -> what it says now, of those that differ. One that was not sent stays as it is."""
        return {
            cell.name: self.cleaned_data[field]
            for field, cell in self.cells.items()
            if self.cleaned_data[field] and self.cleaned_data[field] != cell.likelihood
        }

    @property
    def changed_categories(self) -> dict[str, dict[str, Any]]:
        """Code -> facts, of the categories that differ, and of the new one."""
        changed = {category.code: form.facts for category, form in self.categories.items() if form.is_bound}
        if self.added.is_bound:
            facts = dict(self.added.cleaned_data)
            changed[facts.pop("code")] = facts
        return {code: facts for code, facts in changed.items() if facts}


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
