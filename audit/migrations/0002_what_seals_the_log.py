"""Events are noted until they are sealed; leaves and checkpoints that only the sealer writes."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_events'),
    ]

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('size', models.BigIntegerField(primary_key=True, serialize=False)),
                ('root', models.BinaryField(max_length=32)),
                ('edge', models.BinaryField(help_text='The roots of its whole subtrees, the largest first: what it needs to grow.')),
                ('note', models.TextField(help_text='The C2SP signed note.')),
                ('signed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-size'],
            },
        ),
        migrations.CreateModel(
            name='Leaf',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('event_id', models.UUIDField(unique=True)),
                ('hash', models.BinaryField(max_length=32)),
            ],
            options={
                'verbose_name_plural': 'leaves',
            },
        ),
        migrations.CreateModel(
            name='Unsealed',
            fields=[
                ('event_id', models.UUIDField(primary_key=True, serialize=False)),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='to_be_sealed', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO audit_unsealed (event_id) VALUES (NEW.id); RETURN NULL;', hash='0cdcceba415be0ad8d46957b3a1575cf0dcd8389', operation='INSERT', pgid='pgtrigger_to_be_sealed_e0eb6', table='audit_event', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checkpoint',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'DELETE' AND current_user = 'portal_retention' THEN RETURN OLD; END IF; RAISE EXCEPTION 'append-only: no % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';", hash='5eccfa816ce530b014db972abdf040eaaa4be7fa', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_92e06', table='audit_checkpoint', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checkpoint',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: no TRUNCATE of %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';", hash='54cf702c1569d54097dacc6d06bc8b720a43eab4', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_bfd75', table='audit_checkpoint', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='leaf',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'DELETE' AND current_user = 'portal_retention' THEN RETURN OLD; END IF; RAISE EXCEPTION 'append-only: no % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';", hash='150e838d6751463d6bc9590ae819d9578be87763', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cb682', table='audit_leaf', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='leaf',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: no TRUNCATE of %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';", hash='5e7873ce4b418b35954134d18ce9e3931650e999', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_aeb90', table='audit_leaf', when='BEFORE')),
        ),
        # What was recorded before there was a sealer is sealed first.
        migrations.RunSQL("INSERT INTO audit_unsealed (event_id) SELECT id FROM audit_event", migrations.RunSQL.noop),
    ]
