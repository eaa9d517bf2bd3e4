"""Forms of warninglists: what one is, a file with what it means, reasons, a plate to check."""

from typing import Any

from django import forms

from hotlists.countries import COUNTRIES
from hotlists.forms.entries import longer
from hotlists.models import Warninglist, WarninglistEdition
from hotlists.models.warninglists import Effect
from standards.ranks import Rank


class WarninglistForm(forms.ModelForm):
    """What a warninglist is."""

    class Meta:
        model = Warninglist
        fields = ("name", "kind", "source", "licence")
        labels = {
            "kind": "Whose plates it holds", "source": "Source", "licence": "By what right it is held here",
        }  # fmt: skip
        help_texts = {
            "name": "Authors read it with each warning, such as “Northdale emergency fleet”.",
            "source": "Who makes the list.", "licence": "The law, agreement or licence.",
        }  # fmt: skip
        widgets = {"kind": forms.RadioSelect, "licence": longer(2, 300)}


class WarninglistLoadForm(forms.Form):
    """The next edition: a file, and what it means that a plate is on it."""

    file = forms.FileField(
        label="File (CSV in UTF-8)",
        help_text="Its first line names the columns: plate, and if you like country (GB if empty) and note. In a plate ? stands for "
        "one character and * for any number. The file is the whole list: what it lacks is taken off.",
    )  # fmt: skip
    meaning = forms.CharField(
        max_length=200, widget=longer(2, 200), label="What it means that a plate is on it",
        help_text="Such as: A vehicle of the fire service.",
    )  # fmt: skip
    advice = forms.CharField(
        max_length=200, widget=longer(2, 200), label="What the author does about it",
        help_text="Such as: Ring the fleet desk before you go on.",
    )  # fmt: skip
    effect = forms.ChoiceField(choices=Effect.choices, widget=forms.RadioSelect, label="What it does to an entry")
    answer_rank = forms.TypedChoiceField(
        choices=[choice for choice in Rank.choices if choice[0] >= Rank.SERGEANT], coerce=int, required=False,
        empty_value=Rank.SUPERINTENDENT, initial=Rank.SUPERINTENDENT, label="Who may let a plate through",
        help_text="This rank or above, and nobody who wrote the entry.",
    )  # fmt: skip

    def __init__(self, *args: Any, before: WarninglistEdition | None = None, **kwargs: Any) -> None:
        says = ("meaning", "advice", "effect", "answer_rank")
        initial = {name: getattr(before, name) for name in says} if before else {"effect": Effect.WARN}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["effect"].reveals = {Effect.REFUSE.value: "answer_rank"}


class WhyForm(forms.Form):
    """Why an edition comes back, or a list is retired."""

    reason = forms.CharField(max_length=300, widget=longer(3, 300), label="Why")


class RefusalForm(forms.Form):
    """Why a plate may be listed though a warninglist refuses it."""

    words = forms.CharField(max_length=500, widget=longer(4, 500), label="Why the plate may be listed all the same")


class PlateCheckForm(forms.Form):
    """A plate, and where it is registered."""

    plate = forms.CharField(max_length=20, label="Plate")
    country = forms.ChoiceField(choices=list(COUNTRIES.items()), initial="GB", label="Country")
