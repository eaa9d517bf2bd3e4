"""Months that leave their tables whole; the functions by which retention, which owns no table, may take one out and drop it."""

from django.db import migrations

from portal.database.roles import RETENTION

# As in portal 0001: the owner's rights, a pinned search path, nothing but our tables that are partitioned by month, and a
# lock that is not to be had in 50 ms is asked for again by the caller rather than queued for: behind a queue everybody waits.
# A month that is not over by the database's own clock is never taken out, whatever a caller takes for now.
HEAD = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '50ms'"
NAMES = """
    part text := p_table || to_char(p_month, '"_y"YYYY"m"MM');
    kept text := part || '_kept_aside';
    going text := part || '_going_aside';
    key_column name;
    columns text;
"""
FIND = """
    SELECT a.attname INTO key_column
    FROM pg_partitioned_table p
        JOIN pg_class c ON c.oid = p.partrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname = p_table
        AND p.partstrat = 'r' AND p.partnatts = 1 AND a.atttypid = 'uuid'::regtype;
    IF key_column IS NULL THEN
        RAISE EXCEPTION 'not a table partitioned by month: %', p_table USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p_month <> date_trunc('month', p_month::timestamp)::date OR p_month + INTERVAL '1 month' > CURRENT_DATE THEN
        RAISE EXCEPTION 'not a month that is over: %', p_month USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
    WHERE attrelid = format('public.%I', p_table)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    PERFORM pg_advisory_xact_lock(hashtext('portal_partitions'), format('public.%I', p_table)::regclass::oid::integer);
"""

# Nothing under hold goes, whatever the caller counted: neither the row nor one that belongs to what is held.
NOT_HELD = """
CREATE FUNCTION public.retention_refuse_held(p_part text, p_kept text, p_key text, p_through text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    held boolean;
    via text;
BEGIN
    FOREACH via IN ARRAY p_key || p_through LOOP
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM public.retention_legalhold h JOIN public.%1$I p ON p.%2$I = h.object_id'
            ' WHERE h.released_at IS NULL' || CASE WHEN to_regclass(format('public.%I', coalesce(p_kept, 'none'))) IS NULL THEN ')' ELSE
            ' AND NOT EXISTS (SELECT FROM public.%3$I k WHERE k.%4$I = p.%4$I))' END, p_part, via, p_kept, p_key
        ) INTO held;
        IF held THEN
            RAISE EXCEPTION 'under a legal hold: %', p_part USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
END;
$$
"""

KEEP = f"""
CREATE FUNCTION public.retention_keep_aside(p_table text, p_month date, p_ids uuid[]) RETURNS bigint
{HEAD} AS $$
DECLARE {NAMES}
    copied bigint := 0;
BEGIN
    {FIND}
    EXECUTE format('DROP TABLE IF EXISTS public.%I', kept);
    EXECUTE format(
        'CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE)',
        kept, p_table
    );
    IF to_regclass(format('public.%I', part)) IS NOT NULL THEN
        EXECUTE format('INSERT INTO public.%I (%s) SELECT %s FROM public.%I WHERE %I = ANY ($1)',
            kept, columns, columns, part, key_column) USING p_ids;
        GET DIAGNOSTICS copied = ROW_COUNT;
    END IF;
    EXECUTE format('GRANT SELECT ON public.%I TO {RETENTION}', kept);
    RETURN copied;
END;
$$
"""

# Out and in are one transaction: what is kept is at every moment where it always was. Children leave before what they point
# at, and what is kept comes back in the other order.
OUT = f"""
CREATE FUNCTION public.retention_take_out(p_table text, p_month date, p_through text[]) RETURNS void
{HEAD} AS $$
DECLARE {NAMES}
BEGIN
    {FIND}
    IF to_regclass(format('public.%I', part)) IS NULL THEN  -- nothing of it was kept the last time
        RETURN;
    END IF;
    PERFORM public.retention_refuse_held(part, kept, key_column, p_through);
    EXECUTE format('ALTER TABLE public.%I DETACH PARTITION public.%I', p_table, part);
    EXECUTE format('ALTER TABLE public.%I RENAME TO %I', part, going);
    EXECUTE format('GRANT SELECT ON public.%I TO {RETENTION}', going);
END;
$$
"""
IN = f"""
CREATE FUNCTION public.retention_put_in(p_table text, p_month date) RETURNS void
{HEAD} AS $$
DECLARE {NAMES}
    is_filled boolean;
BEGIN
    {FIND}
    IF to_regclass(format('public.%I', kept)) IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', kept) INTO is_filled;
    IF NOT is_filled THEN
        EXECUTE format('DROP TABLE public.%I', kept);
        RETURN;
    END IF;
    EXECUTE format('ALTER TABLE public.%I RENAME TO %I', kept, part);
    EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', p_table, part,
        rpad(lpad(to_hex((extract(epoch FROM p_month::timestamp) * 1000)::bigint), 12, '0'), 32, '0')::uuid,
        rpad(lpad(to_hex((extract(epoch FROM p_month::timestamp + INTERVAL '1 month') * 1000)::bigint), 12, '0'), 32, '0')::uuid);
END;
$$
"""

