"""Rules about conflicts of interest, and about whom is told, that PostgreSQL keeps.

Messages are for those who go round the actions; people meet the actions' words first.
"""

import pgtrigger

_DECLARED = """
        SELECT FROM hotlists_declaredvehicle d WHERE d.vrm_skeleton = translate({vrm}, 'OI', '01')
            AND (d.barred_until IS NULL OR d.barred_until > {at}) AND {by}
"""

# nobody lists a vehicle that they declared, nor is a hand of theirs in it. The action refuses colleagues too.
NOBODY_LISTS_THEIR_OWN = pgtrigger.Trigger(
    name="nobody_lists_their_own",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Q(old__status="draft", new__status__in=["submitted", "emergency"]),
    func=f"""
        IF EXISTS ({
        _DECLARED.format(
            vrm="NEW.vrm",
            at="NEW.submitted_at",
            by='''(
            d.declared_by_id IN (NEW.written_by_id, NEW.submitted_by_id) OR EXISTS (
                SELECT FROM hotlists_contribution c WHERE c.version_id = NEW.id AND c.user_id = d.declared_by_id
            ))''',
        )
    }) THEN
            RAISE EXCEPTION 'whoever declared a vehicle as connected with them does not list it'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

NOBODY_DECIDES_THEIR_OWN = pgtrigger.Trigger(
    name="nobody_decides_their_own",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("mark", "text")],
    func=f"""
        SELECT v.vrm INTO mark FROM hotlists_entryversion v WHERE v.id = NEW.version_id;
        IF EXISTS ({_DECLARED.format(vrm="mark", at="NEW.decided_at", by="d.declared_by_id = NEW.decided_by_id")}) THEN
            RAISE EXCEPTION 'whoever declared a vehicle as connected with them does not decide an entry for it'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,  # noqa: S608 - of constants
)

NOBODY_REVIEWS_THEIR_OWN = pgtrigger.Trigger(
    name="nobody_reviews_their_own",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("mark", "text")],
    func=f"""
        SELECT v.vrm INTO mark FROM hotlists_entryversion v WHERE v.id = NEW.version_id;
        IF EXISTS ({_DECLARED.format(vrm="mark", at="NEW.reviewed_at", by="d.declared_by_id = NEW.reviewed_by_id")}) THEN
            RAISE EXCEPTION 'whoever declared a vehicle as connected with them does not review an entry for it'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,  # noqa: S608 - of constants
)

# nothing that touches protected activity waits for a decision, or is in force, of which nobody told the officer.
PROTECTED_IS_TOLD_OF = pgtrigger.Trigger(
    name="protected_is_told_of",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Q(new__status__in=["submitted", "emergency", "approved"])
    & ~pgtrigger.Q(old__status=pgtrigger.F("new__status")),
    func="""
        IF (NEW.protected_activity OR NEW.category = 'PRT') AND NOT EXISTS (
            SELECT FROM hotlists_notice n WHERE n.version_id = NEW.id
        ) THEN
            RAISE EXCEPTION 'the data protection officer is told of an entry that touches protected activity'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
