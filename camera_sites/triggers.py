"""Rules about assessments that PostgreSQL keeps, whoever writes: shell, bulk update and superuser included.

Messages are for those who go round the actions; people meet the policies' words first.
"""

import pgtrigger

DPIA_IS_BORN_A_DRAFT = pgtrigger.Trigger(
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

# a submitted version is never altered; it becomes approved only with advice by one person and a decision
# by another (their own triggers hold who they may be). What is submitted has a risk in its register, every risk with its four
# levels, and says what those whose data it is said or why they were not asked.
DPIA_IS_FIXED_ONCE_SUBMITTED = pgtrigger.Trigger(
    name="fixed_once_submitted",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF TG_OP = 'DELETE' THEN
            IF OLD.status <> 'draft' AND NOT (current_user = 'portal_retention') THEN
                RAISE EXCEPTION 'a submitted version is never deleted' USING ERRCODE = 'check_violation';
            END IF;
            RETURN OLD;
        END IF;
        IF OLD.status = 'draft' AND NEW.status = 'draft' THEN
            IF (NEW.dpia_id, NEW.number, NEW.written_by_id) IS DISTINCT FROM (OLD.dpia_id, OLD.number, OLD.written_by_id) THEN
                RAISE EXCEPTION 'a version keeps its author and its place' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END IF;
        IF OLD.status = 'draft' AND NEW.status = 'submitted' THEN
            IF to_jsonb(NEW) - ARRAY['status', 'submitted_at', 'submitted_by_id', 'digest']
                <> to_jsonb(OLD) - ARRAY['status', 'submitted_at', 'submitted_by_id', 'digest'] THEN
                RAISE EXCEPTION 'what is submitted is the draft as it stood' USING ERRCODE = 'check_violation';
            END IF;
            IF jsonb_typeof(NEW.risk_register) <> 'array' OR jsonb_typeof(NEW.measure_register) <> 'array'
                OR jsonb_typeof(NEW.consultees) <> 'array' THEN
                RAISE EXCEPTION 'a register is a list of rows' USING ERRCODE = 'check_violation';
            END IF;
            IF jsonb_array_length(NEW.risk_register) = 0 OR EXISTS (
                SELECT FROM jsonb_array_elements(NEW.risk_register) risk, unnest(ARRAY['likelihood_before',
                    'severity_before', 'likelihood_after', 'severity_after']) level
                    WHERE coalesce(btrim(risk->>'risk'), '') = ''
                    OR NOT coalesce('[1, 2, 3, 4]'::jsonb @> (risk->level), false)
            ) THEN
                RAISE EXCEPTION 'every risk has its likelihood and severity before and after measures'
                    USING ERRCODE = 'check_violation';
            END IF;
            IF btrim(NEW.subjects_not_asked) = '' AND NOT EXISTS (
                SELECT FROM jsonb_array_elements(NEW.consultees) asked WHERE asked->>'group' = 'data_subjects'
            ) THEN
                RAISE EXCEPTION 'those whose data it is were asked, or it says why not' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END IF;
        IF OLD.status <> 'submitted' OR NEW.status NOT IN ('approved', 'rejected') THEN
            RAISE EXCEPTION 'a version that is % cannot become %', OLD.status, NEW.status
                USING ERRCODE = 'check_violation';
        END IF;
        IF to_jsonb(NEW) - 'status' <> to_jsonb(OLD) - 'status' THEN
            RAISE EXCEPTION 'a submitted version is never altered' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (
            SELECT FROM camera_sites_dpiadecision d JOIN camera_sites_dpiaadvice a ON a.version_id = d.version_id
                WHERE d.version_id = OLD.id AND a.advised_by_id <> d.decided_by_id
                AND d.verdict = CASE NEW.status WHEN 'approved' THEN 'approve' ELSE 'reject' END
        ) THEN
            RAISE EXCEPTION 'version % becomes % only with advice by one person and that decision by another',
                OLD.id, NEW.status USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

_STANDS_ALONE = """
    SELECT * INTO version FROM camera_sites_dpiaversion WHERE id = NEW.version_id FOR UPDATE;
    IF version.status IS DISTINCT FROM 'submitted' THEN
        RAISE EXCEPTION 'only a submitted version is advised on or decided; this one is %', version.status
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.digest IS DISTINCT FROM version.digest THEN
        RAISE EXCEPTION 'what is judged is the version as it was submitted' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.{who}_by_id IN (version.written_by_id, version.submitted_by_id) OR EXISTS (
        SELECT FROM camera_sites_dpiacontribution c WHERE c.version_id = version.id AND c.user_id = NEW.{who}_by_id
    ) THEN
        RAISE EXCEPTION 'whoever wrote, edited or submitted an assessment does not judge it'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM accounts_signin s JOIN accounts_user u ON u.id = s.user_id
            WHERE s.id = NEW.sign_in_id AND s.user_id = NEW.{who}_by_id AND u.is_active
            AND s.ended_at IS NULL AND s.opened_at <= NEW.{who}_at
    ) THEN
        RAISE EXCEPTION 'advice and decisions are given in an open session of the person who gives them'
            USING ERRCODE = 'check_violation';
    END IF;
"""

ADVICE_BY_ANOTHER = pgtrigger.Trigger(
    name="by_another",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("version", "camera_sites_dpiaversion%ROWTYPE")],
    func=_STANDS_ALONE.format(who="advised") + "    RETURN NEW;\n",
)

DECISION_BY_A_THIRD = pgtrigger.Trigger(
    name="by_a_third",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("version", "camera_sites_dpiaversion%ROWTYPE")],
    func=_STANDS_ALONE.format(who="decided")  # noqa: S608 - constants alone
    + """
    IF NOT EXISTS (
        SELECT FROM camera_sites_dpiaadvice a WHERE a.version_id = version.id AND a.advised_by_id <> NEW.decided_by_id
            AND a.advised_at <= NEW.decided_at
    ) THEN
        RAISE EXCEPTION 'a decision follows advice that another person gave' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.verdict = 'approve' AND version.residual_risk_high AND NOT EXISTS (
        SELECT FROM camera_sites_consultationoutcome o JOIN camera_sites_priorconsultation p ON p.id = o.consultation_id
            WHERE p.version_id = version.id AND o.outcome <> 'infringes' AND o.recorded_at <= NEW.decided_at
    ) THEN
        RAISE EXCEPTION 'while the residual risk is high the Commissioner is consulted first'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
""",
)

