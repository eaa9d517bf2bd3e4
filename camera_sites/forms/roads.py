"""The form of a file of roads."""

from django import forms


class RoadsForm(forms.Form):
    """A file to read, and what it is."""

    name = forms.CharField(max_length=100, label="Name", help_text="Such as: Northdale, all roads, October 2026.")
    source = forms.CharField(
        max_length=200, label="Where the roads are from", help_text="The data set, its licence and its date."
    )
    file = forms.FileField(label="GeoJSON file", widget=forms.FileInput(attrs={"accept": ".json,.geojson"}))
