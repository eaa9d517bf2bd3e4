"""Every act that is recorded: which of the law's operations it is (DPA 2018 s.62, R-062), and the sentence that tells it."""

from django.db.models import TextChoices


class Operation(TextChoices):
    """The six operations that the law has logged, and what the portal does for itself."""

    COLLECTION = "collection", "Collection"
    ALTERATION = "alteration", "Alteration"
    CONSULTATION = "consultation", "Consultation"
    DISCLOSURE = "disclosure", "Disclosure"
    COMBINATION = "combination", "Combination"
    ERASURE = "erasure", "Erasure"
    HOUSEKEEPING = "housekeeping", "Housekeeping"


class Verb(TextChoices):
    """What was done: noun.participle. The label is the sentence, filled from the event's facts."""

    # people and machines
    SIGN_IN_OPENED = "sign_in.opened", "{actor} signed in with {method}"
    SIGN_IN_ENDED = "sign_in.ended", "{actor} signed out"
    USER_ADDED = "user.added", "{actor} added {subject} as {roles}"
    MACHINE_ADDED = "machine.added", "{actor} enrolled the machine {subject}"
    ACCESS_GRANTED = "access.granted", "{actor} gave {grantee} access to {subject}"
    # standards
    PROFILE_PROPOSED = "profile.proposed", "{actor} proposed the standards profile {subject}"
    PROFILE_ADOPTED = "profile.adopted", "{actor} adopted the standards profile {subject}"
    # hotlists
    HOTLIST_CREATED = "hotlist.created", "{actor} created the hotlist {subject}"
    ENTRY_DRAFTED = "entry.drafted", "{actor} wrote a draft of {subject}"
    ENTRY_EDITED = "entry.edited", "{actor} edited a draft of {subject}"
    ENTRY_SUBMITTED = "entry.submitted", "{actor} submitted version {version} of {subject} for a decision"
    ENTRY_APPROVED = "entry.approved", "{actor} approved version {version} of {subject}: {rationale}"
    ENTRY_REJECTED = "entry.rejected", "{actor} rejected version {version} of {subject}: {rationale}"
    ENTRY_RETURNED = "entry.returned", "{actor} sent version {version} of {subject} back: {rationale}"
    ENTRY_WITHDRAWN = "entry.withdrawn", "{actor} withdrew {subject}: {reason}"
    ENTRY_SUSPENDED = "entry.suspended", "{actor} suspended {subject}: {reason}"
    ENTRY_RESUMED = "entry.resumed", "{actor} lifted the suspension of {subject}: {reason}"
    ENTRY_REVIEWED = "entry.reviewed", "{actor} reviewed {subject}; next review by {review_by}"
    ENTRY_OPENED = "entry.opened", "{actor} opened {subject}"
    PLATE_SEARCHED = "plate.searched", "{actor} searched the lists for a plate ({count} found): {reason}"
    # the log itself
    LOG_CONSULTED = "log.consulted", "{actor} read the audit log to {purpose}"

    @property
    def operation(self) -> Operation:
        """Which of the law's operations this is."""
        return _OPERATIONS.get(self, Operation.ALTERATION)


_OPERATIONS = {
    Verb.SIGN_IN_OPENED: Operation.HOUSEKEEPING,
    Verb.SIGN_IN_ENDED: Operation.HOUSEKEEPING,
    Verb.ENTRY_DRAFTED: Operation.COLLECTION,
    Verb.ENTRY_OPENED: Operation.CONSULTATION,
    Verb.PLATE_SEARCHED: Operation.CONSULTATION,
    Verb.LOG_CONSULTED: Operation.CONSULTATION,
}
