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
    USER_CHANGED = "user.changed", "{actor} changed {subject}: now {rank}, {roles}"
    USER_DEACTIVATED = "user.deactivated", "{actor} ended the access of {subject}"
    TEAM_ADDED = "team.added", "{actor} made the team {subject} of {members}"
    TEAM_CHANGED = "team.changed", "{actor} changed the team {subject}: now {members}; left: {gone}"
    MACHINE_ADDED = "machine.added", "{actor} enrolled the machine {subject}"
    MACHINE_SECRET_ISSUED = (
        "machine.secret_issued",
        "{actor} issued another secret for the machine {subject}; the one before ends by {until}",
    )
    MACHINE_SECRET_TAKEN_UP = "machine.secret_taken_up", "{actor} signed in by its new secret, which ended the old"
    ACCESS_GRANTED = "access.granted", "{actor} gave {grantee} access to {subject}"
    ACCESS_REVOKED = "access.revoked", "{actor} took access to {subject} from {grantee}"
    REASON_STATED = "reason.stated", "{actor} said why they look: {purpose}, {case_ref}. {words}"
    # standards
    PROFILE_PROPOSED = "profile.proposed", "{actor} proposed the standards profile {subject}"
    PROFILE_ADOPTED = "profile.adopted", "{actor} adopted the standards profile {subject}"
    # hotlists
    HOTLIST_CREATED = "hotlist.created", "{actor} created the hotlist {subject}"
    HOTLIST_CHANGED = (
        "hotlist.changed",
        "{actor} changed {fields} of the hotlist {subject}; entries that no longer fit: {count}",
    )
    HOTLIST_HANDED_OVER = (
        "hotlist.handed_over",
        "{actor} handed the hotlist {subject} to {owner}, with {deputy} as deputy: {reason}",
    )
    HOTLIST_CLOSED = "hotlist.closed", "{actor} closed the hotlist {subject}: {reason}"
    JUSTIFICATION_PROPOSED = (
        "justification.proposed",
        "{actor} put forward why {hotlist} is justified until {until}: {words}",
    )
    JUSTIFICATION_APPROVED = "justification.approved", "{actor} found {hotlist} justified until {until}: {rationale}"
    JUSTIFICATION_REJECTED = "justification.rejected", "{actor} found {hotlist} not justified: {rationale}"
    ENTRY_DRAFTED = "entry.drafted", "{actor} wrote a draft of {subject}"
    ENTRY_EDITED = "entry.edited", "{actor} edited a draft of {subject}"
    INTEREST_LINKED = "interest.linked", "{actor} took the vehicle of {source} over into a draft of {subject}"
    ENTRY_SUBMITTED = "entry.submitted", "{actor} submitted version {version} of {subject} for a decision"
    ENTRY_APPROVED = "entry.approved", "{actor} approved version {version} of {subject}: {rationale}"
    ENTRY_REJECTED = "entry.rejected", "{actor} rejected version {version} of {subject}: {rationale}"
    ENTRY_RETURNED = "entry.returned", "{actor} sent version {version} of {subject} back: {rationale}"
    EMERGENCY_RECORDED = (
        "emergency.recorded",
        "{actor} recorded that {given_by} authorised {subject} by word of mouth until {ends_at}: {words}",
    )
    DECISION_SEALED = (
        "decision.sealed",
        "{actor} decided version {version} of {subject}; nobody reads how until {needed} people have decided",
    )
    DECISIONS_OPENED = (
        "decisions.opened",
        "{actor} was the last to decide version {version} of {subject}, which is {outcome} now: {told}",
    )
    ENTRY_WITHDRAWN = "entry.withdrawn", "{actor} withdrew {subject}: {reason}"
    ENTRY_SUSPENDED = "entry.suspended", "{actor} suspended {subject}: {reason}"
    ENTRY_DISPUTED = "entry.disputed", "{actor} disputed {subject}: {reason}"
    ENTRY_PASSED_ON = "entry.passed_on", "{actor} passed {subject} on to {owner}, deputy {deputy}: {reason}"
    ENTRY_RESUMED = "entry.resumed", "{actor} lifted the suspension of {subject}: {reason}"
    ENTRY_NARROWED = "entry.narrowed", "{actor} narrowed {subject} ({what}): {reason}"
    ENTRY_REVIEWED = "entry.reviewed", "{actor} reviewed {subject}; next review by {review_by}"
    ENTRY_OPENED = "entry.opened", "{actor} opened {subject}"
    ENTRIES_SHOWN = "entries.shown", "{actor} looked at {count} entries: {where}"
    ENTRIES_UPLOADED = (
        "entries.uploaded",
        "{actor} uploaded {file_name}, {count} entries for {hotlist}, {problems} with problems",
    )
    ENTRIES_CHANGE_PLANNED = (
        "entries.change_planned",
        "{actor} planned to change {fields} of {count} entries of {hotlist}",
    )
    ENTRIES_DRAFTING = "entries.drafting", "{actor} asked for the drafts of {subject}"
    ENTRIES_DRAFTED = "entries.drafted", "{actor} wrote {count} drafts for {hotlist} in the name of {author}"
    ENTRIES_DISCARDED = "entries.discarded", "{actor} discarded {subject}; nothing was written"
    ENTRIES_UNDONE = "entries.undone", "{actor} deleted {count} drafts of {subject} again and kept {kept}"
    ENTRIES_PASSING_PLANNED = (
        "entries.passing_planned",
        "{actor} planned to pass {count} entries of {hotlist} on to {owner}",
    )
    ENTRIES_PASSED_ON = (
        "entries.passed_on",
        "{actor} passed {count} entries of {hotlist} on to {owner}, deputy {deputy}: {reason}",
    )
    ENTRIES_GIVEN_BACK = (
        "entries.given_back",
        "{actor} gave {count} entries of {hotlist} back to who answered for them before, and left {kept}",
    )
    ENTRIES_PROBLEMS_TAKEN = "entries.problems_taken", "{actor} downloaded the file of {subject} with its problems"
    DRAFT_DISCARDED = "draft.discarded", "{actor} deleted a draft of {subject}"
    RELEASE_ASKED = (
        "release.asked",
        "{actor} asked to submit {count} entries of {subject} beyond the daily number: {reason}",
    )
    RELEASE_GIVEN = "release.given", "{actor} released {count} entries of {subject} beyond the daily number: {reason}"
    RELEASE_REFUSED = (
        "release.refused",
        "{actor} refused {count} entries of {subject} beyond the daily number: {reason}",
    )
    PLATE_SEARCHED = "plate.searched", "{actor} searched the lists for a plate ({count} found): {reason}"
    PLATES_SEARCHED = (
        "plates.searched",
        "{actor} searched the lists for plates like {pattern} ({count} found): {reason}",
    )
    FILTER_SAVED = "filter.saved", "{actor} saved a filter of {page}"
    FILTER_CHANGED = "filter.changed", "{actor} changed a saved filter of {page}"
    FILTER_DROPPED = "filter.dropped", "{actor} deleted a saved filter of {page}"
    PLATE_CHECKED = "plate.checked", "{actor} checked a plate against the warninglists ({count} warn)"
    WARNINGLIST_BEGUN = "warninglist.begun", "{actor} began the {subject}"
    WARNINGLIST_LOADED = (
        "warninglist.loaded",
        "{actor} loaded {file_name} as {subject}: {count} plates, {problems} rows left out",
    )
    WARNINGLIST_ACCEPTED = "warninglist.accepted", "{actor} accepted {subject} with {count} plates; it is in use now"
    WARNINGLIST_DISCARDED = "warninglist.discarded", "{actor} discarded {subject}"
    WARNINGLIST_BROUGHT_BACK = "warninglist.brought_back", "{actor} brought {subject} back into use: {reason}"
    WARNINGLIST_RETIRED = "warninglist.retired", "{actor} retired the {subject}: {reason}"
    WARNINGLIST_OPENED = "warninglist.opened", "{actor} looked at {count} plates of {subject}"
    WARNINGLIST_PROBLEMS_TAKEN = (
        "warninglist.problems_taken",
        "{actor} downloaded the {count} rows that were left out of {subject}",
    )
    REFUSAL_ANSWERED = (
        "refusal.answered",
        "{actor} lets {subject} name a plate that the warninglist {warninglist} refuses: {words}",
    )
    EXPORT_TAKEN = "export.taken", "{actor} took {count} rows away as a file ({what}): {reason}"
    VEHICLE_DECLARED = "vehicle.declared", "{actor} declared a vehicle as connected with them: {connection}"
    DECLARATION_WITHDRAWN = (
        "declaration.withdrawn",
        "{actor} withdrew a vehicle that they had declared; it bars them until {until}",
    )
    DECLARED_SHOWN = "declared.shown", "{actor} read {count} declared vehicles"
    CONFLICT_REPORTED = (
        "conflict.reported",
        "{actor} tried this on a vehicle declared as connected with them: {act}. Professional standards are told",
    )
    CONFLICTS_SHOWN = "conflicts.shown", "{actor} read {count} reports of conflicts of interest"
    CONFLICT_ANSWERED = "conflict.answered", "{actor} acknowledged a {subject}: {words}"
    NOTICE_RAISED = (
        "notice.raised",
        "{actor} submitted {entry}, which touches {kinds}: the data protection officer is told",
    )
    NOTICE_OPENED = "notice.opened", "{actor} opened the {subject}"
    NOTICE_ANSWERED = "notice.answered", "{actor} acknowledged the {subject}: {words}"
    # camera sites and their assessments
    DPIA_DRAFTED = "dpia.drafted", "{actor} wrote a draft of version {version} of {subject}"
    DPIA_IMPORTED = (
        "dpia.imported",
        "{actor} took {subject} from a file of {source}; parts kept without a section: {left}",
    )
    DPIA_EDITED = "dpia.edited", "{actor} edited the draft of version {version} of {subject}"
    DPIA_FILE_ATTACHED = "dpia.file_attached", "{actor} attached {name} to a draft of {subject}"
    DPIA_FILE_DETACHED = "dpia.file_detached", "{actor} took {name} off a draft of {subject}"
    DPIA_FILE_REFUSED = "dpia.file_refused", "{actor} refused {name}, attached to {subject}: {found}"
    DPIA_FILE_OPENED = "dpia.file_opened", "{actor} opened {name}, attached to {subject}"
    DPIA_SUBMITTED = "dpia.submitted", "{actor} submitted version {version} of {subject} for advice and decision"
    DPIA_ADVISED = "dpia.advised", "{actor} advised {advice} version {version} of {subject}: {words}"
    DPIA_APPROVED = (
        "dpia.approved",
        "{actor} approved version {version} of {subject}, to be reviewed by {review_due_at}: {words}",
    )
    DPIA_SENT = (
        "dpia.sent",
        "{actor} recorded that version {version} of {subject} went to the Commissioner as {reference} on {day}: {words}",
    )
    DPIA_ANSWERED = (
        "dpia.answered",
        "{actor} recorded the Commissioner’s answer on version {version} of {subject}, {outcome}: {words}",
    )
    DPIA_REJECTED = "dpia.rejected", "{actor} rejected version {version} of {subject}: {words}"
    DPIA_COVERS = "dpia.covers", "{actor} said that {subject} covers a {kind} too: {words}"
    DPIA_COVERS_NO_MORE = "dpia.covers_no_more", "{actor} ended that {subject} covers a {kind}: {reason}"
    DPIA_REVIEW_DEMANDED = (
        "dpia.review_demanded",
        "{actor} gave cause to review {subject} by {due_at}, {trigger}: {words}",
    )
    DPIA_REVIEW_ANSWERED = "dpia.review_answered", "{actor} reviewed {subject}: no change needed, because {words}"
    MEASURE_TAKEN = "dpia.measure_taken", "{actor} said that the measure {key} of {subject} is in place: {evidence}"
    SITE_PROPOSED = "site.proposed", "{actor} proposed the camera site {subject}"
    SITE_EDITED = "site.edited", "{actor} changed {fields} of the camera site {subject}"
    CAMERA_ADDED = "camera.added", "{actor} added the camera {camera} to the site {subject}"
    CAMERA_DESCRIBED = "camera.described", "{actor} changed {fields} of the camera {camera} of {subject}"
    CAMERA_TAKEN_DOWN = "camera.taken_down", "{actor} took the camera {camera} of {subject} down: {reason}"
    SITE_SET_LIVE = (
        "site.set_live",
        "{actor} set the camera site {subject} live, on the basis of {basis}, {likelihood}: {words}",
    )
    SITE_SUSPENDED = "site.suspended", "{actor} suspended the camera site {subject}: {reason}"
    SITE_RETURNED = "site.returned", "{actor} returned the camera site {subject} to service: {reason}"
    SITE_DECOMMISSIONED = "site.decommissioned", "{actor} decommissioned the camera site {subject}: {reason}"
    SITE_OPENED = "site.opened", "{actor} opened the camera site {subject} with its precise location"
    SITE_CONSULTED = "site.consulted", "{actor} logged what {whom} said of the camera site {subject}"
    SITE_SHARED = (
        "site.shared",
        "{actor} wrote down that reads of {subject} go to {organisation} until {until_at}: {purpose}",
    )
    SITE_SHARING_ENDED = "site.sharing_ended", "{actor} ended the sharing of {subject} with {organisation}"
    SIGNS_INSPECTED = "site.signs_inspected", "{actor} wrote down that the signs of {subject} are {found}"
    POSITION_CHECKED = (
        "camera.position_checked",
        "{actor} compared where the camera {camera} of {subject} says it stands: {metres} metres apart",
    )
    CAMERA_TESTED = (
        "camera.tested",
        "{actor} wrote down a test of the camera {camera} of {subject}, {light}, of {sample} plates: {result}",
    )
    NEED_QUESTIONED = "site.need_questioned", "{actor} asked whether {subject} is still needed, {trigger}: {words}"
    NEED_REVIEWED = "site.need_reviewed", "{actor} reviewed whether {subject} is still needed: {outcome}. {words}"
    CODE_BEGUN = "code.begun", "{actor} began the {subject}"
    CODE_ANSWERED = "code.answered", "{actor} answered principle {principle} of the {subject}: {compliance}"
    CODE_SUMMARISED = "code.summarised", "{actor} wrote the summary of the {subject}"
    CODE_GAP_ADDED = "code.gap_added", "{actor} gave {owner} a gap in principle {principle} of the {subject}: {words}"
    CODE_GAP_DROPPED = "code.gap_dropped", "{actor} took a gap in principle {principle} out of the {subject}: {words}"
    CODE_GAP_CLOSED = "code.gap_closed", "{actor} closed a gap in principle {principle} of the {subject}: {words}"
    CODE_SIGNED = "code.signed", "{actor} signed the {subject}"
    CODE_PUBLISHED = "code.published", "{actor} published the {subject}"
    ROADS_READ = "roads.read", "{actor} read {count} stretches of road from a file, as {subject}; source: {source}"
    ROADS_USED = "roads.used", "{actor} has sites judged by {subject} from now on"
    SITES_READ = "sites.read", "{actor} read a file of {count} camera sites, {file}: {problems} rows with problems"
    SITES_IMPORTED = "sites.imported", "{actor} proposed {count} camera sites of {file} and changed {changed}"
    SITES_EXPORTED = "sites.exported", "{actor} took {count} camera sites away as {form}: {reason}"
    SITES_MAPPED = "sites.mapped", "{actor} opened a map of {count} camera sites"
    # matchers
    MATCHER_ADDED = "matcher.added", "{actor} added the matcher {subject}: {purpose}"
    MATCHER_CODE_RENEWED = "matcher.code_renewed", "{actor} made a new enrolment code for the matcher {subject}"
    MATCHER_ENROLLED = "matcher.enrolled", "{actor} enrolled with a key of its own as {subject}"
    LIST_ALLOCATED = "list.allocated", "{actor} gave the list {list} to the matcher {matcher} until {until}: {purpose}"
    LIST_PROLONGED = (
        "list.prolonged",
        "{actor} let the matcher {matcher} have the list {list} until {until}, not {before}: {reason}",
    )
    MATCHER_STOPPED = "matcher.stopped", "{actor} stopped the matcher {subject} and took every list from it: {reason}"
    MATCHER_RESTARTED = "matcher.restarted", "{actor} started the matcher {subject} again: {reason}"
    LIST_REVOKED = "list.revoked", "{actor} took the list {list} away from the matcher {matcher}: {reason}"
    PUBLICATION_RELEASED = (
        "publication.released",
        "{actor} published {subject}: {count} rows, {added} added, {removed} removed",
    )
    PUBLICATION_ENDED = "publication.ended", "{actor} published {subject}, which ends the list for {matcher}"
    HALT_BEGUN = (
        "halt.begun",
        "{actor} stopped the next revision of {subject} at {rows} rows, {share} per cent of the list",
    )
    REFUSALS_SHOWN = "refusals.shown", "{actor} looked at {count} plates of {subject} that are not published"
    HALT_OPENED = "halt.opened", "{actor} looked at {count} rows that the stopped revision of {subject} holds back"
    HALT_RELEASED = "halt.released", "{actor} released the stopped revision of {subject}: {reason}"
    HALT_REFUSED = "halt.refused", "{actor} refused the stopped revision of {subject}: {reason}"
    HALT_ENDED = "halt.ended", "{actor} ended the stop of {subject}: {how}"
    SITES_PUBLISHED = "sites.published", "{actor} published which of {count} camera sites are in service"
    RECALL_OPENED = "recall.opened", "{actor} recalled {count} rows with {subject}"
    RECEIPT_RIGHT = (
        "receipt.right",
        "{actor} proved that it holds revision {revision} of {list} ({recalls_closed} forgotten)",
    )
    RECEIPT_WRONG = "receipt.wrong", "{actor} gave a wrong answer about revision {revision} of {list}"
    LOG_DISPUTED = "log.disputed", "{actor} has seen another log than ours: {checkpoint}"
    PUBLICATION_PRUNED = (
        "publication.pruned",
        "{actor} removed {count} published files that nothing names any more, and {documents} documents",
    )
    ROOT_TAKEN = "root.taken", "{actor} took up version {version} of the root of trust, signed by its holders"
    LIST_KEY_CHANGED = "list.key_changed", "{actor} changed the key that signs {subject}: {reason}"
    PUBLICATION_RESUMED = (
        "publication.resumed",
        "{actor} carried the publication on above what was published before the database was restored: {reason}",
    )
    DISCLOSURE_MADE = (
        "disclosure.made",
        "{actor} took {count} rows of {list} away as an unsigned file ({form}) for {recipient}: {reason}",
    )
    DISCLOSURE_TOLD = "disclosure.told", "{actor} told {recipient} of {count} rows taken back from {subject}: {how}"
    DISCLOSURE_OPENED = "disclosure.opened", "{actor} looked at {count} plates taken back from {subject}"
    LEGACY_FETCHED = "legacy.fetched", "{actor} fetched {count} rows of {lists} unsigned, as revision {number}"
    LEGACY_HELD = "legacy.held", "{actor} said that it holds revision {number} of {lists}; nothing proves it"
    # feeds
    AGREEMENT_PROPOSED = "agreement.proposed", "{actor} proposed an {subject} for {hotlist}"
    AGREEMENT_MADE = "agreement.made", "{actor} made the {subject} for {hotlist}"
    AGREEMENT_ENDED = "agreement.ended", "{actor} ended the {subject} for {hotlist}: {reason}"
    IMPORT_PROFILE_BEGUN = "import_profile.begun", "{actor} drafted {subject}"
    IMPORT_PROFILE_EDITED = "import_profile.edited", "{actor} changed the draft of {subject}"
    IMPORT_PROFILE_PROPOSED = "import_profile.proposed", "{actor} proposed {subject}"
    IMPORT_PROFILE_APPROVED = "import_profile.approved", "{actor} approved {subject}: files are read by it from now on"
    IMPORT_PROFILE_ENDED = "import_profile.ended", "{actor} turned {subject} down"
    LOAD_RECEIVED = "load.received", "{actor} uploaded the file {file_name} for {hotlist}"
    LOAD_FILE_SET_ASIDE = "load.file_set_aside", "{actor} set the file {file_name} aside, left for {subject}: {reason}"
    LOAD_CHECKED = "load.checked", "{actor} checked {subject}: {count} rows, {problems} problems"
    LOAD_ACCEPTED = "load.accepted", "{actor} accepted {subject}, leaving out {left_out} rows"
    LOAD_REFUSED = "load.refused", "{actor} refused {subject}: {reason}"
    LOAD_MERGED = "load.merged", "{actor} loaded {subject}: {added} added, {changed} changed, {removed} removed"
    LOAD_PROBLEMS_TAKEN = "load.problems_taken", "{actor} downloaded the file of {subject} with its problems"
    FEED_ROW_SUSPENDED = "feed_row.suspended", "{actor} held a row of {hotlist} back: {reason}"
    FEED_ROW_RELEASED = "feed_row.released", "{actor} let a row of {hotlist} go again: {reason}"
    FEED_ROW_RECONFIRMED = "feed_row.reconfirmed", "{actor} confirmed a row of {hotlist} anew: {reason}"
    EXCEPTIONS_TAKEN = "exceptions.taken", "{actor} took {count} plates held back of {subject}, to tell its source"
    SOURCE_TOLD = "source.told", "{actor} recorded that the source of {subject} knows of {count} plates held back"
    RECOVERY_RECORDED = "recovery.recorded", "{actor} recorded a vehicle of {hotlist} as recovered: {reference}"
    EXCEPTIONS_SHOWN = "exceptions.shown", "{actor} looked at {count} plates held back of {subject}"
    REMINDERS_SHOWN = "reminders.shown", "{actor} looked at {count} reports that the source of {subject} has to confirm"
    REMINDERS_TAKEN = "reminders.taken", "{actor} took {count} reports of {subject}, to remind its source of them"
    DEPARTURES_SHOWN = "departures.shown", "{actor} looked at {count} rows that left {subject}"
    FEED_WEEDED = "feed.weeded", "{actor} weeded {count} rows of {subject} whose time had come"
    # oversight
    FIGURES_RELEASED = "figures.released", "{actor} released the public figures"
    # retention
    RETENTION_PREVIEWED = "retention.previewed", "{actor} counted what is past its period: {count} records, {held} held"
    RETENTION_SAMPLED = (
        "retention.sampled",
        "{actor} looked at {count} {records} that {subject} would erase, {held} held",
    )
    RETENTION_STARTED = "retention.started", "{actor} started {subject}, which counted {count} records"
    RETENTION_PAUSED = "retention.paused", "{actor} paused {subject}"
    RETENTION_GONE_ON = "retention.gone_on", "{actor} let {subject} go on"
    RECORDS_ERASED = (
        "records.erased",
        "{actor} erased {count} records past their period, as {started_by} started; {subject}",
    )
    STOCK_TAKEN = (
        "stock.taken",
        "{actor} looked how old everything is that is kept: {late} records late, {waiting} waiting",
    )
    PERIOD_SHORTENED = (
        "period.shortened",
        "{actor} made {records} be kept {months} months, not {months_before}: {reason}",
    )
    PERIOD_PROPOSED = (
        "period.proposed",
        "{actor} proposed to keep {records} {months} months, not {months_before}: {reason}",
    )
    PERIOD_AGREED = "period.agreed", "{actor} agreed to keep {records} {months} months, not {months_before}: {reason}"
    PERIOD_DECLINED = "period.declined", "{actor} declined to keep {records} {months} months: {reason}"
    HOLD_PLACED = "hold.placed", "{actor} placed a hold on {what} for {case_ref}: {reason}"
    HOLD_REVIEWED = "hold.reviewed", "{actor} found the hold on {what} for {case_ref} still needed: {reason}"
    HOLD_RELEASED = "hold.released", "{actor} released the hold on {what} for {case_ref}: {reason}"
    # hits
    HIT_REPORTED = "hit.reported", "{actor} reported {subject}"
    HIT_WITHHELD = "hit.withheld", "{actor} reported {subject}, which a suppression list withholds"
    HIT_OPENED = "hit.opened", "{actor} opened {subject}"
    HITS_SEARCHED = "hits.searched", "{actor} looked through past hits ({count} found): {reason}"
    HIT_ACKNOWLEDGED = "hit.acknowledged", "{actor} took on {subject}"
    HIT_VERIFIED = "hit.verified", "{actor} verified {subject}: {result}"
    HIT_CLOSED = "hit.closed", "{actor} recorded the outcome of {subject}: {decision}"
    # scrutiny
    FINDING_OPENED = "finding.opened", "{actor} opened a finding for {owner}: {title}"
    FINDING_NOTED = "finding.noted", "{actor} noted of {subject}: {words}"
    FINDING_CLOSED = "finding.closed", "{actor} answered {subject}: {words}"
    FINDING_REOPENED = "finding.reopened", "{actor} tested the answer to {subject}, which does not hold: {words}"
    FINDING_SETTLED = "finding.settled", "{actor} tested the answer to {subject}, which holds: {words}"
    SIGNALS_LOOKED_FOR = (
        "signals.looked_for",
        "{actor} looked for signs of misuse: {count} new, {grown} that wait have grown",
    )
    SIGNAL_TAKEN_UP = "signal.taken_up", "{actor} took up {subject} as a finding for {owner}: {words}"
    SIGNAL_DISMISSED = "signal.dismissed", "{actor} dismissed {subject}: {words}"
    SAMPLE_DRAWN = "sample.drawn", "{actor} drew the {subject}: {count} items by the seed {seed}"
    SAMPLE_ANSWERED = "sample.answered", "{actor} worked {subject}, {outcome}: {words}"
    CONCERN_RECORDED = "concern.recorded", "{actor} wrote down a {what}: {title}"
    CONCERN_OPENED = "concern.opened", "{actor} opened {subject}"
    CONCERN_NOTED = "concern.noted", "{actor} noted of {subject}: {words}"
    CONCERN_ANSWERED = "concern.answered", "{actor} answered {subject}, {answer}: {words}"
    CONCERN_REOPENED = "concern.reopened", "{actor} took up {subject} again: {words}"
    CERTIFICATE_SIGNED = "certificate.signed", "{actor} signed the {subject}"
    # the log itself
    LOG_CONSULTED = "log.consulted", "{actor} read the audit log to {purpose}: {what}"
    LOG_TAKEN = "log.taken", "{actor} began to take {what} out of the audit log for {recipients}, to {purpose}"
    LOG_HANDED_OUT = (
        "log.handed_out",
        "{actor} took {count} events out of the audit log for {recipients}: {what}; SHA-256 {sha256}",
    )
    LOG_LOOKED_INTO = "log.looked_into", "{actor} had the audit log verified: {what}"
    LOG_VERIFIED = "log.verified", "{actor} found the audit log to be what was sealed, from event {after} to {size}"
    LOG_BROKEN = "log.broken", "{actor} found the audit log not to be what was sealed: {problem}"

    @property
    def operation(self) -> Operation:
        """Which of the law's operations this is."""
        return _OPERATIONS.get(self, Operation.ALTERATION)


