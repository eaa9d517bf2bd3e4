"""Form for a file that is attached to a draft."""

from django import forms


class AttachForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label="File", help_text="A PDF, or a picture as PNG or JPEG.", error_messages={"required": "Choose a file."}
    )
