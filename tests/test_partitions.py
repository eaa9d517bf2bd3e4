"""Partitions by month and by value: made as Django makes tables, added by a role that owns none, refused to others."""

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connections, migrations, models, transaction
from django.db.migrations.state import ProjectState
from hypothesis import given
from hypothesis import strategies as st

from portal import partitions
from portal.database import apply_grants
from portal.ids import new_id
from portal.partitions import BY_MONTH, BY_VALUE, CreatePartitionedModel

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention"])

OPERATIONS = [
    CreatePartitionedModel(
        "Note",
        [
            ("id", models.UUIDField(primary_key=True, default=new_id)),
            ("word", models.CharField(max_length=20, db_index=True)),
            ("at", models.DateTimeField(null=True)),
        ],
        {"constraints": [models.CheckConstraint(condition=~models.Q(word="bad"), name="portal_note_not_bad")]},
        partition_by=BY_MONTH,
    ),
    CreatePartitionedModel(
        "Remark",
        [
            ("id", models.UUIDField(primary_key=True, default=new_id)),
            ("note", models.ForeignKey("portal.Note", on_delete=models.PROTECT)),
        ],
        partition_by=BY_MONTH,
    ),
    CreatePartitionedModel(
        "Line",
        [
            ("pk", models.CompositePrimaryKey("feed", "number")),
            ("feed", models.BigIntegerField()),
            ("number", models.BigIntegerField()),
        ],
        partition_by=BY_VALUE,
        partition_key="feed",
    ),
]


@pytest.fixture
def tables(transactional_db):
    """Three partitioned tables made by a migration's operations as the owner, dropped afterwards."""
    owner = connections["owner"]
    before = ProjectState()
    states = [before]
    for operation in OPERATIONS:
        after = states[-1].clone()
        operation.state_forwards("portal", after)
        with owner.schema_editor() as editor:
            operation.database_forwards("portal", editor, states[-1], after)
        states.append(after)
    with owner.cursor() as cursor:
        for table in ("portal_note", "portal_remark", "portal_line"):
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO portal_app")
    yield states[-1].apps
    for after, before, operation in zip(states[:0:-1], states[-2::-1], OPERATIONS[::-1], strict=True):
        with owner.schema_editor() as editor:
            operation.database_backwards("portal", editor, after, before)


def at(year, month, day=15):
    return dt.datetime(year, month, day, tzinfo=dt.UTC)


def id_of(moment):
    return uuid.UUID(int=partitions.uuid7_floor(moment).int | 0x7000_8000_0000_0000_0001)


def test_months_are_added_by_the_application_and_only_once(tables):
    created = partitions.ensure_partitions(now=at(2026, 11), months_behind=1, months_ahead=3)
    assert [name for name in created if name.startswith("portal_note")] == [
        "portal_note_y2026m10",
        "portal_note_y2026m11",
        "portal_note_y2026m12",
        "portal_note_y2027m01",
        "portal_note_y2027m02",
    ]
    assert partitions.ensure_partitions(now=at(2026, 11), months_behind=1, months_ahead=3) == []
    later = partitions.ensure_partitions(now=at(2026, 12), months_behind=0, months_ahead=3)
    assert {"portal_note_y2027m03", "portal_remark_y2027m03"} == {name for name in later if name.startswith("portal_")}


def test_a_row_lands_in_the_month_of_its_id_and_elsewhere_nowhere(tables):
    Note = tables.get_model("portal", "Note")
    partitions.ensure_partitions(now=at(2026, 11))
    for moment in (at(2026, 11, 1), at(2026, 12, 1) - dt.timedelta(milliseconds=1), at(2026, 12, 1)):
        Note.objects.create(id=id_of(moment), word="x")
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text, count(*) FROM portal_note GROUP BY 1 ORDER BY 1")
        assert cursor.fetchall() == [("portal_note_y2026m11", 2), ("portal_note_y2026m12", 1)]
    with pytest.raises(IntegrityError, match="no partition"):
        Note.objects.create(id=id_of(at(2031, 1)), word="x")
    assert Note.objects.filter(id__gte=partitions.uuid7_floor(at(2026, 12, 1))).count() == 1


def test_keys_checks_and_references_hold_in_every_part(tables):
    Note, Remark = tables.get_model("portal", "Note"), tables.get_model("portal", "Remark")
    partitions.ensure_partitions()
    note = Note.objects.create(word="x")
    Remark.objects.create(note=note)
    with pytest.raises(IntegrityError):
        Note.objects.create(id=note.id, word="again")
    with pytest.raises(IntegrityError):
        Note.objects.create(word="bad")
    with pytest.raises(IntegrityError):
        Remark.objects.create(note_id=new_id())
    with pytest.raises(IntegrityError), connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM portal_note")


def test_a_part_cannot_be_reached_beside_its_parent(tables):
    partitions.ensure_partitions()
    part = partitions.partitions_of("portal_note")[0]
    apply_grants(connections["owner"])
    for statement in (f"SELECT * FROM {part}", f"INSERT INTO {part} SELECT * FROM portal_note", f"TRUNCATE {part}"):
        with pytest.raises(DatabaseError, match="permission denied"), connections["default"].cursor() as cursor:
            cursor.execute(statement)


def test_values_get_a_part_each(tables):
    Line = tables.get_model("portal", "Line")
    assert partitions.ensure_list_partition("portal_line", 7) == "portal_line_7"
    assert partitions.ensure_list_partition("portal_line", 7) == "portal_line_7"
    Line.objects.create(feed=7, number=1)
    with pytest.raises(IntegrityError, match="no partition"):
        Line.objects.create(feed=8, number=1)


