"""Rules about decisions that PostgreSQL keeps.

Messages are for those who go round the actions; people meet the policies' words first.
"""

import pgtrigger

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
        IF version.status NOT IN ('submitted', 'emergency') THEN
            RAISE EXCEPTION 'only a submitted version is decided; this one is %', version.status
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.decided_by_id IN (version.written_by_id, version.submitted_by_id) OR EXISTS (
            SELECT FROM hotlists_contribution c WHERE c.version_id = version.id AND c.user_id = NEW.decided_by_id
        ) THEN
            RAISE EXCEPTION 'whoever wrote, edited or submitted a version does not decide it'
                USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (
            SELECT FROM hotlists_emergencyauthority a
                WHERE a.entry_id = version.entry_id AND a.recorded_by_id = NEW.decided_by_id
        ) THEN
            RAISE EXCEPTION 'whoever recorded emergency authority does not decide the entry'
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
        SELECT GREATEST(c.decider_rank, CASE WHEN version.protected_activity THEN 50 ELSE 0 END,
                CASE WHEN version.risk_override <> '' THEN 30 ELSE 0 END) INTO rank_needed
            FROM standards_category c WHERE c.profile_id = version.profile_id AND c.code = version.category;
        IF rank_now IS NULL OR rank_needed IS NULL OR NEW.rank <> rank_now OR rank_now < rank_needed THEN
            RAISE EXCEPTION 'a decision of this category needs rank %, and the decider holds %', rank_needed, rank_now
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
