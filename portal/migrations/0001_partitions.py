"""The two functions by which the application, which owns no table, may add a partition to one."""

from django.db import migrations

# They run with the owner's rights, so: a pinned search path, nothing but partitioned tables of ours, few at a time.
# A new part is made beside the table and then attached, which does not lock out those who write to the other parts;
# when a lock is not to be had in 5 s it gives up rather than make everybody queue behind it.
ENSURE_MONTHS = """
CREATE FUNCTION public.portal_ensure_month_partitions(p_table text, p_from date, p_months integer) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' SET timezone = 'UTC' AS $$
DECLARE
    parent oid;
    month date;
    part text;
    created text[] := '{}';
BEGIN
    SELECT c.oid INTO parent
    FROM pg_partitioned_table p
        JOIN pg_class c ON c.oid = p.partrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname = p_table
        AND p.partstrat = 'r' AND p.partnatts = 1 AND a.atttypid = 'uuid'::regtype;
    IF parent IS NULL THEN
        RAISE EXCEPTION 'not a table partitioned by month: %', p_table USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p_months NOT BETWEEN 1 AND 60 OR p_from NOT BETWEEN DATE '2015-01-01' AND CURRENT_DATE + 400 THEN
        RAISE EXCEPTION 'not a span of months: % from %', p_months, p_from USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('portal_partitions'), parent::integer);
    FOR i IN 0 .. p_months - 1 LOOP
        month := (date_trunc('month', p_from::timestamp) + make_interval(months => i))::date;
        part := p_table || to_char(month, '"_y"YYYY"m"MM');
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = part AND relispartition
        );
        EXECUTE format(
            'CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE)',
            part, p_table
        );
        EXECUTE format(
            'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
            p_table, part,
            rpad(lpad(to_hex((extract(epoch FROM month::timestamp) * 1000)::bigint), 12, '0'), 32, '0')::uuid,
            rpad(lpad(to_hex((extract(epoch FROM month::timestamp + INTERVAL '1 month') * 1000)::bigint), 12, '0'), 32, '0')::uuid
        );
        created := created || part;
    END LOOP;
    RETURN created;
END;
$$
"""

ENSURE_VALUE = """
CREATE FUNCTION public.portal_ensure_list_partition(p_table text, p_value text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    parent oid;
    part text := p_table || '_' || replace(p_value, '-', '');
BEGIN
    SELECT c.oid INTO parent
    FROM pg_partitioned_table p
        JOIN pg_class c ON c.oid = p.partrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname = p_table
        AND p.partstrat = 'l' AND p.partnatts = 1 AND a.atttypid IN ('uuid'::regtype, 'bigint'::regtype, 'integer'::regtype);
    IF parent IS NULL THEN
        RAISE EXCEPTION 'not a table partitioned by value: %', p_table USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p_value !~ '^([0-9]{1,18}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$' OR octet_length(part) > 63 THEN
        RAISE EXCEPTION 'not a value to partition by: %', p_value USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('portal_partitions'), parent::integer);
    IF NOT EXISTS (
        SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = part AND relispartition
    ) THEN
        EXECUTE format(
            'CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE)',
            part, p_table
        );
        EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES IN (%L)', p_table, part, p_value);
    END IF;
    RETURN part;
END;
$$
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(ENSURE_MONTHS, "DROP FUNCTION public.portal_ensure_month_partitions(text, date, integer)"),
        migrations.RunSQL(ENSURE_VALUE, "DROP FUNCTION public.portal_ensure_list_partition(text, text)"),
    ]
