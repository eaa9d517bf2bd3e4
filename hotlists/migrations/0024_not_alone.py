"""One person alone does not undo what another checks: releases of words, loads of a day, hands in an import profile, closed lists."""


import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_machines'),
        ('hotlists', '0023_warninglists'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ProfileContribution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contributed_at', models.DateTimeField()),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='importprofile',
            name='proposed_stands',
        ),
        migrations.AddField(
            model_name='load',
            name='changed_lately',
            field=models.PositiveIntegerField(default=0, help_text='Rows that loads before it changed which no second person accepted, within the window (R-103).'),
        ),
        migrations.AddField(
            model_name='load',
            name='held_before',
            field=models.PositiveIntegerField(help_text='Rows that the list held when that window began.', null=True),
        ),
        migrations.AddField(
            model_name='release',
            name='fingerprint',
            field=models.CharField(default='', help_text='Of all that the draft said when this was asked.', max_length=32),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='release',
            name='lapsed_at',
            field=models.DateTimeField(help_text='When the draft was changed.', null=True),
        ),
        migrations.AddField(
            model_name='release',
            name='lapsed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='importprofile',
            trigger=pgtrigger.compiler.Trigger(name='proposed_stands', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP = 'DELETE' THEN\n            IF OLD.proposed_at IS NOT NULL THEN\n                RAISE EXCEPTION 'an import profile that was proposed stays' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN OLD;\n        END IF;\n        IF OLD.approved_at IS NOT NULL OR OLD.ended_at IS NOT NULL OR (\n            OLD.proposed_at IS NOT NULL AND (NEW.layout, NEW.why, NEW.number, NEW.hotlist_id, NEW.begun_by_id, NEW.proposed_by_id)\n                IS DISTINCT FROM (OLD.layout, OLD.why, OLD.number, OLD.hotlist_id, OLD.begun_by_id, OLD.proposed_by_id)\n        ) THEN\n            RAISE EXCEPTION 'an import profile changes only while it is a draft' USING ERRCODE = 'check_violation';\n        END IF;\n        IF NEW.approved_at IS NOT NULL AND EXISTS (\n            SELECT FROM hotlists_profilecontribution c\n                WHERE c.profile_id = NEW.id AND c.user_id = NEW.approved_by_id\n        ) THEN\n            RAISE EXCEPTION 'who wrote or edited an import profile does not approve it' USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='7ed776ef5f8fcad34e21d5b19636aa14ec55bca3', operation='UPDATE OR DELETE', pgid='pgtrigger_proposed_stands_4b529', table='hotlists_importprofile', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='importprofile',
            trigger=pgtrigger.compiler.Trigger(name='of_an_open_list', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NEW.ended_at IS NULL AND EXISTS (\n                SELECT FROM hotlists_hotlist h WHERE h.id = NEW.hotlist_id AND h.closed_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'a closed list takes nothing any more' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='8cbc9d68fd26cfb67b181139cd6049a4262b4f67', operation='INSERT OR UPDATE', pgid='pgtrigger_of_an_open_list_1bf61', table='hotlists_importprofile', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='load',
            trigger=pgtrigger.compiler.Trigger(name='of_an_open_list', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF (TG_OP = 'INSERT' OR NEW.status <> OLD.status AND NEW.status IN ('checked', 'accepted', 'loaded')) AND EXISTS (\n                SELECT FROM hotlists_hotlist h WHERE h.id = NEW.hotlist_id AND h.closed_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'a closed list takes nothing any more' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='9f48dc1f4b00f5d83a7d0f36e8bceda6723943f9', operation='INSERT OR UPDATE', pgid='pgtrigger_of_an_open_list_75751', table='hotlists_load', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='release',
            trigger=pgtrigger.compiler.Trigger(name='by_no_hand_of_it', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."answer" = \'released\')', func="\n        IF EXISTS (\n            SELECT FROM hotlists_contribution c\n                WHERE c.version_id = NEW.version_id AND c.user_id = NEW.answered_by_id AND NEW.lapsed_at IS NULL\n        ) THEN\n            RAISE EXCEPTION 'who had a hand in a draft does not release it' USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='44912bbb21753c94e425077e1e2ac28e51fc1b97', operation='INSERT OR UPDATE', pgid='pgtrigger_by_no_hand_of_it_2d0b0', table='hotlists_release', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sourceagreement',
            trigger=pgtrigger.compiler.Trigger(name='of_an_open_list', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF (TG_OP = 'INSERT' OR NEW.agreed_at IS DISTINCT FROM OLD.agreed_at) AND EXISTS (\n                SELECT FROM hotlists_hotlist h WHERE h.id = NEW.hotlist_id AND h.closed_at IS NOT NULL\n            ) THEN\n                RAISE EXCEPTION 'a closed list takes nothing any more' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='7c550647a650fd3d2d43f4b4c9c98e9a2ea9449c', operation='INSERT OR UPDATE', pgid='pgtrigger_of_an_open_list_6fa36', table='hotlists_sourceagreement', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lapsed_at__isnull', True), ('lapsed_by__isnull', True)), models.Q(('lapsed_at__isnull', False), ('lapsed_by__isnull', False)), _connector='OR'), name='hotlists_release_lapsed_by_somebody'),
        ),
        migrations.AddField(
            model_name='profilecontribution',
            name='profile',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contributions', to='hotlists.importprofile'),
        ),
        migrations.AddField(
            model_name='profilecontribution',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='profilecontribution',
            constraint=models.UniqueConstraint(fields=('profile', 'user'), name='hotlists_profilecontribution_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='profilecontribution',
            trigger=pgtrigger.compiler.Trigger(name='stands', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP = 'DELETE' AND (current_user = 'portal_retention' OR NOT EXISTS (\n            SELECT FROM hotlists_importprofile p WHERE p.id = OLD.profile_id AND p.proposed_at IS NOT NULL\n        )) THEN\n            RETURN OLD;\n        END IF;\n        RAISE EXCEPTION 'that somebody contributed is never taken back' USING ERRCODE = 'check_violation';\n    ", hash='4418cf4e0514667342f946d74cef0de0551e8475', operation='UPDATE OR DELETE', pgid='pgtrigger_stands_530e9', table='hotlists_profilecontribution', when='BEFORE')),
        ),
    ]
