"""The function by which the application, which owns no table, may renew the statistics of published rows."""

from django.db import migrations

ANALYSE = """
CREATE FUNCTION public.matchers_analyse_rows() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
BEGIN
    ANALYZE public.matchers_publishedrow;
END;
$$
"""


class Migration(migrations.Migration):
    """Until the database has seen a new list in numbers, it takes it for one row and reads all of them for each bucket."""

    dependencies = [("matchers", "0010_a_matcher_is_stopped")]

    operations = [
        migrations.RunSQL(ANALYSE, "DROP FUNCTION public.matchers_analyse_rows()"),
        # Digests are as good as random: trying to compress them at each change is in vain.
        migrations.RunSQL(
            "ALTER TABLE matchers_bucketpart ALTER COLUMN digests SET STORAGE EXTERNAL",
            "ALTER TABLE matchers_bucketpart ALTER COLUMN digests SET STORAGE EXTENDED",
        ),
    ]
