"""Rules of scrutiny that PostgreSQL keeps, whoever writes."""

import pgtrigger

# What was judged stands; until then only the portal's own looking adds to it, and it is never about somebody else.
JUDGED_ONCE = pgtrigger.Trigger(
    name="judged_once",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF OLD.status <> 'open' THEN
            RAISE EXCEPTION 'a signal is judged once' USING ERRCODE = 'check_violation';
        END IF;
        IF (NEW.indicator, NEW.matter, NEW.who_id, NEW.other_id, NEW.plate_hash, NEW.about_id, NEW.opened_at)
            IS DISTINCT FROM (OLD.indicator, OLD.matter, OLD.who_id, OLD.other_id, OLD.plate_hash, OLD.about_id, OLD.opened_at)
            OR NEW.count < OLD.count OR NEW.until_at < OLD.until_at THEN
            RAISE EXCEPTION 'a signal keeps whom and what it is about' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

NOBODY_WORKS_THEIR_OWN = pgtrigger.Trigger(
    name="nobody_works_their_own",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF EXISTS (SELECT FROM scrutiny_sampleitem i WHERE i.id = NEW.item_id AND NEW.answered_by_id = ANY (i.hands)) THEN
            RAISE EXCEPTION 'nobody works a sampled act of their own' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
