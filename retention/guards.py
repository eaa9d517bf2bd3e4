"""What the database does about holds, written from the schedule after each migration: what belongs to a held record stays with it,
and what later names a held case is held as it comes.

Judged once a statement, over all rows that it deletes or writes. A kind that can be held, or that goes with one that can, needs
a line in the schedule and nothing else.
"""

import hashlib

from django.apps import AppConfig, apps
from django.db import connections, models
from psycopg import sql

from retention.rules import Rule
from retention.schedule import BY_LABEL, SCHEDULE, children_of

CASES = 7_300_003  # advisory lock: a case is held before a row that names it is written or after, never beside it
OURS = """
    SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('public.retention_legalhold')
        AND pg_has_role(current_user, relowner, 'USAGE'))
"""
STANDING = """
    SELECT c.relname, t.tgname, obj_description(t.oid, 'pg_trigger') FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = 'public'::regnamespace AND t.tgparentid = 0 AND t.tgname ^@ 'retention_'
"""
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
HEAD = "RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp"


def tell_database(sender: AppConfig, using: str, **kwargs: object) -> None:
    """Makes the triggers that are lacking or say something else, and takes away those that no line asks for any more."""
    with connections[using].cursor() as cursor:
        cursor.execute(OURS)
        if not cursor.fetchone()[0]:
            return
        cursor.execute(TABLES)
        tables = {name for (name,) in cursor.fetchall()}
        cursor.execute(STANDING)
        standing = {(table, name): said for table, name, said in cursor.fetchall()}
        asked = {key: body for key, body in wanted().items() if key[0] in tables}
        for (table, name), (event, body) in asked.items():
            digest = hashlib.sha256(f"{event} {body}".encode()).hexdigest()
            if standing.get((table, name)) != digest:
                _make(cursor, table, name, event, body, digest)
        for table, name in standing.keys() - asked.keys():
            drop = sql.SQL("DROP TRIGGER {} ON public.{}")
            cursor.execute(drop.format(sql.Identifier(name), sql.Identifier(table)))


def wanted() -> dict[tuple[str, str], tuple[str, str]]:
    """(table, trigger) -> (event and the rows that it names, body)."""
    gone, came = "DELETE ON public.{} REFERENCING OLD TABLE AS gone", "{} ON public.{{}} REFERENCING NEW TABLE AS came"
    found = {}
    for rule in SCHEDULE:
        if not rule.may_be_held:
            continue
        for kind in (rule, *children_of(rule)):
            found[_table(kind.label), "retention_not_held"] = gone, _refusal(_held(rule, kind))
        for label, fields in _told_by(rule).items():
            for event in ("INSERT", "UPDATE"):
                name = f"retention_case_{event.lower()}"
                found[_table(label), name] = came.format(event), _holding(rule, label, fields)
    found["audit_eventdetail", "retention_not_held"] = (
        gone,
        _refusal(
            "SELECT FROM gone CROSS JOIN unnest(gone.subjects) AS s(subject) JOIN public.retention_legalhold h"
            " ON s.subject = lower(h.label) || ':' || h.object_id WHERE h.released_at IS NULL"
        ),
    )
    found[_table("audit.ColumnChange"), "retention_not_held"] = (
        gone,
        _refusal(
            "SELECT FROM gone JOIN public.django_content_type c ON c.id = gone.content_type_id JOIN public.retention_legalhold h"
            " ON lower(h.label) = c.app_label || '.' || c.model AND h.object_id::text = gone.object_pk WHERE h.released_at IS NULL"
        ),
    )
    return found


def _make(cursor, table: str, name: str, event: str, body: str, digest: str) -> None:
    function = sql.Identifier("public", f"{name}_{table}")
    cursor.execute(sql.SQL("CREATE OR REPLACE FUNCTION {}() " + HEAD + " AS $$\n" + body + "\n$$").format(function))
    cursor.execute(sql.SQL("REVOKE ALL ON FUNCTION {}() FROM PUBLIC").format(function))
    trigger, on = sql.Identifier(name), sql.Identifier(table)
    cursor.execute(
        sql.SQL("CREATE OR REPLACE TRIGGER {} AFTER " + event + " FOR EACH STATEMENT EXECUTE FUNCTION {}()")
        .format(trigger, on, function)
    )  # fmt: skip
    comment = sql.SQL("COMMENT ON TRIGGER {} ON public.{} IS {}")
    cursor.execute(comment.format(trigger, on, sql.Literal(digest)))


