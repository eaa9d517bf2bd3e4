"""What each of the four roles may do, tried as that role: the application cannot change or erase what was written."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connections, transaction

from audit.models import Event, EventDetail
from portal.database import APP, APPEND_ONLY, OWNER, RETENTION, SEALER, apply_grants, grants_to_mend
from portal.database.append_only import append_only_models_have_their_triggers, append_only_triggers
from portal.database.grants import TableRule, granted, wanted_privileges
from portal.ids import new_id

every_role = pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention", "sealer"])


@pytest.fixture
def detail(transactional_db):
    """One written row of an append-only table."""
    return EventDetail.objects.create(id=new_id(), salt=b"s" * 32, body={}, subjects=[])


def run(alias, statement, *parameters):
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


@every_role
def test_each_address_is_its_own_role():
    for alias, role in (("default", APP), ("owner", OWNER), ("retention", RETENTION), ("sealer", SEALER)):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
            assert cursor.fetchone() == (role, False)


@every_role
def test_the_application_owns_nothing():
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relowner = 'portal_app'::regrole")
        assert cursor.fetchall() == []


@every_role
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_eventdetail SET body = '[]'",
        "DELETE FROM audit_eventdetail",
        "TRUNCATE audit_eventdetail",
        "ALTER TABLE audit_eventdetail DISABLE TRIGGER ALL",
        "DROP TABLE audit_eventdetail",
        "CREATE TABLE mine (i int)",
        "SET session_replication_role = replica",
        "SET ROLE portal_owner",
        "SET ROLE portal_retention",
        "SET ROLE portal_sealer",
    ],
)
def test_the_application_is_refused(detail, statement):
    is_one_login = "-c role" in str(settings.DATABASES["default"].get("OPTIONS"))
    if is_one_login and statement.startswith("SET ROLE"):
        pytest.skip("one login stands for all three roles here: for trials and tests, not for real use")
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
        run("default", statement)


@every_role
def test_the_application_goes_through_the_orm_in_vain(detail):
    detail.body = {"changed": True}
    for attempt in (
        detail.save,
        detail.delete,
        lambda: EventDetail.objects.update(body={}),
        lambda: EventDetail.objects.bulk_update([detail], ["body"]),
        lambda: EventDetail.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert EventDetail.objects.get().body == {}


@every_role
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_eventdetail SET body = '[]'",
        "DELETE FROM audit_eventdetail",
        "TRUNCATE audit_eventdetail",
        # pgtrigger's own way round its triggers, open to whoever can set a setting
        "SELECT set_config('pgtrigger.ignore', (SELECT array_agg(tgname)::text FROM pg_trigger), true);"
        " UPDATE audit_eventdetail SET body = '[]'",
    ],
)
def test_even_the_owner_is_stopped_by_the_trigger(detail, statement):
    with pytest.raises(IntegrityError, match="append-only"):
        run("owner", statement)


@every_role
def test_retention_may_delete_and_not_change(detail):
    with pytest.raises(DatabaseError, match="permission denied"):
        run("retention", "UPDATE audit_eventdetail SET body = '[]'")
    assert run("retention", "DELETE FROM audit_eventdetail") == 1


@every_role
def test_a_trigger_is_not_fooled_by_a_temporary_table():
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT p.proname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
            " WHERE p.pronamespace = 'public'::regnamespace AND l.lanname = 'plpgsql'"
            " AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%pg_temp')"
        )
        assert cursor.fetchall() == []


@every_role
def test_grants_stand_as_the_models_say_and_mending_twice_does_nothing():
    owner = connections["owner"]
    assert grants_to_mend(owner) == {}
    run("owner", "GRANT UPDATE ON audit_eventdetail TO portal_app")
    run("owner", "GRANT UPDATE (body) ON audit_eventdetail TO portal_retention")
    run("owner", "GRANT SELECT ON accounts_user TO PUBLIC")
    assert set(grants_to_mend(owner)) == {
        ("audit_eventdetail", APP),
        ("audit_eventdetail", RETENTION),
        ("accounts_user", "PUBLIC"),
    }
    assert apply_grants(owner) == 3
    assert apply_grants(owner) == 0


@every_role
def test_nobody_may_truncate_or_add_triggers_to_any_table():
    held = granted(connections["owner"])
    assert held
    for privileges in held.values():
        assert not privileges & {"TRUNCATE", "TRIGGER", "REFERENCES", "MAINTAIN"}


def test_a_column_may_be_opened_to_the_application_alone():
    rule = TableRule(append_only=True, app_may_update=frozenset({"sealed_at"}))
    assert wanted_privileges(rule, APP) == {"SELECT", "INSERT", "UPDATE(sealed_at)"}
    assert wanted_privileges(rule, RETENTION) == {"SELECT", "INSERT", "DELETE"}


@every_role
def test_an_opened_column_opens_no_other():
    open_column, _ = append_only_triggers(app_may_update=["sealed_at"])
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE sheet (word text, sealed_at timestamptz)")
        cursor.execute("INSERT INTO sheet VALUES ('x', NULL)")
        cursor.execute(
            f"CREATE FUNCTION sheet_trigger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {open_column.func} END $$"
        )
        cursor.execute("CREATE TRIGGER t BEFORE UPDATE ON sheet FOR EACH ROW EXECUTE FUNCTION sheet_trigger()")
        cursor.execute("UPDATE sheet SET sealed_at = now()")
        assert cursor.rowcount == 1
        for change in ("word = 'y'", "word = 'y', sealed_at = NULL"):
            with pytest.raises(IntegrityError), transaction.atomic(using="owner"):
                cursor.execute(f"UPDATE sheet SET {change}")
        transaction.set_rollback(True, using="owner")


def test_a_model_that_forgot_its_triggers_is_found(monkeypatch):
    assert append_only_models_have_their_triggers(apps.get_app_configs()) == []
    monkeypatch.setattr(Event._meta, "triggers", APPEND_ONLY[:1])
    found = append_only_models_have_their_triggers(apps.get_app_configs())
    assert [(error.id, error.obj) for error in found] == [("portal.E001", Event)]
