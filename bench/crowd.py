"""Lists as full as a large force's: rows of feeds by the million, made in the database and taken away again."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from psycopg import sql

from hotlists.models import FeedRow, Hotlist
from portal.database.throwaway import admin_connection

LETTERS = "ABCDEFGHJKLMNOPRSTUVWXYZ"
DIFFERENT = 24**5 * 2  # plates with a never-issued age identifier; each number below makes one
STEP = 7_368_787  # shares no factor with it, so that plates come in no order

_PLATE = "||".join(
    f"substr('{LETTERS}', (n / {24**place} % 24)::int + 1, 1)" if place < 5 else "(ARRAY['01', '50'])[n % 2 + 1]"
    for place in (0, 1, 5, 2, 3, 4)
).replace("n / ", "n / 2 / ")
_VALUES = {
    "country": "'GB'", "vrm": _PLATE, "ref": "lpad(n::text, 10, '0')", "make": "(ARRAY['Ford', 'Kia', 'Audi'])[n % 3 + 1]",
    "model": "'Model ' || n % 9", "colour": "(ARRAY['Blue', 'Red', 'White'])[n % 3 + 1]", "category": "'INS'", "action": "'STOP'",
    "priority": "'LOW'", "reason": "'No insurance on record'", "action_text": "'Check insurance before seizing.'",
    "contact": "'Nobody'", "basis": "'FACT'", "marking": "'OFFICIAL'", "source_type": "'Benchmark'",
    "starts_at": "now() - interval '1 hour'", "expires_at": "now() + interval '9 days'", "last_verified_at": "now()",
}  # fmt: skip
_BLANK = {
    "ArrayField": "'{}'", "UUIDField": "gen_random_uuid()", "ForeignKey": "gen_random_uuid()", "DateTimeField": "now()",
    "DateField": "now()::date", "CharField": "''", "BooleanField": "false", "BinaryField": "sha256(n::text::bytea)",
}  # fmt: skip
_NUMBER = "n"  # every other kind is one


def plate(number: int) -> str:
    """The plate that row `number` names."""
    n = number * STEP % DIFFERENT
    letters = [LETTERS[n // 2 // 24**place % 24] for place in range(5)]
    return f"{letters[0]}{letters[1]}{('01', '50')[n % 2]}{letters[2]}{letters[3]}{letters[4]}"


@contextmanager
def filled(hotlist: Hotlist, rows: int, **values: str) -> Iterator[None]:
    """The list holds this many rows, in a partition of its own with all its indexes; afterwards it holds none. `values` are
    SQL of a row's number n, for fields that are to be other than here."""
    table, aside = sql.Identifier(FeedRow._meta.db_table), sql.Identifier(f"bench_{hotlist.slug.replace('-', '_')}")
    columns = [field for field in FeedRow._meta.concrete_fields if field.column and field.column != "hotlist_id"]
    chosen = [
        values.get(field.name)
        or _VALUES.get(field.name)
        or ("NULL" if field.null else _BLANK.get(field.get_internal_type(), _NUMBER))
        for field in columns
    ]
    with admin_connection(settings.DATABASE_NAME) as admin:
        admin.execute("SET maintenance_work_mem = '512MB'")
        admin.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(aside))  # of a run that was broken off
        admin.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS)").format(aside, table))
        try:
            fill = sql.SQL(
                "INSERT INTO {} (hotlist_id, {}) SELECT {}, {} FROM"
                " (SELECT number * {} % {} AS n FROM generate_series(1, {}::bigint) AS number) AS numbers"
            )
            names = sql.SQL(", ").join(sql.Identifier(field.column) for field in columns)
            made = sql.SQL(", ").join(map(sql.SQL, chosen))
            admin.execute(fill.format(aside, names, sql.Literal(hotlist.pk), made, STEP, DIFFERENT, rows))
            attach = sql.SQL("ALTER TABLE {} ATTACH PARTITION {} FOR VALUES IN ({})")
            admin.execute(attach.format(table, aside, sql.Literal(hotlist.pk)))
            admin.execute(sql.SQL("VACUUM ANALYZE {}").format(aside))
            yield
        finally:
            admin.execute(sql.SQL("DROP TABLE {}").format(aside))
