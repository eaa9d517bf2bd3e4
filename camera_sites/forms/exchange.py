"""Forms of files of sites."""

from django import forms

FORMATS = [("csv", "CSV, for a spreadsheet"), ("geojson", "GeoJSON, for a map")]


class SitesFileForm(forms.Form):
    """A file to read."""

    file = forms.FileField(label="CSV or GeoJSON file", widget=forms.FileInput(attrs={"accept": ".csv,.json,.geojson"}))


class SitesExportForm(forms.Form):
    """Taking sites away."""

    form = forms.ChoiceField(choices=FORMATS, widget=forms.RadioSelect, label="As", initial="csv")
    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}), label="Why you take this away")
    recipient = forms.CharField(
        max_length=150,
        required=False,
        label="For whom, if not for yourself?",
        help_text="The person and body who are given it.",
    )
