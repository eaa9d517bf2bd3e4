"""Forms of entries."""

from django import forms

MARKERS = {
    "FI": "Firearms", "WE": "Weapons", "VI": "Violent", "ES": "Escaper", "DR": "Drugs", "EX": "Explosives",
    "SU": "Suicidal", "SH": "Self-harm", "IS": "Impersonates",
}  # fmt: skip


def longer(rows: int, limit: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": limit})


def moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
