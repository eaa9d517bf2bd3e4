"""What an approval rests on, conditions, and reasons of refusals.

Decisions of before stand as they were made: the new rule is not asked of them (NOT VALID).
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_machines'),
        ('hotlists', '0009_staged_differences'),
        ('standards', '0009_emergency_authority'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='entryversion',
            name='fixed_once_submitted',
        ),
        migrations.RemoveConstraint(
            model_name='decision',
            name='hotlists_decision_says_why',
        ),
        migrations.AddField(
            model_name='decision',
            name='alternatives',
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AddField(
            model_name='decision',
            name='collateral_intrusion',
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AddField(
            model_name='decision',
            name='conditions',
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AddField(
            model_name='decision',
            name='legal_gateway',
            field=models.CharField(blank=True, choices=[('common_law', 'Common law: to prevent crime, keep the peace and protect life'), ('pace', 'Police and Criminal Evidence Act 1984'), ('road_traffic', 'Road Traffic Act 1988'), ('ripa', 'Regulation of Investigatory Powers Act 2000, Part II'), ('terrorism', 'Terrorism Act 2000'), ('safeguarding', 'Children Act 1989 or Care Act 2014'), ('court', 'Order or warrant of a court')], max_length=12),
        ),
        migrations.AddField(
            model_name='decision',
            name='necessity',
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AddField(
            model_name='decision',
            name='proportionality',
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AlterField(
            model_name='decision',
            name='rationale',
            field=models.CharField(blank=True, help_text='Why it was refused; of an approval, what else.', max_length=1000),
        ),
        migrations.AlterField(
            model_name='decision',
            name='verdict',
            field=models.CharField(choices=[('approve', 'Approve'), ('conditions', 'Approve with conditions'), ('return', 'Send back for changes'), ('reject', 'Reject')], max_length=10),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entryversion',
            trigger=pgtrigger.compiler.Trigger(name='fixed_once_submitted', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE category standards_category%ROWTYPE; yes integer; no integer; said integer; needed integer;', func="\n        IF TG_OP = 'DELETE' THEN\n            IF OLD.status <> 'draft' AND NOT (current_user = 'portal_retention') THEN\n                RAISE EXCEPTION 'a submitted version is never deleted' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN OLD;\n        END IF;\n        IF OLD.status = 'draft' AND NEW.status = 'draft' THEN\n            RETURN NEW;\n        END IF;\n        IF OLD.status = 'draft' AND NEW.status = 'submitted' THEN\n            RETURN NEW;\n        END IF;\n        IF OLD.status <> 'submitted' OR NEW.status NOT IN ('approved', 'rejected', 'returned') THEN\n            RAISE EXCEPTION 'a version that is % cannot become %', OLD.status, NEW.status\n                USING ERRCODE = 'check_violation';\n        END IF;\n        IF to_jsonb(NEW) - 'status' <> to_jsonb(OLD) - 'status' THEN\n            RAISE EXCEPTION 'a submitted version is never altered' USING ERRCODE = 'check_violation';\n        END IF;\n        SELECT * INTO category FROM standards_category WHERE profile_id = OLD.profile_id AND code = OLD.category;\n        needed := GREATEST(COALESCE(category.deciders, 1), CASE WHEN OLD.protected_activity THEN 2 ELSE 1 END);\n        SELECT count(*) FILTER (WHERE d.verdict IN ('approve', 'conditions')), count(*) FILTER (WHERE d.verdict = 'reject'),\n            count(*) INTO yes, no, said FROM hotlists_decision d WHERE d.version_id = OLD.id;\n        -- where two decide, nothing follows before both have spoken: what follows would tell one what the other said\n        IF said < needed OR NEW.status <> (CASE WHEN yes = said THEN 'approved' WHEN no > 0 THEN 'rejected'\n            ELSE 'returned' END) THEN\n            RAISE EXCEPTION 'version % has % of % decisions, of which % approve and % reject: it cannot become %',\n                OLD.id, said, needed, yes, no, NEW.status USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='a916bdc5d588015e63367960c3070372d0c80e1b', operation='UPDATE OR DELETE', pgid='pgtrigger_fixed_once_submitted_85518', table='hotlists_entryversion', when='BEFORE')),
        ),
        AddConstraintNotValid(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['return', 'reject']), models.Q(('necessity__regex', '^\\s*$'), ('proportionality__regex', '^\\s*$'), ('collateral_intrusion__regex', '^\\s*$'), ('alternatives__regex', '^\\s*$'), ('legal_gateway', ''), _connector='OR', _negated=True), _connector='OR'), name='hotlists_decision_gives_its_grounds'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['approve', 'conditions']), models.Q(('rationale__regex', '^\\s*$'), _negated=True), _connector='OR'), name='hotlists_decision_refuses_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verdict', 'conditions'), models.Q(('conditions__regex', '^\\s*$'), _negated=True)), models.Q(models.Q(('verdict', 'conditions'), _negated=True), ('conditions', '')), _connector='OR'), name='hotlists_decision_conditions_are_said'),
        ),
    ]