# What was taken out points at nothing any more, so that what it pointed at may go; and holds no second copy of what is kept.
FREE = f"""
CREATE FUNCTION public.retention_free(p_table text, p_month date) RETURNS void
{HEAD} AS $$
DECLARE {NAMES}
    name text;
BEGIN
    {FIND}
    IF to_regclass(format('public.%I', going)) IS NULL THEN
        RETURN;
    END IF;
    FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = format('public.%I', going)::regclass AND contype = 'f' LOOP
        EXECUTE format('ALTER TABLE public.%I DROP CONSTRAINT %I', going, name);
    END LOOP;
    IF to_regclass(format('public.%I', part)) IS NOT NULL THEN
        EXECUTE format('DELETE FROM public.%1$I g USING public.%2$I p WHERE g.%3$I = p.%3$I', going, part, key_column);
    END IF;
END;
$$
"""

# A hold that came after all: the row stands again where it stood. It was judged when it was written, so no trigger judges now.
BACK = f"""
CREATE FUNCTION public.retention_put_back(p_table text, p_month date, p_ids uuid[]) RETURNS bigint
{HEAD} AS $$
DECLARE {NAMES}
    put bigint;
BEGIN
    {FIND}
    IF to_regclass(format('public.%I', going)) IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM public.portal_ensure_month_partitions(p_table, p_month, 1);
    SET CONSTRAINTS ALL IMMEDIATE;  -- triggers cannot be enabled again while any of them waits
    EXECUTE format('ALTER TABLE public.%I DISABLE TRIGGER USER', part);
    EXECUTE format('INSERT INTO public.%I (%s) SELECT %s FROM public.%I WHERE %I = ANY ($1) ON CONFLICT DO NOTHING',
        part, columns, columns, going, key_column) USING p_ids;
    GET DIAGNOSTICS put = ROW_COUNT;
    EXECUTE format('ALTER TABLE public.%I ENABLE TRIGGER USER', part);
    EXECUTE format('DELETE FROM public.%I WHERE %I = ANY ($1)', going, key_column) USING p_ids;
    RETURN put;
END;
$$
"""

DROP = f"""
CREATE FUNCTION public.retention_drop(p_table text, p_month date, p_through text[]) RETURNS boolean
{HEAD} AS $$
DECLARE {NAMES}
BEGIN
    {FIND}
    IF to_regclass(format('public.%I', going)) IS NULL THEN
        RETURN false;
    END IF;
    IF EXISTS (SELECT FROM pg_inherits WHERE inhrelid = format('public.%I', going)::regclass) THEN
        RAISE EXCEPTION 'still a part of a table: %', going USING ERRCODE = 'object_in_use';
    END IF;
    PERFORM public.retention_refuse_held(going, NULL, key_column, p_through);
    EXECUTE format('DROP TABLE public.%I', going);
    RETURN true;
END;
$$
"""


def function(sql: str, signature: str) -> migrations.RunSQL:
    """Made, and taken away again."""
    return migrations.RunSQL(sql, f"DROP FUNCTION public.{signature}")


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_runs_and_holds"), ("portal", "0001_partitions")]
    operations = [
        function(NOT_HELD, "retention_refuse_held(text, text, text, text[])"),
        function(KEEP, "retention_keep_aside(text, date, uuid[])"),
        function(OUT, "retention_take_out(text, date, text[])"),
        function(IN, "retention_put_in(text, date)"),
        function(FREE, "retention_free(text, date)"),
        function(BACK, "retention_put_back(text, date, uuid[])"),
        function(DROP, "retention_drop(text, date, text[])"),
    ]
