"""Warninglists, their editions and plates, and who answered for a plate that one refuses."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import portal.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('accounts', '0002_machines'), ('hotlists', '0022_saved_filters'), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Warninglist",
            fields=[
                ("id", models.UUIDField(default=portal.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("emergency", "Emergency fleet"),
                            ("diplomatic", "Diplomatic"),
                            ("military", "Military"),
                            ("trade", "Trade plates"),
                            ("test", "Test and never-issued marks"),
                            ("clone", "Known clones"),
                            ("other", "Something else"),
                        ],
                        max_length=10,
                    ),
                ),
                ("source", models.CharField(help_text="Who makes the list.", max_length=200)),
                (
                    "licence",
                    models.CharField(help_text="By what law, agreement or licence it is held here.", max_length=300),
                ),
                ("created_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
                ("retired_because", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["name"],
                "permissions": [
                    ("keep_warninglist", "Begin, load and retire warninglists"),
                    ("accept_warninglist", "Bring into use an edition of a warninglist that somebody else loaded"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WarninglistAnswer",
            fields=[
                ("id", models.UUIDField(default=portal.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("country", models.CharField(max_length=2)),
                ("vrm", models.CharField(db_collation="C", max_length=15)),
                ("warning", models.CharField(help_text="What was answered, word for word.", max_length=1000)),
                ("words", models.CharField(help_text="Why the plate may be listed all the same.", max_length=500)),
                ("given_at", models.DateTimeField()),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Police staff"),
                            (10, "Constable"),
                            (20, "Sergeant"),
                            (30, "Inspector"),
                            (40, "Chief inspector"),
                            (50, "Superintendent"),
                            (60, "Chief superintendent"),
                            (70, "Chief officer"),
                        ]
                    ),
                ),
            ],
            options={
                "ordering": ["given_at"],
            },
        ),
        migrations.CreateModel(
            name="WarninglistEdition",
            fields=[
                ("id", models.UUIDField(default=portal.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                (
                    "effect",
                    models.CharField(
                        choices=[
                            ("warn", "Warn: the author says why the plate is right all the same"),
                            ("refuse", "Refuse, unless somebody of rank says that it may be listed"),
                        ],
                        max_length=6,
                    ),
                ),
                ("meaning", models.CharField(help_text="What it means that a plate is on it.", max_length=200)),
                ("advice", models.CharField(help_text="What the author does about it.", max_length=200)),
                (
                    "answer_rank",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Police staff"),
                            (10, "Constable"),
                            (20, "Sergeant"),
                            (30, "Inspector"),
                            (40, "Chief inspector"),
                            (50, "Superintendent"),
                            (60, "Chief superintendent"),
                            (70, "Chief officer"),
                        ],
                        default=50,
                        help_text="Who may let a plate through that it refuses.",
                    ),
                ),
                ("file_name", models.CharField(max_length=255)),
                ("sha256", models.CharField(max_length=64)),
                ("count", models.PositiveIntegerField(help_text="Plates and patterns.")),
                ("patterns", models.PositiveIntegerField(help_text="Of these, with ? or *.")),
                ("bad_rows", models.PositiveIntegerField(help_text="Rows of the file that were left out.")),
                ("compared_with", models.UUIDField(help_text="The edition in use when it was loaded.", null=True)),
                ("added", models.PositiveIntegerField()),
                ("removed", models.PositiveIntegerField()),
                ("changed", models.PositiveIntegerField(help_text="The same plate with another note.")),
                ("loaded_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("discarded_at", models.DateTimeField(null=True)),
                (
                    "idle_since",
                    models.DateTimeField(help_text="Since when it has not been in use; none while it is.", null=True),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="WarninglistItem",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "edition", "country", "plate", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="items",
                        to="hotlists.warninglistedition",
                    ),
                ),
                ("country", models.CharField(db_collation="C", max_length=2)),
                ("plate", models.CharField(db_collation="C", max_length=30)),
                (
                    "key",
                    models.CharField(db_collation="C", help_text="Where it is looked for (key_of).", max_length=16),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="WarninglistProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField(help_text="As a spreadsheet counts: the first line is 1.")),
                ("column", models.CharField(max_length=30)),
                ("words", models.CharField(max_length=300)),
                ("cells", models.JSONField(default=list)),
            ],
            options={
                "ordering": ["edition", "row"],
            },
        ),
        migrations.CreateModel(
            name="WarninglistUse",
            fields=[
                ("id", models.UUIDField(default=portal.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("from_at", models.DateTimeField()),
                ("because", models.CharField(blank=True, help_text="Why an edition came back.", max_length=300)),
                ("to_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-from_at"],
            },
        ),
        migrations.AlterField(
            model_name="entryversion",
            name="plate_warnings",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=1000),
                blank=True,
                default=list,
                help_text="What the portal warned of and the author answered; once submitted, all that it warned of then.",
                size=None,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entryversion",
            trigger=pgtrigger.compiler.Trigger(
                name="refused_plate_is_answered",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"status\" IN ('submitted', 'emergency') AND OLD.\"status\" = 'draft')",
                    func="\n        IF EXISTS (\n            SELECT FROM hotlists_warninglistitem i\n                JOIN hotlists_warninglistuse s ON s.edition_id = i.edition_id AND s.to_at IS NULL\n                JOIN hotlists_warninglistedition e ON e.id = i.edition_id AND e.effect = 'refuse'\n            WHERE i.country = NEW.country AND NEW.vrm LIKE translate(i.plate, '?*', '_%')\n                AND i.key = ANY (\n                    ARRAY[NEW.vrm::text] || ARRAY(SELECT '<' || left(NEW.vrm, n) FROM generate_series(0, length(NEW.vrm)) n)\n                    || ARRAY(SELECT '>' || right(NEW.vrm, n) FROM generate_series(1, length(NEW.vrm)) n)\n                )\n                AND NOT EXISTS (\n                    SELECT FROM hotlists_warninglistanswer a WHERE a.entry_id = NEW.entry_id\n                        AND a.warninglist_id = e.warninglist_id AND (a.country, a.vrm) = (NEW.country, NEW.vrm)\n                )\n        ) THEN\n            RAISE EXCEPTION 'a warninglist refuses this plate and nobody of rank has answered' USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ",
                    hash="cc6d8b04284a75a92e5b16b2de34e09bb3da3eb1",
                    operation="UPDATE",
                    pgid="pgtrigger_refused_plate_is_answered_25571",
                    table="hotlists_entryversion",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="warninglist",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="warninglist",
            name="keeper",
            field=models.ForeignKey(
                help_text="Who keeps it up to date.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="warninglist",
            name="retired_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="warninglistanswer",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="warninglist_answers", to="hotlists.entry"
            ),
        ),
        migrations.AddField(
            model_name="warninglistanswer",
            name="given_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="warninglistanswer",
            name="sign_in",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.signin"
            ),
        ),
        migrations.AddField(
            model_name="warninglistanswer",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hotlists.entryversion"
            ),
        ),
        migrations.AddField(
            model_name="warninglistanswer",
            name="warninglist",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hotlists.warninglist"
            ),
        ),
        migrations.AddField(
            model_name="warninglistedition",
            name="accepted_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="warninglistedition",
            name="discarded_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="warninglistedition",
            name="loaded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="warninglistedition",
            name="sign_in",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.signin"
            ),
        ),
        migrations.AddField(
            model_name="warninglistedition",
            name="warninglist",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="editions", to="hotlists.warninglist"
            ),
        ),
        migrations.AddField(
            model_name="warninglistproblem",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="problems", to="hotlists.warninglistedition"
            ),
        ),
        migrations.AddField(
            model_name="warninglistuse",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="hotlists.warninglistedition"
            ),
        ),
        migrations.AddField(
            model_name="warninglistuse",
            name="from_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="warninglistuse",
            name="to_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="warninglistuse",
            name="warninglist",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="hotlists.warninglist"
            ),
        ),
        migrations.AddConstraint(
            model_name="warninglist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("retired_at__isnull", True), ("retired_because", ""), ("retired_by__isnull", True)),
                    models.Q(
                        ("retired_at__isnull", False),
                        ("retired_by__isnull", False),
                        models.Q(("retired_because", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="hotlists_warninglist_retired_by_somebody_who_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="warninglistanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("words", ""), _negated=True), name="hotlists_warninglistanswer_says_why"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="warninglistanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF TG_OP = 'DELETE' AND current_user = 'portal_retention' THEN RETURN OLD; END IF; RAISE EXCEPTION 'append-only: no % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';",
                    hash="f519d32bbb466bfbfe6455eb7527c8d3d26717f3",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_923a4",
                    table="hotlists_warninglistanswer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="warninglistanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'append-only: no TRUNCATE of %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';",
                    hash="f487e90735030c8196760c7aef488a8d44f4ca79",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_a10e3",
                    table="hotlists_warninglistanswer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="warninglistanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="by_another_of_rank",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE version hotlists_entryversion%ROWTYPE; rank_now integer; rank_needed integer;",
                    func="\n        SELECT * INTO version FROM hotlists_entryversion WHERE id = NEW.version_id FOR UPDATE;\n        IF version.status <> 'draft' OR version.entry_id <> NEW.entry_id\n            OR (version.country, version.vrm) IS DISTINCT FROM (NEW.country, NEW.vrm) THEN\n            RAISE EXCEPTION 'a warninglist is answered for the plate of a draft' USING ERRCODE = 'check_violation';\n        END IF;\n        IF NEW.given_by_id = version.written_by_id OR EXISTS (\n            SELECT FROM hotlists_contribution c WHERE c.version_id = version.id AND c.user_id = NEW.given_by_id\n        ) THEN\n            RAISE EXCEPTION 'whoever wrote or edited a version does not answer for its plate' USING ERRCODE = 'check_violation';\n        END IF;\n        IF NOT EXISTS (\n            SELECT FROM accounts_signin s WHERE s.id = NEW.sign_in_id AND s.user_id = NEW.given_by_id\n                AND s.ended_at IS NULL AND s.opened_at <= NEW.given_at\n        ) THEN\n            RAISE EXCEPTION 'a warninglist is answered in an open session of whoever answers' USING ERRCODE = 'check_violation';\n        END IF;\n        SELECT u.rank INTO rank_now FROM accounts_user u WHERE u.id = NEW.given_by_id AND u.is_active;\n        SELECT e.answer_rank INTO rank_needed FROM hotlists_warninglistuse s\n            JOIN hotlists_warninglistedition e ON e.id = s.edition_id AND e.effect = 'refuse'\n            WHERE s.warninglist_id = NEW.warninglist_id AND s.to_at IS NULL;\n        IF rank_now IS NULL OR rank_needed IS NULL OR NEW.rank <> rank_now OR rank_now < rank_needed THEN\n            RAISE EXCEPTION 'this warninglist is answered by rank %, and whoever answers holds %', rank_needed, rank_now\n                USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ",
                    hash="18a4a68949b62e110585f59a3f9d0d11bf23e23b",
                    operation="INSERT",
                    pgid="pgtrigger_by_another_of_rank_0b342",
                    table="hotlists_warninglistanswer",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="warninglistedition",
            constraint=models.UniqueConstraint(
                fields=("warninglist", "number"), name="hotlists_warninglistedition_numbered_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="warninglistedition",
            constraint=models.UniqueConstraint(
                condition=models.Q(("accepted_at", None), ("discarded_at", None)),
                fields=("warninglist",),
                name="hotlists_warninglistedition_one_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="warninglistedition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted_at__isnull", True), ("accepted_by__isnull", True), ("sign_in__isnull", True)),
                    models.Q(
                        ("accepted_at__isnull", False),
                        ("accepted_by__isnull", False),
                        ("discarded_at", None),
                        ("sign_in__isnull", False),
                        models.Q(("accepted_by", models.F("loaded_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="hotlists_warninglistedition_accepted_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="warninglistedition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("discarded_at__isnull", True), ("discarded_by__isnull", True)),
                    models.Q(("discarded_at__isnull", False), ("discarded_by__isnull", False)),
                    _connector="OR",
                ),
                name="hotlists_warninglistedition_discarded_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="warninglistedition",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("meaning", ""), _negated=True), models.Q(("advice", ""), _negated=True)),
                name="hotlists_warninglistedition_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="warninglistedition",
            constraint=models.CheckConstraint(
                condition=models.Q(("effect", "warn"), ("answer_rank__gte", 10), _connector="OR"),
                name="hotlists_warninglistedition_is_answered_by_rank",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="warninglistedition",
            trigger=pgtrigger.compiler.Trigger(
                name="stands",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE may_change text[];",
                    func="\n        IF TG_OP = 'DELETE' THEN\n            IF current_user = 'portal_retention' THEN\n                RETURN OLD;\n            END IF;\n            RAISE EXCEPTION 'an edition of a warninglist stays' USING ERRCODE = 'check_violation';\n        END IF;\n        IF TG_OP = 'INSERT' THEN\n            IF NEW.accepted_at IS NOT NULL OR EXISTS (\n                SELECT FROM hotlists_warninglist w WHERE w.id = NEW.warninglist_id AND w.retired_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'an edition begins as one that waits, of a list that was not retired'\n                    USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        END IF;\n        may_change := ARRAY['idle_since'];\n        IF OLD.accepted_at IS NULL AND OLD.discarded_at IS NULL THEN\n            may_change := may_change || ARRAY['accepted_by_id', 'accepted_at', 'sign_in_id', 'discarded_by_id', 'discarded_at'];\n        END IF;\n        IF to_jsonb(OLD) - may_change <> to_jsonb(NEW) - may_change THEN\n            RAISE EXCEPTION 'an edition of a warninglist is never altered' USING ERRCODE = 'check_violation';\n        END IF;\n        IF OLD.accepted_at IS NULL AND NEW.accepted_at IS NOT NULL THEN\n            IF NOT EXISTS (\n                SELECT FROM accounts_signin s WHERE s.id = NEW.sign_in_id AND s.user_id = NEW.accepted_by_id\n                    AND s.ended_at IS NULL AND s.opened_at <= NEW.accepted_at\n            ) THEN\n                RAISE EXCEPTION 'an edition is accepted in an open session of whoever accepts it'\n                    USING ERRCODE = 'check_violation';\n            END IF;\n            IF NEW.count <> (SELECT count(*) FROM hotlists_warninglistitem i WHERE i.edition_id = NEW.id) THEN\n                RAISE EXCEPTION 'an edition is accepted with the plates that were loaded' USING ERRCODE = 'check_violation';\n            END IF;\n        END IF;\n        RETURN NEW;\n    ",
                    hash="8058e0f6b74ccf23ba01f13de6bd1b3066bad211",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_stands_7e1b6",
                    table="hotlists_warninglistedition",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="warninglistitem",
            index=models.Index(fields=["key", "country"], name="hotlists_warninglistitem_key"),
        ),
        migrations.AddConstraint(
            model_name="warninglistitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("country__regex", "^[A-Z]{2}$"), ("plate__regex", "^[A-Z0-9?*]+$")),
                name="hotlists_warninglistitem_is_normal",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="warninglistitem",
            trigger=pgtrigger.compiler.Trigger(
                name="of_a_waiting_edition",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT FROM (SELECT DISTINCT edition_id FROM these) t\n                    LEFT JOIN hotlists_warninglistedition e ON e.id = t.edition_id\n                    WHERE e.id IS NULL OR e.accepted_at IS NOT NULL OR e.discarded_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'plates are added only to an edition that waits' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NULL;\n        ",
                    hash="ea2810ecd0fbee58f21b2d9aa830f22e34b92d7f",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_of_a_waiting_edition_71e55",
                    referencing="REFERENCING NEW TABLE AS these ",
                    table="hotlists_warninglistitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="warninglistitem",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_before_acceptance",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF current_user <> 'portal_retention' AND EXISTS (\n                SELECT FROM (SELECT DISTINCT edition_id FROM these) t\n                    JOIN hotlists_warninglistedition e ON e.id = t.edition_id WHERE e.accepted_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'the plates of an accepted edition stay' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NULL;\n        ",
                    hash="2e9a25b34c3a3b38873e0384c4c8f4e8da096bec",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_before_acceptance_5e9f4",
                    referencing="REFERENCING OLD TABLE AS these ",
                    table="hotlists_warninglistitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="warninglistitem",
            trigger=pgtrigger.compiler.Trigger(
                name="never_altered",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'a plate of an edition is never altered' USING ERRCODE = 'check_violation';",
                    hash="13e7df4ee00408fb5a277c84316dc4395ebfbb6f",
                    operation="UPDATE",
                    pgid="pgtrigger_never_altered_57d10",
                    table="hotlists_warninglistitem",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="warninglistproblem",
            constraint=models.UniqueConstraint(fields=("edition", "row"), name="hotlists_warninglistproblem_row_once"),
        ),
        migrations.AddConstraint(
            model_name="warninglistuse",
            constraint=models.UniqueConstraint(
                condition=models.Q(("to_at", None)),
                fields=("warninglist",),
                name="hotlists_warninglistuse_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="warninglistuse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("to_at__isnull", True), ("to_by__isnull", True)),
                    models.Q(("to_at__gte", models.F("from_at")), ("to_by__isnull", False)),
                    _connector="OR",
                ),
                name="hotlists_warninglistuse_ended_by_somebody",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="warninglistuse",
            trigger=pgtrigger.compiler.Trigger(
                name="of_an_accepted_edition",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        IF TG_OP = 'DELETE' THEN\n            IF current_user = 'portal_retention' THEN\n                RETURN OLD;\n            END IF;\n            RAISE EXCEPTION 'that an edition was in use is never taken back' USING ERRCODE = 'check_violation';\n        END IF;\n        IF TG_OP = 'UPDATE' THEN\n            IF OLD.to_at IS NOT NULL\n                OR to_jsonb(OLD) - ARRAY['to_at', 'to_by_id'] <> to_jsonb(NEW) - ARRAY['to_at', 'to_by_id'] THEN\n                RAISE EXCEPTION 'the use of an edition ends once, and is not altered' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        END IF;\n        IF NOT EXISTS (\n            SELECT FROM hotlists_warninglistedition e JOIN hotlists_warninglist w ON w.id = e.warninglist_id\n                WHERE e.id = NEW.edition_id AND w.id = NEW.warninglist_id AND e.accepted_at IS NOT NULL\n                    AND w.retired_at IS NULL\n        ) THEN\n            RAISE EXCEPTION 'in use comes an accepted edition of a list that was not retired' USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ",
                    hash="5a88fbd0cd9eaab5cb6c1fffcb0de9956fd60821",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_of_an_accepted_edition_e4b37",
                    table="hotlists_warninglistuse",
                    when="BEFORE",
                ),
            ),
        ),
    ]
