"""What the database holds of attachments, whoever writes."""

import pgtrigger

ONLY_DRAFTS_CHANGE_FILES = pgtrigger.Trigger(
    name="only_drafts_change_files",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Delete,
    declare=[("standing", "text")],
    func="""
        IF TG_OP = 'DELETE' THEN
            IF current_user = 'portal_retention' THEN RETURN OLD; END IF;
            SELECT status INTO standing FROM camera_sites_dpiaversion WHERE id = OLD.version_id FOR SHARE;
        ELSE
            SELECT status INTO standing FROM camera_sites_dpiaversion WHERE id = NEW.version_id FOR SHARE;
        END IF;
        IF standing IS DISTINCT FROM 'draft' AND NOT (TG_OP = 'DELETE' AND standing IS NULL) THEN
            RAISE EXCEPTION 'a version that was submitted keeps its files' USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)

JUDGED_ONCE = pgtrigger.Trigger(
    name="judged_once",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF OLD.status <> 'waiting' OR to_jsonb(NEW) - ARRAY['status', 'found', 'judged_at']
            <> to_jsonb(OLD) - ARRAY['status', 'found', 'judged_at'] THEN
            RAISE EXCEPTION 'a file stays as it was attached and judged' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
