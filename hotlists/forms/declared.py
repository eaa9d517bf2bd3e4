"""Forms of declared vehicles, and of answers to what was reported or told."""

from django import forms

from hotlists.countries import COUNTRIES
from hotlists.forms.entries import longer
from hotlists.models import DeclaredVehicle


class DeclareForm(forms.Form):
    """A vehicle that is connected with oneself."""

    vrm_entered = forms.CharField(
        max_length=20, label="Number plate", help_text="As it is printed; spaces do not matter.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    country = forms.ChoiceField(choices=list(COUNTRIES.items()), initial="GB", label="Country")
    connection = forms.ChoiceField(
        choices=DeclaredVehicle.Connection.choices, widget=forms.RadioSelect, label="How is it connected with you?"
    )


class AnswerForm(forms.Form):
    """What is made of it, said once."""

    words = forms.CharField(
        max_length=1000, widget=longer(4, 1000), label="What you make of it, and what follows",
        help_text="It is said once and stays.",
    )  # fmt: skip
