"""After some periods without a hit only a supervisor keeps an entry; the database holds it too."""


import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('hotlists', '0025_several_entries_passed_on'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='review',
            name='by_another_in_other_words',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='review',
            trigger=pgtrigger.compiler.Trigger(name='by_another_in_other_words', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE last hotlists_review%ROWTYPE; edition uuid; quiet integer;', func="\n        PERFORM FROM hotlists_entry e WHERE e.id = NEW.entry_id FOR UPDATE;\n        SELECT * INTO last FROM hotlists_review r WHERE r.entry_id = NEW.entry_id\n            ORDER BY r.reviewed_at DESC, r.id DESC LIMIT 1;\n        IF FOUND AND 2 = (\n            SELECT count(*) FROM unnest(ARRAY[NEW.reviewed_by_id, last.reviewed_by_id]) AS reviewer\n            WHERE EXISTS (\n                SELECT FROM hotlists_contribution c JOIN hotlists_entryversion v ON v.id = c.version_id\n                WHERE v.entry_id = NEW.entry_id AND c.user_id = reviewer\n            )\n        ) THEN\n            RAISE EXCEPTION 'an author reviewed this entry last time; somebody else reviews it now'\n                USING ERRCODE = 'check_violation';\n        END IF;\n        SELECT p.id INTO edition FROM standards_standardsprofile p\n            WHERE p.effective_from <= NEW.reviewed_at AND (p.is_delivered OR p.adopted_at <= NEW.reviewed_at)\n            ORDER BY p.effective_from DESC LIMIT 1;\n        SELECT count(*) INTO quiet FROM hotlists_review r WHERE r.entry_id = NEW.entry_id AND r.reviewed_at > COALESCE(\n            (SELECT max(h.reviewed_at) FROM hotlists_review h WHERE h.entry_id = NEW.entry_id AND h.hits_since_last > 0),\n            '-infinity'\n        );\n        quiet := quiet + 1;  -- this period is one\n        IF NEW.decision <> 'remove'\n            AND COALESCE((SELECT t.hits FROM hotlists_hittally t WHERE t.entry_id = NEW.entry_id), 0) <= COALESCE(\n                (SELECT sum(r.hits_since_last) FROM hotlists_review r WHERE r.entry_id = NEW.entry_id), 0\n            )\n            AND quiet >= (\n                SELECT n.value FROM standards_number n JOIN standards_standardsprofile p ON p.id = n.profile_id\n                    WHERE n.key = 'review.no_hits' AND (p.id = edition OR p.is_delivered)\n                    ORDER BY (p.id = edition) DESC LIMIT 1\n            )\n            AND (SELECT u.rank FROM accounts_user u WHERE u.id = NEW.reviewed_by_id) < (\n                SELECT n.value FROM standards_number n JOIN standards_standardsprofile p ON p.id = n.profile_id\n                    WHERE n.key = 'review.no_hits.rank' AND (p.id = edition OR p.is_delivered)\n                    ORDER BY (p.id = edition) DESC LIMIT 1\n            )\n        THEN\n            RAISE EXCEPTION 'after % periods without a hit a supervisor keeps an entry', quiet\n                USING ERRCODE = 'check_violation';\n        END IF;\n        IF EXISTS (\n            SELECT FROM hotlists_review r WHERE r.entry_id = NEW.entry_id\n                AND lower(regexp_replace(btrim(r.still_necessary), '\\s+', ' ', 'g'))\n                    = lower(regexp_replace(btrim(NEW.still_necessary), '\\s+', ' ', 'g'))\n        ) THEN\n            RAISE EXCEPTION 'a review says why in words of its own' USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='1c838632c099852f407d063b0a827127e46d2c96', operation='INSERT', pgid='pgtrigger_by_another_in_other_words_a5d21', table='hotlists_review', when='BEFORE')),
        ),
    ]
