"""Rules about versions that PostgreSQL keeps, whoever writes: shell, bulk update and superuser included.

Messages are for those who go round the actions; people meet the policies' words first.
"""

import pgtrigger

VERSION_IS_BORN_A_DRAFT = pgtrigger.Trigger(
    name="born_a_draft",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION 'a version begins as a draft, not as %', NEW.status USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

# a submitted version is never altered; it becomes approved only while enough approving decisions of people of
# rank stand; whoever wrote, edited or submitted it is none of them (the decision's own trigger holds that).
SUBMITTED_VERSION_IS_FIXED = pgtrigger.Trigger(
    name="fixed_once_submitted",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    declare=[
        ("category", "standards_category%ROWTYPE"),
        ("yes", "integer"),
        ("no", "integer"),
        ("said", "integer"),
        ("needed", "integer"),
    ],
    func="""
        IF TG_OP = 'DELETE' THEN
            IF OLD.status <> 'draft' AND NOT (current_user = 'portal_retention') THEN
                RAISE EXCEPTION 'a submitted version is never deleted' USING ERRCODE = 'check_violation';
            END IF;
            RETURN OLD;
        END IF;
        IF OLD.status = 'draft' AND NEW.status = 'draft' THEN
            RETURN NEW;
        END IF;
        IF OLD.status = 'draft' AND NEW.status = 'submitted' THEN
            RETURN NEW;
        END IF;
        IF OLD.status = 'draft' AND NEW.status = 'emergency' AND EXISTS (
            SELECT FROM hotlists_emergencyauthority a WHERE a.version_id = OLD.id
        ) THEN
            RETURN NEW;
        END IF;
        IF OLD.status NOT IN ('submitted', 'emergency') OR NEW.status NOT IN ('approved', 'rejected', 'returned') THEN
            RAISE EXCEPTION 'a version that is % cannot become %', OLD.status, NEW.status
                USING ERRCODE = 'check_violation';
        END IF;
        IF to_jsonb(NEW) - 'status' <> to_jsonb(OLD) - 'status' THEN
            RAISE EXCEPTION 'a submitted version is never altered' USING ERRCODE = 'check_violation';
        END IF;
        SELECT * INTO category FROM standards_category WHERE profile_id = OLD.profile_id AND code = OLD.category;
        needed := GREATEST(COALESCE(category.deciders, 1), CASE WHEN OLD.protected_activity THEN 2 ELSE 1 END);
        SELECT count(*) FILTER (WHERE d.verdict IN ('approve', 'conditions')), count(*) FILTER (WHERE d.verdict = 'reject'),
            count(*) INTO yes, no, said FROM hotlists_decision d WHERE d.version_id = OLD.id;
        -- where two decide, nothing follows before both have spoken: what follows would tell one what the other said
        IF said < needed OR NEW.status <> (CASE WHEN yes = said THEN 'approved' WHEN no > 0 THEN 'rejected'
            ELSE 'returned' END) THEN
            RAISE EXCEPTION 'version % has % of % decisions, of which % approve and % reject: it cannot become %',
                OLD.id, said, needed, yes, no, NEW.status USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

CONTRIBUTION_STANDS = pgtrigger.Trigger(
    name="stands",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF TG_OP = 'DELETE' AND (current_user = 'portal_retention' OR NOT EXISTS (
            SELECT FROM hotlists_entryversion v WHERE v.id = OLD.version_id AND v.status <> 'draft'
        )) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'that somebody contributed is never taken back' USING ERRCODE = 'check_violation';
    """,
)

# what waits for a decision ends within its category's cap, and sooner where it touches protected activity.
SUBMITTED_WITHIN_ITS_CAPS = pgtrigger.Trigger(
    name="submitted_within_its_caps",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Q(old__status="draft", new__status__in=["submitted", "emergency"]),
    declare=[("cap", "interval")],
    func="""
        SELECT least(
            c.max_expiry_hours * interval '1 hour',
            CASE WHEN NEW.protected_activity THEN (
                SELECT n.value * interval '1 day' FROM standards_number n
                    WHERE n.profile_id = NEW.profile_id AND n.key = 'protected.days'
            ) END
        ) INTO cap FROM standards_category c
            WHERE c.profile_id = NEW.profile_id AND c.code = NEW.category AND NOT c.is_feed;
        IF cap IS NULL OR NEW.expires_at > greatest(NEW.starts_at, NEW.submitted_at) + cap + interval '1 minute' THEN
            RAISE EXCEPTION 'an entry of category % lasts at most %', NEW.category, cap USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
