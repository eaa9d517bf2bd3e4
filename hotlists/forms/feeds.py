"""Forms of feeds: agreements, uploads, decisions about a load, rows held back."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from hotlists.countries import COUNTRIES
from hotlists.models import FeedException, Hotlist, Load, SourceAgreement
from standards.models import Action, StandardsProfile


class AgreementForm(forms.ModelForm):
    """The terms on which a source fills a list."""

    country = forms.ChoiceField(choices=list(COUNTRIES.items()), initial="GB", label="Country of rows that name none")
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
            "source", "basis", "from_at", "until_at", "interface", "machine", "refresh_hours", "max_staleness_hours",
            "life_cycle", "change_limit", "country", "category", "action", "priority", "fact", "contact",
        )  # fmt: skip
        labels = {
            "source": "Source system", "basis": "Under which law or agreement",
            "interface": "How rows come", "refresh_hours": "A load comes at least every so many hours (optional)",
            "life_cycle": "Life of a row", "max_staleness_hours": "Out of force without a load for so many hours",
            "priority": "Priority of every row",
            "change_limit": "Change limit, in per cent (optional)", "fact": "What its rows rest on",
            "contact": "Contact at any hour", "machine": "Machine of the source (optional)",
        }  # fmt: skip
        help_texts = {
            "refresh_hours": "When it is late, the list's keepers see it on their home page.",
            "life_cycle": "Lost or stolen: a report is to be confirmed within 48 hours, is weeded after six weeks if it is not, and "
            "after six years if it is. The numbers are the standards'. The file has to say when a row was reported.",
            "max_staleness_hours": "Without a newer load the whole list goes out of force.",
            "change_limit": "A load that changes more needs a second person. Empty: as the standards say.",
            "source": "", "basis": "", "contact": "Who answers for a row: name and number.", "fact": "",
            "machine": "It may send loads, fetch what is held back, and record recoveries. Files left for this list count as sent by it.",
        }  # fmt: skip

    def __init__(self, *args: Any, hotlist: Hotlist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = StandardsProfile.objects.in_force(timezone.now()).categories.filter(code__in=hotlist.categories)
        self.fields["category"].choices = [(category.code, category.name) for category in categories]
        self.fields["action"].choices = [(a.value, a.label) for a in Action if a.value in hotlist.actions]
        self.fields["until_at"].initial = timezone.localtime() + dt.timedelta(days=365)

        for name in ("interface", "life_cycle"):
            self.fields[name].required = False  # none said: files, and no life cycle

    @property
    def terms(self) -> dict[str, Any]:
        """What the action takes."""
        said = {name: value for name, value in self.cleaned_data.items() if value != ""}
        return {**said, "from_at": self.cleaned_data["from_at"] or timezone.now()}

    def _post_clean(self) -> None:
        """The model is not touched: actions write."""


class UploadForm(forms.Form):
    """A file for a feed."""

    file = forms.FileField(label="File", help_text="As the list's import profile says; it may come in a ZIP archive.")
    mode = forms.ChoiceField(
        choices=Load.Mode.choices, widget=forms.RadioSelect, initial=Load.Mode.COMPLETE, label="What the file is"
    )
    encoding = forms.ChoiceField(
        choices=[("", "As the import profile says"), *Load.Encoding.choices], required=False,
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
    cause = forms.ChoiceField(
        choices=[(value, words) for value, words in FeedException.Cause.choices if value != "recovered"], required=False,
        widget=forms.RadioSelect, label="What is known", initial=FeedException.Cause.OTHER,
    )  # fmt: skip
    reason = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}), label="Why is it held back?",
        help_text="What is known, and from whom. The source is told.",
    )  # fmt: skip

    def clean_cause(self) -> str:
        """None said is something else."""
        return self.cleaned_data["cause"] or FeedException.Cause.OTHER


class RecoveryForm(forms.Form):
    """A listed vehicle that was recovered."""

    plate = forms.CharField(max_length=20, label="Number plate")
    country = forms.ChoiceField(choices=list(COUNTRIES.items()), initial="GB", label="Country")
    occurred = forms.DateTimeField(
        label="When it was recovered",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    reference = forms.CharField(
        max_length=100, label="Where it is recorded", help_text="The crime, incident or recovery record."
    )
