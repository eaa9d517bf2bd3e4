"""How many passed accuracy tests a camera has before its site goes live: an edition may demand one (R-090)."""

from django.db import migrations

NUMBERS = [
    ("site.accuracy.before", 0, "tests", "Passed accuracy tests in date that each camera has before it goes live", "R-090 [D]"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [('standards', '0025_answers_to_reviews')]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
