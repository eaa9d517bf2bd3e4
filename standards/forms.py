"""The shape of a proposed profile."""

from django import forms

from standards.models import StandardsProfile


class ProposalForm(forms.Form):
    """A new edition: a copy of the one in force with some numbers changed."""

    name = forms.CharField(max_length=100, help_text="Such as the edition's name and date.")
    source = forms.CharField(max_length=300, help_text="Where the new numbers come from.")
    effective_from = forms.DateTimeField(
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )

    def __init__(self, *args, base: StandardsProfile, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = {f"number_{number.pk}": number for number in base.numbers.order_by("key")}
        for field, number in self.numbers.items():
            self.fields[field] = forms.IntegerField(
                min_value=0, initial=number.value, label=f"{number.meaning} ({number.unit})", help_text=number.source
            )

    @property
    def changed(self) -> dict[str, int]:
        """Key -> new value, of the numbers that differ."""
        return {
            number.key: self.cleaned_data[field]
            for field, number in self.numbers.items()
            if self.cleaned_data[field] != number.value
        }
