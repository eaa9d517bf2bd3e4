"""Entries are limited to places, directions and times, and say how far the authority goes at a hit."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# Whether a scope is one: what is not understood would limit nothing. Spelled as matcher_client.scope.content spells it.
SOUND = """
CREATE FUNCTION public.hotlists_scope_is_sound(scope jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(
        jsonb_typeof(scope) = 'object'
        AND NOT EXISTS (
            SELECT FROM jsonb_each(CASE jsonb_typeof(scope) WHEN 'object' THEN scope ELSE '{}' END) part
            WHERE part.key NOT IN ('areas', 'days', 'directions', 'hours', 'sites')
                OR jsonb_typeof(part.value) <> 'array' OR part.value = '[]'
        )
        AND NOT EXISTS (
            SELECT FROM jsonb_each(CASE jsonb_typeof(scope) WHEN 'object' THEN scope ELSE '{}' END) part,
                jsonb_array_elements(CASE jsonb_typeof(part.value) WHEN 'array' THEN part.value ELSE '[]' END) item
            WHERE CASE part.key
                WHEN 'days' THEN item NOT IN ('1', '2', '3', '4', '5', '6', '7')
                WHEN 'directions' THEN item NOT IN ('"N"', '"NE"', '"E"', '"SE"', '"S"', '"SW"', '"W"', '"NW"')
                WHEN 'hours' THEN
                    jsonb_typeof(item) <> 'string' OR (item #>> '{}') !~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'
                ELSE jsonb_typeof(item) <> 'string' OR btrim(item #>> '{}') = '' END
        )
        AND (
            (scope -> 'hours') IS NULL OR (
                CASE jsonb_typeof(scope -> 'hours') WHEN 'array' THEN jsonb_array_length(scope -> 'hours') END = 2
                AND (scope -> 'hours' -> 0) <> (scope -> 'hours' -> 1)
            )
        ),
        false
    )
$$
"""

# The parts of the week that a scope names, in minutes after Monday 00:00: hours that pass midnight belong to the day
# on which they begin.
MINUTES = """
CREATE FUNCTION public.hotlists_scope_minutes(scope jsonb) RETURNS int4multirange
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH clock AS (
        SELECT coalesce(split_part(scope -> 'hours' ->> 0, ':', 1)::int * 60
                    + split_part(scope -> 'hours' ->> 0, ':', 2)::int, 0) AS start,
            coalesce(split_part(scope -> 'hours' ->> 1, ':', 1)::int * 60
                    + split_part(scope -> 'hours' ->> 1, ':', 2)::int, 0) AS finish
    ), stretch AS (
        SELECT (day::int - 1) * 1440 + start AS begins,
            CASE WHEN finish > start THEN finish - start ELSE finish - start + 1440 END AS lasts
        FROM clock, jsonb_array_elements_text(coalesce(scope -> 'days', '[1, 2, 3, 4, 5, 6, 7]')) day
    )
    SELECT range_agg(part) FROM stretch, LATERAL (VALUES
        (int4range(begins, least(begins + lasts, 10080))), (int4range(0, greatest(begins + lasts - 10080, 0)))
    ) AS of_week(part)
$$
"""

# matcher_client.scope.is_within, for triggers.
WITHIN = """
CREATE FUNCTION public.hotlists_scope_is_within(narrow jsonb, wide jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(
        (
            coalesce(wide -> 'sites', wide -> 'areas') IS NULL
            OR (
                coalesce(narrow -> 'sites', narrow -> 'areas') IS NOT NULL
                AND coalesce(narrow -> 'sites', '[]') <@ coalesce(wide -> 'sites', '[]')
                AND coalesce(narrow -> 'areas', '[]') <@ coalesce(wide -> 'areas', '[]')
            )
        )
        AND (
            (wide -> 'directions') IS NULL
            OR ((narrow -> 'directions') IS NOT NULL AND (narrow -> 'directions') <@ (wide -> 'directions'))
        )
        AND public.hotlists_scope_minutes(narrow) <@ public.hotlists_scope_minutes(wide),
        false
    )
$$
"""


class Migration(migrations.Migration):

    dependencies = [('hotlists', '0012_first_justifications'), ('standards', '0004_finding_answer'), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.RunSQL(SOUND, "DROP FUNCTION public.hotlists_scope_is_sound(jsonb)"),
        migrations.RunSQL(MINUTES, "DROP FUNCTION public.hotlists_scope_minutes(jsonb)"),
        migrations.RunSQL(WITHIN, "DROP FUNCTION public.hotlists_scope_is_within(jsonb, jsonb)"),
        migrations.AddField(
            model_name='entryversion',
            name='response',
            field=models.CharField(blank=True, choices=[('IMMEDIATE', 'Send somebody at once'), ('WHEN_FREE', 'Send somebody when a unit is free'), ('RECORD_ONLY', 'Record only: nobody is sent')], help_text='How far the authority goes at a hit; empty: by priority.', max_length=11),
        ),
        migrations.AddField(
            model_name='entryversion',
            name='scope',
            field=models.JSONField(blank=True, default=dict, help_text='Sites, areas, directions, days and hours, as hotlists.scope; empty: no limit.'),
        ),
        migrations.AddConstraint(
            model_name='entryversion',
            constraint=models.CheckConstraint(condition=models.Func(models.F('scope'), function='public.hotlists_scope_is_sound', output_field=models.BooleanField()), name='hotlists_version_scope_is_sound'),
        ),
        migrations.AddConstraint(
            model_name='entryversion',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'draft'), models.Q(('action', 'STOP'), ('response', 'RECORD_ONLY'), _negated=True), _connector='OR'), name='hotlists_version_stop_is_not_record_only'),
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='term',
            name='of_an_approved_version',
        ),
        migrations.AddField(
            model_name='term',
            name='scope',
            field=models.JSONField(blank=True, default=dict),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='term',
            trigger=pgtrigger.compiler.Trigger(name='of_an_approved_version', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE version hotlists_entryversion%ROWTYPE; before hotlists_term%ROWTYPE; steps text[] := ARRAY['STOP', 'ASSESS', 'OBSERVE_REPORT']; asked text; warned varchar[]; reviewed timestamptz; limited jsonb;", func="\n        PERFORM FROM hotlists_entry e WHERE e.id = NEW.entry_id FOR UPDATE;\n        SELECT * INTO version FROM hotlists_entryversion WHERE id = NEW.version_id;\n        IF version.status <> 'approved' OR version.entry_id <> NEW.entry_id THEN\n            RAISE EXCEPTION 'only an approved version of the entry governs it' USING ERRCODE = 'check_violation';\n        END IF;\n        SELECT t.* INTO before FROM hotlists_term t JOIN hotlists_entryversion v ON v.id = t.version_id\n            WHERE t.entry_id = NEW.entry_id ORDER BY v.number DESC, t.from_at DESC, t.id DESC LIMIT 1;\n        IF FOUND AND (SELECT v.number FROM hotlists_entryversion v WHERE v.id = before.version_id) > version.number THEN\n            RAISE EXCEPTION 'a version that another took the place of does not come back'\n                USING ERRCODE = 'check_violation';\n        END IF;\n        asked := version.action; warned := version.markers; reviewed := version.review_by;\n        limited := version.scope;\n        IF before.version_id = NEW.version_id THEN\n            asked := before.action; warned := before.markers; reviewed := before.review_by;\n            limited := before.scope;\n            IF NEW.expires_at > before.expires_at OR NEW.starts_at < before.starts_at THEN\n                RAISE EXCEPTION 'a term lies within the one before it' USING ERRCODE = 'check_violation';\n            END IF;\n        END IF;\n        IF NEW.expires_at > version.expires_at OR NEW.starts_at < version.starts_at THEN\n            RAISE EXCEPTION 'a term lies within what was approved' USING ERRCODE = 'check_violation';\n        END IF;\n        IF NEW.action <> asked AND NOT COALESCE(\n            array_position(steps, NEW.action::text) > array_position(steps, asked), false\n        ) THEN\n            RAISE EXCEPTION 'a term asks for what was approved or for less, not for % in place of %', NEW.action, asked\n                USING ERRCODE = 'check_violation';\n        END IF;\n        IF NOT NEW.markers <@ warned THEN\n            RAISE EXCEPTION 'a term warns of what was approved or of less' USING ERRCODE = 'check_violation';\n        END IF;\n        IF NOT public.hotlists_scope_is_within(NEW.scope, limited) THEN\n            RAISE EXCEPTION 'a term reaches as far as was approved or less far' USING ERRCODE = 'check_violation';\n        END IF;\n        IF NEW.review_by > reviewed AND NOT EXISTS (\n            SELECT FROM hotlists_review r\n            WHERE r.version_id = version.id AND r.review_by = NEW.review_by AND r.reviewed_at = NEW.from_at\n        ) THEN\n            RAISE EXCEPTION 'review-by moves only by a review' USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='642fe85658cff6b6a6a45d34118f596d070fbaf7', operation='INSERT', pgid='pgtrigger_of_an_approved_version_56f5f', table='hotlists_term', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.CheckConstraint(condition=models.Func(models.F('scope'), function='public.hotlists_scope_is_sound', output_field=models.BooleanField()), name='hotlists_term_scope_is_sound'),
        ),
    ]
