"""Rules about what assessments cover that PostgreSQL keeps, whoever writes."""

import pgtrigger

# What turns force on and off is a row with a from and a to: neither is altered afterwards.
COVERAGE_IS_WRITTEN_ONCE = pgtrigger.Trigger(
    name="written_once",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF TG_OP = 'DELETE' THEN
            IF current_user = 'portal_retention' THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'what an assessment covered is never taken back' USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.ended_at IS NOT NULL OR
            (NEW.id, NEW.dpia_id, NEW.kind, NEW.subject, NEW.name, NEW.words, NEW.covered_by_id, NEW.covered_at)
                IS DISTINCT FROM
            (OLD.id, OLD.dpia_id, OLD.kind, OLD.subject, OLD.name, OLD.words, OLD.covered_by_id, OLD.covered_at) THEN
            RAISE EXCEPTION 'what an assessment covers is ended, never altered' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
