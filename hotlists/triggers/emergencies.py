"""Rules about emergency verbal authority that PostgreSQL keeps.

Messages are for those who go round the actions; people meet the policies' words first.
"""

import pgtrigger

# named is somebody of rank whose hand is not in the draft and who does not write it down; who writes it down does so
# in a session of their own. 30 is an inspector.
EMERGENCY_BY_ANOTHER_OF_RANK = pgtrigger.Trigger(
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
        IF version.status <> 'draft' OR version.entry_id <> NEW.entry_id THEN
            RAISE EXCEPTION 'emergency authority is given to a draft of the entry' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.key <> version.country || ' ' || version.vrm || ' ' || version.purpose THEN
            RAISE EXCEPTION 'emergency authority names the plate and purpose of its version'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.given_by_id = version.written_by_id OR EXISTS (
            SELECT FROM hotlists_contribution c WHERE c.version_id = version.id AND c.user_id = NEW.given_by_id
        ) THEN
            RAISE EXCEPTION 'whoever wrote or edited a version does not authorise it' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (
            SELECT FROM accounts_signin s WHERE s.id = NEW.sign_in_id AND s.user_id = NEW.recorded_by_id
                AND s.ended_at IS NULL AND s.opened_at <= NEW.recorded_at
        ) THEN
            RAISE EXCEPTION 'emergency authority is recorded in an open session of the person who records'
                USING ERRCODE = 'check_violation';
        END IF;
        SELECT u.rank INTO rank_now FROM accounts_user u WHERE u.id = NEW.given_by_id AND u.is_active;
        SELECT GREATEST(c.decider_rank, 30, CASE WHEN version.protected_activity THEN 50 ELSE 0 END) INTO rank_needed
            FROM standards_category c WHERE c.profile_id = version.profile_id AND c.code = version.category;
        IF rank_now IS NULL OR rank_needed IS NULL OR NEW.rank <> rank_now OR rank_now < rank_needed THEN
            RAISE EXCEPTION 'an emergency of this category needs rank %, and the authoriser holds %', rank_needed, rank_now
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
