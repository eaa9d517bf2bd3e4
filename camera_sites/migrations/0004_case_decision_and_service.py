"""The case that a proposal makes, the decision on the national matrix, and when each site was in service."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import portal.ids
from django.conf import settings
from django.db import migrations, models


# What the sites themselves said of their past becomes their history.
KEPT = """
    SET CONSTRAINTS ALL IMMEDIATE;
    ALTER TABLE camera_sites_camerasite DISABLE TRIGGER USER;
    UPDATE camera_sites_camerasite SET
        moved_by_id = COALESCE(decommissioned_by_id, live_by_id), moved_at = COALESCE(decommissioned_at, live_at)
        WHERE status <> 'proposed';
    ALTER TABLE camera_sites_camerasite ENABLE TRIGGER USER;
    INSERT INTO camera_sites_servicespell (site_id, began_by_id, began_at, ended_by_id, ended_at)
        SELECT id, live_by_id, live_at, decommissioned_by_id, decommissioned_at FROM camera_sites_camerasite
        WHERE live_at IS NOT NULL;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_machines'),
        ('camera_sites', '0003_registers_and_prior_consultation'),
        ('standards', '0018_justification_matrix'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ServiceSpell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['began_at'],
            },
        ),
        migrations.CreateModel(
            name='SiteDecision',
            fields=[
                ('id', models.UUIDField(default=portal.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('location_type', models.CharField(choices=[('strategic', 'Strategic road network'), ('major', 'Local-authority major road'), ('minor', 'Local-authority minor road'), ('crowded', 'Crowded place'), ('private', 'Private place')], max_length=12)),
                ('basis', models.CharField(choices=[('national_security', 'National security and counter terrorism'), ('serious_crime', 'Serious, organised and major crime'), ('local_crime', 'Local crime'), ('prevention', 'Crime prevention and reduction'), ('confidence', 'Community confidence')], help_text='The weightiest purpose.', max_length=30)),
                ('likelihood', models.CharField(choices=[('V', 'Very likely justified'), ('M', 'Likely justified in most cases'), ('E', 'Justified only exceptionally')], max_length=1)),
                ('words', models.CharField(blank=True, max_length=2000)),
                ('decided_at', models.DateTimeField()),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='camerasite',
            name='live_as_decided',
        ),
        migrations.AddField(
            model_name='camerasite',
            name='alternatives',
            field=models.CharField(blank=True, help_text='What else was considered, and why not.', max_length=2000),
        ),
        migrations.AddField(
            model_name='camerasite',
            name='authority_ref',
            field=models.CharField(blank=True, help_text='The authority of a covert deployment (R-123).', max_length=60),
        ),
        migrations.AddField(
            model_name='camerasite',
            name='deployed_until',
            field=models.DateTimeField(blank=True, help_text='Out of service by itself then.', null=True),
        ),
        migrations.AddField(
            model_name='camerasite',
            name='deployment',
            field=models.CharField(choices=[('permanent', 'Permanent'), ('long', '12 months or more'), ('temporary', 'Temporary, under 12 months'), ('mobile', 'Mobile'), ('covert', 'Covert, under an authority of its own')], default='permanent', max_length=10),
        ),
        migrations.AddField(
            model_name='camerasite',
            name='duplication',
            field=models.CharField(blank=True, help_text='Why the cameras near do not do.', max_length=1000),
        ),
        migrations.AddField(
            model_name='camerasite',
            name='encircles',
            field=models.BooleanField(blank=True, help_text='Nobody enters or leaves a town unrecorded.', null=True),
        ),
        migrations.AddField(
            model_name='camerasite',
            name='evidence_from',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='camerasite',
            name='evidence_until',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='camerasite',
            name='exceptional_case',
            field=models.CharField(blank=True, help_text='Where the matrix says E (R-112).', max_length=2000),
        ),
        migrations.AddField(
            model_name='camerasite',
            name='moved_at',
            field=models.DateTimeField(help_text='Since when it has the status that it has, once it was live.', null=True),
        ),
        migrations.AddField(
            model_name='camerasite',
            name='moved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='camerasite',
            name='problem_profile',
            field=models.CharField(blank=True, help_text='The figures that show the need.', max_length=2000),
        ),
        migrations.AddField(
            model_name='camerasite',
            name='proximity',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('worship', 'A place of worship'), ('school', 'A school'), ('court', 'A court'), ('clinic', 'A clinic'), ('politics', 'Premises of a union or a political party'), ('newsroom', 'A newsroom')], max_length=10), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='camerasite',
            name='proximity_measures',
            field=models.CharField(blank=True, help_text='How their visitors are spared.', max_length=1000),
        ),
        migrations.AddField(
            model_name='camerasite',
            name='town_dpia',
            field=models.ForeignKey(blank=True, help_text='Of the town as a whole, where nobody could enter or leave it unrecorded (R-118).', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='encircling_sites', to='camera_sites.dpia'),
        ),
        migrations.AlterField(
            model_name='camerasite',
            name='status',
            field=models.CharField(choices=[('proposed', 'Proposed'), ('live', 'Live'), ('suspended', 'Suspended'), ('decommissioned', 'Decommissioned')], default='proposed', max_length=15),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='camerasite',
            trigger=pgtrigger.compiler.Trigger(name='live_as_decided', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE ends timestamptz;', func="\n        IF TG_OP = 'DELETE' THEN\n            IF current_user = 'portal_retention' THEN\n                RETURN OLD;\n            END IF;\n            RAISE EXCEPTION 'a site is decommissioned, never deleted' USING ERRCODE = 'check_violation';\n        END IF;\n        IF (NEW.proposed_by_id, NEW.proposed_at) IS DISTINCT FROM (OLD.proposed_by_id, OLD.proposed_at) THEN\n            RAISE EXCEPTION 'who proposed a site is never altered' USING ERRCODE = 'check_violation';\n        END IF;\n        IF OLD.status = 'decommissioned' THEN\n            RAISE EXCEPTION 'a decommissioned site comes back only as a new proposal' USING ERRCODE = 'check_violation';\n        END IF;\n        IF OLD.status = NEW.status AND (NEW.moved_by_id, NEW.moved_at) IS DISTINCT FROM (OLD.moved_by_id, OLD.moved_at) THEN\n            RAISE EXCEPTION 'who moved a site, and when, is written when it moves' USING ERRCODE = 'check_violation';\n        END IF;\n        IF OLD.status IN ('live', 'suspended') AND (\n            NEW.status = 'proposed' OR to_jsonb(ARRAY[to_jsonb(NEW.ref), to_jsonb(NEW.area), to_jsonb(NEW.location_type), to_jsonb(NEW.purposes), to_jsonb(NEW.deployment), to_jsonb(NEW.deployed_until), to_jsonb(NEW.authority_ref), to_jsonb(NEW.need), to_jsonb(NEW.problem_profile), to_jsonb(NEW.evidence_from), to_jsonb(NEW.evidence_until), to_jsonb(NEW.alternatives), to_jsonb(NEW.duplication), to_jsonb(NEW.exceptional_case), to_jsonb(NEW.encircles), to_jsonb(NEW.proximity), to_jsonb(NEW.proximity_measures), to_jsonb(NEW.latitude), to_jsonb(NEW.longitude), to_jsonb(NEW.road), to_jsonb(NEW.dpia_id), to_jsonb(NEW.town_dpia_id), to_jsonb(NEW.live_by_id), to_jsonb(NEW.live_at)])\n                <> to_jsonb(ARRAY[to_jsonb(OLD.ref), to_jsonb(OLD.area), to_jsonb(OLD.location_type), to_jsonb(OLD.purposes), to_jsonb(OLD.deployment), to_jsonb(OLD.deployed_until), to_jsonb(OLD.authority_ref), to_jsonb(OLD.need), to_jsonb(OLD.problem_profile), to_jsonb(OLD.evidence_from), to_jsonb(OLD.evidence_until), to_jsonb(OLD.alternatives), to_jsonb(OLD.duplication), to_jsonb(OLD.exceptional_case), to_jsonb(OLD.encircles), to_jsonb(OLD.proximity), to_jsonb(OLD.proximity_measures), to_jsonb(OLD.latitude), to_jsonb(OLD.longitude), to_jsonb(OLD.road), to_jsonb(OLD.dpia_id), to_jsonb(OLD.town_dpia_id), to_jsonb(OLD.live_by_id), to_jsonb(OLD.live_at)])\n        ) THEN\n            RAISE EXCEPTION 'where a live site stands and why stays as it was decided' USING ERRCODE = 'check_violation';\n        END IF;\n        IF OLD.status <> NEW.status AND (OLD.status <> 'proposed' OR NEW.status <> 'decommissioned') THEN\n            IF NEW.moved_by_id IS NULL OR NEW.moved_at IS NULL OR NEW.moved_at < COALESCE(OLD.moved_at, OLD.proposed_at) THEN\n                RAISE EXCEPTION 'a site is moved by somebody, at a moment after it was moved before'\n                    USING ERRCODE = 'check_violation';\n            END IF;\n        END IF;\n        IF NEW.status = 'suspended' AND OLD.status = 'proposed' THEN\n            RAISE EXCEPTION 'only a live site is suspended' USING ERRCODE = 'check_violation';\n        END IF;\n        IF NEW.status = 'live' AND OLD.status <> 'live' THEN\n            IF EXISTS (\n                SELECT FROM camera_sites_sitecontribution c WHERE c.site_id = OLD.id AND c.user_id = NEW.moved_by_id\n            ) OR (OLD.status = 'suspended' AND OLD.moved_by_id = NEW.moved_by_id) THEN\n                RAISE EXCEPTION 'whoever proposed, edited or suspended a site does not set it live'\n                    USING ERRCODE = 'check_violation';\n            END IF;\n            \n    SELECT d.review_due_at INTO ends\n        FROM camera_sites_dpiadecision d JOIN camera_sites_dpiaversion v ON v.id = d.version_id\n        WHERE v.dpia_id = NEW.dpia_id AND v.status = 'approved' AND d.verdict = 'approve'\n            AND d.decided_at <= NEW.moved_at\n        ORDER BY d.decided_at DESC LIMIT 1;\n    IF ends IS NULL OR ends <= NEW.moved_at THEN\n        RAISE EXCEPTION 'a site is live only under approved assessments that are in date' USING ERRCODE = 'check_violation';\n    END IF;\n\n            IF NEW.encircles THEN\n                \n    SELECT d.review_due_at INTO ends\n        FROM camera_sites_dpiadecision d JOIN camera_sites_dpiaversion v ON v.id = d.version_id\n        WHERE v.dpia_id = NEW.town_dpia_id AND v.status = 'approved' AND d.verdict = 'approve'\n            AND d.decided_at <= NEW.moved_at\n        ORDER BY d.decided_at DESC LIMIT 1;\n    IF ends IS NULL OR ends <= NEW.moved_at THEN\n        RAISE EXCEPTION 'a site is live only under approved assessments that are in date' USING ERRCODE = 'check_violation';\n    END IF;\n\n            END IF;\n            IF NEW.deployed_until <= NEW.moved_at THEN\n                RAISE EXCEPTION 'this deployment has ended' USING ERRCODE = 'check_violation';\n            END IF;\n        END IF;\n        IF OLD.status = 'proposed' AND NEW.status = 'live' THEN\n            IF NEW.encircles IS NULL OR NEW.problem_profile = '' OR NEW.alternatives = ''\n                OR (NEW.proximity <> '{}' AND NEW.proximity_measures = '') THEN\n                RAISE EXCEPTION 'a site is live only once its case is made' USING ERRCODE = 'check_violation';\n            END IF;\n            IF NOT EXISTS (SELECT FROM camera_sites_camera c WHERE c.site_id = OLD.id) THEN\n                RAISE EXCEPTION 'a site without a camera is not set live' USING ERRCODE = 'check_violation';\n            END IF;\n            IF (NEW.live_by_id, NEW.live_at) IS DISTINCT FROM (NEW.moved_by_id, NEW.moved_at) OR NOT EXISTS (\n                SELECT FROM camera_sites_sitedecision d\n                    WHERE d.site_id = OLD.id AND d.decided_by_id = NEW.live_by_id AND d.decided_at = NEW.live_at\n                        AND d.location_type = NEW.location_type\n            ) THEN\n                RAISE EXCEPTION 'a site is set live by whoever decided it on the national matrix'\n                    USING ERRCODE = 'check_violation';\n            END IF;\n        END IF;\n        RETURN NEW;\n    ", hash='3d14486f26cf07ba35932a7d61ae2b15d85e0e1a', operation='UPDATE OR DELETE', pgid='pgtrigger_live_as_decided_e0332', table='camera_sites_camerasite', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='camerasite',
            trigger=pgtrigger.compiler.Trigger(name='keeps_its_spells', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF NEW.status = OLD.status THEN\n            RETURN NULL;\n        END IF;\n        IF OLD.status = 'live' THEN\n            UPDATE camera_sites_servicespell SET ended_by_id = NEW.moved_by_id, ended_at = NEW.moved_at\n                WHERE site_id = NEW.id AND ended_at IS NULL;\n        END IF;\n        IF NEW.status = 'live' THEN\n            INSERT INTO camera_sites_servicespell (site_id, began_by_id, began_at)\n                VALUES (NEW.id, NEW.moved_by_id, NEW.moved_at);\n        END IF;\n        RETURN NULL;\n    ", hash='4fe547f67087fa9aff74eb2b0a2106671a5ba22d', operation='UPDATE OF "status"', pgid='pgtrigger_keeps_its_spells_0c0e4', table='camera_sites_camerasite', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='camerasite',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('deployment__in', ['temporary', 'covert']), _negated=True), ('deployed_until__isnull', False), _connector='OR'), name='camera_sites_site_passing_ends'),
        ),
        migrations.AddConstraint(
            model_name='camerasite',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('deployment', 'covert'), _negated=True), models.Q(('authority_ref', ''), _negated=True), _connector='OR'), name='camera_sites_site_covert_by_authority'),
        ),
        migrations.AddConstraint(
            model_name='camerasite',
            constraint=models.CheckConstraint(condition=models.Q(('proximity__contained_by', ['worship', 'school', 'court', 'clinic', 'politics', 'newsroom'])), name='camera_sites_site_near_what'),
        ),
        migrations.AddField(
            model_name='servicespell',
            name='began_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='servicespell',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='servicespell',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='spells', to='camera_sites.camerasite'),
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        migrations.AddField(
            model_name='sitedecision',
            name='decided_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sitedecision',
            name='profile',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='standards.standardsprofile'),
        ),
        migrations.AddField(
            model_name='sitedecision',
            name='sign_in',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.signin'),
        ),
        migrations.AddField(
            model_name='sitedecision',
            name='site',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='camera_sites.camerasite'),
        ),
        migrations.AddConstraint(
            model_name='servicespell',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('site',), name='camera_sites_one_spell_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='servicespell',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None)), models.Q(('ended_at__gte', models.F('began_at')), ('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='camera_sites_spell_ended_by_somebody'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servicespell',
            trigger=pgtrigger.compiler.Trigger(name='follows_its_site', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP = 'DELETE' THEN\n            IF current_user = 'portal_retention' THEN\n                RETURN OLD;\n            END IF;\n            RAISE EXCEPTION 'when a site was in service is never taken back' USING ERRCODE = 'check_violation';\n        END IF;\n        IF pg_trigger_depth() < 2 THEN\n            RAISE EXCEPTION 'when a site is in service follows from its own moves' USING ERRCODE = 'check_violation';\n        END IF;\n        IF TG_OP = 'UPDATE' AND (\n            OLD.ended_at IS NOT NULL OR (NEW.site_id, NEW.began_by_id, NEW.began_at)\n                IS DISTINCT FROM (OLD.site_id, OLD.began_by_id, OLD.began_at)\n        ) THEN\n            RAISE EXCEPTION 'when a site was in service is never altered' USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='84e0079f5f738ff1987d01055687e86fbc92c6ff', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_follows_its_site_94eba', table='camera_sites_servicespell', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='sitedecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('likelihood', 'E'), _negated=True), models.Q(('words', ''), _negated=True), _connector='OR'), name='camera_sites_exceptional_decision_says_why'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sitedecision',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'DELETE' AND current_user = 'portal_retention' THEN RETURN OLD; END IF; RAISE EXCEPTION 'append-only: no % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';", hash='04cec98dcef0f947dda275577d704fd168f7b390', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3a17c', table='camera_sites_sitedecision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sitedecision',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: no TRUNCATE of %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';", hash='b92a09509b1bc6667df7ab3535af32292b69296c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_68ad0', table='camera_sites_sitedecision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sitedecision',
            trigger=pgtrigger.compiler.Trigger(name='on_the_matrix', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE site camera_sites_camerasite%ROWTYPE; edition uuid; weightiest text; cell text;', func="\n        SELECT * INTO site FROM camera_sites_camerasite WHERE id = NEW.site_id FOR UPDATE;\n        IF site.status IS DISTINCT FROM 'proposed' THEN\n            RAISE EXCEPTION 'a site is decided while it is proposed' USING ERRCODE = 'check_violation';\n        END IF;\n        SELECT p.id INTO edition FROM standards_standardsprofile p\n            WHERE p.effective_from <= NEW.decided_at AND (p.is_delivered OR p.adopted_at <= NEW.decided_at)\n            ORDER BY p.effective_from DESC LIMIT 1;\n        SELECT w.purpose INTO weightiest\n            FROM unnest(ARRAY['national_security', 'serious_crime', 'local_crime', 'prevention', 'confidence'])\n                WITH ORDINALITY AS w (purpose, place)\n            WHERE w.purpose = ANY (site.purposes) ORDER BY w.place LIMIT 1;\n        SELECT m.likelihood INTO cell FROM standards_matrixcell m JOIN standards_standardsprofile p ON p.id = m.profile_id\n            WHERE m.location_type = site.location_type AND m.purpose = weightiest AND (p.id = edition OR p.is_delivered)\n            ORDER BY (p.id = edition) DESC LIMIT 1;\n        IF (NEW.profile_id, NEW.location_type, NEW.basis, NEW.likelihood)\n            IS DISTINCT FROM (edition, site.location_type, weightiest, cell) THEN\n            RAISE EXCEPTION 'a site is decided on its own cell of the matrix in force' USING ERRCODE = 'check_violation';\n        END IF;\n        IF NEW.likelihood = 'E' AND (\n            site.exceptional_case = ''\n            OR (SELECT u.rank FROM accounts_user u WHERE u.id = NEW.decided_by_id) < (\n                SELECT n.value FROM standards_number n JOIN standards_standardsprofile p ON p.id = n.profile_id\n                    WHERE n.key = 'site.exceptional.rank' AND (p.id = edition OR p.is_delivered)\n                    ORDER BY (p.id = edition) DESC LIMIT 1\n            )\n        ) THEN\n            RAISE EXCEPTION 'an exceptional site is argued, and signed off by somebody of rank'\n                USING ERRCODE = 'check_violation';\n        END IF;\n        IF NOT EXISTS (\n            SELECT FROM accounts_signin s JOIN accounts_user u ON u.id = s.user_id\n                WHERE s.id = NEW.sign_in_id AND s.user_id = NEW.decided_by_id AND u.is_active\n                AND s.ended_at IS NULL AND s.opened_at <= NEW.decided_at\n        ) THEN\n            RAISE EXCEPTION 'a site is decided in an open session of whoever decides it' USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='2469a247db7f5804fb527d8bc248c30aea27538c', operation='INSERT', pgid='pgtrigger_on_the_matrix_f9f39', table='camera_sites_sitedecision', when='BEFORE')),
        ),
    ]
