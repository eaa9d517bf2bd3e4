"""How long before its end an allocation is shown as ending (R-101)."""

from django.db import migrations

NUMBERS = [("allocation.soon", 14, "days", "It is shown that a matcher's list ends so long before", "R-101 [D]")]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [("standards", "0018_justification_matrix")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
