"""Rules about import profiles that PostgreSQL keeps."""

import pgtrigger

PROPOSED_PROFILE_STANDS = pgtrigger.Trigger(
    name="proposed_stands",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF TG_OP = 'DELETE' THEN
            IF OLD.proposed_at IS NOT NULL THEN
                RAISE EXCEPTION 'an import profile that was proposed stays' USING ERRCODE = 'check_violation';
            END IF;
            RETURN OLD;
        END IF;
        IF OLD.approved_at IS NOT NULL OR OLD.ended_at IS NOT NULL OR (
            OLD.proposed_at IS NOT NULL AND (NEW.layout, NEW.why, NEW.number, NEW.hotlist_id, NEW.begun_by_id, NEW.proposed_by_id)
                IS DISTINCT FROM (OLD.layout, OLD.why, OLD.number, OLD.hotlist_id, OLD.begun_by_id, OLD.proposed_by_id)
        ) THEN
            RAISE EXCEPTION 'an import profile changes only while it is a draft' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.approved_at IS NOT NULL AND EXISTS (
            SELECT FROM hotlists_profilecontribution c
                WHERE c.profile_id = NEW.id AND c.user_id = NEW.approved_by_id
        ) THEN
            RAISE EXCEPTION 'who wrote or edited an import profile does not approve it' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

PROFILE_CONTRIBUTION_STANDS = pgtrigger.Trigger(
    name="stands",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF TG_OP = 'DELETE' AND (current_user = 'portal_retention' OR NOT EXISTS (
            SELECT FROM hotlists_importprofile p WHERE p.id = OLD.profile_id AND p.proposed_at IS NOT NULL
        )) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'that somebody contributed is never taken back' USING ERRCODE = 'check_violation';
    """,
)