def _table(label: str) -> str:
    return apps.get_model(label)._meta.db_table


# --- What is held is not deleted, nor what belongs to it --------------------------------------------------


def _refusal(query: str) -> str:
    return (
        f"BEGIN IF EXISTS ({query}) THEN"
        " RAISE EXCEPTION 'under a legal hold: %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';"
        " END IF; RETURN NULL; END"
    )


def _held(rule: Rule, kind: Rule) -> str:
    """Whether any of the rows that go is held: itself, what it goes with, or what holds that."""
    root = apps.get_model(rule.label)
    if kind is rule:
        joins, at, key = "", "gone", f"gone.{root._meta.pk.column}"
    else:
        joins, at, key = _way(apps.get_model(kind.label), kind.path)
    kept = [f"(h.label = '{rule.label}' AND h.object_id = {key})"]
    for name in rule.held_through:
        if kind is not rule and at != "root":
            joins, at = f"{joins} JOIN public.{root._meta.db_table} root ON root.{root._meta.pk.column} = {key}", "root"
        field = root._meta.get_field(name)
        kept.append(f"(h.label = '{field.related_model._meta.label}' AND h.object_id = {at}.{field.column})")
    return (
        f"SELECT FROM gone{joins} JOIN public.retention_legalhold h ON {' OR '.join(kept)} WHERE h.released_at IS NULL"
    )


def _way(model: type[models.Model], path: str) -> tuple[str, str, str]:
    """From a row to what it goes with: the tables between them, the last, and where the key stands."""
    joins, at = "", "gone"
    *between, last = path.split("__")
    for number, step in enumerate(between):
        field = model._meta.get_field(step)
        model, name = field.related_model, f"way{number}"
        joins += f" JOIN public.{model._meta.db_table} {name} ON {name}.{model._meta.pk.column} = {at}.{field.column}"
        at = name
    return joins, at, f"{at}.{model._meta.get_field(last).column}"


# --- What names a held case is held -----------------------------------------------------------------------


def _told_by(rule: Rule) -> dict[str, list[str]]:
    """The kinds in whose rows a case may be named, and the columns."""
    found: dict[str, list[str]] = {}
    for path in rule.case_paths:
        model = apps.get_model(rule.label)
        *back, last = path.split("__")
        for step in back:
            model = model._meta.get_field(step).related_model
        found.setdefault(model._meta.label, []).append(model._meta.get_field(last).column)
    return found


def _holding(rule: Rule, label: str, columns: list[str]) -> str:
    """A hold of its own for each record that the new rows tell to be of a held case."""
    root, model = apps.get_model(rule.label), apps.get_model(label)
    if model is root:
        key = root._meta.pk.column
    else:
        key = next(field.column for field in model._meta.local_fields if field.related_model is root)
    names = " OR ".join(f"upper(came.{column}) = upper(h.case_ref)" for column in columns)
    return (
        f"BEGIN PERFORM pg_advisory_xact_lock_shared({CASES});"  # noqa: S608 - made of names of models
        " INSERT INTO public.retention_legalhold (id, scope, under_id, label, object_id, digest, what, case_ref, basis, reason,"
        " owner_id, placed_by_id, placed_at, review_due_at, release_reason)"
        f" SELECT gen_random_uuid(), 'record', h.id, '{rule.label}', came.{key}, '',"
        f" '{root._meta.verbose_name} ' || right(came.{key}::text, 8), h.case_ref, h.basis, h.reason, h.owner_id,"
        " h.placed_by_id, h.placed_at, h.review_due_at, '' FROM came JOIN public.retention_legalhold h"
        f" ON {names} WHERE h.released_at IS NULL AND h.scope = 'case' ON CONFLICT DO NOTHING; RETURN NULL; END"
    )


def told_of(rule: Rule, case_ref: str) -> models.Q:
    """Which rows of a kind name a case."""
    any_of = models.Q(pk__in=[])
    for path in rule.case_paths:
        any_of |= models.Q(**{f"{path}__iexact": case_ref})
    return any_of


def holdable() -> list[Rule]:
    """Kinds that can be held."""
    return [rule for rule in BY_LABEL.values() if rule.may_be_held]
