"""Rules about hits that PostgreSQL keeps, whoever writes."""

import pgtrigger

# The two columns that find open hits say what the rows beside them say, and once said they stand.
ANSWERED_ONCE = pgtrigger.Trigger(
    name="answered_once",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF NEW.acknowledged_at IS DISTINCT FROM OLD.acknowledged_at AND (OLD.acknowledged_at IS NOT NULL OR NOT EXISTS (
            SELECT FROM hits_acknowledgement a WHERE a.hit_id = OLD.id AND a.acknowledged_at = NEW.acknowledged_at
        )) THEN
            RAISE EXCEPTION 'a hit is acknowledged by a person, and once' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.closed_at IS DISTINCT FROM OLD.closed_at AND (OLD.closed_at IS NOT NULL OR NOT EXISTS (
            SELECT FROM hits_outcome o WHERE o.hit_id = OLD.id AND o.recorded_at = NEW.closed_at
        )) THEN
            RAISE EXCEPTION 'a hit is closed by its outcome, and once' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)


def _by_who_is_signed_in(verb: str) -> pgtrigger.Trigger:
    """The named person, in an open session of their own."""
    return pgtrigger.Trigger(
        name="by_who_is_signed_in",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF NOT EXISTS (
                SELECT FROM accounts_signin s JOIN accounts_user u ON u.id = s.user_id
                WHERE s.id = NEW.sign_in_id AND s.user_id = NEW.{verb}_by_id AND s.ended_at IS NULL
                    AND s.opened_at <= NEW.{verb}_at AND u.is_active
            ) THEN
                RAISE EXCEPTION 'a hit is answered by a person in an open session of their own'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


BY_WHO_IS_SIGNED_IN = {verb: _by_who_is_signed_in(verb) for verb in ("acknowledged", "verified", "recorded")}

AFTER_ACKNOWLEDGEMENT = pgtrigger.Trigger(
    name="after_acknowledgement",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (SELECT FROM hits_acknowledgement a WHERE a.hit_id = NEW.hit_id) THEN
            RAISE EXCEPTION 'somebody takes a hit on before it is verified or closed' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

# a hit is not grounds to stop by itself. Earlier sightings of the vehicle may share the outcome of a later one.
STOP_ONLY_VERIFIED = pgtrigger.Trigger(
    name="stop_only_verified",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NEW.settled_with IS NOT NULL THEN
            IF NOT EXISTS (
                SELECT FROM hits_outcome o JOIN hits_hit later ON later.id = o.hit_id
                    JOIN hits_hit h ON h.id = NEW.hit_id
                WHERE o.hit_id = NEW.settled_with AND o.decision = NEW.decision AND o.settled_with IS NULL
                    AND later.id > h.id AND later.hotlist_id = h.hotlist_id
                    AND later.country = h.country AND later.vrm = h.vrm
            ) THEN
                RAISE EXCEPTION 'a hit is settled with a later sighting of the same vehicle, as that one was'
                    USING ERRCODE = 'check_violation';
            END IF;
        ELSIF NEW.decision = 'DEPLOY' AND EXISTS (
            SELECT FROM hits_hit h WHERE h.id = NEW.hit_id AND h.action = 'STOP'
        ) AND NOT EXISTS (
            SELECT FROM hits_verification v WHERE v.hit_id = NEW.hit_id AND v.result = 'CONFIRMED'
        ) THEN
            RAISE EXCEPTION 'nobody is sent to stop a vehicle whose hit no named person confirmed'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

# In place of foreign keys to hits: with one, taking a month of hits out of their table would read every answer there is.
OF_A_HIT = pgtrigger.Trigger(
    name="of_a_hit",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        PERFORM FROM hits_hit h WHERE h.id = NEW.hit_id FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no such hit' USING ERRCODE = 'foreign_key_violation';
        END IF;
        RETURN NEW;
    """,
)
AFTER_ITS_ANSWERS = pgtrigger.Trigger(
    name="after_its_answers",
    when=pgtrigger.Before,
    operation=pgtrigger.Delete,
    func="""
        IF EXISTS (SELECT FROM hits_acknowledgement a WHERE a.hit_id = OLD.id)
            OR EXISTS (SELECT FROM hits_verification v WHERE v.hit_id = OLD.id)
            OR EXISTS (SELECT FROM hits_outcome o WHERE o.hit_id = OLD.id) THEN
            RAISE EXCEPTION 'what people made of a hit goes before it' USING ERRCODE = 'foreign_key_violation';
        END IF;
        RETURN OLD;
    """,
)
