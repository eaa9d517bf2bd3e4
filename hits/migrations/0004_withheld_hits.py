"""Hits on vehicles of suppression lists are kept, and shown to who keeps such a list alone (decision 19)."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hits", "0003_scope_and_response_of_hits")]

    operations = [
        migrations.AddField(
            model_name="hit",
            name="withheld_by",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(),
                default=list,
                help_text="Suppression lists in force when it arrived that name its plate.",
                size=None,
            ),
        ),
    ]
