"""Why cameras stand: impact assessments, sites, cameras."""

from .dpias import Dpia, DpiaAdvice, DpiaContribution, DpiaDecision, DpiaVersion
from .sites import Camera, CameraSite, SiteContribution, SiteGroupAccess, SiteUserAccess

__all__ = [
    "Camera",
    "CameraSite",
    "Dpia",
    "DpiaAdvice",
    "DpiaContribution",
    "DpiaDecision",
    "DpiaVersion",
    "SiteContribution",
    "SiteGroupAccess",
    "SiteUserAccess",
]
