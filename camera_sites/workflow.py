"""The states of an assessment's version and of a camera site."""

from camera_sites.models import CameraSite, DpiaVersion, SelfAssessment
from portal.workflow import Moves

DPIA_VERSION = Moves(
    "DPIA version",
    {
        DpiaVersion.Status.DRAFT: {DpiaVersion.Status.SUBMITTED: "submit"},
        DpiaVersion.Status.SUBMITTED: {DpiaVersion.Status.APPROVED: "approve", DpiaVersion.Status.REJECTED: "reject"},
        DpiaVersion.Status.APPROVED: {},
        DpiaVersion.Status.REJECTED: {},
    },
)

# A lapsed assessment takes a live site out of service by itself: that is a predicate, not a state.
SITE = Moves(
    "camera site",
    {
        CameraSite.Status.PROPOSED: {
            CameraSite.Status.LIVE: "set live",
            CameraSite.Status.DECOMMISSIONED: "withdraw the proposal",
        },
        CameraSite.Status.LIVE: {
            CameraSite.Status.SUSPENDED: "suspend",
            CameraSite.Status.DECOMMISSIONED: "decommission",
        },
        CameraSite.Status.SUSPENDED: {
            CameraSite.Status.LIVE: "return to service",
            CameraSite.Status.DECOMMISSIONED: "decommission",
        },
        CameraSite.Status.DECOMMISSIONED: {},
    },
)

# What is done about its gaps goes on after the signature; being past its year is a predicate.
SELF_ASSESSMENT = Moves(
    "self-assessment",
    {SelfAssessment.Status.DRAFT: {SelfAssessment.Status.SIGNED: "sign"}, SelfAssessment.Status.SIGNED: {}},
)
