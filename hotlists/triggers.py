"""Rules about entries that PostgreSQL keeps, whoever writes: shell, bulk update and superuser included.

Messages are for those who go round the actions; people meet the policies' words first.
"""

import pgtrigger

VERSION_IS_BORN_A_DRAFT = pgtrigger.Trigger(
    name="born_a_draft",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION 'a version begins as a draft, not as %', NEW.status USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

# a submitted version is never altered; it becomes approved only while enough approving decisions of people of
# rank stand; whoever wrote, edited or submitted it is none of them (the decision's own trigger holds that).
SUBMITTED_VERSION_IS_FIXED = pgtrigger.Trigger(
    name="fixed_once_submitted",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    declare=[("category", "standards_category%ROWTYPE"), ("yes", "integer"), ("needed", "integer")],
    func="""
        IF TG_OP = 'DELETE' THEN
            IF OLD.status <> 'draft' AND NOT (current_user = 'portal_retention') THEN
                RAISE EXCEPTION 'a submitted version is never deleted' USING ERRCODE = 'check_violation';
            END IF;
            RETURN OLD;
        END IF;
        IF OLD.status = 'draft' AND NEW.status = 'draft' THEN
            RETURN NEW;
        END IF;
        IF OLD.status = 'draft' AND NEW.status = 'submitted' THEN
            RETURN NEW;
        END IF;
        IF OLD.status <> 'submitted' OR NEW.status NOT IN ('approved', 'rejected', 'returned') THEN
            RAISE EXCEPTION 'a version that is % cannot become %', OLD.status, NEW.status
                USING ERRCODE = 'check_violation';
        END IF;
        IF to_jsonb(NEW) - 'status' <> to_jsonb(OLD) - 'status' THEN
            RAISE EXCEPTION 'a submitted version is never altered' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.status = 'approved' THEN
            SELECT * INTO category FROM standards_category
                WHERE profile_id = OLD.profile_id AND code = OLD.category;
            needed := GREATEST(COALESCE(category.deciders, 1), CASE WHEN OLD.protected_activity THEN 2 ELSE 1 END);
            SELECT count(DISTINCT d.decided_by_id) INTO yes FROM hotlists_decision d
                WHERE d.version_id = OLD.id AND d.verdict = 'approve';
            IF yes < needed OR EXISTS (
                SELECT FROM hotlists_decision d WHERE d.version_id = OLD.id AND d.verdict <> 'approve'
            ) THEN
                RAISE EXCEPTION 'version % has % of % approving decisions', OLD.id, yes, needed
                    USING ERRCODE = 'check_violation';
            END IF;
        ELSIF NOT EXISTS (
            SELECT FROM hotlists_decision d WHERE d.version_id = OLD.id
                AND d.verdict = CASE NEW.status WHEN 'rejected' THEN 'reject' ELSE 'return' END
        ) THEN
            RAISE EXCEPTION 'nobody decided that version % be %', OLD.id, NEW.status USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

# another person, in their own session, with the rank of that moment. The version is locked, so that no hand can
# slip into it beside the decision.
DECISION_BY_ANOTHER_OF_RANK = pgtrigger.Trigger(
    name="by_another_of_rank",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[
        ("version", "hotlists_entryversion%ROWTYPE"),
        ("rank_now", "integer"),
        ("rank_needed", "integer"),
    ],
    func="""
        SELECT * INTO version FROM hotlists_entryversion WHERE id = NEW.version_id FOR UPDATE;
        IF version.status <> 'submitted' THEN
            RAISE EXCEPTION 'only a submitted version is decided; this one is %', version.status
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.decided_by_id IN (version.written_by_id, version.submitted_by_id) OR EXISTS (
            SELECT FROM hotlists_contribution c WHERE c.version_id = version.id AND c.user_id = NEW.decided_by_id
        ) THEN
            RAISE EXCEPTION 'whoever wrote, edited or submitted a version does not decide it'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (
            SELECT FROM accounts_signin s WHERE s.id = NEW.sign_in_id AND s.user_id = NEW.decided_by_id
                AND s.ended_at IS NULL AND s.opened_at <= NEW.decided_at
        ) THEN
            RAISE EXCEPTION 'a decision is made in an open session of the person who decides'
                USING ERRCODE = 'check_violation';
        END IF;
        SELECT u.rank INTO rank_now FROM accounts_user u WHERE u.id = NEW.decided_by_id AND u.is_active;
        SELECT GREATEST(c.decider_rank, CASE WHEN version.protected_activity THEN 50 ELSE 0 END) INTO rank_needed
            FROM standards_category c WHERE c.profile_id = version.profile_id AND c.code = version.category;
        IF rank_now IS NULL OR rank_needed IS NULL OR NEW.rank <> rank_now OR rank_now < rank_needed THEN
            RAISE EXCEPTION 'a decision of this category needs rank %, and the decider holds %', rank_needed, rank_now
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

CONTRIBUTION_STANDS = pgtrigger.Trigger(
    name="stands",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF TG_OP = 'DELETE' AND (current_user = 'portal_retention' OR NOT EXISTS (
            SELECT FROM hotlists_entryversion v WHERE v.id = OLD.version_id AND v.status <> 'draft'
        )) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'that somebody contributed is never taken back' USING ERRCODE = 'check_violation';
    """,
)

TERM_OF_AN_APPROVED_VERSION = pgtrigger.Trigger(
    name="of_an_approved_version",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("version", "hotlists_entryversion%ROWTYPE")],
    func="""
        SELECT * INTO version FROM hotlists_entryversion WHERE id = NEW.version_id;
        IF version.status <> 'approved' OR version.entry_id <> NEW.entry_id THEN
            RAISE EXCEPTION 'only an approved version of the entry governs it' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.expires_at > version.expires_at OR NEW.starts_at < version.starts_at THEN
            RAISE EXCEPTION 'a term lies within what was approved' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.review_by > version.review_by AND NOT EXISTS (
            SELECT FROM hotlists_review r WHERE r.version_id = version.id AND r.review_by = NEW.review_by
        ) THEN
            RAISE EXCEPTION 'review-by moves only by a review' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

TERM_ENDS_ONCE = pgtrigger.Trigger(
    name="ends_once",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        -- a generated column is not known yet before the row is written
        IF OLD.until_at IS NOT NULL
            OR to_jsonb(NEW) - ARRAY['until_at', 'lapses_at'] <> to_jsonb(OLD) - ARRAY['until_at', 'lapses_at'] THEN
            RAISE EXCEPTION 'of a term only its end is written, and once' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

ENTRY_STAYS_WITHDRAWN = pgtrigger.Trigger(
    name="stays_withdrawn",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
    func="RAISE EXCEPTION 'a withdrawn entry comes back only as a new request' USING ERRCODE = 'check_violation';",
)
