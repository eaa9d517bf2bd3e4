import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# What was staged is read again from its file; people decide again on what they see then.
READ_AGAIN = """
    UPDATE hotlists_load SET status = 'received', decided_at = NULL, decided_by_id = NULL, decided_machine_id = NULL,
        rows_left_out = 0
    WHERE status IN ('checking', 'checked', 'accepted')
"""
# The key's index begins with the plate, so that it serves searches over all lists and needs no other beside it.
KEY_BY_PLATE = """
    ALTER TABLE hotlists_feedrow DROP CONSTRAINT hotlists_feedrow_pkey,
        ADD CONSTRAINT hotlists_feedrow_pkey PRIMARY KEY (vrm, country, ref, hotlist_id)
"""
KEY_BY_LIST = """
    ALTER TABLE hotlists_feedrow DROP CONSTRAINT hotlists_feedrow_pkey,
        ADD CONSTRAINT hotlists_feedrow_pkey PRIMARY KEY (hotlist_id, country, vrm, ref)
"""


def of_load():
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to="hotlists.load",
    )


def key(*columns):
    return models.CompositePrimaryKey(*columns, blank=True, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [("hotlists", "0008_ends_of_plates"), ("portal", "0003_parts_made_aside")]

    operations = [
        migrations.RunSQL(READ_AGAIN, migrations.RunSQL.noop),
        migrations.DeleteModel("StagedRow"),
        migrations.CreateModel(
            name="StagedRow",
            fields=[
                ("pk", key("load", "row")),
                ("row", models.PositiveIntegerField(help_text="As a spreadsheet counts.")),
                (
                    "is_new",
                    models.BooleanField(
                        help_text="Or else the list has one of the same key, which says something else."
                    ),
                ),
                ("fingerprint", models.BigIntegerField()),
                ("country", models.CharField(db_collation="C", max_length=2)),
                ("vrm", models.CharField(db_collation="C", max_length=15)),
                ("ref", models.CharField(db_collation="C", max_length=50)),
                ("make", models.CharField(max_length=50)),
                ("model", models.CharField(max_length=50)),
                ("colour", models.CharField(max_length=30)),
                ("action", models.CharField(max_length=20)),
                (
                    "markers",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=4), size=None),
                ),
                ("reason", models.CharField(max_length=500)),
                ("grading", models.CharField(max_length=3)),
                ("action_text", models.CharField(max_length=500)),
                ("force_area", models.CharField(max_length=50)),
                ("starts_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("reported_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("marking", models.CharField(max_length=20)),
                ("cad", models.CharField(max_length=200)),
                ("load", of_load()),
            ],
        ),
        migrations.CreateModel(
            name="StagedGone",
            fields=[
                ("pk", key("load", "country", "vrm", "ref")),
                ("country", models.CharField(db_collation="C", max_length=2)),
                ("vrm", models.CharField(db_collation="C", max_length=15)),
                ("ref", models.CharField(db_collation="C", max_length=50)),
                ("load", of_load()),
            ],
        ),
        migrations.CreateModel(
            name="StagedRepeat",
            fields=[
                ("pk", key("load", "row")),
                ("row", models.PositiveIntegerField()),
                (
                    "first",
                    models.PositiveIntegerField(help_text="The earlier row of the file that names the same vehicle."),
                ),
                ("load", of_load()),
            ],
        ),
        migrations.AddField(
            model_name="feedrow",
            name="fingerprint",
            field=models.BigIntegerField(
                default=0,
                help_text="Of all that source and agreement say: rows of one key and fingerprint are the same.",
            ),
        ),
        migrations.RemoveIndex(model_name="feedrow", name="hotlists_feedrow_by_plate"),
        migrations.RunSQL(KEY_BY_PLATE, KEY_BY_LIST),
    ]
