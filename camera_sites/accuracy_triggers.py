"""What the database holds of accuracy before a site goes live, whoever writes (R-090)."""

import pgtrigger

# As camera_sites.accuracy judges: where the edition in force asks for tests, each camera has so many that pass and are in date, and
# the newest by day and the newest by night both pass.
TESTED_BEFORE_LIVE = pgtrigger.Trigger(
    name="tested_before_live",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("status"),
    declare=[("edition", "uuid"), ("asked", "jsonb"), ("since", "date"), ("without", "text")],
    func="""
        IF NOT (OLD.status = 'proposed' AND NEW.status = 'live') THEN
            RETURN NEW;
        END IF;
        SELECT p.id INTO edition FROM standards_standardsprofile p
            WHERE p.effective_from <= NEW.moved_at AND (p.is_delivered OR p.adopted_at <= NEW.moved_at)
            ORDER BY p.effective_from DESC LIMIT 1;
        SELECT jsonb_object_agg(n.key, n.value) INTO asked FROM (
            SELECT DISTINCT ON (n.key) n.key, n.value
                FROM standards_number n JOIN standards_standardsprofile p ON p.id = n.profile_id
                WHERE n.key IN ('site.accuracy.before', 'site.accuracy.test', 'site.capture.target', 'site.read.target',
                    'site.clock', 'site.latency') AND (p.id = edition OR p.is_delivered)
                ORDER BY n.key, (p.id = edition) DESC
        ) n;
        IF coalesce((asked->>'site.accuracy.before')::int, 0) <= 0 THEN
            RETURN NEW;
        END IF;
        since := (NEW.moved_at AT TIME ZONE 'UTC')::date - (asked->>'site.accuracy.test')::int;
        WITH judged AS (
            SELECT t.camera_id, t.tested_on,
                t.capture_low >= (asked->>'site.capture.target')::float8 / 100
                    AND t.read_low >= (asked->>'site.read.target')::float8 / 100
                    AND abs(coalesce(t.clock_offset_ms, 0)) <= (asked->>'site.clock')::int
                    AND coalesce(t.latency_p95_ms, 0) <= (asked->>'site.latency')::int AS passes,
                row_number() OVER (PARTITION BY t.camera_id, t.light ORDER BY t.tested_on DESC, t.id DESC) = 1 AS is_newest
            FROM camera_sites_accuracytest t JOIN camera_sites_camera c ON c.id = t.camera_id WHERE c.site_id = NEW.id
        )
        SELECT c.ref INTO without FROM camera_sites_camera c
            WHERE c.site_id = NEW.id AND (
                EXISTS (SELECT FROM judged j WHERE j.camera_id = c.id AND j.is_newest AND NOT j.passes)
                OR (SELECT count(*) FROM judged j WHERE j.camera_id = c.id AND j.passes AND j.tested_on > since)
                    < (asked->>'site.accuracy.before')::int
            ) LIMIT 1;
        IF without IS NOT NULL THEN
            RAISE EXCEPTION 'camera % has not passed the accuracy tests that the standards ask for', without
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
