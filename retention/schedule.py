"""The retention schedule: how long every kind of record lives, why, and what goes with it. One line a kind.

A kind without a line fails the build. What goes with a parent goes in the order it stands here, children first.
Sources: section 6 of the domain reference; R-022, R-065, R-080..R-086.
"""

import datetime as dt

from django.db.models import Max, Q
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils import timezone

from retention.rules import ITS_ID, Elsewhere, Longer, Rule, erase, goes_with, keep

ALIGNED = "As long as the reads exist that a stop may have to be explained by; DPA 2018 s.39"
LIMITATION = "Limitation of claims; the log serves s.62(4) purposes only"
ACCOUNTABLE = "Accountability: the decision outlives what was decided by 6 years"
SECRETS = "Of no use once expired"
SERVICE = "Service and 6 years; ended by hand, once nothing names the person"
NO_PERSON = "Describes no person"

# An entry is closed when it was withdrawn, else when the term that governed last ended, else when it was last written.
# An entry overdue for review is not closed: until its expiry a review may bring it back.
ENTRY_CLOSED = Coalesce(
    "withdrawn_at",
    Greatest(
        Max(Least("terms__expires_at", "terms__emergency_ends_at"), filter=Q(terms__until_at=None)),
        Max("versions__submitted_at"),
        Max("versions__written_at"),
    ),
)
# Rows are published from one revision until another; the moment stands with the revision.
ROW_TAKEN_BACK = Elsewhere(
    "matchers.Publication", "generated_at", (("hotlist", "hotlist"), ("revision", "until_revision"))
)
REVISION_SUPERSEDED = Elsewhere(
    "matchers.Publication", "generated_at", (("hotlist", "hotlist"), ("revision__gt", "revision"))
)

FORCE_OR_COMPLAINT = (
    Longer("hits.Outcome", "hit", Q(had_force=True) | Q(had_complaint=True), "recorded_at", 72, LIMITATION),
)
COMPLAINT_OR_BREACH = (
    Longer("scrutiny.Concern", "pk", Q(kind__in=["complaint", "breach"]), "answered_at", 72, LIMITATION),
)

