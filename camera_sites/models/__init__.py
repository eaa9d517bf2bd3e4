"""Why cameras stand: impact assessments, sites, cameras."""

from .dpias import Dpia, DpiaAdvice, DpiaDecision, DpiaVersion
from .sites import Camera, CameraSite, SiteGroupAccess, SiteUserAccess

__all__ = [
    "Camera",
    "CameraSite",
    "Dpia",
    "DpiaAdvice",
    "DpiaDecision",
    "DpiaVersion",
    "SiteGroupAccess",
    "SiteUserAccess",
]
