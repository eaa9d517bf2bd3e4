"""Rules about self-assessments that PostgreSQL keeps, whoever writes."""

import pgtrigger

ASSESSMENT_IS_SIGNED_BY_ANOTHER = pgtrigger.Trigger(
    name="signed_by_another",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF TG_OP = 'DELETE' THEN
            IF current_user = 'portal_retention' THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'a self-assessment is never deleted' USING ERRCODE = 'restrict_violation';
        END IF;
        IF TG_OP = 'INSERT' THEN
            IF NEW.status <> 'draft' THEN
                RAISE EXCEPTION 'a self-assessment begins as a draft' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END IF;
        IF OLD.status = 'signed' THEN
            IF OLD.published_at IS NOT NULL OR to_jsonb(NEW) - 'published_at' - 'published_by_id'
                <> to_jsonb(OLD) - 'published_at' - 'published_by_id' THEN
                RAISE EXCEPTION 'a signed self-assessment is never altered' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END IF;
        IF NEW.status = 'signed' THEN
            IF EXISTS (
                SELECT FROM camera_sites_selfassessmenthand h WHERE h.assessment_id = NEW.id AND h.user_id = NEW.signed_by_id
            ) THEN
                RAISE EXCEPTION 'whoever wrote a self-assessment does not sign it' USING ERRCODE = 'check_violation';
            END IF;
            IF (
                SELECT count(*) FROM camera_sites_principleanswer a
                    WHERE a.assessment_id = NEW.id AND a.statement <> '' AND (
                        a.compliance = 'full' OR (a.compliance <> '' AND EXISTS (
                            SELECT FROM camera_sites_codegap g WHERE g.answer_id = a.id
                        ))
                    )
            ) <> 12 THEN
                RAISE EXCEPTION 'a self-assessment is signed once every principle is answered' USING ERRCODE = 'check_violation';
            END IF;
            IF NOT EXISTS (
                SELECT FROM accounts_signin s JOIN accounts_user u ON u.id = s.user_id
                    WHERE s.id = NEW.sign_in_id AND s.user_id = NEW.signed_by_id AND u.is_active
                    AND s.ended_at IS NULL AND s.opened_at <= NEW.signed_at
            ) THEN
                RAISE EXCEPTION 'a self-assessment is signed in an open session of whoever signs it'
                    USING ERRCODE = 'check_violation';
            END IF;
        END IF;
        RETURN NEW;
    """,
)

_OF_A_DRAFT = """
        IF TG_OP = 'DELETE' AND current_user = 'portal_retention' THEN
            RETURN OLD;
        END IF;
        SELECT s.status INTO standing FROM camera_sites_selfassessment s WHERE s.id = (WHICH) FOR SHARE;
        IF standing IS DISTINCT FROM 'draft' AND NOT (EXCEPT_FOR) THEN
            RAISE EXCEPTION 'a signed self-assessment is never altered' USING ERRCODE = 'restrict_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
"""


def _of_a_draft(name: str, which: str, *, except_for: str = "false") -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("standing", "text")],
        func=_OF_A_DRAFT.replace("WHICH", which).replace("EXCEPT_FOR", except_for),
    )


_ASSESSMENT = "CASE WHEN TG_OP = 'DELETE' THEN OLD.assessment_id ELSE NEW.assessment_id END"
ANSWERS_OF_A_DRAFT = _of_a_draft("of_a_draft", _ASSESSMENT)
HANDS_OF_A_DRAFT = _of_a_draft("of_a_draft", _ASSESSMENT)

# What is done about a gap goes on after the signature: only that it was closed is written then, once.
GAPS_OF_A_DRAFT = _of_a_draft(
    "of_a_draft",
    """SELECT a.assessment_id FROM camera_sites_principleanswer a
        WHERE a.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.answer_id ELSE NEW.answer_id END""",
    except_for="""TG_OP = 'UPDATE' AND OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL
            AND to_jsonb(NEW) - 'closed_at' - 'closed_by_id' - 'closing'
                = to_jsonb(OLD) - 'closed_at' - 'closed_by_id' - 'closing'""",
)
