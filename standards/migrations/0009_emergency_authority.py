"""How long emergency authority lives, in the delivered profile (R-048)."""

from django.db import migrations

NUMBERS = [
    ("emergency.life", 4, "hours", "Emergency verbal authority ends at most so long after it was given", "R-048"),
    ("emergency.again", 24, "hours", "No second emergency for the same plate and purpose within", "R-048"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.filter(is_delivered=True):
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [("standards", "0008_numbers_of_searches")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
