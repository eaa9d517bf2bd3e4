"""Rules about warninglists that PostgreSQL keeps, whoever writes.

Messages are for those who go round the actions; people meet the policies' words first.
"""

import pgtrigger

# What was loaded is not altered; a decision about it is made once. Only retention deletes.
EDITION_STANDS = pgtrigger.Trigger(
    name="stands",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("may_change", "text[]")],
    func="""
        IF TG_OP = 'DELETE' THEN
            IF current_user = 'portal_retention' THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'an edition of a warninglist stays' USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'INSERT' THEN
            IF NEW.accepted_at IS NOT NULL OR EXISTS (
                SELECT FROM hotlists_warninglist w WHERE w.id = NEW.warninglist_id AND w.retired_at IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'an edition begins as one that waits, of a list that was not retired'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END IF;
        may_change := ARRAY['idle_since'];
        IF OLD.accepted_at IS NULL AND OLD.discarded_at IS NULL THEN
            may_change := may_change || ARRAY['accepted_by_id', 'accepted_at', 'sign_in_id', 'discarded_by_id', 'discarded_at'];
        END IF;
        IF to_jsonb(OLD) - may_change <> to_jsonb(NEW) - may_change THEN
            RAISE EXCEPTION 'an edition of a warninglist is never altered' USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.accepted_at IS NULL AND NEW.accepted_at IS NOT NULL THEN
            IF NOT EXISTS (
                SELECT FROM accounts_signin s WHERE s.id = NEW.sign_in_id AND s.user_id = NEW.accepted_by_id
                    AND s.ended_at IS NULL AND s.opened_at <= NEW.accepted_at
            ) THEN
                RAISE EXCEPTION 'an edition is accepted in an open session of whoever accepts it'
                    USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.count <> (SELECT count(*) FROM hotlists_warninglistitem i WHERE i.edition_id = NEW.id) THEN
                RAISE EXCEPTION 'an edition is accepted with the plates that were loaded' USING ERRCODE = 'check_violation';
            END IF;
        END IF;
        RETURN NEW;
    """,
)

