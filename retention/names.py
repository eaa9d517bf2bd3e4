"""How kinds of record are called."""

from django.apps import apps
from django.utils.text import capfirst


def name_of(label: str) -> str:
    """A kind of record as people say it; one that no longer exists by its label."""
    try:
        return capfirst(str(apps.get_model(label)._meta.verbose_name_plural))
    except LookupError:
        return label
