"""How long the secrets of machines live, and overlap (R-101)."""

from django.db import migrations

NUMBERS = [
    ("machine.secret.life", 365, "days", "A matcher's secret is changed at least every", "R-101 [D]"),
    ("machine.secret.overlap", 24, "hours", "After another was issued, an old secret works no longer than", "R-101 [D]"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [('standards', '0020_numbers_of_sites')]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
