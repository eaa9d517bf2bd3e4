"""The shape of what people type; what may be stored is judged by the actions."""

from .dpias import AdviceForm, AnswerForm, DecideForm, DpiaForm, ImportForm, SentForm, VersionForm
from .registers import register_forms
from .sites import AccessForm, CameraForm, LiveForm, ParticularsForm, ReasonForm, RegistryFilter, SiteForm

__all__ = [
    "AccessForm",
    "AdviceForm",
    "AnswerForm",
    "CameraForm",
    "DecideForm",
    "DpiaForm",
    "ImportForm",
    "LiveForm",
    "ParticularsForm",
    "ReasonForm",
    "RegistryFilter",
    "SentForm",
    "SiteForm",
    "VersionForm",
    "register_forms",
]
