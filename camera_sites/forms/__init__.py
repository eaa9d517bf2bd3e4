"""The shape of what people type; what may be stored is judged by the actions."""

from .dpias import AdviceForm, DecideForm, DpiaForm, VersionForm
from .sites import AccessForm, CameraForm, ReasonForm, RegistryFilter, SiteForm

__all__ = [
    "AccessForm",
    "AdviceForm",
    "CameraForm",
    "DecideForm",
    "DpiaForm",
    "ReasonForm",
    "RegistryFilter",
    "SiteForm",
    "VersionForm",
]
