"""What a form was filled in against, told with it, so that two windows do not overwrite each other unseen."""

from django import forms

from camera_sites.as_read import Overtaken


class AsReadField(forms.CharField):
    """The print of what stood there when the page was opened."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=64, widget=forms.HiddenInput)


def put_overtaken(form: forms.BaseForm, late: Overtaken) -> None:
    """Nothing typed is lost; saved once more, it is saved over what stands now."""
    form.data = form.data.copy()  # type: ignore[union-attr]  # a QueryDict: only what was posted is overtaken
    form.data[form.add_prefix("as_read")] = late.standing
    form.add_error(None, str(late))
