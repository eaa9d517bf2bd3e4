"""Whether a month holds what is held is looked up by the holds, which are few: joined, all of the month was read under its lock."""

from django.db import migrations

NOT_HELD = """
CREATE OR REPLACE FUNCTION public.retention_refuse_held(p_part text, p_kept text, p_key text, p_through text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    is_kept text := '';
    held boolean;
    via text;
BEGIN
    IF to_regclass(format('public.%I', coalesce(p_kept, 'none'))) IS NOT NULL THEN
        is_kept := format(' AND NOT EXISTS (SELECT FROM public.%1$I k WHERE k.%2$I = p.%2$I)', p_kept, p_key);
    END IF;
    FOREACH via IN ARRAY p_key || p_through LOOP
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM public.retention_legalhold h CROSS JOIN LATERAL ('
            'SELECT FROM public.%1$I p WHERE p.%2$I = h.object_id%3$s LIMIT 1) one WHERE h.released_at IS NULL)',
            p_part, via, is_kept
        ) INTO held;
        IF held THEN
            RAISE EXCEPTION 'under a legal hold: %', p_part USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
END;
$$
"""


class Migration(migrations.Migration):
    dependencies = [("retention", "0008_holds_on_cases_and_results")]
    operations = [migrations.RunSQL(NOT_HELD, migrations.RunSQL.noop)]
