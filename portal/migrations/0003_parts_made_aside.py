"""A part of a table that is filled and indexed beside it, and then attached: readers of the table never wait."""

from django.db import migrations

from portal.database.roles import APP

# As in 0001: the owner's rights, a pinned search path, nothing but our tables that are partitioned by value. Between
# `begin` and `index`, which are one transaction, the application may write to the part; after that nobody may but its owner,
# until it is attached and reached through its parent. Until then each row has the number of the line it came from, so that
# rows of one key can be told apart. Columns that hold one value for all rows are left out at first: added
# afterwards with that value as their default they take no room in the rows, and no time.
FIND = """
    SELECT c.oid, a.attname INTO parent, key_column
    FROM pg_partitioned_table p
        JOIN pg_class c ON c.oid = p.partrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname = p_table
        AND p.partstrat = 'l' AND p.partnatts = 1 AND a.atttypid IN ('uuid'::regtype, 'bigint'::regtype, 'integer'::regtype);
    IF parent IS NULL THEN
        RAISE EXCEPTION 'not a table partitioned by value: %', p_table USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p_value !~ '^([0-9]{1,18}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$' OR octet_length(aside) > 63 THEN
        RAISE EXCEPTION 'not a value to partition by: %', p_value USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('portal_parts_aside'), hashtext(aside));
"""

HEAD = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'"
DECLARE = """
    parent oid;
    key_column name;
    part text := p_table || '_' || replace(p_value, '-', '');
    aside text := part || '_aside';
"""

DROP = f"""
CREATE FUNCTION public.portal_drop_part_aside(p_table text, p_value text) RETURNS boolean
{HEAD} AS $$
DECLARE {DECLARE}
BEGIN
    {FIND}
    IF to_regclass(format('public.%I', aside)) IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('DROP TABLE public.%I', aside);
    RETURN true;
END;
$$
"""

BEGIN = f"""
CREATE FUNCTION public.portal_begin_part_aside(p_table text, p_value text, p_later text[]) RETURNS text
{HEAD} AS $$
DECLARE {DECLARE}
    columns text;
BEGIN
    {FIND}
    IF to_regclass(format('public.%I', part)) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    SELECT string_agg(
        format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
            || coalesce((SELECT format(' COLLATE %I.%I', n.nspname, l.collname) FROM pg_collation l
                JOIN pg_namespace n ON n.oid = l.collnamespace WHERE l.oid = a.attcollation AND l.collname <> 'default'), '')
            || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
        ', ' ORDER BY a.attlen < 0, a.attlen DESC, a.attnum)
    INTO columns
    FROM pg_attribute a
    WHERE a.attrelid = parent AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        AND a.attname <> key_column AND NOT a.attname = ANY (p_later);
    EXECUTE format('DROP TABLE IF EXISTS public.%I', aside);
    EXECUTE format('CREATE TABLE public.%I (line integer NOT NULL, %s)', aside, columns);
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON public.%I TO {APP}', aside);
    RETURN aside;
END;
$$
"""

# The part's own bound as a check, so that attaching it reads no row.
INDEX = f"""
CREATE FUNCTION public.portal_index_part_aside(p_table text, p_value text, p_label text) RETURNS void
{HEAD} SET maintenance_work_mem = '128MB' AS $$
DECLARE {DECLARE}
    command text;
BEGIN
    {FIND}
    EXECUTE format('REVOKE ALL ON public.%I FROM {APP}', aside);
    EXECUTE format('ALTER TABLE public.%1$I ADD COLUMN %2$I %3$s NOT NULL DEFAULT %4$L, ADD CONSTRAINT of_one_value CHECK (%2$I = %4$L)',
        aside, key_column, (SELECT format_type(atttypid, atttypmod) FROM pg_attribute
            WHERE attrelid = parent AND attname = key_column), p_value);
    FOR command IN
        SELECT format('ALTER TABLE public.%I ADD %s', aside, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE conrelid = parent AND contype IN ('p', 'u')
        UNION ALL
        SELECT format('CREATE %s ON public.%I USING %s', CASE WHEN indisunique THEN 'UNIQUE INDEX' ELSE 'INDEX' END, aside,
            substring(pg_get_indexdef(indexrelid) FROM ' USING (.*)$')) FROM pg_index i
        WHERE indrelid = parent AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))
    LOOP
        EXECUTE command;
    END LOOP;
    EXECUTE format('ALTER TABLE public.%I DROP COLUMN line', aside);
    EXECUTE format('ANALYZE public.%I', aside);
    EXECUTE format('COMMENT ON TABLE public.%I IS %L', aside, p_label);
END;
$$
"""

