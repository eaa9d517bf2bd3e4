"""Who held a plate of a feed back does not end that by a file of theirs; the database holds it too."""


import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('hotlists', '0020_files_left_in_a_place'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='feedexception',
            trigger=pgtrigger.compiler.Trigger(name='ends_by_another', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."to_at" IS NOT NULL)', func="\n        IF EXISTS (\n            SELECT FROM hotlists_load l WHERE l.id IN (NEW.dropped_by_id, NEW.reconfirmed_by_id)\n                AND NEW.from_by_id IN (l.uploaded_by_id, l.decided_by_id)\n        ) OR EXISTS (\n            SELECT FROM hotlists_load l WHERE l.id = NEW.from_load_id AND l.uploaded_by_id = NEW.to_by_id\n        ) THEN\n            RAISE EXCEPTION 'who held a plate back does not let it go, nor does a file of theirs'\n                USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='d3c116b4b20b4166bdb9b7d35d4e5ba2738131e2', operation='UPDATE', pgid='pgtrigger_ends_by_another_4ddfd', table='hotlists_feedexception', when='BEFORE')),
        ),
    ]
