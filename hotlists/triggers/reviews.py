"""Rules about reviews and suspensions that PostgreSQL keeps.

Messages are for those who go round the actions; people meet the policies' words first.
"""

import pgtrigger

# domain.md 5.4: of two reviews running one is by somebody who wrote no version of the entry; and nobody says again what
# an earlier review said; and after some periods without a hit only a supervisor keeps it.
REVIEW_BY_ANOTHER_IN_OTHER_WORDS = pgtrigger.Trigger(
    name="by_another_in_other_words",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("last", "hotlists_review%ROWTYPE"), ("edition", "uuid"), ("quiet", "integer")],
    func="""
        PERFORM FROM hotlists_entry e WHERE e.id = NEW.entry_id FOR UPDATE;
        SELECT * INTO last FROM hotlists_review r WHERE r.entry_id = NEW.entry_id
            ORDER BY r.reviewed_at DESC, r.id DESC LIMIT 1;
        IF FOUND AND 2 = (
            SELECT count(*) FROM unnest(ARRAY[NEW.reviewed_by_id, last.reviewed_by_id]) AS reviewer
            WHERE EXISTS (
                SELECT FROM hotlists_contribution c JOIN hotlists_entryversion v ON v.id = c.version_id
                WHERE v.entry_id = NEW.entry_id AND c.user_id = reviewer
            )
        ) THEN
            RAISE EXCEPTION 'an author reviewed this entry last time; somebody else reviews it now'
                USING ERRCODE = 'check_violation';
        END IF;
        SELECT p.id INTO edition FROM standards_standardsprofile p
            WHERE p.effective_from <= NEW.reviewed_at AND (p.is_delivered OR p.adopted_at <= NEW.reviewed_at)
            ORDER BY p.effective_from DESC LIMIT 1;
        SELECT count(*) INTO quiet FROM hotlists_review r WHERE r.entry_id = NEW.entry_id AND r.reviewed_at > COALESCE(
            (SELECT max(h.reviewed_at) FROM hotlists_review h WHERE h.entry_id = NEW.entry_id AND h.hits_since_last > 0),
            '-infinity'
        );
        quiet := quiet + 1;  -- this period is one
        IF NEW.decision <> 'remove'
            AND COALESCE((SELECT t.hits FROM hotlists_hittally t WHERE t.entry_id = NEW.entry_id), 0) <= COALESCE(
                (SELECT sum(r.hits_since_last) FROM hotlists_review r WHERE r.entry_id = NEW.entry_id), 0
            )
            AND quiet >= (
                SELECT n.value FROM standards_number n JOIN standards_standardsprofile p ON p.id = n.profile_id
                    WHERE n.key = 'review.no_hits' AND (p.id = edition OR p.is_delivered)
                    ORDER BY (p.id = edition) DESC LIMIT 1
            )
            AND (SELECT u.rank FROM accounts_user u WHERE u.id = NEW.reviewed_by_id) < (
                SELECT n.value FROM standards_number n JOIN standards_standardsprofile p ON p.id = n.profile_id
                    WHERE n.key = 'review.no_hits.rank' AND (p.id = edition OR p.is_delivered)
                    ORDER BY (p.id = edition) DESC LIMIT 1
            )
        THEN
            RAISE EXCEPTION 'after % periods without a hit a supervisor keeps an entry', quiet
                USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (
            SELECT FROM hotlists_review r WHERE r.entry_id = NEW.entry_id
                AND lower(regexp_replace(btrim(r.still_necessary), '\\s+', ' ', 'g'))
                    = lower(regexp_replace(btrim(NEW.still_necessary), '\\s+', ' ', 'g'))
        ) THEN
            RAISE EXCEPTION 'a review says why in words of its own' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

SUSPENSION_ENDS_ONCE = pgtrigger.Trigger(
    name="ends_once",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF OLD.to_at IS NOT NULL OR to_jsonb(NEW) - ARRAY['to_at', 'to_by_id', 'lifted_because']
            <> to_jsonb(OLD) - ARRAY['to_at', 'to_by_id', 'lifted_because'] THEN
            RAISE EXCEPTION 'of a suspension only its end is written, and once' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
