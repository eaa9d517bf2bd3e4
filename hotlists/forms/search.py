"""Forms of searching, and of narrowing a list of entries."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import StatedReason, User
from hotlists.countries import COUNTRIES
from hotlists.exports import Form
from hotlists.listing import MINE, Order, State
from hotlists.models import Entry, Hotlist
from hotlists.patterns import Likeness
from retention.forms import HoldForm
from standards.models import StandardsProfile

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

    def __init__(self, *args: Any, stands: StatedReason | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stands is not None:
            self.fields["reason"].required = False
            self.fields["reason"].help_text = f"Left empty, you search for what you said already: {stands}."

    def clean_likeness(self) -> Likeness:
        """As typed, unless more was asked for."""
        return Likeness(self.cleaned_data["likeness"] or Likeness.EXACT)

    def clean_country(self) -> str | None:
        """None is any country."""
        return self.cleaned_data["country"] or None


class EntryFilterForm(forms.Form):
    """What narrows a list of entries."""

    state = forms.ChoiceField(choices=[("", "Any"), *State.choices], required=False, label="State")
    list = forms.ChoiceField(required=False, label="List")
    category = forms.ChoiceField(required=False, label="Category")
    owner = forms.ChoiceField(required=False, label="Owner")
    review = forms.ChoiceField(
        choices=[("", "Any time"), ("1", "Within a day"), ("7", "Within 7 days"), ("28", "Within 28 days")],
        required=False, label="Review due",
    )  # fmt: skip
    ref = forms.CharField(max_length=50, required=False, label="Reference contains")
    order = forms.ChoiceField(choices=Order.choices, required=False, label="Order")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists = Hotlist.objects.visible_to(by).exclude(kind=Hotlist.Kind.FEED)
        self.fields["list"].choices = [("", "Any"), *lists.values_list("slug", "title")]
        categories = StandardsProfile.objects.in_force(timezone.now()).categories.filter(is_feed=False)
        self.fields["category"].choices = [("", "Any"), *categories.order_by("code").values_list("code", "name")]
        owners = User.objects.filter(pk__in=Entry.objects.visible_to(by).order_by().values("owner"))
        owners = owners.exclude(pk=by.pk).order_by("last_name", "first_name", "username")
        self.fields["owner"].choices = [("", "Anyone"), (MINE, "Me"), *((one.username, str(one)) for one in owners)]

    @property
    def asked(self) -> dict[str, str]:
        """What hotlists.listing narrows by: only what was given, and only what makes sense."""
        if not self.is_bound:
            return {}
        self.is_valid()
        usual = {"order": Order.NEWEST}
        return {name: value for name, value in self.cleaned_data.items() if value and value != usual.get(name)}


class ExportForm(forms.Form):
    """As what, and why, rows are taken away."""

    form = forms.ChoiceField(
        choices=[(Form.XLSX.value, "Workbook (XLSX)"), (Form.CSV.value, "Plain table (CSV)")], widget=forms.RadioSelect,
        initial=Form.XLSX.value, label="As what",
    )  # fmt: skip
    reason = forms.CharField(
        max_length=300, label="Why do you take this away?",
        help_text="Recorded with your name, and written on every page: an incident, a case, a duty.",
    )  # fmt: skip
    recipient = forms.CharField(
        max_length=150, required=False, label="For whom, if not for yourself?",
        help_text="The person and body who are given it. Recorded, and written on every page.",
    )  # fmt: skip

    def clean_form(self) -> Form:
        """As the action takes it."""
        return Form(self.cleaned_data["form"])


class FoundForm(forms.Form):
    """What is done with what a search found; the search goes with it, out of sight."""

    plate = forms.CharField(max_length=30, widget=forms.HiddenInput)
    likeness = forms.ChoiceField(choices=LIKENESSES, required=False, widget=forms.HiddenInput)
    country = forms.CharField(max_length=2, required=False, widget=forms.HiddenInput)

    def clean_likeness(self) -> Likeness:
        """As typed, unless more was asked for."""
        return Likeness(self.cleaned_data["likeness"] or Likeness.EXACT)


class SearchExportForm(ExportForm, FoundForm):
    """Taking it away."""


class SearchHoldForm(HoldForm, FoundForm):
    """Holding it for a case."""