# what is sent to the Commissioner is a version as it was submitted, by somebody who did not write it; the answer
# belongs to that. Both stand before anyone decides.
CONSULTATION_BY_ANOTHER = pgtrigger.Trigger(
    name="by_another",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("version", "camera_sites_dpiaversion%ROWTYPE")],
    func=_STANDS_ALONE.format(who="sent") + "    RETURN NEW;\n",
)

OUTCOME_BEFORE_THE_DECISION = pgtrigger.Trigger(
    name="before_the_decision",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("version", "camera_sites_dpiaversion%ROWTYPE"), ("sent", "camera_sites_priorconsultation%ROWTYPE")],
    func="\n    SELECT * INTO sent FROM camera_sites_priorconsultation WHERE id = NEW.consultation_id;\n"  # noqa: S608
    + _STANDS_ALONE.replace("NEW.version_id", "sent.version_id")
    .replace("NEW.digest", "sent.digest")
    .format(who="recorded")
    + "    RETURN NEW;\n",
)

DPIA_CONTRIBUTION_STANDS = pgtrigger.Trigger(
    name="stands",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF TG_OP = 'DELETE' AND (current_user = 'portal_retention' OR NOT EXISTS (
            SELECT FROM camera_sites_dpiaversion v WHERE v.id = OLD.version_id AND v.status <> 'draft'
        )) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'that somebody contributed is never taken back' USING ERRCODE = 'check_violation';
    """,
)