SCHEDULE: list[Rule] = [
    # --- What matchers reported, and what people made of it
    erase("hits.Hit", "12 months after the vehicle was seen; where force was used, somebody was hurt or complained, 6 years after its"
          " outcome", ALIGNED, months=12, longer=FORCE_OR_COMPLAINT, since="captured_at", may_be_held=True,
          held_through=("entry",), case_paths=("ref",), list_path="hotlist", blocked_by=("scrutiny.Concern.hit",)),
    *goes_with("hits.Hit", ("hits.Outcome", "hit"), ("hits.Verification", "hit"), ("hits.Acknowledgement", "hit"),
               leaves_traces=False),
    erase("hits.HitKey", "12 months after the hit was reported; a matcher's own number for it", ALIGNED, months=12,
          since=ITS_ID, leaves_traces=False),
    # --- What was published, and what proved it gone
    erase("matchers.PublishedRow", "12 months after it was taken back", ALIGNED, months=12, since=ROW_TAKEN_BACK,
          list_path="hotlist", leaves_traces=False),
    *goes_with("matchers.PublishedRow", ("matchers.RecallHolder", "recall__row"), ("matchers.Recall", "row"),
               leaves_traces=False),
    erase("matchers.Refusal", "12 months after it held no more", ALIGNED, months=12, since="until_at", leaves_traces=False),
    erase("matchers.Receipt", "12 months after the month it was given in", ALIGNED, months=12, since=ITS_ID, by_month=True,
          leaves_traces=False),
    erase("matchers.Challenge", "1 month after it was asked, if never answered", SECRETS, months=1, since="issued_at",
          leaves_traces=False),
    erase("matchers.Publication", "6 years after the next revision; holds counts and hashes only", ACCOUNTABLE, months=72,
          since=REVISION_SUPERSEDED, blocked_by=("matchers.FeedList.ending",), leaves_traces=False),
    erase("matchers.Disclosure", "6 years after it was taken; holds counts and hashes only", ACCOUNTABLE, months=72,
          since="taken_at"),
    *goes_with("matchers.Disclosure", ("matchers.DisclosureTold", "disclosure")),
    erase("matchers.Metadata",
          "An offline life and an hour after the next one, with the files it names; the last, 1 month after it expired; "
          "roots are kept, since clients walk from root to root",
          "Signed documents hold counts and hashes only; the files hold plates that were withdrawn since (R-085)",
          months=1, since="expires_at", where=~Q(role="root"), leaves_traces=False),
    erase("matchers.SiteTable", "12 months after it was made, unless it is the current one", NO_PERSON, months=12,
          since="generated_at", blocked_by=("matchers.Feed.site_table",), leaves_traces=False),
    erase("matchers.Halt", "6 years after it ended; holds counts only", ACCOUNTABLE, months=72, since="ended_at",
          leaves_traces=False),
    *goes_with("matchers.Halt", ("matchers.HeldChange", "halt"), leaves_traces=False),
    *keep("Life of the matcher and 6 years; ended by hand", ACCOUNTABLE, "matchers.Matcher", "matchers.Allocation",
          "matchers.Feed", "matchers.FeedList", "matchers.ListRole", "matchers.Stoppage", "matchers.RevisionDoor",
          "matchers.DoorList", "matchers.BucketPart"),
    # --- What is wanted
    erase("hotlists.Entry", "12 months after it was withdrawn, expired or, never approved, was last written", ALIGNED,
          months=12, since=ENTRY_CLOSED, may_be_held=True, list_path="hotlist",
          case_paths=("versions__source_ref", "versions__crime_ref", "versions__cad_ref"),
          blocked_by=("hits.Hit.entry", "hits.Hit.version")),
    *goes_with(
        "hotlists.Entry", ("hotlists.WarninglistAnswer", "entry"),
        ("hotlists.Suspension", "entry"), ("hotlists.Narrowing", "entry"), ("hotlists.Term", "entry"),
        ("hotlists.Review", "entry"), ("hotlists.HitTally", "entry"),
        ("hotlists.Decision", "version__entry"), ("hotlists.Release", "version__entry"),
        ("hotlists.EmergencyAuthority", "entry"),
        ("hotlists.NoticeAnswer", "notice__version__entry"), ("hotlists.Notice", "version__entry"),
        ("hotlists.Contribution", "version__entry"),
        ("hotlists.EntryVersion", "entry"),
    ),
    erase("hotlists.DeclaredVehicle", "12 months after it no longer bars who declared it", ACCOUNTABLE, months=12,
          since="barred_until"),
    erase("hotlists.ConflictReport", "6 years after it was reported", LIMITATION, months=72, since="attempted_at"),
    *goes_with("hotlists.ConflictReport", ("hotlists.ConflictAnswer", "report")),
    erase("hotlists.Bulk", "1 month after it was made: by then its drafts stand for themselves", SECRETS, months=1,
          since="made_at"),
    *goes_with("hotlists.Bulk", ("hotlists.BulkRow", "bulk"), leaves_traces=False),
    erase("hotlists.SavedFilter", "A year after it was last saved; 28 days where it holds what was typed", SECRETS, months=0,
          since="ends_at"),
    erase("hotlists.WarninglistEdition", "12 months after it was last in use; if never, after it was loaded", ALIGNED, months=12,
          since="idle_since"),
    *goes_with("hotlists.WarninglistEdition", ("hotlists.WarninglistItem", "edition"), ("hotlists.WarninglistProblem", "edition"),
               ("hotlists.WarninglistUse", "edition"), leaves_traces=False),
    *keep("Life of the list and 6 years; names no plate; ended by hand", ACCOUNTABLE, "hotlists.Warninglist"),
    erase("hotlists.FeedException", "12 months after it ended", ALIGNED, months=12, since="to_at"),
    erase("hotlists.Load", "6 years after it was sent; names no vehicle", ACCOUNTABLE, months=72, since="uploaded_at",
          blocked_by=("hotlists.FeedRow.load", "hotlists.FeedException.dropped_by", "hotlists.FeedException.from_load",
                      "hotlists.FeedException.reconfirmed_by", "hotlists.Recovery.load", "hotlists.Departure.load")),
    *goes_with("hotlists.Load", ("hotlists.StagedRow", "load"), ("hotlists.StagedGone", "load"),
               ("hotlists.StagedRepeat", "load"), ("hotlists.StagedRecovery", "load"), ("hotlists.LoadProblem", "load"),
               leaves_traces=False),
    erase("hotlists.Departure", "12 months after the row left its list", ALIGNED, months=12, since="left_at",
          list_path="hotlist", leaves_traces=False),
    erase("hotlists.Recovery", "12 months after it was recorded", ALIGNED, months=12, since="recorded_at",
          may_be_held=True, case_paths=("reference",), list_path="hotlist"),
    erase("hotlists.Unpublished", "1 month after it was noted, if no publication took it up sooner", SECRETS, months=1,
          since="noted", leaves_traces=False),
    *keep("Until its source drops it: the next complete load overwrites the list", "R-022", "hotlists.FeedRow"),
    *keep("Life of the list and 6 years; ended by hand", ACCOUNTABLE, "hotlists.Hotlist", "hotlists.HotlistUserAccess",
          "hotlists.HotlistGroupAccess", "hotlists.SourceAgreement", "hotlists.ImportProfile", "hotlists.ProfileContribution",
          "hotlists.Justification",
          "hotlists.HotlistTerm"),
    # --- Where cameras stand, and why
    erase("camera_sites.CameraSite", "6 years after it was decommissioned", ACCOUNTABLE, months=72,
          since="decommissioned_at", asks=True, blocked_by=("hits.Hit.site",)),
    erase("camera_sites.SiteImport", "1 month after it was read", SECRETS, months=1, since="made_at"),
    erase("camera_sites.RoadNetwork", "1 month after it was read, or after another took its place", NO_PERSON, months=1,
          since="idle_since", leaves_traces=False),
    *goes_with("camera_sites.RoadNetwork", ("camera_sites.RoadStretch", "network"), leaves_traces=False),
    *goes_with("camera_sites.CameraSite", ("camera_sites.PositionCheck", "camera__site"),
               ("camera_sites.AccuracyTest", "camera__site"), ("camera_sites.NeedQuestion", "site"),
               ("camera_sites.NeedReview", "site"), ("camera_sites.Camera", "site"),
               ("camera_sites.SiteUserAccess", "content_object"),
               ("camera_sites.SiteGroupAccess", "content_object"), ("camera_sites.SiteContribution", "site"),
               ("camera_sites.SiteDecision", "site"), ("camera_sites.ServiceSpell", "site"),
               ("camera_sites.SiteConsultation", "site"), ("camera_sites.SharingAgreement", "site"),
               ("camera_sites.SignageInspection", "site")),
    erase("camera_sites.SelfAssessment", "6 years after it was signed", ACCOUNTABLE, months=72, since="signed_at", asks=True),
    *goes_with("camera_sites.SelfAssessment", ("camera_sites.CodeGap", "answer__assessment"),
               ("camera_sites.PrincipleAnswer", "assessment"), ("camera_sites.SelfAssessmentHand", "assessment")),
    *keep("Life of what it covers and 6 years; ended by hand", ACCOUNTABLE, "camera_sites.Dpia", "camera_sites.DpiaVersion",
          "camera_sites.DpiaContribution", "camera_sites.DpiaAttachment", "camera_sites.DpiaAdvice", "camera_sites.DpiaDecision",
          "camera_sites.PriorConsultation", "camera_sites.ConsultationOutcome", "camera_sites.Coverage",
          "camera_sites.ReviewDemand", "camera_sites.MeasureTaken"),
    # --- Sessions and tokens
    erase("portal.StoredAnswer", "A day after the call that it answered", SECRETS, months=0, since="expires_at",
          leaves_traces=False),
    erase("sessions.Session", "At once when it expires", SECRETS, months=0, since="expire_date", leaves_traces=False),
    erase("oauth2_provider.AccessToken", "1 month after it expired", SECRETS, months=1, since="expires",
          blocked_by=("oauth2_provider.RefreshToken.access_token",), leaves_traces=False),
    erase("accounts.SignIn", "6 years after it was opened, once no decision names it", LIMITATION, months=72,
          since="opened_at",
          blocked_by=("hotlists.Decision.sign_in", "hotlists.Justification.sign_in", "hotlists.Release.sign_in",
                      "hotlists.EmergencyAuthority.sign_in", "hotlists.WarninglistEdition.sign_in",
                      "hotlists.WarninglistAnswer.sign_in",
                      "camera_sites.DpiaAdvice.sign_in", "camera_sites.DpiaDecision.sign_in",
                      "camera_sites.PriorConsultation.sign_in", "camera_sites.ConsultationOutcome.sign_in",
                      "camera_sites.SiteDecision.sign_in", "camera_sites.NeedReview.sign_in",
                      "camera_sites.SelfAssessment.sign_in",
                      "hits.Acknowledgement.sign_in", "hits.Verification.sign_in", "hits.Outcome.sign_in",
                      "matchers.Halt.sign_in", "scrutiny.Certificate.sign_in")),
    erase("accounts.StatedReason", "6 years after it lapsed", LIMITATION, months=72, since="stands_until"),
    *keep("None is ever made: machines sign in with client credentials", "Stack", "oauth2_provider.Grant",
          "oauth2_provider.RefreshToken", "oauth2_provider.IDToken", "oauth2_provider.DeviceGrant"),
    # --- The log. The event outlives its words, which go with the records they are about.
    erase("audit.EventDetail", "With the records it is about; 6 years after its month at most", LIMITATION, months=72, since=ITS_ID,
          by_month=True, leaves_traces=False),
    erase("audit.ColumnChange", "With the record it is about; 6 years at most", LIMITATION, months=72, since="timestamp",
          leaves_traces=False),
    erase("audit.Event", "6 years after the month it was recorded in; names no vehicle and no person", LIMITATION, months=72,
          since=ITS_ID, by_month=True, leaves_traces=False),
    *keep("For ever: numbers and hashes, by which what is left of the log can be proved", NO_PERSON, "audit.Leaf",
          "audit.Subtree", "audit.Checkpoint", "audit.WitnessWord", "audit.Verification"),
    *keep("Seconds: until a checkpoint covers the event", NO_PERSON, "audit.Unsealed"),
    *keep("For ever: one number", NO_PERSON, "audit.Handover"),
    # --- Retention itself
    erase("retention.LegalHold", "6 years after it was released", LIMITATION, months=72, since="released_at",
          blocked_by=("retention.LegalHold.under",)),
    erase("retention.Stocktake", "24 months after it was taken; holds counts only", NO_PERSON, months=24, since="taken_at",
          leaves_traces=False),
    *keep("Permanent: holds counts, and no content", "R-065, R-083", "retention.DeletionRun", "retention.DroppedMonth",
          "retention.Certificate"),
    *keep("Permanent: which period governed when; names no person it was about", ACCOUNTABLE, "retention.PeriodChange"),
    *keep("Until the run's certificate is issued", "R-083", "retention.ErasedBatch"),
    # --- What was found wrong
    erase("scrutiny.Sample", "6 years after it was drawn; names no vehicle", LIMITATION, months=72, since="drawn_at"),
    *goes_with("scrutiny.Sample", ("scrutiny.SampleAnswer", "item__sample"), ("scrutiny.SampleItem", "sample")),
    erase("scrutiny.Signal", "6 years after it was judged, or after the last act behind it; holds a keyed hash and no plate",
          LIMITATION, months=72, since=Coalesce("judged_at", "until_at")),
    erase("scrutiny.Finding", "6 years after it was settled", LIMITATION, months=72, since="settled_at", asks=True,
          blocked_by=("scrutiny.SampleAnswer.finding", "scrutiny.Signal.finding")),
    *goes_with("scrutiny.Finding", ("scrutiny.FindingNote", "finding")),
    erase("scrutiny.Concern", "2 years after it was answered; a complaint or a breach, 6 years", LIMITATION, months=24,
          longer=COMPLAINT_OR_BREACH, since="answered_at"),
    *goes_with("scrutiny.Concern", ("scrutiny.ConcernNote", "concern")),
    *keep("Permanent: figures of a year, and who signed for them", ACCOUNTABLE, "scrutiny.Certificate"),
    # --- What the public was told
    *keep("Permanent: what was published stays published", NO_PERSON, "oversight.TransparencyRelease"),
    # --- People, machines and what they may
    *keep(SERVICE, ACCOUNTABLE, "accounts.User", "accounts.User_groups", "accounts.User_user_permissions",
          "account.EmailAddress", "account.EmailConfirmation", "mfa.Authenticator", "socialaccount.SocialAccount",
          "socialaccount.SocialToken", "guardian.UserObjectPermission"),
    *keep("Life of the machine and 6 years; ended by hand", ACCOUNTABLE, "accounts.MachineClient",
          "oauth2_provider.Application"),
    *keep("While the portal stands", NO_PERSON, "accounts.Team", "auth.Group", "auth.Permission", "auth.Group_permissions",
          "guardian.GroupObjectPermission", "contenttypes.ContentType", "socialaccount.SocialApp"),
    # --- The numbers
    *keep("While the portal stands", "Which standard a decision followed has to stay answerable", "standards.StandardsProfile",
          "standards.Number", "standards.Category", "standards.MatrixCell"),
]  # fmt: skip

# What of another's copy was not proved gone when the record went: the field that says so, and whose copy it was. Certificates name it.
UNPROVED = {"matchers.RecallHolder": ("closed_at", "matcher__name")}

BY_LABEL = {rule.label: rule for rule in SCHEDULE}


def children_of(rule: Rule) -> list[Rule]:
    """What goes with it, in the order in which it goes."""
    return [child for child in SCHEDULE if child.parent == rule.label]


def events_end_before() -> dt.datetime:
    """Events of the log from before this moment may have ended."""
    return next(rule for rule in SCHEDULE if rule.label == "audit.Event").cut_off(timezone.now())
