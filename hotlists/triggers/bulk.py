"""Rules about many entries at once that PostgreSQL keeps."""

import pgtrigger

# who had a hand in a draft does not release it.
RELEASED_BY_NO_HAND_OF_IT = pgtrigger.Trigger(
    name="by_no_hand_of_it",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    condition=pgtrigger.Q(new__answer="released"),
    func="""
        IF EXISTS (
            SELECT FROM hotlists_contribution c
                WHERE c.version_id = NEW.version_id AND c.user_id = NEW.answered_by_id AND NEW.lapsed_at IS NULL
        ) THEN
            RAISE EXCEPTION 'who had a hand in a draft does not release it' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
