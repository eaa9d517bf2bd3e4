"""Why cameras stand: impact assessments, sites, cameras."""

from .dpias import Dpia, DpiaAdvice, DpiaContribution, DpiaDecision, DpiaVersion
from .prior_consultations import ConsultationOutcome, PriorConsultation
from .sites import Camera, CameraSite, SiteContribution, SiteGroupAccess, SiteUserAccess

__all__ = [
    "Camera",
    "CameraSite",
    "ConsultationOutcome",
    "Dpia",
    "DpiaAdvice",
    "DpiaContribution",
    "DpiaDecision",
    "DpiaVersion",
    "PriorConsultation",
    "SiteContribution",
    "SiteGroupAccess",
    "SiteUserAccess",
]
