"""How kinds of record are called."""

from django.apps import apps
from django.utils.text import capfirst

# What English does not make by an s, or what only the code calls so.
SAID = {
    "hotlists.Recovery": "Recoveries",
    "hotlists.Unpublished": "Changes not published yet",
    "hotlists.Bulk": "Files of many entries",
    "hotlists.BulkRow": "Rows of files of many entries",
    "hotlists.WarninglistUse": "Uses of warninglists",
    "hotlists.StagedRecovery": "Staged recoveries",
    "hotlists.StagedGone": "Staged departures",
    "hotlists.EmergencyAuthority": "Emergency authorities",
    "portal.StoredAnswer": "Answers stored for repeated calls",
    "matchers.Metadata": "Signed documents of publications",
}


def name_of(label: str) -> str:
    """A kind of record as people say it; one that no longer exists by its label."""
    if label in SAID:
        return SAID[label]
    try:
        return capfirst(str(apps.get_model(label)._meta.verbose_name_plural))
    except LookupError:
        return label