def test_a_part_made_aside_is_nobodys_until_it_is_attached_and_then_reached_through_its_table(tables):
    Line = tables.get_model("portal", "Line")

    def put(statement: str) -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute(statement)

    with transaction.atomic():
        aside = partitions.begin_part_aside("portal_line", 7, later=[])
        put(f"INSERT INTO {aside} (line, number) VALUES (1, 1), (2, 1)")
        with pytest.raises(IntegrityError), transaction.atomic():
            partitions.index_part_aside("portal_line", 7, label="x")
        put(f"DELETE FROM {aside} WHERE line = 2")
        partitions.index_part_aside("portal_line", 7, label="x")
    for statement in (f"SELECT FROM {aside}", f"INSERT INTO {aside} (number) VALUES (2)", f"DELETE FROM {aside}"):
        with pytest.raises(DatabaseError, match="permission denied"):
            put(statement)
    apply_grants(connections["owner"])
    with pytest.raises(DatabaseError, match="permission denied"):
        put(f"SELECT FROM {aside}")
    with connections["owner"].cursor() as cursor:  # of a table without a model, which the grants above know nothing of
        cursor.execute("GRANT SELECT, INSERT ON portal_line TO portal_app")
    assert not Line.objects.exists()
    assert not partitions.attach_part_aside("portal_line", 7, label="another", same={})
    assert not partitions.attach_part_aside("portal_line", 8, label="x", same={})
    assert partitions.attach_part_aside("portal_line", 7, label="x", same={})
    assert [(line.feed, line.number) for line in Line.objects.all()] == [(7, 1)]
    with pytest.raises(IntegrityError):
        Line.objects.create(feed=7, number=1)
    Line.objects.create(feed=7, number=2)
    assert partitions.begin_part_aside("portal_line", 7, later=[]) is None
    assert not partitions.attach_part_aside("portal_line", 7, label="x", same={})
    assert not partitions.drop_part_aside("portal_line", 7)


def test_a_part_made_aside_that_no_longer_fits_its_table_is_not_attached(tables):
    with transaction.atomic():
        aside = partitions.begin_part_aside("portal_line", 7, later=[])
        partitions.index_part_aside("portal_line", 7, label="x")
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE portal_line ADD COLUMN more text")
    assert not partitions.attach_part_aside("portal_line", 7, label="x", same={})
    assert partitions.attach_part_aside("portal_line", 7, label="x", same={"more": "and"})
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT to_regclass('public.{aside}'), count(*) FROM portal_line GROUP BY 1")
        assert cursor.fetchall() == []


@pytest.mark.parametrize(
    "call",
    [
        "portal_ensure_month_partitions('accounts_user', '2026-01-01', 3)",
        "portal_ensure_month_partitions('portal_line', '2026-01-01', 3)",
        "portal_ensure_month_partitions('pg_catalog.pg_class', '2026-01-01', 3)",
        "portal_ensure_month_partitions('portal_note', '2026-01-01', 10000)",
        "portal_ensure_month_partitions('portal_note', '1900-01-01', 3)",
        "portal_ensure_list_partition('portal_note', '7')",
        "portal_ensure_list_partition('portal_line', '7); DROP TABLE portal_note; --')",
        "portal_ensure_list_partition('portal_line', '')",
        "portal_begin_part_aside('portal_note', '7', '{}')",
        "portal_begin_part_aside('accounts_user', '7', '{}')",
        "portal_begin_part_aside('portal_line', '7); DROP TABLE portal_note; --', '{}')",
        "portal_index_part_aside('portal_note', '7', 'x')",
        "portal_attach_part_aside('portal_note', '7', 'x', '{}')",
        "portal_drop_part_aside('accounts_user', '7')",
        "portal_drop_part_aside('portal_line', '7; DROP TABLE portal_note')",
    ],
)
def test_the_functions_refuse_what_is_not_theirs(tables, call):
    with pytest.raises(DatabaseError, match=r"^not a "), connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT public.{call}")


def test_a_temporary_object_cannot_take_a_functions_place(tables):
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE pg_class (oid oid, relname text, relnamespace oid)")
        cursor.execute("SET LOCAL search_path = pg_temp, public")
        with pytest.raises(DatabaseError, match="not a table partitioned by month"):
            cursor.execute("SELECT public.portal_ensure_month_partitions('pg_class', '2026-01-01', 3)")


def test_the_operation_writes_itself_into_a_migration():
    name, _, kwargs = OPERATIONS[2].deconstruct()
    assert name == "CreatePartitionedModel"
    assert kwargs["partition_by"] == BY_VALUE
    assert kwargs["partition_key"] == "feed"
    assert OPERATIONS[0].reduce(migrations.DeleteModel("Note"), "portal") is False


moments = st.datetimes(min_value=dt.datetime(2000, 1, 1), max_value=dt.datetime(2200, 1, 1), timezones=st.just(dt.UTC))


@given(moments, moments)
def test_floors_are_in_order_of_time(one, other):
    earlier, later = sorted((one, other))
    assert partitions.uuid7_floor(earlier) <= partitions.uuid7_floor(later)
    assert partitions.uuid7_floor(earlier) < id_of(earlier)


@given(moments)
def test_months_follow_one_another(moment):
    start, following = partitions.month_start(moment), partitions.month_start(moment, months_later=1)
    assert start <= moment < following
    assert partitions.month_start(following, months_later=-1) == start
