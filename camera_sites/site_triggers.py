"""Rules about sites and cameras that PostgreSQL keeps, whoever writes: shell, bulk update and superuser included.

Messages are for those who go round the actions; people meet the policies' words first.
"""

import pgtrigger

SITE_IS_BORN_PROPOSED = pgtrigger.Trigger(
    name="born_proposed",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NEW.status <> 'proposed' THEN
            RAISE EXCEPTION 'a site begins as a proposal, not as %', NEW.status USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

# What is decided on, and stays as it was decided.
_CASE = (
    "ref", "area", "location_type", "purposes", "deployment", "deployed_until", "authority_ref", "need", "problem_profile",
    "evidence_from", "evidence_until", "alternatives", "duplication", "exceptional_case", "encircles", "not_encircling", "proximity",
    "proximity_measures", "latitude", "longitude", "road", "dpia_id", "town_dpia_id", "live_by_id", "live_at",
)  # fmt: skip

_GOVERNS = """
    SELECT d.review_due_at INTO ends
        FROM camera_sites_dpiadecision d JOIN camera_sites_dpiaversion v ON v.id = d.version_id
        WHERE v.dpia_id = NEW.{which} AND v.status = 'approved' AND d.verdict = 'approve'
            AND d.decided_at <= NEW.moved_at
        ORDER BY d.decided_at DESC LIMIT 1;
    IF ends IS NULL OR ends <= NEW.moved_at THEN
        RAISE EXCEPTION 'a site is live only under approved assessments that are in date' USING ERRCODE = 'check_violation';
    END IF;
"""

_LIVE = """
        IF TG_OP = 'DELETE' THEN
            IF current_user = 'portal_retention' THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'a site is decommissioned, never deleted' USING ERRCODE = 'check_violation';
        END IF;
        IF (NEW.proposed_by_id, NEW.proposed_at) IS DISTINCT FROM (OLD.proposed_by_id, OLD.proposed_at) THEN
            RAISE EXCEPTION 'who proposed a site is never altered' USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.status = 'decommissioned' THEN
            RAISE EXCEPTION 'a decommissioned site comes back only as a new proposal' USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.status = NEW.status AND (NEW.moved_by_id, NEW.moved_at) IS DISTINCT FROM (OLD.moved_by_id, OLD.moved_at) THEN
            RAISE EXCEPTION 'who moved a site, and when, is written when it moves' USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.status IN ('live', 'suspended') AND (
            NEW.status = 'proposed' OR NEW_CASE
                <> OLD_CASE
        ) THEN
            RAISE EXCEPTION 'where a live site stands and why stays as it was decided' USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.status <> NEW.status AND (OLD.status <> 'proposed' OR NEW.status <> 'decommissioned') THEN
            IF NEW.moved_by_id IS NULL OR NEW.moved_at IS NULL OR NEW.moved_at < COALESCE(OLD.moved_at, OLD.proposed_at) THEN
                RAISE EXCEPTION 'a site is moved by somebody, at a moment after it was moved before'
                    USING ERRCODE = 'check_violation';
            END IF;
        END IF;
        IF NEW.status = 'suspended' AND OLD.status = 'proposed' THEN
            RAISE EXCEPTION 'only a live site is suspended' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.status = 'live' AND OLD.status <> 'live' THEN
            IF EXISTS (
                SELECT FROM camera_sites_sitecontribution c WHERE c.site_id = OLD.id AND c.user_id = NEW.moved_by_id
            ) OR (OLD.status = 'suspended' AND OLD.moved_by_id = NEW.moved_by_id) THEN
                RAISE EXCEPTION 'whoever proposed, edited or suspended a site does not set it live'
                    USING ERRCODE = 'check_violation';
            END IF;
            DPIA_GOVERNS
            IF NEW.encircles THEN
                TOWN_DPIA_GOVERNS
            END IF;
            IF EXISTS (
                SELECT FROM camera_sites_coverage c
                    LEFT JOIN LATERAL (
                        SELECT d.review_due_at FROM camera_sites_dpiadecision d
                            JOIN camera_sites_dpiaversion v ON v.id = d.version_id
                            WHERE v.dpia_id = c.dpia_id AND v.status = 'approved' AND d.verdict = 'approve'
                                AND d.decided_at <= NEW.moved_at
                            ORDER BY d.decided_at DESC LIMIT 1
                    ) g ON true
                    WHERE c.kind = 'site' AND c.subject = NEW.id AND c.ended_at IS NULL
                        AND (g.review_due_at IS NULL OR g.review_due_at <= NEW.moved_at)
            ) THEN
                RAISE EXCEPTION 'a site is live only while every assessment that covers it is in date'
                    USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.deployed_until <= NEW.moved_at THEN
                RAISE EXCEPTION 'this deployment has ended' USING ERRCODE = 'check_violation';
            END IF;
        END IF;
        IF OLD.status = 'proposed' AND NEW.status = 'live' THEN
            IF NEW.encircles IS NULL OR NEW.problem_profile = '' OR NEW.alternatives = ''
                OR (NEW.proximity <> '{}' AND NEW.proximity_measures = '') THEN
                RAISE EXCEPTION 'a site is live only once its case is made' USING ERRCODE = 'check_violation';
            END IF;
            IF NOT EXISTS (SELECT FROM camera_sites_camera c WHERE c.site_id = OLD.id) THEN
                RAISE EXCEPTION 'a site without a camera is not set live' USING ERRCODE = 'check_violation';
            END IF;
            IF (NEW.live_by_id, NEW.live_at) IS DISTINCT FROM (NEW.moved_by_id, NEW.moved_at) OR NOT EXISTS (
                SELECT FROM camera_sites_sitedecision d
                    WHERE d.site_id = OLD.id AND d.decided_by_id = NEW.live_by_id AND d.decided_at = NEW.live_at
                        AND d.location_type = NEW.location_type
            ) THEN
                RAISE EXCEPTION 'a site is set live by whoever decided it on the national matrix'
                    USING ERRCODE = 'check_violation';
            END IF;
        END IF;
        RETURN NEW;
    """
for _word, _text in {
    "TOWN_DPIA_GOVERNS": _GOVERNS.format(which="town_dpia_id"),
    "DPIA_GOVERNS": _GOVERNS.format(which="dpia_id"),
    **{
        f"{row}_CASE": "to_jsonb(ARRAY[" + ", ".join(f"to_jsonb({row}.{name})" for name in _CASE) + "])"
        for row in ("NEW", "OLD")
    },
}.items():
    _LIVE = _LIVE.replace(_word, _text)

# live only by somebody whose hand was not in the proposal, while its assessments govern, by a decision on the national
# matrix. Suspended by one person, it returns by another.
SITE_IS_LIVE_AS_DECIDED = pgtrigger.Trigger(
    name="live_as_decided",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    declare=[("ends", "timestamptz")],
    func=_LIVE,
)

# A site's moves are its history: nobody writes that by hand, so that nobody forgets to.
SITE_KEEPS_ITS_SPELLS = pgtrigger.Trigger(
    name="keeps_its_spells",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("status"),
    func="""
        IF NEW.status = OLD.status THEN
            RETURN NULL;
        END IF;
        IF OLD.status = 'live' THEN
            UPDATE camera_sites_servicespell SET ended_by_id = NEW.moved_by_id, ended_at = NEW.moved_at
                WHERE site_id = NEW.id AND ended_at IS NULL;
        END IF;
        IF NEW.status = 'live' THEN
            INSERT INTO camera_sites_servicespell (site_id, began_by_id, began_at)
                VALUES (NEW.id, NEW.moved_by_id, NEW.moved_at);
        END IF;
        RETURN NULL;
    """,
)

SPELL_FOLLOWS_ITS_SITE = pgtrigger.Trigger(
    name="follows_its_site",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF TG_OP = 'DELETE' THEN
            IF current_user = 'portal_retention' THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'when a site was in service is never taken back' USING ERRCODE = 'check_violation';
        END IF;
        IF pg_trigger_depth() < 2 THEN
            RAISE EXCEPTION 'when a site is in service follows from its own moves' USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'UPDATE' AND (
            OLD.ended_at IS NOT NULL OR (NEW.site_id, NEW.began_by_id, NEW.began_at)
                IS DISTINCT FROM (OLD.site_id, OLD.began_by_id, OLD.began_at)
        ) THEN
            RAISE EXCEPTION 'when a site was in service is never altered' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

# on the cell that the edition in force has for its place and its weightiest purpose; an exceptional one is argued, and
# signed off by somebody of rank.
DECIDED_ON_THE_MATRIX = pgtrigger.Trigger(
    name="on_the_matrix",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[
        ("site", "camera_sites_camerasite%ROWTYPE"),
        ("edition", "uuid"),
        ("weightiest", "text"),
        ("cell", "text"),
    ],
    func="""
        SELECT * INTO site FROM camera_sites_camerasite WHERE id = NEW.site_id FOR UPDATE;
        IF site.status IS DISTINCT FROM 'proposed' THEN
            RAISE EXCEPTION 'a site is decided while it is proposed' USING ERRCODE = 'check_violation';
        END IF;
        SELECT p.id INTO edition FROM standards_standardsprofile p
            WHERE p.effective_from <= NEW.decided_at AND (p.is_delivered OR p.adopted_at <= NEW.decided_at)
            ORDER BY p.effective_from DESC LIMIT 1;
        SELECT w.purpose INTO weightiest
            FROM unnest(ARRAY['national_security', 'serious_crime', 'local_crime', 'prevention', 'confidence'])
                WITH ORDINALITY AS w (purpose, place)
            WHERE w.purpose = ANY (site.purposes) ORDER BY w.place LIMIT 1;
        SELECT m.likelihood INTO cell FROM standards_matrixcell m JOIN standards_standardsprofile p ON p.id = m.profile_id
            WHERE m.location_type = site.location_type AND m.purpose = weightiest AND (p.id = edition OR p.is_delivered)
            ORDER BY (p.id = edition) DESC LIMIT 1;
        IF (NEW.profile_id, NEW.location_type, NEW.basis, NEW.likelihood)
            IS DISTINCT FROM (edition, site.location_type, weightiest, cell) THEN
            RAISE EXCEPTION 'a site is decided on its own cell of the matrix in force' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.likelihood = 'E' AND (
            site.exceptional_case = ''
            OR (SELECT u.rank FROM accounts_user u WHERE u.id = NEW.decided_by_id) < (
                SELECT n.value FROM standards_number n JOIN standards_standardsprofile p ON p.id = n.profile_id
                    WHERE n.key = 'site.exceptional.rank' AND (p.id = edition OR p.is_delivered)
                    ORDER BY (p.id = edition) DESC LIMIT 1
            )
        ) THEN
            RAISE EXCEPTION 'an exceptional site is argued, and signed off by somebody of rank'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (
            SELECT FROM accounts_signin s JOIN accounts_user u ON u.id = s.user_id
                WHERE s.id = NEW.sign_in_id AND s.user_id = NEW.decided_by_id AND u.is_active
                AND s.ended_at IS NULL AND s.opened_at <= NEW.decided_at
        ) THEN
            RAISE EXCEPTION 'a site is decided in an open session of whoever decides it' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

SITE_CONTRIBUTION_STANDS = pgtrigger.Trigger(
    name="stands",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF TG_OP = 'DELETE' AND current_user = 'portal_retention' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'that somebody contributed is never taken back' USING ERRCODE = 'check_violation';
    """,
)

# the least number of cameras is part of what is decided.
CAMERA_IS_PART_OF_THE_PROPOSAL = pgtrigger.Trigger(
    name="part_of_the_proposal",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("site_status", "text")],
    func="""
        SELECT s.status INTO site_status FROM camera_sites_camerasite s WHERE s.id = NEW.site_id FOR UPDATE;
        IF site_status <> 'proposed' THEN
            RAISE EXCEPTION 'cameras are added while a site is proposed; this one is %', site_status
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

CAMERA_STAYS_AT_ITS_SITE = pgtrigger.Trigger(
    name="stays_at_its_site",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF (NEW.site_id, NEW.ref) IS DISTINCT FROM (OLD.site_id, OLD.ref) THEN
            RAISE EXCEPTION 'a camera keeps its site and the name that reads give it' USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.decommissioned_at IS NOT NULL AND NEW IS DISTINCT FROM OLD THEN
            RAISE EXCEPTION 'a camera that was taken down does not return: it is proposed anew' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
