"""How much of a list one revision may change before a second person is asked (R-103)."""

from django.db import migrations

NUMBERS = [
    (
        "publication.change.limit",
        20,
        "per cent",
        "A revision that changes more of a list waits for a second person",
        "R-103",
    ),
    ("publication.change.least", 100, "rows", "Fewer changed rows than this never wait", "R-103 [D]"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [("standards", "0015_notices_and_conflicts")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
