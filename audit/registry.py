"""Whose columns are watched: every change of a row of these is kept beside the event, old value and new."""

from auditlog.registry import auditlog
from django.apps import apps

# Kind -> columns that are not worth keeping, or must not be kept. Tables that only grow need no watching.
TRACKED: dict[str, tuple[str, ...]] = {
    "standards.StandardsProfile": (),
    "standards.Number": (),
    "standards.Category": (),
    "standards.MatrixCell": (),
    "accounts.User": ("password", "last_login"),
    "accounts.Team": (),
    "accounts.MachineClient": ("next_secret",),
    "retention.LegalHold": (),
    "camera_sites.CameraSite": (),
    "camera_sites.Camera": (),
    "camera_sites.SharingAgreement": (),
    "camera_sites.SiteUserAccess": (),
    "camera_sites.SiteGroupAccess": (),
    "camera_sites.Dpia": (),
    "camera_sites.DpiaVersion": (),
    "camera_sites.ReviewDemand": (),
    "camera_sites.SelfAssessment": (),
    "camera_sites.PrincipleAnswer": (),
    "camera_sites.CodeGap": (),
    "hotlists.Hotlist": (),
    "hotlists.HotlistUserAccess": (),
    "hotlists.HotlistGroupAccess": (),
    "hotlists.Entry": (),
    "hotlists.EntryVersion": ("vrm_skeleton", "vrm_classes"),
    "hotlists.SourceAgreement": (),
    "hotlists.ImportProfile": (),
    "hotlists.FeedException": (),
    "hotlists.Warninglist": (),
    "matchers.Matcher": ("last_seen_at", "enrol_code_hash"),
    "matchers.Allocation": (),
    "scrutiny.Concern": (),
    "scrutiny.Finding": (),
    "scrutiny.Signal": ("acts",),
}

WRITTEN_ONCE = "Written once and ended once; its own columns say by whom and when"
MACHINERY = "How far the portal is with its own work; changed by no person"
BULK = "Rows by the million, from a source; the load that brought them is recorded"

UNTRACKED: dict[str, str] = {
    "audit.ColumnChange": "It is the watching",
    "accounts.SignIn": WRITTEN_ONCE,
    "audit.Handover": MACHINERY,
    "retention.DeletionRun": MACHINERY,
    "retention.ErasedBatch": MACHINERY,
    "retention.DroppedMonth": MACHINERY,
    "camera_sites.Coverage": WRITTEN_ONCE,
    "camera_sites.DpiaContribution": WRITTEN_ONCE,
    "camera_sites.DpiaAttachment": WRITTEN_ONCE,
    "camera_sites.SiteContribution": WRITTEN_ONCE,
    "camera_sites.SelfAssessmentHand": WRITTEN_ONCE,
    "camera_sites.ServiceSpell": WRITTEN_ONCE,
    "camera_sites.RoadNetwork": WRITTEN_ONCE,
    "camera_sites.SiteImport": WRITTEN_ONCE,
    "hotlists.Contribution": WRITTEN_ONCE,
    "hotlists.ProfileContribution": WRITTEN_ONCE,
    "hotlists.Term": WRITTEN_ONCE,
    "hotlists.Suspension": WRITTEN_ONCE,
    "hotlists.Justification": WRITTEN_ONCE,
    "hotlists.Release": WRITTEN_ONCE,
    "hotlists.Bulk": MACHINERY,
    "hotlists.BulkRow": MACHINERY,
    "hotlists.SavedFilter": "How one person likes to look at lists; read by nobody else",
    "hotlists.HotlistTerm": WRITTEN_ONCE,
    "hotlists.HitTally": MACHINERY,
    "hotlists.Load": MACHINERY,
    "hotlists.LoadProblem": BULK,
    "hotlists.StagedRow": BULK,
    "hotlists.StagedGone": BULK,
    "hotlists.StagedRepeat": BULK,
    "hotlists.StagedRecovery": BULK,
    "hotlists.FeedRow": BULK,
    "hotlists.Unpublished": MACHINERY,
    "hotlists.WarninglistEdition": WRITTEN_ONCE,
    "hotlists.WarninglistUse": WRITTEN_ONCE,
    "hotlists.WarninglistItem": BULK,
    "hotlists.WarninglistProblem": BULK,
    "audit.Unsealed": MACHINERY,
    "matchers.Feed": MACHINERY,
    "matchers.FeedList": MACHINERY,
    "matchers.ListRole": MACHINERY,
    "matchers.Metadata": MACHINERY,
    "matchers.BucketPart": MACHINERY,
    "matchers.Challenge": MACHINERY,
    "matchers.RevisionDoor": MACHINERY,
    "matchers.DoorList": MACHINERY,
    "matchers.Halt": WRITTEN_ONCE,
    "matchers.HeldChange": BULK,
    "matchers.Stoppage": WRITTEN_ONCE,
    "hits.HitKey": MACHINERY,
    "matchers.RecallHolder": WRITTEN_ONCE,
}


def watch() -> None:
    """Has django-auditlog watch them; called once, when all models are there."""
    for label, left_out in TRACKED.items():
        model = apps.get_model(label)
        if not auditlog.contains(model):
            auditlog.register(model, exclude_fields=list(left_out))
