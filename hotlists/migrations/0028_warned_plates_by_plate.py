"""In the database the key of a warninglist's plates begins with the plate: nothing else than the plate is looked for.

It began with the edition, and while the planner knew nothing of plates that had just been loaded, it read a whole edition.
"""

from django.db import migrations

AGAIN = """
    ALTER TABLE hotlists_warninglistitem DROP CONSTRAINT hotlists_warninglistitem_pkey;
    ALTER TABLE hotlists_warninglistitem ADD CONSTRAINT hotlists_warninglistitem_pkey PRIMARY KEY ({})
"""


class Migration(migrations.Migration):
    dependencies = [('hotlists', '0027_declared_vehicles_and_notices')]

    operations = [
        migrations.RunSQL(AGAIN.format("country, plate, edition_id"), AGAIN.format("edition_id, country, plate")),
    ]
