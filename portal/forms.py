"""How Django's forms become GOV.UK components: each bound field is told as a component's name and its parameters."""

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates, TemplatesSetting
from django.template import TemplateDoesNotExist
from django.utils import timezone
from markupsafe import Markup

from portal.errors import Unfit

# Attributes that a component sets itself, and placeholders, which vanish when they are needed.
OWN_ATTRIBUTES = {"id", "name", "type", "value", "class", "maxlength", "rows", "autocomplete", "aria-describedby",
                  "aria-invalid", "required", "cols", "inputmode", "spellcheck", "multiple", "placeholder"}  # fmt: skip
# How wide an input is drawn tells how much is expected in it.
WIDTHS = ((2, "2"), (3, "3"), (4, "4"), (5, "5"), (10, "10"), (20, "20"), (30, "30"))

BLANK = "---------"  # what Django calls the choice of nothing


class Renderer(TemplatesSetting):
    """Forms and fields from templates/forms/; the widgets that Django brings as Django draws them."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    @cached_property
    def _django(self) -> DjangoTemplates:
        return DjangoTemplates()

    def get_template(self, template_name: str) -> Any:
        """Ours first."""
        try:
            return super().get_template(template_name)
        except TemplateDoesNotExist:
            return self._django.get_template(template_name)


def component(bound: BoundField, *, mark_optional: bool = True) -> tuple[str, dict[str, Any]]:
    """(component, parameters) for the macros of templates/components/fields.html.

    A field may say more of itself by plain attributes: `hints` {value: hint} beneath single choices, `prefix`, `suffix`,
    `reveals` {value: name, or names, of the fields shown under that choice}, `wide` (the label is the page's question).
    """
    widget, field = bound.field.widget, bound.field
    label = _label(bound) if mark_optional else str(bound.label)
    if widget.is_hidden:
        return "hidden", {"name": bound.html_name, "value": _plain(bound), "id": bound.auto_id}
    params = _common(bound, label)
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes", {**params, **_choices(bound, many=True), "fieldset": _legend(bound, label)}
    if isinstance(widget, forms.RadioSelect):
        return "radios", {**params, **_choices(bound, many=False), "fieldset": _legend(bound, label)}
    if isinstance(widget, forms.CheckboxInput):
        item = {"text": label, "value": "on", "checked": bool(bound.value()), "hint": params.pop("hint")}
        return "checkboxes", {**params, "idPrefix": bound.auto_id, "items": [item]}
    if isinstance(widget, forms.Select):
        many = isinstance(widget, forms.SelectMultiple)
        return "select", {**params, **_choices(bound, many=many), "attributes": _attributes(bound, multiple=many)}
    if isinstance(widget, forms.Textarea):
        params |= {"value": _plain(bound), "rows": widget.attrs.get("rows", 5), "attributes": _attributes(bound)}
        limit = getattr(field, "max_length", None)
        return ("character_count", {**params, "maxlength": limit, "threshold": 50}) if limit else ("textarea", params)
    if isinstance(widget, forms.FileInput):
        return "file_upload", {**params, "javascript": True, "attributes": _attributes(bound), "multiple": False}
    if isinstance(widget, forms.PasswordInput):
        return "password", {**params, "autocomplete": widget.attrs.get("autocomplete", "current-password")}
    return "input", {**params, **_input(bound)}


def _common(bound: BoundField, label: str) -> dict[str, Any]:
    errors = [str(error) for error in bound.errors]
    return {
        "id": bound.auto_id,
        "name": bound.html_name,
        "label": {"text": label, "classes": "govuk-label--m" if getattr(bound.field, "wide", False) else ""},
        "hint": {"text": bound.help_text} if bound.help_text else None,
        "errorMessage": {"html": Markup("<br>").join(errors)} if errors else None,
        "disabled": bound.field.disabled,
    }


def _label(bound: BoundField) -> str:
    """What is not required says so; most fields are."""
    label = str(bound.label)
    is_optional = not bound.field.required and not isinstance(bound.field.widget, forms.CheckboxInput)
    return f"{label} (optional)" if is_optional and "optional" not in label.lower() else label


def _legend(bound: BoundField, label: str) -> dict[str, Any]:
    size = "m" if getattr(bound.field, "wide", False) else "s"
    return {"legend": {"text": label, "classes": f"govuk-fieldset__legend--{size}"}}


def _choices(bound: BoundField, *, many: bool) -> dict[str, Any]:
    given = bound.value()
    chosen = {str(value) for value in (given if many and given is not None else [given]) if value is not None}
    if given is None and not many:
        chosen = {""}
    hints = {str(key): text for key, text in getattr(bound.field, "hints", {}).items()}
    reveals = {str(key): name for key, name in getattr(bound.field, "reveals", {}).items()}
    is_select = isinstance(bound.field.widget, forms.Select) and not isinstance(bound.field.widget, forms.RadioSelect)
    items: list[dict[str, Any]] = []
    for value, text in _flat(bound.field.widget.choices):
        key = "" if value is None else str(value)
        if not key and not is_select:
            continue  # radios need no blank choice
        if not key and str(text) == BLANK:
            text = "Choose" if bound.field.required else "Not given"
        item: dict[str, Any] = {"value": key, "text": str(text), "checked": key in chosen, "selected": key in chosen}
        if key in hints:
            item["hint"] = {"text": hints[key]}
        if key in reveals:
            shown = (bound.form[name].as_field_group() for name in _names(reveals[key]) if name in bound.form.fields)
            item["conditional"] = {"html": Markup().join(shown)}
        items.append(item)
    return {"items": items, "idPrefix": bound.auto_id, **({"value": None} if is_select else {})}


def _flat(choices: Any) -> Any:
    """Groups of choices come one after another, each choice naming its group."""
    for value, text in choices:
        if isinstance(text, list | tuple):
            yield from ((inner, f"{value}: {words}") for inner, words in text)
        else:
            yield value, text


def _input(bound: BoundField) -> dict[str, Any]:
    widget, field = bound.field.widget, bound.field
    kind = getattr(widget, "input_type", "text")
    attrs = widget.attrs
    params: dict[str, Any] = {"type": kind, "value": _plain(bound), "attributes": _attributes(bound)}
    classes = attrs.get("class", "")
    if isinstance(field, forms.DateTimeField):
        # The browser's own picker: one tap on a phone, typed in one go at a desk.
        params |= {"type": "datetime-local"}
        classes += " app-input--moment"
    elif isinstance(field, forms.DateField):
        params |= {"type": "date"}
        classes += " app-input--day"
    elif isinstance(field, forms.TimeField):
        params |= {"type": "time"}
        classes += " app-input--day"
    elif isinstance(field, forms.IntegerField):
        params |= {"type": "text", "inputmode": "numeric", "spellcheck": False}
        classes += " govuk-input--width-5"
    elif isinstance(field, forms.DecimalField | forms.FloatField):
        params |= {"type": "text", "inputmode": "decimal", "spellcheck": False}
        classes += " govuk-input--width-10"
    elif limit := getattr(field, "max_length", None):
        width = next((name for size, name in WIDTHS if limit <= size), "")
        classes += f" govuk-input--width-{width}" if width else ""
    for name in ("autocomplete", "inputmode", "spellcheck"):
        if name in attrs:
            params[name] = attrs[name]
    for name in ("prefix", "suffix"):
        if text := getattr(field, name, ""):
            params[name] = {"text": text}
    return {**params, "classes": classes.strip()}


def _attributes(bound: BoundField, *, multiple: bool = False) -> dict[str, Any]:
    """What else the widget asks for, such as hx-get or accept."""
    attrs = {key: value for key, value in bound.field.widget.attrs.items() if key not in OWN_ATTRIBUTES}
    if multiple:
        attrs["multiple"] = ""
    limit = getattr(bound.field, "max_length", None)
    if limit and not isinstance(bound.field.widget, forms.Textarea):
        attrs["maxlength"] = str(limit)
    return attrs


def _plain(bound: BoundField) -> str:
    """The value as an input holds it: moments in local time to the minute."""
    value = bound.value()
    if value is None or value is False:
        return ""
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        if isinstance(bound.field, forms.DateTimeField):
            return local.strftime("%Y-%m-%dT%H:%M")
        return local.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    if hasattr(bound.field, "prepare_value"):
        value = bound.field.prepare_value(value)
    return str(value)


def revealed(form: forms.BaseForm) -> set[str]:
    """The fields that another field's choice shows, and that are therefore not drawn on their own."""
    reveals = [shown for field in form.fields.values() for shown in getattr(field, "reveals", {}).values()]
    return {name for shown in reveals for name in _names(shown)}


def _names(shown: str | Sequence[str]) -> Sequence[str]:
    return (shown,) if isinstance(shown, str) else shown


def problems(form: forms.BaseForm) -> list[dict[str, str]]:
    """Every error with its field's name and address, for the summary at the top of the page."""
    found = [{"text": str(error), "href": ""} for error in form.non_field_errors()]
    for bound in form:
        found += [{"text": f"{bound.label}: {error}", "href": f"#{bound.auto_id}"} for error in bound.errors]
    return found


def put_problems(form: forms.BaseForm, refusal: Unfit) -> None:
    """What an action found unfit, each fault at its field, or above the form where no field is named."""
    if not refusal.fields:
        form.add_error(None, str(refusal))
    for field, lines in refusal.fields.items():
        for line in lines:
            form.add_error(field if field in form.fields else None, line)