ATTACH = f"""
CREATE FUNCTION public.portal_attach_part_aside(p_table text, p_value text, p_label text, p_same jsonb) RETURNS boolean
{HEAD} AS $$
DECLARE {DECLARE}
    lacking record;
    command text;
BEGIN
    {FIND}
    IF to_regclass(format('public.%I', part)) IS NOT NULL
        OR obj_description(to_regclass(format('public.%I', aside)), 'pg_class') IS DISTINCT FROM p_label THEN
        RETURN false;
    END IF;
    FOR lacking IN
        SELECT a.attname, a.attnotnull, format_type(a.atttypid, a.atttypmod) AS kind,
            coalesce((SELECT format(' COLLATE %I.%I', n.nspname, l.collname) FROM pg_collation l
                JOIN pg_namespace n ON n.oid = l.collnamespace WHERE l.oid = a.attcollation AND l.collname <> 'default'), '') AS rule
        FROM pg_attribute a
        WHERE a.attrelid = parent AND a.attnum > 0 AND NOT a.attisdropped AND NOT EXISTS (
            SELECT FROM pg_attribute b WHERE b.attrelid = to_regclass(format('public.%I', aside))
                AND b.attname = a.attname AND NOT b.attisdropped)
        ORDER BY a.attnum
    LOOP
        IF NOT p_same ? lacking.attname THEN
            RETURN false;
        END IF;
        EXECUTE format('ALTER TABLE public.%I ADD COLUMN %I %s%s DEFAULT %L %s', aside, lacking.attname, lacking.kind, lacking.rule,
            p_same ->> lacking.attname, CASE WHEN lacking.attnotnull THEN 'NOT NULL' ELSE '' END);
        EXECUTE format('ALTER TABLE public.%I ALTER COLUMN %I DROP DEFAULT', aside, lacking.attname);
    END LOOP;
    FOR command IN
        SELECT format('ALTER TABLE public.%I ADD CONSTRAINT %I %s', aside, conname, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE conrelid = parent AND contype = 'c'
    LOOP
        EXECUTE command;
    END LOOP;
    EXECUTE format('ALTER TABLE public.%I ALTER COLUMN %I DROP DEFAULT', aside, key_column);
    EXECUTE format('ALTER TABLE public.%I RENAME TO %I', aside, part);
    EXECUTE format('COMMENT ON TABLE public.%I IS NULL', part);
    EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES IN (%L)', p_table, part, p_value);
    EXECUTE format('ALTER TABLE public.%I DROP CONSTRAINT of_one_value', part);
    RETURN true;
END;
$$
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0002_stored_answers")]
    operations = [
        migrations.RunSQL(DROP, "DROP FUNCTION public.portal_drop_part_aside(text, text)"),
        migrations.RunSQL(BEGIN, "DROP FUNCTION public.portal_begin_part_aside(text, text, text[])"),
        migrations.RunSQL(INDEX, "DROP FUNCTION public.portal_index_part_aside(text, text, text)"),
        migrations.RunSQL(ATTACH, "DROP FUNCTION public.portal_attach_part_aside(text, text, text, jsonb)"),
    ]
