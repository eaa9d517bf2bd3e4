"""Forms of searching."""

from django import forms

from hotlists.countries import COUNTRIES


class SearchForm(forms.Form):
    """A search for one plate."""

    plate = forms.CharField(max_length=20, label="Number plate")
    country = forms.ChoiceField(choices=[("", "Any country"), *COUNTRIES.items()], required=False, label="Country")
    reason = forms.CharField(
        max_length=300, label="Why do you search?", help_text="Recorded with your name: an incident, a case, a duty."
    )
