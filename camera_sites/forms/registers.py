"""The registers of an assessment as rows of small forms: risks, measures, those consulted."""

import re
from typing import Any

from django import forms

from camera_sites.dpia_contents import COLUMNS, GROUPS, LEVELS, LONGEST_ROW, REGISTERS, Column

LONG = {"risk", "measure", "said", "answer"}
SHORT = {"affected", "owner", "who"}


def _field(name: str, column: Column) -> forms.Field:
    common: dict[str, Any] = {"label": column.title, "required": column.is_required}
    if column.kind == "level":
        levels = [("", "Choose"), *((str(level), f"{level} {word.lower()}") for level, word in LEVELS.items())]
        return forms.TypedChoiceField(choices=levels, coerce=int, empty_value=None, **common)
    if column.kind == "group":
        return forms.ChoiceField(choices=[("", "Choose"), *GROUPS.items()], **common)
    if column.kind == "day":
        return forms.DateField(**common)
    if column.kind == "flag":
        return forms.BooleanField(**common)
    if column.kind == "keys":
        return forms.CharField(max_length=200, help_text="Their keys, such as R1, R3.", **common)
    widget = forms.Textarea(attrs={"rows": 2}) if name in LONG else forms.TextInput()
    return forms.CharField(widget=widget, max_length=None if name in LONG else 150, **common)


class RowForm(forms.Form):
    """One row; its key stays with it from version to version."""

    register = ""
    key = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, column in COLUMNS[self.register].items():
            self.fields[name] = _field(name, column)

    def clean(self) -> dict[str, Any]:
        """As the register stores it."""
        given = super().clean() or {}
        for name, column in COLUMNS[self.register].items():
            value = given.get(name)
            if column.kind == "keys":
                given[name] = [key for key in re.split(r"[,;\s]+", (value or "").upper()) if key]
            elif column.kind == "text" and isinstance(value, str) and len(value) > LONGEST_ROW:
                self.add_error(name, f"Use {LONGEST_ROW:,} characters or fewer.")
        return given


class RowsForm(forms.BaseFormSet):
    """All rows of one register and one more to fill in; a row may be removed."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """As the actions take them."""
        kept = [form for form in self.forms if form.has_changed() or form.initial]
        return [
            {"key": form.cleaned_data["key"], **{name: form.cleaned_data[name] for name in COLUMNS[form.register]}}
            for form in kept
            if not form.cleaned_data.get("DELETE")
        ]

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """The box that removes a row is offered for rows that there are."""
        super().add_fields(form, index)
        if form.initial:
            form.fields["DELETE"].label = "Remove this row"
        else:
            form.fields.pop("DELETE", None)


def register_forms(version: Any, data: Any = None) -> dict[str, RowsForm]:
    """Register -> its rows as forms, filled from the version, or from what was posted."""
    made = {}
    for register in REGISTERS:
        row = type("RowForm", (RowForm,), {"register": register})
        kind = forms.formset_factory(row, formset=RowsForm, extra=1, can_delete=True, max_num=101)
        initial = [_initial(register, stored) for stored in getattr(version, register)]
        made[register] = kind(data, initial=initial, prefix=register)
    return made


def _initial(register: str, stored: dict[str, Any]) -> dict[str, Any]:
    shown = {name: ", ".join(stored[name]) if column.kind == "keys" else stored[name]
             for name, column in COLUMNS[register].items()}  # fmt: skip
    return {"key": stored["key"], **shown}
