"""Rules about terms, and about how entries end, that PostgreSQL keeps.

Messages are for those who go round the actions; people meet the policies' words first.
"""

import pgtrigger

# What is narrowed stays narrowed: within one version every term lies within the one before, and no older version comes back.
# Only a review moves review-by later, and only the review of that very moment.
TERM_OF_AN_APPROVED_VERSION = pgtrigger.Trigger(
    name="of_an_approved_version",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[
        ("version", "hotlists_entryversion%ROWTYPE"),
        ("before", "hotlists_term%ROWTYPE"),
        ("steps", "text[] := ARRAY['STOP', 'ASSESS', 'OBSERVE_REPORT']"),
        ("asked", "text"),
        ("warned", "varchar[]"),
        ("reviewed", "timestamptz"),
        ("limited", "jsonb"),
    ],
    func="""
        PERFORM FROM hotlists_entry e WHERE e.id = NEW.entry_id FOR UPDATE;
        SELECT * INTO version FROM hotlists_entryversion WHERE id = NEW.version_id;
        IF version.entry_id <> NEW.entry_id OR NOT (
            version.status = 'approved'
            -- R-048: until it ends, authority that was given on the telephone; sent back to be completed it holds on
            OR version.status IN ('emergency', 'returned') AND EXISTS (
                SELECT FROM hotlists_emergencyauthority a
                    WHERE a.version_id = version.id AND NEW.emergency_ends_at <= a.ends_at
            )
        ) THEN
            RAISE EXCEPTION 'only an approved version of the entry governs it' USING ERRCODE = 'check_violation';
        END IF;
        SELECT t.* INTO before FROM hotlists_term t JOIN hotlists_entryversion v ON v.id = t.version_id
            WHERE t.entry_id = NEW.entry_id ORDER BY v.number DESC, t.from_at DESC, t.id DESC LIMIT 1;
        IF FOUND AND (SELECT v.number FROM hotlists_entryversion v WHERE v.id = before.version_id) > version.number THEN
            RAISE EXCEPTION 'a version that another took the place of does not come back'
                USING ERRCODE = 'check_violation';
        END IF;
        asked := version.action; warned := version.markers; reviewed := version.review_by;
        limited := version.scope;
        IF before.version_id = NEW.version_id THEN
            asked := before.action; warned := before.markers; reviewed := before.review_by;
            limited := before.scope;
            IF NEW.expires_at > before.expires_at OR NEW.starts_at < before.starts_at THEN
                RAISE EXCEPTION 'a term lies within the one before it' USING ERRCODE = 'check_violation';
            END IF;
        END IF;
        IF NEW.expires_at > version.expires_at OR NEW.starts_at < version.starts_at THEN
            RAISE EXCEPTION 'a term lies within what was approved' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.action <> asked AND NOT COALESCE(
            array_position(steps, NEW.action::text) > array_position(steps, asked), false
        ) THEN
            RAISE EXCEPTION 'a term asks for what was approved or for less, not for % in place of %', NEW.action, asked
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT NEW.markers <@ warned THEN
            RAISE EXCEPTION 'a term warns of what was approved or of less' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT public.hotlists_scope_is_within(NEW.scope, limited) THEN
            RAISE EXCEPTION 'a term reaches as far as was approved or less far' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.review_by > reviewed AND NOT EXISTS (
            SELECT FROM hotlists_review r
            WHERE r.version_id = version.id AND r.review_by = NEW.review_by AND r.reviewed_at = NEW.from_at
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
