"""Forms of searching."""

from django import forms

from hotlists.countries import COUNTRIES
from hotlists.patterns import Likeness

LIKENESSES = [
    (Likeness.EXACT.value, "Exactly as typed"),
    (Likeness.FONT.value, "Also where 0 and O, or 1 and I, may be mistaken"),
    (Likeness.READER.value, "Also all that a camera may mistake, such as 8 and B or 5 and S"),
]


class SearchForm(forms.Form):
    """A search for one plate, or for part of one."""

    plate = forms.CharField(
        max_length=30, label="Number plate",
        help_text="Use ? for one character that you do not know and * for any number of them: AB01*, *1CDE, A?01?DE.",
    )  # fmt: skip
    likeness = forms.ChoiceField(
        choices=LIKENESSES, widget=forms.RadioSelect, initial=Likeness.EXACT.value, required=False, label="How near"
    )
    country = forms.ChoiceField(choices=[("", "Any country"), *COUNTRIES.items()], required=False, label="Country")
    reason = forms.CharField(
        max_length=300, label="Why do you search?", help_text="Recorded with your name: an incident, a case, a duty."
    )

    def clean_likeness(self) -> Likeness:
        """As typed, unless more was asked for."""
        return Likeness(self.cleaned_data["likeness"] or Likeness.EXACT)

    def clean_country(self) -> str | None:
        """None is any country."""
        return self.cleaned_data["country"] or None
