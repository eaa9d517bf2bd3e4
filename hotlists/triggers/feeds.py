"""Rules about lists that a source fills, that PostgreSQL keeps."""

import pgtrigger

# F-02: who held a plate back ends that neither by hand (a constraint holds it) nor by a file that they upload or accept.
EXCEPTION_ENDS_BY_ANOTHER = pgtrigger.Trigger(
    name="ends_by_another",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Q(new__to_at__isnull=False),
    func="""
        IF EXISTS (
            SELECT FROM hotlists_load l WHERE l.id IN (NEW.dropped_by_id, NEW.reconfirmed_by_id)
                AND NEW.from_by_id IN (l.uploaded_by_id, l.decided_by_id)
        ) OR EXISTS (
            SELECT FROM hotlists_load l WHERE l.id = NEW.from_load_id AND l.uploaded_by_id = NEW.to_by_id
        ) OR EXISTS (
            SELECT FROM hotlists_load l
                JOIN hotlists_load held ON held.id = NEW.from_load_id
                    AND held.uploaded_by_id IN (l.uploaded_by_id, l.decided_by_id)
                WHERE l.id IN (NEW.dropped_by_id, NEW.reconfirmed_by_id)
        ) THEN
            RAISE EXCEPTION 'who held a plate back does not let it go, nor does a file of theirs'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
