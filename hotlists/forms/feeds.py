"""Forms of feeds: agreements, uploads, decisions about a load, rows held back."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from hotlists.countries import COUNTRIES
from hotlists.models import Hotlist, Load, SourceAgreement
from standards.models import Action, StandardsProfile


class AgreementForm(forms.ModelForm):
    """The terms on which a source fills a list."""

    country = forms.ChoiceField(choices=list(COUNTRIES.items()), initial="GB", label="Country of every row")
    category = forms.ChoiceField(label="Category of every row")
    action = forms.ChoiceField(label="Action for rows that name none")
    from_at = forms.DateTimeField(
        required=False, label="From", help_text="Empty: as soon as it is agreed.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    until_at = forms.DateTimeField(
        label="Until", help_text="The list is out of force from then on.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    class Meta:
        model = SourceAgreement
        fields = (
            "source", "basis", "from_at", "until_at", "max_staleness_hours", "change_limit", "country", "category",
            "action", "priority", "fact", "contact", "machine",
        )  # fmt: skip
        labels = {
            "source": "Source system", "basis": "Under which law or agreement",
            "max_staleness_hours": "A load is at most this many hours old", "priority": "Priority of every row",
            "change_limit": "Change limit, in per cent (optional)", "fact": "What its rows rest on",
            "contact": "Contact at any hour", "machine": "Machine that may send loads (optional)",
        }  # fmt: skip
        help_texts = {
            "max_staleness_hours": "Without a newer load the whole list goes out of force.",
            "change_limit": "A load that changes more needs a second person. Empty: as the standards say.",
            "source": "", "basis": "", "contact": "Who answers for a row: name and number.", "machine": "", "fact": "",
        }  # fmt: skip

    def __init__(self, *args: Any, hotlist: Hotlist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = StandardsProfile.objects.in_force(timezone.now()).categories.filter(code__in=hotlist.categories)
        self.fields["category"].choices = [(category.code, category.name) for category in categories]
        self.fields["action"].choices = [(a.value, a.label) for a in Action if a.value in hotlist.actions]
        self.fields["until_at"].initial = timezone.localtime() + dt.timedelta(days=365)

    @property
    def terms(self) -> dict[str, Any]:
        """What the action takes."""
        return {**self.cleaned_data, "from_at": self.cleaned_data["from_at"] or timezone.now()}

    def _post_clean(self) -> None:
        """The model is not touched: actions write."""


class UploadForm(forms.Form):
    """A file for a feed."""

    file = forms.FileField(
        label="File", help_text="CSV in the 16-column VOI layout, separated by commas; a header line may stand first."
    )
    mode = forms.ChoiceField(
        choices=Load.Mode.choices, widget=forms.RadioSelect, initial=Load.Mode.COMPLETE, label="What the file is"
    )
    encoding = forms.ChoiceField(
        choices=Load.Encoding.choices, widget=forms.RadioSelect, initial=Load.Encoding.UTF_8,
        label="How its letters are written",
    )  # fmt: skip


class AcceptForm(forms.Form):
    """Yes to a load."""

    without_bad_rows = forms.BooleanField(required=False)

    def __init__(self, *args: Any, load: Load, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if load.bad_rows:
            self.fields[
                "without_bad_rows"
            ].label = f"Load the {load.good_rows:,} good rows and leave {load.bad_rows:,} out. I am recorded as having chosen this."
        else:
            del self.fields["without_bad_rows"]


class RowSearchForm(forms.Form):
    """A search for a plate in one feed."""

    plate = forms.CharField(max_length=20, label="Number plate")
    reason = forms.CharField(
        max_length=300, label="Why do you search?", help_text="Recorded with your name: an incident, a case, a duty."
    )


class HoldBackForm(forms.Form):
    """Why a plate is held back."""

    country = forms.CharField(max_length=2, widget=forms.HiddenInput)
    vrm = forms.CharField(max_length=15, widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}), label="Why is it held back?",
        help_text="Recovered, wrong vehicle, cloned: what is known, and from whom.",
    )  # fmt: skip