_OPERATIONS = {
    Verb.SIGN_IN_OPENED: Operation.HOUSEKEEPING,
    Verb.SIGN_IN_ENDED: Operation.HOUSEKEEPING,
    Verb.REASON_STATED: Operation.HOUSEKEEPING,
    Verb.ENTRY_DRAFTED: Operation.COLLECTION,
    Verb.ENTRIES_UPLOADED: Operation.COLLECTION,
    Verb.ENTRIES_DRAFTED: Operation.COLLECTION,
    Verb.ENTRIES_DISCARDED: Operation.ERASURE,
    Verb.ENTRIES_UNDONE: Operation.ERASURE,
    Verb.ENTRIES_PROBLEMS_TAKEN: Operation.DISCLOSURE,
    Verb.DRAFT_DISCARDED: Operation.ERASURE,
    Verb.EMERGENCY_RECORDED: Operation.COLLECTION,
    Verb.ENTRY_OPENED: Operation.CONSULTATION,
    Verb.ENTRIES_SHOWN: Operation.CONSULTATION,
    Verb.PLATE_SEARCHED: Operation.CONSULTATION,
    Verb.PLATES_SEARCHED: Operation.CONSULTATION,
    Verb.FILTER_SAVED: Operation.HOUSEKEEPING,
    Verb.FILTER_CHANGED: Operation.HOUSEKEEPING,
    Verb.FILTER_DROPPED: Operation.HOUSEKEEPING,
    Verb.PLATE_CHECKED: Operation.CONSULTATION,
    Verb.WARNINGLIST_LOADED: Operation.COLLECTION,
    Verb.WARNINGLIST_ACCEPTED: Operation.COMBINATION,  # from here on every listed plate is held against it
    Verb.WARNINGLIST_BROUGHT_BACK: Operation.COMBINATION,
    Verb.INTEREST_LINKED: Operation.COMBINATION,
    Verb.WARNINGLIST_DISCARDED: Operation.ERASURE,
    Verb.WARNINGLIST_OPENED: Operation.CONSULTATION,
    Verb.WARNINGLIST_PROBLEMS_TAKEN: Operation.DISCLOSURE,
    Verb.EXPORT_TAKEN: Operation.DISCLOSURE,
    Verb.VEHICLE_DECLARED: Operation.COLLECTION,
    Verb.DECLARED_SHOWN: Operation.CONSULTATION,
    Verb.CONFLICT_REPORTED: Operation.COLLECTION,
    Verb.CONFLICTS_SHOWN: Operation.CONSULTATION,
    Verb.NOTICE_RAISED: Operation.DISCLOSURE,
    Verb.NOTICE_OPENED: Operation.CONSULTATION,
    Verb.DPIA_FILE_ATTACHED: Operation.COLLECTION,
    Verb.DPIA_FILE_DETACHED: Operation.ERASURE,
    Verb.DPIA_FILE_REFUSED: Operation.ERASURE,
    Verb.DPIA_FILE_OPENED: Operation.CONSULTATION,
    Verb.SITE_SHARED: Operation.DISCLOSURE,
    Verb.SITE_OPENED: Operation.CONSULTATION,
    Verb.CODE_PUBLISHED: Operation.DISCLOSURE,
    Verb.ROADS_READ: Operation.HOUSEKEEPING,
    Verb.ROADS_USED: Operation.HOUSEKEEPING,
    Verb.SITES_READ: Operation.COLLECTION,
    Verb.SITES_EXPORTED: Operation.DISCLOSURE,
    Verb.SITES_MAPPED: Operation.CONSULTATION,
    Verb.LOAD_RECEIVED: Operation.COLLECTION,
    Verb.LOAD_FILE_SET_ASIDE: Operation.HOUSEKEEPING,
    Verb.LOAD_CHECKED: Operation.COMBINATION,  # the file is held against the list, row by row
    Verb.LOAD_MERGED: Operation.COMBINATION,
    Verb.LOAD_PROBLEMS_TAKEN: Operation.DISCLOSURE,
    Verb.EXCEPTIONS_TAKEN: Operation.DISCLOSURE,
    Verb.EXCEPTIONS_SHOWN: Operation.CONSULTATION,
    Verb.REMINDERS_SHOWN: Operation.CONSULTATION,
    Verb.REMINDERS_TAKEN: Operation.DISCLOSURE,
    Verb.DEPARTURES_SHOWN: Operation.CONSULTATION,
    Verb.SOURCE_TOLD: Operation.DISCLOSURE,
    Verb.FEED_WEEDED: Operation.ERASURE,
    Verb.RETENTION_PREVIEWED: Operation.HOUSEKEEPING,
    Verb.RETENTION_SAMPLED: Operation.CONSULTATION,
    Verb.RETENTION_STARTED: Operation.HOUSEKEEPING,
    Verb.RETENTION_PAUSED: Operation.HOUSEKEEPING,
    Verb.RETENTION_GONE_ON: Operation.HOUSEKEEPING,
    Verb.RECORDS_ERASED: Operation.ERASURE,
    Verb.STOCK_TAKEN: Operation.HOUSEKEEPING,
    Verb.HIT_REPORTED: Operation.COLLECTION,
    Verb.HIT_WITHHELD: Operation.COLLECTION,
    Verb.HIT_OPENED: Operation.CONSULTATION,
    Verb.HITS_SEARCHED: Operation.CONSULTATION,
    Verb.LOG_CONSULTED: Operation.CONSULTATION,
    Verb.LOG_TAKEN: Operation.DISCLOSURE,
    Verb.LOG_HANDED_OUT: Operation.DISCLOSURE,
    Verb.LOG_LOOKED_INTO: Operation.HOUSEKEEPING,
    Verb.LOG_VERIFIED: Operation.HOUSEKEEPING,
    Verb.LOG_BROKEN: Operation.HOUSEKEEPING,
    Verb.MATCHER_ADDED: Operation.HOUSEKEEPING,
    Verb.MATCHER_CODE_RENEWED: Operation.HOUSEKEEPING,
    Verb.MATCHER_ENROLLED: Operation.HOUSEKEEPING,
    Verb.LIST_ALLOCATED: Operation.DISCLOSURE,
    Verb.LIST_PROLONGED: Operation.DISCLOSURE,
    Verb.MATCHER_STOPPED: Operation.ERASURE,
    Verb.MATCHER_RESTARTED: Operation.DISCLOSURE,
    Verb.LIST_REVOKED: Operation.ERASURE,
    Verb.PUBLICATION_RELEASED: Operation.DISCLOSURE,
    Verb.DISCLOSURE_MADE: Operation.DISCLOSURE,
    Verb.DISCLOSURE_TOLD: Operation.DISCLOSURE,
    Verb.DISCLOSURE_OPENED: Operation.CONSULTATION,
    Verb.LEGACY_FETCHED: Operation.DISCLOSURE,
    Verb.LEGACY_HELD: Operation.HOUSEKEEPING,
    Verb.PUBLICATION_ENDED: Operation.ERASURE,
    Verb.HALT_BEGUN: Operation.HOUSEKEEPING,
    Verb.REFUSALS_SHOWN: Operation.CONSULTATION,
    Verb.HALT_OPENED: Operation.CONSULTATION,
    Verb.HALT_RELEASED: Operation.DISCLOSURE,
    Verb.HALT_REFUSED: Operation.HOUSEKEEPING,
    Verb.HALT_ENDED: Operation.HOUSEKEEPING,
    Verb.SITES_PUBLISHED: Operation.HOUSEKEEPING,
    Verb.RECALL_OPENED: Operation.ERASURE,
    Verb.RECEIPT_RIGHT: Operation.HOUSEKEEPING,
    Verb.RECEIPT_WRONG: Operation.HOUSEKEEPING,
    Verb.LOG_DISPUTED: Operation.HOUSEKEEPING,
    Verb.PUBLICATION_PRUNED: Operation.ERASURE,
    Verb.ROOT_TAKEN: Operation.HOUSEKEEPING,
    Verb.LIST_KEY_CHANGED: Operation.HOUSEKEEPING,
    Verb.PUBLICATION_RESUMED: Operation.HOUSEKEEPING,
    Verb.SIGNALS_LOOKED_FOR: Operation.COMBINATION,
    Verb.CONCERN_RECORDED: Operation.COLLECTION,
    Verb.CONCERN_OPENED: Operation.CONSULTATION,
    Verb.SAMPLE_DRAWN: Operation.COMBINATION,
    Verb.FIGURES_RELEASED: Operation.DISCLOSURE,
}