USE_IS_OF_AN_ACCEPTED_EDITION = pgtrigger.Trigger(
    name="of_an_accepted_edition",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF TG_OP = 'DELETE' THEN
            IF current_user = 'portal_retention' THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'that an edition was in use is never taken back' USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'UPDATE' THEN
            IF OLD.to_at IS NOT NULL
                OR to_jsonb(OLD) - ARRAY['to_at', 'to_by_id'] <> to_jsonb(NEW) - ARRAY['to_at', 'to_by_id'] THEN
                RAISE EXCEPTION 'the use of an edition ends once, and is not altered' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END IF;
        IF NOT EXISTS (
            SELECT FROM hotlists_warninglistedition e JOIN hotlists_warninglist w ON w.id = e.warninglist_id
                WHERE e.id = NEW.edition_id AND w.id = NEW.warninglist_id AND e.accepted_at IS NOT NULL
                    AND w.retired_at IS NULL
        ) THEN
            RAISE EXCEPTION 'in use comes an accepted edition of a list that was not retired' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

# Once a statement, since a list has a million rows.
ITEMS_STAND = [
    pgtrigger.Trigger(
        name="of_a_waiting_edition",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        level=pgtrigger.Statement,
        referencing=pgtrigger.Referencing(new="these"),
        func="""
            IF EXISTS (
                SELECT FROM (SELECT DISTINCT edition_id FROM these) t
                    LEFT JOIN hotlists_warninglistedition e ON e.id = t.edition_id
                    WHERE e.id IS NULL OR e.accepted_at IS NOT NULL OR e.discarded_at IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'plates are added only to an edition that waits' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    ),
    pgtrigger.Trigger(
        name="deleted_before_acceptance",
        when=pgtrigger.After,
        operation=pgtrigger.Delete,
        level=pgtrigger.Statement,
        referencing=pgtrigger.Referencing(old="these"),
        func="""
            IF current_user <> 'portal_retention' AND EXISTS (
                SELECT FROM (SELECT DISTINCT edition_id FROM these) t
                    JOIN hotlists_warninglistedition e ON e.id = t.edition_id WHERE e.accepted_at IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'the plates of an accepted edition stay' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    ),
    pgtrigger.Trigger(
        name="never_altered",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func="RAISE EXCEPTION 'a plate of an edition is never altered' USING ERRCODE = 'check_violation';",
    ),
]

# Named is somebody of the rank that the edition in use asks for, whose hand is not in the draft, in a session of their own.
ANSWER_BY_ANOTHER_OF_RANK = pgtrigger.Trigger(
    name="by_another_of_rank",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("version", "hotlists_entryversion%ROWTYPE"), ("rank_now", "integer"), ("rank_needed", "integer")],
    func="""
        SELECT * INTO version FROM hotlists_entryversion WHERE id = NEW.version_id FOR UPDATE;
        IF version.status <> 'draft' OR version.entry_id <> NEW.entry_id
            OR (version.country, version.vrm) IS DISTINCT FROM (NEW.country, NEW.vrm) THEN
            RAISE EXCEPTION 'a warninglist is answered for the plate of a draft' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.given_by_id = version.written_by_id OR EXISTS (
            SELECT FROM hotlists_contribution c WHERE c.version_id = version.id AND c.user_id = NEW.given_by_id
        ) THEN
            RAISE EXCEPTION 'whoever wrote or edited a version does not answer for its plate' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (
            SELECT FROM accounts_signin s WHERE s.id = NEW.sign_in_id AND s.user_id = NEW.given_by_id
                AND s.ended_at IS NULL AND s.opened_at <= NEW.given_at
        ) THEN
            RAISE EXCEPTION 'a warninglist is answered in an open session of whoever answers' USING ERRCODE = 'check_violation';
        END IF;
        SELECT u.rank INTO rank_now FROM accounts_user u WHERE u.id = NEW.given_by_id AND u.is_active;
        SELECT e.answer_rank INTO rank_needed FROM hotlists_warninglistuse s
            JOIN hotlists_warninglistedition e ON e.id = s.edition_id AND e.effect = 'refuse'
            WHERE s.warninglist_id = NEW.warninglist_id AND s.to_at IS NULL;
        IF rank_now IS NULL OR rank_needed IS NULL OR NEW.rank <> rank_now OR rank_now < rank_needed THEN
            RAISE EXCEPTION 'this warninglist is answered by rank %, and whoever answers holds %', rank_needed, rank_now
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

# What a warninglist refuses is not submitted, by any way, unless somebody of rank answered for this plate on this entry.
REFUSED_PLATE_IS_ANSWERED = pgtrigger.Trigger(
    name="refused_plate_is_answered",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Q(old__status="draft", new__status__in=["submitted", "emergency"]),
    func="""
        IF EXISTS (
            SELECT FROM hotlists_warninglistitem i
                JOIN hotlists_warninglistuse s ON s.edition_id = i.edition_id AND s.to_at IS NULL
                JOIN hotlists_warninglistedition e ON e.id = i.edition_id AND e.effect = 'refuse'
            WHERE i.country = NEW.country AND NEW.vrm LIKE translate(i.plate, '?*', '_%')
                AND i.key = ANY (
                    ARRAY[NEW.vrm::text] || ARRAY(SELECT '<' || left(NEW.vrm, n) FROM generate_series(0, length(NEW.vrm)) n)
                    || ARRAY(SELECT '>' || right(NEW.vrm, n) FROM generate_series(1, length(NEW.vrm)) n)
                )
                AND NOT EXISTS (
                    SELECT FROM hotlists_warninglistanswer a WHERE a.entry_id = NEW.entry_id
                        AND a.warninglist_id = e.warninglist_id AND (a.country, a.vrm) = (NEW.country, NEW.vrm)
                        AND a.given_by_id NOT IN (NEW.written_by_id, NEW.submitted_by_id) AND NOT EXISTS (
                            SELECT FROM hotlists_contribution c WHERE c.version_id = NEW.id AND c.user_id = a.given_by_id
                        )
                )
        ) THEN
            RAISE EXCEPTION 'a warninglist refuses this plate and nobody of rank has answered' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
