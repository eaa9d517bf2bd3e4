"""What the database holds of covert assessments, whoever writes: what is kept covert is named by nothing else (R-123)."""

import pgtrigger

COVERT_STAYS_COVERT = pgtrigger.Trigger(
    name="covert_stays_covert",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("is_covert"),
    func="""
        IF OLD.is_covert AND NOT NEW.is_covert THEN
            RAISE EXCEPTION 'an assessment that is kept covert stays covert' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

OPEN_SITES_NAME_OPEN_DPIAS = pgtrigger.Trigger(
    name="open_sites_name_open_dpias",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("deployment", "dpia_id", "town_dpia_id"),
    func="""
        IF NEW.deployment <> 'covert' AND EXISTS (
            SELECT FROM camera_sites_dpia d WHERE d.is_covert AND (
                d.id IN (NEW.dpia_id, NEW.town_dpia_id) OR EXISTS (
                    SELECT FROM camera_sites_coverage c
                        WHERE c.dpia_id = d.id AND c.kind = 'site' AND c.subject = NEW.id AND c.ended_at IS NULL
                )
            )
        ) THEN
            RAISE EXCEPTION 'a covert assessment is named by covert sites alone' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

COVERT_DPIAS_COVER_COVERT_SITES = pgtrigger.Trigger(
    name="covert_covers_covert",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF EXISTS (SELECT FROM camera_sites_dpia d WHERE d.id = NEW.dpia_id AND d.is_covert) AND NOT (
            NEW.kind = 'site' AND EXISTS (
                SELECT FROM camera_sites_camerasite s WHERE s.id = NEW.subject AND s.deployment = 'covert'
            )
        ) THEN
            RAISE EXCEPTION 'a covert assessment covers covert sites alone' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
