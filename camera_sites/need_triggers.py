"""Rules about reviews of a site's need that PostgreSQL keeps, whoever writes."""

import pgtrigger

REVIEWED_BY_ANOTHER = pgtrigger.Trigger(
    name="by_another",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF EXISTS (
            SELECT FROM camera_sites_sitecontribution c WHERE c.site_id = NEW.site_id AND c.user_id = NEW.reviewed_by_id
        ) THEN
            RAISE EXCEPTION 'whoever proposed or edited a site does not review its need' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (
            SELECT FROM accounts_signin s JOIN accounts_user u ON u.id = s.user_id
                WHERE s.id = NEW.sign_in_id AND s.user_id = NEW.reviewed_by_id AND u.is_active
                AND s.ended_at IS NULL AND s.opened_at <= NEW.reviewed_at
        ) THEN
            RAISE EXCEPTION 'a need is reviewed in an open session of whoever reviews it' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
