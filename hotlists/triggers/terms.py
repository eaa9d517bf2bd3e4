"""Rules about terms, and about how entries end, that PostgreSQL keeps.

Messages are for those who go round the actions; people meet the policies' words first.
"""

import pgtrigger

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
