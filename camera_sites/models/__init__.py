"""Why cameras stand: impact assessments, sites, cameras."""

from .access import SiteContribution, SiteGroupAccess, SiteUserAccess
from .accuracy import AccuracyTest
from .attachments import DpiaAttachment
from .cameras import Camera
from .coverage import Coverage
from .dpias import Dpia, DpiaAdvice, DpiaContribution, DpiaDecision, DpiaVersion
from .evidence import PositionCheck, SharingAgreement, SignageInspection, SiteConsultation
from .imports import SiteImport
from .needs import NeedQuestion, NeedReview
from .prior_consultations import ConsultationOutcome, PriorConsultation
from .reviews import MeasureTaken, ReviewDemand
from .roads import RoadNetwork, RoadStretch
from .self_assessments import CodeGap, PrincipleAnswer, SelfAssessment, SelfAssessmentHand
from .service import ServiceSpell, SiteDecision
from .sites import CameraSite

__all__ = [
    "AccuracyTest",
    "Camera",
    "CameraSite",
    "CodeGap",
    "ConsultationOutcome",
    "Coverage",
    "Dpia",
    "DpiaAdvice",
    "DpiaAttachment",
    "DpiaContribution",
    "DpiaDecision",
    "DpiaVersion",
    "MeasureTaken",
    "NeedQuestion",
    "NeedReview",
    "PositionCheck",
    "PrincipleAnswer",
    "PriorConsultation",
    "ReviewDemand",
    "RoadNetwork",
    "RoadStretch",
    "SelfAssessment",
    "SelfAssessmentHand",
    "ServiceSpell",
    "SharingAgreement",
    "SignageInspection",
    "SiteConsultation",
    "SiteContribution",
    "SiteDecision",
    "SiteGroupAccess",
    "SiteImport",
    "SiteUserAccess",
]
