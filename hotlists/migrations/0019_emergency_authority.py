"""Emergency verbal authority, which one other person of rank gives and the database ends (R-048)."""

import datetime
import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.expressions
import hotlists.models.emergencies
import pgtrigger.compiler
import pgtrigger.migrations
import portal.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_machines'),
        ('hotlists', '0018_many_entries_at_once'),
        ('standards', '0011_life_of_a_stolen_report'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EmergencyAuthority',
            fields=[
                ('id', models.UUIDField(default=portal.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('given_at', models.DateTimeField()),
                ('rank', models.PositiveSmallIntegerField(choices=[(0, 'Police staff'), (10, 'Constable'), (20, 'Sergeant'), (30, 'Inspector'), (40, 'Chief inspector'), (50, 'Superintendent'), (60, 'Chief superintendent'), (70, 'Chief officer')])),
                ('words', models.CharField(help_text='What the authoriser said.', max_length=1000)),
                ('recorded_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('key', models.CharField(db_collation='C', help_text='Country, plate and purpose: never twice within 24 h.', max_length=60)),
                ('no_other_until', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'emergency authorities',
                'ordering': ['-given_at'],
            },
        ),
        migrations.AlterModelOptions(
            name='entry',
            options={'permissions': [('view_entries', 'Open entries of the lists one has access to'), ('search_plate', 'Search the lists for a plate, with a reason'), ('export_entries', 'Take away as a file what a list or a search shows, with a reason'), ('write_entry', 'Write and submit entries'), ('decide_entry', 'Decide entries that others wrote'), ('decide_emergency', 'Give emergency verbal authority'), ('record_emergency', 'Record emergency verbal authority that somebody of rank gave'), ('review_entry', 'Review entries'), ('suspend_entry', 'Suspend an entry at once'), ('dispute_entry', 'Dispute an entry, which suspends it at once'), ('withdraw_entry', 'Withdraw an entry for good')], 'verbose_name_plural': 'entries'},
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='decision',
            name='by_another_of_rank',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='entryversion',
            name='submitted_within_its_caps',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='entryversion',
            name='fixed_once_submitted',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='term',
            name='of_an_approved_version',
        ),
        migrations.AlterField(
            model_name='entryversion',
            name='status',
            field=models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Waiting for a decision'), ('emergency', 'Under emergency authority'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('returned', 'Sent back')], default='draft', max_length=10),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='by_another_of_rank', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE version hotlists_entryversion%ROWTYPE; rank_now integer; rank_needed integer;', func="\n        SELECT * INTO version FROM hotlists_entryversion WHERE id = NEW.version_id FOR UPDATE;\n        IF version.status NOT IN ('submitted', 'emergency') THEN\n            RAISE EXCEPTION 'only a submitted version is decided; this one is %', version.status\n                USING ERRCODE = 'check_violation';\n        END IF;\n        IF NEW.decided_by_id IN (version.written_by_id, version.submitted_by_id) OR EXISTS (\n            SELECT FROM hotlists_contribution c WHERE c.version_id = version.id AND c.user_id = NEW.decided_by_id\n        ) THEN\n            RAISE EXCEPTION 'whoever wrote, edited or submitted a version does not decide it'\n                USING ERRCODE = 'check_violation';\n        END IF;\n        IF EXISTS (\n            SELECT FROM hotlists_emergencyauthority a\n                WHERE a.entry_id = version.entry_id AND a.recorded_by_id = NEW.decided_by_id\n        ) THEN\n            RAISE EXCEPTION 'whoever recorded emergency authority does not decide the entry'\n                USING ERRCODE = 'check_violation';\n        END IF;\n        IF NOT EXISTS (\n            SELECT FROM accounts_signin s WHERE s.id = NEW.sign_in_id AND s.user_id = NEW.decided_by_id\n                AND s.ended_at IS NULL AND s.opened_at <= NEW.decided_at\n        ) THEN\n            RAISE EXCEPTION 'a decision is made in an open session of the person who decides'\n                USING ERRCODE = 'check_violation';\n        END IF;\n        SELECT u.rank INTO rank_now FROM accounts_user u WHERE u.id = NEW.decided_by_id AND u.is_active;\n        SELECT GREATEST(c.decider_rank, CASE WHEN version.protected_activity THEN 50 ELSE 0 END,\n                CASE WHEN version.risk_override <> '' THEN 30 ELSE 0 END) INTO rank_needed\n            FROM standards_category c WHERE c.profile_id = version.profile_id AND c.code = version.category;\n        IF rank_now IS NULL OR rank_needed IS NULL OR NEW.rank <> rank_now OR rank_now < rank_needed THEN\n            RAISE EXCEPTION 'a decision of this category needs rank %, and the decider holds %', rank_needed, rank_now\n                USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='c4b6db1a4352690d0bc670a6c257356b732ef8b8', operation='INSERT', pgid='pgtrigger_by_another_of_rank_c2542', table='hotlists_decision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entryversion',
            trigger=pgtrigger.compiler.Trigger(name='fixed_once_submitted', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE category standards_category%ROWTYPE; yes integer; no integer; said integer; needed integer;', func="\n        IF TG_OP = 'DELETE' THEN\n            IF OLD.status <> 'draft' AND NOT (current_user = 'portal_retention') THEN\n                RAISE EXCEPTION 'a submitted version is never deleted' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN OLD;\n        END IF;\n        IF OLD.status = 'draft' AND NEW.status = 'draft' THEN\n            RETURN NEW;\n        END IF;\n        IF OLD.status = 'draft' AND NEW.status = 'submitted' THEN\n            RETURN NEW;\n        END IF;\n        IF OLD.status = 'draft' AND NEW.status = 'emergency' AND EXISTS (\n            SELECT FROM hotlists_emergencyauthority a WHERE a.version_id = OLD.id\n        ) THEN\n            RETURN NEW;\n        END IF;\n        IF OLD.status NOT IN ('submitted', 'emergency') OR NEW.status NOT IN ('approved', 'rejected', 'returned') THEN\n            RAISE EXCEPTION 'a version that is % cannot become %', OLD.status, NEW.status\n                USING ERRCODE = 'check_violation';\n        END IF;\n        IF to_jsonb(NEW) - 'status' <> to_jsonb(OLD) - 'status' THEN\n            RAISE EXCEPTION 'a submitted version is never altered' USING ERRCODE = 'check_violation';\n        END IF;\n        SELECT * INTO category FROM standards_category WHERE profile_id = OLD.profile_id AND code = OLD.category;\n        needed := GREATEST(COALESCE(category.deciders, 1), CASE WHEN OLD.protected_activity THEN 2 ELSE 1 END);\n        SELECT count(*) FILTER (WHERE d.verdict IN ('approve', 'conditions')), count(*) FILTER (WHERE d.verdict = 'reject'),\n            count(*) INTO yes, no, said FROM hotlists_decision d WHERE d.version_id = OLD.id;\n        -- where two decide, nothing follows before both have spoken: what follows would tell one what the other said\n        IF said < needed OR NEW.status <> (CASE WHEN yes = said THEN 'approved' WHEN no > 0 THEN 'rejected'\n            ELSE 'returned' END) THEN\n            RAISE EXCEPTION 'version % has % of % decisions, of which % approve and % reject: it cannot become %',\n                OLD.id, said, needed, yes, no, NEW.status USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='4b0b456d94f62996bb2771603fb8d46945ac677a', operation='UPDATE OR DELETE', pgid='pgtrigger_fixed_once_submitted_85518', table='hotlists_entryversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entryversion',
            trigger=pgtrigger.compiler.Trigger(name='submitted_within_its_caps', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."status" IN (\'submitted\', \'emergency\') AND OLD."status" = \'draft\')', declare='DECLARE cap interval;', func="\n        SELECT least(\n            c.max_expiry_hours * interval '1 hour',\n            CASE WHEN NEW.protected_activity THEN (\n                SELECT n.value * interval '1 day' FROM standards_number n\n                    WHERE n.profile_id = NEW.profile_id AND n.key = 'protected.days'\n            ) END\n        ) INTO cap FROM standards_category c\n            WHERE c.profile_id = NEW.profile_id AND c.code = NEW.category AND NOT c.is_feed;\n        IF cap IS NULL OR NEW.expires_at > greatest(NEW.starts_at, NEW.submitted_at) + cap + interval '1 minute' THEN\n            RAISE EXCEPTION 'an entry of category % lasts at most %', NEW.category, cap USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='e24a21de195064c94835b2388ae8700b529a6e51', operation='UPDATE', pgid='pgtrigger_submitted_within_its_caps_77c1a', table='hotlists_entryversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='term',
            trigger=pgtrigger.compiler.Trigger(name='of_an_approved_version', sql=pgtrigger.compiler.UpsertTriggerSql(declare="DECLARE version hotlists_entryversion%ROWTYPE; before hotlists_term%ROWTYPE; steps text[] := ARRAY['STOP', 'ASSESS', 'OBSERVE_REPORT']; asked text; warned varchar[]; reviewed timestamptz; limited jsonb;", func="\n        PERFORM FROM hotlists_entry e WHERE e.id = NEW.entry_id FOR UPDATE;\n        SELECT * INTO version FROM hotlists_entryversion WHERE id = NEW.version_id;\n        IF version.entry_id <> NEW.entry_id OR NOT (\n            version.status = 'approved'\n            -- R-048: until it ends, authority that was given on the telephone; sent back to be completed it holds on\n            OR version.status IN ('emergency', 'returned') AND EXISTS (\n                SELECT FROM hotlists_emergencyauthority a\n                    WHERE a.version_id = version.id AND NEW.emergency_ends_at <= a.ends_at\n            )\n        ) THEN\n            RAISE EXCEPTION 'only an approved version of the entry governs it' USING ERRCODE = 'check_violation';\n        END IF;\n        SELECT t.* INTO before FROM hotlists_term t JOIN hotlists_entryversion v ON v.id = t.version_id\n            WHERE t.entry_id = NEW.entry_id ORDER BY v.number DESC, t.from_at DESC, t.id DESC LIMIT 1;\n        IF FOUND AND (SELECT v.number FROM hotlists_entryversion v WHERE v.id = before.version_id) > version.number THEN\n            RAISE EXCEPTION 'a version that another took the place of does not come back'\n                USING ERRCODE = 'check_violation';\n        END IF;\n        asked := version.action; warned := version.markers; reviewed := version.review_by;\n        limited := version.scope;\n        IF before.version_id = NEW.version_id THEN\n            asked := before.action; warned := before.markers; reviewed := before.review_by;\n            limited := before.scope;\n            IF NEW.expires_at > before.expires_at OR NEW.starts_at < before.starts_at THEN\n                RAISE EXCEPTION 'a term lies within the one before it' USING ERRCODE = 'check_violation';\n            END IF;\n        END IF;\n        IF NEW.expires_at > version.expires_at OR NEW.starts_at < version.starts_at THEN\n            RAISE EXCEPTION 'a term lies within what was approved' USING ERRCODE = 'check_violation';\n        END IF;\n        IF NEW.action <> asked AND NOT COALESCE(\n            array_position(steps, NEW.action::text) > array_position(steps, asked), false\n        ) THEN\n            RAISE EXCEPTION 'a term asks for what was approved or for less, not for % in place of %', NEW.action, asked\n                USING ERRCODE = 'check_violation';\n        END IF;\n        IF NOT NEW.markers <@ warned THEN\n            RAISE EXCEPTION 'a term warns of what was approved or of less' USING ERRCODE = 'check_violation';\n        END IF;\n        IF NOT public.hotlists_scope_is_within(NEW.scope, limited) THEN\n            RAISE EXCEPTION 'a term reaches as far as was approved or less far' USING ERRCODE = 'check_violation';\n        END IF;\n        IF NEW.review_by > reviewed AND NOT EXISTS (\n            SELECT FROM hotlists_review r\n            WHERE r.version_id = version.id AND r.review_by = NEW.review_by AND r.reviewed_at = NEW.from_at\n        ) THEN\n            RAISE EXCEPTION 'review-by moves only by a review' USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='426d103db7b591ef706ede1f3c66047e1af68824', operation='INSERT', pgid='pgtrigger_of_an_approved_version_56f5f', table='hotlists_term', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='emergencyauthority',
            name='entry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='emergencies', to='hotlists.entry'),
        ),
        migrations.AddField(
            model_name='emergencyauthority',
            name='given_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='emergencyauthority',
            name='profile',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='standards.standardsprofile'),
        ),
        migrations.AddField(
            model_name='emergencyauthority',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='emergencyauthority',
            name='sign_in',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.signin'),
        ),
        migrations.AddField(
            model_name='emergencyauthority',
            name='version',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='emergency', to='hotlists.entryversion'),
        ),
        migrations.AddConstraint(
            model_name='emergencyauthority',
            constraint=models.CheckConstraint(condition=models.Q(('given_by', models.F('recorded_by')), _negated=True), name='hotlists_emergency_by_another'),
        ),
        migrations.AddConstraint(
            model_name='emergencyauthority',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('given_at')), ('ends_at__lte', django.db.models.expressions.CombinedExpression(models.F('given_at'), '+', models.Value(datetime.timedelta(seconds=14400))))), name='hotlists_emergency_four_hours_at_most'),
        ),
        migrations.AddConstraint(
            model_name='emergencyauthority',
            constraint=models.CheckConstraint(condition=models.Q(('recorded_at__gte', models.F('given_at')), ('recorded_at__lt', models.F('ends_at'))), name='hotlists_emergency_recorded_while_it_holds'),
        ),
        migrations.AddConstraint(
            model_name='emergencyauthority',
            constraint=models.CheckConstraint(condition=models.Q(('no_other_until__gte', django.db.models.expressions.CombinedExpression(models.F('given_at'), '+', models.Value(datetime.timedelta(days=1))))), name='hotlists_emergency_a_day_apart'),
        ),
        migrations.AddConstraint(
            model_name='emergencyauthority',
            constraint=models.CheckConstraint(condition=models.Q(('words__regex', '^\\s*$'), _negated=True), name='hotlists_emergency_says_what'),
        ),
        migrations.AddConstraint(
            model_name='emergencyauthority',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(hotlists.models.emergencies.HashPoint(models.F('key')), '&&'), (hotlists.models.emergencies.Stretch(models.F('given_at'), models.F('no_other_until')), '&&')], name='hotlists_emergency_once_a_plate_and_purpose'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='emergencyauthority',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'DELETE' AND current_user = 'portal_retention' THEN RETURN OLD; END IF; RAISE EXCEPTION 'append-only: no % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';", hash='048b2aea2460af5f1e5214eedf4174d740e1ef91', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ab2e7', table='hotlists_emergencyauthority', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='emergencyauthority',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: no TRUNCATE of %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';", hash='4b192359cae22b7019d4a44653e9bcf0d35b9c85', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_3a6f4', table='hotlists_emergencyauthority', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='emergencyauthority',
            trigger=pgtrigger.compiler.Trigger(name='by_another_of_rank', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE version hotlists_entryversion%ROWTYPE; rank_now integer; rank_needed integer;', func="\n        SELECT * INTO version FROM hotlists_entryversion WHERE id = NEW.version_id FOR UPDATE;\n        IF version.status <> 'draft' OR version.entry_id <> NEW.entry_id THEN\n            RAISE EXCEPTION 'emergency authority is given to a draft of the entry' USING ERRCODE = 'check_violation';\n        END IF;\n        IF NEW.key <> version.country || ' ' || version.vrm || ' ' || version.purpose THEN\n            RAISE EXCEPTION 'emergency authority names the plate and purpose of its version'\n                USING ERRCODE = 'check_violation';\n        END IF;\n        IF NEW.given_by_id = version.written_by_id OR EXISTS (\n            SELECT FROM hotlists_contribution c WHERE c.version_id = version.id AND c.user_id = NEW.given_by_id\n        ) THEN\n            RAISE EXCEPTION 'whoever wrote or edited a version does not authorise it' USING ERRCODE = 'check_violation';\n        END IF;\n        IF NOT EXISTS (\n            SELECT FROM accounts_signin s WHERE s.id = NEW.sign_in_id AND s.user_id = NEW.recorded_by_id\n                AND s.ended_at IS NULL AND s.opened_at <= NEW.recorded_at\n        ) THEN\n            RAISE EXCEPTION 'emergency authority is recorded in an open session of the person who records'\n                USING ERRCODE = 'check_violation';\n        END IF;\n        SELECT u.rank INTO rank_now FROM accounts_user u WHERE u.id = NEW.given_by_id AND u.is_active;\n        SELECT GREATEST(c.decider_rank, 30, CASE WHEN version.protected_activity THEN 50 ELSE 0 END) INTO rank_needed\n            FROM standards_category c WHERE c.profile_id = version.profile_id AND c.code = version.category;\n        IF rank_now IS NULL OR rank_needed IS NULL OR NEW.rank <> rank_now OR rank_now < rank_needed THEN\n            RAISE EXCEPTION 'an emergency of this category needs rank %, and the authoriser holds %', rank_needed, rank_now\n                USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='9357e3bedc210d23981c28be2f599ec1193fbd9b', operation='INSERT', pgid='pgtrigger_by_another_of_rank_39a8d', table='hotlists_emergencyauthority', when='BEFORE')),
        ),
    ]
