"""Within which time a review of an assessment is answered that an event asks for (R-116)."""

from django.db import migrations

NUMBERS = [
    ("dpia.demand.answer", 28, "days", "A review of a DPIA that an event asks for is answered within", "R-116 [D]"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [('standards', '0024_numbers_of_scrutiny')]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
